"""Known curves -> the demo character filmed -> tracked -> the same curves again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("mediapipe", reason="no mediapipe to track with")
pytest.importorskip("av", reason="no av to read films with")
from inference_backend.contract import HEAD, INDEX
from inference_backend.data_engine.clip import Clip
from inference_backend.data_engine.reconstruction.reconstruct import ReconstructConfig, reconstruct

ROOT = Path(__file__).resolve().parents[4]
FPS, FRAMES, SIZE_PX, SAMPLES = 12, 78, 288, 4
BROWS = ("browInnerUp", "browOuterUpLeft", "browOuterUpRight")
SMILES = ("mouthSmileLeft", "mouthSmileRight")
BLINKS = ("eyeBlinkLeft", "eyeBlinkRight")
AT_S = np.arange(FRAMES) / FPS


def python_with_bpy() -> str:
    """Find an interpreter that has Blender's module: MIEN_BPY_PYTHON, this one, or one that build.py made."""
    made = [str(path) for path in sorted(ROOT.glob(".venv*/bin/python"))]
    for python in filter(None, (os.environ.get("MIEN_BPY_PYTHON"), sys.executable, *made)):
        look = "import av, bpy; bpy.app.version"  # type stubs are found as a bpy too, but hold nothing
        if subprocess.run([python, "-c", look], capture_output=True, timeout=60).returncode == 0:
            return python
    return pytest.skip("no Python with bpy and av here; name one in MIEN_BPY_PYTHON")


def waves(period_s: float, phase: float, share: float) -> np.ndarray:
    """Raise and fall smoothly once a period, for that share of it."""
    x = (AT_S / period_s + phase) % 1 / share
    return np.where(x < 1, 0.5 - 0.5 * np.cos(2 * np.pi * x), 0)


def known() -> tuple[np.ndarray, np.ndarray]:
    values = np.zeros((FRAMES, len(INDEX)), np.float32)
    values[:, INDEX["jawOpen"]] = 0.7 * waves(1.1, 0.0, 0.8)
    for names, curve in (
        (SMILES, waves(2.7, 0.4, 0.8)),
        (BLINKS, waves(1.7, 0.2, 0.25)),
        (BROWS, waves(2.1, 0.7, 0.7)),
    ):
        for name in names:
            values[:, INDEX[name]] = curve if names == BLINKS else 0.9 * curve
    turns = ((0.2, 2.3, 0.0), (0.35, 3.1, 1.0), (0.2, 1.9, 2.0))
    head = np.stack([size * np.sin(2 * np.pi * AT_S / period_s + start) for size, period_s, start in turns], 1)
    return values, head.astype(np.float32)


@pytest.fixture(scope="module")
def tracked(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[np.ndarray, np.ndarray, Clip]:
    """Curves that are known and tracked, [T, 11] each at 50 Hz, and the clip; one film for all tests (a minute)."""
    if not (ROOT / "addon" / "assets" / "demo_head.npz").is_file():
        pytest.skip("no addon/assets/demo_head.npz; `python3 build.py demo` makes it")
    folder = tmp_path_factory.mktemp("loop")
    values, head = known()
    np.savez(folder / "take.npz", fps=float(FPS), values=values, head=head)
    script = [Path(__file__).with_name("film.py"), ROOT, folder / "take.npz", folder / "film.mp4", SIZE_PX, SAMPLES]
    command = [python_with_bpy(), *map(str, script)]
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(folder)}
    filmed = subprocess.run(command, capture_output=True, text=True, timeout=900, env=environment)
    assert filmed.returncode == 0, filmed.stderr[-2000:]
    model = shared_data / "tracker" / "face_landmarker.task"
    clip = reconstruct(Clip("loop", video=folder / "film.mp4"), ReconstructConfig(str(model)), folder)
    assert not clip.rejected
    take = clip.performance().take
    at_s = np.arange(len(take)) / take.fps
    columns = [INDEX[name] for name in NAMES[: -len(HEAD)]]
    true = np.hstack([values[:, columns], head])
    true = np.stack([np.interp(at_s, AT_S, curve) for curve in true.T], 1)
    return true, np.hstack([take.values[:, columns], take.head]), clip


NAMES = ("jawOpen", *SMILES, *BLINKS, *BROWS, *HEAD)


@pytest.mark.parametrize("name", NAMES)
def test_what_was_acted_is_tracked(tracked: tuple[np.ndarray, np.ndarray, Clip], name: str):
    true, seen, _ = tracked
    column = NAMES.index(name)
    correlation = np.corrcoef(true[:, column], seen[:, column])[0, 1]
    assert correlation >= 0.8, f"{name}: {correlation:.3f}"


def test_angles_have_the_contracts_size_and_sign(tracked: tuple[np.ndarray, np.ndarray, Clip]):
    true, seen, _ = tracked
    slopes = [np.polyfit(true[:, -3 + k], seen[:, -3 + k], 1)[0] for k in range(3)]
    assert all(0.75 < slope < 1.2 for slope in slopes), slopes


def test_clip_says_how_sure_it_is(tracked: tuple[np.ndarray, np.ndarray, Clip]):
    _, _, clip = tracked
    performed = clip.performance()
    assert not performed.exact
    assert performed.confidence.mean() > 0.9
    assert abs(clip.duration_s - FRAMES / FPS) < 0.05
