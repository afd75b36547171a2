"""The teacher's head: targets from pitch accents, phrases, breath and mood, followed by a damped spring."""

from __future__ import annotations

import numpy as np

from ...generator.features import FRAME_RATE
from ..prompts.prompt import Attributes
from . import vocal
from .deliveries import Delivery, delivery_of
from .face import feelings
from .motion import noise, spring, swell
from .prosody import Prosody

_DEGREE = np.pi / 180
_SPRING_HZ, _DAMPING = 1.7, 0.78  # a head answers an accent in about 0.3 s and hardly swings back
LIMITS = np.array([28.0, 35.0, 22.0]) * _DEGREE  # pitch, yaw, roll that a talking head keeps within
TOP_SPEED = 140.0 * _DEGREE  # a second
_MOST_ENERGY = 2.4
_LIVELINESS = {"still": 0.0, "lively": 1.8}


def head_motion(attributes: Attributes, prosody: Prosody, rng: np.random.Generator) -> np.ndarray:
    """Pitch, yaw and roll [T, 3] in radians at 50 Hz."""
    delivery = delivery_of(attributes)
    energy = feelings(attributes)[0].emotion.energy * delivery.head * _LIVELINESS.get(attributes.head, 1.0)
    target = _accents(prosody, rng) + _phrases(prosody, rng) + _melody(prosody, rng)
    target *= min(energy, _MOST_ENERGY) * float(np.exp(rng.normal(0, 0.2)))
    calm = 0.15 if attributes.head == "still" else 1.0
    target += calm * (_drift(prosody, rng) + vocal.head_of(attributes, prosody, rng) * _DEGREE)
    motion = spring(target, _SPRING_HZ * min(1.4, delivery.speed), _DAMPING)
    motion += calm * vocal.shakes_of(prosody, rng) * _DEGREE
    motion += _posture(attributes, delivery, prosody, rng)
    return _limit(motion).astype(np.float32)


def _accents(prosody: Prosody, rng: np.random.Generator) -> np.ndarray:
    """Beat with stressed words: most often the chin drops on them, now and then it lifts or the head turns."""
    target = np.zeros((prosody.frames, 3))
    for at, strength in prosody.accents:
        kind, size = rng.random(), strength * rng.uniform(0.25, 1.1)
        pulse = prosody.pulses([at - 0.03], [1.0], rng.uniform(0.09, 0.16))
        target[:, 0] += (5.0 if kind < 0.68 else -3.4 if kind < 0.88 else 1.5) * size * pulse
        target[:, 1] += rng.normal(0, 2.8 if kind >= 0.88 else 1.1) * size * pulse
        target[:, 2] += rng.normal(0, 0.8) * size * pulse
    return target * _DEGREE


def _phrases(prosody: Prosody, rng: np.random.Generator) -> np.ndarray:
    """Lift with the breath before a phrase, sink as it goes, and take another stance for the next."""
    target, time = np.zeros((prosody.frames, 3)), prosody.time
    stance = np.zeros(2)
    for start, end in prosody.phrases:
        target[:, 0] -= rng.uniform(0.4, 1.6) * swell(time, start - 0.2, start + 0.1, 0.35, 0.5)
        fall = np.clip((time - start) / max(0.3, end - start), 0, 1) * (time < end + 0.3)
        target[:, 0] += rng.normal(0.9, 0.6) * fall
        new = 0.35 * stance + rng.normal(0, [1.9, 1.1])
        target[:, 1:] += (new - stance) * np.clip((time - start + 0.15) / 0.4, 0, 1)[:, None]
        stance = new
    return target * _DEGREE


def _melody(prosody: Prosody, rng: np.random.Generator) -> np.ndarray:
    """Rise a little with the voice."""
    target = np.zeros((prosody.frames, 3))
    target[:, 0] = -rng.uniform(0.3, 1.1) * _DEGREE * prosody.pitch
    return target


def _drift(prosody: Prosody, rng: np.random.Generator) -> np.ndarray:
    breath = noise(prosody.frames, 1.1, rng)[:, None] * [0.14, 0, 0]
    return (noise(prosody.frames, 0.8, rng, 3) * [0.26, 0.30, 0.2] + breath) * _DEGREE


def _posture(attributes: Attributes, delivery: Delivery, prosody: Prosody, rng: np.random.Generator) -> np.ndarray:
    """Hold the head as mood, delivery and wish have it, here a little more and there a little less."""
    side, size = rng.choice([-1, 1]), rng.uniform(0.8, 1.2)
    amount = 0.7 + 0.6 * attributes.amount
    pitch, roll = delivery.pitch, delivery.roll * side
    for feeling in feelings(attributes):
        pitch += np.degrees(feeling.emotion.head_pitch) * feeling.level * (feeling.upper + feeling.lower) / 2
        roll += np.degrees(feeling.emotion.head_roll) * feeling.level * side * (feeling.upper + feeling.lower) / 2
    pitch += {"bowed": 13.0, "raised": -10.0}.get(attributes.head, 0.0) * amount * size
    roll += {"tilt": 11.0 * side}.get(attributes.head, 0.0) * amount * size
    if attributes.head == "still":
        pitch, roll = 0.5 * pitch, 0.5 * roll
    varied = 1 + (0.03 if attributes.head == "still" else 0.14) * noise(prosody.frames, 1.3, rng, 2)
    held = np.zeros((prosody.frames, 3))
    held[:, 0], held[:, 2] = pitch * varied[:, 0], roll * varied[:, 1]
    return held * _DEGREE


def _limit(motion: np.ndarray) -> np.ndarray:
    """Bend angles softly towards the limits of a neck, and slow down what is too fast."""
    bent = LIMITS * np.tanh(motion / LIMITS)
    fastest = float(np.abs(np.diff(bent, axis=0)).max(initial=0.0)) * FRAME_RATE
    middle = bent.mean(0)
    return middle + (bent - middle) * min(1.0, TOP_SPEED / max(fastest, 1e-9))
