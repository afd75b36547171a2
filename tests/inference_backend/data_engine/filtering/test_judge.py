"""Films that teach nothing are left out, each with its reason; good ones go on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("av", reason="no av to read films with")
from inference_backend.contract import Take
from inference_backend.data_engine.clip import SILENT, Clip, Performance, write_performance, write_sound
from inference_backend.data_engine.filtering.judge import JudgeConfig, judge
from inference_backend.data_engine.filtering.report import report
from inference_backend.generator import sound as sounds
from tests.inference_backend.data_engine import films

TIMES_S = [k / 25 for k in range(75)]


def blurred(picture: np.ndarray) -> np.ndarray:
    small = picture[: 8 * (picture.shape[0] // 8), : 8 * (picture.shape[1] // 8)].astype(np.float32)
    blocks = small.reshape(small.shape[0] // 8, 8, small.shape[1] // 8, 8, 3).mean((1, 3))
    rows = np.linspace(0, blocks.shape[0] - 1, picture.shape[0])
    columns = np.linspace(0, blocks.shape[1] - 1, picture.shape[1])
    low, left = np.floor(rows).astype(int), np.floor(columns).astype(int)
    down, right = np.minimum(low + 1, len(blocks) - 1), np.minimum(left + 1, blocks.shape[1] - 1)
    y, x = (rows - low)[:, None, None], (columns - left)[None, :, None]
    top = blocks[low][:, left] * (1 - x) + blocks[low][:, right] * x
    return (top * (1 - y) + (blocks[down][:, left] * (1 - x) + blocks[down][:, right] * x) * y).astype(np.uint8)


@pytest.fixture(scope="module")
def reasons(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Clip]:
    """Judge one film of each kind."""
    pytest.importorskip("mediapipe", reason="no mediapipe to track with")
    folder = tmp_path_factory.mktemp("films")
    video = shared_data / "grid_s1" / "video"
    one, other = (films.pictures(video / name) for name in ("brwt4n.mpg", "lgwg3s.mpg"))
    speech = sounds.read(video / "brwt4n.mpg").samples
    far = [np.pad(p[::4, ::4], ((100, 116), (135, 135), (0, 0)), mode="edge") for p in one]
    moved = [np.roll(p, 60, 1) for p in one]
    made = {
        "good": one,
        "two": [np.hstack(pair) for pair in zip(one, other, strict=True)],
        "far": far,
        "blurred": [blurred(p) for p in one],
        "cut": [*one[:40], *moved[40:]],
        "gone": [*one[:40], *[np.full_like(p, 90) for p in one[40:]]],
    }
    clips = {n: Clip(n, video=films.write(folder / f"{n}.mp4", p, TIMES_S)) for n, p in made.items()}
    clips["broken"] = Clip("broken", video=folder / "broken.mp4")
    (folder / "broken.mp4").write_bytes(b"no film" * 999)
    clips["zero"] = Clip("zero", video=folder / "zero.mp4")
    (folder / "zero.mp4").write_bytes(b"")
    clips["late"] = clips["silent"] = clips["good"]
    heard = dict.fromkeys(clips, speech) | {
        "silent": np.zeros_like(speech),
        "late": np.roll(speech, round(0.5 * 16000)),
    }
    config = JudgeConfig(str(shared_data / "tracker" / "face_landmarker.task"))
    for name, samples in heard.items():
        clip = clips[name].replace(id=name, sound=write_sound(samples, folder / f"{name}.flac"))
        clips[name] = judge(clip, config, folder)
    clips["mute"] = judge(clips["good"].replace(id="mute", sound=None), config, folder)
    clips["style"] = judge(clips["good"].replace(id="style", sound=None, notes=(SILENT,)), config, folder)
    return clips


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("two", "Two faces are in the picture"),
        ("far", "too small|No face"),
        ("blurred", "blurred"),
        ("cut", r"cut at 1\.60 s"),
        ("gone", "No face is in the picture for 4"),
        ("broken", "not a film"),
        ("zero", "0 bytes"),
        ("silent", "silent"),
        ("late", "against the sound|do not follow"),
        ("mute", "There is no sound"),
    ],
)
def test_reason_is_one_sentence(reasons: dict[str, Clip], name: str, sentence: str):
    import re

    said = reasons[name].rejected
    assert re.search(sentence, said), said
    assert said.endswith(".")
    assert "\n" not in said


@pytest.mark.parametrize("name", ["good", "style"])
def test_good_films_go_on_with_their_fingerprint(reasons: dict[str, Clip], name: str):
    assert reasons[name].rejected == ""
    marks = reasons[name].provenance["fingerprint"]
    assert marks["picture"]
    assert marks["motion"]
    assert bool(marks["sound"]) == (name == "good")


def test_report_counts_the_reasons(reasons: dict[str, Clip]):
    counted = report(reasons.values())
    assert counted["kept"] == 2
    assert counted["rejected"] == len(reasons) - 2
    assert counted["reasons"]["sound"] == 2
    assert counted["reasons"]["film"] == 2
    assert sum(counted["reasons"].values()) == counted["rejected"]


def test_a_film_that_is_too_long_is_not_watched(tmp_path: Path):
    clip = Clip("long", video=tmp_path / "nobody opens it.mp4", duration_s=7200.0, notes=(SILENT,))
    assert "too long" in judge(clip, JudgeConfig(), tmp_path).rejected


def test_exact_curves_need_a_sound_and_no_look(tmp_path: Path):
    take = Take(50.0, np.zeros((100, 52), np.float32), np.zeros((100, 3), np.float32))
    motion = write_performance(Performance(take, np.ones(100, np.float32)), tmp_path / "a.npz")
    noise = np.random.default_rng(1).normal(0, 0.1, 32000).astype(np.float32)
    loud, silent = write_sound(noise, tmp_path / "a.flac"), write_sound(noise * 0, tmp_path / "b.flac")
    clip = Clip("a", motion=motion, sound=loud, duration_s=2.0)
    assert judge(clip, JudgeConfig(), tmp_path).rejected == ""
    assert "silent" in judge(clip.replace(sound=silent), JudgeConfig(), tmp_path).rejected
    assert "too short" in judge(clip.replace(duration_s=0.1), JudgeConfig(), tmp_path).rejected
    (tmp_path / "c.flac").write_bytes(b"none")
    assert "cannot be read" in judge(clip.replace(sound=tmp_path / "c.flac"), JudgeConfig(), tmp_path).rejected
