"""What a take moved is read back: opposed channels, several properties a channel, and turns of any form."""

from __future__ import annotations

import numpy as np
from mien.rigs import neck, reading

RNG = np.random.default_rng(5)


def test_one_property_a_channel_is_exact():
    channels = RNG.uniform(0, 1.2, (50, 6))
    gains, rest = np.diag([1.0, 0.5, 2.0, 1.0, 100.0, 0.01]), RNG.normal(size=6)
    np.testing.assert_allclose(reading.channels_from(rest + channels @ gains.T, rest, gains), channels, atol=1e-9)


def test_opposed_channels_on_one_bone_are_told_apart_by_the_sign():
    angle = np.linspace(-0.4, 0.4, 21)
    found = reading.channels_from(angle[:, None], np.zeros(1), np.array([[0.5, -0.5]]))
    np.testing.assert_allclose(found, np.stack([np.clip(angle, 0, 1), np.clip(-angle, 0, 1)], axis=1) * 2, atol=1e-9)


def test_mixed_properties_are_explained():
    channels = RNG.uniform(0, 1, (30, 4))
    gains = np.array([[1, 0, 0, 0], [0.5, 1, 0, 0], [0, 0.3, 1, 0.2], [0, 0, 0, 1], [0, 1, 0, -1], [0, 0, 0, 0.0]])
    found = reading.channels_from(channels @ gains.T, np.zeros(6), gains)
    np.testing.assert_allclose(found, channels, atol=1e-3)


def test_channels_that_nothing_shows_stay_at_rest():
    found = reading.channels_from(np.ones((3, 1)), np.zeros(1), np.array([[1.0, 0.0]]))
    np.testing.assert_array_equal(found, [[1, 0]] * 3)


def test_the_head_is_found_from_bones_that_share_it():
    head = RNG.uniform(-0.6, 0.6, (40, 3))
    rests = [np.linalg.qr(RNG.normal(size=(3, 3)))[0] for _ in range(2)]
    rests = [rest * np.sign(np.linalg.det(rest)) for rest in rests]

    def turned(angles):
        return np.concatenate(neck.split(angles, rests, [0.4, 0.6]), axis=1)

    np.testing.assert_allclose(reading.head_from(turned(head), turned), head, atol=1e-5)
