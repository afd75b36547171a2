"""Lips on sentences with known times: synthesized ones that training never spoke, and recorded ones, aligned."""

from __future__ import annotations

import numpy as np

from ...contract import INDEX, region
from ...data_engine.speech.track import join
from ...generator import windows
from . import curves, lines
from .captured import STRONG
from .lips import Contacts, contacts
from .stage import Skipped, Stage
from .system import FPS, Line, System, perform

_LIPS = [i for name, i in INDEX.items() if region(name) == "lips"]
_UPPER = [i for name, i in INDEX.items() if region(name) == "upper"]


def measure(system: System, stage: Stage) -> dict:
    """Contacts on held-out sentences, by voice, of voices never heard, and under strong styles."""
    by_voice: dict[str, Contacts] = {}
    rows, chosen = [], lines.held_out(stage.some(15, 4))
    if not chosen:
        raise Skipped("no speech engine is installed: flite, espeak-ng or festival")
    for i, line in enumerate(chosen):
        take = perform(system, line)
        by_voice[line.group] = by_voice.get(line.group, Contacts()) + contacts(take, line.phones)
        rows.append([curves.jitter(take.values[:, _LIPS]), curves.jitter(take.values[:, _UPPER]),
                     curves.fast_share(take.values[:, _LIPS], FPS)])  # fmt: skip
        stage.told("held-out sentences", i, len(chosen))
    unheard = [tally for voice, tally in by_voice.items() if any(x.group == voice and x.held_out_voice for x in chosen)]
    found = {"all": sum(by_voice.values(), Contacts()).summary()}
    if unheard:
        found["voices never heard"] = sum(unheard, Contacts()).summary()
    found |= {voice: tally.summary() for voice, tally in by_voice.items()}
    names = ("lips_jitter", "upper_jitter", "lips_fast_share")
    return {"sentences": found} | dict(zip(names, np.mean(rows, 0).round(4).tolist(), strict=True))


def under_style(system: System, stage: Stage) -> dict:
    """Contacts of the same sentences in neutral and in strong styles, and by how many points they changed."""
    chosen = lines.held_out(stage.some(8, 3), lines.VOICES[1:3])
    if not chosen:
        raise Skipped("no speech engine is installed: flite, espeak-ng or festival")
    found: dict[str, dict] = {}
    for style in ("", *STRONG):
        tally = sum((contacts(perform(system, line, style), line.phones) for line in chosen), Contacts())
        found[style or "neutral"] = tally.summary()
        stage.told("styled sentences", len(found), 1 + len(STRONG))
    for style in STRONG:
        for key in ("closed", "false"):
            found[style][f"{key}_change"] = round(found[style].get(key, 0) - found["neutral"].get(key, 0), 4)
    return found


def recorded(system: System, stage: Stage) -> dict:
    """Contacts on held-out recordings of people, at times aligned by machine, which err themselves."""
    if stage.recordings is None:
        raise Skipped("recordings are absent: give --recordings their folder")
    found = {}
    for corpus in ("librispeech", "ljspeech", "coffee_orders"):
        chosen = lines.recorded(stage.recordings, corpus, stage.some(16, 4))
        tally = Contacts()
        for i, line in enumerate(chosen):
            tally += contacts(perform(system, line), line.phones)
            stage.told(corpus, i, len(chosen))
        if chosen:
            found[corpus] = tally.summary()
    if not found:
        raise Skipped("no recordings with phones.json in the folder of --recordings")
    return found


def seams(system: System, stage: Stage) -> dict:
    """Second difference where windows meet in a long take, against the rest of it; 1 or less cannot be told."""
    chosen = lines.held_out(stage.some(15, 6), lines.VOICES[2:3])
    if not chosen:
        raise Skipped("no speech engine is installed: flite, espeak-ng or festival")
    line = Line(join([x.track for x in chosen]), "long")
    take = perform(system, line, "happy")
    starts = list(range(windows.WINDOW, len(take), windows.WINDOW))
    return {"seconds": round(line.track.seconds, 1), "seams": len(starts),
            "ratio": round(curves.seam_ratio(take.values, starts), 3)}  # fmt: skip
