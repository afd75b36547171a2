"""Sounds with phone labels, as features: a bank of synthesized and recorded speech that the teacher acts to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

from ...generator import features
from . import texts, voices
from .phones import PHONE_ID, SILENCE, Phone, per_frame
from .voices import HELD_OUT_VOICES

HELD_OUT_EVERY = 10  # every tenth recorded clip is kept for measuring
TUNING_FROM = 5  # and every tenth from this one for choosing constants: neither trained on nor reported


@dataclass(frozen=True)
class LabelledSound:
    """A sound as the network hears it: mel float16 [2T, 80], phone ids int8 [T] at 50 Hz, exact phones, its origin."""

    name: str
    mel: np.ndarray
    phone_ids: np.ndarray
    phones: list[Phone]
    source: str
    held_out: bool

    @property
    def frames(self) -> int:
        """Network frames at 50 Hz."""
        return len(self.phone_ids)


def label(name: str, samples: np.ndarray, phones: list[Phone], source: str, held_out: bool) -> LabelledSound:
    """Features and frame labels of mono 16 kHz samples."""
    mel = features.log_mel(samples).astype(np.float16)
    ids = per_frame(phones, len(mel) // 2, features.FRAME_RATE)
    return LabelledSound(name, mel, ids, phones, source, held_out)


def synthesized(hours: float, seed: int) -> Iterator[LabelledSound]:
    """Speak random lines with every voice of this machine, at random tempo, pitch and vocal tract length."""
    rng = np.random.default_rng(seed)
    names = voices.available()
    weights = np.array([_VOICE_WEIGHT[n.partition(":")[0]] for n in names], float)
    per_engine = {engine: sum(n.startswith(engine) for n in names) for engine in _VOICE_WEIGHT}
    weights /= [per_engine[n.partition(":")[0]] for n in names]
    seconds = count = 0
    while seconds < hours * 3600:
        voice = str(rng.choice(names, p=weights / weights.sum()))
        batch = [_line(rng) for _ in range(10)]
        tract = float(rng.uniform(0.87, 1.17)) if rng.random() < 0.6 else 1.0
        tempo = float(np.exp(rng.normal(0.0, 0.18)))
        for spoken in voices.speak(voice, batch, tempo / tract, float(rng.uniform(0.8, 1.3))):
            spoken = voices.resample_voice(spoken, tract)
            samples = at_16_khz(spoken.samples, spoken.rate)
            samples, phones = _with_surroundings(samples, spoken.phones, rng)
            seconds += len(samples) / features.SAMPLE_RATE
            yield label(f"tts{seed}_{count:06d}", samples, phones, f"tts:{voice}", voice in HELD_OUT_VOICES)
            count += 1


_VOICE_WEIGHT = {"flite": 5.0, "espeak": 3.0, "festival": 1.5}


def _line(rng: np.random.Generator) -> str:
    return " ".join(texts.line(rng) for _ in range(rng.choice([1, 1, 2])))


def at_16_khz(samples: np.ndarray, rate: int) -> np.ndarray:
    """Mono samples at 16 kHz."""
    if samples.ndim > 1:
        samples = samples.mean(axis=1)
    common = np.gcd(rate, features.SAMPLE_RATE)
    return resample_poly(samples, features.SAMPLE_RATE // common, rate // common).astype(np.float32)


def _with_surroundings(
    samples: np.ndarray, phones: list[Phone], rng: np.random.Generator
) -> tuple[np.ndarray, list[Phone]]:
    """Put silence around a sound and a noise floor under it, so that zero does not come to mean closed."""
    before, after = rng.uniform(0.0, 0.6, 2)
    n = round(before * features.SAMPLE_RATE)
    padded = np.pad(samples, (n, round(after * features.SAMPLE_RATE)))
    level = 10 ** rng.uniform(-4.5, -2.3)
    padded = padded + level * coloured_noise(len(padded), rng)
    shift = n / features.SAMPLE_RATE
    return padded.astype(np.float32), [Phone(p.start_s + shift, p.end_s + shift, p.name) for p in phones]


def coloured_noise(count: int, rng: np.random.Generator) -> np.ndarray:
    """Noise of unit RMS between white and brown, float32 [count]."""
    spectrum = np.fft.rfft(rng.normal(size=count))
    slope = np.maximum(np.arange(len(spectrum)), 1) ** -rng.uniform(0.0, 1.0)
    noise = np.fft.irfft(spectrum * slope, count)
    return (noise / (noise.std() + 1e-12)).astype(np.float32)


def wordless(count: int, seed: int) -> Iterator[LabelledSound]:
    """Silence, noise, tones, clicks and chords: sounds to which no mouth should move."""
    rng = np.random.default_rng(seed)
    for i in range(count):
        n = round(rng.uniform(3, 8) * features.SAMPLE_RATE)
        samples = 10 ** rng.uniform(-5, -0.7) * coloured_noise(n, rng)
        if rng.random() < 0.6:
            samples = samples + _music(n, rng)
        if rng.random() < 0.3:
            swell = 0.5 + 0.5 * np.sin(np.arange(n) / features.SAMPLE_RATE * 2 * np.pi * rng.uniform(0.1, 4))
            samples = samples * swell
        phones = [Phone(0.0, n / features.SAMPLE_RATE, SILENCE)]
        yield label(f"wordless_{i:05d}", samples.astype(np.float32), phones, "wordless", False)


def _music(count: int, rng: np.random.Generator) -> np.ndarray:
    """Plucked and bowed notes in chords over a beat."""
    time = np.arange(count) / features.SAMPLE_RATE
    beat = rng.uniform(0.25, 0.9)
    root, decay = rng.uniform(55, 330), rng.uniform(0.5, 6)
    out = np.zeros(count)
    for start in np.arange(0, time[-1], beat):
        part = time >= start
        age = time[part] - start
        for step in rng.choice([0, 3, 4, 5, 7, 9, 12], 3):
            hz = root * 2 ** (step / 12)
            for harmonic in range(1, 5):
                out[part] += np.sin(2 * np.pi * hz * harmonic * age) * np.exp(-decay * age) / harmonic**1.5
    return 10 ** rng.uniform(-2.5, -0.6) * out / (np.abs(out).max() + 1e-9)


def recorded(folder: Path, labels: dict, suffix: str, source: str) -> Iterator[LabelledSound]:
    """Read recorded speech with aligned phones: labels map a clip's name to [[start_s, end_s, phone], ...]."""
    for i, (name, entry) in enumerate(sorted(labels.items())):
        path = folder / f"{name}{suffix}"
        rows = entry["phones"] if isinstance(entry, dict) else entry
        if not rows or not path.is_file():
            continue
        phones = [Phone(a, b, p if p in PHONE_ID else SILENCE) for a, b, p in rows]
        samples = at_16_khz(*soundfile.read(path, dtype="float32"))
        yield label(name, samples, phones, source, i % HELD_OUT_EVERY == 0)


def read_labels(path: Path) -> dict:
    """Read the phone labels of a corpus from its JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def save(sounds: list[LabelledSound], path: Path) -> None:
    """Write labelled sounds into one npz without pickles."""
    offsets = np.cumsum([0] + [s.frames for s in sounds])
    meta = [{"name": s.name, "source": s.source, "held_out": s.held_out, "phones": s.phones} for s in sounds]
    np.savez(
        path,
        mel=np.concatenate([s.mel for s in sounds]),
        phone_ids=np.concatenate([s.phone_ids for s in sounds]),
        offsets=offsets,
        meta=np.frombuffer(json.dumps(meta).encode(), np.uint8),
    )


def load(path: Path) -> list[LabelledSound]:
    """Read what save wrote."""
    with np.load(path, allow_pickle=False) as file:
        mel, ids, offsets = file["mel"], file["phone_ids"], file["offsets"]
        meta = json.loads(file["meta"].tobytes())
    return [
        LabelledSound(
            m["name"], mel[2 * a : 2 * b], ids[a:b], [Phone(*p) for p in m["phones"]], m["source"], m["held_out"]
        )
        for m, a, b in zip(meta, offsets, offsets[1:], strict=False)
    ]
