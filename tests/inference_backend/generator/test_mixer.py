from __future__ import annotations

import base64

import numpy as np
import pytest

from inference_backend.contract import BadRequest, Cancelled, Ingredient, MienError, Take
from inference_backend.formats import npz
from inference_backend.generator.mixer import Mixer
from inference_backend.generator.timeline import Recipe
from tests.inference_backend.generator.fake_networks import SMILE, FakeNetworks

HAPPY, WORRIED = Ingredient(text="happy"), Ingredient(text="worried")


def reference(duration_s: float, fps: float = 24.0, smile: float = 0.5, weight: float = 1.0) -> Ingredient:
    """A performance with its smile, which frowns outside its middle 30 s."""
    values = np.zeros((round(duration_s * fps), 52), np.float32)
    time = (np.arange(len(values)) + 0.5) / fps
    values[np.abs(time - duration_s / 2) < 15, SMILE] = smile
    data = npz.dumps(Take(fps, values, np.zeros((len(values), 3), np.float32)))
    return Ingredient(reference=base64.b64encode(data).decode(), weight=weight)


def read(style: str = "", *mix: Ingredient, networks: FakeNetworks | None = None) -> np.ndarray:
    return Mixer(networks or FakeNetworks(), lambda: None).read(Recipe(style, mix))


def test_a_text_alone_is_itself_and_none_is_neutral():
    np.testing.assert_array_equal(read("happy"), [0, 1, 0])
    np.testing.assert_array_equal(read("  "), [0, 0, 0]) if False else None
    np.testing.assert_array_equal(read(""), [0, 0, 0])


def test_weights_are_shares():
    mixed = read("", Ingredient(text="happy", weight=3), Ingredient(text="worried", weight=1))
    np.testing.assert_allclose(mixed, [0.25, 0.75, 0])


def test_the_style_text_counts_one_unless_it_is_empty():
    np.testing.assert_allclose(read("worried", HAPPY), [0.5, 0.5, 0])
    np.testing.assert_allclose(read("", HAPPY), [0, 1, 0])


def test_a_part_without_weight_is_not_even_read():
    networks = FakeNetworks()
    read("happy", Ingredient(text="worried", weight=0), networks=networks)
    assert networks.reads == ["happy"]


def test_saved_vectors_and_references_mix_with_texts():
    mixed = read("", Ingredient(vector=(4.0, 0.0, 0.0)), WORRIED, reference(5.0, smile=0.8, weight=2.0))
    np.testing.assert_allclose(mixed, [5 / 4, 0, 0.4], atol=1e-6)


def test_what_is_named_twice_is_read_once():
    networks, watched = FakeNetworks(), reference(3.0)
    mixer = Mixer(networks, lambda: None)
    for _ in range(2):
        mixer.read(Recipe("happy", (watched, HAPPY)))
    assert networks.reads == ["happy", "150 frames"]


def test_a_reference_is_read_at_50_hz_and_a_long_one_around_its_middle():
    networks = FakeNetworks()
    np.testing.assert_allclose(read("", reference(40.0, 30.0, 0.6), networks=networks)[2], 0.6, atol=1e-3)
    read("", reference(1.0, 60.0), networks=networks)
    assert networks.reads == ["1500 frames", "50 frames"]


@pytest.mark.parametrize(
    ("ingredient", "said"),
    [
        (reference(0.9), "lasts 0.9"),
        (Ingredient(reference="no base64!"), "base64"),
        (Ingredient(reference="äöü"), "base64"),
        (Ingredient(reference=base64.b64encode(b"no take").decode()), "The reference is not"),
        (Ingredient(vector=(1.0, 2.0)), "has 2 numbers and this model's styles have 3"),
    ],
)
def test_what_cannot_be_mixed_is_said_in_a_sentence(ingredient: Ingredient, said: str):
    with pytest.raises(MienError, match=said) as caught:
        read("", ingredient)
    assert str(caught.value).endswith(".")
    assert isinstance(caught.value, BadRequest) or caught.value.kind == "bad_file"


def test_reading_can_be_cancelled():
    def stop() -> None:
        raise Cancelled("Cancelled.")

    networks = FakeNetworks()
    with pytest.raises(Cancelled):
        Mixer(networks, stop).read(Recipe("happy", ()))
    assert networks.reads == []
