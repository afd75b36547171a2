"""Who of the cast plays a prompt: its subject chooses."""

from __future__ import annotations

import re

from ..data_engine.prompts.words import SUBJECTS

_OLD = ("elderly", "old", "grandmother", "grandfather", "grandma", "grandpa", "granny", "professor", "king", "queen")
_YOUNG = (
    "boy",
    "girl",
    "little",
    "child",
    "son",
    "daughter",
    "teen",
    "teenage",
    "teenager",
    "schoolboy",
    "schoolgirl",
    "kid",
)
_PUBLIC = ("presenter", "anchor", "narrator", "teacher", "doctor", "judge", "politician")
_PRONOUNS = {"he": "he", "his": "he", "him": "he", "she": "she", "her": "she", "male": "he", "female": "she"}


def member_for(prompt: str) -> str:
    """Name the member of the cast for a prompt; a woman where it leaves everything open."""
    words = re.findall(r"[a-z-]+", prompt.lower())
    sex = sex_of(prompt)
    if any(word in _YOUNG for word in words):
        return "boy" if sex == "he" else "girl"
    if any(word in _OLD for word in words):
        return "grandfather" if sex == "he" else "grandmother"
    if sex == "he":
        return "presenter" if any(word in _PUBLIC for word in words) else "man"
    return "woman"


def sex_of(prompt: str) -> str:
    """Say whether a prompt's subject is "he", "she" or "they"; the noun counts before pronouns."""
    text = f" {' '.join(re.findall(r'[a-z-]+', prompt.lower()))} "
    found = [(text.index(f" {noun} "), -len(noun), sex) for noun, sex in SUBJECTS.items() if f" {noun} " in text]
    sexed = [entry for entry in found if entry[2] != "they"]
    if sexed:
        return min(sexed)[2]
    return next((_PRONOUNS[word] for word in text.split() if word in _PRONOUNS), "they")
