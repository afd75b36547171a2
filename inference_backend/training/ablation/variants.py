"""Variants of the style generator for ablation: each differs from the plain one in one thing, and all cost the same."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...generator.style_text import SentenceEncoder
from ..act import ActConfig, chosen_style, flow_loss, read_styles, style_loss
from ..augment import augment
from ..baselines import budget
from ..baselines.excerpts import Excerpts
from ..listen import phone_losses
from ..network import StyleGenerator
from ..shape import Shape

_REMEMBERED = 8  # batches whose motion vectors stand beside the present one's


@dataclass(frozen=True)
class Variant:
    """What one small model learns from and is told; the defaults are the plain one."""

    name: str
    group: str
    width: int = 64  # of listener and actor; the rest follows
    data: str = "both"  # "captured" or "procedural" faces alone
    augmented: bool = True
    text: str = "words"  # "none", or "mean": the sentence's mean vector
    hears: bool = True
    codes: bool = True  # style from reference motion as well, by the tokenizer's codes


PLAIN = Variant("plain", "all")
VARIANTS: tuple[Variant, ...] = (
    PLAIN,
    Variant("captured faces alone", "data", data="captured"),
    Variant("procedural faces alone", "data", data="procedural"),
    Variant("no augmentation", "data", augmented=False),
    Variant("no text", "conditioning", text="none"),
    Variant("raw sentence vector", "conditioning", text="mean"),
    Variant("no audio", "conditioning", hears=False),
    Variant("no codes", "conditioning", codes=False),
    Variant("half the width", "scale", width=32),
    Variant("twice the width", "scale", width=128),
)


class MeanReader(nn.Module):
    """The sentence's mean vector, of one length as cosines want it, through one linear layer: what raw cosine knows."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.out = nn.Linear(shape.token_width, shape.summary)

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Token states [B, L, 384] with their mask [B, L] -> style summary [B, S]."""
        mean = (tokens * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return self.out(F.normalize(mean, dim=-1) * mean.shape[-1] ** 0.5)


def shape_of(variant: Variant) -> Shape:
    """Give the sizes of a variant's networks."""
    width = variant.width
    return Shape(listener_width=width, mouth_width=width, actor_width=width, style_width=max(8, width // 2),
                 reference_width=min(96, width))  # fmt: skip


def model_of(variant: Variant, mean: Tensor, scale: Tensor, tokenizer: dict[str, Tensor]) -> StyleGenerator:
    """Make an untrained model around a trained tokenizer, which stays as it is."""
    torch.manual_seed(0)
    model = StyleGenerator(shape_of(variant))
    if variant.text == "mean":
        model.style_reader = MeanReader(model.shape)
    model.mean.copy_(mean)
    model.scale.copy_(scale)
    model.tokenizer.load_state_dict(tokenizer)
    model.tokenizer.requires_grad_(False)
    return model


def excerpts_of(variant: Variant, excerpts: Excerpts) -> Excerpts:
    """Keep what a variant may learn from."""
    return excerpts if variant.data == "both" else excerpts.captured(variant.data == "captured")


def loss_of(variant: Variant, model: StyleGenerator, excerpts: Excerpts, size: int = 12) -> budget.LossOf:
    """Give the loss of a variant's batches: that of the whole training, less what the variant goes without."""
    config = _config(variant)
    others: deque[Tensor] = deque(maxlen=_REMEMBERED)

    def loss(generator: torch.Generator) -> budget.Losses:
        batch = excerpts.batch(size, generator)
        mel = augment(batch["mel"], generator) if variant.augmented else batch["mel"]
        audio, phones, contacts = model.listener(mel)
        heard = torch.stack(phone_losses(phones, contacts, batch["ids"], batch["trust"])).sum()
        text, motion = read_styles(model, batch)
        style = chosen_style(model, text, motion, batch, config, generator)
        acted = flow_loss(model, audio, style, batch, config, generator)
        asked = _style_loss(variant, model, text, motion, batch, others)
        parts = {"acted": acted, "heard": heard, "style": asked}
        return acted + 0.5 * heard + config.style_weight * asked, {k: float(v.detach()) for k, v in parts.items()}

    return loss


def _config(variant: Variant) -> ActConfig:
    plain = ActConfig()
    return ActConfig(
        drop_audio=plain.drop_audio if variant.hears else 1.0,
        drop_style=plain.drop_style if variant.text != "none" else 1.0,
        by_reference=plain.by_reference if variant.codes else 0.0,
    )


def _style_loss(
    variant: Variant, model: StyleGenerator, text: Tensor, motion: Tensor, batch: dict[str, Tensor],
    others: deque[Tensor],
) -> Tensor:  # fmt: skip
    """Error of what the style vectors answer, and, with codes, of matching text and motion."""
    if variant.text == "none":
        return text.new_zeros(())
    if not variant.codes:
        return model.questions.loss(text, batch["asked"], batch["level"], batch["felt"])
    answers, contrast = style_loss(model, text, motion, batch, others)
    return answers + contrast


@torch.no_grad()
def style_of(variant: Variant, model: StyleGenerator, encoder: SentenceEncoder, text: str) -> Tensor:
    """Style [S] of a text as a variant reads it."""
    if variant.text == "none":
        return model.no_style
    tokens = torch.from_numpy(encoder.tokens(text))[None].float()
    return model.style_reader(tokens, torch.ones(1, tokens.shape[1]))[0]
