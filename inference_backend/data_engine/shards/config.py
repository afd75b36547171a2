"""Settings of packing, and the names that shards are known by."""

from __future__ import annotations

from dataclasses import dataclass

from ..clip import Clip

SPLITS: tuple[str, ...] = ("train", "validation", "test")
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
    """Family that a clip comes from, by which a trainer mixes: a teacher of films, a corpus, tts, laughter."""
    provenance = clip.provenance
    teacher, kind = str(provenance.get("teacher", "")), str(provenance.get("kind", ""))
    if teacher not in ("", "procedural"):
        return teacher.partition(":")[0]
    named = provenance.get("source") or provenance.get("corpus") or {"speech": "tts"}.get(kind, kind)
    return str(named or teacher or "unknown").partition(":")[0]


def speaker_of(clip: Clip) -> str:
    """Name who is heard or seen; "" where nobody is."""
    return "" if clip.provenance.get("kind") == "wordless" else clip.speaker
