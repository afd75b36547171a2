"""Style text to token states, by the frozen sentence encoder: the same code in training and in serving."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tokenizers import Encoding, Tokenizer

from . import providers

TOKEN_WIDTH = 384
MAX_TOKENS = 64
_FRAMES = ("{}", "a {} look", "a person who is {}", "speaks and is {}", "make the face clearly {}")


class SentenceEncoder:
    """The sentence encoder in a folder of weights: sentence_encoder.onnx and tokenizer.json."""

    def __init__(self, folder: Path, threads: int = 0):
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        # One short text is quicker on the CPU than its way to a GPU, and int8 is made for it.
        self._session = providers.session(folder / "sentence_encoder.onnx", threads, ["CPUExecutionProvider"])

    def tokens(self, text: str) -> np.ndarray:
        """Token states float32 [L, 384] of one text, L at most 64; an empty text has its two boundary tokens."""
        ids = np.array([self._tokenizer.encode(text.strip().lower()).ids], np.int64)
        return self._states(ids)

    def meaning(self, text: str) -> np.ndarray:
        """Place words by what they mean, a unit vector [384]: the states of their own tokens, in several frames."""
        means = []
        for frame in _FRAMES:
            read = self._tokenizer.encode(frame.format(text.lower()))
            mean = self._states(np.array([read.ids], np.int64))[own_tokens(read, text, frame)].mean(0)
            means.append(mean / np.linalg.norm(mean))
        point = np.mean(means, 0)
        return (point / np.linalg.norm(point)).astype(np.float32)

    def _states(self, ids: np.ndarray) -> np.ndarray:
        (states,) = self._session.run(None, {"ids": ids, "mask": np.ones_like(ids)})
        return states[0]


def own_tokens(read: Encoding, text: str, frame: str) -> list[bool]:
    """Tell which tokens of a frame with a text in it, such as "a {} look", are the text's own."""
    at = frame.index("{}")
    return [at <= low < high <= at + len(text) for low, high in read.offsets]
