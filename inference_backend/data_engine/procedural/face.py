"""The teacher's upper face and mood: action units with onset, hold and release, brow prosody, blinks and gaze."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ...contract import CHANNELS, INDEX
from ...generator.features import FRAME_RATE
from .emotions import EMOTIONS, Emotion
from .style import Style

_SINGLE = {"browInnerUp", "cheekPuff", "jawOpen", "jawForward", "jawLeft", "jawRight", "mouthFunnel", "mouthPucker",
           "mouthLeft", "mouthRight", "mouthShrugUpper", "mouthShrugLower", "mouthRollUpper",
           "mouthRollLower"}  # fmt: skip
_MOUTH_WHILE_SPEAKING = 0.72  # speech holds back the mood's mouth shapes


def sides(unit: str) -> tuple[str, ...]:
    """Channels of a unit: both sides unless the name has one or the shape has none."""
    return (unit,) if unit in _SINGLE or unit.endswith(("Left", "Right")) else (f"{unit}Left", f"{unit}Right")


def smooth_noise(frames: int, seconds: float, rng: np.random.Generator) -> np.ndarray:
    """Unit-variance noise [frames] that changes over about so many seconds."""
    sigma = seconds * FRAME_RATE
    noise = gaussian_filter1d(rng.normal(size=frames + int(8 * sigma)), sigma)[int(4 * sigma) :][:frames]
    return noise * np.sqrt(2 * sigma * np.sqrt(np.pi))


def mood(
    style: Style, frames: int, speech: np.ndarray, accents: list[tuple[float, float]], rng: np.random.Generator
) -> np.ndarray:
    """Curves [frames, 52] that an emotion adds; speech [frames] is 1 while speaking; accents are (time_s, strength)."""
    emotion = EMOTIONS[style.emotion]
    curves = np.zeros((frames, len(CHANNELS)), np.float32)
    envelope = _envelope(frames, accents, rng)
    for unit, amount in _chosen_units(emotion, style.intensity, rng).items():
        held = 1 - (1 - _MOUTH_WHILE_SPEAKING) * speech if unit.startswith(("mouth", "jaw")) else 1.0
        level = style.intensity * amount * float(np.exp(rng.normal(0, 0.10)))
        shape = level * envelope * held * (1 + 0.10 * smooth_noise(frames, 0.5, rng))
        for channel in sides(unit):
            curves[:, INDEX[channel]] += shape * (1 + rng.normal(0, 0.04))
    if style.extra == "smile between phrases":
        rest = gaussian_filter1d(1 - speech, 0.12 * FRAME_RATE)
        for unit, amount in (("mouthSmile", 0.5), ("cheekSquint", 0.3), ("eyeSquint", 0.12)):
            for channel in sides(unit):
                curves[:, INDEX[channel]] += amount * rest
    if style.extra == "raised brows":
        for channel in (*sides("browOuterUp"), "browInnerUp"):
            curves[:, INDEX[channel]] += 0.5 * envelope
    return np.clip(curves, 0, 1)


def _chosen_units(emotion: Emotion, intensity: float, rng: np.random.Generator) -> dict[str, float]:
    """Take the prototype's units, and more of the optional ones as intensity rises."""
    chosen = dict(emotion.units)
    for unit, amount in emotion.more.items():
        if rng.random() < 0.25 + 0.4 * intensity:
            chosen[unit] = chosen.get(unit, 0.0) + amount
    return chosen


def _envelope(frames: int, accents: list[tuple[float, float]], rng: np.random.Generator) -> np.ndarray:
    """Onset over 0.2 to 0.5 s, a hold that accents renew, a slow release at the end."""
    time = np.arange(frames) / FRAME_RATE
    onset = rng.uniform(0.2, 0.5)
    envelope = np.clip((time + 0.15) / onset, 0, 1) * (1 - 0.3 * np.clip((time - time[-1] + 0.4) / 0.8, 0, 1))
    renewal = sum(s * np.exp(-(((time - t - 0.05) / 0.25) ** 2)) for t, s in accents) if accents else 0.0
    return np.clip(envelope * (0.9 + 0.16 * np.minimum(renewal, 1.2)), 0, 1.15)


def brow_prosody(style: Style, frames: int, accents: list[tuple[float, float]], rng: np.random.Generator) -> np.ndarray:
    """Curves [frames, 52]: brows and lids that mark stressed words, as lively as the style."""
    curves = np.zeros((frames, len(CHANNELS)), np.float32)
    time = np.arange(frames) / FRAME_RATE
    energy = EMOTIONS[style.emotion].energy * (1.8 if style.extra == "lively" else 1.0)
    for at, strength in accents:
        if rng.random() > 0.55:
            continue
        bump = (
            0.16
            * energy
            * strength
            * rng.uniform(0.3, 1.3)
            * np.exp(-(((time - at + 0.04) / rng.uniform(0.09, 0.2)) ** 2))
        )
        unit = "browInnerUp" if rng.random() < 0.35 else "browOuterUp"
        for channel in {*sides(unit), "browInnerUp"}:
            curves[:, INDEX[channel]] += bump
        for channel in sides("eyeWide"):
            curves[:, INDEX[channel]] += 0.3 * bump
    for unit, size in (("browDown", 0.02), ("browInnerUp", 0.02), ("eyeSquint", 0.03), ("mouthPress", 0.008)):
        drift = size * np.maximum(0, 0.5 + smooth_noise(frames, 0.8, rng))
        for channel in sides(unit):
            curves[:, INDEX[channel]] += drift
    return np.clip(curves, 0, 1)


_RATE = {"many blinks": 45.0, "few blinks": 4.0}


def blinks(style: Style, frames: int, pauses: list[tuple[float, float]], rng: np.random.Generator) -> np.ndarray:
    """Lid closure [frames] of blinks: 10 to 20 a minute when calm, drawn to phrase ends, 80 ms down and 180 ms up."""
    per_minute = _RATE.get(style.extra, rng.uniform(11, 20) * EMOTIONS[style.emotion].blinks)
    closure, time = np.zeros(frames), np.arange(frames) / FRAME_RATE
    at = rng.exponential(60 / per_minute)
    while at < time[-1]:
        near = [a + 0.05 for a, b in pauses if abs(a - at) < 0.6]
        when = near[0] if near and rng.random() < 0.6 else at
        offset, depth = time - when, rng.uniform(0.86, 1.0)
        down, up = np.clip((offset + 0.10) / 0.09, 0, 1), np.clip((0.22 - offset) / 0.19, 0, 1)
        np.maximum(closure, depth * np.minimum(_ease(down), _ease(up)), out=closure)
        at += max(0.5, rng.gamma(2.0, 30 / per_minute))
    return closure


def _ease(x: np.ndarray) -> np.ndarray:
    return x * x * (3 - 2 * x)


def gaze(style: Style, frames: int, rng: np.random.Generator) -> np.ndarray:
    """Curves [frames, 52] of eyeLook channels: fixations of 0.3 to 3 s joined by saccades of 40 to 60 ms."""
    across, up = np.zeros(frames), np.zeros(frames)
    away = rng.choice([-1, 1])
    rest = {"away": (0.45 * away, 0.0), "down": (0.0, -0.45), "up": (0.1 * away, 0.45)}.get(style.gaze, (0.0, 0.0))
    spread = {"forward": 0.015, "free": 0.10}.get(style.gaze, 0.07)
    at = 0
    while at < frames:
        hold = int(np.clip(rng.gamma(2.0, 0.6), 0.3, 3.0) * FRAME_RATE)
        far = rng.random() < (0.0 if style.gaze == "forward" else 0.18)
        across[at : at + hold] = rest[0] + rng.normal(0, spread * (3 if far else 1))
        up[at : at + hold] = rest[1] + rng.normal(0, 0.6 * spread * (3 if far else 1))
        at += hold
    across, up = gaussian_filter1d(across, 0.6), gaussian_filter1d(up, 0.6)
    curves = np.zeros((frames, len(CHANNELS)), np.float32)
    for channel, value in (("eyeLookOutLeft", across), ("eyeLookInRight", across), ("eyeLookInLeft", -across),
                           ("eyeLookOutRight", -across), ("eyeLookUpLeft", up), ("eyeLookUpRight", up),
                           ("eyeLookDownLeft", -up), ("eyeLookDownRight", -up)):  # fmt: skip
        curves[:, INDEX[channel]] = np.clip(value, 0, 1)
    return curves
