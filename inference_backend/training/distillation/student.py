"""The student: an actor that does in one to four steps what its teacher does in many, guidance folded in."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from ..loop import write_whole
from ..network import LIPS, Actor, waves
from ..shape import Shape

STRONGEST = 2.0  # of the style's strength, as the request has it
_APART = 0.1  # mean square of what parts a style from the neutral one; captions lie apart by 0.3 to 5


class Student(nn.Module):
    """Noisy curves [B, T, C], time [B], what is heard [B, T, W], style [B, S], strength [B] in 0..2 -> clean curves.

    Interchangeable with the guided teacher. Strength leads from the neutral condition to the style's and beyond, and
    scales what the actor adds to the heard lips: at 0 no style can show, and in the neutral style no strength, before
    any training and after. Led like this through the conditions an untrained student already grows with strength as its
    teacher does; through style vectors, which stand further from what blocks are modulated by, it shrinks beyond 1.
    """

    def __init__(self, shape: Shape):
        super().__init__()
        self.actor = Actor(shape)
        self.strength = nn.Sequential(nn.Linear(32, shape.summary), nn.GELU(), nn.Linear(shape.summary, shape.summary))
        nn.init.zeros_(self.strength[2].weight)
        nn.init.zeros_(self.strength[2].bias)
        self.register_buffer("neutral", torch.zeros(shape.summary))
        self.register_buffer("lips", LIPS.float(), persistent=False)

    def forward(self, noisy: Tensor, time: Tensor, audio: Tensor, style: Tensor, strength: Tensor) -> Tensor:
        """Estimate the clean curves."""
        strong, bent = strength[:, None], self.strength(waves(strength / STRONGEST))
        led_by = lambda style: self.actor.led_by(time, style)  # noqa: E731
        condition = led_by(self.neutral) + strong * (led_by(style + bent) - led_by(self.neutral + bent))
        clean = self.actor.move(noisy, audio, condition)
        heard = audio[..., -len(self.actor.to_curves) :] @ self.actor.to_curves
        share = torch.lerp(torch.ones_like(self.lips), self._styled(style) * strong, self.lips)
        return heard + (clean - heard) * share[:, None]

    def _styled(self, style: Tensor) -> Tensor:
        """Whether a style is any: 0 for the neutral one, 1 for what lies apart from it, [B, 1]."""
        apart = (style - self.neutral).square().mean(-1, keepdim=True)
        return torch.tanh(apart / _APART)


@torch.no_grad()
def apprentice(actor: Actor, neutral: Tensor, shape: Shape) -> Student:
    """Make a student that acts as this actor, unguided, with this neutral style [S]."""
    student = Student(shape)
    student.actor.load_state_dict(actor.state_dict())
    student.neutral.copy_(neutral)
    return student


def save_student(student: Student, shape: Shape, steps: int, taught_by: int, path: Path) -> None:
    """Write a student with the number of steps that it acts in, and its teacher's steps of training."""
    state = {"shape": shape.as_dict(), "student": student.state_dict(), "steps": steps, "taught_by": taught_by}
    write_whole(state, path)


def load_student(path: Path, teacher: int) -> tuple[Student, int]:
    """Read a student and the number of steps that it acts in; ValueError where it had another teacher."""
    saved = torch.load(path, map_location="cpu", weights_only=True)
    if saved["taught_by"] != teacher:
        was = f"a teacher of {saved['taught_by']} steps, not of {teacher}"
        raise ValueError(f"The student {path} learnt from {was}; distil this checkpoint first.")
    student = Student(Shape.of(saved["shape"]))
    student.load_state_dict(saved["student"])
    return student.eval(), saved["steps"]
