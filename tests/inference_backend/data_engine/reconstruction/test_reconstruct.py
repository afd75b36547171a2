"""Real films: the same curves as the captures of those clips, whatever was tracked before; bad ones have a reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("mediapipe", reason="no mediapipe to track with")
pytest.importorskip("av", reason="no av to read films with")
from inference_backend.contract import HEAD, INDEX, Take
from inference_backend.data_engine.captures import Captures
from inference_backend.data_engine.clip import Clip, Performance, write_performance
from inference_backend.data_engine.reconstruction import calibrate, reconstruct
from tests.inference_backend.data_engine import films

# The channels that move in the speech of GRID's speaker; brows and gaze are our own reading.
MOVING = ("jawOpen", "eyeBlinkLeft", "eyeBlinkRight", "mouthPucker", "mouthClose", "mouthPressLeft", "mouthRollUpper")


@pytest.fixture(scope="module")
def config(shared_data: Path) -> reconstruct.ReconstructConfig:
    return reconstruct.ReconstructConfig(str(shared_data / "tracker" / "face_landmarker.task"))


@pytest.fixture(scope="module")
def speaking(shared_data: Path, config: reconstruct.ReconstructConfig, tmp_path_factory) -> dict[str, Clip]:
    folder = tmp_path_factory.mktemp("grid")
    found = sorted((shared_data / "grid_s1" / "video").glob("*.mpg"))
    assert len(found) == 6
    return {f.stem: reconstruct.reconstruct(Clip(f.stem, video=f, speaker="s1"), config, folder) for f in found}


def test_films_give_the_curves_that_were_captured(shared_data: Path, speaking: dict[str, Clip]):
    captures = Captures(shared_data / "grid_s1" / "curves.npz")
    for name, clip in speaking.items():
        take = clip.performance().take
        values, head = captures.curves(name)
        rows = min(len(take), len(values))
        assert abs(len(take) - len(values)) <= 3  # the captures end with the last frame, the film one frame later
        pairs = {c: (values[:rows, INDEX[c]], take.channel(c)[:rows]) for c in MOVING}
        pairs |= {angle: (head[:rows, k], take.head[:rows, k]) for k, angle in enumerate(HEAD)}
        for what, (captured, seen) in pairs.items():
            if captured.std() > 0.004:
                assert np.corrcoef(captured, seen)[0, 1] > 0.97, (name, what)


def test_frames_are_sure_and_eyes_agree(speaking: dict[str, Clip]):
    for clip in speaking.values():
        performed = clip.performance()
        assert performed.confidence.min() > 0.9
        assert not performed.exact
        np.testing.assert_array_equal(performed.take.channel("eyeLookUpLeft"), performed.take.channel("eyeLookUpRight"))


def test_a_film_is_tracked_alike_whatever_came_before(speaking: dict[str, Clip], config, tmp_path: Path):
    first = next(iter(speaking))
    again = reconstruct.reconstruct(speaking[first].replace(motion=None), config, tmp_path)
    assert again.motion is not None
    assert again.motion.read_bytes() == speaking[first].motion.read_bytes()


def test_a_gap_is_bridged_without_confidence(shared_data: Path, config, tmp_path: Path):
    pictures = films.pictures(shared_data / "grid_s1" / "video" / "bbaf3s.mpg")
    for k in range(30, 45):
        pictures[k] = np.full_like(pictures[k], 90)
    film = films.write(tmp_path / "gap.mp4", pictures, [k / 25 for k in range(75)])
    performed = reconstruct.reconstruct(Clip("gap", video=film), config, tmp_path).performance()
    assert performed.confidence[66:84].max() == 0
    assert performed.confidence[:56].min() > 0.9


def test_speakers_rest_is_measured_kept_and_used(speaking: dict[str, Clip], config, tmp_path: Path):
    clips = [clip.replace(motion=None) for clip in list(speaking.values())[:2]]
    found = reconstruct.neutrals(clips, config)
    assert list(found) == ["s1"]
    calibrate.write_neutrals(found, tmp_path / "rest.json")
    with_rest = reconstruct.ReconstructConfig(config.model, str(tmp_path / "rest.json"))
    clip = reconstruct.reconstruct(clips[0], with_rest, tmp_path)
    assert clip.provenance["neutral"] == "speaker"
    assert clip.performance().take.channel("eyeBlinkLeft").max() > 0.5


def test_curves_that_are_exact_pass_through(tmp_path: Path):
    take = Take(50.0, np.zeros((10, 52), np.float32), np.zeros((10, 3), np.float32))
    motion = write_performance(Performance(take, np.ones(10, np.float32)), tmp_path / "a.npz")
    clip = Clip("a", motion=motion, video=tmp_path / "none.mp4")
    assert reconstruct.reconstruct(clip, reconstruct.ReconstructConfig(), tmp_path) is clip


def test_bad_films_have_a_reason(config, tmp_path: Path):
    (tmp_path / "empty.mp4").write_bytes(b"")
    blank = films.write(tmp_path / "blank.mp4", [np.full((96, 96, 3), 80, np.uint8)] * 10, [k / 25 for k in range(10)])
    reasons = [
        reconstruct.reconstruct(Clip("a", video=film), config, tmp_path).rejected
        for film in (tmp_path / "empty.mp4", blank, None)
    ]
    assert "0 bytes" in reasons[0]
    assert "only 0% of the film" in reasons[1]
    assert "neither motion nor a film" in reasons[2]
