"""The procedural teacher: phones and attributes in, a whole performance with exact truth out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..captures import LIVE_LIPS
from ..prompts.prompt import Attributes
from ..speech.phones import Phone
from ..speech.utterance import Event
from . import eyes, face, head, lips, vocal
from .deliveries import Delivery, delivery_of
from .prosody import Prosody, hear


def perform(
    phones: Sequence[Phone],
    mel: np.ndarray,
    attributes: Attributes,
    rng: np.random.Generator,
    events: Sequence[Event] = (),
) -> tuple[np.ndarray, np.ndarray]:
    """Act to labelled sound: curves [T, 52] and head [T, 3] at 50 Hz, for features [2T, 80]."""
    prosody = hear(phones, mel, events)
    own = Delivery(lips=float(np.exp(rng.normal(0, 0.08))), jaw=float(np.exp(rng.normal(0, 0.1))))
    mouth = lips.mouth_of(prosody, delivery_of(attributes) * own)
    return act_around(mouth, prosody, attributes, rng)


def perform_captured(
    phones: Sequence[Phone],
    mel: np.ndarray,
    attributes: Attributes,
    rng: np.random.Generator,
    captured: tuple[np.ndarray, np.ndarray],
    events: Sequence[Event] = (),
) -> tuple[np.ndarray, np.ndarray]:
    """Act around a mouth that a camera saw, given its curves [S, 52] and head [S, 3] at 50 Hz.

    The lip channels that trackers see stay as they were, the others come from the phones; the captured head is kept
    where neither mood nor wish asks for another.
    """
    prosody = hear(phones, mel, events)
    values, turned = captured
    mouth = lips.captured_over(lips.mouth_of(prosody, Delivery()), values, LIVE_LIPS)
    curves, rotation = act_around(mouth, prosody, attributes, rng)
    if not (attributes.head or attributes.delivery) and attributes.emotion in ("", "neutral"):
        frames = min(len(turned), len(rotation))
        rotation[:frames] = turned[:frames]
        rotation[frames:] = turned[frames - 1]
    return curves, rotation


def act_around(
    mouth: np.ndarray, prosody: Prosody, attributes: Attributes, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Put mood, voice, brows, eyes and head around mouth curves [T, 52]; lips meet where they must."""
    curves = face.around_speech(mouth, face.mood(attributes, prosody, rng))
    vocal.voice_mouth(curves, attributes, prosody, rng)
    rotation = head.head_motion(attributes, prosody, rng)
    curves = eyes.over(np.clip(curves, 0, 1), eyes.act_eyes(attributes, prosody, rotation, rng))
    return lips.touch(curves, prosody.phones).astype(np.float32), rotation
