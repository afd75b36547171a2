"""Deliveries and voices: how a way of speaking shapes mouth, brows and head."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..prompts.prompt import Attributes


@dataclass(frozen=True)
class Delivery:
    """Factors against plain speech: of the lips' travel, the jaw's, the brows', the head's; units held throughout.

    pace stretches the lips' transitions; speed is the head's own rate. pitch and roll are the head's lean in degrees.
    """

    lips: float = 1.0
    jaw: float = 1.0
    brows: float = 1.0
    head: float = 1.0
    pace: float = 1.0
    speed: float = 1.0
    blinks: float = 1.0
    wander: float = 1.0
    pitch: float = 0.0
    roll: float = 0.0
    units: dict[str, float] = field(default_factory=dict)

    def __mul__(self, other: Delivery) -> Delivery:
        """Do both at once."""
        factors = ("lips", "jaw", "brows", "head", "pace", "speed", "blinks", "wander")
        return Delivery(
            **{name: getattr(self, name) * getattr(other, name) for name in factors},
            pitch=self.pitch + other.pitch,
            roll=self.roll + other.roll,
            units={**self.units, **other.units},
        )


DELIVERIES: dict[str, Delivery] = {
    "": Delivery(),
    "calm": Delivery(lips=0.95, jaw=0.92, brows=0.6, head=0.6, speed=0.85, blinks=0.9, wander=0.7),
    "lively": Delivery(lips=1.05, jaw=1.1, brows=1.8, head=1.6, speed=1.15, wander=1.2),
    "mumbled": Delivery(lips=0.55, jaw=0.55, brows=0.7, head=0.8, pace=1.3, pitch=3.0),
    "crisp": Delivery(lips=1.3, jaw=1.2, brows=1.1, pace=0.8),
    "halting": Delivery(brows=0.9, head=1.1, speed=0.9, blinks=1.5, wander=1.9),
    "hurried": Delivery(lips=0.9, jaw=0.85, head=1.2, pace=0.95, speed=1.3, blinks=1.2),
    "slow": Delivery(lips=1.05, brows=0.9, head=0.8, pace=1.2, speed=0.7),
    "monotone": Delivery(lips=0.9, jaw=0.88, brows=0.2, head=0.3, blinks=0.8, wander=0.6),
    "gentle": Delivery(
        lips=0.95, jaw=0.85, brows=0.8, head=0.75, speed=0.8, roll=3.5, units={"mouthSmile": 0.12, "eyeSquint": 0.08}
    ),
    "emphatic": Delivery(lips=1.15, jaw=1.2, brows=1.8, head=1.7, pace=0.9, speed=1.1),
}
VOCAL: dict[str, Delivery] = {
    "speaks": Delivery(),
    "whispers": Delivery(
        lips=1.25, jaw=0.68, brows=1.1, head=0.8, pitch=3.5, units={"browInnerUp": 0.12, "eyeWide": 0.06}
    ),
    "shouts": Delivery(
        lips=1.35, jaw=1.75, brows=1.5, head=1.6, pitch=-4.0,
        units={"browDown": 0.2, "noseSneer": 0.2, "mouthStretch": 0.14, "mouthUpperUp": 0.14, "mouthLowerDown": 0.16},
    ),
    "laughs": Delivery(
        lips=0.95, head=1.2, brows=1.1, units={"mouthSmile": 0.3, "cheekSquint": 0.22, "eyeSquint": 0.1}
    ),
    "sings": Delivery(lips=1.15, jaw=1.25, brows=1.2, head=1.2, pace=1.1, speed=0.8, wander=0.7, pitch=-1.5),
    "cries": Delivery(
        lips=0.9, jaw=0.95, brows=0.8, head=0.8, blinks=2.0, pitch=3.0,
        units={"browInnerUp": 0.4, "mouthFrown": 0.22, "mouthStretch": 0.14, "eyeSquint": 0.22, "cheekSquint": 0.12},
    ),
}  # fmt: skip


def delivery_of(attributes: Attributes) -> Delivery:
    """Combine how and by what voice the words are said."""
    return DELIVERIES.get(attributes.delivery, Delivery()) * VOCAL.get(attributes.vocal, Delivery())
