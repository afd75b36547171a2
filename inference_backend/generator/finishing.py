"""Finishing: from sampled motion to a face that an animator can use, with lips that meet and amounts as asked for."""

from __future__ import annotations

import numpy as np

from ..contract import CHANNELS, INDEX, Request, region
from . import contacts, head
from .networks import Networks
from .windows import Piece

HALO = max(32, head.HALO)  # frames on either side that the gates of contacts depend on, and the head
LIPS = [i for i, name in enumerate(CHANNELS) if region(name) == "lips"]
JAW = 0.91  # brings the aperture's range to that of captured faces
_HUSHED = 0.25  # amount of lips below which their contacts fade as well: who hardly moves his lips still shuts them


class Finisher:
    """Finishes the motion of one request, piece by piece."""

    def __init__(self, networks: Networks, request: Request):
        self._mean, self._scale = networks.mean, networks.scale
        self._rest = mouth_at_rest(networks)
        self._lips = request.lips
        self._gains = gains(request)

    def finish(self, piece: Piece, keep: slice) -> np.ndarray:
        """Finish the kept frames of sampled motion, whose neighbours are its context: [n, B, 55] in Take's units."""
        gates = contacts.gates_from(piece.contacts[:, 0]), contacts.gates_from(piece.contacts[:, 1])
        curves = self._spoken(piece) * self._scale + self._mean
        channels = curves[..., : len(CHANNELS)]
        np.clip(channels, 0.0, 1.0, out=channels)
        for take in range(curves.shape[1]):
            self._touch(channels[:, take], *gates)
        curves[..., len(CHANNELS) :] = head.steadied(curves[..., len(CHANNELS) :])
        kept = curves[keep] * self._gains
        np.clip(kept[..., : len(CHANNELS)], 0.0, 1.0, out=kept[..., : len(CHANNELS)])
        return kept

    def _spoken(self, piece: Piece) -> np.ndarray:
        """Normalised motion whose lips are those of the first estimate; later steps only blur them.

        The share of the sound in them departs from the resting mouth as far as the request wants: guidance.
        """
        motion = piece.motion.copy()
        mouth = piece.audio[:, None, -len(LIPS) :]
        motion[..., LIPS] = piece.first[..., LIPS] + (self._lips - 1) * (mouth - self._rest)
        return motion

    def _touch(self, curves: np.ndarray, shut: np.ndarray, tuck: np.ndarray) -> None:
        """Make the contacts that were heard in curves [T, 52], in place."""
        curves[:, INDEX["jawOpen"]] *= JAW
        contacts.settle(curves)
        share = min(1.0, self._lips / _HUSHED)
        contacts.close_lips(curves, contacts.needed(curves, shut) * share, pressed=min(1.0, self._lips))
        contacts.tuck_lip(curves, tuck * (1 - shut) * share)  # lips that meet meet, whatever f or v is heard in them
        if self._lips > 1:  # lips that articulate more must not be drawn through each other
            close = curves[:, INDEX["mouthClose"]]
            np.minimum(close, curves[:, INDEX["jawOpen"]], out=close)


def mouth_at_rest(networks: Networks) -> np.ndarray:
    """Give the resting mouth, normalised lip curves [28]: the model's own, or else that of an ARKit face at rest."""
    rest = networks.settings.get("mouth_rest")
    if rest is not None:
        return np.array(rest, np.float32)
    return -networks.mean[LIPS] / networks.scale[LIPS]


def gains(request: Request) -> np.ndarray:
    """Give the factor of each curve, float32 [55]: where it is 0 a region is at rest; lips are no matter of gain."""
    of_region = {"lips": 1.0, "upper": request.upper, "gaze": request.gaze, "blinks": request.blinks}
    return np.array([of_region[region(name)] for name in CHANNELS] + [request.head_motion] * 3, np.float32)
