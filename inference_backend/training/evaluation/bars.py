"""The bars: what is wanted of the weights, what was measured, and by how much it is missed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Bar:
    """A bar: where in the report its value stands, and the least and the most that it may be."""

    name: str
    path: str
    least: float = float("-inf")
    most: float = float("inf")
    size: bool = False  # the sign does not matter

    def wanted(self) -> str:
        """Say it in a few characters."""
        if self.least > float("-inf") and self.most < float("inf"):
            return f"{self.least:g} to {self.most:g}"
        return f"≥ {self.least:g}" if self.least > float("-inf") else f"≤ {self.most:g}"


class Judged(NamedTuple):
    """A bar with its value (None where not measured) and how far it is beyond the limit (0 where it is met)."""

    bar: Bar
    value: float | None
    missed_by: float


_STYLES = ("strong happy", "strong sad", "strong angry", "surprised")
BARS = (
    Bar("aperture r on held-out captured faces", "captured/aperture_r", least=0.93),
    Bar("range of the aperture against the captured", "captured/aperture_range", 0.8, 1.2),
    Bar("lag of the aperture, ms", "captured/lag_ms", most=20, size=True),
    Bar("aperture r on faces of other speakers", "strangers/all/aperture_r", least=0.85),
    Bar("p b m closed within 30 ms, sentences", "spoken/sentences/all/closed", least=0.98),
    Bar("open vowels closed, sentences", "spoken/sentences/all/false", most=0.03),
    Bar("p b m closed, voices never heard", "spoken/sentences/voices never heard/closed", least=0.98),
    Bar("p b m closed, captured recordings at aligned times", "captured/contacts/closed", least=0.98),
    Bar("open vowels closed, captured recordings", "captured/contacts/false", most=0.03),
    Bar("p b m closed, other recordings at aligned times", "recorded/librispeech/closed", least=0.98),
    Bar("open vowels closed, other recordings", "recorded/librispeech/false", most=0.03),
    *(Bar(f"closed under “{s}”, change", f"spoken under style/{s}/closed_change", least=-0.02) for s in _STYLES),
    *(Bar(f"falsely closed under “{s}”, change", f"spoken under style/{s}/false_change", most=0.02) for s in _STYLES),
    Bar("emotion probe, share of the teacher's score", "emotions/taught/share_of_teacher", least=0.85),
    Bar("held-out words, share of the teacher's score", "emotions/unheard/share_of_teacher", least=0.70),
    Bar("R-precision@3 in batches of 32", "matching/held-out lines/made/R@3", least=0.75),
    Bar("intensity by words, least of eight emotions (Spearman, upper face)", "intensity/least/words", least=0.8),
    Bar("intensity by words, least of eight (own channels)", "intensity/least/words_own", least=0.8),
    Bar("intensity by slider, least of eight (upper face)", "intensity/least/slider", least=0.8),
    Bar("intensity by slider, least of eight (own channels)", "intensity/least/slider_own", least=0.8),
    Bar("prompt effect size, least pair", "effects/least", least=2.0),
    Bar("reference transfer right", "reference/right", least=0.85),
    Bar("seams: bend against the rest", "seams/ratio", most=1.0),
    Bar("10 s warm, seconds", "speed/ten_seconds_s", most=0.5),
    Bar("an hour of sound, MB", "hour/peak_mb", most=700),
)


def judge(found: dict[str, Any]) -> list[Judged]:
    """Hold the report of one system, part by part, against the bars."""
    return [_judged(bar, _at(found, bar.path)) for bar in BARS]


def _judged(bar: Bar, value: float | None) -> Judged:
    if value is None:
        return Judged(bar, None, 0.0)
    held = abs(value) if bar.size else value
    return Judged(bar, value, round(max(bar.least - held, held - bar.most, 0.0), 4))


def _at(found: Any, path: str) -> float | None:
    for key in path.split("/"):
        if not isinstance(found, dict) or key not in found:
            return None
        found = found[key]
    return float(found)
