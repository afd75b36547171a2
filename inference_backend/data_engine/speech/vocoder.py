"""A small vocoder: spectral envelopes of any voice, excited anew by noise (whispering) or by pulses (singing).

The envelope is the cepstrally smoothed magnitude spectrum (Oppenheim 1969), mended twice towards the peaks as in the
true-envelope method (Röbel and Rodet 2005), so that the formants of high voices do not sink.
"""

from __future__ import annotations

import numpy as np
from scipy import fft

from ...generator.features import SAMPLE_RATE

WINDOW, HOP = 512, 128
_CUTOFF = 36  # cepstral bins kept: detail down to about 440 Hz
_HANN = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
_FLOOR = 1e-5
_WHITE = float(np.sqrt(np.sum(np.square(_HANN))))  # magnitude of a window of white noise of unit power


def spectra(samples: np.ndarray) -> np.ndarray:
    """Complex spectra complex64 [T, 257] of windows 8 ms apart, window k centred at k * 8 ms."""
    frames = len(samples) // HOP + 1
    padded = np.pad(samples.astype(np.float32), (WINDOW // 2, frames * HOP + WINDOW // 2 - len(samples)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][:frames]
    return np.asarray(fft.rfft(windows * _HANN, axis=1))


def envelopes(magnitudes: np.ndarray, rounds: int = 2) -> np.ndarray:
    """Smooth magnitude spectra float32 [T, 257]."""
    log = np.log(magnitudes + _FLOOR)
    lifter = np.zeros(WINDOW // 2 + 1, np.float32)
    lifter[:_CUTOFF] = 1.0
    lifter = np.concatenate([lifter, lifter[-2:0:-1]])
    smooth, target = log, log
    for _ in range(rounds):
        cepstrum = np.asarray(fft.irfft(target, axis=1))
        smooth = np.real(np.asarray(fft.rfft(cepstrum * lifter, axis=1)))
        target = np.maximum(log, smooth)
    return np.exp(smooth)


def excite(envelope: np.ndarray, excitation: np.ndarray) -> np.ndarray:
    """Shape an excitation float32 [N] of unit power by envelopes [T, 257]; float32 [N]."""
    shaped = spectra(excitation)[: len(envelope)] * envelope[: len(excitation) // HOP + 1]
    frames = np.asarray(fft.irfft(shaped, axis=1)).astype(np.float32) * _HANN
    blocks = np.zeros((len(frames) + 3, HOP), np.float32)
    for i, part in enumerate(np.split(frames.reshape(len(frames), 4, HOP), 4, axis=1)):
        blocks[i : i + len(frames)] += part[:, 0]
    out = blocks.ravel()[WINDOW // 2 : WINDOW // 2 + len(excitation)] / (1.5 * _WHITE)  # the squared windows sum to 1.5
    return np.pad(out, (0, len(excitation) - len(out)))


def pulses(pitch_hz: np.ndarray) -> np.ndarray:
    """Make pulses of unit power at a pitch in Hz, float [N], one for each sample."""
    phase = np.cumsum(pitch_hz / SAMPLE_RATE)
    turns = np.flatnonzero(np.diff(np.floor(phase)))
    out = np.zeros(len(pitch_hz) + 1, np.float32)
    late = (phase[turns + 1] - np.floor(phase[turns + 1])) / np.maximum(pitch_hz[turns + 1] / SAMPLE_RATE, 1e-6)
    height = np.sqrt(SAMPLE_RATE / np.maximum(pitch_hz[turns + 1], 1.0))
    out[turns + 1] = (1 - late) * height
    out[turns] += late * height
    return out[:-1]


def median_pitch(samples: np.ndarray, spots_s: list[float]) -> float:
    """Median pitch in Hz of 64 ms around some instants, by autocorrelation; 150 where none is voiced."""
    found = []
    for at in spots_s[:: max(1, len(spots_s) // 12)]:
        start = max(0, round(at * SAMPLE_RATE) - 512)
        part = samples[start : start + 1024]
        if len(part) < 1024 or np.abs(part).max() < 0.01:
            continue
        power = np.abs(np.asarray(fft.rfft(part - part.mean(), 2048))) ** 2
        correlation = np.asarray(fft.irfft(power))[:330]
        lag = 36 + int(np.argmax(correlation[36:330] * np.linspace(1.0, 0.85, 294)))
        if correlation[lag] > 0.35 * correlation[0]:
            found.append(SAMPLE_RATE / lag)
    return float(np.median(found)) if found else 150.0
