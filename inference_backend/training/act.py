"""Second stage of training: the actor learns to act, by flow matching from noise, to what the listener hears."""

from __future__ import annotations

import copy
import csv
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..contract import CHANNELS, HEAD, INDEX, region
from ..data_engine.procedural import performances
from ..data_engine.speech import sounds
from ..generator.style_text import SentenceEncoder
from .augment import augment
from .listen import TRUST, phone_losses, source_of
from .network import LIPS, Shape, StyleGenerator

log = logging.getLogger(__name__)

MIXTURE = {"tts": 0.42, "grid_s1": 0.36, "librispeech": 0.12, "coffee_orders": 0.04, "ljspeech": 0.01, "wordless": 0.05}
CAPTURED = ("grid_s1",)  # sources whose mouths a camera saw
# How far the curves made from noisy phone labels are trusted.
MOTION_TRUST = {"tts": 1.0, "grid_s1": 1.5, "librispeech": 0.5, "coffee_orders": 0.25, "ljspeech": 0.8, "wordless": 1.0}
# Channels whose error people see first weigh more; by the motion of lip vertices per unit of a channel.
_HEAVY = {"jawOpen": 10.0, "mouthClose": 6.0, "mouthFunnel": 2.0, "mouthPucker": 4.0, "mouthPressLeft": 1.5,
          "mouthPressRight": 1.5, "mouthRollLower": 1.5, "mouthRollUpper": 1.5, "eyeBlinkLeft": 2.0,
          "eyeBlinkRight": 2.0}  # fmt: skip
_APERTURE = 250.0  # weight of the gap between the lips, whose variance is about 0.01
_MIN_SCALE = 0.04  # a channel that hardly moves must not be blown up to unit noise


SHIPPED = Path(__file__).parent / "checkpoint" / "generator.pt"
"""The checkpoint of the shipped weights, in half precision; move it away to train from nothing."""


@dataclass(frozen=True)
class ActConfig:
    """Settings of the second stage."""

    minutes: float = 60.0
    batch: int = 16
    frames: int = 144
    rate: float = 1.3e-3
    listener_rate: float = 1.0e-3
    drop_audio: float = 0.06
    from_noise: float = 0.4  # share of examples at time 0
    drop_style: float = 0.10
    average: float = 0.998
    seed: int = 0


class Corpus:
    """Performances with their sounds and caption tokens, in memory, drawn as random crops."""

    def __init__(self, folder: Path, encoder: SentenceEncoder):
        self.sounds = {s.name: s for path in sorted((folder / "sounds").glob("*.npz")) for s in sounds.load(path)}
        everything = [p for path in sorted((folder / "performances").glob("*.npz")) for p in performances.load(path)]
        apart = {n for source in CAPTURED for n in tuning_clips(self.sounds.values(), source)}
        taught = [p for p in everything if not (self.sounds[p.sound].held_out or p.sound in apart)]
        self.by_source = {k: [p for p in taught if source_of(self.sounds[p.sound].source) == k] for k in MIXTURE}
        self._encoder, self._tokens = encoder, {}
        motion = np.concatenate([p.motion for p in taught[:: max(1, len(taught) // 3000)]]).astype(np.float32)
        self.mean, self.scale = motion.mean(0), np.maximum(motion.std(0), _MIN_SCALE)
        self.scale[-len(HEAD) :] = motion.std(0)[-len(HEAD) :]

    def tokens(self, caption: str) -> np.ndarray:
        """Token states float16 [L, 384] of a caption, kept once read."""
        if caption not in self._tokens:
            self._tokens[caption] = self._encoder.tokens(caption).astype(np.float16)
        return self._tokens[caption]

    def crops(self, config: ActConfig, rng: np.random.Generator) -> dict[str, Tensor]:
        """One batch: mel, phone ids, motion, trust of both, caption tokens and their mask."""
        sources = [k for k in MIXTURE if self.by_source[k]]
        share = np.array([MIXTURE[k] for k in sources])
        drawn = rng.choice(sources, config.batch, p=share / share.sum())
        items = [self.by_source[k][rng.integers(len(self.by_source[k]))] for k in drawn]
        rows = [self._crop(item, config.frames, rng) for item in items]
        states = [self.tokens(item.caption) for item in items]
        tokens, mask = pad_tokens(states)
        batch = {name: np.stack([row[i] for row in rows]) for i, name in enumerate(("mel", "ids", "motion", "valid"))}
        batch |= {
            "tokens": tokens,
            "mask": mask,
            "captured": np.array([k in CAPTURED for k in drawn], np.int64),
            "trust": np.array([[TRUST[k]] for k in drawn], np.float32),
            "motion_trust": np.array([[MOTION_TRUST[k]] for k in drawn], np.float32),
        }
        return {k: torch.from_numpy(v) for k, v in batch.items()}

    def _crop(self, item: performances.Performance, frames: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        sound = self.sounds[item.sound]
        start = int(rng.integers(max(1, sound.frames - frames + 1)))
        n = min(frames, sound.frames - start)
        at = start + np.minimum(np.arange(frames), n - 1)
        mel = sound.mel[np.stack([2 * at, 2 * at + 1], 1).ravel()].astype(np.float32)
        return (
            mel,
            sound.phone_ids[at].astype(np.int64),
            item.motion[at].astype(np.float32),
            (np.arange(frames) < n).astype(np.float32),
        )


def tuning_clips(bank: Iterable[sounds.LabelledSound], source: str) -> list[str]:
    """Names of a source's clips on which constants are chosen."""
    return [s.name for s in bank if s.source == source][sounds.TUNING_FROM :: sounds.HELD_OUT_EVERY]


def pad_tokens(states: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Token states of several captions as [B, L, 384] with their mask [B, L]."""
    length = max(len(s) for s in states)
    tokens = np.zeros((len(states), length, states[0].shape[1]), np.float32)
    mask = np.zeros((len(states), length), np.float32)
    for i, state in enumerate(states):
        tokens[i, : len(state)], mask[i, : len(state)] = state, 1.0
    return tokens, mask


def channel_weights() -> Tensor:
    """Weight of each of the 55 curves in the loss."""
    weights = [_HEAVY.get(name, 0.35 if region(name) == "gaze" else 1.0) for name in CHANNELS]
    return torch.tensor(weights + [1.5] * len(HEAD))


def flow_loss(
    model: StyleGenerator, audio: Tensor, batch: dict[str, Tensor], config: ActConfig, generator: torch.Generator
) -> Tensor:
    """Error of the clean estimate on the straight path from noise to motion, of the mouth alone, and of velocities."""
    size = len(audio)
    clean = (batch["motion"] - model.mean) / model.scale
    # Most of what sound says about the lips is learned at time 0, where the noisy curves do not give them away.
    time = torch.rand(size, generator=generator) ** 1.5 * (torch.rand(size, generator=generator) > config.from_noise)
    noise = torch.randn(clean.shape, generator=generator) * model.noise
    noisy = time[:, None, None] * clean + (1 - time[:, None, None]) * noise
    style = model.style_reader(batch["tokens"], batch["mask"])
    style = torch.where(torch.rand(size, 1, generator=generator) < config.drop_style, model.no_style, style)
    style = style + model.sources(batch["captured"])
    mouth = model.mouth(audio)[torch.arange(size), :, batch["captured"]]
    audio = torch.cat([audio, mouth.detach()], -1)
    audio = torch.where(torch.rand(size, 1, 1, generator=generator) < config.drop_audio, model.no_audio, audio)
    acted = model.actor(noisy, time, audio, style)
    weight = channel_weights() * batch["motion_trust"][:, None] * batch["valid"][..., None]
    alone = _error_and_speed(mouth - clean[..., LIPS], weight[..., LIPS])
    return _error_and_speed(acted - clean, weight) + alone + _aperture_loss(model, mouth, clean, weight)


def _aperture_loss(model: StyleGenerator, mouth: Tensor, clean: Tensor, weight: Tensor) -> Tensor:
    """Error of the gap between the lips: what an eye sees of the mouth is no single channel."""
    columns = torch.where(LIPS)[0].tolist()
    scale, mean = model.scale[LIPS], model.mean[LIPS]
    said, true = (aperture(x * scale + mean, columns) for x in (mouth, clean[..., LIPS]))
    return _APERTURE * ((said - true).square() * weight.mean(-1, keepdim=True)[..., 0]).mean()


def aperture(lips: Tensor, columns: list[int]) -> Tensor:
    """How far the lips are apart [B, T], as measures.aperture has it, from the channels [B, T, n] of these columns.

    Not cut off at 0, so that shut lips still teach.
    """
    get = lambda name: lips[..., columns.index(INDEX[name])]  # noqa: E731
    pair = lambda name: (get(f"{name}Left") + get(f"{name}Right")) / 2  # noqa: E731
    rolled = (get("mouthRollUpper") + get("mouthRollLower")) / 2
    parted = 0.5 * (pair("mouthLowerDown") + pair("mouthUpperUp") - pair("mouthPress") - rolled)
    return get("jawOpen") - get("mouthClose") + parted


def _error_and_speed(error: Tensor, weight: Tensor) -> Tensor:
    return (error.square() * weight).mean() + 2.0 * (error.diff(dim=1).square() * weight[:, 1:]).mean()


def act(corpus_folder: Path, weights: Path, listener: Path, out: Path, config: ActConfig) -> None:
    """Train the whole generator, from a listener (or from its own checkpoint if `out` exists), and save it averaged."""
    torch.manual_seed(config.seed)
    corpus = Corpus(corpus_folder, SentenceEncoder(weights, threads=1))
    model, step = _start(corpus, listener, out)
    average = copy.deepcopy(model).eval().requires_grad_(False)
    groups = [
        {"params": list(model.listener.parameters()), "lr": config.listener_rate},
        {"params": [p for n, p in model.named_parameters() if not n.startswith("listener.")], "lr": config.rate},
    ]
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.02)
    peaks = [group["lr"] for group in groups]
    rng, generator = np.random.default_rng([config.seed, step]), torch.Generator().manual_seed(config.seed + step)
    began, first, saved, recent = time.monotonic(), step, 0.0, []
    while (done := (time.monotonic() - began) / (60 * config.minutes)) < 1:
        for group, peak in zip(optimiser.param_groups, peaks, strict=True):
            group["lr"] = peak * min(1, (step - first + 1) / 100) * (0.5 + 0.5 * np.cos(np.pi * done)) + 1e-5
        batch = corpus.crops(config, rng)
        audio, phones, contacts = model.listener(augment(batch["mel"], generator))
        heard: Any = sum(phone_losses(phones, contacts, batch["ids"], batch["trust"]), torch.zeros(()))
        acted = flow_loss(model, audio, batch, config, generator)
        optimiser.zero_grad()
        (acted + 0.5 * heard).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step += 1
        _average(average, model, min(config.average, (step + 1) / (step + 20)))
        recent.append((float(acted.detach()), float(heard.detach())))
        if step % 50 == 0:
            _log_row(out, step, np.mean(recent, 0))
            recent = []
        if time.monotonic() - saved > 120:
            save(average, out, step)
            saved = time.monotonic()
    save(average, out, step)
    log.info("stopped at step %d", step)


def _start(corpus: Corpus, listener: Path, out: Path) -> tuple[StyleGenerator, int]:
    for known in (out, SHIPPED):  # go on where this run stopped, or from what ships
        if known.exists():
            return load(known)
    heard = torch.load(listener, weights_only=True)
    model = StyleGenerator(_shape(heard["shape"]))
    model.listener.load_state_dict(heard["listener"])
    model.mean.copy_(torch.from_numpy(corpus.mean))
    model.scale.copy_(torch.from_numpy(corpus.scale))
    return model, 0


def _shape(saved: dict[str, Any]) -> Shape:
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in saved.items()}
    return Shape(**fields)


def load(path: Path) -> tuple[StyleGenerator, int]:
    """Read a checkpoint: the averaged model and its step."""
    saved = torch.load(path, weights_only=True)
    model = StyleGenerator(_shape(saved["shape"]))
    model.load_state_dict(saved["model"])
    return model, saved["step"]


def save(model: StyleGenerator, path: Path, step: int) -> None:
    """Write a checkpoint whole or not at all."""
    part = path.with_suffix(".part")
    torch.save({"shape": model.shape.as_dict(), "model": model.state_dict(), "step": step}, part)
    part.replace(path)


@torch.no_grad()
def _average(average: nn.Module, model: nn.Module, keep: float) -> None:
    for mine, theirs in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
        mine.lerp_(theirs, 1 - keep)


def _log_row(out: Path, step: int, losses: np.ndarray) -> None:
    log.info("step %d acted %.4f heard %.3f", step, *losses)
    with out.with_suffix(".csv").open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerow([step, *(f"{x:.5f}" for x in losses)])
