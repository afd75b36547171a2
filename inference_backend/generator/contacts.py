"""Lip contacts: shut the lips on p b m and lay the lower lip to the teeth on f v, whatever else the curves do."""

from __future__ import annotations

import itertools

import numpy as np

from ..contract import INDEX
from .aperture import aperture, drawn_apart
from .features import FRAME_RATE

CLOSING_S, OPENING_S = 0.030, 0.028  # lips travel for about 30 ms to and from contact
LEAST_CONTACT_S = 0.030
INSIDE_S = 0.02  # lips meet so much after a contact begins to be heard, and part so much before it ends
NEARLY, APART = 0.008, 0.02  # gaps at which lips shut by themselves, and at which they have to be shut
# A shut mouth: the jaw stays as open as captured jaws do on p b m, the lips are pressed and rolled in a little.
JAW_SHUT, PRESS, ROLL = 0.14, 0.12, 0.12
AJAR = 0.12  # jawOpen from which lips are clearly apart
TUCK = 0.15  # mouthRollLower of f and v
LEAST_HEARD = 0.08  # finds 98 % of p b m in voices with exact phone times, and no open vowel of theirs
WEAK = 0.35  # a peak under this counts where no other within _FAR is twice as high: sounds are heard before they come
_NEAR, _FAR = 2, 6  # frames on either side


def gate(start_s: float, end_s: float, frames: int, least_s: float = LEAST_CONTACT_S) -> np.ndarray:
    """Draw a contact from start_s to end_s as a curve [frames] at 50 Hz: 1 while it holds, eased to 0 around it."""
    short = max(0.0, least_s - (end_s - start_s)) / 2
    start_s, end_s = start_s - short, end_s + short
    time = np.arange(frames) / FRAME_RATE
    rise = np.clip((time - start_s + CLOSING_S) / CLOSING_S, 0, 1)
    fall = np.clip((end_s + OPENING_S - time) / OPENING_S, 0, 1)
    return 0.5 - 0.5 * np.cos(np.pi * np.minimum(rise, fall))


def settle(curves: np.ndarray) -> None:
    """Take from curves [T, 52] in place what averaging leaves: a jaw ajar at rest, and lips that press while apart."""
    jaw = curves[:, INDEX["jawOpen"]]
    jaw *= np.minimum(1.0, jaw / AJAR)
    together = 1 - np.clip((jaw - curves[:, INDEX["mouthClose"]]) / AJAR, 0, 1)
    for name in ("mouthPressLeft", "mouthPressRight", "mouthRollUpper", "mouthRollLower"):
        curves[:, INDEX[name]] *= together


def close_lips(curves: np.ndarray, shut: np.ndarray, pressed: float = 1.0) -> None:
    """Bring the lips of curves [T, 52] together in place where shut [T] is 1, and press them so much.

    The jaw dips and stays open a little, as captured jaws do; mouthClose, a corrective for jawOpen, cancels the rest.
    """
    jaw = curves[:, INDEX["jawOpen"]]
    jaw[:] = jaw * (1 - shut) + np.minimum(jaw, JAW_SHUT) * shut
    close = curves[:, INDEX["mouthClose"]]
    close[:] = np.maximum(close * (1 - shut), jaw * shut)
    presses = (
        ("mouthPressLeft", PRESS),
        ("mouthPressRight", PRESS),
        ("mouthRollUpper", ROLL),
        ("mouthRollLower", ROLL),
    )
    for name, amount in presses:
        column = curves[:, INDEX[name]]
        column[:] = np.maximum(column, pressed * amount * shut)
    for name in ("mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight", "tongueOut",
                 "mouthShrugUpper"):  # fmt: skip
        curves[:, INDEX[name]] *= 1 - shut
    curves[:, INDEX["mouthFunnel"]] *= 1 - 0.6 * shut


def needed(curves: np.ndarray, shut: np.ndarray) -> np.ndarray:
    """Take from gates [T] what the lips of curves [T, 52] do by themselves: where they meet, nothing is left to do.

    Lips meet where both readings of mouthClose, as a share of jawOpen and as its opposite, say so, and pressing them is
    not what it takes.
    """
    gap = np.max([aperture(curves), aperture(curves, corrective=True), drawn_apart(curves)], axis=0)
    gates = runs(shut > 0.5)
    between = [(end + start + 1) // 2 for (_, end), (start, _) in itertools.pairwise(gates)]
    ends = [0, *between, len(shut)]
    left = shut.copy()
    for i, (start, end) in enumerate(gates):
        least = gap[start:end][shut[start:end] > 0.99 * shut[start:end].max()].min()  # while it holds
        left[ends[i] : ends[i + 1]] *= np.clip((least - NEARLY) / (APART - NEARLY), 0.0, 1.0)
    return left


def tuck_lip(curves: np.ndarray, tuck: np.ndarray) -> None:
    """Lay the lower lip of curves [T, 52] to the upper teeth in place where tuck [T] is 1."""
    curves[:, INDEX["jawOpen"]] *= 1 - 0.25 * tuck
    for name, amount in (("mouthRollLower", TUCK), ("mouthUpperUpLeft", 0.12), ("mouthUpperUpRight", 0.12)):
        curves[:, INDEX[name]] = np.maximum(curves[:, INDEX[name]], amount * tuck)
    for name in ("mouthLowerDownLeft", "mouthLowerDownRight"):
        curves[:, INDEX[name]] *= 1 - tuck


def gates_from(probability: np.ndarray) -> np.ndarray:
    """Contacts heard with a probability [T] at 50 Hz, as one gate curve [T].

    A contact is a peak of the probability, however weak, for what is no p b m at all scores next to nothing; it holds
    where the probability is at least half of the peak's. Before a sound that breaks a silence it rises for long.
    """
    near, far = highest(probability, _NEAR), highest(probability, _FAR)
    heard = (probability > LEAST_HEARD) & (probability >= 0.5 * near) & ((near >= WEAK) | (near >= 0.5 * far))
    gates = np.zeros(len(probability))
    for start, end in runs(heard):
        for first, last in runs(probability[start:end] >= 0.5 * probability[start:end].max()):
            _hold(gates, start + first, start + last)
    return gates


def highest(curve: np.ndarray, reach: int) -> np.ndarray:
    """Highest value of a curve [T] within so many frames on either side."""
    return np.lib.stride_tricks.sliding_window_view(np.pad(curve, reach), 2 * reach + 1).max(axis=1)


def runs(marked: np.ndarray) -> list[tuple[int, int]]:
    """Give the first frame of every run of marked ones [T], and the frame after its last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marked, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _hold(gates: np.ndarray, start: int, end: int) -> None:
    """Draw a contact into gates [T]; a run of frames stands for the sound from its first frame's time to its last's."""
    low, high = max(0, start - 10), min(len(gates), end + 10)
    inside = min(INSIDE_S, (end - 1 - start) / FRAME_RATE / 2)
    begins_s, ends_s = (start - low) / FRAME_RATE + inside, (end - 1 - low) / FRAME_RATE - inside
    part = gate(begins_s, ends_s, high - low, least_s=1 / FRAME_RATE)  # so that one frame is wholly shut
    gates[low:high] = np.maximum(gates[low:high], part)
