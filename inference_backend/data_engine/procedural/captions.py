"""Captions: a style as people would write it, in many wordings, made from the attributes that made the motion."""

from __future__ import annotations

import numpy as np

from .emotions import EMOTIONS, HELD_OUT_WORDS
from .style import Style

_SUBJECTS = {
    "person": ("a person", "someone", "the speaker", "an actor", "a teacher", "a presenter", "the character", "a narrator",
               "a storyteller", "a doctor", "a scientist", "a guide", "a professional"),
    "woman": ("a woman", "a young woman", "an old woman", "a lady", "a young lady", "she", "a mother", "a queen",
              "an actress", "a female singer", "a grandmother", "a businesswoman", "female"),
    "man": ("a man", "a young man", "an old man", "a gentleman", "he", "a father", "a king", "a soldier",
            "a grandfather", "a businessman", "a male professor", "male"),
    "girl": ("a girl", "a little girl", "a teenage girl", "a schoolgirl"),
    "boy": ("a boy", "a little boy", "a teenage boy", "a schoolboy"),
}  # fmt: skip
_PRONOUNS = {"person": ("they", "their"), "woman": ("she", "her"), "man": ("he", "his"), "girl": ("she", "her"),
             "boy": ("he", "his")}  # fmt: skip
_WEAK = ("slightly", "a little", "faintly", "mildly", "somewhat", "a bit", "subtly", "barely", "softly")
_WEAK_ADJECTIVES = ("slight", "low", "subtle", "faint", "mild", "weak", "gentle", "light")
_MEDIUM = ("", "", "", "quite", "rather", "fairly", "moderately", "clearly")
_MEDIUM_ADJECTIVES = ("", "", "medium", "moderate", "clear", "noticeable", "normal")
_STRONG = ("very", "extremely", "intensely", "strongly", "really", "deeply", "terribly", "absolutely", "so")
_STRONG_ADJECTIVES = ("strong", "intense", "vivid", "extreme", "powerful", "deep", "overwhelming", "high", "great")
_LEVELS = ((_WEAK, _WEAK_ADJECTIVES), (_MEDIUM, _MEDIUM_ADJECTIVES), (_STRONG, _STRONG_ADJECTIVES))

_GESTURES = {
    "nod": (("nods", "nods slightly", "gives small nods"), ("nods", "nods {their} head", "nods along", "keeps nodding", "nods in agreement"),
            ("nods vigorously", "nods strongly", "nods hard", "nods emphatically")),
    "shake": (("shakes {their} head slightly", "gently shakes {their} head"), ("shakes {their} head", "keeps shaking {their} head", "shakes {their} head in disagreement"),
              ("shakes {their} head vigorously", "shakes {their} head hard")),
    "tilt": (("tilts {their} head slightly",), ("tilts {their} head", "with a tilted head"), ("tilts {their} head a lot",)),
    "still": (("keeps {their} head still", "holds {their} head still", "without moving {their} head"),) * 3,
    "none": (("",),) * 3,
}  # fmt: skip
_GAZES = {"free": ("",), "forward": ("keeping {their} gaze forward and steady", "looking straight ahead", "with a steady gaze", "holding eye contact"),
          "away": ("looking away", "glancing sideways", "avoiding eye contact"), "down": ("looking down", "with eyes lowered"),
          "up": ("looking up", "with eyes raised to the sky")}  # fmt: skip
_EXTRAS = {"none": ("",), "smile between phrases": ("a smile between phrases", "smiling between phrases", "smiling in the pauses"),
           "raised brows": ("with raised eyebrows", "eyebrows raised"), "many blinks": ("blinking a lot", "blinking often"),
           "few blinks": ("hardly blinking", "without blinking"), "lively": ("lively and animated", "with expressive brows"),
           "mumbled": ("mumbling", "with a lazy mouth"), "crisp": ("with crisp articulation", "articulating clearly")}  # fmt: skip


def caption(style: Style, rng: np.random.Generator) -> str:
    """One wording of a style."""
    pick = lambda options: str(options[rng.integers(len(options))])  # noqa: E731
    level = 0 if style.intensity <= 0.4 else 1 if style.intensity <= 0.8 else 2
    adverb, degree = pick(_LEVELS[level][0]), pick(_LEVELS[level][1])
    emotion = EMOTIONS[style.emotion]
    if style.emotion == "neutral":
        adverb = degree = ""
    words = {
        "subject": pick(_SUBJECTS[style.subject]),
        "adj": pick(_taught(emotion.adjectives)),
        "noun": pick(_taught(emotion.nouns)),
        "look": pick(_taught(emotion.looks)),
        "adv": adverb,
        "deg": degree,
    }
    core = _core(words, style, level, rng)
    tail = _tail(style, level, rng)
    text = _tidy(f"{core}, {tail}" if core and tail else core or tail)
    return text if rng.random() < 0.6 else text[:1].upper() + text[1:] + ("." if rng.random() < 0.6 else "")


def _taught(words: tuple[str, ...]) -> list[str]:
    kept = [w for w in words if not any(h in w.split() for h in HELD_OUT_WORDS)]
    return kept or list(words)


# Forms with a degree adjective ("strong") and with an adverb ("very"); the rest are mixed below.
_DEGREE_FORMS = (
    "{deg} {adj}", "{adj}, {deg}", "{deg} {noun}", "{adj} {deg}", "{subject} talks with a {deg} {adj} expression",
    "{subject} speaks with a {deg} {adj} expression", "{subject} is showing a {deg} {adj} expression",
    "{subject}/{adj}/{deg}", "S = {subject} | E = {adj} | I = {deg}", "emotion: {adj}, intensity: {deg}",
    "a {deg} {adj} face", "{subject} with {deg} {noun}", "{subject} speaking with {deg} {noun}", "{deg} {adj} voice and face",
    "speak with {deg} {noun}", "a {deg} {adj} delivery", "a {deg} expression of {noun}", "{subject}, {deg} {adj}",
)  # fmt: skip
_ADVERB_FORMS = (
    "{adv} {adj}", "{subject} is {adv} {adj}", "{subject} talks, {adv} {adj}", "{subject} looks {adv} {adj}",
    "{subject}, {adv} {adj}", "{subject} seems {adv} {adj} while speaking", "{adv} {adj} and expressive",
    "say it in a {adv} {adj} way", "{adv} {adj} {subject}", "{subject} sounds {adv} {adj}", "make it {adv} {adj}",
)  # fmt: skip
_LOOK_FORMS = (
    "{look}",
    "{subject}, {look}",
    "{subject} talks on, {look}",
    "{subject} speaks with {look}",
    "{adv} {look}",
)


def _core(words: dict[str, str], style: Style, level: int, rng: np.random.Generator) -> str:
    kind = rng.random()
    if style.emotion == "neutral" and kind < 0.4:
        return "" if kind < 0.18 else words["subject"] + " " + str(rng.choice(["talks", "speaks", "is talking", ""]))
    if style.emotion == "neutral" and kind < 0.5:
        other = str(rng.choice([a for k, e in EMOTIONS.items() if k != "neutral" for a in _taught(e.adjectives[:4])]))
        return f"{words['subject']} does not look {other}" if rng.random() < 0.5 else f"not {other}"
    if kind > 0.94 and style.emotion != "neutral":
        others = [_taught(e.adjectives)[0] for k, e in EMOTIONS.items() if k not in (style.emotion, "neutral")]
        return f"not {rng.choice(others)} but {words['adv']} {words['adj']}"
    if kind > 0.84:
        forms: tuple[str, ...] = _LOOK_FORMS
    else:
        forms = _DEGREE_FORMS if rng.random() < 0.6 else _ADVERB_FORMS
    return str(rng.choice(forms)).format(**words)


def _tail(style: Style, level: int, rng: np.random.Generator) -> str:
    strength = 0 if style.gesture_amount < 0.55 else 1 if style.gesture_amount < 0.85 else 2
    parts = [
        str(rng.choice(_GESTURES[style.gesture][strength])),
        str(rng.choice(_GAZES[style.gaze])),
        str(rng.choice(_EXTRAS[style.extra])),
    ]
    if style.gesture in ("nod", "shake") and rng.random() < 0.5:
        parts[0] = (
            parts[0]
            .replace("nods", "nodding")
            .replace("shakes", "shaking")
            .replace("gives small nodding", "giving small nods")
            .replace("keeps ", "")
        )
    parts = [p.format(their=_PRONOUNS[style.subject][1]) for p in parts if p]
    rng.shuffle(parts)
    joined = str(rng.choice([", ", " and ", ", "])).join(parts)
    if joined and rng.random() < 0.2 and ("nodding" in joined or "shaking" in joined):
        joined = "while " + joined
    return joined


def _tidy(text: str) -> str:
    text = " ".join(text.split())
    for wrong, right in (
        (" ,", ","),
        (" a a", " a"),
        ("a an ", "an "),
        ("an a ", "a "),
        (",,", ","),
        ("| I =", "| I = none") if text.endswith("| I =") else ("", ""),
    ):
        text = text.replace(wrong, right) if wrong else text
    words = text.split(" ")
    for i, word in enumerate(words[:-1]):
        if word == "a" and words[i + 1][:1] in "aeiou":
            words[i] = "an"
    return " ".join(words).strip(" ,/")
