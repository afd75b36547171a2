"""Log-mel features of a sound: the same code in training and in serving."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np

SAMPLE_RATE = 16000
HOP = 160  # 10 ms
WINDOW = 400  # 25 ms
FFT = 512
BANDS = 80
MEL_RATE = 100  # feature frames per second
FRAME_RATE = 50  # network frames per second

# Mean and spread of the log-mel of level-normalised speech, so that the network sees unit-scale input.
LOG_MEAN, LOG_SCALE = -6.0, 3.5
FLOOR = 1e-6
TARGET_RMS, MAX_GAIN = 0.1, 30.0
_CHUNK = 3000  # mel frames at a time: half a minute of sound, so that memory stays flat


def network_frames(samples: int) -> int:
    """Frames at 50 Hz that cover a sound of so many samples, the frame at its end included."""
    return samples // (2 * HOP) + 2


class LogMel:
    """Log-mel of mono 16 kHz samples [N], made where it is needed: that of an hour need not be in memory at once.

    The sound is brought to one speaking level first (the 95th percentile of its frame RMS), within a bounded gain,
    so that a quiet recording looks like a loud one while near-silence stays quiet. on_chunk is called each half minute
    of sound while that level is measured, and may raise to stop.
    """

    def __init__(self, samples: np.ndarray, on_chunk: Callable[[], None] = lambda: None):
        self._samples = samples
        self.frames = 2 * network_frames(len(samples))
        rms = []
        for low, high in _chunks(0, self.frames):
            on_chunk()
            rms.append(_rms(self._windows(low, high)))
        self._gain = level_gain(np.concatenate(rms))

    def rows(self, start: int, stop: int) -> np.ndarray:
        """Features float32 [stop - start, 80]; row k is centred on k * 10 ms."""
        power = [_power(self._windows(low, high)) for low, high in _chunks(start, stop)]
        return normalise(np.concatenate(power) * self._gain**2)

    def _windows(self, start: int, stop: int) -> np.ndarray:
        """Cut the samples around frames start to stop, [stop - start, WINDOW]; the sound is silent beyond its ends."""
        first, last = start * HOP - WINDOW // 2, (stop - 1) * HOP + WINDOW // 2
        part = self._samples[max(0, first) : max(0, last)].astype(np.float32)
        before = min(max(0, -first), last - first)
        part = np.pad(part, (before, last - first - before - len(part)))
        return np.lib.stride_tricks.sliding_window_view(part, WINDOW)[::HOP]


def log_mel(samples: np.ndarray) -> np.ndarray:
    """Log-mel of a whole sound [N]: float32 [2 * network_frames(N), 80]."""
    mel = LogMel(samples)
    return mel.rows(0, mel.frames)


def level_gain(rms: np.ndarray) -> float:
    """Gain that brings the speaking level of a sound with so loud frames [F] to TARGET_RMS."""
    return float(min(TARGET_RMS / max(np.percentile(rms, 95), 1e-9), MAX_GAIN))


def normalise(power: np.ndarray) -> np.ndarray:
    """Mel power [.., 80] as the network's input scale."""
    return ((np.log(power + FLOOR) - LOG_MEAN) / LOG_SCALE).astype(np.float32)


def _chunks(start: int, stop: int) -> Iterator[tuple[int, int]]:
    return ((low, min(low + _CHUNK, stop)) for low in range(start, stop, _CHUNK))


def _rms(windows: np.ndarray) -> np.ndarray:
    return np.sqrt(np.einsum("ij,ij->i", windows, windows) / WINDOW)


def _power(windows: np.ndarray) -> np.ndarray:
    spectrum = np.fft.rfft(windows * _hann(), FFT)
    power = spectrum.real**2 + spectrum.imag**2
    return (power.astype(np.float32) @ _filters()) * (2.0 / WINDOW) ** 2


@lru_cache(maxsize=1)
def _hann() -> np.ndarray:
    return np.hanning(WINDOW).astype(np.float32)


@lru_cache(maxsize=1)
def _filters() -> np.ndarray:
    """Triangular filters [FFT // 2 + 1, 80], equally spaced on O'Shaughnessy's mel scale from 40 Hz to 7.6 kHz."""
    mel = np.linspace(_to_mel(40.0), _to_mel(7600.0), BANDS + 2)
    edges = 700.0 * (10.0 ** (mel / 2595.0) - 1.0)
    hz = np.fft.rfftfreq(FFT, 1 / SAMPLE_RATE)[:, None]
    rise = (hz - edges[None, :-2]) / (edges[1:-1] - edges[:-2])[None]
    fall = (edges[None, 2:] - hz) / (edges[2:] - edges[1:-1])[None]
    return np.maximum(0.0, np.minimum(rise, fall)).astype(np.float32)


def _to_mel(hz: float) -> float:
    return 2595.0 * np.log10(1.0 + hz / 700.0)
