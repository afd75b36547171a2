"""Copies are found whatever their level and noise; the same words in another style are no copy."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from inference_backend.contract import INDEX, Take
from inference_backend.data_engine.clip import Clip, Performance, read_part, write_part, write_performance, write_sound
from inference_backend.data_engine.filtering.duplicates import duplicates, mark_duplicates
from inference_backend.data_engine.filtering.judge import REASON, JudgeConfig, judge

LENGTH = 3 * 16000


def voice(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 1, LENGTH)
    level = np.interp(np.arange(LENGTH), np.linspace(0, LENGTH, 20), rng.uniform(0, 1, 20))
    colour = np.convolve(noise, rng.normal(0, 1, 12), mode="same")
    return (0.02 * colour * level).astype(np.float32)


def clip(folder: Path, name: str, sound: np.ndarray, jaw_seed: int) -> Clip:
    values = np.zeros((150, 52), np.float32)
    jaw = np.random.default_rng(jaw_seed).uniform(0, 1, 12)
    values[:, INDEX["jawOpen"]] = np.interp(np.arange(150), np.linspace(0, 150, 12), jaw)
    take = Take(50.0, values, np.zeros((150, 3), np.float32))
    motion = write_performance(Performance(take, np.ones(150, np.float32)), folder / f"{name}.npz")
    made = Clip(name, sound=write_sound(sound, folder / f"{name}.flac"), motion=motion, duration_s=3.0)
    return judge(made, JudgeConfig(), folder)


def several(folder: Path) -> list[Clip]:
    copy = 0.5 * voice(1) + np.random.default_rng(9).normal(0, 1e-4, LENGTH).astype(np.float32)
    return [
        clip(folder, "a", voice(1), 1),
        clip(folder, "b-copy", copy, 1),
        clip(folder, "c-other-style", voice(1), 2),
        *(clip(folder, f"d{seed}", voice(seed), seed) for seed in range(3, 12)),
    ]


def test_only_copies_are_found(tmp_path: Path):
    clips = several(tmp_path)
    assert not any(c.rejected for c in clips)
    assert duplicates(clips) == {"b-copy"}
    assert duplicates(reversed(clips)) == {"b-copy"}


def test_parts_are_marked_once_and_sources_stay(tmp_path: Path):
    (tmp_path / "media").mkdir()
    clips = several(tmp_path / "media")
    out = tmp_path / "out"
    out.mkdir()
    write_part(clips[:1], out / "part-00000")
    write_part(clips[1:], out / "part-00001")
    mark_duplicates(out)
    after = [c for part in ("part-00000", "part-00001") for c in read_part(out / part)]
    assert [c.id for c in after if c.rejected] == ["b-copy"]
    assert after[1].rejected == "This clip repeats another one."
    manifest = (out / "part-00001" / "clips.jsonl").read_bytes()
    mark_duplicates(out)
    assert (out / "part-00001" / "clips.jsonl").read_bytes() == manifest


def test_marks_of_a_run_that_was_stopped_do_not_change_what_is_found():
    a, b, c = (
        Clip(name, duration_s=3.0, provenance={"fingerprint": {"motion": bytes([level] * 96).hex()}})
        for name, level in (("a", 0), ("b", 5), ("c", 10))
    )
    assert duplicates([a, b, c]) == {"b", "c"}
    marked = b.replace(rejected="This clip repeats another one.", provenance={**b.provenance, REASON: "duplicate"})
    assert duplicates([a, marked, c]) == {"b", "c"}
