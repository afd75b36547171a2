"""References: takes and films of 2 to 30 seconds come in, all else gets its sentence."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from inference_backend import formats, references
from inference_backend.contract import BadRequest, Cancelled, MienError, Progress, Take
from inference_backend.references import BadReference
from tests.inference_backend.data_engine import films

ROOT = Path(__file__).resolve().parents[2]


def make_take(seconds: float, fps: float = 30.0) -> Take:
    rng, frames = np.random.default_rng(1), round(seconds * fps)
    values = rng.uniform(0, 1, (frames, 52)).astype(np.float32)
    return Take(fps, values, rng.normal(0, 0.1, (frames, 3)).astype(np.float32), {"sound": "secret.wav"})


@pytest.mark.parametrize("extension", formats.EXTENSIONS)
def test_a_take_in_every_form_is_a_reference(tmp_path: Path, extension: str):
    take = make_take(3)
    formats.write(take, tmp_path / f"take{extension}")
    read = references.read(tmp_path / f"take{extension}")
    assert read.fps == pytest.approx(30)
    np.testing.assert_allclose(read.values, take.values, atol=1e-6)
    np.testing.assert_allclose(read.head, take.head, atol=1e-6)


def test_an_excerpt_of_a_take_is_cut_out(tmp_path: Path):
    take = make_take(40, fps=24)
    formats.write(take, tmp_path / "take.npz")
    read = references.read(tmp_path / "take.npz", 10.0, 2.5)
    np.testing.assert_array_equal(read.values, take.values[240:300])
    np.testing.assert_array_equal(read.head, take.head[240:300])
    assert len(references.read(tmp_path / "take.npz", 37.0)) == 3 * 24


def test_an_ingredient_holds_the_take_and_nothing_about_it(tmp_path: Path):
    take = make_take(2)
    made = references.ingredient(take, 0.3)
    back = formats.npz.loads(base64.b64decode(made.reference))
    assert made.weight == 0.3
    np.testing.assert_array_equal(back.values, take.values)
    assert back.meta == {}


def scaled(take: Take, scale: float) -> Take:
    return Take(take.fps, take.values * np.float32(scale), take.head * np.float32(scale))


NO_REFERENCES = {
    "too short": (make_take(1.5), {}, "1.5 s, but a reference needs 2 to 30 s; choose a longer"),
    "too long": (make_take(31), {}, "31.0 s, but a reference needs 2 to 30 s; choose an excerpt"),
    "short excerpt": (make_take(9), {"duration_s": 1.0}, "1.0 s, but"),
    "late excerpt": (make_take(9), {"start_s": 8.5}, "0.5 s, but"),
    "after its end": (make_take(9), {"start_s": 99.0}, "0.0 s, but"),
    "still": (scaled(make_take(3), 0), {}, "nothing moves"),
    "percent": (scaled(make_take(3), 100), {}, "shapes up to 100, where 1 is"),
}


@pytest.mark.parametrize("case", NO_REFERENCES)
def test_what_is_no_reference_says_so(tmp_path: Path, case: str):
    take, excerpt, sentence = NO_REFERENCES[case]
    formats.write(take, tmp_path / "take.npz")
    with pytest.raises(BadReference, match=rf"^take\.npz .*{sentence}.*\.$"):
        references.read(tmp_path / "take.npz", **excerpt)


@pytest.mark.parametrize("excerpt", [{"start_s": -1}, {"start_s": float("nan")}, {"duration_s": 0}])
def test_an_excerpt_needs_numbers_that_make_sense(tmp_path: Path, excerpt: dict[str, float]):
    with pytest.raises(BadRequest, match="start of 0 s or more"):
        references.read(tmp_path / "take.npz", **excerpt)


def test_other_files_and_none_at_all_say_so(tmp_path: Path):
    with pytest.raises(BadReference, match=r"face\.jpg cannot be a reference"):
        references.read(tmp_path / "face.jpg")
    with pytest.raises(MienError, match="no file"):
        references.read(tmp_path / "take.npz")


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds without a face."""
    pytest.importorskip("av", reason="no av to write films with")
    rng = np.random.default_rng(2)
    pictures = [rng.integers(0, 255, (96, 128, 3), np.uint8) for _ in range(30)]
    return films.write(tmp_path_factory.mktemp("films") / "noise.mp4", pictures, [k / 10 for k in range(30)])


@pytest.mark.parametrize("package", ["scipy", "av", "mediapipe"])
def test_a_missing_package_is_named_with_its_extra(noise: Path, package: str):
    for needed in ("scipy", "requests"):
        pytest.importorskip(needed, reason=f"no {needed}, so that it is missed first")
    code = f"import sys; sys.modules['{package}'] = None\n"
    code += "from pathlib import Path; from inference_backend import references\n"
    code += f"references.read(Path({str(noise)!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=300)
    last = done.stderr.splitlines()[-1]
    assert package in last.lower()
    assert "install" in last
    assert "track" in last


@pytest.mark.parametrize(("times_s", "sentence"), [([0.0, 16.0, 32.0], "30 s; choose an"), ([0.0, 0.7], "a longer")])
def test_the_length_of_a_film_is_judged_before_it_is_tracked(tmp_path: Path, times_s: list[float], sentence: str):
    for needed in ("av", "scipy", "requests"):
        pytest.importorskip(needed, reason=f"no {needed} to read films with")
    film = films.write(tmp_path / "film.mp4", [np.zeros((64, 64, 3), np.uint8)] * len(times_s), times_s)
    with pytest.raises(BadReference, match=sentence):
        references.read(film)


def test_what_is_no_film_says_so(tmp_path: Path):
    for needed in ("av", "scipy", "requests"):
        pytest.importorskip(needed, reason=f"no {needed} to read films with")
    for name, content in (("empty.mp4", b""), ("words.webm", b"no film at all " * 90), ("none.mov", None)):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(MienError, match=rf"{name}.*; .*\.$"):
            references.read(tmp_path / name)


@pytest.fixture
def landmarker(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("mediapipe", reason="no mediapipe to track with")
    monkeypatch.setenv("MIEN_FACE_LANDMARKER", str(shared_data / "tracker" / "face_landmarker.task"))


@pytest.fixture(scope="module")
def speaker(shared_data: Path) -> Path:
    return shared_data / "grid_s1" / "video" / "bbaf3s.mpg"


@pytest.mark.usefixtures("landmarker")
def test_a_film_of_a_face_is_a_reference_and_so_is_an_excerpt(speaker: Path):
    seen: list[Progress] = []
    whole = references.read(speaker, on_progress=seen.append)
    assert whole.fps == 50
    assert whole.duration_s == pytest.approx(3.0, abs=0.1)
    assert np.ptp(whole.channel("jawOpen")) > 0.1
    fractions = [progress.fraction for progress in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] > 0.9
    part = references.read(speaker, 0.4, 2.2)
    assert len(part) == pytest.approx(110, abs=2)
    jaw, wanted = part.channel("jawOpen")[:108], whole.channel("jawOpen")[20:128]
    assert np.corrcoef(jaw, wanted)[0, 1] > 0.97


@pytest.mark.usefixtures("landmarker")
def test_a_film_can_be_cancelled_and_the_next_one_is_read(speaker: Path, noise: Path):
    def stop(progress: Progress) -> None:
        if progress.fraction > 0.1:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        references.read(speaker, on_progress=stop)
    with pytest.raises(MienError, match=r"^noise\.mp4 cannot be a reference: no face is in the picture; choose a film"):
        references.read(noise)


@pytest.mark.usefixtures("landmarker")
def test_two_faces_are_one_too_many(speaker: Path, tmp_path: Path):
    pairs = [np.hstack([p, p]) for p in films.pictures(speaker)[::3]]
    pair = films.write(tmp_path / "pair.mp4", pairs, [k * 3 / 25 for k in range(len(pairs))])
    with pytest.raises(MienError, match=r"^pair\.mp4 cannot be a reference: two faces are in the picture for \d+%"):
        references.read(pair)
