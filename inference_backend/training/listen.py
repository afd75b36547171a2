"""First stage of training: the listener learns phones, contacts and the captured lips before anybody acts."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..data_engine.captures import captured_lips
from ..data_engine.speech import sounds
from ..data_engine.speech.phones import BILABIALS, LABIODENTALS, PHONE_ID, PHONES
from .augment import augment
from .network import Listener, Shape

log = logging.getLogger(__name__)

# Share of each source in a batch, and how far its phone labels are trusted.
MIXTURE = {"tts": 0.5, "grid_s1": 0.2, "librispeech": 0.14, "coffee_orders": 0.08, "ljspeech": 0.02, "wordless": 0.06}
TRUST = {"tts": 1.0, "grid_s1": 1.0, "librispeech": 0.6, "coffee_orders": 0.35, "ljspeech": 1.0, "wordless": 1.0}
CONTACT_OF_PHONE = np.array([[p in BILABIALS, p in LABIODENTALS] for p in PHONES], np.float32)


@dataclass(frozen=True)
class ListenConfig:
    """Settings of the first stage."""

    minutes: float = 15.0
    batch: int = 24
    frames: int = 144
    rate: float = 1.5e-3
    seed: int = 0


def source_of(name: str) -> str:
    """Source family of a labelled sound's source name."""
    return name.partition(":")[0]


def listen(corpus: Path, out: Path, config: ListenConfig, shape: Shape | None = None) -> None:
    """Train a listener on the sounds of a corpus for some minutes and save it."""
    shape = shape or Shape()
    torch.manual_seed(config.seed)
    rng, generator = np.random.default_rng(config.seed), torch.Generator().manual_seed(config.seed)
    bank = [s for path in sorted((corpus / "sounds").glob("*.npz")) for s in sounds.load(path)]
    train = {k: [s for s in bank if source_of(s.source) == k and not s.held_out] for k in MIXTURE}
    held = [s for s in bank if s.held_out]
    lips = captured_lips(corpus)
    listener = Listener(shape)
    lip_head = nn.Linear(shape.listener_width, next(iter(lips.values())).shape[1])
    parameters = [*listener.parameters(), *lip_head.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=config.rate, betas=(0.9, 0.98), weight_decay=0.02)
    mean = np.mean(np.concatenate(list(lips.values())), 0)
    spread = np.std(np.concatenate(list(lips.values())), 0) + 0.01
    start, step = time.monotonic(), 0
    while (done := (time.monotonic() - start) / (60 * config.minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = config.rate * min(1, (step + 1) / 100) * (0.5 + 0.5 * np.cos(np.pi * done)) + 1e-5
        batch = _crops(train, lips, config, rng)
        mel = augment(batch["mel"], generator)
        hidden, phones, contacts = listener(mel)
        loss_phone, loss_contact = phone_losses(phones, contacts, batch["ids"], batch["trust"])
        error = lip_head(hidden) - (batch["lips"] - mean) / spread
        loss_lips = (error.square().mean(2) * batch["has_lips"]).sum() / batch["has_lips"].sum().clamp_min(1)
        loss = loss_phone + loss_contact + loss_lips
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        step += 1
        if step % 50 == 0:
            log.info("step %d phone %.3f contact %.3f lips %.3f", step, loss_phone, loss_contact, loss_lips)
        if step % 500 == 0:
            log.info("held out: %s", held_out_accuracy(listener, held))
    log.info("held out: %s after %d steps", held_out_accuracy(listener, held), step)
    torch.save({"shape": shape.as_dict(), "listener": listener.state_dict(), "steps": step}, out)


def phone_losses(phones: Tensor, contacts: Tensor, ids: Tensor, trust: Tensor) -> tuple[Tensor, Tensor]:
    """Cross-entropy of phones [B, T, 40] and of contacts [B, T, 2], weighted by the labels' trust [B, 1]."""
    phone = F.cross_entropy(phones.transpose(1, 2), ids, reduction="none", label_smoothing=0.05)
    truth = torch.from_numpy(CONTACT_OF_PHONE)[ids]
    contact = F.binary_cross_entropy_with_logits(contacts, truth, reduction="none").mean(2)
    return (phone * trust).mean(), 2 * (contact * trust).mean()


def _crops(train: dict, lips: dict, config: ListenConfig, rng: np.random.Generator) -> dict[str, Tensor]:
    sources = [k for k in MIXTURE if train[k]]
    weights = np.array([MIXTURE[k] for k in sources])
    width = next(iter(lips.values())).shape[1]
    mel = np.zeros((config.batch, 2 * config.frames, 80), np.float32)
    ids = np.zeros((config.batch, config.frames), np.int64)
    curves = np.zeros((config.batch, config.frames, width), np.float32)
    has, trust = np.zeros((config.batch, config.frames), np.float32), np.zeros((config.batch, 1), np.float32)
    for b, source in enumerate(rng.choice(sources, config.batch, p=weights / weights.sum())):
        clip = train[source][rng.integers(len(train[source]))]
        start = int(rng.integers(max(1, clip.frames - config.frames + 1)))
        n = min(config.frames, clip.frames - start)
        mel[b, : 2 * n] = clip.mel[2 * start : 2 * (start + n)]
        mel[b, 2 * n :] = mel[b, max(0, 2 * n - 1)]
        ids[b, :n] = clip.phone_ids[start : start + n]
        trust[b] = TRUST[source]
        if clip.name in lips:
            rows = lips[clip.name][start : start + n]
            curves[b, : len(rows)], has[b, : len(rows)] = rows, 1.0
    tensors = {"mel": mel, "ids": ids, "lips": curves, "has_lips": has, "trust": trust}
    return {k: torch.from_numpy(v) for k, v in tensors.items()}


@torch.no_grad()
def held_out_accuracy(listener: Listener, held: list[sounds.LabelledSound], per_source: int = 40) -> dict[str, str]:
    """Frame accuracy of phones, and recall and false alarms of bilabials at p + b + m > 0.3, on held-out sounds."""
    listener.eval()
    result, lips = {}, [PHONE_ID[p] for p in sorted(BILABIALS)]
    for source in sorted({source_of(s.source) for s in held}):
        clips = [s for s in held if source_of(s.source) == source][:per_source]
        right = total = hit = closed = false = 0.0
        for clip in clips:
            _, phones, _ = listener(torch.from_numpy(clip.mel.astype(np.float32))[None])
            probability = phones[0].softmax(-1).numpy()
            truth = clip.phone_ids.astype(int)
            right += (probability.argmax(1) == truth).sum()
            total += len(truth)
            heard, is_closed = probability[:, lips].sum(1) > 0.3, np.isin(truth, lips)
            hit += (heard & is_closed).sum()
            closed += is_closed.sum()
            false += (heard & ~is_closed).sum()
        result[source] = f"phones {right / total:.3f} bilabial recall {hit / closed:.3f} false {false / total:.4f}"
    listener.train()
    return result
