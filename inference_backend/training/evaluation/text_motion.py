"""The text-motion evaluator: two towers, trained apart from the generator, that put a prompt and its motion together.

As in Guo et al. 2022 ("Generating diverse and natural 3D human motions from text"): R-precision among 32 and the mean
distance of true pairs. The text tower reads the frozen sentence encoder's token states.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...contract import CHANNELS, HEAD
from ...data_engine.prompts.words import CLUSTERS
from ...data_engine.shards.reading import BadShards, samples
from ...generator.style_text import TOKEN_WIDTH, SentenceEncoder
from ..corpus import pad_tokens
from .performances import Acted, Prompt, pool
from .stage import Stage, log

FILE = "evaluator.pt"
_RECIPE = "1"  # another one trains the evaluator anew
BATCH = 32
_WIDTH, _SPACE = 160, 96
_CURVES = len(CHANNELS) + len(HEAD)
_FRAMES = 150  # 3 s at 50 Hz: what the motion tower sees in training
_POOLED = 5  # frames that it sees as one, by their mean and their spread
_FROM_CORPUS = 1500


class TextMotion(nn.Module):
    """Two towers into one space of unit vectors [B, 96]."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(_CURVES))
        self.register_buffer("scale", torch.ones(_CURVES))
        self.query = nn.Linear(TOKEN_WIDTH, 4)
        self.text = nn.Sequential(
            nn.Linear(4 * TOKEN_WIDTH, _WIDTH), nn.GELU(), nn.Dropout(0.2), nn.Linear(_WIDTH, _SPACE)
        )
        self.convolve = nn.Sequential(
            nn.Conv1d(2 * _CURVES, _WIDTH, 3, padding=1), nn.GELU(), nn.Dropout(0.1),
            nn.Conv1d(_WIDTH, _WIDTH, 3, padding=1), nn.GELU(),
        )  # fmt: skip
        self.motion = nn.Sequential(
            nn.Linear(2 * _WIDTH + 2 * _CURVES, _WIDTH), nn.GELU(), nn.Dropout(0.2), nn.Linear(_WIDTH, _SPACE)
        )
        self.emotion = nn.Linear(_SPACE, len(CLUSTERS))
        self.sharpness = nn.Parameter(torch.tensor(2.3))

    def read_text(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Token states [B, L, 384] with their mask [B, L] -> [B, 96]."""
        weight = self.query(tokens).masked_fill(mask[..., None] == 0, -1e4).softmax(1)  # [B, L, 4]
        return F.normalize(self.text((weight.transpose(1, 2) @ tokens).flatten(1)), dim=-1)

    def read_motion(self, motion: Tensor) -> Tensor:
        """Motion [B, T, 55] at 50 Hz -> [B, 96]."""
        x = (motion - self.mean) / self.scale
        frames = x.shape[1] // _POOLED * _POOLED
        parts = x[:, :frames].unflatten(1, (-1, _POOLED))
        pooled = torch.cat([parts.mean(2), parts.std(2)], -1)  # [B, T / 5, 110]
        y = self.convolve(pooled.transpose(1, 2))
        whole = torch.cat([y.mean(2), y.amax(2), x.mean(1), x.std(1)], -1)
        return F.normalize(self.motion(whole), dim=-1)


def examples(stage: Stage) -> list[Acted]:
    """Give what the evaluator learns from: the corpus's validation split, and performances that no corpus holds."""
    made = list(pool(stage))
    if stage.corpus is None:
        return made
    try:
        kept = [s for s in islice(samples(stage.corpus, "validation"), stage.some(_FROM_CORPUS, 100)) if s.exact]
    except BadShards as error:
        log.info("the evaluator goes without the corpus: %s", error)
        return made
    return made + [Acted(Prompt(s.caption, s.attributes), s.motion) for s in kept]


def load(stage: Stage) -> TextMotion:
    """Read the evaluator from the folder of results, or train it and keep it there."""
    if "evaluator" not in stage.prepared:
        path, model = stage.out / FILE, TextMotion()
        encoder = zlib.crc32((stage.weights / "sentence_encoder.onnx").read_bytes())
        recipe = [_RECIPE, str(stage.corpus or ""), "quick" * stage.quick, encoder]
        kept = torch.load(path, weights_only=True) if path.is_file() else {}
        if kept.get("recipe") == recipe:
            model.load_state_dict(kept["model"])
            log.info("  the evaluator is the one kept in %s", path)
        else:
            train(model, examples(stage), stage)
            torch.save({"recipe": recipe, "model": model.state_dict()}, path)
        stage.prepared["evaluator"] = model.eval()
    return stage.prepared["evaluator"]


def train(model: TextMotion, given: Sequence[Acted], stage: Stage, epochs: int = 0) -> None:
    """Train the towers to find each other's half among the batch's (InfoNCE), and to name the emotion."""
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    texts = token_states(stage.weights, [a.prompt.text for a in given])
    every = np.concatenate([a.motion for a in given])
    model.mean.copy_(torch.from_numpy(every.mean(0)))
    model.scale.copy_(torch.from_numpy(every.std(0) + 0.02))
    classes = np.array([CLUSTERS.index(a.prompt.attributes.emotion) if a.prompt.attributes.emotion in CLUSTERS else -100
                        for a in given])  # fmt: skip
    optimiser = torch.optim.AdamW(model.parameters(), 2e-3, weight_decay=0.05)
    epochs, size = epochs or stage.some(30, 25), min(96, len(given))
    steps = epochs * (len(given) // size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=max(steps, 2))
    model.train()
    for epoch in range(epochs):
        order = rng.permutation(len(given))
        for start in range(0, len(given) - size + 1, size):
            rows = order[start : start + size]
            tokens, mask = (torch.from_numpy(x) for x in pad_tokens([texts[i] for i in rows]))
            motion = torch.from_numpy(np.stack([excerpt(given[i].motion, rng) for i in rows]))
            text, moved = model.read_text(tokens, mask), model.read_motion(motion)
            near = model.sharpness.exp().clamp_max(50) * text @ moved.T
            right, of = torch.arange(size), torch.from_numpy(classes[rows])
            loss = F.cross_entropy(near, right) + F.cross_entropy(near.T, right)
            for side in (text, moved):
                loss = loss + 0.3 * F.cross_entropy(8 * model.emotion(side), of, ignore_index=-100)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        stage.told("the evaluator learns", epoch, epochs)
    model.eval()


def excerpt(motion: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Cut 3 s out of a motion [T, 55]; a shorter one is repeated back and forth."""
    if len(motion) < _FRAMES:
        motion = np.concatenate([motion, motion[::-1]] * (_FRAMES // len(motion) + 1))
    start = int(rng.integers(len(motion) - _FRAMES + 1))
    return motion[start : start + _FRAMES].astype(np.float32)


def token_states(weights: Path, texts: Sequence[str]) -> list[np.ndarray]:
    """Token states of texts, float32 [L, 384] each."""
    encoder = SentenceEncoder(weights, threads=1)
    return [encoder.tokens(text).astype(np.float32) for text in texts]


@torch.no_grad()
def embedded(model: TextMotion, weights: Path, texts: Sequence[str], motions: Sequence[np.ndarray]) -> tuple:
    """Vectors [N, 96] of texts and of whole motions."""
    tokens, mask = pad_tokens(token_states(weights, texts))
    of_text = model.read_text(torch.from_numpy(tokens), torch.from_numpy(mask)).numpy()
    of_motion = [model.read_motion(torch.from_numpy(m[None].astype(np.float32)))[0].numpy() for m in motions]
    return of_text, np.stack(of_motion)


def precision(text: np.ndarray, motion: np.ndarray, batch: int = BATCH, rounds: int = 8) -> dict[str, float]:
    """R-precision at 1, 2 and 3: share of texts whose own motion is among the nearest of a batch; mean of draws."""
    rng, hits, count = np.random.default_rng(0), np.zeros(3), 0
    for _ in range(rounds):
        order = rng.permutation(len(text))
        for start in range(0, len(order) - batch + 1, batch):
            rows = order[start : start + batch]
            distance = np.linalg.norm(text[rows, None] - motion[None, rows], axis=-1)
            rank = (distance < np.diag(distance)[:, None]).sum(1)
            hits += [(rank <= k).sum() for k in range(3)]
            count += batch
    shares = hits / max(count, 1)
    found = {f"R@{k + 1}": round(float(share), 4) for k, share in enumerate(shares)}
    return found | {"match": round(float(np.linalg.norm(text - motion, axis=-1).mean()), 4), "of": len(text)}
