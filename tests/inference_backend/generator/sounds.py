"""Make sound files of every kind for the tests."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

DURATION_S = 3.1


def bursts(rate: int, duration_s: float = DURATION_S) -> np.ndarray:
    """Make tone bursts whose place in time is unmistakable: float32 [n]."""
    t = np.arange(round(rate * duration_s)) / rate
    tones = [np.sin(2 * np.pi * f * t + f) for f in (180, 390, 710, 1300, 2300)]
    envelope = np.exp(-(((t % 0.31) - 0.1) ** 2) / 0.002) * (0.4 + 0.6 * (t % 1.7))
    return (sum(tones) * envelope / 12).astype(np.float32)


def encode(path: Path, samples: np.ndarray, rate: int, codec: str) -> Path:
    """Write mono samples with PyAV; the container follows from the file's extension."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        resampler = av.AudioResampler(format=stream.codec_context.codec.audio_formats[0].name, layout="mono", rate=rate)
        frame = av.AudioFrame.from_ndarray(samples[None], format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        fifo = av.AudioFifo()
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            fifo.write(part)
        while part := fifo.read(stream.codec_context.frame_size or 1024, partial=True):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path


def lag_ms(reference: np.ndarray, samples: np.ndarray, rate: int = 16000) -> float:
    """Find by how much samples come later than reference, to one sample, within 30 ms."""
    reach = int(0.03 * rate)
    length = min(len(reference), len(samples)) - 2 * reach
    middle = reference[reach : reach + length]
    scores = [middle @ samples[reach + k : reach + k + length] for k in range(-reach, reach + 1)]
    return (int(np.argmax(scores)) - reach) * 1000 / rate
