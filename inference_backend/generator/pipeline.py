"""The pipeline: a sound and a request in, a Take out. Panel, command line, batch and evaluation all come here."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..contract import CHANNELS, INDEX, OnProgress, Progress, Request, Take, frame_count, ignore, need_variations
from . import features, windows
from .finishing import HALO, Finisher
from .mixer import Mixer
from .networks import WEIGHTS, Networks
from .resample import resample
from .sampler import frame_noise, sample
from .sound import Sound
from .timeline import Timeline
from .windows import Piece, in_context, spans

STEPS = 4
BLINKS = [INDEX["eyeBlinkLeft"], INDEX["eyeBlinkRight"]]  # of one noise, for both lids fall together
BLINK_TEMPERATURE = 1.1  # some 15 blinks a minute; with much less they are averaged away
TEMPERATURE = 0.9  # full noise gives the spread of the training data, a little less of it fewer odd takes
_ROWS = {"CPU": 2}  # takes that act at once: CPUs gain nothing by more, and a cancelled take waits for them
_MOST_ROWS = 64
_HEARD_AT_ONCE = 4  # windows: what the listener reads around them costs less than around each
_ACTED, _FINISHED = 0.1, 0.94  # fractions at which acting begins and ends


def load(folder: Path = WEIGHTS) -> Generator:
    """Load the style generator; raises BackendFailed."""
    return Generator(Networks(folder))


class Generator:
    """The loaded style generator."""

    def __init__(self, networks: Networks):
        self._networks = networks

    @property
    def provider(self) -> str:
        """Execution provider in use."""
        return self._networks.provider

    def style_of(self, request: Request) -> np.ndarray:
        """Mix the style that a request begins with, float32 [S]: what a saved style keeps."""
        return Mixer(self._networks, lambda: None).read(Timeline(request).recipes[0])

    def generate(self, sound: Sound, request: Request, on_progress: OnProgress = ignore) -> Take:
        """Perform a sound in a style; on_progress may raise Cancelled between steps."""
        return self.variations(sound, request, 1, on_progress)[0]

    def variations(self, sound: Sound, request: Request, count: int, on_progress: OnProgress = ignore) -> list[Take]:
        """Perform a sound with the seeds seed .. seed + count - 1; raises BadRequest where these are too many."""
        need_variations(count)
        return self.batch(sound, request, count, on_progress)

    def batch(self, sound: Sound, request: Request, count: int, on_progress: OnProgress = ignore) -> list[Take]:
        """Make variations of any number: how many are too many is for the caller to know, by its memory."""
        requests = [dataclasses.replace(request, seed=(request.seed + k) % 2**31) for k in range(count)]
        performance = _Performance(self._networks, sound, requests, on_progress)
        motion = performance.act()
        meta = {"model": self._networks.settings["version"], "provider": self.provider}
        takes = []
        for k, each in enumerate(requests):
            report = performance.reporter(_FINISHED + (1 - _FINISHED) * k / count, "finishing")
            takes.append(_take(motion[k], sound, each, meta, report))
        on_progress(Progress(1.0, "done"))
        return takes


class _Performance:
    """One sound being performed, in takes that differ by seed: it flows through in pieces, so memory stays flat."""

    def __init__(self, networks: Networks, sound: Sound, requests: list[Request], on_progress: OnProgress):
        self._networks = networks
        self._requests = requests
        self._on_progress = on_progress
        request = requests[0]
        self._mel = features.LogMel(sound.samples, self.reporter(0.0, "listening"))
        self._frames = features.network_frames(len(sound.samples))
        self._timeline = Timeline(request)
        mixer = Mixer(networks, self.reporter(0.05, "reading the style"))
        self._styles = np.stack([mixer.read(recipe) for recipe in self._timeline.recipes])
        self._strength = request.strength
        self._finisher = Finisher(networks, request)
        self._steps = networks.settings.get("steps", STEPS)
        self._windows = self._steps * -(-self._frames // windows.WINDOW)
        self._done = 0

    def reporter(self, fraction: float, phase: str) -> Any:
        """Give a function that tells how far the work is, and so lets it be cancelled."""
        return lambda: self._on_progress(Progress(fraction, phase))

    def act(self) -> np.ndarray:
        """Perform: curves and head float32 [B, T, 55] at 50 Hz."""
        halo = self._networks.settings["actor_halo"]
        motion = np.empty((len(self._requests), self._frames, len(self._networks.mean)), np.float32)
        start = 0
        for piece, keep in in_context(sample(self._heard(), self._denoise, self._steps, halo), HALO):
            finished = self._finisher.finish(piece, keep)
            motion[:, start : start + len(finished)] = finished.swapaxes(0, 1)
            start += len(finished)
        return motion

    def _heard(self) -> Iterator[Piece]:
        """Listen to the sound, and give what is heard with the noise that acting starts from, window by window."""
        halo = self._networks.settings["listener_halo"]
        start = 0
        for read, keep in spans(self._frames, halo, _HEARD_AT_ONCE * windows.WINDOW):
            mel = self._mel.rows(2 * read.start, 2 * read.stop)
            audio, contacts = self._networks.listen(mel, self._report)
            audio, contacts = audio[keep], contacts[keep]
            for low in range(0, len(audio), windows.WINDOW):
                part = slice(low, min(low + windows.WINDOW, len(audio)))
                at = start + part.start, start + part.stop
                noise = self._noise(*at)
                yield Piece(noise, audio[part], contacts[part], self._timeline.weights(*at), np.zeros_like(noise))
            start += len(audio)

    def _noise(self, start: int, stop: int) -> np.ndarray:
        """Draw what each take starts from, [n, B, 55]."""
        size = self._networks.noise * np.float32(TEMPERATURE)
        noise = np.stack([frame_noise(r.seed, start, stop, len(size)) * size for r in self._requests], axis=1)
        noise[..., BLINKS] = BLINK_TEMPERATURE * noise[..., BLINKS[:1]]
        return noise

    def _denoise(self, noisy: Piece, keep: slice, time: float) -> np.ndarray:
        """Estimate the clean motion [n, B, 55] of the kept frames: each style that rules there, by its weight."""
        rows = np.ascontiguousarray(noisy.motion.swapaxes(0, 1))  # [B, T, 55]
        weights = noisy.styles[keep]
        clean = np.zeros_like(noisy.motion[keep])
        for index in np.flatnonzero(weights.any(axis=0)):
            acted = self._act(rows, time, noisy.audio, self._styles[index])
            clean += acted[:, keep].swapaxes(0, 1) * weights[:, index, None, None]
        self._done += 1
        self._report()
        return clean

    def _act(self, rows: np.ndarray, time: float, audio: np.ndarray, style: np.ndarray) -> np.ndarray:
        """Have takes [B, T, 55] acted in one style, as many at once as this machine does well."""
        most = _ROWS.get(self._networks.provider, _MOST_ROWS)
        acted = []
        for low in range(0, len(rows), most):
            self._report()
            part = rows[low : low + most]
            styles, strength = np.repeat(style[None], len(part), 0), np.full(len(part), self._strength, np.float32)
            acted.append(self._networks.act(part, time, audio, styles, strength))
        return np.concatenate(acted)

    def _report(self) -> None:
        done = self._done / self._windows
        self._on_progress(Progress(_ACTED + (_FINISHED - _ACTED) * done, "acting"))


def _take(motion: np.ndarray, sound: Sound, request: Request, meta: dict[str, Any], on_column: Any) -> Take:
    """Sample finished motion [T, 55] at the frames that were asked for."""
    frames = frame_count(sound.duration_s, request.fps)
    at_fps = resample(motion, features.FRAME_RATE, request.fps, frames, on_column)
    values, head = at_fps[:, : len(CHANNELS)], at_fps[:, len(CHANNELS) :].copy()
    return Take(request.fps, np.clip(values, 0, 1), head, {"request": _told(request), **meta})


def _told(request: Request) -> dict[str, Any]:
    """Tell a request in a take's meta: all of it, but of the references, which are large, their hashes alone."""

    def part(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if fields.get("reference"):
            fields["reference"] = f"sha256:{hashlib.sha256(fields['reference'].encode()).hexdigest()}"
        return fields

    return dataclasses.asdict(request, dict_factory=part)
