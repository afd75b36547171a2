"""Make the sounds and the takes of clips: by the generator, by baselines, or by the teacher as a reference."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import soundfile

from .. import formats, references
from ..contract import Request, Take
from ..data_engine.procedural import teacher
from ..data_engine.prompts.prompt import Attributes
from ..data_engine.speech.phones import Phone
from ..generator import features, pipeline
from ..generator.sound import SAMPLE_RATE, Sound
from ..training.baselines.baseline import take_of
from ..training.baselines.loudness import LoudnessJaw
from ..training.baselines.viseme_rules import KnownPhones, VisemeRules
from . import lines
from .clip import OURS, Clip

TEACHER = "teacher"
_DISGUSTED = Attributes(emotion="disgusted", intensity="strong", level=0.95)


class Stage:
    """Performs clips, and keeps what they share: sounds, and the loaded generator."""

    def __init__(self, fps: float):
        self.fps = fps
        self._sounds: dict[tuple[str, str], tuple[Sound, list[Phone]]] = {}
        self._phones = KnownPhones()

    @cached_property
    def _generator(self) -> pipeline.Generator:
        return pipeline.load()

    def prepare(self, clip: Clip, folder: Path, name: str) -> tuple[Path, Path]:
        """Write a clip's sound and take into a folder, and return their paths: .wav and .npz; raises MienError."""
        heard, _ = self.sound(clip.line, clip.voice)
        wav, npz = folder / f"{clip.sound}.wav", folder / f"{name}.npz"
        soundfile.write(wav, heard.samples, SAMPLE_RATE)
        formats.write(self.perform(clip), npz)
        return wav, npz

    def sound(self, line: str, voice: str) -> tuple[Sound, list[Phone]]:
        """Say a line in a voice, once."""
        if (line, voice) not in self._sounds:
            samples, phones = lines.say(line, voice)
            self._sounds[line, voice] = Sound(samples), phones
            self._phones.tell(Sound(samples), phones)
        return self._sounds[line, voice]

    def perform(self, clip: Clip) -> Take:
        """Perform a clip by whoever it names."""
        heard, _ = self.sound(clip.line, clip.voice)
        mix = ()
        if clip.reference is not None:
            mix = (references.ingredient(self._taught(*clip.reference)),)
        request = Request(clip.style, clip.seed, self.fps, clip.strength, mix=mix)
        if clip.by == TEACHER:
            return self._taught(clip.line, clip.voice)
        if clip.by == OURS:
            return self._generator.generate(heard, request)
        return self._baselines[clip.by].generate(heard, request)

    @cached_property
    def _baselines(self) -> dict[str, VisemeRules | LoudnessJaw]:
        found: Sequence[VisemeRules | LoudnessJaw] = (
            VisemeRules(self._phones, "viseme rules, exact phones"),
            LoudnessJaw(),
        )
        return {each.name: each for each in found}

    def _taught(self, line: str, voice: str) -> Take:
        """Let the procedural teacher act, who knows the phones."""
        heard, phones = self.sound(line, voice)
        mel = features.log_mel(heard.samples)
        curves, head = teacher.perform(phones, mel, _DISGUSTED, np.random.default_rng(3))
        return take_of(curves, head, heard, Request(fps=self.fps), TEACHER)
