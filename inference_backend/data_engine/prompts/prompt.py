"""A prompt: attributes kept apart, and one wording of them."""

from __future__ import annotations

from dataclasses import dataclass, field

ABSENT = ""  # an attribute of which the prompt says nothing


@dataclass(frozen=True)
class Attributes:
    """What a performance is asked to show; each value is a key of the tables in `words`, or ABSENT.

    emotion is a cluster and feeling the word of it that was drawn; level 0..1 is what the intensity word means.
    blend is a second emotion cluster, shown through the first ("smiling through tears"). amount 0..1 is the size of a
    head gesture.
    """

    subject: str = ABSENT
    emotion: str = ABSENT
    feeling: str = ABSENT
    intensity: str = ABSENT
    level: float = 0.0
    delivery: str = ABSENT
    gaze: str = ABSENT
    head: str = ABSENT
    amount: float = 0.0
    vocal: str = "speaks"
    detail: str = ABSENT
    blend: str = ABSENT


@dataclass(frozen=True)
class Prompt:
    """A style text with the attributes that it words, and the name of the grammar's form that it took."""

    text: str = ""
    attributes: Attributes = field(default_factory=Attributes)
    form: str = ABSENT
