from __future__ import annotations

import numpy as np

from inference_backend.contract import CHANNELS, INDEX
from inference_backend.generator import contacts


def wide_open(frames: int = 60) -> np.ndarray:
    curves = np.zeros((frames, len(CHANNELS)), np.float32)
    for name in ("jawOpen", "mouthLowerDownLeft", "mouthUpperUpRight", "mouthSmileLeft"):
        curves[:, INDEX[name]] = 0.5
    return curves


def test_closed_lips_cancel_the_jaw_and_leave_the_smile():
    curves, shut = wide_open(), contacts.gates_from(np.eye(1, 60, 30)[0])
    contacts.close_lips(curves, shut)
    middle = curves[30]
    assert middle[INDEX["jawOpen"]] == middle[INDEX["mouthClose"]] > 0
    assert middle[INDEX["mouthLowerDownLeft"]] == 0
    assert middle[INDEX["mouthSmileLeft"]] == np.float32(0.5)
    assert curves[10, INDEX["jawOpen"]] == np.float32(0.5)


def test_a_contact_lasts_while_it_is_clearly_heard():
    probability = np.zeros(100)
    probability[40:48] = 0.9
    gate = contacts.gates_from(probability)
    assert (gate[41:47] == 1).all()
    assert 0.2 < gate[40] < 0.5
    assert gate[36] < 0.5
    assert gate[51] < 0.5
    assert contacts.gates_from(np.zeros(10)).max() == 0


def test_lips_that_meet_by_themselves_are_left_alone():
    curves, gate = wide_open(120), contacts.gates_from(np.eye(1, 120, 30)[0] + np.eye(1, 120, 80)[0])
    for name in ("jawOpen", "mouthLowerDownLeft", "mouthUpperUpRight"):
        curves[28:33, INDEX[name]] = 0.0
    left = contacts.needed(curves, gate)
    assert left[:50].max() == 0
    assert (left[60:] == gate[60:]).all()
    assert gate[30] == gate[80] == 1
    half_open = curves.copy()
    half_open[28:33, INDEX["jawOpen"]] = (contacts.NEARLY + contacts.APART) / 2
    assert 0.3 < contacts.needed(half_open, gate)[30] < 0.7


def test_what_is_feared_long_before_a_sound_shuts_nothing():
    probability = np.zeros(60)
    probability[8:28] = np.linspace(0.1, 0.95, 20)  # as before a p that breaks a silence
    gate = contacts.gates_from(probability)
    assert gate[:15].max() == 0
    assert gate[20:26].min() == 1


def test_a_weak_peak_beside_a_strong_one_is_none():
    beside, alone = np.zeros(60), np.zeros(60)
    beside[20], beside[25], alone[20] = 0.2, 0.9, 0.2
    assert contacts.gates_from(beside)[18:22].max() == 0
    assert contacts.gates_from(beside)[25] == contacts.gates_from(alone)[20] == 1
