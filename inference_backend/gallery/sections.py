"""The sections of the gallery: which clips stand side by side, and what they are to show."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from .casting import member_for, sex_of
from .clip import Clip, Section

_OWN_LINES = ("story", "letter", "weather", "bread", "question", "promise", "news")
_SWAPPED = ("happy", "sad", "angry", "surprised", "afraid", "disgusted")
_LADDER = ("slight", "clear", "strong")
_STRENGTHS = (0.0, 1.0, 2.0)
BASELINES = ("viseme rules, exact phones", "loudness as jaw")
REFERENCE = ("no", "man")  # line and voice


def plan(prompts: Mapping[str, Sequence[str]], most: int = 6) -> list[Section]:
    """Plan the gallery for prompts by group; at most so many clips a section."""
    made = [
        _different(prompts["different_speech_different_prompt"]),
        _same_speech(prompts["same_speech_different_prompt"], most),
        _same_prompt(prompts["same_prompt_different_speech"][0]),
        _swaps(),
        _ladders(),
        _head(),
        _transfer(),
        _music(),
        _baselines(),
        _limits(),
    ]
    return [dataclasses.replace(section, clips=section.clips[:most]) for section in made]


def _clip(line: str, style: str, member: str = "", **options) -> Clip:
    member = member or member_for(style)
    return Clip(line, member, style, member, **options)


def _different(prompts: Sequence[str]) -> Section:
    clips = [_clip("song" if "sing" in p else _OWN_LINES[k % len(_OWN_LINES)], p) for k, p in enumerate(prompts)]
    spread = sorted(clips, key=lambda clip: [c.member for c in clips if c is not clip].count(clip.member))
    return Section(
        "different",
        "Different speech, different prompts",
        "The prompt's subject chooses who of the cast performs; everything else of it is acting.",
        tuple(spread),
    )


def _same_speech(prompts: Sequence[str], most: int) -> Section:
    """Take prompts of him and of her in turn, each on one sound."""
    his = [prompt for prompt in prompts if member_for(prompt) == "man"][: most // 2]
    hers = [prompt for prompt in prompts if member_for(prompt) == "woman" and sex_of(prompt) == "she"]
    clips = [Clip("promise", "man", p, "man") for p in his] + [
        Clip("promise", "woman", p, "woman") for p in hers[: most - len(his)]
    ]
    return Section(
        "same-speech",
        "Same speech, many prompts",
        "One recording of his and one of hers: the words stay, the face follows the prompt.",
        tuple(clips),
        together=True,
    )


def _same_prompt(prompt: str) -> Section:
    cast = (("weather", "woman"), ("bread", "man"), ("story", "grandmother"))
    return Section(
        "same-prompt",
        "Same prompt, many speeches",
        f"“{prompt}”",
        tuple(Clip(line, who, prompt, who, heading=who.capitalize()) for line, who in cast),
    )


def _swaps() -> Section:
    return Section(
        "swaps",
        "One word changed",
        "The sentence, the sound and the seed are the same; one word is not.",
        tuple(_clip("letter", f"A woman speaks with a strong {word} expression.", heading=word) for word in _SWAPPED),
        together=True,
    )


def _ladders() -> Section:
    words = [
        _clip("question", f"A man speaks with a {word} angry expression.", heading=f"“{word}”") for word in _LADDER
    ]
    numbers = [
        _clip("question", "A man speaks with an angry expression.", strength=s, heading=f"strength {s:g}")
        for s in _STRENGTHS
    ]
    return Section(
        "ladders",
        "How much",
        "Intensity as a word in the prompt, and as the number of the strength slider.",
        (*words, *numbers),
        together=True,
    )


def _head() -> Section:
    return Section(
        "head",
        "Nod and shake",
        "Gestures of the head, asked for in words.",
        (
            _clip("yes", "A girl speaks happily, nodding.", heading="nodding"),
            _clip("no", "A boy speaks firmly, shaking his head.", heading="shaking"),
            _clip("news", "A male presenter speaks calmly, keeping the head still.", heading="keeping still"),
        ),
    )


def _transfer() -> Section:
    line, voice = REFERENCE
    return Section(
        "reference",
        "The style of a reference",
        "The first film is a reference performance. Its style, and no words, acts another sound on another face; the "
        "last film is that sound without any style.",
        (
            Clip(line, voice, "", "man", by="teacher", heading="reference", caption="The reference performance."),
            Clip("letter", "grandmother", "", "grandmother", reference=REFERENCE, heading="transferred",
                 caption="Style from the reference, no words."),
            Clip("letter", "grandmother", "", "grandmother", heading="no style", caption="The same sound, no style."),
        ),
    )  # fmt: skip


def _music() -> Section:
    return Section(
        "music",
        "Singing and music",
        "Sung words over music, and music alone, to which no mouth should move.",
        (
            _clip("song", "A female singer sings with crisp phrasing over a gentle pulse."),
            _clip("song", "A man sings tenderly, with raised eyebrows."),
            Clip("tune", "man", "A boy listens, calm, swaying to the music.", "boy", heading="music alone"),
        ),
    )


def _baselines() -> Section:
    line, style = "bread", "A woman speaks with a clear happy expression."
    others = tuple(_clip(line, style, by=name, heading=name) for name in BASELINES)
    return Section(
        "baselines",
        "Beside simpler ways",
        f"“{style}” by Mien, by rules that key a mouth for each phone (given the exact phones, which Mien is not), and "
        "by loudness alone. Neither of them reads a style.",
        (_clip(line, style, heading="Mien"), *others),
        together=True,
    )


def _limits() -> Section:
    return Section(
        "limits",
        "Where it ends",
        "What the prompt asks for and the face does not do, or does not do well.",
        (
            _clip("news", "A man covers his mouth with his hand and leans back.", heading="no hands, no body",
                  caption="“A man covers his mouth with his hand and leans back.” There are curves of a face and a "
                  "neck and no others: what remains of this is a posture of the head at best."),
            _clip("letter", "She bursts into loud laughter.", heading="laughter that is not heard",
                  caption="“She bursts into loud laughter.” The sound does not laugh: the mouth keeps speaking."),
            _clip("weather", "An elderly man winks with his left eye.", heading="one-sided",
                  caption="“An elderly man winks with his left eye.” Prompts of one side of the face were not taught."),
        ),
    )  # fmt: skip
