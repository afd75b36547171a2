"""The style space and its two ways in: text, read word by word, and reference motion, read as codes."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .layers import ListenerBlock
from .shape import Shape
from .tokenizer import GROUPS, LEVELS

PEOPLE, LANGUAGES = 1024, 64  # rows of the tables that names are hashed into; row 0 is nobody's


class AttentionPool(nn.Module):
    """Pool states [B, L, W] with their mask [B, L] into K * width numbers by K learned queries.

    Attention over single states, so that one word ("slight") can matter as much as the sentence's mean.
    """

    def __init__(self, shape: Shape, states_width: int):
        super().__init__()
        k, width = shape.style_tokens, shape.style_width
        self.queries = nn.Parameter(torch.randn(k, width) / math.sqrt(width))
        self.norm = nn.LayerNorm(states_width)
        self.keys = nn.Linear(states_width, width)
        self.values = nn.Linear(states_width, width)
        self.mix = nn.Sequential(nn.Linear(k * width, 2 * k * width), nn.GELU(), nn.Linear(2 * k * width, k * width))

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Read states, [B, S]."""
        x = self.norm(states)
        scores = torch.einsum("kd,bld->bkl", self.queries, self.keys(x)) / math.sqrt(self.queries.shape[1])
        weights = (scores + (mask[:, None] - 1.0) * 1e4).softmax(-1)
        pooled = torch.einsum("bkl,bld->bkd", weights, self.values(x)).flatten(1)
        return pooled + self.mix(pooled)


class StyleReader(AttentionPool):
    """Sentence-encoder token states [B, L, 384] with their mask [B, L] -> style summary [B, S]."""

    def __init__(self, shape: Shape):
        super().__init__(shape, shape.token_width)


class ReferenceReader(nn.Module):
    """Quantized motion [B, N, 12] -> style summary [B, S], by the same attention pooling as text."""

    def __init__(self, shape: Shape):
        super().__init__()
        width = shape.reference_width
        self.widen = nn.Linear(len(LEVELS) * GROUPS, width)
        self.blocks = nn.ModuleList(ListenerBlock(width, d) for d in (1, 2, 4))
        self.norm = nn.LayerNorm(width)
        self.pool = AttentionPool(shape, width)
        self.moments = nn.Linear(2 * width, shape.summary)

    def forward(self, quantized: Tensor) -> Tensor:
        """Read a reference performance."""
        x = self.widen(quantized)
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        middle = x.mean(1, keepdim=True)
        spread = ((x - middle).square().mean(1) + 1e-6).sqrt()  # unlike torch's std it takes a single code
        return self.pool(x, x.new_ones(x.shape[:2])) + self.moments(torch.cat([middle[:, 0], spread], -1))


class Persons(nn.Module):
    """What a person and a language add to a style: learned beside it, left out where nobody is named."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.people, self.languages = nn.Embedding(PEOPLE, shape.summary), nn.Embedding(LANGUAGES, shape.summary)
        nn.init.zeros_(self.people.weight)
        nn.init.zeros_(self.languages.weight)

    def forward(self, person: Tensor, language: Tensor) -> Tensor:
        """Add up rows [B] of both tables: [B, S]."""
        return self.people(person) + self.languages(language)


def row_of(name: str, rows: int) -> int:
    """Row of a table that a name is hashed into; 0 for no name."""
    return 1 + zlib.crc32(name.encode()) % (rows - 1) if name else 0


class StyleQuestions(nn.Module):
    """What every style vector must be able to answer: each attribute of the prompt, and how strong it is."""

    def __init__(self, shape: Shape, answers: Iterable[int]):
        super().__init__()
        self.attributes = nn.ModuleList(nn.Linear(shape.summary, count) for count in answers)
        self.level = nn.Linear(shape.summary, 1)
        self.same = nn.Linear(shape.summary, shape.contrast_width)  # where text and motion of one clip must meet
        self.sharpness = nn.Parameter(torch.tensor(math.log(10.0)))

    def loss(self, style: Tensor, attributes: Tensor, level: Tensor, felt: Tensor) -> Tensor:
        """Error of the answers: attributes [B, A] as rows, level [B] in 0..1, counted where something is felt [B]."""
        wrong = sum(F.cross_entropy(head(style), attributes[:, i]) for i, head in enumerate(self.attributes))
        off = (self.level(style)[:, 0].sigmoid() - level).square()
        return wrong + 8.0 * (off * felt).sum() / felt.sum().clamp_min(1)

    def contrast(self, text: Tensor, motion: Tensor, others: Tensor) -> Tensor:
        """Tell each text's motion from the batch's and from others [N, S]'s, and the other way round (CLIP's loss).

        Radford et al. 2021; others are motion vectors of earlier batches, since batches are small here.
        """
        project = lambda style: F.normalize(self.same(style), dim=-1)  # noqa: E731
        of_text, of_motion, of_others = project(text), project(motion), project(others)
        right, sharp = torch.arange(len(text), device=text.device), self.sharpness.exp().clamp_max(50.0)
        to_motion = sharp * of_text @ torch.cat([of_motion, of_others]).T
        return F.cross_entropy(to_motion, right) + F.cross_entropy(sharp * of_motion @ of_text.T, right)
