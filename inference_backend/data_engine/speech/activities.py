"""Vocal activities: speaking, whispering, shouting, laughing, crying and singing, each as its own sound."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from ...generator.features import SAMPLE_RATE
from ..prompts.prompt import Attributes
from . import bodies, casting, festival, manners, music, singing, texts, vocoder
from .casting import Cast
from .delivery import Manner, manner
from .phones import VOWELS
from .recordings import CORPORA, Recordings
from .track import Event, Track, insert, join, silence
from .voices import HELD_OUT_VOICES, catalogue

_RECORDED_SHARE = 0.4
_OWN = "GPL-3.0-or-later"  # sounds of this project's own synthesizer
Activity = Callable[[Attributes, np.random.Generator, Recordings | None], Cast]


def speaks(attributes: Attributes, rng: np.random.Generator, recordings: Recordings | None) -> Cast:
    """Speak, now and then with audible breaths, a swallow, or as recorded people did."""
    how = manner(attributes, rng)
    if recordings is not None and len(recordings) and rng.random() < _RECORDED_SHARE:
        cast = _recorded(recordings, how, rng)
        return _changed(cast, _level(cast.track, 0.07, how.level_db))
    cast = casting.speech(how, rng)
    track = _level(cast.track, 0.07, how.level_db)
    if rng.random() < 0.4:
        track = _with_breaths(track, cast.tract, rng)
    return _changed(cast, track)


def whispers(attributes: Attributes, rng: np.random.Generator, recordings: Recordings | None) -> Cast:
    """Whisper: breath in place of the voice, slower and far softer; espeak's own whispering voices too."""
    how = dataclasses.replace(manner(attributes, rng), level_db=rng.normal(0, 2))
    how = dataclasses.replace(how, stretch=how.stretch * rng.uniform(1.0, 1.15))
    own = [v for v in catalogue() if v.whispers]
    if own and rng.random() < 0.12:
        cast = casting.speech(how, rng, voice=own[rng.integers(len(own))])
    else:
        if recordings is not None and len(recordings) and rng.random() < _RECORDED_SHARE:
            cast = _recorded(recordings, how, rng)
        else:
            cast = casting.speech(how, rng)
        cast = _changed(cast, manners.whispered(cast.track, rng))
    track = _level(cast.track, 0.018, how.level_db)
    return _changed(cast, _with_breaths(track, cast.tract, rng) if rng.random() < 0.4 else track)


def shouts(attributes: Attributes, rng: np.random.Generator, recordings: Recordings | None) -> Cast:
    """Shout: higher, wider, longer vowels, flat tilt, pressed peaks, loud."""
    hard = float(np.clip(attributes.level + rng.normal(0, 0.15), 0.2, 1.0))
    how = manner(attributes, rng)
    how = dataclasses.replace(how, pitch=how.pitch * (1.2 + 0.35 * hard), spread=how.spread * 1.3,
                              stretch=how.stretch * (1 + 0.12 * hard))  # fmt: skip
    if recordings is not None and len(recordings) and rng.random() < 0.6 * _RECORDED_SHARE:
        cast = _recorded(recordings, dataclasses.replace(how, stretch=0.88), rng)
    else:
        cast = casting.speech(how, rng)
    return _changed(cast, _level(manners.shouted(cast.track, hard), 0.16, 3 * hard))


def laughs(attributes: Attributes, rng: np.random.Generator, recordings: Recordings | None) -> Cast:
    """Laugh: alone, between the phrases of speech, or inside its words."""
    kind = str(rng.choice(["alone", "between", "inside"], p=[0.3, 0.42, 0.28]))
    if kind == "alone":
        tract = float(rng.uniform(0.78, 1.08))
        bouts = [int(rng.integers(3, 10)) for _ in range(rng.integers(1, 4))]
        track = bodies.laughter(rng.uniform(170, 330) / tract, 0.35, tract, bouts, rng)
        return _bodily(track, "laughter", tract)
    cast = casting.speech(manner(attributes, rng), rng, characters=rng.uniform(45, 90))
    track = _level(cast.track, 0.08, 2.0)
    pitch, tract = 1.5 * _pitch(track), _tract_of(track)
    peak = float(np.abs(track.samples).max())
    if kind == "inside":
        track = _laughed(track, rng)
    laugh = lambda: bodies.laughter(pitch, peak * rng.uniform(0.6, 1.1), tract, _few(rng), rng)  # noqa: E731
    chance = 0.8 if kind == "between" else 0.3
    return _noted(_changed(cast, _interspersed(track, laugh, chance, rng)), laughter=kind)


def cries(attributes: Attributes, rng: np.random.Generator, recordings: Recordings | None) -> Cast:
    """Cry: wails, sobs and sniffs alone, or through speech whose pitch trembles and whose voice breaks."""
    if rng.random() < 0.22:
        tract = float(rng.uniform(0.78, 1.08))
        pieces = [_weeping(rng.uniform(180, 300) / tract, 0.3, tract, rng) for _ in range(rng.integers(3, 6))]
        return _bodily(join(pieces), "crying", tract)
    how = manner(attributes, rng)
    how = dataclasses.replace(how, pitch=how.pitch * rng.uniform(1.05, 1.3), stretch=how.stretch * 1.08)
    cast = casting.speech(how, rng, characters=rng.uniform(40, 90))
    strength = 0.4 + 0.6 * attributes.level
    track = manners.broken(cast.track, rng, int(rng.integers(1, 5)))
    track = manners.trembling(track, rng, rng.uniform(6, 8), 0.055 * strength, 0.35 * strength)
    track = _level(track, 0.06, how.level_db)
    pitch, tract = _pitch(track), _tract_of(track)
    peak = float(np.abs(track.samples).max())
    piece = lambda: _weeping(pitch, peak * rng.uniform(0.4, 0.8), tract, rng)  # noqa: E731
    return _changed(cast, _interspersed(track, piece, 0.75, rng))


def sings(attributes: Attributes, rng: np.random.Generator, recordings: Recordings | None) -> Cast:
    """Sing: festival's singers, or any voice through the vocoder, alone or over music."""
    beat_s = float(rng.uniform(0.38, 0.75))
    singers = [n for n in singing.FESTIVAL_SINGERS if festival.installed(n)]
    if singers and rng.random() < 0.4:
        weights = np.array([0.25 if f"festival:{n}" in HELD_OUT_VOICES else 1.0 for n in singers])
        cast, scale = _festival_song(singers[rng.choice(len(singers), p=weights / weights.sum())], beat_s, rng)
        root_hz = 220.0
    else:
        how = Manner(stretch=float(rng.uniform(0.95, 1.15)), spread=0.3)
        cast = casting.speech(how, rng, characters=rng.uniform(22, 42))
        root_hz = float(np.clip(_pitch(cast.track) * rng.uniform(0.9, 1.4), 90, 330))
        track, scale = singing.sung_over(cast.track, beat_s, root_hz, rng)
        cast = _noted(_changed(cast, track), song="vocoder")
    track = _level(cast.track, 0.09, rng.normal(0, 2))
    if rng.random() < 0.5:
        track = singing.accompanied(track, beat_s * cast.provenance.get("slower", 1.0), root_hz, scale, rng)
        cast = _noted(cast, accompaniment=True)
    return _changed(cast, track)


def wordless(rng: np.random.Generator) -> Cast:
    """Make music, noise or silence, to which no mouth should move."""
    track, kind = music.wordless(rng)
    return Cast(track, "", f"wordless:{kind}", "", _OWN, {"kind": "wordless", "sound": kind})


ACTIVITIES: dict[str, Activity] = {
    "speaks": speaks, "whispers": whispers, "shouts": shouts, "laughs": laughs, "cries": cries, "sings": sings,
}  # fmt: skip


def _festival_song(name: str, beat_s: float, rng: np.random.Generator) -> tuple[Cast, str]:
    words: list[list[str]] = []
    for phrase in texts.lyric(rng, int(rng.integers(2, 4))):
        for syllable in phrase:
            if syllable.startswith("-") and words:
                words[-1].append(syllable[1:])
            else:
                words.append([syllable])
    track, scale = singing.sung_by_festival(name, words, beat_s, rng)
    slower = float(rng.uniform(0.82, 1.15))
    voice = next(v for v in catalogue() if v.name == f"festival:{name}")
    provenance = {"kind": "speech", "voice": voice.name, "song": "festival", "slower": round(slower, 3)}
    text = " ".join("".join(w) for w in words)
    cast = Cast(track.scaled(provenance["slower"]), text, voice.name, "en", voice.licence, provenance, voice.held_out)
    return cast, scale


def _recorded(recordings: Recordings, how: Manner, rng: np.random.Generator) -> Cast:
    """Draw a recorded phrase, played a little faster or slower: another tempo and another vocal tract."""
    phrase = recordings.draw(rng)
    ratio = float(np.clip(how.stretch * rng.normal(1.0, 0.04), 0.87, 1.16)) if rng.random() < 0.7 else 1.0
    provenance = {**phrase.provenance(), "slower": round(ratio, 3)}
    licence = CORPORA[phrase.corpus].licence
    track = phrase.track().scaled(ratio)
    return Cast(track, phrase.text, phrase.speaker, "en", licence, provenance, phrase.split != "train", ratio)


def _bodily(track: Track, kind: str, tract: float) -> Cast:
    speaker = f"formants:{round(tract * 40)}"
    return Cast(track, "", speaker, "", _OWN, {"kind": kind, "tract": round(tract, 3)}, False, tract)


def _changed(cast: Cast, track: Track) -> Cast:
    return dataclasses.replace(cast, track=track)


def _noted(cast: Cast, **notes) -> Cast:
    return dataclasses.replace(cast, provenance={**cast.provenance, **notes})


def _level(track: Track, rms: float, decibels: float) -> Track:
    """Bring the louder half of a track to a level."""
    gain = rms * 10 ** (decibels / 20) / (manners.loudness(track.samples) + 1e-6)
    return track.sounding(track.samples * min(gain, 0.98 / (np.abs(track.samples).max() + 1e-6)))


def _pitch(track: Track) -> float:
    return vocoder.median_pitch(track.samples, [(p.start_s + p.end_s) / 2 for p in track.phones if p.name in VOWELS])


def _tract_of(track: Track) -> float:
    """Guess the length of a vocal tract from the pitch: women and children speak higher through shorter ones."""
    return float(np.clip(1.05 - 0.2 * np.log2(_pitch(track) / 110), 0.75, 1.1))


def _few(rng: np.random.Generator) -> list[int]:
    return [int(rng.integers(2, 7)) for _ in range(rng.choice([1, 1, 2]))]


def _weeping(pitch: float, level: float, tract: float, rng: np.random.Generator) -> Track:
    kind = rng.random()
    if kind < 0.4:
        return bodies.sobs(pitch, level, tract, rng)
    if kind < 0.7:
        return bodies.sniff(0.5 * level, tract, rng)
    return bodies.wail(pitch, level, tract, rng)


def _laughed(track: Track, rng: np.random.Generator) -> Track:
    """Laugh within words: the breath pulses five times a second through a stretch of speech, pitch with it."""
    start = track.seconds * rng.uniform(0.0, 0.4)
    end = min(track.seconds, start + rng.uniform(0.8, 2.5))
    period = 1 / rng.uniform(4.2, 5.8)
    time = np.arange(len(track.samples)) / SAMPLE_RATE
    inside = np.clip((time - start) / 0.1, 0, 1) * np.clip((end - time) / 0.1, 0, 1)
    phase = (time - start) / period
    pulse = 0.5 - 0.5 * np.cos(2 * np.pi * phase)
    breathy = manners.whispered(track, rng, (inside * (1 - pulse) * 0.8).astype(np.float32))
    events = [Event(float(t), float(min(t + 0.7 * period, end)), "laugh") for t in np.arange(start, end - 0.1, period)]
    return Track(breathy.samples * (1 - 0.55 * inside * (1 - pulse)).astype(np.float32), track.phones, events)


def _interspersed(track: Track, make: Callable[[], Track], chance: float, rng: np.random.Generator) -> Track:
    """Put pieces into the pauses of a track, before it and after it: at least one."""
    middles = [(a + b) / 2 for a, b in track.gaps()]
    places = [p for p in [0.0, *middles, track.seconds] if rng.random() < chance * (0.5 if p == 0 else 1.0)]
    return insert(track, [(p, join([silence(0.05), make(), silence(0.08)])) for p in (places or [track.seconds])])


def _with_breaths(track: Track, tract: float, rng: np.random.Generator) -> Track:
    """Breathe in before phrases, and swallow in a pause now and then."""
    peak = float(np.abs(track.samples).max())
    pieces: list[tuple[float, Track]] = []
    for at in [0.0, *((a + b) / 2 for a, b in track.gaps(0.08))]:
        if rng.random() < 0.55:
            level = peak * 10 ** rng.uniform(-1.7, -0.8)
            pieces.append((at, bodies.breath_in(rng.uniform(0.18, 0.5), level, tract, rng)))
        elif at > 0 and rng.random() < 0.15:
            pause = silence(rng.uniform(0.45, 0.7))
            pieces.append((at, Track(pause.samples, pause.phones, [Event(0.08, pause.seconds - 0.05, "swallow")])))
    return insert(track, pieces) if pieces else track
