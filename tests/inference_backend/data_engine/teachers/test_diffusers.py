"""The diffusers teacher on tiny pipelines of the real classes: films that can be read back, sound, seeds, failures."""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from inference_backend.contract import MienError
from inference_backend.data_engine.clip import SILENT, Clip
from inference_backend.data_engine.prompts.prompt import Attributes, Prompt
from inference_backend.data_engine.speech.phones import Phone
from inference_backend.data_engine.speech.utterance import Utterance
from inference_backend.data_engine.teachers import video_models
from inference_backend.data_engine.teachers.diffusers import Diffusers, load
from inference_backend.data_engine.teachers.video_families import FAMILIES, families_of
from inference_backend.data_engine.teachers.video_models import PACKAGES, TeacherUnavailable, VideoModel, check

for name in PACKAGES:
    pytest.importorskip(name)
av, torch, package = (importlib.import_module(name) for name in ("av", "torch", "diffusers"))
tiny_pipelines = importlib.import_module("tests.inference_backend.data_engine.teachers.tiny_pipelines")

BUILD: dict[str, Callable[[], Any]] = {
    "wan": tiny_pipelines.wan,
    "wan2.2": lambda: tiny_pipelines.wan(experts=2, boundary_ratio=0.9),
    "wan2.2-ti2v": lambda: tiny_pipelines.wan(expand_timesteps=True),
    "hunyuanvideo": tiny_pipelines.hunyuanvideo,
    "ltx": lambda: tiny_pipelines.ltx(timestep_conditioning=True),
    "ltx-condition": lambda: tiny_pipelines.ltx("LTXConditionPipeline"),
    "cogvideox": tiny_pipelines.cogvideox,
    "cogvideox1.5": lambda: tiny_pipelines.cogvideox(patch_size_t=2),
    "ltx2": tiny_pipelines.ltx2,
}
SILENT_FAMILIES = [name for name in BUILD if name != "ltx2"]
LARGER = {"width": 64, "height": 64}  # LTX-2 makes one latent of 32 by 32 pixels, and its decoder mirrors at the edges
CLIP = Clip(
    "p0-0007",
    Prompt("An angry man talks.", Attributes("man", "angry", "angry", "strong", 0.8)),
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Give the folder of a tiny model of a family, built when it is first asked for."""
    folder = tmp_path_factory.mktemp("models")

    def saved(family: str) -> str:
        if not (folder / family).is_dir():
            tiny_pipelines.save(BUILD[family](), folder / family)
        return str(folder / family)

    return saved


def small(folder: str, **changes: Any) -> VideoModel:
    settings = VideoModel(folder, width=32, height=32, frames=9, steps=1, allow_cpu=True, local_files_only=True)
    return replace(settings, **changes)


def tone(attributes: Attributes, rng: np.random.Generator, hz: float = 330.0, duration_s: float = 0.3) -> Utterance:
    """Hum instead of speaking: a sound that is known again."""
    samples = 0.3 * np.sin(2 * np.pi * hz * np.arange(round(duration_s * 16000)) / 16000)
    phones = [Phone(0.0, duration_s / 2, "AA"), Phone(duration_s / 2, duration_s, "M")]
    return Utterance(samples.astype(np.float32), phones, "ah", "humming", "en", "CC0", {"voice": "sine"})


def pictures(path: Path) -> np.ndarray:
    with av.open(str(path)) as film:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)])


@pytest.mark.parametrize("family", SILENT_FAMILIES)
def test_a_silent_model_makes_a_film_for_style_alone(family: str, model: Callable[[str], str], tmp_path: Path):
    teacher = Diffusers(small(model(family)), seed=1)
    clip = teacher.perform(CLIP, tmp_path)
    assert not clip.rejected
    described = next(f for f in FAMILIES if f.name == family)
    with av.open(str(tmp_path / "p0-0007.mp4")) as film:
        stream = film.streams.video[0]
        shown = sum(1 for _ in film.decode(video=0))
        assert (stream.width, stream.height, float(stream.average_rate)) == (32, 32, described.fps)
        assert not film.streams.audio
    frames = described.frame_count(9)
    assert shown == frames
    assert clip.duration_s == pytest.approx(frames / described.fps)
    assert (clip.sound, clip.motion, clip.notes) == (None, None, (SILENT,))
    assert clip.licence == f"see the model's licence: {model(family)}"
    wanted = {"teacher": "diffusers", "family": family, "pipeline": described.pipeline, "steps": 1, "width": 32,
              "height": 32, "frames": frames, "seed": 1, "diffusers": package.__version__}  # fmt: skip
    assert {k: clip.provenance[k] for k in wanted} == wanted
    json.dumps(clip.provenance)


def test_a_model_that_makes_sound_gives_it_to_the_clip_and_the_film(model: Callable[[str], str], tmp_path: Path):
    clip = Diffusers(small(model("ltx2"), **LARGER, licence="CC0"), seed=1).perform(CLIP, tmp_path)
    assert not clip.rejected
    assert clip.sound is not None
    samples = clip.samples()
    assert len(samples) == round(9 / 24 * 16000)
    assert samples.std() > 0
    with av.open(str(tmp_path / "p0-0007.mp4")) as film:
        assert film.streams.audio[0].rate == 16000
    assert (clip.notes, clip.text, clip.licence) == ((), "", "CC0")
    assert clip.provenance["asked_to_say"] in clip.provenance["video_prompt"]


def test_a_model_follows_the_sound_that_becomes_the_clips(model: Callable[[str], str], tmp_path: Path):
    settings = small(model("ltx2"), **LARGER, family="ltx2-driven", frames=17)
    teacher = Diffusers(settings, 1, tone)
    clip = teacher.perform(CLIP, tmp_path)
    assert not clip.rejected
    assert clip.provenance["pipeline"] == "LTX2DFRPipeline"
    assert clip.duration_s == pytest.approx(9 / 24)  # the fewest frames that cover 0.3 s
    assert (clip.text, clip.speaker, clip.language, clip.notes) == ("ah", "humming", "en", ())
    assert clip.phones == (Phone(0.0, 0.15, "AA"), Phone(0.15, 0.3, "M"))
    assert (clip.provenance["sound_licence"], clip.provenance["voice"]) == ("CC0", "sine")
    said = tone(Attributes(), np.random.default_rng(0)).samples
    assert np.abs(clip.samples()[: len(said)] - said).max() < 1e-3
    assert not clip.samples()[len(said) :].any()
    with av.open(str(tmp_path / "p0-0007.mp4")) as film:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in film.decode(audio=0)])
    lags = np.correlate(heard[: len(said) + 2048], said, "valid")
    assert lags.max() > 0.8 * (said**2).sum()

    (tmp_path / "other").mkdir()
    teacher._speak = lambda attributes, rng: tone(attributes, rng, hz=2500.0)
    other = teacher.perform(CLIP, tmp_path / "other")
    assert other.video is not None
    difference = pictures(tmp_path / "p0-0007.mp4").astype(int) - pictures(other.video)
    assert np.abs(difference).max() > 0  # the same noise and words: it is the sound that moves the picture


def test_a_sound_longer_than_the_longest_film_is_cut(model: Callable[[str], str], tmp_path: Path):
    settings = small(model("ltx2"), **LARGER, family="ltx2-driven", frames=9)
    teacher = Diffusers(settings, 1, lambda attributes, rng: tone(attributes, rng, duration_s=1.0))
    clip = teacher.perform(CLIP, tmp_path)
    assert clip.duration_s == pytest.approx(0.375)
    assert clip.phones == (Phone(0.0, 0.375, "AA"),)
    assert clip.text == ""
    assert clip.notes == ("sound cut at 0.38 s, the model's longest film",)


def test_the_same_seed_gives_the_same_film_whatever_came_before(model: Callable[[str], str], tmp_path: Path):
    def film(seed: int, clip: Clip, name: str, before: bool = False) -> bytes:
        teacher = Diffusers(small(model("wan")), seed)
        (tmp_path / name).mkdir()
        if before:
            teacher.perform(clip.replace(id="p0-0006"), tmp_path / name)
        made = teacher.perform(clip, tmp_path / name)
        assert made.video is not None
        return made.video.read_bytes()

    first = film(1, CLIP, "first")
    assert film(1, CLIP, "again", before=True) == first
    assert film(2, CLIP, "another_seed") != first
    assert film(1, CLIP.replace(id="p0-0008"), "another_clip") != first


def test_out_of_memory_tries_once_more_then_rejects_the_clip_alone(
    model: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    teacher = Diffusers(small(model("wan")), 1)
    pipe = teacher.renderer().pipe
    real, failures, tiled = type(pipe).__call__, iter([1, 0, 1, 1, 0]), []

    def scarce(self: Any, **arguments: Any) -> Any:
        if next(failures):
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")
        return real(self, **arguments)

    monkeypatch.setattr(type(pipe), "__call__", scarce)
    monkeypatch.setattr(pipe.vae, "enable_tiling", lambda: tiled.append(True), raising=False)
    spared, lost, next_one = (teacher.perform(CLIP.replace(id=name), tmp_path) for name in ("a", "b", "c"))
    assert not spared.rejected
    assert tiled
    assert "memory of cpu does not hold 32x32, 9 frames" in lost.rejected
    assert lost.video is None
    assert not next_one.rejected


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (SimpleNamespace(frames=[]), "no frames"),
        (SimpleNamespace(frames=np.zeros((1, 9, 32, 32, 3))), "empty frames"),
        (SimpleNamespace(frames=np.full((1, 9, 32, 32, 3), np.nan)), "no numbers"),
        (SimpleNamespace(frames=np.ones((1, 9, 32, 32, 3)), nsfw_content_detected=[True]), "unsafe"),
        (ValueError("shapes do not match"), "ValueError: shapes do not match"),
    ],
)
def test_what_shows_nothing_is_rejected_with_its_reason(
    output: Any, reason: str, model: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    teacher = Diffusers(small(model("wan")), 1)

    def answer(self: Any, **arguments: Any) -> Any:
        if isinstance(output, Exception):
            raise output
        return output

    monkeypatch.setattr(type(teacher.renderer().pipe), "__call__", answer)
    clip = teacher.perform(CLIP, tmp_path)
    assert reason in clip.rejected
    assert not list(tmp_path.glob("*.mp4"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"model": " "}, "No video model is named"),
        ({"model": "no/such/folder"}, "neither a folder nor the id of a model"),
        ({"model": "nobody/nothing"}, "nobody/nothing is not on this machine"),
        ({"family": "sora"}, "no family sora"),
        ({"family": "cogvideox"}, "not of the family cogvideox"),
        ({"dtype": "int4"}, "dtype cannot be int4"),
        ({"offload": "disk"}, "offload cannot be disk"),
        ({"allow_cpu": False, "device": "cpu"}, "no GPU"),
        ({"device": "abacus"}, "no device abacus"),
        ({"width": 33}, "multiples of 16"),
    ],
)
def test_what_is_missing_for_all_clips_is_said_in_one_sentence(
    changes: dict[str, Any], sentence: str, model: Callable[[str], str], tmp_path: Path
):
    teacher = Diffusers(small(model("wan"), **changes), 1)
    with pytest.raises(TeacherUnavailable, match=sentence):
        teacher.perform(CLIP, tmp_path)
    with pytest.raises(MienError):  # and again, without another try
        teacher.perform(CLIP, tmp_path)


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch):
    found = video_models.importlib.util.find_spec
    monkeypatch.setattr(
        video_models.importlib.util, "find_spec", lambda name: None if name in ("ftfy", "accelerate") else found(name)
    )
    with pytest.raises(TeacherUnavailable, match="needs accelerate, ftfy: install them"):
        check(VideoModel("any/thing"))


def test_broken_models_get_a_sentence(model: Callable[[str], str], tmp_path: Path):
    with pytest.raises(TeacherUnavailable, match="no pipeline of diffusers"):
        check(small(str(tmp_path)))
    index = tmp_path / "model_index.json"
    index.write_text('{"_class_name": "StableDiffusionPipeline"}')
    with pytest.raises(TeacherUnavailable, match="StableDiffusionPipeline, not one of CogVideoXPipeline"):
        check(small(str(tmp_path)))
    index.write_bytes((Path(model("wan")) / "model_index.json").read_bytes())
    check(small(str(tmp_path)))  # the index alone looks well
    with pytest.raises(TeacherUnavailable, match="cannot be loaded"):
        Diffusers(small(str(tmp_path)), 1).renderer()


def test_a_model_of_the_hub_is_pinned_to_its_commit(
    model: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    commit = "0123456789abcdef0123456789abcdef01234567"
    cache = tmp_path / "hub" / "models--mien--tiny-wan"
    (cache / "refs").mkdir(parents=True)
    (cache / "refs" / "v1").write_text(commit)
    (cache / "snapshots").mkdir()
    (cache / "snapshots" / commit).symlink_to(model("wan"), target_is_directory=True)
    monkeypatch.setattr(importlib.import_module("huggingface_hub.constants"), "HF_HUB_CACHE", str(tmp_path / "hub"))
    settings = small("mien/tiny-wan", revision="v1")
    clip = Diffusers(settings, 1).perform(CLIP, tmp_path)
    assert not clip.rejected
    assert clip.provenance["revision"] == commit
    assert clip.licence == "see the model's licence: mien/tiny-wan"
    with pytest.raises(TeacherUnavailable, match="not on this machine"):
        check(replace(settings, revision="v2"))


def test_a_driver_without_a_gpu_may_check_for_others(model: Callable[[str], str]):
    check(small(model("wan"), allow_cpu=False, device="cuda:7"), with_device=False)


def test_the_teacher_is_loaded_once_a_process(model: Callable[[str], str]):
    assert load(small(model("wan")), 1) is load(small(model("wan")), 1)
    assert load(small(model("wan")), 1).renderer() is load(small(model("wan")), 1).renderer()


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_the_table_names_what_diffusers_has(family: Any):
    takes = inspect.signature(getattr(package, family.pipeline).__call__).parameters
    named = {"prompt", "width", "height", "num_frames", "generator", "output_type"}
    named |= set(family.more)
    named |= {"negative_prompt"} if family.negative else set()
    named |= {"sigmas"} if family.guidance is None else {"guidance_scale", "num_inference_steps"}
    named |= {"audio_latents", "freeze_audio", "generate_slots"} if family.sound == "drives" else set()
    assert named <= set(takes)
    assert family.width % family.size_step == family.height % family.size_step == 0
    assert family.frame_count(family.frames) == family.frames
    assert [family.frame_count(n) for n in (1, 2, family.frame_step + 2)] == [
        family.frame_step + 1, family.frame_step + 1, 2 * family.frame_step + 1]  # fmt: skip
    assert family in families_of(family.loads or family.pipeline, family.name)
