"""The pipeline: a sound and a request in, a Take out. Panel, command line, batch and evaluation all come here."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np

from ..contract import CHANNELS, INDEX, OnProgress, Progress, Request, Take, frame_count, region
from . import contacts, features
from .networks import WEIGHTS, Networks
from .resample import resample
from .sampler import frame_noise, sample
from .sound import Sound
from .windows import spans

STEPS = 5
# Guidance away from neutral: gestures of the head need it, lips must not be pushed off their sounds.
HEAD_GUIDANCE = [2.0, 3.0, 1.5]  # pitch, yaw, roll
STYLE_GUIDANCE = np.array([1.0] * len(CHANNELS) + HEAD_GUIDANCE, np.float32)
LIPS = [i for i, name in enumerate(CHANNELS) if region(name) == "lips"]
JAW = 0.91  # brings the aperture's range to that of captured faces
BLINKS = [INDEX["eyeBlinkLeft"], INDEX["eyeBlinkRight"]]  # of one noise, for both lids fall together
BLINK_TEMPERATURE = 1.1  # some 15 blinks a minute; with much less they are averaged away
TEMPERATURE = 0.9  # full noise gives the spread of the training data, a little less of it fewer odd takes


def ignore(progress: Progress) -> None:
    """Take no notice of progress."""


def load(folder: Path = WEIGHTS) -> Generator:
    """Load the style generator; raises BackendFailed."""
    return Generator(Networks(folder))


class Generator:
    """The loaded style generator."""

    def __init__(self, networks: Networks):
        self._networks = networks
        self._neutral = networks.read_style("")

    @property
    def provider(self) -> str:
        """Execution provider in use."""
        return self._networks.provider

    def generate(self, sound: Sound, request: Request, on_progress: OnProgress = ignore) -> Take:
        """Perform a sound in a style; on_progress may raise Cancelled between steps."""
        listening = lambda: on_progress(Progress(0.0, "listening"))  # noqa: E731
        mel = features.log_mel(sound.samples, listening)
        audio, heard = self._networks.listen(mel, listening)
        on_progress(Progress(0.15, "reading the style"))
        style = self._networks.read_style(request.style)
        motion = self._perform(audio, style, request, on_progress)
        on_progress(Progress(0.95, "finishing"))
        curves, head = _finish(motion, heard, request)
        frames = frame_count(sound.duration_s, request.fps)
        at_fps = resample(np.concatenate([curves, head], 1), features.FRAME_RATE, request.fps, frames)
        values, head = at_fps[:, : len(CHANNELS)], at_fps[:, len(CHANNELS) :]
        meta = {"request": asdict(request), "model": self._networks.settings["version"], "provider": self.provider}
        on_progress(Progress(1.0, "done"))
        return Take(request.fps, np.clip(values, 0, 1).astype(np.float32), head.astype(np.float32), meta)

    def _perform(self, audio: np.ndarray, style: np.ndarray, request: Request, on_progress: OnProgress) -> np.ndarray:
        """Sample normalised motion and scale it back: curves and head [T, 55] at 50 Hz."""
        on_progress(Progress(0.2, "acting"))
        networks, frames = self._networks, len(audio)
        noise = frame_noise(request.seed, frames, len(networks.noise)) * networks.noise * TEMPERATURE
        noise[:, BLINKS] = BLINK_TEMPERATURE * noise[:, BLINKS[:1]]
        halo = networks.settings["actor_halo"]
        total, done = STEPS * len(list(spans(frames, halo))), 0
        styles = np.stack([self._neutral, style])
        style_of_lips: list[np.ndarray] = []

        def denoise(x: np.ndarray, time: float) -> np.ndarray:
            nonlocal done
            parts = []
            for read, keep in spans(frames, halo):
                neutral, styled = networks.act(x[read], time, audio[read], styles)
                parts.append((neutral + request.strength * STYLE_GUIDANCE * (styled - neutral))[keep])
                if time == 0:
                    style_of_lips.append(request.strength * (styled - neutral)[keep][:, LIPS])
                done += 1
                on_progress(Progress(0.2 + 0.75 * done / total, "acting"))
            return np.concatenate(parts)

        motion = sample(denoise, noise, STEPS)
        # Lips are what the sound says and, seen at the first step, what the style adds; later steps only blur them.
        motion[:, LIPS] = audio[:, -len(LIPS) :] + np.concatenate(style_of_lips)
        return motion * networks.scale + networks.mean


def _finish(motion: np.ndarray, heard: np.ndarray, request: Request) -> tuple[np.ndarray, np.ndarray]:
    """Bound the curves, make the contacts that were heard, and scale the head."""
    curves = np.clip(motion[:, : len(CHANNELS)], 0.0, 1.0)
    curves[:, INDEX["jawOpen"]] *= JAW
    contacts.settle(curves)
    contacts.close_lips(curves, contacts.gates_from(heard[:, 0]))
    contacts.tuck_lip(curves, contacts.gates_from(heard[:, 1]))
    return curves, motion[:, len(CHANNELS) :] * request.head_motion
