"""Settings of packing, and the names that shards are known by."""

from __future__ import annotations

from dataclasses import dataclass

from ..clip import Clip

SPLITS = ("train", "validation", "test")
INDEX_FILE, CARD = "shards.json", "README.md"


@dataclass(frozen=True)
class PackConfig:
    """How clips are split and how many go into a shard.

    A shard ends at either size, whichever comes first. train, validation and test name speakers whose split is given;
    all others are drawn by a hash of their names.
    """

    seed: int = 1
    clips_per_shard: int = 1000
    megabytes_per_shard: float = 256.0
    validation_share: float = 0.05
    test_share: float = 0.05
    train: tuple[str, ...] = ()
    validation: tuple[str, ...] = ()
    test: tuple[str, ...] = ()


def source_of(clip: Clip) -> str:
    """Family that a clip's sound and curves come from: what a trainer's trust and mixture go by."""
    named = clip.provenance.get("source") or clip.provenance.get("teacher") or "unknown"
    return str(named).partition(":")[0]
