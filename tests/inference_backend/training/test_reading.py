"""The style reader under another encoder: captions lead to the styles that they led to, in other words too."""

from __future__ import annotations

import copy
from typing import Any, cast

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs PyTorch")

from inference_backend.training.network import StyleGenerator  # noqa: E402
from inference_backend.training.reading import ReadingConfig, fit_reader  # noqa: E402
from inference_backend.training.shape import Shape  # noqa: E402


class Encoder:
    """Token states of a text: its words' own, turned by a matrix."""

    def __init__(self, turned: int):
        self._turn = np.linalg.qr(np.random.default_rng(turned).normal(size=(384, 384)))[0].astype(np.float32)

    def tokens(self, text: str) -> np.ndarray:
        """Read a text."""
        drawn = [np.random.default_rng(list(word.encode())).normal(size=384) for word in text.lower().split()]
        return np.float32(drawn) @ self._turn


def style(model: StyleGenerator, encoder: Encoder, text: str) -> Any:
    states = torch.from_numpy(encoder.tokens(text))[None]
    with torch.no_grad():
        return model.style_reader(states, torch.ones(states.shape[:2]))[0]


def test_a_reader_learns_another_encoder_and_all_else_stays():
    torch.manual_seed(0)
    model, before, after = StyleGenerator(Shape()), Encoder(1), Encoder(2)
    known = copy.deepcopy(model)
    fit_reader(
        model, cast(Any, before), cast(Any, after), ReadingConfig(minutes=0.4, captions=150, blur=0.0, asked=0.0)
    )
    captions = ("a sad woman speaks", "a happy man speaks", "an angry child speaks")
    goals = torch.stack([style(known, before, text) for text in captions])
    off = lambda reader: (torch.stack([style(reader, after, text) for text in captions]) - goals).square().mean()  # noqa: E731
    assert off(model) < 0.85 * off(known)
    same = [name for name, value in model.state_dict().items() if torch.equal(value, known.state_dict()[name])]
    assert {name for name in known.state_dict() if name not in same} <= {
        name for name in known.state_dict() if name.startswith("style_reader.")
    }
