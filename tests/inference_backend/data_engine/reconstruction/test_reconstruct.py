"""Real films: the same curves as the captures of those clips, whatever was tracked before; bad ones have a reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("mediapipe", reason="no mediapipe to track with")
pytest.importorskip("av", reason="no av to read films with")
from inference_backend.contract import HEAD, INDEX, Take
from inference_backend.data_engine import executors, stage, stages
from inference_backend.data_engine.captures import Captures
from inference_backend.data_engine.clip import SILENT, Clip, Performance, write_performance
from inference_backend.data_engine.filtering.limits import JudgeConfig
from inference_backend.data_engine.reconstruction import brows, calibrate, reconstruct, resting, tracker, tracks
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


@pytest.fixture(scope="module")
def filtered(shared_data: Path, config, tmp_path_factory) -> Path:
    """Filter GRID's films, of a speaker who is named."""
    folder = tmp_path_factory.mktemp("films")
    found = sorted((shared_data / "grid_s1" / "video").glob("*.mpg"))[:3]
    clips = [Clip(f.stem, video=f, speaker="s1", notes=(SILENT,), provenance={resting.FACE: "s1"}) for f in found]
    stage.write_clips("perform", config, clips, folder / "perform")
    what = stages.filtering(JudgeConfig(config.model))
    stage.run(what, folder / "perform", folder / "filter", executors.local(1), lambda *_: None)
    return folder / "filter"


def test_a_film_is_tracked_once_and_its_curves_are_those_of_a_track_of_its_own(
    filtered: Path, speaking: dict[str, Clip], config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tracker, "shared", lambda *_: pytest.fail("it is tracked again"))
    clips = list(stage.clips_of(filtered))
    assert [clip.rejected for clip in clips] == [""] * 3
    for clip in clips:
        again = reconstruct.reconstruct(clip.replace(provenance={}), config, tmp_path)
        assert again.motion.read_bytes() == speaking[clip.id].motion.read_bytes()


@pytest.mark.parametrize("harm", ["gone", "cut off", "made otherwise"])
def test_a_track_that_does_not_do_is_made_anew(
    filtered: Path, speaking: dict[str, Clip], config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
):
    clip = next(stage.clips_of(filtered))
    film = tmp_path / clip.video.name
    film.write_bytes(clip.video.read_bytes())
    track = clip.video.with_suffix(".track").read_bytes()
    if harm != "gone":
        film.with_suffix(".track").write_bytes(track[: len(track) // 2] if harm == "cut off" else track)
    if harm == "made otherwise":
        monkeypatch.setattr(tracks, "SHA256", "of another model")
    assert tracks.kept(film) is None
    again = reconstruct.reconstruct(clip.replace(video=film, provenance={}), config, tmp_path)
    assert again.motion.read_bytes() == speaking[clip.id].motion.read_bytes()


def reconstructed(source: Path, out: Path, **settings) -> list[Clip]:
    what = stages.reconstructing(reconstruct.ReconstructConfig(**settings))
    stage.run(what, source, out, executors.local(1), lambda *_: None)
    return list(stage.clips_of(out))


def test_a_speaker_has_one_resting_face_in_all_films(filtered: Path, speaking: dict[str, Clip], tmp_path: Path):
    clips = reconstructed(filtered, tmp_path / "out")
    face = resting.read(tmp_path / "out" / resting.FILE)["s1"]
    for clip in clips:
        assert clip.provenance["neutral"] == "speaker"
        take, own = clip.performance().take, speaking[clip.id].performance().take
        np.testing.assert_array_equal(take.head, own.head)  # cameras differ: the head rests where each film says
        assert take.channel("eyeBlinkLeft").max() > 0.5
        assert np.corrcoef(take.channel("jawOpen"), own.channel("jawOpen"))[0, 1] > 0.99
    of_each = [calibrate.neutral_of(tracks.kept(clip.video)).scores for clip in stage.clips_of(filtered)]
    assert (np.min(of_each, 0) - 0.02 <= face.scores).all()
    assert (face.scores <= np.max(of_each, 0) + 0.02).all()
    assert np.ptp(of_each, 0).max() > 0.01  # the films alone disagree on it


def test_each_film_keeps_its_own_rest_where_that_is_asked_for(
    filtered: Path, speaking: dict[str, Clip], tmp_path: Path
):
    for clip in reconstructed(filtered, tmp_path / "out", rest="film"):
        assert clip.provenance["neutral"] == "clip"
        assert clip.motion.read_bytes() == speaking[clip.id].motion.read_bytes()
    assert not (tmp_path / "out" / resting.FILE).exists()


def test_a_film_at_rest_decides_alone(filtered: Path):
    first, *others = stage.clips_of(filtered)
    marked = first.replace(provenance={**first.provenance, resting.AT_REST: True})
    face = resting.of_clips([*others, marked])["s1"]
    np.testing.assert_array_equal(face.scores, resting.of_clips([marked])["s1"].scores)
    assert resting.of_clips([c.replace(rejected="dark") for c in (marked, *others)]) == {}


def test_brows_at_rest_are_told_apart_from_a_camera_above(filtered: Path):
    track = tracks.kept(next(stage.clips_of(filtered)).video)
    face = resting.RestingFace(np.zeros(52), np.array([1.0, 2.0, 3.0]))
    pitch = calibrate.resting_pose(track)[0]
    np.testing.assert_allclose(brows.level(face.in_film(track).brows, pitch), face.brows)


def test_a_damaged_file_of_faces_is_one_sentence(tmp_path: Path):
    (tmp_path / resting.FILE).write_text('{"anna": {"scores": {}}}')
    with pytest.raises(stage.StageFailed, match="is damaged; delete it"):
        resting.read(tmp_path / resting.FILE)


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
