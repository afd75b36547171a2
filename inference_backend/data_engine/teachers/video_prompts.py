"""Prompts for video models: who is seen and how they act, kept apart, before a camera that never moves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..prompts import words
from ..prompts.prompt import Attributes, Prompt

CAMERA = "camera still, head and shoulders centred, looking at the camera, plain background"
NEGATIVE = (
    "camera movement, zoom, cut, several people, profile view, face out of frame, hands before the face, sunglasses, "
    "mask, microphone, subtitles, text, watermark, cartoon, blurry, distorted face, flicker, low quality"
)

# Whatever age and sex the subject has, these go with it.
_SKIN = ("light skin", "dark skin", "brown skin", "olive skin", "freckled skin")
_HAIR = ("short dark hair", "long brown hair", "curly black hair", "fair hair", "red hair", "hair tied back")
_CLOTHES = ("a grey sweater", "a white shirt", "a dark jacket", "a blue T-shirt", "a green blouse", "a red pullover")
_LIGHT = ("soft daylight", "even studio light", "warm lamp light", "overcast window light")


def write(prompt: Prompt, rng: np.random.Generator, line: str = "") -> str:
    """Word a prompt for a video model; line is what shall be said, for models that make the sound as well."""
    attributes = prompt.attributes
    camera = CAMERA if attributes.gaze in ("", "forward") else CAMERA.replace("looking at", "facing")
    vocal = words.VOCALS[attributes.vocal][1][0] if attributes.vocal in words.VOCALS else attributes.vocal
    said = f' and saying "{line}"' if line else ""
    parts = [appearance(attributes, rng), vocal + said, dynamics(prompt, rng), camera]
    return ", ".join(part for part in parts if part) + "."


def appearance(attributes: Attributes, rng: np.random.Generator) -> str:
    """Say who is seen; what the prompt leaves open is drawn, so that faces differ as much as words do."""
    skin, hair, clothes, light = (_drawn(options, rng) for options in (_SKIN, _HAIR, _CLOTHES, _LIGHT))
    subject = attributes.subject or "person"
    article = "an" if subject[0].lower() in "aeiou" else "a"
    return f"Realistic video of {article} {subject} with {skin} and {hair}, in {clothes}, {light}"


def dynamics(prompt: Prompt, rng: np.random.Generator) -> str:
    """Say how the face acts: the attributes in words, or the prompt's own text where it has none."""
    a = prompt.attributes
    manners = (words.DELIVERIES.get(a.delivery), words.GAZES.get(a.gaze), words.HEADS.get(a.head),
               words.DETAILS.get(a.detail))  # fmt: skip
    parts = [
        _felt(a),
        _drawn(words.LOOKS.get(a.emotion, ()), rng),
        _drawn(words.BLENDS.get((a.emotion, a.blend), ()), rng),
        *(_drawn(manner.phrases, rng) for manner in manners if manner is not None),
    ]
    possessive = words.PRONOUNS[words.SUBJECTS.get(a.subject, "they")][1]
    worded = ", ".join(part for part in parts if part).replace("{pos}", possessive)
    return worded or prompt.text.strip().rstrip(".")


def _felt(attributes: Attributes) -> str:
    feeling = attributes.feeling or attributes.emotion
    degree = words.INTENSITIES.get(attributes.intensity)
    return f"looking {degree.adverb if degree else ''} {feeling}".replace("  ", " ") if feeling else ""


def _drawn(options: Sequence[str], rng: np.random.Generator) -> str:
    return str(rng.choice(options)) if options else ""
