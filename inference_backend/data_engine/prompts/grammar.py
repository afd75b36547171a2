"""The grammar: attributes written out as people would ask for them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from . import words
from .english import capital, finite, imperative, participle, tidy
from .forms import FORMS, TAG_TAILS, slots, template
from .prompt import ABSENT, Attributes, Prompt

# How often a kind of form is taken, of those that can say what is to be said.
_WEIGHTS = {"prose": 38, "descriptive": 16, "tagged": 16, "plain": 16, "contrast": 6, "negation": 5, "imperative": 30,
            "command": 16, "fragment": 26, "bare": 10, "note": 12, "opposed": 7, "denied": 6}  # fmt: skip
_WITH_SUBJECT = {"prose", "descriptive", "plain", "contrast", "negation"}
_SENTENCES = {**dict.fromkeys(_WITH_SUBJECT, 0.8), "imperative": 0.5, "command": 0.5, "opposed": 0.4, "denied": 0.4,
              "fragment": 0.2, "bare": 0.2, "note": 0.5, "tagged": 0.0}  # fmt: skip
_COMMANDS = {"imperative", "command"}
_OTHER_WORD = 0.7
_FOREIGN = "fragment-0"  # texts of others are continued like this form
_FEELING_SLOTS = {"adj", "att", "noun", "adv", "look", "trace"}
_LOUDNESS_SLOTS = {"very", "quite", "deg", "degree", "much", "tI", "trace"}
# "a quite sad way" and "an a bit sad way" are not English.
_NOT_AFTER_ARTICLE = {"a little", "a bit", "just a touch", "quite"}
# "very sadly", but not "strongly sadly"
_BEFORE_ADVERB = {"a little", "a bit", "just a touch", "somewhat", "fairly", "quite", "rather", "very", "really",
                  "extremely", "ever so slightly"}  # fmt: skip
# Participles that are no full adjectives: nobody is "very smiling".
_ACTIVE = {"smiling", "beaming", "sneering", "smirking", "weeping", "crying", "grimacing", "suffering", "aching",
           "longing", "teasing"}  # fmt: skip
# They tell of the face; no tone is wide-eyed, and nobody feels deadpan.
_FACIAL = {"wide-eyed", "teary-eyed", "watery-eyed", "misty-eyed", "deadpan", "blank", "natural",
           "matter-of-fact", "regal", "teary"}  # fmt: skip
_INNER = re.compile(
    r"\b(?:tone|mood|voice|manner|demeanor|air|feels?|felt|feeling|are|were|be)\b|is \{very\}|seems|sounds?"
)
_AFTER_PRONOUN = re.compile(r"\{S\}(?! ~| \{[Vv]\}| \{adv\} \{v\})")
_PAUSE = re.compile(r"[,.;:] ")
_WORDLESS = {"laughs", "cries"}
# A negated feeling comes from another family than the one shown: "not worried but afraid" would not say which.
_FAMILIES = (
    {"happy", "excited", "amused", "tender", "relieved", "proud", "hopeful"},
    {"sad", "tearful", "disappointed", "pained", "weary", "bored"},
    {"afraid", "worried", "embarrassed", "confused", "surprised"},
    {"angry", "disgusted", "contemptuous", "suspicious", "determined", "focused"},
)
_TAG_KEYS = {"vocal": ("V", "voice"), "delivery": ("D", "delivery"), "gaze": ("G", "gaze"), "head": ("H", "head"),
             "detail": ("F", "face"), "blend": ("B", "underneath")}  # fmt: skip
_MANNERS = {"delivery": words.DELIVERIES, "gaze": words.GAZES, "head": words.HEADS, "detail": words.DETAILS}


class _Needs(NamedTuple):
    """What decides which forms can word a prompt."""

    subject: str  # "", pronoun or noun
    feeling: bool
    intensity: bool
    noun: bool
    adverb: bool
    attributive: bool
    active: bool
    facial: bool
    traced: bool
    articled: bool  # the intensity's adverb can follow an article
    graded: bool  # the intensity's adverb can modify an adverb
    voiced: bool  # the voice does something else than speak
    adverbial: bool  # the delivery has to follow the verb


def write(attributes: Attributes, rng: np.random.Generator, form: str = "") -> Prompt:
    """Word attributes in a form, drawn among those that can say all of them unless given."""
    drawn = _draw_form(_needs(attributes), rng)
    form = form or drawn
    kind, _, number = form.rpartition("-")
    if kind == "tagged":
        return Prompt(_tagged(attributes, form, TAG_TAILS[int(number)], rng), attributes, form)
    values, said = _values(attributes, form, rng)
    core = finite(template(form), attributes.subject == "they").format_map(values)
    tails = _tails(attributes, said | ({"vocal"} if attributes.vocal == "speaks" else set()), rng)
    text = tidy(core + _ending(core, tails, attributes, form, rng))
    return Prompt(_punctuated(text, _SENTENCES[kind], rng), attributes, form)


def can_write(attributes: Attributes, form: str) -> bool:
    """Tell whether a form can say all of the attributes."""
    return form in _candidates(_needs(attributes))[0]


def with_gesture(prompt: Prompt, gesture: str, amount: float, rng: np.random.Generator) -> Prompt:
    """Add a nod or a shake of an amount from 0 to 1 to text and attributes, in place of what the head did.

    A text that the grammar did not write is kept, and the gesture added to it.
    """
    attributes = dataclasses.replace(prompt.attributes, head=ABSENT, amount=0.0)
    ours = prompt.form in FORMS
    if prompt.attributes.head and ours:
        prompt = write(attributes, rng, prompt.form if can_write(attributes, prompt.form) else "")
    manner = words.GESTURES[gesture][(amount >= 0.4) + (amount >= 0.7)]
    form = prompt.form if ours else _FOREIGN
    kind, _, number = form.rpartition("-")
    text, stop = prompt.text.rstrip().removesuffix("."), prompt.text.rstrip()[-1:] == "."
    if kind == "tagged":
        text += _tag("head", manner, attributes, TAG_TAILS[int(number)], rng)
    else:
        text = (text + _ending(text, [manner], attributes, form, rng)).lstrip(",. ") + "." * stop
    return Prompt(text, dataclasses.replace(attributes, head=gesture, amount=amount), prompt.form)


def reworded(attributes: Attributes, rng: np.random.Generator) -> str:
    """Say the same in other words: another form, and often a further word of the same kind of feeling."""
    further = words.SYNONYMS.get(attributes.emotion)
    if further and rng.random() < _OTHER_WORD:
        attributes = dataclasses.replace(attributes, feeling=further[rng.integers(len(further))].adjective)
    return said(attributes, rng).text


def said(attributes: Attributes, rng: np.random.Generator) -> Prompt:
    """Write attributes, a gesture of the head among them."""
    if attributes.head not in words.GESTURES:
        return write(attributes, rng)
    plain = dataclasses.replace(attributes, head=ABSENT, amount=0.0)
    return with_gesture(write(plain, rng), attributes.head, attributes.amount, rng)


def is_ours(attributes: Attributes) -> bool:
    """Tell whether the tables have every value of the attributes, so that the grammar can word them."""
    blend = (attributes.emotion, attributes.blend)
    tables = {"subject": words.SUBJECTS, "emotion": words.CLUSTERS, "feeling": words.FEELINGS,
              "intensity": words.INTENSITIES, "vocal": words.VOCALS, **_MANNERS,
              "head": {*words.HEADS, *words.GESTURES}}  # fmt: skip
    known = all(getattr(attributes, name) in (ABSENT, *table) for name, table in tables.items())
    return known and (not attributes.blend or blend in words.BLENDS)


def swapped(prompt: Prompt, attributes: Attributes, seed: Sequence[int]) -> Prompt | None:
    """Word other attributes as a prompt was worded with a seed; None if more than one word would differ."""
    if not can_write(attributes, prompt.form):
        return None
    other = write(attributes, np.random.default_rng(seed), prompt.form)
    return other if differ_by_one_word(prompt.text, other.text) else None


def differ_by_one_word(one: str, other: str) -> bool:
    """Tell whether two texts are equal but for one word and the article before it."""
    a, b = one.split(), other.split()
    if len(a) != len(b):
        return False
    differing = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    words_only = [i for i in differing if not {a[i].lower(), b[i].lower()} <= {"a", "an"}]
    return len(words_only) == 1


def _needs(attributes: Attributes) -> _Needs:
    feeling = words.FEELINGS.get(attributes.feeling)
    adverb = words.INTENSITIES[attributes.intensity].adverb if attributes.intensity else ""
    subject = attributes.subject and ("pronoun" if attributes.subject in words.PRONOUNS else "noun")
    return _Needs(
        subject,
        feeling is not None,
        bool(adverb),
        bool(feeling and feeling.noun),
        bool(feeling and feeling.adverb),
        bool(feeling and feeling.attributive),
        bool(feeling and feeling.adjective in _ACTIVE),
        bool(feeling and feeling.adjective in _FACIAL),
        bool(feeling and words.TRACES[feeling.cluster]),
        adverb not in _NOT_AFTER_ARTICLE,
        adverb in _BEFORE_ADVERB,
        attributes.vocal != "speaks",
        attributes.vocal in _WORDLESS and bool(attributes.delivery),
    )


@lru_cache(4096)
def _candidates(needs: _Needs) -> tuple[frozenset[str], tuple[tuple[str, ...], ...], tuple[float, ...]]:
    """List the forms that can word such a prompt: all, by kind, and the cumulated chances of the kinds."""
    kinds: dict[str, list[str]] = {}
    for form in FORMS:
        kind = form.rpartition("-")[0]
        if _fits(kind, form, needs):
            kinds.setdefault(kind, []).append(form)
    weights = np.cumsum([_WEIGHTS[kind] for kind in kinds])
    forms = frozenset(form for group in kinds.values() for form in group)
    return forms, tuple(tuple(group) for group in kinds.values()), tuple((weights / weights[-1]).tolist())


def _fits(kind: str, form: str, needs: _Needs) -> bool:
    has, text = slots(form), template(form)
    if kind == "tagged":
        return True
    if bool(needs.subject) != (kind in _WITH_SUBJECT):
        return False
    if needs.subject == "noun" and not has & {"S", "s", "owner"}:
        return False
    if needs.subject == "pronoun" and (has & {"s"} or _AFTER_PRONOUN.search(text)):
        return False
    if needs.feeling != bool(has & _FEELING_SLOTS):
        return False
    if has & {"degree", "much"} if not needs.intensity else not has & _LOUDNESS_SLOTS:
        return False
    if "very" in has and "{a} {very}" in text and not needs.articled:
        return False
    if "quite" in has and not needs.graded:
        return False
    if needs.voiced and kind != "note" and not has & {"V", "v", "Ving", "say"} and kind in {"prose", "plain"}:
        return False
    if needs.adverbial and not has & {"V", "Ving"}:
        return False
    return not needs.feeling or _feeling_fits(kind, has, text, needs)


def _feeling_fits(kind: str, has: frozenset[str], text: str, needs: _Needs) -> bool:
    missing = {"noun": needs.noun, "adv": needs.adverb, "att": needs.attributive, "trace": needs.traced and needs.noun}
    if any(slot in has and not there for slot, there in missing.items()):
        return False
    if needs.active and ("very" in has or ("adj" in has and (kind != "fragment" or "look" in has))):
        return False
    return not (needs.facial and _INNER.search(text))


def _draw_form(needs: _Needs, rng: np.random.Generator) -> str:
    _, groups, chances = _candidates(needs)
    group = groups[int(np.searchsorted(chances, rng.random(), side="right"))]
    return group[int(rng.random() * len(group))]


def _pick(options: Sequence[str], rng: np.random.Generator) -> str:
    return options[int(rng.random() * len(options))]


def _pronoun(attributes: Attributes) -> str:
    return words.SUBJECTS.get(attributes.subject, attributes.subject if attributes.subject in words.PRONOUNS else "")


def _possessive(attributes: Attributes, kind: str) -> str:
    pronoun = _pronoun(attributes)
    return words.PRONOUNS[pronoun][1] if pronoun else "your" if kind in _COMMANDS else "the"


def _values(attributes: Attributes, form: str, rng: np.random.Generator) -> tuple[dict[str, str], set[str]]:
    """Fill the slots of a form; also say which attributes besides subject, feeling and intensity that has worded."""
    kind, has = form.rpartition("-")[0], slots(form)
    pos = _possessive(attributes, kind)
    finites, gerunds, commands, _ = words.VOCALS[attributes.vocal]
    plural = attributes.subject == "they"
    said = {"vocal"} if has & {"V", "v", "Ving", "say"} else set()
    attached = _attached(attributes, has, rng)
    if attached:
        said.add("delivery")
    verb = finite(f"~{_pick(finites, rng)}", plural)
    values = {
        **_subject(attributes, rng),
        **_feeling(attributes, pos, rng),
        "pos": pos,
        "a": "<a>",
        "V": f"{verb} {attached}",
        "v": verb,
        "Ving": f"{_pick(gerunds, rng)} {attached}",
        "say": f"{_pick(commands, rng)} {attached}",
        "other": _other(attributes, rng) if "other" in has else "",
    }
    values |= {name: values[name].format_map(values) for name in ("look", "trace")}
    return values, said


def _attached(attributes: Attributes, has: frozenset[str], rng: np.random.Generator) -> str:
    """Draw an adverb of the delivery to stand right after the verb, now and then or where it must."""
    if not attributes.delivery or not has & {"V", "Ving", "say"} or has & {"v", "adv"}:
        return ""
    must = attributes.vocal in _WORDLESS
    adverb = _pick(words.DELIVERIES[attributes.delivery].adverbs, rng)
    return adverb if rng.random() < 0.5 or must else ""


def _subject(attributes: Attributes, rng: np.random.Generator) -> dict[str, str]:
    subject = attributes.subject
    if subject in words.PRONOUNS or not subject:
        return {"S": subject, "s": subject, "owner": _possessive(attributes, "")}
    noun = {"female": "female person", "male": "male person"}.get(subject, subject)
    article = _pick(("<a>", "<a>", "<a>", "the"), rng)
    return {"S": f"{article} {noun}", "s": noun, "owner": f"{article} {noun}'s"}


def _feeling(attributes: Attributes, pos: str, rng: np.random.Generator) -> dict[str, str]:
    feeling = words.FEELINGS.get(attributes.feeling)
    intensity = words.INTENSITIES.get(attributes.intensity)
    very, deg = (intensity.adverb, intensity.adjective) if intensity else ("", "")
    values = {"very": very, "quite": very, "deg": deg, "degree": deg, "much": very, "tI": deg or "as it comes"}
    if feeling is None:
        return {**values, "adj": "", "att": "", "noun": "", "adv": "", "look": "", "trace": ""}
    return {
        **values,
        "adj": feeling.adjective,
        "att": feeling.adjective,
        "noun": feeling.noun,
        "adv": feeling.adverb,
        "look": _pick(words.LOOKS[feeling.cluster], rng),
        "trace": _pick(words.TRACES[feeling.cluster] or ("",), rng),
    }


@lru_cache(512)
def _others(emotion: str, blend: str, smiles: bool) -> tuple[str, ...]:
    """List the feelings that can be denied beside those that are shown."""
    families = [f for f in _FAMILIES if not f & {emotion, blend} and not (smiles and "happy" in f)]
    rows = (words.TAUGHT[cluster] for family in families for cluster in sorted(family))
    return tuple(f.adjective for row in rows for f in row if f.attributive and f.adjective not in _ACTIVE)


def _other(attributes: Attributes, rng: np.random.Generator) -> str:
    return _pick(_others(attributes.emotion, attributes.blend, attributes.detail == "smile between phrases"), rng)


def _manner(name: str, attributes: Attributes) -> words.Manner:
    """Give the wordings of one of the attributes that can follow the core."""
    value = getattr(attributes, name)
    if name == "blend":
        return words.Manner((), words.BLENDS[attributes.emotion, value], (value,))
    if name == "vocal":
        finites, gerunds, _, tags = words.VOCALS[value]
        return words.Manner(tuple(f"~{v}" for v in finites if not v.startswith("is ")), gerunds, tags)
    manner = _MANNERS[name][value]
    if name == "delivery" and attributes.vocal in _WORDLESS:
        return words.Manner((), manner.adverbs, manner.tags)
    return manner


def _tails(attributes: Attributes, said: set[str], rng: np.random.Generator) -> list[words.Manner]:
    names = [n for n in _TAG_KEYS if n not in said and getattr(attributes, n)]
    fixed = [n for n in names if n in ("vocal", "blend")]
    free = [n for n in names if n not in fixed]
    order = fixed + [free[i] for i in rng.permutation(len(free))]
    return [_manner(name, attributes) for name in order]


def _ending(core: str, tails: list[words.Manner], attributes: Attributes, form: str, rng: np.random.Generator) -> str:
    """Word what is left to say, to follow the core, as the form's kind does."""
    kind, pronoun = form.rpartition("-")[0], _pronoun(attributes)
    # Where there is a face and no person, a participle has nobody to belong to.
    alone = "owner" in slots(form) or "{pos} expression is" in template(form)
    pos, draw, say = _possessive(attributes, kind), rng.random(), rng.random()
    plain = "".join(f", {_pick(m.phrases, rng)}" for m in tails if not m.finite)
    verbs = [m for m in tails if m.finite]
    if not verbs:
        ending = ""
    elif kind in _WITH_SUBJECT and (draw < 0.25 or alone):
        ending = f". {capital(pronoun)} {_listed([finite(_pick(m.finite, rng), pronoun == 'they') for m in verbs])}"
    elif draw < (0.6 if kind in _COMMANDS else 0.4 if kind == "note" else 0.0):
        commands, pos = _listed([imperative(_pick(m.finite, rng)) for m in verbs]), "your"
        joined = say < 0.5 and kind in _COMMANDS and not plain and not _PAUSE.search(core)
        ending = f" and {commands}" if joined else f". {capital(commands)}"
    elif (
        draw > 0.7
        and len(verbs) == 1
        and kind in _WITH_SUBJECT | {"fragment", "bare"}
        and " while " not in core + plain
    ):
        ending = f" while {participle(_pick(verbs[0].finite, rng))}"
    else:
        phrases = [_phrase(m, rng) for m in verbs]
        ending = f", {_listed(phrases) if draw > 0.5 else ', '.join(phrases)}"
    return (plain + ending).format(pos=pos)


def _can_go_on(text: str, kind: str) -> bool:
    """Tell whether "while ..." can follow."""
    return " while " not in text and (kind in _WITH_SUBJECT or (kind in ("fragment", "bare") and "," not in text))


def _phrase(manner: words.Manner, rng: np.random.Generator) -> str:
    options = (*manner.phrases, *manner.finite)
    return participle(_pick(options, rng))


def _listed(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _tagged(attributes: Attributes, form: str, tail: str, rng: np.random.Generator) -> str:
    feeling = words.FEELINGS.get(attributes.feeling)
    nothing = _pick(("Nan", "Nan", "none"), rng)
    named = feeling.noun if feeling and feeling.noun and rng.random() < 0.25 else attributes.feeling
    values = {
        "tS": attributes.subject or nothing,
        "tE": named or nothing,
        "tI": attributes.intensity or nothing,
    }
    text = template(form).format_map(values)
    for name in _TAG_KEYS:
        value = getattr(attributes, name)
        if value and (name, value) != ("vocal", "speaks"):
            text += _tag(name, _manner(name, attributes), attributes, tail, rng)
    return text


def _tag(name: str, manner: words.Manner, attributes: Attributes, tail: str, rng: np.random.Generator) -> str:
    key, long = _TAG_KEYS[name]
    keyless = "ey}" not in tail and "ame}" not in tail
    value = _phrase(manner, rng).format(pos=_possessive(attributes, "")) if keyless else _pick(manner.tags, rng)
    return tail.format(key=key, name=long, Name=capital(long), value=value)


def _punctuated(text: str, chance: float, rng: np.random.Generator) -> str:
    """Write a sentence as one, or leave it lower-case, as people type."""
    draw = rng.random()
    if ". " in text:
        text = capital(". ".join(capital(part) for part in text.split(". ")))
        return text + "." * (draw < 0.9)
    if draw < chance:
        return capital(text) + "."
    return capital(text) if draw > 0.92 else text
