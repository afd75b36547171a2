"""The cast of demo characters: their bodies, their colours and their hair."""

from __future__ import annotations

from dataclasses import dataclass

from .demo_body import Body

Colour = tuple[float, float, float]
"""Linear, not sRGB."""


@dataclass(frozen=True)
class Hair:
    """A cut: `style` names a flow of demo_hair; lengths are in decimetres, along the strand.

    rise is how far strands stand off the skin at first, wave how far they swing, bald cuts all hair above this
    height over the eyes.
    """

    style: str
    length: float
    dark: Colour
    light: Colour
    strands: int = 1300
    width: float = 0.036
    lift: float = 0.08
    rise: float = 0.3
    wave: float = 0.0
    bald: float | None = None


@dataclass(frozen=True)
class Look:
    """Colours of skin and eyes, brows (thickness and hairs beside the default's), beard's shadow, freckles, clothes."""

    skin: Colour
    blush: Colour
    lip: Colour
    iris: tuple[Colour, Colour]
    hair: Hair
    brow: float = 1.0
    brow_colour: Colour | None = None
    lashes: float = 1.0
    beard: float = 0.0
    beard_colour: Colour = (0.15, 0.1, 0.075)
    cloth: Colour = (0.035, 0.06, 0.085)


@dataclass(frozen=True)
class Member:
    """One of the cast."""

    body: Body
    look: Look


_HAZEL = ((0.20, 0.105, 0.035), (0.062, 0.085, 0.065))
_BROWN = ((0.13, 0.055, 0.02), (0.035, 0.016, 0.009))
_BLUE = ((0.16, 0.21, 0.24), (0.04, 0.095, 0.16))
_GREEN = ((0.17, 0.15, 0.05), (0.05, 0.10, 0.07))

CAST: dict[str, Member] = {
    "woman": Member(
        Body(0.0, 0.5, 0.5, 0.46, 0.8, {"caucasian": 0.8, "asian": 0.2},
             {"nose/nose-volume-decr": 0.25, "mouth/mouth-lowerlip-volume-incr": 0.35, "mouth/mouth-angles-up": 0.35,
              "mouth/mouth-upperlip-volume-incr": 0.3, "eyes/l-eye-scale-incr": 0.35, "head/head-oval": 0.35,
              "chin/chin-width-decr": 0.25}),
        Look((0.60, 0.36, 0.265), (0.60, 0.235, 0.185), (0.47, 0.14, 0.13), _GREEN,
             Hair("parted", 2.7, (0.034, 0.014, 0.007), (0.21, 0.095, 0.042), 1700, 0.048, 0.17, 0.25, 0.015),
             brow=0.8, lashes=1.2, cloth=(0.20, 0.028, 0.040)),
    ),
    "man": Member(
        Body(1.0, 0.52, 0.6, 0.5, 0.7, {"caucasian": 1.0},
             {"mouth/mouth-angles-up": 0.45, "chin/chin-width-incr": 0.2, "nose/nose-hump-incr": 0.15,
              "eyes/l-eye-scale-incr": 0.3,
              "eyes/l-eye-height2-incr": 0.3}),
        Look((0.55, 0.315, 0.225), (0.50, 0.19, 0.145), (0.39, 0.145, 0.125), _BLUE,
             Hair("short", 0.75, (0.016, 0.0095, 0.006), (0.075, 0.043, 0.024), 3100, 0.02, 0.10, 0.5),
             brow=1.3, lashes=0.85, beard=0.5, cloth=(0.035, 0.06, 0.10)),
    ),
    "presenter": Member(
        Body(1.0, 0.6, 0.55, 0.55, 0.6, {"african": 1.0},
             {"nose/nose-scale-horiz-decr": 0.3, "chin/chin-jaw-drop-decr": 0.1, "mouth/mouth-angles-up": 0.3}),
        Look((0.17, 0.078, 0.045), (0.16, 0.05, 0.03), (0.17, 0.06, 0.052), _BROWN,
             Hair("cropped", 0.2, (0.006, 0.005, 0.0045), (0.02, 0.015, 0.012), 3100, 0.022, 0.05, 0.8, 0.02),
             brow=1.2, brow_colour=(0.008, 0.006, 0.005), lashes=0.9, beard=0.35, beard_colour=(0.05, 0.03, 0.02),
             cloth=(0.06, 0.075, 0.09)),
    ),
    "grandmother": Member(
        Body(0.0, 0.88, 0.4, 0.55, 0.6, {"caucasian": 1.0},
             {"mouth/mouth-lowerlip-volume-incr": 0.2, "mouth/mouth-angles-up": 0.5}),
        Look((0.58, 0.36, 0.285), (0.58, 0.23, 0.19), (0.46, 0.19, 0.175), _BLUE,
             Hair("bun", 0.9, (0.17, 0.165, 0.16), (0.44, 0.43, 0.42), 1450, 0.035, 0.09, 0.2),
             brow=0.75, brow_colour=(0.25, 0.23, 0.21), lashes=0.7, cloth=(0.10, 0.045, 0.12)),
    ),
    "grandfather": Member(
        Body(1.0, 0.88, 0.45, 0.55, 0.5, {"caucasian": 1.0},
             {"ears/l-ear-scale-incr": 0.2, "mouth/mouth-angles-up": 0.6}),
        Look((0.52, 0.30, 0.225), (0.52, 0.19, 0.15), (0.37, 0.16, 0.14), _HAZEL,
             Hair("short", 0.5, (0.16, 0.155, 0.15), (0.42, 0.41, 0.40), 2200, 0.016, 0.06, 0.5, bald=0.62),
             brow=1.5, brow_colour=(0.32, 0.31, 0.30), lashes=0.6, beard=0.3, beard_colour=(0.42, 0.36, 0.33),
             cloth=(0.075, 0.07, 0.045)),
    ),
    "boy": Member(
        Body(1.0, 0.2, 0.5, 0.5, 0.6, {"asian": 0.6, "caucasian": 0.4}, {"mouth/mouth-angles-up": 0.35}),
        Look((0.60, 0.375, 0.27), (0.62, 0.25, 0.19), (0.48, 0.19, 0.165), _BROWN,
             Hair("tousled", 0.62, (0.009, 0.007, 0.006), (0.045, 0.030, 0.02), 3000, 0.026, 0.13, 0.22, 0.008),
             brow=0.9, lashes=0.9, cloth=(0.03, 0.12, 0.075)),
    ),
    "girl": Member(
        Body(0.0, 0.22, 0.5, 0.5, 0.6, {"caucasian": 0.85, "african": 0.15}, {"mouth/mouth-angles-up": 0.35}),
        Look((0.62, 0.385, 0.285), (0.64, 0.25, 0.2), (0.50, 0.18, 0.165), _HAZEL,
             Hair("bob", 1.9, (0.10, 0.045, 0.016), (0.40, 0.22, 0.09), 1700, 0.048, 0.16, 0.25, 0.015),
             brow=0.7, brow_colour=(0.12, 0.06, 0.025), lashes=1.0, cloth=(0.22, 0.12, 0.02)),
    ),
}  # fmt: skip
DEFAULT = "woman"
