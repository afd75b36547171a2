"""Prompts for video models: who is seen and how they act, kept apart, before a camera that never moves."""

from __future__ import annotations

import numpy as np

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

_VOCAL = {
    "speaks": "speaking",
    "whispers": "whispering",
    "shouts": "shouting",
    "laughs": "laughing",
    "sings": "singing",
    "cries": "crying",
}
_GAZE = {
    "forward": "eyes kept forward",
    "away": "eyes turned away to the side",
    "down": "eyes cast down",
    "up": "eyes turned up",
    "wandering": "eyes wandering",
}
_HEAD = {
    "still": "the head kept still",
    "tilt": "the head tilted",
    "lively": "the head moving lively",
    "bowed": "the head bowed",
    "raised": "the chin raised",
    "nod": "nodding",
    "shake": "shaking the head",
}


def write(prompt: Prompt, rng: np.random.Generator, line: str = "") -> str:
    """Word a prompt for a video model; line is what shall be said, for models that make the sound as well."""
    attributes = prompt.attributes
    camera = CAMERA if attributes.gaze in ("", "forward") else CAMERA.replace("looking at", "facing")
    said = f', saying: "{line}"' if line else ""
    vocal = _VOCAL.get(attributes.vocal, attributes.vocal)
    return f"{appearance(attributes, rng)}, {vocal}{said}, {dynamics(prompt)}; {camera}.".replace(", ;", ";")


def appearance(attributes: Attributes, rng: np.random.Generator) -> str:
    """Say who is seen; what the prompt leaves open is drawn, so that faces differ as much as words do."""
    skin, hair, clothes, light = (str(rng.choice(words)) for words in (_SKIN, _HAIR, _CLOTHES, _LIGHT))
    subject = attributes.subject or "person"
    return f"Realistic video of {_a(subject)} with {skin} and {hair}, in {clothes}, {light}"


def dynamics(prompt: Prompt) -> str:
    """Say how the face acts: the attributes in words, or the prompt's own text where it has none."""
    a = prompt.attributes
    feeling = a.feeling or a.emotion
    parts = [
        f"with {_a(f'{a.intensity} {feeling}'.strip())} expression" if feeling else "",
        f"{a.blend} showing through" if a.blend else "",
        f"{a.delivery} delivery" if a.delivery else "",
        _GAZE.get(a.gaze, a.gaze),
        _HEAD.get(a.head, a.head),
        a.detail,
    ]
    return ", ".join(part for part in parts if part) or prompt.text.strip().rstrip(".")


def _a(words: str) -> str:
    return f"{'an' if words[:1].lower() in 'aeiou' else 'a'} {words}"
