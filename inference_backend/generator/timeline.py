"""The style timeline: which styles rule at which time, cross-faded where one follows another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..contract import Ingredient, Request
from .features import FRAME_RATE


@dataclass(frozen=True)
class Recipe:
    """A style as it is asked for: a text and what is mixed with it."""

    style: str
    mix: tuple[Ingredient, ...]


class Timeline:
    """The styles of a request, each once, and their weights over time."""

    def __init__(self, request: Request):
        self.recipes: list[Recipe] = []
        self._changes: list[tuple[float, int]] = [(0.0, self._index(Recipe(request.style, request.mix)))]
        for cue in sorted(request.cues, key=lambda cue: cue.start_s):
            if cue.start_s == 0:  # from the start on: nothing to fade from
                self._changes.clear()
            self._changes.append((cue.start_s, self._index(Recipe(cue.style, cue.mix))))
        self._fade_s = request.fade_s

    def weights(self, start: int, stop: int) -> np.ndarray:
        """Weigh the styles, float32 [stop - start, K], at frames start to stop of 50 Hz; they sum to 1.

        A fade is a smoothstep whose middle lies at the cue. Where fades overlap, each takes from what was there.
        """
        time = np.arange(start, stop) / FRAME_RATE
        weights = np.zeros((len(time), len(self.recipes)), np.float32)
        weights[:, self._changes[0][1]] = 1
        for start_s, index in self._changes[1:]:
            come = self._come(time, start_s)
            weights *= 1 - come[:, None]
            weights[:, index] += come
        return weights

    def _come(self, time: np.ndarray, start_s: float) -> np.ndarray:
        """How far a style that begins at start_s has come, 0 to 1."""
        if self._fade_s == 0:
            return (time >= start_s).astype(np.float32)
        share = np.clip((time - start_s) / self._fade_s + 0.5, 0, 1)
        return (share * share * (3 - 2 * share)).astype(np.float32)

    def _index(self, recipe: Recipe) -> int:
        if recipe not in self.recipes:
            self.recipes.append(recipe)
        return self.recipes.index(recipe)
