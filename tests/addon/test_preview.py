"""The preview: pictures of the keyed moments, a movie in step with its sound, and the user's scene left alone."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")
image_module = pytest.importorskip("PIL.Image", reason="no pillow to write the contact sheet with")
av = pytest.importorskip("av", reason="no av to write the movie with")
from mien.addon import demo_character, preview  # noqa: E402
from mien.inference_backend.contract import MienError  # noqa: E402

pytestmark = pytest.mark.skipif(
    not demo_character.ASSET.is_file(), reason="no addon/assets/demo_head.npz; `python3 build.py demo` makes it"
)
SIZE_PX = 64


@pytest.fixture
def character(scene, monkeypatch: pytest.MonkeyPatch) -> list:
    """Give a character whose jaw opens from frame 1 to frame 9."""
    for name in ("SHEET", "MOVIE"):
        monkeypatch.setattr(preview, name, preview.Quality(SIZE_PX, 1))
    armature = demo_character.add(bpy.context)
    shown = [armature, *demo_character.meshes_of(armature)]
    for mesh in demo_character.meshes_of(armature):
        keys = mesh.data.shape_keys.key_blocks if mesh.data.shape_keys else {}
        for frame, value in ((1, 0.0), (9, 1.0)):
            if "jawOpen" in keys:
                keys["jawOpen"].value = value
                keys["jawOpen"].keyframe_insert("value", frame=frame)
    scene.frame_set(4)
    return shown


def state_of_the_file() -> tuple:
    blocks = ("scenes", "objects", "cameras", "lights", "worlds", "materials", "images", "meshes", "actions")
    scene = bpy.context.scene
    settings = (scene.name, scene.render.engine, scene.render.resolution_x, scene.render.filepath, scene.frame_current)
    jaw = bpy.data.objects["Mien Demo Head"].data.shape_keys.key_blocks["jawOpen"].value
    return *(tuple(getattr(bpy.data, name).keys()) for name in blocks), settings, round(jaw, 4)


def write_tone(path: Path, seconds: float) -> Path:
    tone = (8000 * np.sin(2 * np.pi * 220 * np.arange(round(16000 * seconds)) / 16000)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(tone.tobytes())
    return path


def test_contact_sheet_shows_each_moment_and_leaves_no_trace(character: list, tmp_path: Path) -> None:
    before, fractions = state_of_the_file(), []
    preview.contact_sheet(bpy.context, character, [1, 9], tmp_path / "s.png", ["shut", "open"], fractions.append)
    assert state_of_the_file() == before
    assert fractions == [0.5, 1.0]
    with image_module.open(tmp_path / "s.png") as image:
        sheet = np.asarray(image.convert("RGB")).astype(int)
    assert sheet.shape == (SIZE_PX + preview.CAPTION_PX, 2 * SIZE_PX, 3)
    shut, opened = sheet[:SIZE_PX, :SIZE_PX], sheet[:SIZE_PX, SIZE_PX:]
    differing = np.abs(shut - opened).max(axis=2) > 40
    assert 20 < differing.sum() < 0.2 * SIZE_PX**2
    assert np.nonzero(differing)[0].min() > SIZE_PX // 3  # the mouth moves, the forehead does not


def test_failure_on_the_way_leaves_no_trace(character: list, tmp_path: Path) -> None:
    before = state_of_the_file()

    def stop(fraction: float) -> None:
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        preview.contact_sheet(bpy.context, character, [1, 9], tmp_path / "s.png", ["shut", "open"], stop)
    assert state_of_the_file() == before
    assert not (tmp_path / "s.png").exists()


@pytest.mark.parametrize("step", [1, 2])
def test_movie_lasts_as_long_as_its_frames_and_carries_the_sound(character: list, tmp_path: Path, step: int) -> None:
    sound = write_tone(tmp_path / "tone.wav", 0.25)
    before = state_of_the_file()
    preview.movie(bpy.context, character, 1, 8, 24.0, sound, tmp_path / "m.mp4", step=step)
    assert state_of_the_file() == before
    with av.open(str(tmp_path / "m.mp4")) as film:
        times = [float(frame.time) for frame in film.decode(video=0)]
        np.testing.assert_allclose(times, np.arange(0, 8, step) / 24, atol=1e-3)
    with av.open(str(tmp_path / "m.mp4")) as film:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in film.decode(audio=0)])
    assert len(heard) / preview.AUDIO_RATE_HZ == pytest.approx(8 / 24, abs=0.05)
    loud = np.abs(heard) > 0.1
    assert loud[: round(0.2 * preview.AUDIO_RATE_HZ)].mean() > 0.4
    assert loud[round(0.29 * preview.AUDIO_RATE_HZ) :].mean() < 0.01


def test_unreadable_sound_says_so(character: list, tmp_path: Path) -> None:
    (tmp_path / "bad.wav").write_text("no sound")
    with pytest.raises(MienError, match="cannot be read as sound"):
        preview.movie(bpy.context, character, 1, 2, 24.0, tmp_path / "bad.wav", tmp_path / "m.mp4")
