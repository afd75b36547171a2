"""How fast the data engine is on this machine: hours of performance made per hour, stage by stage, and memory."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from . import stages
from .executors import local
from .stage import clips_of


@dataclass(frozen=True)
class Speed:
    """Seconds of performance made, seconds that each stage took, and the largest process in MiB, 0 on Windows."""

    made_s: float
    clips: int
    took_s: dict[str, float]
    peak_mib: float

    @property
    def hours_per_hour(self) -> float:
        """Hours of performance that an hour makes, all stages together."""
        return self.made_s / sum(self.took_s.values())

    def as_dict(self) -> dict:
        """Give the measurements as plain JSON values."""
        return {
            "hours_per_hour": round(self.hours_per_hour, 1),
            "clips": self.clips,
            "made_s": round(self.made_s, 1),
            "stages": {
                name: {"took_s": round(took, 2), "hours_per_hour": round(self.made_s / took, 1)}
                for name, took in self.took_s.items()
            },
            "peak_mib": round(self.peak_mib),
        }


def measure(minutes: float, recordings: str, workers: int = 0) -> Speed:
    """Make some minutes of performance in a temporary folder through all stages."""
    with tempfile.TemporaryDirectory() as folder:
        took_s = {}
        config = stages.RunConfig(hours=minutes / 60, recordings=recordings)
        for step in (steps := stages.whole_run(Path(folder), config, local(workers))):
            started = time.perf_counter()
            step.run(lambda made, parts: None)
            took_s[step.name] = time.perf_counter() - started
        clips = [c for c in clips_of(steps[-2].out) if not c.rejected]
    return Speed(sum(c.duration_s for c in clips), len(clips), took_s, _peak_mib())


def _peak_mib() -> float:
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return 0.0
    usage = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return max(usage) / (2**20 if sys.platform == "darwin" else 1024)


def as_json(speed: Speed) -> str:
    """Write the measurements as JSON."""
    return json.dumps(speed.as_dict(), indent=1)


def as_text(speed: Speed) -> str:
    """Write the measurements for people."""
    rows = [
        f"{name:12s} {took:8.1f} s  {speed.made_s / took:8.0f} hours an hour" for name, took in speed.took_s.items()
    ]
    total = f"{speed.clips} clips, {speed.made_s / 60:.1f} min: {speed.hours_per_hour:.0f} hours an hour in all"
    peak = [f"largest process {speed.peak_mib:.0f} MiB"] if speed.peak_mib else []
    return "\n".join([*rows, total, *peak])
