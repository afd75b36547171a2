"""Prompts of the gallery: those of a file beside the repository where there is one, else our own."""

from __future__ import annotations

import json
import os
from pathlib import Path

FILE = "gallery_prompts.json"
OWN: dict[str, list[str]] = {
    "different_speech_different_prompt": [
        "A male presenter speaks with a confident smile, nodding.",
        "A little girl tells a story with wide eyes, very excited.",
        "A grandmother speaks tenderly, with a faint smile.",
        "A man speaks quietly, plainly sad, his eyes cast down.",
        "An elderly man is strongly disgusted.",
        "A boy speaks in short bursts, a strong surprise on the face.",
        "A woman speaks with a furious glare.",
    ],
    "same_speech_different_prompt": [
        "A man talks with a strong delighted expression.",
        "He speaks with a strong fearful demeanor.",
        "A man speaks with a clear disgusted expression.",
        "He is exhausted and speaks wearily.",
        "A woman speaks with a clear sad expression.",
        "She speaks with a strong angry expression.",
        "She speaks with an exuberant smile.",
        "A woman talks on with eyes wide, shocked.",
    ],
    "same_prompt_different_speech": ["A person speaks with a clear happy expression, keeping the gaze forward."],
}


def shared_data(root: Path) -> Path:
    """Locate the folder of data beside the repository, as the tests do: MIEN_SHARED_DATA or ../shared/data."""
    return Path(os.environ.get("MIEN_SHARED_DATA", root.parent / "shared" / "data"))


def read(folder: Path) -> dict[str, list[str]]:
    """Read the prompts by group; what the folder lacks is our own."""
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return OWN
    return {group: found.get(group) or own for group, own in OWN.items()}
