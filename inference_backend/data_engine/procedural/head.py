"""The teacher's head: idle drift, pitch accents and phrase boundaries through a damped spring, gestures on top."""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

from ...generator.features import FRAME_RATE
from .emotions import EMOTIONS
from .face import smooth_noise
from .style import Style

_DEGREE = np.pi / 180
_SPRING_HZ, _DAMPING = 1.6, 0.75  # a head answers an accent in about 0.3 s and hardly swings back


def head_motion(
    style: Style,
    frames: int,
    accents: list[tuple[float, float]],
    pauses: list[tuple[float, float]],
    rng: np.random.Generator,
) -> np.ndarray:
    """Pitch, yaw and roll [frames, 3] in radians at 50 Hz, at rest at both ends."""
    emotion, time = EMOTIONS[style.emotion], np.arange(frames) / FRAME_RATE
    calm = {"still": 0.15}.get(style.gesture, 1.0) * (1.6 if style.extra == "lively" else 1.0) * emotion.energy
    target = np.zeros((frames, 3))
    for at, strength in accents:
        pulse = strength * rng.uniform(0.2, 1.0) * np.exp(-(((time - at) / 0.11) ** 2))
        target[:, 0] += 4.5 * _DEGREE * pulse
        target[:, 1] += rng.normal(0, 1.2) * _DEGREE * pulse
    for start, end in pauses:
        target[(time > start) & (time < end), 0] += rng.normal(0.5, 0.8) * _DEGREE
        target[time > (start + end) / 2, 1] += rng.normal(0, 1.4) * _DEGREE
        target[time > (start + end) / 2, 2] += rng.normal(0, 0.8) * _DEGREE
    target[:, 1] -= target[:, 1].mean() if len(pauses) else 0.0
    drift = np.stack([smooth_noise(frames, 0.7, rng) * s for s in (0.55, 0.6, 0.4)], 1) * _DEGREE
    target = (target + drift) * calm
    if style.gesture in ("nod", "shake"):
        target *= (0.5, 0.25, 0.5) if style.gesture == "nod" else (0.25, 0.6, 0.5)
    motion = _spring(target)
    motion += _gesture(style, frames, accents, pauses, rng)
    motion[:, 0] += emotion.head_pitch * style.intensity
    motion[:, 2] += emotion.head_roll * style.intensity * rng.choice([-1, 1])
    return (motion * _rest_at_ends(frames)).astype(np.float32)


def _spring(target: np.ndarray) -> np.ndarray:
    """Second-order low-pass of each angle, discretized by the bilinear transform."""
    w = 2 * FRAME_RATE * np.tan(np.pi * _SPRING_HZ / FRAME_RATE)
    k = 2 * FRAME_RATE
    b = w * w * np.array([1.0, 2.0, 1.0])
    a = np.array([k * k + 2 * _DAMPING * w * k + w * w, 2 * w * w - 2 * k * k, k * k - 2 * _DAMPING * w * k + w * w])
    return np.asarray(lfilter(b / a[0], a / a[0], target, axis=0))


def _gesture(
    style: Style,
    frames: int,
    accents: list[tuple[float, float]],
    pauses: list[tuple[float, float]],
    rng: np.random.Generator,
) -> np.ndarray:
    """Nods and shakes: bursts of one to four damped swings on stressed words and phrase ends; tilts are held."""
    out, time = np.zeros((frames, 3)), np.arange(frames) / FRAME_RATE
    if style.gesture == "tilt":
        out[:, 2] = (
            rng.choice([-1, 1]) * (5 + 7 * style.gesture_amount) * _DEGREE * (1 + 0.15 * smooth_noise(frames, 1.0, rng))
        )
    if style.gesture not in ("nod", "shake"):
        return out
    axis = 0 if style.gesture == "nod" else 1
    places = sorted([t for t, _ in accents] + [a for a, _ in pauses if a > 0.3]) or [0.5]
    last = -9.0
    at = rng.uniform(0.1, 0.5)
    while at < time[-1] - 0.3:
        near = [p for p in places if abs(p - at) < 0.4]
        start = near[0] if near else at
        if start - last > 0.4:
            hz, swings = rng.uniform(1.1, 2.2), int(rng.integers(1, 5))
            size = (4 + 9 * style.gesture_amount) * _DEGREE * rng.uniform(0.8, 1.2)
            out[:, axis] += _burst(time - start, hz, swings, size, both_ways=axis == 1)
            last = start + swings / hz
        at = max(at + 0.3, last + rng.uniform(0.15, 1.0))
    return out


def _burst(age: np.ndarray, hz: float, swings: int, size: float, both_ways: bool) -> np.ndarray:
    """Damped swings from age 0: a nod goes down and back, a shake to both sides."""
    length = swings / hz
    inside = (age >= 0) & (age <= length)
    decay = np.exp(-0.5 * age * hz)
    wave = np.sin(2 * np.pi * hz * age) if both_ways else 0.5 - 0.5 * np.cos(2 * np.pi * hz * age)
    edge = np.clip(np.minimum(age, length - age) * 8, 0, 1)
    return np.where(inside, size * np.where(inside, decay, 0) * wave * edge, 0.0)


def _rest_at_ends(frames: int) -> np.ndarray:
    time = np.arange(frames) / FRAME_RATE
    return np.clip(np.minimum((time + 0.1) / 0.4, (time[-1] - time + 0.1) / 0.4), 0, 1)[:, None]
