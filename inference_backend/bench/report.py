"""What was measured, for programs and for people."""

from __future__ import annotations

import json
from typing import Any


def as_json(result: dict[str, Any]) -> str:
    """Write the measurements as JSON, to four significant digits."""
    rounded = json.loads(json.dumps(result), parse_float=lambda text: float(f"{float(text):.4g}"))
    return json.dumps(rounded, indent=2)


def as_text(result: dict[str, Any]) -> str:
    """Write the measurements for people."""
    warm, cold, machine = result["warm"], result["cold"], result["machine"]
    lines = [
        f"provider            {result['provider']} on {machine['cores']} cores, Python {machine['python']}",
        f"warm                {warm['seconds']:.2f} s for {result['sound_s']:g} s of sound",
        f"                    {warm['times_real_time']:.1f} x real time",
        *(f"  {stage:<18}{seconds:.3f} s" for stage, seconds in result["stages_s"].items()),
        f"cold                {cold['seconds_to_first_take']:.2f} s from start to first take",
        f"  {'imports':<18}{cold['import_s']:.3f} s",
        f"  {'loading':<18}{cold['load_s']:.3f} s",
        f"  {'first take':<18}{cold['first_take_s']:.3f} s",
        f"peak memory         {cold['peak_memory_mb']:.0f} MiB",
    ]
    return "\n".join([*lines, *_batch_lines(result), *_hour_lines(result)])


def _batch_lines(result: dict[str, Any]) -> list[str]:
    if "batch" not in result:
        return []
    batch = result["batch"]
    return [
        f"batch               {batch['seconds']:.2f} s for {batch['takes']} takes of {result['sound_s']:g} s at once",
        f"                    {batch['times_real_time']:.1f} x real time",
    ]


def _hour_lines(result: dict[str, Any]) -> list[str]:
    if "hour" not in result:
        return []
    hour = result["hour"]
    told = f"{hour['seconds']:.0f} s, peak memory {hour['peak_memory_mb']:.0f} MiB"
    return [f"an hour of sound    {told}"]
