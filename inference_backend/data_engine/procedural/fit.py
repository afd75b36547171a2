"""Fit the lips' constants to captured faces: targets, dominances and reaches of phones, by gradient descent.

What comes out is where `visemes.py` started from. Needs torch; nothing else in the procedural teacher does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ...generator.features import FRAME_RATE, log_mel
from ..captures import Captures
from ..speech.phones import Phone
from ..speech.recordings import phrases_of
from . import motion
from .prosody import loudness_of
from .visemes import ARTICULATORS, CLASS_OF, CLASSES, PHONE_ROWS, POWER, Articulator, steady_parts

_ROUNDING = 1e-2  # keeps the distance smooth at the rim of a phone's core
_SHRINK = 2e-3  # pulls phones towards the mean of their class, so that rare ones borrow from alike ones
_SEEN = ("jaw", "lips", "rounding")
_SPEED = 0.5  # weight of the error in speed


@dataclass(frozen=True)
class _Batch:
    """Clips side by side: curves [B, T, C], inside [B, T], loudness [B, T]; centre, half, row, there [B, P]."""

    curves: Tensor
    inside: Tensor
    loudness: Tensor
    centre: Tensor
    half: Tensor
    row: Tensor
    there: Tensor

    def __getitem__(self, which: Tensor) -> _Batch:
        return _Batch(*(value[which] for value in vars(self).values()))


class _Model(nn.Module):
    """The blend of `lips.blend` with everything free."""

    def __init__(self, channels: int):
        super().__init__()
        rows, classes = len(PHONE_ROWS), len(CLASSES)
        self.of_class = torch.tensor([CLASSES.index(CLASS_OF[name]) for name in PHONE_ROWS])
        self.shared = nn.Parameter(torch.full((classes, channels), 0.1))
        self.own = nn.Parameter(torch.zeros(rows, channels))
        self.dominance = nn.Parameter(torch.zeros(classes))
        self.reach = nn.Parameter(torch.full((2, classes), -3.0))
        self.core = nn.Parameter(torch.tensor(0.0))
        self.lag = nn.Parameter(torch.tensor(0.02))
        self.gain = nn.Parameter(torch.tensor([0.8, 0.2]))

    def targets(self) -> Tensor:
        return self.shared[self.of_class] + self.own

    def forward(self, batch: _Batch) -> Tensor:
        time = torch.arange(batch.inside.shape[1]) / FRAME_RATE
        kind = self.of_class[batch.row]
        offset = time[None, :, None] - batch.centre[:, None] - self.lag
        before, after = self.reach.exp()
        reach = torch.where(offset < 0, before[kind][:, None], after[kind][:, None])
        distance = torch.relu(offset.abs() - torch.sigmoid(self.core) * batch.half[:, None]) / reach
        score = self.dominance[kind][:, None] - (distance**2 + _ROUNDING**2) ** (POWER / 2)
        weight = torch.softmax(score + (batch.there[:, None] - 1) * 1e4, -1)
        loud = (self.gain[0] + self.gain[1] * batch.loudness)[..., None]
        return (weight @ self.targets()[batch.row]) * loud

    def penalty(self) -> Tensor:
        spread = (self.reach + 3).square().mean() + self.dominance.square().mean()
        return _SHRINK * self.own.square().sum() + 1e-4 * spread


def fit_lips(folder: Path, steps: int = 300) -> Iterator[str]:
    """Fit what trackers see to a GRID folder (audio, curves.npz, phones.json); give a table's lines."""
    torch.manual_seed(0)
    clips = _pack(list(_taught(folder)))
    for name in _SEEN:
        articulator = ARTICULATORS[name]
        yield from _lines(name, _fit(clips, articulator, steps))


def _fit(clips: _Batch, articulator: Articulator, steps: int) -> _Model:
    columns = [motion.columns(unit)[0] for unit in articulator.units]
    scale = clips.curves[clips.inside > 0][:, columns].std(0)
    model = _Model(len(columns))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        batch = clips[torch.randperm(len(clips.inside))[:96]]
        error = (model(batch) - batch.curves[..., columns]) / (scale + 1e-3) * batch.inside[..., None]
        loss = error.square().mean() + _SPEED * error.diff(dim=1).square().mean() + model.penalty()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return model


def _taught(folder: Path) -> Iterator[tuple[np.ndarray, np.ndarray, list[Phone]]]:
    """Curves, loudness and steady phones of the clips that are neither measured nor tuned on."""
    captures = Captures(folder / "curves.npz")
    for phrase in phrases_of("grid_s1", folder):
        if phrase.split != "train" or phrase.path.stem not in captures.clips:
            continue
        curves, track = captures.curves(phrase.path.stem)[0], phrase.track()
        loudness = loudness_of(log_mel(track.samples))
        frames = min(len(curves), len(loudness))
        yield curves[:frames], loudness[:frames], [part for phone in track.phones for part in steady_parts(phone)]


def _pack(clips: list[tuple[np.ndarray, np.ndarray, list[Phone]]]) -> _Batch:
    frames, most = max(len(c) for c, _, _ in clips), max(len(p) for _, _, p in clips)
    curves = np.zeros((len(clips), frames, clips[0][0].shape[1]), np.float32)
    inside, loudness = np.zeros((2, len(clips), frames), np.float32)
    centre, half, there = np.zeros((3, len(clips), most), np.float32)
    row = np.zeros((len(clips), most), int)
    for i, (curve, loud, parts) in enumerate(clips):
        curves[i, : len(curve)], inside[i, : len(curve)], loudness[i, : len(curve)] = curve, 1, loud
        start, end = np.array([(p.start_s, p.end_s) for p in parts]).T
        centre[i, : len(parts)], half[i, : len(parts)], there[i, : len(parts)] = (start + end) / 2, (end - start) / 2, 1
        row[i, : len(parts)] = [PHONE_ROWS.index(p.name) for p in parts]
    return _Batch(*map(torch.tensor, (curves, inside, loudness, centre, half, row, there)))


def _lines(name: str, model: _Model) -> Iterator[str]:
    core, lag, (steady, loud) = torch.sigmoid(model.core).item(), model.lag.item(), model.gain.tolist()
    whole = steady + loud  # targets are given as at speaking level
    yield f"{name}: core={core:.2f}, lag_s={lag:.3f}, loudness={loud / whole:.2f}"
    before, after = model.reach.exp().tolist()
    for kind, dominance, early, late in zip(CLASSES, model.dominance.tolist(), before, after, strict=True):
        yield f"    {kind!r}: ({dominance:.2f}, {early:.3f}, {late:.3f}),"
    for phone, target in zip(PHONE_ROWS, (model.targets() * whole).tolist(), strict=True):
        yield f"    {phone!r}: ({', '.join(f'{t:.3f}' for t in target)}),"
