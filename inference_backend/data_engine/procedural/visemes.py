"""Visemes: where lips, jaw and tongue go for a phone, how strongly they rule, and how far before and after it.

Jaw, and the reach and dominance of all, are `fit.py`'s on tracked read speech, drawn towards articulatory phonetics
where that corpus has few of a phone or one word of it only. What trackers see weakly (lower lip) or not at all
(funnel, upper lip, tongue) comes from phonetics, with an aperture that spans what the captured ones span.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..speech.phones import PHONES, SILENCE, Phone

GLIDES = {"AY": ("AA", "IY"), "AW": ("AA", "UH"), "OY": ("AO", "IY"), "EY": ("EH", "IY"), "OW": ("AO", "UW")}
_FIRST_SHARE = 0.55
BREATH = "BREATH"  # no phone: the mouth that opens before speech starts
PHONE_ROWS: tuple[str, ...] = (*(name for name in PHONES if name not in GLIDES), BREATH)
ROW = {name: i for i, name in enumerate(PHONE_ROWS)}
_MEMBERS = {
    "silence": SILENCE, "breath": BREATH, "open": "AA AE AH",
    "front": "EH IH IY", "back": "AO UH UW", "er": "ER", "pbm": "P B M",
    "fv": "F V", "w": "W", "r": "R", "l": "L", "tdn": "T D N", "sz": "S Z", "palatal": "SH ZH CH JH", "kg": "K G NG",
    "h": "HH", "y": "Y", "th": "TH DH",
}  # fmt: skip
CLASSES: tuple[str, ...] = tuple(_MEMBERS)
CLASS_OF = {phone: kind for kind, phones in _MEMBERS.items() for phone in phones.split()}
CLASS_ROWS = np.array([CLASSES.index(CLASS_OF[name]) for name in PHONE_ROWS])
POWER = 1.5  # of distance in the dominance's decay

# jawOpen, mouthLowerDown, mouthUpperUp, mouthStretch, mouthPucker, mouthFunnel, tongueOut
_TARGETS: dict[str, tuple[float, ...]] = {
    SILENCE: (.02, .00, .00, .00, .00, .00, .00), BREATH: (.175, .03, .01, .00, .00, .00, .00),
    "AA": (.43, .07, .03, .04, .00, .04, .00), "AE": (.37, .08, .06, .18, .00, .00, .00),
    "AH": (.27, .05, .02, .04, .00, .00, .00), "AO": (.36, .04, .01, .00, .14, .22, .00),
    "EH": (.37, .07, .04, .12, .00, .00, .00), "ER": (.20, .04, .03, .00, .12, .13, .00),
    "IH": (.27, .06, .03, .11, .00, .00, .00), "IY": (.27, .07, .05, .25, .00, .00, .00),
    "UH": (.22, .03, .01, .00, .18, .15, .00), "UW": (.13, .02, .01, .00, .36, .19, .00),
    "B": (.12, .00, .00, .02, .02, .00, .00), "P": (.11, .00, .00, .02, .02, .00, .00),
    "M": (.11, .00, .00, .02, .02, .00, .00), "F": (.05, .01, .15, .05, .00, .00, .00),
    "V": (.05, .01, .14, .05, .00, .00, .00), "W": (.08, .01, .00, .00, .40, .19, .00),
    "R": (.10, .02, .03, .00, .15, .12, .00), "L": (.23, .04, .02, .04, .00, .00, .04),
    "T": (.24, .05, .03, .06, .00, .00, .00), "D": (.17, .05, .03, .06, .00, .00, .00),
    "N": (.11, .03, .02, .05, .00, .00, .00), "S": (.18, .07, .05, .13, .00, .02, .00),
    "Z": (.11, .06, .04, .13, .00, .02, .00), "SH": (.15, .07, .06, .00, .17, .28, .00),
    "ZH": (.15, .06, .06, .00, .17, .28, .00), "CH": (.27, .06, .06, .00, .13, .24, .00),
    "JH": (.26, .06, .06, .00, .13, .24, .00), "K": (.27, .04, .02, .03, .00, .00, .00),
    "G": (.20, .04, .02, .03, .00, .00, .00), "NG": (.19, .04, .02, .03, .00, .00, .00),
    "HH": (.19, .03, .01, .02, .00, .00, .00), "Y": (.22, .05, .03, .16, .00, .00, .00),
    "TH": (.05, .05, .03, .05, .00, .00, .14), "DH": (.04, .05, .03, .05, .00, .00, .08),
}  # fmt: skip
TARGETS = np.array([_TARGETS[name] for name in PHONE_ROWS])
VOWEL_LIKE = np.array([CLASS_OF[name] in ("open", "front", "back", "er", "w", "y") for name in PHONE_ROWS])
SPEAKING = np.array([0.17, 0.03, 0.02, 0.05, 0.0, 0.0, 0.0])  # where a mouth is that talks too fast to get anywhere


@dataclass(frozen=True)
class Articulator:
    """Channels that move as one, by their columns in TARGETS.

    rule holds each class' log dominance, and its reach in seconds before and after; core is the share of a phone in
    which its dominance is whole; lag_s how far the articulator is behind the labels.
    """

    units: tuple[str, ...]
    targets: slice
    core: float
    lag_s: float
    rule: dict[str, tuple[float, float, float]]

    def rules(self) -> np.ndarray:
        """Log dominance, reach before and reach after of each row of TARGETS, [P, 3]."""
        return np.array([self.rule[kind] for kind in CLASSES])[CLASS_ROWS]


ARTICULATORS = {
    "jaw": Articulator(("jawOpen",), slice(0, 1), 0.55, 0.015, {
        "silence": (-1.6, .080, .100), "breath": (-1.5, .120, .050),
        "open": (.45, .049, .071), "front": (.36, .039, .048), "back": (.39, .063, .081),
        "er": (.40, .045, .057), "pbm": (1.12, .082, .070), "fv": (.68, .046, .076), "w": (.17, .090, .033),
        "r": (.40, .063, .064), "l": (-.57, .107, .060), "tdn": (-1.1, .051, .071), "sz": (-.6, .098, .033),
        "palatal": (-.04, .045, .086), "kg": (-.40, .098, .074), "h": (-.50, .037, .033), "y": (.40, .037, .074),
        "th": (1.10, .061, .046),
    }),
    "lips": Articulator(("mouthLowerDown", "mouthUpperUp", "mouthStretch"), slice(1, 4), 0.6, 0.010, {
        "silence": (-1.0, .082, .049), "breath": (-1.0, .080, .040),
        "open": (.30, .049, .057), "front": (.40, .049, .057), "back": (.50, .074, .074),
        "er": (.30, .057, .057), "pbm": (.30, .057, .049), "fv": (.50, .049, .049), "w": (.60, .090, .066),
        "r": (.20, .057, .057), "l": (-.60, .057, .049), "tdn": (-.70, .037, .041), "sz": (.10, .066, .049),
        "palatal": (.40, .074, .057), "kg": (-.80, .049, .057), "h": (-1.2, .033, .033), "y": (.20, .049, .041),
        "th": (.10, .057, .049),
    }),
    "rounding": Articulator(("mouthPucker", "mouthFunnel"), slice(4, 6), 0.6, 0.020, {
        "silence": (-1.0, .049, .049), "breath": (-1.0, .049, .049),
        "open": (.10, .037, .041), "front": (.20, .045, .057), "back": (.60, .074, .061),
        "er": (.20, .057, .049), "pbm": (-1.4, .033, .041), "fv": (-.20, .049, .033), "w": (.90, .078, .061),
        "r": (.00, .057, .041), "l": (-1.4, .037, .037), "tdn": (-1.5, .037, .037), "sz": (-.40, .049, .049),
        "palatal": (.60, .078, .049), "kg": (-1.6, .037, .037), "h": (-1.8, .033, .033), "y": (-.10, .041, .033),
        "th": (-.60, .037, .041),
    }),
    "tongue": Articulator(("tongueOut",), slice(6, 7), 0.6, 0.0, {kind: (0.0, .030, .030) for kind in CLASSES}),
}  # fmt: skip


def steady_parts(phone: Phone) -> list[Phone]:
    """Split a diphthong into the two vowels between which it glides."""
    if phone.name not in GLIDES:
        return [phone]
    middle = phone.start_s + _FIRST_SHARE * (phone.end_s - phone.start_s)
    first, second = GLIDES[phone.name]
    return [Phone(phone.start_s, middle, first), Phone(middle, phone.end_s, second)]
