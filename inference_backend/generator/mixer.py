"""The mixer of styles: texts, reference performances and saved vectors become one point in the style space."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

import numpy as np

from ..contract import BadRequest, Ingredient, Take
from ..formats import npz
from .features import FRAME_RATE
from .networks import Networks
from .resample import resample
from .timeline import Recipe

SHORTEST_S, LONGEST_S = 1.0, 30.0  # of a reference; what is longer is used around its middle


class Mixer:
    """Reads styles with the networks; what one request names twice is read once."""

    def __init__(self, networks: Networks, on_read: Callable[[], None]):
        self._networks = networks
        self._on_read = on_read
        self._known: dict[str | tuple[float, ...], np.ndarray] = {}

    def read(self, recipe: Recipe) -> np.ndarray:
        """Mix a style, float32 [S]: the weighted mean of its parts; on_read is called before each and may raise."""
        parts = list(recipe.mix)
        if recipe.style.strip():
            parts.insert(0, Ingredient(text=recipe.style))
        parts = [part for part in parts if part.weight > 0]
        if not parts:
            return self._vector(recipe.style, lambda: self._networks.read_style(recipe.style))
        weights = np.array([part.weight for part in parts], np.float32)
        return (weights / weights.sum()) @ np.stack([self._part(part) for part in parts])

    def _part(self, part: Ingredient) -> np.ndarray:
        if part.vector:
            return self._saved(part.vector)
        if part.reference:
            return self._vector(part.reference, lambda: self._watched(part.reference))
        return self._vector(part.text, lambda: self._networks.read_style(part.text))

    def _vector(self, what: str, read: Callable[[], np.ndarray]) -> np.ndarray:
        if what not in self._known:
            self._on_read()
            self._known[what] = read()
        return self._known[what]

    def _watched(self, reference: str) -> np.ndarray:
        """Read the style of a reference performance."""
        curves = curves_of(take_of(reference))
        return self._networks.read_reference(curves[:, :-3], curves[:, -3:])

    def _saved(self, vector: tuple[float, ...]) -> np.ndarray:
        width = len(self._vector("", lambda: self._networks.read_style("")))
        if len(vector) != width:
            raise BadRequest(
                f"A saved style has {len(vector)} numbers and this model's styles have {width}; "
                "save it again with this model."
            )
        return np.array(vector, np.float32)


def take_of(reference: str) -> Take:
    """Unpack the reference of an ingredient; raises BadRequest, or BadFile where it holds no take."""
    try:
        data = base64.b64decode(reference, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest("A reference is not base64 text; send a take's .npz file in base64.") from error
    return npz.loads(data, "The reference")


def curves_of(take: Take) -> np.ndarray:
    """Curves and head of a reference at 50 Hz, float32 [T, 55], T at most 1500; raises BadRequest where it is short."""
    if take.duration_s < SHORTEST_S - 0.5 / take.fps:
        raise BadRequest(
            f"The reference performance lasts {take.duration_s:.2f} s; choose one of 2 to {LONGEST_S:g} s."
        )
    spare = len(take) - round(LONGEST_S * take.fps)
    used = slice(max(0, spare // 2), max(0, spare // 2) + round(LONGEST_S * take.fps))
    both = np.concatenate([take.values[used], take.head[used]], axis=1)
    return resample(both, take.fps, FRAME_RATE, round(len(both) / take.fps * FRAME_RATE))
