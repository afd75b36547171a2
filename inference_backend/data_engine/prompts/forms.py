"""The grammar's forms: templates of a prompt's core, by kind.

Slots. {S} subject with its article, {s} without, {pos} its possessive, {owner} "the woman's"; {V} what the voice does,
in the finite (a delivery's adverb may follow; not after {v}), {Ving} the same as a participle, {say} as a command;
{adj} the feeling after a verb, {att} before a noun, {noun}, {adv}; {very} and {deg} the intensity as adverb and
adjective, empty if absent; {quite} the same where it can modify an adverb; {degree} and {much} the same, for forms
that cannot do without; {a} an article; {look} what the face does; {trace} the same with the feeling named; {other} a
feeling that is not to be shown; {tS}, {tE} and {tI} values of tags. ~looks is a verb that agrees with the subject.
"""

from __future__ import annotations

from functools import cache
from string import Formatter


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


_PROSE = _lines("""
{S} {V} with {a} {deg} {att} expression
{S} {V} with {a} {deg} {att} look
{S} {V} with {a} {deg} {att} demeanor
{S} {V} with {a} {deg} {att} face
{S} {V} with {a} {deg} {att} air
{S} {V} with {a} {very} {att} look on {pos} face
{S} {V} in {a} {very} {att} way
{S} {V} in {a} {very} {att} manner
{S} {V} in {a} {very} {att} tone
{S} {V} in {a} {very} {att} mood
{S} {V} and ~looks {very} {adj}
{S} {V} and ~seems {very} {adj}
{S} {V} and ~sounds {very} {adj}
{S} {V} while looking {very} {adj}
{S} {V}, looking {very} {adj}
{S} {V}, {very} {adj}
{S} {V} with {deg} {noun}
{S} {V}, filled with {deg} {noun}
{S} {V}, {pos} voice full of {deg} {noun}
{S} {V}, {pos} eyes showing {deg} {noun}
{S} {V} the way {very} {adj} people do
{S} {V} in the manner of someone {very} {adj}
{S} {V} with {deg} {noun} in {pos} eyes
{S} {V} with {deg} {noun} on {pos} face
{S} {v} {adv}
{S} {v} {quite} {adv}
{S} {adv} {v}
{S} {V}, {a} {deg} {att} expression on {pos} face
{S} {V}, the {att} expression plain to see
{S} {V} under {a} {deg} {att} expression
{S} {V}; {pos} expression is {very} {att}
{S} {V}, and {pos} face looks {very} {adj}
{S} ~is showing {a} {deg} {att} expression
{S} ~is showing {a} {deg} {att} expression while {Ving}
{S} ~is holding {a} {deg} {att} expression while {Ving}
{S} ~is carrying {a} {deg} {att} expression
{S} ~is carrying {a} {deg} {att} tone
{S} ~has {a} {deg} {att} expression on {pos} face
{S} ~has {a} {deg} {att} look while {Ving}
{S} ~wears {a} {deg} {att} expression
{S} ~wears {a} {deg} {att} expression while {Ving}
{S} ~exhibits {a} {deg} {att} expression
{S} ~shows {deg} {noun}
{S} ~shows {deg} {noun} while {Ving}
{S} ~expresses {deg} {noun}
{S} ~radiates {deg} {noun}
{S} ~feels {very} {adj}
{S} ~feels {very} {adj} while {Ving}
{S} ~is {very} {adj}
{S} ~is {very} {adj} while {Ving}
{S} ~looks {very} {adj}
{S} ~looks {very} {adj} while {Ving}
{S} ~seems {very} {adj}
{S} ~seems {very} {adj} while {Ving}
{S} ~appears {very} {adj}
{S} ~sounds {very} {adj}
{S} ~comes across as {very} {adj}
{S}, {very} {adj}, {V}
{S}, {adj} to {a} {degree} degree, {V}
{S} with {a} {deg} {att} expression
{S} with {deg} {noun} in {pos} voice
{S} paired with {a} {deg} {att} look
{S} {Ving} with {deg} {noun}
{S} {Ving}, {very} {adj}
{a} {very} {att} {s}
{a} {very} {att} {s} {Ving}
{a} {very} {att} {s} {V}
{a} {att} {s} {V} with {degree} emotion
the {att} {s} {V}
close-up of {a} {very} {att} {s} {Ving}
portrait of {S} with {a} {deg} {att} face
a video of {S} {Ving}, {very} {adj}
""")

_DESCRIPTIVE = _lines("""
{trace}
{trace}, {Ving}
{S}, {trace}
{S} {V}, {trace}
{S} {V} on camera, {trace}
{S} {V}, {look}
{S} {V} with {a} {deg} {att} expression, {look}
{S} ~looks {very} {adj}, {look}
{S} ~is {very} {adj}, {look}
{S}, {look}
{S}, {very} {adj}, {look}
{look}, {S} {V}
{trace}, {S} {V}
{owner} face shows {deg} {noun}
{owner} face shows {deg} {noun}, {look}
{owner} face settling into {deg} {noun}
{owner} expression is {very} {att}
{owner} expression turns {very} {att}
{owner} eyes are filled with {deg} {noun}
{owner} eyes betray {deg} {noun}
{owner} voice and face are {very} {adj}
{owner} features give away {deg} {noun}
{a} {deg} {att} expression on {owner} face
{a} {deg} {att} expression crosses {owner} face
{deg} {noun} on {owner} face
{deg} {noun} in {owner} eyes
{deg} {noun} written all over {owner} face
""")

_PLAIN = _lines("""
{S}
{S} {V}
{S} {V} to the camera
{S} {Ving}
{S} ~is seen {Ving}
{S} {V} as usual
{S} {V} in front of the camera
a video of {S} {Ving}
close-up of {S} {Ving}
the face of {S} {Ving}
""")

_IMPERATIVE = _lines("""
{say} with {deg} {noun}
{say} with {a} {deg} {att} expression
{say} with {a} {deg} {att} face
{say} in {a} {very} {att} way
{say} in {a} {very} {att} tone
{say} as if you were {very} {adj}
{say} as though you felt {very} {adj}
{say} like someone who is {very} {adj}
{say} {adv}
{say} {quite} {adv}
please {say} {adv}
try to {say} with {deg} {noun}
make it {very} {adj}
make it sound {very} {adj}
make the face {very} {adj}
sound {very} {adj}
look {very} {adj}
look and sound {very} {adj}
be {very} {adj}
act {very} {adj}
play it {very} {adj}
perform it with {deg} {noun}
deliver the line with {deg} {noun}
show {deg} {noun}
show me {deg} {noun}
let {deg} {noun} show
let the {noun} come through
give me {a} {deg} {att} expression
give it {a} {very} {att} tone
put on {a} {deg} {att} face
put {deg} {noun} into it
you are {very} {adj}
you feel {very} {adj}; {say} like that
stay {very} {adj} throughout
imagine you are {very} {adj}
""")

_IMPERATIVE_PLAIN = _lines("""
{say}
please {say}
{say} once more
just {say}
{say} to the camera
""")

_FRAGMENT = _lines("""
{very} {adj}
{deg} {noun}
{deg} {att}
{adj}
{adj}, {degree}
{adj}, {much}
{att} expression, {degree}
{a} {deg} {att} expression
{a} {deg} {att} face
{a} {deg} {att} look
{a} {very} {att} delivery
{a} {very} {att} performance
{a} {very} {att} voice
{a} {very} {att} mood
{a} {deg} expression of {noun}
{a} {degree} sense of {noun}
with {deg} {noun}
with {a} {deg} {att} face
filled with {deg} {noun}
{adv}
{quite} {adv}
in {a} {very} {att} way
in {a} {very} {att} tone
{very} {adj}, face and voice alike
{look}
{trace}
{adj}, {look}
{very} {adj}, {look}
{look}, {very} {adj}
{noun}, {degree}
{Ving}, {very} {adj}
{Ving} with {deg} {noun}
{Ving} {adv}
""")

_FRAGMENT_PLAIN = _lines("""
{Ving}
just {Ving}
someone {Ving}
a face {Ving}
""")

_NOTE = _lines("""
emotion: {adj}. intensity: {tI}
mood: {adj}, {tI}
mood: {very} {adj}
tone: {very} {adj}
expression: {very} {att}
expression: {deg} {noun}
direction: {very} {adj}
note: play this {very} {adj}
feeling: {deg} {noun}
face: {very} {adj}
style: {very} {adj}
acting note: {deg} {noun}
the mood here is {very} {adj}
the scene calls for {deg} {noun}
we need {deg} {noun} here
this line is {very} {adj}
the character is {very} {adj} here
the character feels {very} {adj}
you have just heard the news and you are {very} {adj}
think of something that makes you {very} {adj}
({adv})
({quite} {adv})
({very} {adj})
[{adj}]
[{very} {adj}]
*{very} {adj}*
""")

# Contrasts and negations: {other} is named and not shown.
_CONTRAST = _lines("""
{S} ~does not look {other} but {very} {adj}
{S} ~is not {other} but {very} {adj}
{S} ~is not {other}, just {very} {adj}
{S} ~looks {very} {adj}, not {other}
{S} ~looks {very} {adj} rather than {other}
{S} ~seems {very} {adj} instead of {other}
{S} {V}, not {other} but {very} {adj}
{S} {V} and ~looks {very} {adj}, not {other}
{S} ~is {very} {adj} and anything but {other}
far from {other}, {S} ~is {very} {adj}
far from being {other}, {S} {V} with {deg} {noun}
{S} ~was expected to be {other} but ~is {very} {adj}
not {other}: {S} ~is {very} {adj}
""")

_CONTRAST_FREE = _lines("""
not {other} but {very} {adj}
not {other}, {very} {adj}
{very} {adj}, not {other}
{very} {adj} rather than {other}
{very} {adj} instead of {other}
{very} {adj}, anything but {other}
{adj} yes, {other} no
less {other}, more {adj}
do not look {other}, look {very} {adj}
do not sound {other}, sound {very} {adj}
don't be {other}, be {very} {adj}
instead of {other}, make it {very} {adj}
{say} with {deg} {noun}, without sounding {other}
""")

_NEGATION = _lines("""
{S} ~does not look {other}
{S} ~is not {other}
{S} ~is not {other} at all
{S} ~does not seem {other}
{S} ~doesn't look {other} while {Ving}
{S} {V} without looking {other}
{S} {V} and ~does not look {other}
{S} {V}, not {other}
{S} {V}, not in the least {other}
{S} ~shows no sign of being {other}
{S} {V}, no longer {other}
""")

_NEGATION_FREE = _lines("""
not {other}
not {other} at all
not {other} anymore
don't look {other}
do not sound {other}
{say} without sounding {other}
{say}, but not {other}
never {other}
no {other} face
""")

# Core, and how a further attribute follows: {key} its letter, {name} its name, {value}.
_TAGGED = (
    ("S = {tS} | E = {tE} | I = {tI}", " | {key} = {value}"),
    ("S={tS}|E={tE}|I={tI}", "|{key}={value}"),
    ("S: {tS} | E: {tE} | I: {tI}", " | {key}: {value}"),
    ("S: {tS}, E: {tE}, I: {tI}", ", {key}: {value}"),
    ("S: {tS}; E: {tE}; I: {tI}", "; {key}: {value}"),
    ("E = {tE} | I = {tI} | S = {tS}", " | {key} = {value}"),
    ("{tS}/{tE}/{tI}", "/{value}"),
    ("{tS} / {tE} / {tI}", " / {value}"),
    ("{tS}|{tE}|{tI}", "|{value}"),
    ("{tS} | {tE} | {tI}", " | {value}"),
    ("{tS}, {tE}, {tI}", ", {value}"),
    ("{tS}; {tE}; {tI}", "; {value}"),
    ("{tS} - {tE} - {tI}", " - {value}"),
    ("{tE}/{tI}/{tS}", "/{value}"),
    ("[{tS}] [{tE}] [{tI}]", " [{value}]"),
    ("({tS}) ({tE}) ({tI})", " ({value})"),
    ("{tS} + {tE} + {tI}", " + {value}"),
    ("subject: {tS}, emotion: {tE}, intensity: {tI}", ", {name}: {value}"),
    ("subject: {tS} | emotion: {tE} | intensity: {tI}", " | {name}: {value}"),
    ("subject = {tS}; emotion = {tE}; intensity = {tI}", "; {name} = {value}"),
    ("subject={tS} emotion={tE} intensity={tI}", " {name}={value}"),
    ("emotion: {tE}, intensity: {tI}, subject: {tS}", ", {name}: {value}"),
    ("Subject: {tS}. Emotion: {tE}. Intensity: {tI}", ". {Name}: {value}"),
    ("who: {tS}, feeling: {tE}, how much: {tI}", ", {name}: {value}"),
    ("character: {tS}, mood: {tE}, strength: {tI}", ", {name}: {value}"),
)

KINDS: dict[str, tuple[str, ...]] = {
    "prose": _PROSE,
    "descriptive": _DESCRIPTIVE,
    "plain": _PLAIN,
    "imperative": _IMPERATIVE,
    "command": _IMPERATIVE_PLAIN,
    "fragment": _FRAGMENT,
    "bare": _FRAGMENT_PLAIN,
    "note": _NOTE,
    "contrast": _CONTRAST,
    "opposed": _CONTRAST_FREE,
    "negation": _NEGATION,
    "denied": _NEGATION_FREE,
    "tagged": tuple(core for core, _ in _TAGGED),
}
TAG_TAILS = tuple(tail for _, tail in _TAGGED)
FORMS = tuple(f"{kind}-{i}" for kind, templates in KINDS.items() for i in range(len(templates)))


@cache
def template(form: str) -> str:
    """Give the template of a form by its name."""
    kind, _, number = form.rpartition("-")
    return KINDS[kind][int(number)]


@cache
def slots(form: str) -> frozenset[str]:
    """Name the slots of a form."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template(form)) if name)
