"""Families of video pipelines of the package diffusers: what each is called with, and what comes out.

Sizes, frame counts, rates, steps and guidance are those of the examples in the pipelines' documentation
(huggingface.co/docs/diffusers, version 0.42). Of the models that sound drives it has LTX-2 alone: with its audio stream
held clean, the picture follows a given sound. Wan-S2V, HunyuanVideo-Avatar and their like have no pipeline there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Sound = Literal["none", "made", "drives"]
"""Whether a family gives silent films, makes a sound with the film, or makes the film to a sound."""


@dataclass(frozen=True)
class Family:
    """A kind of pipeline, with what is used where the user's settings say nothing.

    Frame counts are frame_step * k + 1, widths and heights multiples of size_step. fits tells models of the same
    pipeline class apart, once they are loaded.
    """

    name: str
    pipeline: str  # class in the package diffusers
    example: str  # model id
    width: int
    height: int
    frames: int
    frame_step: int
    fps: float
    steps: int
    guidance: float | None  # None: distilled, runs without
    sound: Sound = "none"
    size_step: int = 16
    negative: bool = True
    tiling: bool = False  # the picture decoder needs more memory than the rest if it decodes in one piece
    dtypes: Mapping[str, str] = field(default_factory=lambda: {"default": "bfloat16"})
    more: Mapping[str, Any] = field(default_factory=dict)  # arguments of its own
    fits: Callable[[Any], bool] = lambda pipe: True
    loads: str = ""  # class that its models name, where it isn't `pipeline`

    def frame_count(self, frames: int) -> int:
        """Round a number of frames up to one that the family can make, which is two at least."""
        return max(-(-(frames - 1) // self.frame_step), 1) * self.frame_step + 1


_WAN_DTYPES = {"default": "bfloat16", "vae": "float32"}
_HUNYUAN_DTYPES = {"default": "float16", "transformer": "bfloat16"}

FAMILIES: tuple[Family, ...] = (  # of one pipeline class, the first that fits; the plain one comes last
    Family("wan2.2-ti2v", "WanPipeline", "Wan-AI/Wan2.2-TI2V-5B-Diffusers", 1280, 704, 121, 4, 24.0, 50, 5.0,
           size_step=32, dtypes=_WAN_DTYPES, fits=lambda pipe: bool(pipe.config.expand_timesteps)),
    Family("wan2.2", "WanPipeline", "Wan-AI/Wan2.2-T2V-A14B-Diffusers", 832, 480, 81, 4, 16.0, 40, 4.0,
           dtypes=_WAN_DTYPES, fits=lambda pipe: pipe.config.boundary_ratio is not None,
           more={"guidance_scale_2": 3.0}),  # the second expert's
    Family("wan", "WanPipeline", "Wan-AI/Wan2.1-T2V-1.3B-Diffusers", 832, 480, 81, 4, 16.0, 50, 5.0,
           dtypes=_WAN_DTYPES),
    Family("hunyuanvideo", "HunyuanVideoPipeline", "hunyuanvideo-community/HunyuanVideo", 960, 544, 129, 4, 24.0, 50,
           6.0, negative=False, tiling=True, dtypes=_HUNYUAN_DTYPES),
    Family("ltx", "LTXPipeline", "Lightricks/LTX-Video", 704, 512, 121, 8, 25.0, 50, 3.0,
           size_step=32),
    Family("ltx-condition", "LTXConditionPipeline", "Lightricks/LTX-Video-0.9.5", 704, 512, 121, 8, 25.0, 40, 3.0,
           size_step=32),
    Family("cogvideox1.5", "CogVideoXPipeline", "zai-org/CogVideoX1.5-5B", 1360, 768, 81, 16, 16.0, 50, 6.0,
           tiling=True, fits=lambda pipe: pipe.transformer.config.patch_size_t is not None),
    Family("cogvideox", "CogVideoXPipeline", "zai-org/CogVideoX-5b", 720, 480, 49, 8, 8.0, 50, 6.0, tiling=True),
    Family("ltx2", "LTX2Pipeline", "diffusers/LTX-2.3-Diffusers", 768, 512, 121, 8, 24.0, 30, 3.0,
           sound="made", size_step=32),
    Family("ltx2-driven", "LTX2DFRPipeline", "diffusers/LTX-2.3-Distilled-Diffusers", 768, 512, 241, 8, 24.0, 8, None,
           sound="drives", size_step=32, negative=False, loads="LTX2Pipeline"),
)  # fmt: skip


def families_of(class_name: str, wanted: str = "") -> list[Family]:
    """Families of a pipeline class, those of the wanted name alone if there is one; none if it is not known."""
    if wanted:
        return [f for f in FAMILIES if f.name == wanted and class_name in (f.pipeline, f.loads)]
    return [f for f in FAMILIES if f.pipeline == class_name]
