"""Sizes of the networks."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Shape:
    """Sizes of the networks; saved with every checkpoint."""

    listener_width: int = 192
    listener_dilations: tuple[int, ...] = (1, 2, 4, 8, 1, 2, 4, 8)
    mouth_width: int = 128
    actor_width: int = 192
    actor_dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 32, 1, 2)
    style_tokens: int = 4
    style_width: int = 64
    token_width: int = 384
    reference_width: int = 96
    contrast_width: int = 128
    curves: int = 55

    @property
    def summary(self) -> int:
        """Width of the style summary vector."""
        return self.style_tokens * self.style_width

    def as_dict(self) -> dict:
        """Give the sizes as plain JSON values."""
        return dataclasses.asdict(self)

    @classmethod
    def of(cls, saved: dict[str, Any]) -> Shape:
        """Read the sizes of a checkpoint."""
        sizes: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in saved.items()
        }
        return cls(**sizes)
