"""The trained baselines performing: each is told the style in the way of its kind."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ...contract import CHANNELS, OnProgress, Progress, Request, Take, ignore
from ...data_engine.prompts.prompt import Attributes
from ...generator.features import log_mel
from ...generator.mixer import curves_of
from ...generator.mixer import take_of as take_of_reference
from ...generator.sound import Sound
from ..attributes import asked
from .baseline import take_of
from .conditions import DiffPoseTalkLike, EmoTalkLike
from .labels import label_of
from .regressor import Regressor
from .torch_actor import perform

_CLOSE = 0.35  # levels that are no further apart count as one in the choice of a reference


class DeterministicRegressor:
    """Sound to curves by regression; the style is not read."""

    name = "regressor"

    def __init__(self, model: Regressor):
        self._model = model

    def generate(self, heard: Sound, request: Request, on_progress: OnProgress = ignore) -> Take:
        """Perform a sound."""
        on_progress(Progress(0.0, "acting"))
        with torch.no_grad():
            motion = self._model(torch.from_numpy(log_mel(heard.samples))[None])[0].numpy()
        return _take(motion, heard, request, self.name)


class EmoTalk:
    """An actor that is told an emotion's label and a level, taken from the words of the style text."""

    name = "EmoTalk-like"

    def __init__(self, model: EmoTalkLike):
        self._model = model

    def generate(self, heard: Sound, request: Request, on_progress: OnProgress = ignore) -> Take:
        """Perform a sound."""
        on_progress(Progress(0.0, "acting"))
        label = label_of(request.style)
        level = min(1.0, label.level * request.strength)
        with torch.no_grad():
            style = self._model.style(torch.tensor([_emotion(label)]), torch.tensor([level]))[0]
        motion = perform(self._model.base, heard.samples, style, steps=1, touches=False)
        return _take(motion, heard, request, self.name)


class DiffPoseTalk:
    """An actor that is told a reference: the request's own, or the training clip nearest to the text's label."""

    name = "DiffPoseTalk-like"

    def __init__(self, model: DiffPoseTalkLike, library: Tensor, emotions: Tensor, levels: Tensor):
        self._model, self._library, self._emotions, self._levels = model, library, emotions, levels

    def generate(self, heard: Sound, request: Request, on_progress: OnProgress = ignore) -> Take:
        """Perform a sound."""
        on_progress(Progress(0.0, "acting"))
        with torch.no_grad():
            style = self._style(request)
        motion = perform(self._model.base, heard.samples, style, request.seed, touches=False)
        return _take(motion, heard, request, self.name)

    def _style(self, request: Request) -> Tensor:
        references = [part for part in request.mix if part.reference]
        if not references:
            neutral, wanted = self._model.base.no_style, self._of_text(request.style, request.seed)
            return wanted if wanted is neutral else neutral + request.strength * (wanted - neutral)
        weights = torch.tensor([part.weight for part in references])
        read = torch.stack([self._read(part.reference) for part in references])
        return (weights[:, None] * read).sum(0) / weights.sum().clamp_min(1e-9)

    def _of_text(self, text: str, seed: int) -> Tensor:
        """Give the vector of a training clip of the emotion that a text names; of none where it names none."""
        label = label_of(text)
        fits = self._emotions == _emotion(label)
        if not label.emotion or not fits.any():
            return self._model.base.no_style
        far = (self._levels - label.level).abs().masked_fill(~fits, torch.inf)
        near = torch.where(far <= max(_CLOSE, float(far.min())))[0]
        return self._library[near[seed % len(near)]]

    def _read(self, reference: str) -> Tensor:
        motion, base = curves_of(take_of_reference(reference)), self._model.base
        return self._model.style((torch.from_numpy(motion)[None] - base.mean) / base.scale)[0]


def _take(motion: np.ndarray, heard: Sound, request: Request, name: str) -> Take:
    return take_of(motion[:, : len(CHANNELS)], motion[:, len(CHANNELS) :], heard, request, name)


def _emotion(label: Attributes) -> int:
    return int(asked(label)[0])
