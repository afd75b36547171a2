from __future__ import annotations

import numpy as np
import pytest

from inference_backend.contract import CHANNELS, INDEX
from inference_backend.data_engine.procedural import captions, teacher
from inference_backend.data_engine.procedural.emotions import EMOTIONS, HELD_OUT_WORDS
from inference_backend.data_engine.procedural.style import Style, draw
from inference_backend.data_engine.speech.phones import Phone
from inference_backend.generator.features import log_mel
from inference_backend.training.measures import aperture, gesture_power

LINE = [("SIL", 0.4), ("M", 0.08), ("AA", 0.16), ("P", 0.09), ("IY", 0.14), ("UW", 0.16), ("B", 0.07), ("AE", 0.15),
        ("F", 0.1), ("AA", 0.2), ("SIL", 0.5), ("W", 0.08), ("AA", 0.2), ("SIL", 1.5)]  # fmt: skip


def line() -> tuple[list[Phone], np.ndarray]:
    at, phones, parts, rng = 0.0, [], [], np.random.default_rng(0)
    for name, length in LINE:
        phones.append(Phone(at, at + length, name))
        parts.append((0.001 if name == "SIL" else 0.2) * rng.normal(size=round(length * 16000)))
        at += length
    return phones, log_mel(np.concatenate(parts).astype(np.float32))


def act(style: Style, seed: int = 0) -> tuple[np.ndarray, np.ndarray, list[Phone]]:
    phones, mel = line()
    return *teacher.perform(phones, mel, style, np.random.default_rng(seed)), phones


@pytest.mark.parametrize("emotion", ["neutral", "happy", "sad", "angry", "afraid", "disgusted", "pained"])
def test_lips_meet_on_every_bilabial_and_not_on_open_vowels(emotion: str):
    curves, _, phones = act(Style(emotion, 1.0))
    for corrective in (False, True):
        opening = aperture(curves, corrective)
        limit = 0.1 * np.percentile(opening, 95)
        for phone in phones:
            inside = opening[int(np.ceil(phone.start_s * 50)) : int(phone.end_s * 50) + 1]
            if phone.name in ("M", "P", "B"):
                assert inside.min() <= limit, phone
            if phone.name in ("AA", "AE"):
                assert inside.max() > 3 * limit, phone


def test_rounding_starts_before_its_phone():
    curves, _, phones = act(Style())
    pucker = curves[:, INDEX["mouthPucker"]]
    start = next(p.start_s for p in phones if p.name == "W")
    before = pucker[int((start - 0.06) * 50)]
    assert before > 0.15 * pucker.max()


def test_silence_keeps_the_mouth_at_rest():
    curves, _, _ = act(Style())
    assert curves[-50:, INDEX["jawOpen"]].max() < 0.05


@pytest.mark.parametrize(("gesture", "axis"), [("nod", 0), ("shake", 1)])
def test_gestures_move_their_own_axis_and_rest_at_the_ends(gesture: str, axis: int):
    powers = []
    for seed in range(4):
        _, head, _ = act(Style(gesture=gesture, gesture_amount=0.8), seed)
        powers.append([gesture_power(head[:, i], 50.0) for i in (0, 1)])
        assert np.abs(head[[0, -1]]).max() < np.radians(3)
        assert np.abs(np.diff(head, axis=0)).max() * 50 < np.radians(300)
    total = np.sum(powers, 0)
    assert total[axis] > 4 * total[1 - axis]


def test_intensity_is_monotone():
    smiles = [
        np.mean([act(Style("happy", i), s)[0][:, INDEX["mouthSmileLeft"]].mean() for s in range(3)])
        for i in (0.33, 0.66, 1.0)
    ]
    assert smiles[0] < smiles[1] < smiles[2]


def test_every_unit_is_a_channel_or_a_pair_of_them():
    for name, emotion in EMOTIONS.items():
        for unit in {**emotion.units, **emotion.more}:
            assert unit in CHANNELS or f"{unit}Left" in CHANNELS, (name, unit)


def test_captions_never_teach_a_held_out_word_and_have_no_holes():
    rng = np.random.default_rng(0)
    texts = [captions.caption(draw(rng), rng) for _ in range(3000)]
    words = {w.strip(".,/").lower() for t in texts for w in t.replace("/", " ").split()}
    assert not words & HELD_OUT_WORDS
    assert not any("{" in t or "  " in t for t in texts)
    assert len(set(texts)) > 2500
