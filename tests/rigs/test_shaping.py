"""Gains, smoothing and ranges change what they say and nothing else; closed lips stay closed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from mien.inference_backend.contract import CHANNELS, INDEX, Take
from mien.rigs import shaping
from mien.rigs.parts import PARTS, columns_of, part_of
from mien.rigs.shaping import Shape, aperture, shaped

FPS = 24.0


def spoken(frames=240, seed=0, jitter=0.0) -> Take:
    """A mouth that opens and shuts four times a second as p b m do, over a face and a head that sway."""
    rng = np.random.default_rng(seed)
    time = np.arange(frames)[:, None] / FPS
    values = 0.3 + 0.25 * np.sin(rng.uniform(0, 6, (1, 52)) + rng.uniform(1, 5, (1, 52)) * time)
    values += jitter * rng.normal(size=values.shape)
    values = np.clip(values, 0, 1)
    shut = np.arange(frames) % 6 == 3
    jaw = values[:, INDEX["jawOpen"]]
    values[:, INDEX["mouthClose"]] = 0.0
    values[shut, INDEX["jawOpen"]] = 0.14
    values[:, INDEX["mouthClose"]] = np.where(shut, jaw, 0.0)
    for name in ("mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight"):
        values[shut, INDEX[name]] = 0.0
    for name in ("eyeBlinkLeft", "eyeBlinkRight"):
        values[:, INDEX[name]] = np.where(np.arange(frames) % 60 == 30, 1.0, 0.0)
    head = 0.2 * np.sin(np.array([[0.0, 1.0, 2.0]]) + np.array([[3.0, 2.0, 1.0]]) * time)
    return Take(FPS, values.astype(np.float32), head.astype(np.float32), {"style": "x"})


def test_every_channel_belongs_to_one_part():
    assert sorted(i for part in PARTS for i in columns_of(part)) == list(range(52))
    assert part_of("head") == part_of("yaw") == "head"
    assert (part_of("noseSneerLeft"), part_of("eyeBlinkLeft"), part_of("eyeLookInLeft")) == ("cheeks", "blinks", "eyes")


def test_the_neutral_shape_changes_nothing():
    take = spoken()
    same = shaped(take, Shape())
    np.testing.assert_array_equal(same.values, take.values)
    np.testing.assert_array_equal(same.head, take.head)
    assert same.meta == take.meta


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("gain", [0.0, 0.5])
def test_a_gain_scales_its_part_alone(part, gain):
    take = spoken()
    done = shaped(take, dataclasses.replace(Shape(), **{part: gain}))
    for index, name in enumerate(CHANNELS):
        factor = gain if part_of(name) == part else 1.0
        if part == "mouth" and gain and name.startswith(("mouthPress", "mouthRoll")):
            continue  # these hold closed lips together
        np.testing.assert_allclose(done.values[:, index], factor * take.values[:, index], atol=1e-6)
    np.testing.assert_allclose(done.head, (gain if part == "head" else 1.0) * take.head, atol=1e-6)


@pytest.mark.parametrize("gain", [0.0, 0.3, 0.7, 1.2, 1.6, 2.0])
@pytest.mark.parametrize("smoothing_s", [0.0, 0.1, 0.4])
def test_closed_lips_stay_closed(gain, smoothing_s):
    take = spoken(jitter=0.02)
    before = aperture(take.values)
    shut = before <= shaping.SHUT
    assert 30 < shut.sum() < 60
    after = aperture(shaped(take, Shape(mouth=gain, smoothing_s=smoothing_s)).values)
    assert (after[shut] <= before[shut] + 1e-6).all()


def test_more_mouth_opens_more_where_it_is_open():
    take = spoken()
    before, after = aperture(take.values), aperture(shaped(take, Shape(mouth=1.5)).values)
    wide = before > shaping.AJAR
    assert wide.sum() > 100
    np.testing.assert_allclose(after[wide], 1.5 * before[wide], rtol=1e-4)


def test_pressed_lips_still_press_where_the_mouth_moves_less():
    take = spoken()
    shut = aperture(take.values) <= shaping.SHUT
    column = INDEX["mouthPressLeft"]
    done = shaped(take, Shape(mouth=0.5))
    np.testing.assert_allclose(done.values[shut, column], take.values[shut, column], atol=1e-6)
    np.testing.assert_allclose(shaped(take, Shape(mouth=0.0)).values[:, column], 0.0)


def test_values_stay_between_0_and_1_unless_they_were_outside():
    take = spoken()
    take.values[:, INDEX["browInnerUp"]] += 0.5
    highest = take.values[:, INDEX["browInnerUp"]].max()
    assert highest > 1.0
    done = shaped(take, Shape(mouth=2.0, brows=2.0, blinks=2.0)).values
    assert done[:, INDEX["browInnerUp"]].max() == pytest.approx(highest)
    assert np.delete(done, INDEX["browInnerUp"], axis=1).max() == pytest.approx(1.0)
    assert done.min() >= 0.0


def test_smoothing_takes_jitter_and_keeps_peaks():
    time = np.arange(240) / FPS
    clean = 0.5 - 0.4 * np.cos(2 * np.pi * 0.5 * time)
    noisy = clean + 0.02 * np.random.default_rng(0).normal(size=240)
    take = spoken()
    take.values[:, INDEX["browInnerUp"]] = noisy
    take.head[:, 0] = 0.5 * noisy
    done = shaped(take, Shape(smoothing_s=0.25))
    for curve, source in ((done.values[:, INDEX["browInnerUp"]], noisy), (2 * done.head[:, 0], noisy)):
        assert np.abs(np.diff(curve, 2)).mean() < 0.35 * np.abs(np.diff(source, 2)).mean()
        for middle in (24, 72, 120):  # the tops of the wave
            window = slice(middle - 8, middle + 9)
            assert curve[window].max() == pytest.approx(source[window].max(), abs=1e-5)


def test_blinks_survive_any_smoothing():
    done = shaped(spoken(), Shape(smoothing_s=0.5))
    np.testing.assert_allclose(done.values[30::60, INDEX["eyeBlinkLeft"]], 1.0, atol=1e-6)
    assert done.values[10:20, INDEX["eyeBlinkLeft"]].max() == pytest.approx(0.0, abs=1e-6)


def test_range_and_offset_choose_rows():
    assert Shape().rows(1, 100) == slice(0, 100)
    assert Shape(first_frame=11, last_frame=20).rows(1, 100) == slice(10, 20)
    assert Shape(first_frame=11, last_frame=20, offset_frames=2.0).rows(1, 100) == slice(8, 18)
    assert Shape(first_frame=11, last_frame=20, offset_frames=0.5).rows(1, 100) == slice(10, 19)
    assert Shape(first_frame=500, last_frame=600).rows(1, 100) == slice(100, 100)
    assert Shape(first_frame=-50, last_frame=-10).rows(1, 100) == slice(0, 0)
    assert Shape(offset_frames=-2.5).placed(10) == 7.5


def test_ten_minutes_are_quick():
    import time

    take = spoken(frames=14400, jitter=0.01)
    start = time.process_time()
    shaped(take, Shape(mouth=1.3, smoothing_s=0.2))
    assert time.process_time() - start < 3.0
