"""Video models: the settings that name one, and how it is found, checked and loaded."""

from __future__ import annotations

import importlib.util
import json
import logging
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from ..stage import StageFailed
from .video_families import FAMILIES, Family, families_of

log = logging.getLogger(__name__)

PACKAGES = ("torch", "diffusers", "transformers", "accelerate", "sentencepiece", "ftfy", "av", "scipy")
_DTYPES = ("float32", "float16", "bfloat16")
_INDEX = "model_index.json"

Offload = Literal["none", "model", "sequential"]
OFFLOADS: tuple[Offload, ...] = ("none", "model", "sequential")


class TeacherUnavailable(StageFailed):
    """A teacher cannot work at all here: what it needs is missing, so that trying it on more clips is of no use."""

    kind = "teacher_unavailable"


@dataclass(frozen=True)
class VideoModel:
    """What the diffusers teacher runs, and how; 0, "" and None leave a choice to the model's family.

    model is an id of the Hugging Face hub or a folder; family settles which one is meant where a model fits several
    (LTX-2: `ltx2` makes its own sound, `ltx2-driven` follows ours). revision pins a branch, tag or commit. With
    offload, parts of the model wait in main memory: "model" whole ones, "sequential" layers (much slower).
    """

    model: str
    family: str = ""
    revision: str = ""
    width: int = 0
    height: int = 0
    frames: int = 0
    steps: int = 0
    guidance: float | None = None
    dtype: str = ""
    device: str = ""
    offload: Offload = "none"
    allow_cpu: bool = False
    local_files_only: bool = False
    licence: str = ""


@dataclass(frozen=True)
class Opened:
    """A pipeline on its device, and where it came from; revision is a commit of the hub, or "" for a folder."""

    pipe: Any
    family: Family
    revision: str
    device: str


def check(settings: VideoModel, with_device: bool = True) -> None:
    """See that the teacher can work here before a run begins, without loading the model; raises TeacherUnavailable.

    A machine that only hands out the work to others with GPUs checks without the device.
    """
    _check_settings(settings)
    _class_and_revision(settings)
    if with_device:
        _device(settings)


def open_model(settings: VideoModel) -> Opened:
    """Find, load and place a model; raises TeacherUnavailable with a sentence that says what to do."""
    _check_settings(settings)
    candidates, revision = _class_and_revision(settings)
    device = _device(settings)
    pipe = _load(settings, candidates[0], revision, device)
    family = next((f for f in candidates if f.fits(pipe)), candidates[-1])
    _check_size(settings, family)
    pipe.set_progress_bar_config(disable=True)
    if family.tiling:
        pipe.vae.enable_tiling()
    place(pipe, device, settings.offload)
    return Opened(pipe, family, revision, device)


def place(pipe: Any, device: str, offload: Offload) -> None:
    """Put a pipeline on a device, whole or in parts that come there when needed."""
    if offload == "none" or device == "cpu":
        pipe.to(device)
    elif offload == "model":
        pipe.enable_model_cpu_offload(device=device)
    else:
        pipe.enable_sequential_cpu_offload(device=device)


def _check_settings(settings: VideoModel) -> None:
    if missing := [name for name in PACKAGES if importlib.util.find_spec(name) is None]:
        raise TeacherUnavailable(
            f"The diffusers teacher needs {', '.join(missing)}: install them (pip install '.[data,media,train,video]')."
        )
    if not settings.model.strip():
        raise TeacherUnavailable(
            f"No video model is named; give the id of one on the Hugging Face hub, such as {FAMILIES[0].example}, "
            f"or its folder."
        )
    names = [family.name for family in FAMILIES]
    if settings.family and settings.family not in names:
        raise TeacherUnavailable(f"There is no family {settings.family} of video models; it can be {', '.join(names)}.")
    if settings.dtype and settings.dtype not in _DTYPES:
        raise TeacherUnavailable(f"The dtype cannot be {settings.dtype}; it can be {', '.join(_DTYPES)}.")
    if settings.offload not in OFFLOADS:
        raise TeacherUnavailable(f"The offload cannot be {settings.offload}; it can be {', '.join(OFFLOADS)}.")


def _check_size(settings: VideoModel, family: Family) -> None:
    step = family.size_step
    if settings.width % step or settings.height % step:
        raise TeacherUnavailable(f"Width and height of {family.name} must be multiples of {step}; change them to such.")


def _class_and_revision(settings: VideoModel) -> tuple[list[Family], str]:
    """Families that a model may be of, and the commit that its index was read from."""
    folder = Path(settings.model).expanduser()
    index = folder / _INDEX if folder.is_dir() else _fetch_index(settings)
    try:
        name = json.loads(index.read_text(encoding="utf-8"))["_class_name"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TeacherUnavailable(
            f"{settings.model} has no readable {_INDEX}, so it is no pipeline of diffusers; choose one that is."
        ) from error
    families = families_of(str(name), settings.family)
    if not families:
        known = ", ".join(sorted({f.pipeline for f in FAMILIES}))
        wanted = f"not of the family {settings.family}" if settings.family else f"not one of {known}"
        raise TeacherUnavailable(f"{settings.model} is a {name}, {wanted}; choose another model or family.")
    return families, "" if folder.is_dir() else index.parent.name


def _fetch_index(settings: VideoModel) -> Path:
    """Fetch the index of a model of the hub; the folder that it lies in is named by its commit."""
    from huggingface_hub import errors, hf_hub_download

    model, revision = settings.model, settings.revision
    try:
        return Path(hf_hub_download(model, _INDEX, revision=revision or None,
                                    local_files_only=settings.local_files_only))  # fmt: skip
    except errors.HFValidationError as error:
        reason = f"{model} is neither a folder nor the id of a model; give one of both."
        raise TeacherUnavailable(reason) from error
    except errors.GatedRepoError as error:
        reason = f"{model} is given to those who accept its licence: do so on its page, then run `hf auth login`."
        raise TeacherUnavailable(reason) from error
    except errors.RepositoryNotFoundError as error:
        reason = f"There is no model {model} on the hub, or it is private; check its id or run `hf auth login`."
        raise TeacherUnavailable(reason) from error
    except errors.RevisionNotFoundError as error:
        raise TeacherUnavailable(f"{model} has no revision {revision}; choose one that it has.") from error
    except (errors.LocalEntryNotFoundError, errors.OfflineModeIsEnabled) as error:
        reason = f"{model} is not on this machine and the hub is not reached: connect, or run `hf download {model}`."
        raise TeacherUnavailable(reason) from error
    except errors.EntryNotFoundError as error:
        reason = f"{model} has no {_INDEX}, so it is no pipeline of diffusers; many models have a -Diffusers variant."
        raise TeacherUnavailable(reason) from error
    except OSError as error:
        raise TeacherUnavailable(f"{model} cannot be fetched: {_first_line(error)}; try again.") from error


def _device(settings: VideoModel) -> str:
    import torch

    device = settings.device or next((d for d in ("cuda", "xpu", "mps") if _is_there(d)), "cpu")
    try:
        kind = torch.device(device).type
    except RuntimeError as error:
        raise TeacherUnavailable(f"There is no device {device}; it can be cuda, cuda:1, xpu, mps or cpu.") from error
    if kind != "cpu" and not _is_there(kind):
        raise TeacherUnavailable(f"This machine has no {kind} device that torch can use; choose another device.")
    if kind == "cpu" and not settings.allow_cpu:
        raise TeacherUnavailable(
            "This machine has no GPU that torch can use, and video models take hours for a clip without one; "
            "run on a machine with a GPU, or allow the CPU."
        )
    if kind == "cpu":
        log.warning("Without a GPU a video model takes hours for a clip: this is for trying the stage on tiny models.")
    return device


def _is_there(kind: str) -> bool:
    import torch

    backend = getattr(torch, kind, None) or getattr(torch.backends, kind, None)
    return backend is not None and bool(backend.is_available())


def _load(settings: VideoModel, family: Family, revision: str, device: str) -> Any:
    import diffusers

    pipeline = getattr(diffusers, family.pipeline, None)
    if pipeline is None:
        raise TeacherUnavailable(
            f"diffusers {metadata.version('diffusers')} has no {family.pipeline}; install the version that is pinned."
        )
    try:
        return pipeline.from_pretrained(
            settings.model,
            revision=revision or None,
            dtype=_dtypes(settings, family, device),
            local_files_only=settings.local_files_only,
            use_safetensors=True,  # pickles run code
        )
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        raise TeacherUnavailable(f"{settings.model} cannot be loaded: {_first_line(error)}") from error


def _dtypes(settings: VideoModel, family: Family, device: str) -> Any:
    import torch

    if settings.dtype or device == "cpu":
        return getattr(torch, settings.dtype or "float32")
    return {part: getattr(torch, name) for part, name in family.dtypes.items()}


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
