"""Gestures go from rest to rest about their own axis, as far and as often as asked, and no faster than a neck."""

from __future__ import annotations

import math

import numpy as np
import pytest
from mien.inference_backend.contract import HEAD
from mien.rigs import gestures, neck
from mien.rigs.gestures import Gesture

FPS = 60.0


@pytest.mark.parametrize("kind", gestures.AXES)
@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("direction", [1, -1])
def test_from_rest_to_rest_about_one_axis(kind, count, direction):
    head = Gesture(kind, 0.2, 1.6, count, direction).head(FPS)
    axis = HEAD.index(gestures.AXES[kind])
    assert head[0].tolist() == head[-1].tolist() == [0, 0, 0]
    assert np.abs(np.diff(head[[0, 1, -2, -1]], axis=0)[[0, 2]]).max() < 0.005  # begins and ends gently
    assert not np.delete(head, axis, axis=1).any()
    curve = direction * head[:, axis]
    assert curve.max() == pytest.approx(0.2, abs=0.005)
    tops = np.flatnonzero((curve[1:-1] > curve[:-2]) & (curve[1:-1] >= curve[2:]) & (curve[1:-1] > 0.04))
    assert len(tops) == count


def test_a_shake_goes_to_both_sides_and_drifts_nowhere():
    curve = Gesture("shake", 0.2, 1.5, 4).head(FPS)[:, 1]
    assert curve.min() < -0.12
    assert abs(curve.mean()) < 0.03


@pytest.mark.parametrize("kind", gestures.AXES)
@pytest.mark.parametrize("speed", [0.5, 2.0, 4.0])
def test_no_faster_than_a_neck(kind, speed):
    gesture = Gesture(kind, math.radians(45), speed, 3)
    fastest = np.abs(np.diff(gesture.head(240.0), axis=0)).max() * 240
    assert fastest <= gestures.FASTEST_RAD_S * 1.01
    assert gesture.duration_s >= 2.5 / speed


def test_faster_is_shorter():
    assert Gesture(speed_hz=3.0).duration_s < 0.6 * Gesture(speed_hz=1.5).duration_s


def test_limits_hold_softly_and_leave_what_is_within():
    head = np.stack([np.linspace(-2, 2, 401)] * 3, axis=1)
    limits = neck.HeadLimits(up=0.5, down=0.4, aside=0.8)
    held = limits.limited(head)
    assert -0.5 <= held[:, 0].min() < -0.49
    assert 0.39 < held[:, 0].max() <= 0.4
    assert np.abs(held[:, 1]).max() <= 0.8
    np.testing.assert_array_equal(held[:, 2], head[:, 2])
    inside = np.abs(head[:, 1]) < 0.6
    np.testing.assert_array_equal(held[inside, 1], head[inside, 1])
    assert (np.diff(held[:, :2], axis=0) >= 0).all()


def test_the_neck_takes_its_share():
    assert neck.shares(2, neck_share=0.5) == pytest.approx([0.25, 0.25, 0.5])
    assert neck.shares(1, neck_share=0.0) == [0.0, 1.0]
    assert neck.shares(0, neck_share=0.5) == [1.0]
