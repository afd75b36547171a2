"""Other sounds than plain English: silence, noise, music, song, whisper, laughter, crying, other languages."""

from __future__ import annotations

import numpy as np

from ...contract import CHANNELS
from ...data_engine.prompts.prompt import Attributes
from ...data_engine.speech import bodies, festival, languages, manners, music, singing, voices
from ...data_engine.speech.music import coloured_noise
from ...data_engine.speech.phones import VOWELS
from ...data_engine.speech.track import Track, from_spoken, join, silence
from ...generator.aperture import aperture
from ...generator.sound import SAMPLE_RATE
from . import curves, head, lines
from .lips import CLOSED_SHARE, Contacts, contacts, least, pauses
from .performances import act
from .stage import Skipped, Stage
from .system import FPS, Line, System, perform

# Families of their own; none is English.
LANGUAGES = ("de", "fr", "es", "it", "pl", "ru", "fi", "tr", "hi", "zh", "ja", "sw")
_SPEAKING = 0.25  # aperture of a speaking mouth at its 95th percentile, for sounds that should not open it
_LEAST_NOTE_S = 0.3


def stillness(system: System, stage: Stage) -> dict:
    """How far the mouth opens and how fast it moves in silence, in noise, and in the pauses of speech."""
    rng, count = np.random.default_rng(7), 4 * SAMPLE_RATE
    tracks = {"silence": Track(np.zeros(count, np.float32))}
    for level in (-60, -40, -20):
        noise = (10 ** (level / 20) * coloured_noise(count, rng)).astype(np.float32)
        tracks[f"noise {level} dB"] = Track(noise)
    found = {name: _still(perform(system, Line(track)).values, np.ones(0, bool)) for name, track in tracks.items()}
    quiet = [join([silence(1.0), line.track, silence(1.0)]) for line in lines.held_out(2, lines.VOICES[1:3])]
    rows = []
    for track in quiet:
        take = perform(system, Line(track))
        rows.append(_still(take.values, pauses(track.phones, len(take), FPS)))
    if rows:
        found["pauses"] = {key: round(float(np.mean([row[key] for row in rows])), 4) for key in rows[0]}
    return found


def _still(values: np.ndarray, where: np.ndarray) -> dict[str, float]:
    """Largest jawOpen and its spread, speed of the aperture a second (RMS), share of frames that are open."""
    where = where if len(where) else np.ones(len(values), bool)
    opening, jaw = aperture(values), values[:, 17]
    tau = max(CLOSED_SHARE * float(np.percentile(opening, 95)), CLOSED_SHARE * _SPEAKING)
    speed = np.diff(opening, prepend=opening[:1]) * FPS
    return {
        "jaw_max": round(float(jaw[where].max(initial=0)), 4),
        "jaw_sd": round(float(jaw[where].std()) if where.any() else 0.0, 4),
        "speed": round(float(np.sqrt((speed[where] ** 2).mean())) if where.any() else 0.0, 4),
        "open": round(float((opening[where] > tau).mean()) if where.any() else 0.0, 4),
    }


def song(system: System, stage: Stage) -> dict:
    """Held vowels of songs stay open while they last, p b m shut, and music alone leaves the mouth at rest."""
    rng, held, opened, tally = np.random.default_rng(11), 0, 0, Contacts()
    for track in _songs(rng, stage.some(6, 2)):
        take = perform(system, Line(track))
        tally += contacts(take, track.phones)
        opening = aperture(take.values)
        limit = CLOSED_SHARE * float(np.percentile(opening, 95))
        for phone in track.phones:
            if phone.name in VOWELS and phone.end_s - phone.start_s >= _LEAST_NOTE_S:
                held += 1
                opened += least(opening, phone.start_s + 0.1, phone.end_s - 0.1, FPS) > limit
    if not held:
        raise Skipped("no voice sings here: festival or flite is not installed")
    found = {"held_open": round(opened / held, 4), "held": held} | {f"sung_{k}": v for k, v in tally.summary().items()}
    return found | {"music": instrumental(system, stage)}


def instrumental(system: System, stage: Stage) -> dict:
    """Music without a voice: stillness of the mouth, and whether the head keeps the beat."""
    rng, rows, moved, acted, heard = np.random.default_rng(13), [], [], [], []
    for i in range(stage.some(6, 2)):
        beat_s = float(rng.uniform(0.45, 0.75))
        track = music.accompaniment(7.0, beat_s, 110 * 2 ** rng.uniform(0, 1), ("major", "minor")[i % 2], rng)
        line = Line(track.sounding(0.25 * track.samples))
        take = perform(system, line)
        rows.append(_still(take.values, np.ones(0, bool)))
        moved.append(head.strokes(take.head))
        acted.append(head.strokes(act(line, Attributes(vocal="sings"), i)[:, len(CHANNELS) :]))
        heard.append(np.array([event.start_s for event in track.events]))
    found = {key: round(float(np.mean([row[key] for row in rows])), 4) for key in rows[0]}
    return found | {"beat": head.against_shuffled(moved, heard), "teacher_beat": head.against_shuffled(acted, heard)}


def _songs(rng: np.random.Generator, count: int) -> list[Track]:
    tracks = []
    lyric = [["mo", "ther"], ["sings"], ["a", "bove"], ["the", "pa", "per"], ["moon"], ["a", "far"]]
    singers = [n for n in singing.FESTIVAL_SINGERS if festival.installed(n)]
    for i in range(count):
        if singers and i % 2:
            track, _ = singing.sung_by_festival(singers[i % len(singers)], lyric, 0.5, rng)
        else:
            chosen = lines.held_out(1 + i, lines.VOICES[2:4])
            if not chosen:
                continue
            track, _ = singing.sung_over(chosen[i % len(chosen)].track, 0.5, 180.0, rng)
        tracks.append(track)
    return tracks


def manner(system: System, stage: Stage) -> dict:
    """Whisper against the same line aloud; laughter and crying: whether the mouth opens where the body sounds."""
    rng, found = np.random.default_rng(17), {}
    rows, tally = [], Contacts()
    for line in lines.held_out(stage.some(6, 2), lines.VOICES[2:3]):
        whispered = Line(manners.whispered(line.track, rng))
        take, aloud = perform(system, whispered), perform(system, line)
        rows.append(curves.correlation(aperture(take.values), aperture(aloud.values)))
        tally += contacts(take, line.phones)
    if rows:
        found["whisper"] = tally.summary() | {"as_aloud_r": round(float(np.mean(rows)), 4)}
    laughs = [bodies.laughter(220, 0.35, 1.0, [5, 4], rng) for _ in range(stage.some(3, 1))]
    weeps = [join([bodies.wail(220, 0.3, 1.0, rng), bodies.sobs(220, 0.3, 1.0, rng)]) for _ in range(stage.some(3, 1))]
    for name, tracks in {"laughter": laughs, "crying": weeps}.items():
        found[name] = _voiced_opening(system, tracks)
    return found


def _voiced_opening(system: System, tracks: list[Track]) -> dict[str, float]:
    """Correlation of the aperture with where vowels sound, and mean apertures in vowels and in silence."""
    rows = []
    for track in tracks:
        track = join([silence(0.4), track, silence(0.4)])
        opening = aperture(perform(system, Line(track)).values)
        sounding = np.zeros(len(opening))
        for phone in track.phones:
            if phone.name in VOWELS:
                sounding[round(phone.start_s * FPS) : round(phone.end_s * FPS)] = 1
        inside = sounding > 0
        lagged = curves.peak_lag(curves.lagged(sounding, opening, 10), FPS)
        rows.append(
            [curves.correlation(opening, sounding), opening[inside].mean(), opening[~inside].mean(), 1000 * lagged]
        )
    return dict(zip(("r", "open_in_vowels", "open_else", "lag_ms"), np.mean(rows, 0).round(4).tolist(), strict=True))


def other_languages(system: System, stage: Stage) -> dict:
    """Contacts in other languages, spoken by espeak-ng."""
    by_language = {v.language: v.name for v in reversed(voices.catalogue()) if v.engine == "espeak"}
    chosen = [tag for tag in LANGUAGES if tag in by_language][: stage.some(len(LANGUAGES), 3)]
    if not chosen:
        raise Skipped("espeak-ng is not installed: no other languages")
    found, whole = {}, Contacts()
    for tag in chosen:
        tally = Contacts()
        for spoken in voices.speak(by_language[tag], list(languages.SENTENCES[tag][: stage.some(3, 1)])):
            line = Line(join([silence(0.15), from_spoken(spoken), silence(0.25)]), tag)
            tally += contacts(perform(system, line), line.phones)
        found[tag] = tally.summary()
        whole += tally
        stage.told("languages", len(found), len(chosen))
    return {"all": whole.summary()} | found
