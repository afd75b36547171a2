from __future__ import annotations

import numpy as np
import pytest

from inference_backend.contract import CHANNELS, INDEX, Request, region
from inference_backend.generator.aperture import drawn_apart as aperture
from inference_backend.generator.finishing import HALO, LIPS, Finisher
from inference_backend.generator.windows import Piece
from tests.inference_backend.generator.fake_networks import FakeNetworks

FRAMES, HEARD, SHUT = 120, slice(58, 63), slice(59, 62)
REGIONS = {
    "upper": [i for i, name in enumerate(CHANNELS) if region(name) == "upper"],
    "gaze": [i for i, name in enumerate(CHANNELS) if region(name) == "gaze"],
    "blinks": [i for i, name in enumerate(CHANNELS) if region(name) == "blinks"],
    "head_motion": [52, 53, 54],
}


def spoken(seed: int = 0) -> Piece:
    """Sampled motion of an open mouth, with one p heard in its middle."""
    rng = np.random.default_rng(seed)
    motion = rng.normal(0, 0.5, (FRAMES, 1, 55)).astype(np.float32)
    audio = np.concatenate([np.zeros((FRAMES, 4)), rng.uniform(0, 1, (FRAMES, len(LIPS)))], 1).astype(np.float32)
    first = motion.copy()
    first[:, 0, LIPS] = audio[:, 4:] + 0.2  # what the style adds
    contacts = np.zeros((FRAMES, 2), np.float32)
    contacts[HEARD, 0] = 0.9
    return Piece(motion, audio, contacts, np.ones((FRAMES, 1), np.float32), first)


def finished(**amounts: float) -> np.ndarray:
    return Finisher(FakeNetworks(), Request(**amounts)).finish(spoken(), slice(0, FRAMES))[:, 0]


@pytest.mark.parametrize("amount", REGIONS)
def test_an_amount_of_0_is_rest_and_2_is_twice(amount: str):
    columns = REGIONS[amount]
    plain, none, twice = finished(), finished(**{amount: 0.0}), finished(**{amount: 2.0})
    assert np.abs(plain[:, columns]).max() > 0.3
    assert not none[:, columns].any()
    expected = 2 * plain[:, columns]
    np.testing.assert_allclose(
        twice[:, columns], expected if amount == "head_motion" else expected.clip(0, 1), atol=1e-6
    )
    others = [i for i in range(55) if i not in columns]
    np.testing.assert_array_equal(none[:, others], plain[:, others])
    np.testing.assert_array_equal(twice[:, others], plain[:, others])


def test_silent_lips_keep_what_the_style_does_and_nothing_of_the_sound():
    curves = finished(lips=0.0)
    smile = curves[:, INDEX["mouthSmileLeft"]]
    np.testing.assert_allclose(smile, 0.2 * 0.5, atol=1e-6)
    assert np.ptp(curves[:, LIPS], axis=0).max() < 1e-6


def test_more_lips_open_wider():
    openings = [aperture(finished(lips=lips))[:50].mean() for lips in (0.0, 0.5, 1.0, 1.5, 2.0)]
    assert (np.diff(openings) > 0.02).all()


@pytest.mark.parametrize("lips", [0.25, 0.5, 1.0, 2.0])
def test_a_p_is_shut_however_strong_the_lips(lips: float):
    opening = aperture(finished(lips=lips))
    assert opening[SHUT].max() < 1e-6
    assert opening[:40].min() > 0.1


def test_an_f_heard_in_a_p_does_not_part_the_lips():
    piece = spoken()
    piece.contacts[HEARD, 1] = 0.5
    assert aperture(Finisher(FakeNetworks(), Request()).finish(piece, slice(0, FRAMES))[:, 0])[SHUT].max() < 1e-6


def test_lips_are_not_drawn_through_each_other():
    curves = finished(lips=2.0)
    assert (curves[:, INDEX["mouthClose"]] <= curves[:, INDEX["jawOpen"]]).all()
    assert curves[:, INDEX["mouthClose"]].max() > 0.1


def test_pieces_in_their_context_are_finished_as_the_whole():
    finisher, piece = Finisher(FakeNetworks(), Request(lips=1.3)), spoken()
    whole = finisher.finish(piece, slice(0, FRAMES))
    for start in (0, 55, 60, 63):  # also within the contact
        low, high = max(0, start - HALO), min(FRAMES, start + 5 + HALO)
        part = finisher.finish(piece.part(slice(low, high)), slice(start - low, start - low + 5))
        np.testing.assert_array_equal(part, whole[start : start + 5])


def test_the_mouth_rests_at_zero_where_the_model_does_not_say():
    networks = FakeNetworks()
    del networks.settings["mouth_rest"]
    curves = Finisher(networks, Request(lips=0.0)).finish(spoken(), slice(0, FRAMES))
    np.testing.assert_allclose(curves[..., INDEX["mouthSmileLeft"]], 0.2 * 0.5, atol=1e-6)
