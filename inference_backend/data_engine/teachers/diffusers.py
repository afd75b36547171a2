"""The diffusers teacher: text-to-video models, and such as follow a sound, perform prompts on a studio's GPU."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from ...generator.features import SAMPLE_RATE
from ..clip import SILENT, Clip, write_sound
from ..prompts.prompt import Attributes
from ..speech import texts
from ..speech.phones import Phone
from ..speech.utterance import Utterance
from . import video_prompts
from .video_films import write_film
from .video_models import TeacherUnavailable, VideoModel, open_model
from .video_rendering import Rendered, Renderer, RenderFailed

_WITH_WORDS = ("speaks", "whispers", "shouts", "sings")

Speak = Callable[[Attributes, np.random.Generator], Utterance]
"""Make the sound that a film shall follow."""


class Diffusers:
    """Performs prompts with a video model, loaded when the first clip comes.

    What the film sounds like depends on the model's family: silent, its own sound, or the utterance that drove it. A
    clip that fails comes back rejected; only what fails for all clips alike raises, TeacherUnavailable.
    """

    name = "diffusers"

    def __init__(self, settings: VideoModel, seed: int, speak: Speak | None = None):
        self._settings = settings
        self._seed = seed
        self._speak = speak
        self._renderer: Renderer | None = None
        self._failure: TeacherUnavailable | None = None

    def perform(self, clip: Clip, folder: Path) -> Clip:
        """Give the clip a film and, where there is one, its sound."""
        renderer = self.renderer()
        try:
            if renderer.family.sound == "drives":
                return self._perform_to_sound(renderer, clip, folder)
            return self._perform_freely(renderer, clip, folder)
        except RenderFailed as error:
            return clip.replace(rejected=str(error))

    def renderer(self) -> Renderer:
        """Load the model once; what failed once fails again at once."""
        if self._failure is not None:
            raise self._failure
        if self._renderer is None:
            try:
                self._renderer = Renderer(open_model(self._settings), self._settings)
            except TeacherUnavailable as error:
                self._failure = error
                raise
        return self._renderer

    def _perform_freely(self, renderer: Renderer, clip: Clip, folder: Path) -> Clip:
        """Render a film, silent or with the sound that the model makes."""
        spoken = renderer.family.sound == "made" and clip.prompt.attributes.vocal in _WITH_WORDS
        line = texts.sentence(clip.rng(self._seed, "line")) if spoken else ""
        text = video_prompts.write(clip.prompt, clip.rng(self._seed, "appearance"), line)
        rendered = renderer.render(text, self._seed_of(clip), renderer.most_frames)
        samples = None if rendered.samples is None else _fit(rendered.samples, rendered)
        made = self._written(clip, folder, rendered, samples, self._provenance(renderer, clip, text))
        made = made.replace(speaker=f"{self._settings.model}:{clip.id}")  # every film shows another face
        if line:  # asked for, which is not to say that it was said: `text` stays empty
            made = made.replace(provenance={**made.provenance, "asked_to_say": line})
        return made if samples is not None else made.replace(notes=(*clip.notes, SILENT))

    def _perform_to_sound(self, renderer: Renderer, clip: Clip, folder: Path) -> Clip:
        """Render a film that follows an utterance, which becomes the clip's sound."""
        if self._speak is None:
            raise TeacherUnavailable(f"{renderer.family.name} follows a sound; give the teacher a voice to speak with.")
        utterance = self._speak(clip.prompt.attributes, clip.rng(self._seed, "sound"))
        text = video_prompts.write(clip.prompt, clip.rng(self._seed, "appearance"))
        frames = renderer.frame_count(len(utterance.samples) / SAMPLE_RATE)
        wanted = round(frames / renderer.family.fps * SAMPLE_RATE)
        cut = len(utterance.samples) > wanted
        samples = _padded(utterance.samples, wanted)
        rendered = renderer.render(text, self._seed_of(clip), frames, samples)
        samples = _fit(samples, rendered)
        provenance = {
            **utterance.provenance,
            **self._provenance(renderer, clip, text),
            "held_out": utterance.held_out,
            "sound_licence": utterance.licence,
        }
        made = self._written(clip, folder, rendered, samples, provenance)
        note = (f"sound cut at {made.duration_s:.2f} s, the model's longest film",) if cut else ()
        return made.replace(
            text="" if cut else utterance.text,
            speaker=utterance.speaker,
            language=utterance.language,
            phones=_until(utterance.phones, made.duration_s),
            notes=(*clip.notes, *note),
        )

    def _written(
        self, clip: Clip, folder: Path, rendered: Rendered, samples: np.ndarray | None, provenance: dict[str, Any]
    ) -> Clip:
        film = write_film(rendered.frames, rendered.fps, folder / f"{clip.id}.mp4", samples, SAMPLE_RATE)
        return clip.replace(
            duration_s=len(rendered.frames) / rendered.fps,
            licence=self._settings.licence or f"see the model's licence: {self._settings.model}",
            video=film,
            sound=None if samples is None else write_sound(samples, folder / f"{clip.id}.flac"),
            provenance={**provenance, "frames": len(rendered.frames)},
        )

    def _seed_of(self, clip: Clip) -> int:
        return int(clip.rng(self._seed, "video").integers(2**53))  # a whole number in JSON, too

    def _provenance(self, renderer: Renderer, clip: Clip, text: str) -> dict[str, Any]:
        return {
            "teacher": self.name,
            "model": self._settings.model,
            "revision": renderer.revision,
            "family": renderer.family.name,
            "pipeline": renderer.family.pipeline,
            "video_prompt": text,
            "seed": self._seed,
            "video_seed": self._seed_of(clip),
            "steps": renderer.steps,
            "guidance": renderer.guidance,
            "width": renderer.width,
            "height": renderer.height,
            "fps": renderer.family.fps,
            "offload": renderer.offload,
            "diffusers": metadata.version("diffusers"),
            "torch": metadata.version("torch"),
        }


@lru_cache(maxsize=1)
def load(settings: VideoModel, seed: int, recordings: str = "") -> Diffusers:
    """Give the teacher of this process, or of this GPU actor; an empty name means no recordings."""

    @lru_cache(maxsize=1)
    def opened() -> Any:
        from ..speech.recordings import Recordings

        return Recordings(Path(recordings)) if recordings else None

    def speak(attributes: Attributes, rng: np.random.Generator) -> Utterance:
        from ..speech.utterance import utter

        return utter(attributes, rng, opened())

    return Diffusers(settings, seed, speak)


def _fit(samples: np.ndarray, rendered: Rendered) -> np.ndarray:
    """Make a sound as long as its film."""
    return _padded(samples, round(len(rendered.frames) / rendered.fps * SAMPLE_RATE))


def _padded(samples: np.ndarray, wanted: int) -> np.ndarray:
    return np.pad(samples[:wanted], (0, max(wanted - len(samples), 0))).astype(np.float32)


def _until(phones: list[Phone], end_s: float) -> tuple[Phone, ...]:
    return tuple(p._replace(end_s=min(p.end_s, end_s)) for p in phones if p.start_s < end_s)
