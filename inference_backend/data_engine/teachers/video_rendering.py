"""Rendering: one call of a video pipeline, with memory spared when it runs out and the result looked at."""

from __future__ import annotations

import inspect
import logging
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...contract import MienError
from ...generator.features import SAMPLE_RATE
from ..speech.track import resampled
from . import video_prompts
from .video_models import OFFLOADS, Offload, Opened, VideoModel, place

log = logging.getLogger(__name__)

# LTX-2's audio encoder hears log-mel magnitudes: its window, and the floor under the logarithm. Its sample rate, hop
# and number of bands stand in its configuration.
_WINDOW, _FLOOR = 1024, 1e-5
_FLAT = 2.0  # a picture whose grey values spread less than this, of 255, shows nothing


class RenderFailed(MienError):
    """A clip could not be made; the message is the reason that it keeps."""

    kind = "render_failed"


@dataclass(frozen=True)
class Rendered:
    """Frames uint8 [T, H, W, 3], their rate, and the sound mono 16 kHz [N] that was made with them, if any."""

    frames: np.ndarray
    fps: float
    samples: np.ndarray | None


class Renderer:
    """A loaded video model that renders clips one by one."""

    def __init__(self, opened: Opened, settings: VideoModel):
        self.pipe, self.family, self.device = opened.pipe, opened.family, opened.device
        self.revision = opened.revision
        self.offload: Offload = settings.offload
        self.width = settings.width or self.family.width
        self.height = settings.height or self.family.height
        self.most_frames = self.family.frame_count(settings.frames or self.family.frames)
        self.steps = settings.steps or self.family.steps
        self.guidance = self.family.guidance if settings.guidance is None else settings.guidance

    def frame_count(self, duration_s: float) -> int:
        """Frames that cover a duration, or as many as a clip may have."""
        return min(self.family.frame_count(int(np.ceil(duration_s * self.family.fps))), self.most_frames)

    def render(self, text: str, seed: int, frames: int, samples: np.ndarray | None = None) -> Rendered:
        """Render a prompt, to a sound where the family follows one; out of memory it tries once more, sparingly.

        Raises RenderFailed.
        """
        try:
            output = self._call_sparingly(text, seed, frames, samples)
        except MienError:
            raise
        except Exception as error:  # whatever a model does on one clip, the others go on
            log.exception("the video model failed")
            raise RenderFailed(f"The video model failed on it: {type(error).__name__}: {error}") from error
        made = None if self.family.sound != "made" else self._sound_of(output)
        return Rendered(_frames_of(output), self.family.fps, made)

    def _call_sparingly(self, text: str, seed: int, frames: int, samples: np.ndarray | None) -> Any:
        try:
            return self._call(text, seed, frames, samples)
        except (RuntimeError, MemoryError) as error:
            if not _is_out_of_memory(error):
                raise
        self._spare_memory()
        try:
            return self._call(text, seed, frames, samples)
        except (RuntimeError, MemoryError) as error:
            if not _is_out_of_memory(error):
                raise
            size = f"{self.width}x{self.height}, {frames} frames"
            raise RenderFailed(
                f"The memory of {self.device} does not hold {size}, not even with offload and tiling; make it smaller."
            ) from error

    def _call(self, text: str, seed: int, frames: int, samples: np.ndarray | None) -> Any:
        import torch

        arguments = {
            "prompt": text,
            "width": self.width,
            "height": self.height,
            "num_frames": frames,
            "generator": torch.Generator("cpu").manual_seed(seed),  # the same noise, whatever the device
            "output_type": "np",
            **self._guidance(),
            **self._peculiarities(),
        }
        if samples is not None:
            arguments |= {"audio_latents": self._heard(samples), "freeze_audio": True, "generate_slots": False}
        return self.pipe(**arguments)

    def _guidance(self) -> dict[str, Any]:
        if self.guidance is None:  # distilled: no guidance, and the steps' own noise levels
            even = [1 - step / self.steps for step in range(self.steps)]
            return {} if self.steps == self.family.steps else {"sigmas": even}
        given = {"guidance_scale": self.guidance, "num_inference_steps": self.steps, **self.family.more}
        return {**given, "negative_prompt": video_prompts.NEGATIVE} if self.family.negative else given

    def _peculiarities(self) -> dict[str, Any]:
        takes = inspect.signature(self.pipe.__call__).parameters
        given: dict[str, Any] = {"frame_rate": self.family.fps} if "frame_rate" in takes else {}
        if self.pipe.vae.config.get("timestep_conditioning"):  # LTX-Video from 0.9.1 on decodes with a little noise
            given |= {"decode_timestep": 0.05, "decode_noise_scale": 0.025}
        return given

    def _heard(self, samples: np.ndarray) -> Any:
        """Encode a sound as the model's audio latents [1, C, L, M]."""
        import torch
        from transformers.audio_utils import mel_filter_bank, spectrogram, window_function

        audio_vae = self.pipe.audio_vae
        rate, hop = int(audio_vae.config.sample_rate), int(audio_vae.config.mel_hop_length)
        bands = mel_filter_bank(_WINDOW // 2 + 1, int(audio_vae.config.mel_bins), 0.0, rate / 2, rate,
                                norm="slaney", mel_scale="slaney")  # fmt: skip
        mel = spectrogram(resampled(samples, SAMPLE_RATE, rate), window_function(_WINDOW, "hann"), _WINDOW, hop,
                          power=1.0, mel_filters=bands, mel_floor=_FLOOR, log_mel="log")  # fmt: skip
        stereo = torch.from_numpy(mel.T.astype(np.float32)).expand(1, 2, -1, -1)
        with torch.no_grad():
            return audio_vae.encode(stereo.to(self.device, audio_vae.dtype)).latent_dist.mode().float()

    def _sound_of(self, output: Any) -> np.ndarray | None:
        audio = getattr(output, "audio", None)
        if audio is None:
            return None
        mono = np.atleast_2d(audio[0].float().cpu().numpy()).mean(axis=0)
        return resampled(mono, int(self.pipe.vocoder.config.output_sampling_rate), SAMPLE_RATE)

    def _spare_memory(self) -> None:
        """Decode the picture in tiles, and keep more of the model out of the device's memory, from now on."""
        import gc

        import torch

        log.warning("%s is out of memory: trying again with tiling and offload.", self.device)
        gc.collect()
        if self.device.startswith("cuda"):
            torch.cuda.empty_cache()
        for switch in ("enable_tiling", "enable_slicing"):
            if hasattr(self.pipe.vae, switch):
                getattr(self.pipe.vae, switch)()
        if self.device != "cpu":
            self.offload = OFFLOADS[min(OFFLOADS.index(self.offload) + 1, len(OFFLOADS) - 1)]
            place(self.pipe, self.device, self.offload)


def _frames_of(output: Any) -> np.ndarray:
    """Frames as uint8 [T, H, W, 3]; raises RenderFailed where they show nothing."""
    flagged = getattr(output, "nsfw_content_detected", None)
    if flagged is not None and np.any(flagged):
        raise RenderFailed("The model's own filter held it back as unsafe.")
    video = getattr(output, "frames", None)
    if video is None or len(video) == 0 or video[0] is None or len(video[0]) == 0:
        raise RenderFailed("The video model gave no frames.")
    frames = np.asarray(video[0], np.float32)
    if not np.isfinite(frames).all():
        raise RenderFailed("The video model gave values that are no numbers; try another dtype (bfloat16, float32).")
    pixels = np.clip(np.rint(frames * 255), 0, 255).astype(np.uint8)
    if pixels.std(axis=(1, 2, 3)).max() < _FLAT:
        raise RenderFailed("The video model gave empty frames, of one colour.")
    return pixels


def _is_out_of_memory(error: BaseException) -> bool:
    import torch

    words = str(error).lower()
    return (
        isinstance(error, (torch.OutOfMemoryError, MemoryError))
        or "out of memory" in words
        or "can't allocate" in words
    )
