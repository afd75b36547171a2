"""The five stages with their settings, in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .clip import Clip
from .filtering.duplicates import mark_duplicates
from .filtering.judge import JudgeConfig, judge
from .gestures.augment import AugmentConfig, augment
from .prompts import sampling
from .reconstruction.reconstruct import ReconstructConfig, measure_rest, reconstruct
from .shards.config import PackConfig
from .shards.packing import pack
from .stage import Execute, OnMade, Stage, run, write_clips
from .teachers import procedural
from .teachers.teacher import Teacher
from .teachers.video_models import VideoModel

SHARDS = "shards"
MEAN_CLIP_S = 5.65  # of the procedural teacher's clips, measured; what `hours` is turned into clips by


@dataclass(frozen=True)
class PromptConfig:
    """How many prompts, and which draw."""

    count: int = 1000
    seed: int = 1


@dataclass(frozen=True)
class PerformConfig:
    """Which teacher performs: procedural, or diffusers with a video model; recordings are a folder of real speech."""

    teacher: str = "procedural"
    seed: int = 1
    recordings: str = ""
    video_model: VideoModel | None = None


def prompted(config: PromptConfig) -> Iterator[Clip]:
    """Draw prompts, each the beginning of a clip."""
    for number, prompt in enumerate(sampling.sample(config.count, config.seed)):
        yield Clip(f"s{config.seed}-{number:06d}", prompt)


def perform(clip: Clip, config: PerformConfig, folder: Path) -> Clip:
    """Have a teacher perform a prompt."""
    return _teacher(config).perform(clip, folder)


def _teacher(config: PerformConfig) -> Teacher:
    if config.teacher == "procedural":
        return procedural.load(config.seed, config.recordings)
    from .teachers import diffusers  # torch, which only this teacher needs

    return diffusers.load(config.video_model, config.seed, config.recordings)


def performing(config: PerformConfig) -> Stage:
    """Stage II."""
    return Stage("perform", config, perform)


def filtering(config: JudgeConfig) -> Stage:
    """Stage III."""
    return Stage("filter", config, judge, finish=mark_duplicates)


def reconstructing(config: ReconstructConfig) -> Stage:
    """Stage IV."""
    return Stage("reconstruct", config, reconstruct, prepare=measure_rest)


def augmenting(config: AugmentConfig) -> Stage:
    """Stage V."""
    return Stage("augment", config, augment)


@dataclass(frozen=True)
class RunConfig:
    """Settings of a whole run."""

    hours: float = 1.0
    seed: int = 1
    recordings: str = ""
    video_model: VideoModel | None = None
    landmarker: str = ""

    @property
    def performing(self) -> PerformConfig:
        """Settings of stage II."""
        teacher = "diffusers" if self.video_model else "procedural"
        return PerformConfig(teacher, self.seed, self.recordings, self.video_model)


@dataclass(frozen=True)
class Step:
    """One step of a whole run: its name, the folder that it fills, and how to run it."""

    name: str
    out: Path
    run: Callable[[OnMade], object]


def prompting(out: Path, config: PromptConfig) -> Step:
    """Stage I."""
    return Step("prompts", out, lambda _: write_clips("prompts", config, prompted(config), out))


def packing(source: Path, out: Path, config: PackConfig) -> Step:
    """Pack the last stage into shards."""
    return Step("pack", out, lambda _: pack(source, out, config))


def whole_run(out: Path, config: RunConfig, execute: Execute) -> list[Step]:
    """List the steps from prompts to shards, each in a folder of its own under `out`."""
    prompts = PromptConfig(max(1, round(config.hours * 3600 / MEAN_CLIP_S)), config.seed)
    made_by = (
        performing(config.performing),
        filtering(JudgeConfig(model=config.landmarker)),
        reconstructing(ReconstructConfig(model=config.landmarker)),
        augmenting(AugmentConfig(seed=config.seed)),
    )
    folders = [out / f"{i + 1}-{name}" for i, name in enumerate(("prompts", *(s.name for s in made_by)))]
    steps = [
        Step(s.name, after, partial(run, s, before, after, execute))
        for s, before, after in zip(made_by, folders, folders[1:], strict=False)
    ]
    shards = packing(folders[-1], out / SHARDS, PackConfig(seed=config.seed))
    return [prompting(folders[0], prompts), *steps, shards]
