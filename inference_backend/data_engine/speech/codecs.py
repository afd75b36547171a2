"""Lossy coding of sounds and back, in place: what comes out lies where it lay, to the sample or nearly."""

from __future__ import annotations

import io
from typing import Any

import av
import numpy as np
from scipy import fft
from scipy.signal import resample_poly

from ...generator.features import SAMPLE_RATE

# Container, encoder, sample rate and range of kbit/s. (GSM has no encoder in PyAV; `telephone` stands for it.)
_CODECS = {"mp3": ("mp3", "libmp3lame", 16000, (16, 64)), "opus": ("ogg", "libopus", 16000, (8, 32)),
           "aac": ("adts", "aac", 16000, (20, 64))}  # fmt: skip
CODECS = (*_CODECS, "telephone")
_MOST_DELAY_S = 0.2


def coded(samples: np.ndarray, codec: str, rng: np.random.Generator) -> np.ndarray:
    """Code and decode float32 [N] at 16 kHz with one of CODECS at a drawn rate; float32 [N], its delay taken out."""
    if codec == "telephone":
        return telephone(samples)
    container, encoder, rate, (low, high) = _CODECS[codec]
    kbits = int(np.exp(rng.uniform(np.log(low), np.log(high))))
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        stream: Any = out.add_stream(encoder, rate=rate, layout="mono", bit_rate=kbits * 1000)
        pcm = (np.clip(samples, -1, 1) * 32767).astype(np.int16)[None]
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        resampler = av.AudioResampler(stream.format, "mono", rate, frame_size=stream.frame_size or None)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    file.seek(0)
    with av.open(file, "r") as source:
        resampler = av.AudioResampler("flt", "mono", SAMPLE_RATE)
        frames = [f for frame in source.decode(audio=0) for f in resampler.resample(frame)]
        frames += resampler.resample(None)
    decoded = np.concatenate([f.to_ndarray()[0] for f in frames])
    return aligned(decoded, samples)


def telephone(samples: np.ndarray) -> np.ndarray:
    """Pass through a telephone: 300 to 3,400 Hz at 8 kHz, mu-law of 8 bits (ITU-T G.711)."""
    narrow = resample_poly(samples, 1, 2).astype(np.float32)
    spectrum = np.asarray(fft.rfft(narrow))
    hz = np.linspace(0, SAMPLE_RATE / 4, len(spectrum))
    passed = spectrum * np.clip((hz - 150) / 200, 0, 1) * np.clip((3700 - hz) / 300, 0, 1)
    narrow = np.asarray(fft.irfft(passed, len(narrow)))
    peak = np.abs(narrow).max() + 1e-6
    coded = np.sign(narrow) * np.log1p(255 * np.abs(narrow) / peak) / np.log(256)
    coded = np.round(coded * 127) / 127
    narrow = peak * np.sign(coded) * np.expm1(np.abs(coded) * np.log(256)) / 255
    return resample_poly(narrow, 2, 1)[: len(samples)].astype(np.float32)


def aligned(sound: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Move a sound so that it correlates best with a reference float [N], within 0.2 s; float32 [N]."""
    size = fft.next_fast_len(len(reference) + len(sound), real=True)
    heard, meant = (np.asarray(fft.rfft(x, size)) for x in (sound, reference))
    cross = np.asarray(fft.irfft(heard * np.conj(meant), size))
    most = round(_MOST_DELAY_S * SAMPLE_RATE)
    delay = int(np.argmax(np.concatenate([cross[-most:], cross[:most]]))) - most
    moved = sound[delay:] if delay >= 0 else np.pad(sound, (-delay, 0))
    return np.pad(moved[: len(reference)], (0, max(0, len(reference) - len(moved)))).astype(np.float32)
