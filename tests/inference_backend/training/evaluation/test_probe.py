"""The probe reads what shows, and guesses where nothing does."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy", reason="measures need scipy")

from inference_backend.contract import CHANNELS, INDEX
from inference_backend.training.evaluation.probe import Probe, confusion


def motions(channel, count, rng, amount=0.5):
    made = rng.uniform(0, 0.1, (count, 100, 55))
    made[:, :, INDEX[channel]] += amount
    return list(made)


def test_it_reads_what_shows_and_guesses_what_does_not():
    rng = np.random.default_rng(0)
    given = motions("mouthSmileLeft", 30, rng) + motions("browDownLeft", 30, rng)
    labels = ["happy"] * 30 + ["angry"] * 30
    probe = Probe(given, labels)
    fresh = motions("mouthSmileLeft", 10, rng) + motions("browDownLeft", 10, rng)
    assert probe.accuracy(fresh, ["happy"] * 10 + ["angry"] * 10) == 1.0
    assert probe.accuracy(fresh, ["angry"] * 10 + ["happy"] * 10) == 0.0
    blank = motions("eyeLookUpLeft", 40, rng, 0.0)
    assert abs(probe.accuracy(blank, ["happy", "angry"] * 20) - 0.5) < 0.3


def test_only_the_asked_labels_are_known():
    rng = np.random.default_rng(0)
    given = motions(CHANNELS[0], 8, rng) + motions(CHANNELS[1], 8, rng)
    assert Probe(given, ["sad"] * 8 + ["weary"] * 8, ("weary", "sad", "bored")).labels == ("weary", "sad")


def test_confusion_has_a_row_for_what_was_asked():
    assert confusion(["a", "a", "b"], ["a", "b", "b"], ("a", "b")).tolist() == [[1, 1], [0, 1]]
