"""First stage of training: the listener learns phones, contacts and the captured lips before anybody acts."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..data_engine.shards.reading import samples
from ..data_engine.speech.phones import BILABIALS, LABIODENTALS, PHONE_ID, PHONES, per_frame
from ..generator.features import FRAME_RATE, log_mel
from .augment import augment
from .corpus import Corpus, statistics
from .loop import paced
from .network import LIPS, Listener
from .shape import Shape

log = logging.getLogger(__name__)

CONTACT_OF_PHONE = np.array([[p in BILABIALS, p in LABIODENTALS] for p in PHONES], np.float32)


@dataclass(frozen=True)
class ListenConfig:
    """Settings of the first stage."""

    minutes: float = 15.0
    batch: int = 24
    frames: int = 144
    rate: float = 1.5e-3
    seed: int = 0


def listen(corpus_folder: Path, out: Path, config: ListenConfig, shape: Shape | None = None) -> None:
    """Train a listener on the sounds of a corpus for some minutes and save it."""
    shape = shape or Shape()
    torch.manual_seed(config.seed)
    generator = torch.Generator().manual_seed(config.seed)
    corpus = Corpus(corpus_folder, None, config.frames, config.seed)
    mean, scale = (torch.from_numpy(x)[LIPS] for x in statistics(corpus_folder))
    listener = Listener(shape)
    lip_head = nn.Linear(shape.listener_width, int(LIPS.sum()))
    parameters = [*listener.parameters(), *lip_head.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=config.rate, betas=(0.9, 0.98), weight_decay=0.02)
    step = 0
    for step in paced(optimiser, config.minutes, 1e-5):
        batch = corpus.batch(config.batch)
        hidden, phones, contacts = listener(augment(batch["mel"], generator))
        loss_phone, loss_contact = phone_losses(phones, contacts, batch["ids"], batch["trust"])
        error = lip_head(hidden) - (batch["motion"][..., LIPS] - mean) / scale
        loss_lips = (error.square() * batch["weight"][..., LIPS]).mean()
        loss = loss_phone + loss_contact + loss_lips
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        if step % 50 == 0:
            log.info("step %d phone %.3f contact %.3f lips %.3f", step, loss_phone, loss_contact, loss_lips)
    log.info("heard held-out clips: %s after %d steps", held_out_accuracy(listener, corpus_folder), step)
    torch.save({"shape": shape.as_dict(), "listener": listener.state_dict(), "steps": step}, out)


def phone_losses(phones: Tensor, contacts: Tensor, ids: Tensor, trust: Tensor) -> tuple[Tensor, Tensor]:
    """Cross-entropy of phones [B, T, 40] and of contacts [B, T, 2], weighted by the labels' trust [B, 1]."""
    phone = F.cross_entropy(phones.transpose(1, 2), ids, reduction="none", label_smoothing=0.05)
    truth = torch.from_numpy(CONTACT_OF_PHONE).to(ids.device)[ids]
    contact = F.binary_cross_entropy_with_logits(contacts, truth, reduction="none").mean(2)
    return (phone * trust).mean(), 2 * (contact * trust).mean()


def contacts_heard(phones: Tensor, contacts: Tensor) -> Tensor:
    """How likely p b m and f v are [B, T, 2]: the likelier of what the logits of phones and of contacts say."""
    of_phone = torch.from_numpy(CONTACT_OF_PHONE).to(phones.device)
    return torch.maximum(contacts.sigmoid(), phones.softmax(-1) @ of_phone)


@torch.no_grad()
def held_out_accuracy(listener: Listener, corpus: Path, clips: int = 200) -> dict[str, str]:
    """Frame accuracy of phones, and recall and false alarms of bilabials at p + b + m > 0.3, on speakers kept apart."""
    listener.eval()
    counts: dict[str, np.ndarray] = {}
    lips = [PHONE_ID[p] for p in sorted(BILABIALS)]
    for sample in islice(samples(corpus, "validation"), clips):
        if sample.sound is None or sample.phones is None:
            continue
        _, phones, _ = listener(torch.from_numpy(log_mel(sample.sound))[None])
        probability = phones[0].softmax(-1).numpy()
        truth = per_frame(list(sample.phones), len(probability), FRAME_RATE).astype(int)
        heard, is_closed = probability[:, lips].sum(1) > 0.3, np.isin(truth, lips)
        counts.setdefault(sample.source, np.zeros(5))[:] += (
            (probability.argmax(1) == truth).sum(), len(truth), (heard & is_closed).sum(), is_closed.sum(),
            (heard & ~is_closed).sum(),
        )  # fmt: skip
    listener.train()
    return {
        source: f"phones {right / total:.3f} bilabial recall {hit / max(closed, 1):.3f} false {false / total:.4f}"
        for source, (right, total, hit, closed, false) in counts.items()
    }
