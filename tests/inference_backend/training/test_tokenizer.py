"""Motion becomes codes and comes back; errors weigh by the face that they move."""

from __future__ import annotations

from itertools import repeat

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch")

from inference_backend.contract import CHANNELS, INDEX  # noqa: E402
from inference_backend.training.geometry import millimetres  # noqa: E402
from inference_backend.training.tokenizer import (  # noqa: E402
    FRAMES_PER_CODE,
    GROUPS,
    LEVELS,
    MotionTokenizer,
    Quantizer,
    tokenize,
)


def test_every_level_is_reached_and_every_code_has_its_number():
    quantizer = Quantizer(LEVELS, GROUPS)
    for digit, levels in enumerate(LEVELS):
        x = torch.zeros(2000, len(LEVELS) * GROUPS)
        x[:, digit] = torch.linspace(-9, 9, 2000)
        assert len(quantizer(x)[:, digit].unique()) == levels
    random = quantizer(3 * torch.randn(200_000, len(LEVELS) * GROUPS))
    codes = quantizer.codes(random)
    assert codes.min() == 0
    assert codes.max() == np.prod(LEVELS) - 1
    digits, first = random[:, : len(LEVELS)].unique(dim=0), codes[:, 0]
    assert len(first.unique()) == len(digits)


def test_rounding_passes_gradients():
    x = torch.zeros(1, len(LEVELS) * GROUPS, requires_grad=True)
    Quantizer(LEVELS, GROUPS)(x).sum().backward()
    assert (x.grad > 0).all()


def test_a_tokenizer_learns_and_its_codes_tell_motions_apart():
    torch.manual_seed(0)
    tokenizer = MotionTokenizer(55, width=32, dilations=(1, 2))
    time = torch.arange(82) / 50
    slow, quick = (torch.sin(6.28 * hz * time)[:, None] * torch.ones(55) for hz in (1.0, 3.0))
    batch = {"reference": torch.stack([slow, quick, -slow, -quick])}
    lost = tokenize(tokenizer, repeat(batch), torch.zeros(55), torch.ones(55), minutes=0.12)
    assert lost < 0.5
    codes = tokenizer.quantizer.codes(tokenizer.encode(batch["reference"]))
    assert codes.shape == (4, 82 // FRAMES_PER_CODE, GROUPS)
    assert not torch.equal(codes[0], codes[1])
    assert tokenizer.decode(tokenizer.encode(batch["reference"])).shape == (4, 80, 55)


def test_a_jaw_weighs_more_than_a_cheek_and_both_sides_the_same():
    weight = millimetres()
    assert weight[INDEX["jawOpen"]] > 5 * weight[INDEX["cheekPuff"]]
    assert weight.min() > 0
    for name in CHANNELS:
        if name.endswith("Left") and name not in ("jawLeft", "mouthLeft"):
            assert weight[INDEX[name]] == weight[INDEX[name.removesuffix("Left") + "Right"]]
