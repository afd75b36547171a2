"""Networks without weights: each hears, reads and acts by a rule, over as many frames as its halo."""

from __future__ import annotations

from typing import Any

import numpy as np

from inference_backend.contract import CHANNELS, INDEX
from inference_backend.generator.finishing import LIPS

BROW, SMILE, PITCH = INDEX["browInnerUp"], INDEX["cheekSquintLeft"], len(CHANNELS)
STYLES = {"": (0, 0, 0), "worried": (1, 0, 0), "happy": (0, 1, 0)}
LISTENER_HALO, ACTOR_HALO = 3, 7


def blur(x: np.ndarray, reach: int) -> np.ndarray:
    """Mean over reach frames on either side [T, ...], silence beyond the ends."""
    padded = np.pad(x, [(reach, reach)] + [(0, 0)] * (x.ndim - 1))
    return sum(padded[k : k + len(x)] for k in range(2 * reach + 1)) / np.float32(2 * reach + 1)


class FakeNetworks:
    """The third number of a style comes from references: how much their left cheek is squinted."""

    provider = "Fake"

    def __init__(self) -> None:
        self.settings: dict[str, Any] = {"version": "fake", "listener_halo": LISTENER_HALO, "actor_halo": ACTOR_HALO}
        self.mean, self.scale = np.full(55, 0.25, np.float32), np.full(55, 0.5, np.float32)
        self.noise = np.ones(55, np.float32)
        self.noise[LIPS] = 0
        self.settings["mouth_rest"] = [-0.5] * len(LIPS)  # no curve at all
        self.heard_frames = 0
        self.acted: list[tuple[int, tuple[float, ...]]] = []  # rows and style of each call
        self.reads: list[str] = []

    def listen(self, mel: np.ndarray, on_window: Any) -> tuple[np.ndarray, np.ndarray]:
        on_window()
        loud = mel.reshape(len(mel) // 2, -1).mean(axis=1)
        self.heard_frames += len(loud)
        smooth = blur(loud[:, None], LISTENER_HALO)
        mouth = np.repeat(smooth, len(LIPS), axis=1)
        return np.concatenate([smooth, mouth], 1), np.repeat((loud[:, None] < -1.2) * np.float32(1.0), 2, axis=1)

    def read_style(self, text: str) -> np.ndarray:
        self.reads.append(text)
        return np.array(STYLES[text], np.float32)

    def read_reference(self, values: np.ndarray, head: np.ndarray) -> np.ndarray:
        assert values.shape == (len(head), len(CHANNELS))
        self.reads.append(f"{len(values)} frames")
        return np.array([0, 0, values[:, SMILE].mean()], np.float32)

    def act(
        self, noisy: np.ndarray, time: float, audio: np.ndarray, styles: np.ndarray, strength: np.ndarray
    ) -> np.ndarray:
        assert len(noisy) == len(styles) == len(strength)
        self.acted.append((len(noisy), tuple(styles[0].tolist())))
        clean = np.stack([blur(row, ACTOR_HALO) for row in noisy]) * np.float32(0.8)
        clean[..., LIPS] = audio[None, :, -len(LIPS) :]
        for column, number in ((BROW, 0), (SMILE, 1), (PITCH, 2)):
            clean[..., column] += strength[:, None] * styles[:, number, None]
        return clean
