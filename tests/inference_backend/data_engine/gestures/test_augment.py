from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d

from inference_backend.contract import CHANNELS, INDEX, Take
from inference_backend.data_engine.clip import Clip, Performance, write_performance, write_sound
from inference_backend.data_engine.gestures import neck
from inference_backend.data_engine.gestures.augment import AugmentConfig, augment, perform, plan
from inference_backend.data_engine.gestures.gesture import Gesture
from inference_backend.data_engine.gestures.places import Place
from inference_backend.data_engine.head_rotation import rotations
from inference_backend.data_engine.prompts.prompt import Attributes, Prompt
from inference_backend.training.evaluation.curves import gesture_power

NOD, SHAKE = AugmentConfig(nod_share=1.0, shake_share=0.0), AugmentConfig(nod_share=0.0, shake_share=1.0)


def drifting(frames: int, degrees: float, seed: int = 0) -> np.ndarray:
    noise = gaussian_filter1d(np.random.default_rng(seed).normal(size=(frames, 3)), 30, axis=0)
    return (np.radians(degrees) * noise / np.abs(noise).max(0)).astype(np.float32)


def clip_in(folder: Path, name: str = "a", seconds: float = 6.0, degrees: float = 4.0, exact: bool = True) -> Clip:
    frames = round(seconds * 50)
    take = Take(50.0, np.zeros((frames, len(CHANNELS)), np.float32), drifting(frames, degrees))
    rng = np.random.default_rng(1)
    swell = 0.5 - 0.5 * np.cos(2 * np.pi * 2.5 * np.arange(frames * 320) / 16000)
    return Clip(
        id=name,
        prompt=Prompt("a calm woman", Attributes(subject="woman", emotion="calm")),
        duration_s=seconds,
        sound=write_sound((0.1 * rng.normal(size=frames * 320) * swell).astype(np.float32), folder / f"{name}.flac"),
        motion=write_performance(Performance(take, np.ones(frames, np.float32), exact), folder / f"{name}.npz"),
    )


def made(folder: Path) -> Path:
    out = folder / "made"
    out.mkdir(exist_ok=True)
    return out


@pytest.mark.parametrize(("config", "axis", "word"), [(NOD, 0, "nod"), (SHAKE, 1, "shak")])
def test_a_gesture_moves_its_axis_and_is_told(tmp_path: Path, config: AugmentConfig, axis: int, word: str):
    powers = []
    for i in range(6):
        clip = clip_in(tmp_path, f"clip{i}")
        after = augment(clip, config, made(tmp_path))
        assert word in after.prompt.text.lower() or after.prompt.attributes.head.startswith(word)
        assert after.prompt.attributes.head == ("nod" if axis == 0 else "shake")
        assert 0 < after.prompt.attributes.amount <= 1
        assert after.provenance["gestures"]
        assert set(after.provenance["gestures"][0]) >= {"kind", "onset_s", "amplitude_rad", "frequency_hz", "count",
                                                        "decay"}  # fmt: skip
        assert after.motion != clip.motion
        head, before = after.performance().take.head, clip.performance().take.head
        assert np.abs(head[[0, -1]] - before[[0, -1]]).max() < 1e-3
        powers.append([gesture_power(head[:, k], 50.0) - gesture_power(before[:, k], 50.0) for k in (0, 1)])
    total = np.sum(powers, 0)
    assert total[axis] > 5 * abs(total[1 - axis])


def test_the_same_clip_always_comes_out_the_same(tmp_path: Path):
    clip = clip_in(tmp_path)
    first, second = (augment(clip, NOD, made(tmp_path)) for _ in range(2))
    assert first == second
    again = tmp_path / "again"
    again.mkdir()
    assert augment(clip, NOD, again).motion.read_bytes() == first.motion.read_bytes()


def test_the_shares_are_kept_and_the_rest_passes_through_untouched(tmp_path: Path):
    clip = clip_in(tmp_path, seconds=2.5)
    clips = [clip.replace(id=f"c{i}") for i in range(150)]
    after = [augment(c, AugmentConfig(nod_share=0.3, shake_share=0.2), made(tmp_path)) for c in clips]
    heads = [c.prompt.attributes.head for c in after]
    assert 30 <= heads.count("nod") <= 60
    assert 17 <= heads.count("shake") <= 44
    assert all(a is b for a, b in zip(after, clips, strict=True) if a.prompt.attributes.head == "")


@pytest.mark.parametrize("why", ["rejected", "still", "tilted", "short", "motionless"])
def test_clips_that_cannot_or_must_not_move_pass_through(tmp_path: Path, why: str):
    clip = clip_in(tmp_path, seconds=0.8 if why == "short" else 3.0)
    if why == "rejected":
        clip = clip.replace(rejected="There are two faces.")
    if why == "still":
        clip = clip.replace(prompt=Prompt("keeps the head still", Attributes(head="still")))
    if why == "tilted":
        clip = clip.replace(prompt=Prompt("tilts the head", Attributes(head="tilt")))
    if why == "motionless":
        clip = clip.replace(motion=None)
    assert augment(clip, NOD, made(tmp_path)) is clip


def test_gestures_are_composed_as_rotations_not_added_as_angles():
    frames = 150
    turned = np.tile(np.radians([0.0, 30.0, 20.0]), (frames, 1)).astype(np.float32)
    performance = Performance(Take(50.0, np.zeros((frames, 52), np.float32), turned), np.ones(frames, np.float32))
    nod = Gesture("nod", 0.5, np.radians(15), 1.5, 1, 0.0)
    moved, kept = perform(performance, [nod], 0.0)
    assert kept == [nod]
    deepest = int(np.abs(moved.take.head - turned).max(1).argmax())
    ry, rx, rz = (rotation(axis, angle) for axis, angle in (("y", 30), ("x", 0), ("z", 20)))
    expected = ry @ rx @ rz @ rotation("x", float(np.degrees(nod.curve(np.array([deepest / 50]))[0])))
    pitch, yaw, roll = np.degrees(moved.take.head[deepest])
    assert rotation("y", yaw) @ rotation("x", pitch) @ rotation("z", roll) == pytest.approx(expected, abs=1e-5)
    assert abs(yaw - 30) > 2  # of a head tipped by 20 degrees the nod is seen in yaw too


def rotation(axis: str, degrees: float) -> np.ndarray:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array({"x": [[1, 0, 0], [0, c, -s], [0, s, c]], "y": [[c, 0, s], [0, 1, 0], [-s, 0, c]],
                     "z": [[c, -s, 0], [s, c, 0], [0, 0, 1]]}[axis])  # fmt: skip


def test_no_neck_is_asked_for_more_than_it_can_do():
    rng = np.random.default_rng(0)
    for seed in range(40):
        head = drifting(400, 34.0, seed)
        performance = Performance(Take(50.0, np.zeros((400, 52), np.float32), head), np.ones(400, np.float32))
        where = [Place(t, 1.0, "stress") for t in np.arange(0.5, 7.5, 0.7)]
        planned = plan("nod" if seed % 2 else "shake", 1.0, where, 8.0, rng)
        moved, kept = perform(performance, planned, 0.7)
        assert neck.strain(rotations(moved.take.head), rotations(head), 50.0) <= 1.01
        assert all(g.amplitude_rad <= p.amplitude_rad for g in kept for p in planned if p.onset_s == g.onset_s)


def test_a_gesture_too_fast_is_eased_down():
    performance = Performance(Take(50.0, np.zeros((200, 52), np.float32), drifting(200, 1.0)), np.ones(200, np.float32))
    wild = Gesture("shake", 0.5, np.radians(28), 2.5, 2, 0.1)
    moved, (eased,) = perform(performance, [wild], 0.7)
    assert 0.35 < eased.amplitude_rad / wild.amplitude_rad < 1
    fastest = neck.speed(rotations(moved.take.head.astype(np.float64)), 50.0).max()
    assert 0.85 * neck.FASTEST_RAD_S < fastest <= 1.001 * neck.FASTEST_RAD_S


@pytest.mark.parametrize("exact", [True, False])
def test_the_eyes_turn_against_the_head_where_curves_are_exact(exact: bool):
    take = Take(50.0, np.zeros((150, 52), np.float32), np.zeros((150, 3), np.float32))
    performance = Performance(take, np.ones(150, np.float32), exact)
    shake = Gesture("shake", 0.5, np.radians(15), 1.5, 1, 0.0)  # to the character's own left first
    moved, _ = perform(performance, [shake], 0.7)
    at = int(moved.take.head[:, 1].argmax())
    right = [moved.take.values[at, INDEX[n]] for n in ("eyeLookInLeft", "eyeLookOutRight")]
    left = [moved.take.values[at, INDEX[n]] for n in ("eyeLookOutLeft", "eyeLookInRight")]
    assert left == [0, 0]
    assert right == pytest.approx([0.35, 0.35] if exact else [0, 0], abs=0.01)
    nodding, _ = perform(performance, [Gesture("nod", 0.5, np.radians(10), 1.5, 1, 0.0)], 0.7)
    at = int(nodding.take.head[:, 0].argmax())
    assert (nodding.take.values[at, INDEX["eyeLookUpLeft"]] > 0.2) == exact


def test_strokes_fall_on_syllables_and_gestures_do_not_overlap():
    where = [Place(t, 1.0, "stress") for t in (1.0, 1.2, 3.0, 5.0, 9.9)]
    planned = plan("nod", 0.6, where, 10.0, np.random.default_rng(3))
    assert planned
    assert all(any(abs(g.onset_s + g.stroke_s - p.at_s) < 1e-6 for p in where) for g in planned)
    assert all(a.end_s <= b.onset_s for a, b in itertools.pairwise(planned))
    assert planned[-1].end_s < 10.0
