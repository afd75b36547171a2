"""The trained networks as ONNX Runtime sessions: listener, two readers of style, actor, and the sentence encoder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..contract import BackendFailed
from . import providers
from .known_words import KnownWords
from .style_space import WEIGHTS
from .style_text import SentenceEncoder
from .windows import windowed


class Networks:
    """Everything learned, loaded from a folder. Raises BackendFailed where a file is missing or broken."""

    def __init__(self, folder: Path = WEIGHTS):
        try:
            self.settings = json.loads((folder / "generator.json").read_text(encoding="utf-8"))
            self._encoder = SentenceEncoder(folder)
            self._known = KnownWords(folder, self._encoder)
            self._listener, self._style_reader, self._reference_reader, self._actor = (
                providers.session(folder / f"{name}.onnx")
                for name in ("listener", "style_reader", "reference_reader", "actor")
            )
        except Exception as error:  # onnxruntime raises a family of its own for each way a file can be broken
            reason = f"The model in {folder} cannot be loaded ({type(error).__name__}); reinstall Mien."
            raise BackendFailed(reason) from error
        self._run_listener, self._run_actor = providers.runner(self._listener), providers.runner(self._actor)
        self.mean, self.scale, self.noise = (np.array(self.settings[k], np.float32) for k in ("mean", "scale", "noise"))

    @property
    def provider(self) -> str:
        """Execution provider that the actor, the bulk of the work, runs on."""
        return providers.name_of(self._actor)

    def listen(self, mel: np.ndarray, on_window: Callable[[], None]) -> tuple[np.ndarray, np.ndarray]:
        """Log-mel [2T, 80] -> audio features [T, W] and probabilities of contact [T, 2] (p b m | f v).

        on_window is called before each window and may raise to stop.
        """

        def run(span: slice) -> np.ndarray:
            on_window()
            feed = {"mel": mel[None, 2 * span.start : 2 * span.stop]}
            return np.concatenate([x[0] for x in self._run_listener(["audio", "contacts"], feed)], axis=1)

        both = windowed(run, len(mel) // 2, self.settings["listener_halo"])
        return both[:, :-2], both[:, -2:]

    def read_style(self, text: str) -> np.ndarray:
        """Style text -> style summary [S]; words of feeling that nobody taught are read as the nearest that were."""
        tokens = self._encoder.tokens(self._known.put(text))[None]
        mask = np.ones(tokens.shape[:2], np.float32)
        return self._style_reader.run(["style"], {"tokens": tokens, "mask": mask})[0][0]

    def read_reference(self, values: np.ndarray, head: np.ndarray) -> np.ndarray:
        """Curves [T, 52] and head [T, 3] at 50 Hz, of some seconds, -> style summary [S]."""
        motion = np.concatenate([values, head], 1, dtype=np.float32)[None]
        return self._reference_reader.run(["style"], {"motion": motion})[0][0]

    def act(
        self, noisy: np.ndarray, time: float, audio: np.ndarray, styles: np.ndarray, strength: np.ndarray
    ) -> np.ndarray:
        """Clean curves [B, T, 55] estimated from noisy ones [B, T, 55], audio [T, W], styles [B, S], strengths [B]."""
        feed = {
            "noisy": noisy,
            "time": np.full(len(noisy), time, np.float32),
            "audio": np.repeat(audio[None], len(noisy), 0),
            "style": styles,
            "strength": strength,
        }
        return self._run_actor(["clean"], feed)[0]
