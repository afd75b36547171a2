"""Files and strips become excerpts: the right seconds at the right frame."""

from __future__ import annotations

import wave
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mien.addon import decoding, sounds  # noqa: E402
from mien.addon.properties import settings_of  # noqa: E402
from mien.inference_backend.contract import BadSound  # noqa: E402


def strip(left, right, content, trimmed=0, offset_s=0.0):
    return SimpleNamespace(
        left_handle=left, right_handle=right, frame_final_start=left, frame_final_end=right, content_start=content,
        frame_start=content, animation_offset_start=trimmed, sound_offset=offset_s,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("placed", "fps", "expected"),
    [
        (strip(1, 61, 1), 30.0, (1.0, 0.0, 2.0)),
        (strip(31, 61, 1), 30.0, (31.0, 1.0, 1.0)),  # a second trimmed off the front
        (strip(31, 61, 1.5), 30.0, (31.0, 29.5 / 30, 1.0)),  # the content begins between two frames
        (strip(10, 20, 10.25), 25.0, (10.25, 0.0, 0.39)),  # the handle was rounded to before the content
        (strip(1, 61, 1, trimmed=15), 30.0, (1.0, 0.5, 2.0)),
        (strip(1, 61, 1, offset_s=0.5), 30.0, (16.0, 0.0, 1.5)),
    ],
)
def test_handles_become_seconds(placed, fps, expected):
    excerpt = sounds._between_handles(placed, Path("a.wav"), fps, fps)
    assert (excerpt.start_frame, excerpt.start_s, excerpt.duration_s) == pytest.approx(expected)


@pytest.fixture
def sound_strip(registered, sound_file):
    editor = registered.sequence_editor_create()
    collection = editor.strips if hasattr(editor, "strips") else editor.sequences
    try:
        return collection.new_sound("Line", str(sound_file), 1, 20)
    except RuntimeError as error:
        pytest.skip(f"this Blender has no sound strips ({error})")


def test_a_trimmed_strip_is_performed_as_far_as_it_is_trimmed(registered, sound_strip):
    fps = sounds.frame_rate(registered)
    sound_strip.frame_offset_start = 3
    sound_strip.frame_offset_end = 2
    settings = settings_of(registered)
    settings.source, settings.strip = "STRIP", "Line"
    excerpt = sounds.chosen(bpy.context)
    assert excerpt.start_frame == 23
    assert excerpt.start_s == pytest.approx(3 / fps)
    assert excerpt.duration_s == pytest.approx((sound_strip.frame_final_end - 23) / fps)
    assert excerpt.path.name == "hello.wav"


def test_a_strip_whose_file_is_gone_gets_a_sentence(registered, sound_strip, sound_file):
    sound_file.unlink()
    with pytest.raises(BadSound, match="does not exist"):
        sounds.of_strip(bpy.context, "Line")


def test_a_packed_sound_is_read_from_the_file(registered, sound_strip, sound_file):
    content = sound_file.read_bytes()
    sound_strip.sound.pack()
    sound_file.unlink()
    assert sounds.of_strip(bpy.context, "Line").path.read_bytes() == content


def test_paths_relative_to_the_blend_file(registered, sound_file, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    settings_of(bpy.context.scene).sound_path = "//hello.wav"
    assert sounds.chosen(bpy.context).path.samefile(sound_file)


@pytest.mark.parametrize(("name", "decoded"), [("a.WAV", False), ("a.mp3", False), ("a.m4a", True), ("a.mp4", True)])
def test_films_are_decoded_by_blender(name, decoded):
    assert sounds.Excerpt(Path(name), 1.0).needs_decoding is decoded


@pytest.fixture
def film(tmp_path):
    """A second of silence, then a second of a tone."""
    aud = pytest.importorskip("aud", reason="this Blender has no sound library")
    path = tmp_path / "tone.mkv"
    sound = aud.Sound.silence(48000).limit(0, 1).join(aud.Sound.sine(220, 48000).limit(0, 1))
    kind = aud.CONTAINER_MATROSKA, aud.CODEC_AAC
    sound.write(str(path), 48000, aud.CHANNELS_STEREO, aud.FORMAT_S16, *kind, 128000, 4096)
    return path


def test_a_film_becomes_a_wav_of_the_excerpt(film, tmp_path):
    decoding.to_wav(film, tmp_path / "out.wav", 0.5, 1.0)
    with wave.open(str(tmp_path / "out.wav")) as file:
        assert (file.getnchannels(), file.getframerate()) == (1, 48000)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32767
    assert len(samples) / 48000 == pytest.approx(1.0, abs=0.03)
    onset_s = np.flatnonzero(np.abs(samples) > 0.2)[0] / 48000
    assert onset_s == pytest.approx(0.5, abs=0.03)


def test_a_film_that_is_none_gets_a_sentence(tmp_path):
    (tmp_path / "no.mp4").write_bytes(b"nothing")
    with pytest.raises(BadSound, match="choose"):
        decoding.to_wav(tmp_path / "no.mp4", tmp_path / "out.wav", 0.0, None)
