"""Stand-ins for channels that a character lacks: what comes nearest among those it has."""

from __future__ import annotations

from dataclasses import replace

from ..inference_backend.contract import CHANNELS, region
from .profile import Drive, Mapping
from .visemes import PREFIX

CLOSING = "mouthClose"
"""Shuts the lips while the jaw is open. Without it the jaw itself must shut, or no p, b and m would be seen."""

_PAIRS: dict[str, tuple[tuple[tuple[str, float], ...], ...]] = {
    "mouthFunnel": ((("mouthPucker", 0.7),),),
    "mouthPucker": ((("mouthFunnel", 0.8),),),
    "browInnerUp": ((("browOuterUpLeft", 0.5), ("browOuterUpRight", 0.5)),),
    "browOuterUpLeft": ((("browInnerUp", 0.5),),),
    "browOuterUpRight": ((("browInnerUp", 0.5),),),
    "mouthRollLower": ((("mouthPressLeft", 0.4), ("mouthPressRight", 0.4)), (("mouthRollUpper", 0.5),)),
    "mouthRollUpper": ((("mouthPressLeft", 0.4), ("mouthPressRight", 0.4)), (("mouthRollLower", 0.5),)),
    "mouthShrugUpper": ((("mouthShrugLower", 0.5),),),
    "mouthShrugLower": ((("mouthShrugUpper", 0.5),),),
    "mouthLeft": ((("jawLeft", 0.6),),),
    "mouthRight": ((("jawRight", 0.6),),),
    "jawLeft": ((("mouthLeft", 0.5),),),
    "jawRight": ((("mouthRight", 0.5),),),
}
_SIDED: dict[str, tuple[tuple[tuple[str, float], ...], ...]] = {
    "mouthDimple": ((("mouthStretch", 0.5),), (("mouthSmile", 0.4),)),
    "mouthStretch": ((("mouthDimple", 0.6),), (("mouthSmile", 0.4),)),
    "mouthPress": ((("mouthRollLower", 0.3), ("mouthRollUpper", 0.3)),),
    "cheekSquint": ((("eyeSquint", 0.5),),),
    "eyeSquint": ((("cheekSquint", 0.6),), (("eyeBlink", 0.25),)),
    "noseSneer": ((("mouthUpperUp", 0.3),),),
}


def _table() -> dict[str, tuple[tuple[tuple[str, float], ...], ...]]:
    table = dict(_PAIRS)
    for side in ("Left", "Right"):
        for name, choices in _SIDED.items():
            table[name + side] = tuple(
                tuple((part + side if part + side in CHANNELS else part, factor) for part, factor in choice)
                for choice in choices
            )
    return table


SUBSTITUTES = _table()
"""Channel -> choices, best first; a choice adds parts of the channel to those named, all of which must be there."""


def completed(mapping: Mapping) -> tuple[Mapping, dict[str, str]]:
    """Let drives show missing channels too where something comes near. Also return, channel by channel, by what."""
    shown = set(mapping.sources)
    spoken = any(name.startswith(PREFIX) for name in shown)  # visemes move the whole mouth
    drives, told = list(mapping.drives), {}
    for missing in (name for name in CHANNELS if name not in shown and not (spoken and region(name) == "lips")):
        if missing == CLOSING and "jawOpen" in shown:
            drives = [_closing(drive) for drive in drives]
            told[missing] = "jawOpen shuts instead"
        choice = next((c for c in SUBSTITUTES.get(missing, ()) if all(name in shown for name, _ in c)), None)
        if choice:
            drives = [_joined(drive, missing, dict(choice)) for drive in drives]
            told[missing] = " and ".join(f"{factor:g} of {name}" for name, factor in choice)
    return mapping.with_drives(drives), told


def _joined(drive: Drive, missing: str, parts: dict[str, float]) -> Drive:
    """Add the missing channel to a drive that shows one of the parts."""
    gain = sum(factor * parts[name] for name, factor in drive.formula.terms if name in parts and factor > 0)
    return _limited(replace(drive, formula=drive.formula.plus(missing, round(gain, 6)))) if gain else drive


def _closing(drive: Drive) -> Drive:
    gain = sum(factor for name, factor in drive.formula.terms if name == "jawOpen")
    known = CLOSING in drive.formula.sources
    return _limited(replace(drive, formula=drive.formula.plus(CLOSING, -gain))) if gain > 0 and not known else drive


def _limited(drive: Drive) -> Drive:
    """Keep a sum within what a shape was made for."""
    low = (
        0.0
        if drive.low is None and all(factor > 0 or name == CLOSING for name, factor in drive.formula.terms)
        else drive.low
    )
    high = 1.0 if drive.high is None else drive.high
    return replace(drive, low=low, high=high)
