"""Count why clips were left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from ..clip import Clip
from .judge import REASON


def report(clips: Iterable[Clip]) -> dict[str, Any]:
    """Count clips kept, clips rejected, and the reasons: by check, or by the sentence without its numbers and names."""
    reasons: Counter[str] = Counter()
    kept = 0
    for clip in clips:
        if clip.rejected:
            reasons[clip.provenance.get(REASON) or _kind_of(clip.rejected)] += 1
        else:
            kept += 1
    return {"kept": kept, "rejected": reasons.total(), "reasons": dict(reasons.most_common())}


def _kind_of(sentence: str) -> str:
    without_files = re.sub(r"\S+\.\w{2,4}(?=\s)", "…", sentence)
    return re.sub(r"\d[\d.,]*", "…", without_files)
