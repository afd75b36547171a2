"""Other systems' ways to tell an actor of our size how to act: a label and a level, or a reference alone."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..act import ActConfig, flow_loss
from ..attributes import ANSWERS
from ..listen import phone_losses
from ..network import StyleGenerator
from ..shape import Shape
from ..style import ReferenceReader
from ..tokenizer import FRAMES_PER_CODE, GROUPS, LEVELS

EMOTIONS = ANSWERS[0]  # absence included
NO_MIX = ActConfig(drop_audio=0.0, drop_style=0.0)


class LabelStyle(nn.Module):
    """One-hot emotion [B] and level [B] -> style [B, S], as EmoTalk (Peng et al. 2023) is told them."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.emotion = nn.Embedding(EMOTIONS, shape.summary)
        self.strength = nn.Embedding(EMOTIONS, shape.summary)

    def forward(self, emotion: Tensor, level: Tensor) -> Tensor:
        """Give a style."""
        return self.emotion(emotion) + level[:, None] * self.strength(emotion)


class ReferenceStyle(nn.Module):
    """Reference motion [B, T, 55], normalised -> style [B, S]: one plain vector, as in DiffPoseTalk (Sun et al. 2024).

    Our reference reader without the tokenizer: it reads the motion itself.
    """

    def __init__(self, shape: Shape):
        super().__init__()
        self.gather = nn.Linear(FRAMES_PER_CODE * shape.curves, len(LEVELS) * GROUPS)
        self.reader = ReferenceReader(shape)

    def forward(self, motion: Tensor) -> Tensor:
        """Give a style."""
        count = motion.shape[1] // FRAMES_PER_CODE
        return self.reader(self.gather(motion[:, : count * FRAMES_PER_CODE].reshape(len(motion), count, -1)))


class EmoTalkLike(nn.Module):
    """Our listener, mouth and actor, told a label and a level, as a regressor: no noise, one evaluation."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape, self.base, self.style = shape, bare(shape), LabelStyle(shape)
        self.base.noise.zero_()

    def loss(self, mel: Tensor, batch: dict[str, Tensor], generator: torch.Generator) -> Tensor:
        """Error of acting at time 0 from no noise, and of hearing."""
        style = self.style(batch["asked"][:, 0], batch["level"] * batch["felt"])
        always_first = ActConfig(drop_audio=0.0, drop_style=0.0, from_noise=1.0)
        return acting_loss(self.base, mel, style, batch, always_first, generator)


class DiffPoseTalkLike(nn.Module):
    """Our listener, mouth and actor by flow matching, told a reference motion and nothing else."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape, self.base, self.style = shape, bare(shape), ReferenceStyle(shape)

    def loss(self, mel: Tensor, batch: dict[str, Tensor], generator: torch.Generator) -> Tensor:
        """Error of acting from noise in the style of a reference (sometimes of none), and of hearing."""
        style = self.style((batch["reference"] - self.base.mean) / self.base.scale)
        dropped = torch.rand(len(style), 1, generator=generator) < ActConfig.drop_style
        return acting_loss(self.base, mel, torch.where(dropped, self.base.no_style, style), batch, NO_MIX, generator)


def bare(shape: Shape) -> StyleGenerator:
    """Make a style generator of which only listener, mouth and actor are used."""
    base = StyleGenerator(shape)
    for part in (base.style_reader, base.tokenizer, base.reference_reader, base.persons, base.questions):
        part.requires_grad_(False)
    return base


def acting_loss(
    base: StyleGenerator, mel: Tensor, style: Tensor, batch: dict[str, Tensor], config: ActConfig,
    generator: torch.Generator,
) -> Tensor:  # fmt: skip
    """Error of acting in a style, with the camera's mouths told from the rules', and half of that of hearing."""
    audio, phones, contacts = base.listener(mel)
    heard = torch.stack(phone_losses(phones, contacts, batch["ids"], batch["trust"])).sum()
    acted = flow_loss(base, audio, style + base.sources(batch["captured"]), batch | {"mel": mel}, config, generator)
    return acted + 0.5 * heard
