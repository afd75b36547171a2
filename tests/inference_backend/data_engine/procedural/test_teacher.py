from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference_backend.contract import CHANNELS, INDEX
from inference_backend.data_engine.captures import Captures
from inference_backend.data_engine.procedural import lips, teacher
from inference_backend.data_engine.procedural.deliveries import DELIVERIES, VOCAL, Delivery
from inference_backend.data_engine.procedural.emotions import EMOTIONS
from inference_backend.data_engine.procedural.prosody import hear
from inference_backend.data_engine.prompts.prompt import Attributes
from inference_backend.data_engine.speech.phones import Phone
from inference_backend.data_engine.speech.recordings import phrases_of
from inference_backend.data_engine.speech.utterance import Event
from inference_backend.generator.aperture import aperture
from inference_backend.generator.features import log_mel
from inference_backend.training.evaluation.curves import correlation, spread

from .acting import LINE, act, sentence, spoken

JAW, PUCKER = INDEX["jawOpen"], INDEX["mouthPucker"]


def shown(attributes: Attributes, name: str, seeds: int = 4) -> float:
    return float(np.mean([act(attributes, seed)[0][:, INDEX[name]].mean() for seed in range(seeds)]))


@pytest.mark.parametrize("vocal", VOCAL)
@pytest.mark.parametrize("emotion", EMOTIONS)
def test_lips_meet_on_every_bilabial_and_not_on_open_vowels(emotion: str, vocal: str):
    curves, _, phones = act(Attributes(emotion=emotion, intensity="extreme", level=1.0, vocal=vocal))
    for corrective in (False, True):
        opening = aperture(curves, corrective)
        limit = 0.1 * np.percentile(opening, 95)
        for phone in phones:
            inside = opening[int(np.ceil(phone.start_s * 50)) : int(phone.end_s * 50) + 1]
            if phone.name in ("M", "P", "B"):
                assert inside.min() <= limit, phone
            if phone.name in ("AA", "AE"):
                assert inside.max() > 3 * limit, phone


@pytest.mark.parametrize("delivery", DELIVERIES)
def test_curves_and_angles_are_sound_for_every_delivery(delivery: str):
    curves, head, _ = act(Attributes(emotion="excited", level=1.0, delivery=delivery))
    assert np.isfinite(curves).all()
    assert curves.min() >= 0
    assert curves.max() <= 1
    assert len(curves) == len(head)


def test_short_vowels_are_undershot():
    reached = []
    for length in (0.06, 0.12, 0.3):
        curves, _, _ = act(Attributes(), line=[("SIL", 0.3), *[("T", 0.06), ("AA", length)] * 6, ("SIL", 0.5)])
        reached.append(np.percentile(curves[:, JAW], 90))
    assert reached[0] < 0.92 * reached[1] < reached[1] < reached[2]


def test_rounding_starts_before_its_phone_and_survives_a_consonant():
    curves, _, _ = act(Attributes(), line=[("SIL", 0.3), ("AA", 0.2), ("T", 0.08), ("UW", 0.2), ("T", 0.07),
                                           ("W", 0.1), ("AA", 0.3), ("SIL", 0.5)])  # fmt: skip
    pucker = curves[:, PUCKER]
    assert pucker[int((0.58 - 0.06) * 50)] > 0.15 * pucker.max()  # 60 ms before the vowel
    between = pucker[int(0.78 * 50) : int(0.85 * 50) + 1]
    assert between.min() > 0.5 * pucker.max()


def test_crisp_opens_wider_than_mumbled_and_shouts_wider_than_whispers():
    def widest(**given):
        return np.mean([np.percentile(act(Attributes(**given), s)[0][:, JAW], 95) for s in range(3)])

    assert widest(delivery="crisp") > 1.5 * widest(delivery="mumbled")
    assert widest(vocal="shouts") > 1.8 * widest(vocal="whispers")


def test_silence_keeps_the_mouth_at_rest():
    curves, head, _ = act(Attributes(), line=[("SIL", 4.0)])
    assert curves[:, JAW].max() < 0.05
    assert np.degrees(np.abs(head - head.mean(0)).max()) < 1.5


def test_intensity_is_monotone():
    smiles = [shown(Attributes(emotion="happy", intensity="x", level=i), "mouthSmileLeft") for i in (0.3, 0.6, 1.0)]
    assert smiles[0] < smiles[1] < smiles[2]


def test_two_people_with_one_feeling_differ():
    faces = [act(Attributes(emotion="angry", level=0.9), seed)[0].mean(0) for seed in range(6)]
    upper = [INDEX[n] for n in CHANNELS if n.startswith(("brow", "nose", "eyeSquint", "mouthPress", "mouthUpper"))]
    assert np.std(faces, 0)[upper].max() > 0.05


def test_a_blend_shows_the_eyes_of_one_and_the_mouth_of_the_other():
    both = Attributes(emotion="tearful", blend="happy", intensity="x", level=0.9)
    alone = Attributes(emotion="tearful", intensity="x", level=0.9)
    assert shown(both, "browInnerUp") > 0.6 * shown(alone, "browInnerUp")
    assert shown(both, "mouthSmileLeft") > 0.3 > 0.1 > shown(alone, "mouthSmileLeft")
    assert shown(both, "mouthFrownLeft") < 0.4 * shown(alone, "mouthFrownLeft")


def test_smile_between_phrases_rises_in_the_pauses():
    curves, _, phones = act(Attributes(detail="smile between phrases"), line=sentence(3))
    smile = curves[:, INDEX["mouthSmileLeft"]]
    pause = np.zeros(len(smile), bool)
    for phone in phones:
        if phone.name == "SIL" and phone.end_s - phone.start_s > 0.4:
            pause[int((phone.start_s + 0.15) * 50) : int((phone.end_s - 0.1) * 50)] = True
    assert smile[pause].mean() > smile[~pause].mean() + 0.12


def test_eyes_widen_on_stress():
    assert shown(Attributes(detail="eyes widen on stress"), "eyeWideLeft") > 2 * shown(Attributes(), "eyeWideLeft")


def test_laughter_opens_and_pulses_the_jaw_under_a_smile():
    bursts = [Event(1.0 + 0.2 * i, 1.15 + 0.2 * i, "laugh") for i in range(8)]
    curves, head, _ = act(Attributes(vocal="laughs"), line=[("SIL", 4.0)], events=bursts)
    jaw = curves[50:130, JAW]
    assert jaw.max() > 0.2
    assert curves[70:130, INDEX["mouthSmileLeft"]].mean() > 0.4
    power = np.abs(np.fft.rfft(jaw - jaw.mean()))
    assert abs(np.fft.rfftfreq(len(jaw), 0.02)[power[3:].argmax() + 3] - 5.0) < 0.8  # five bursts a second
    assert np.degrees(np.ptp(head[:, 0])) > 3


def test_sobs_tremble_and_draw_the_brows_up():
    sobs = [Event(1.0, 1.3, "sob"), Event(1.6, 1.9, "sob")]
    crying = act(Attributes(vocal="cries"), line=[("SIL", 3.0)], events=sobs)[0]
    calm = act(Attributes(), line=[("SIL", 3.0)])[0]
    for name in ("browInnerUp", "mouthShrugLower", "jawOpen"):
        assert crying[:, INDEX[name]].max() > calm[:, INDEX[name]].max() + 0.1, name


def test_music_without_voice_moves_the_head_to_the_beat_and_no_lip():
    beats = [Event(0.5 * i, 0.5 * i + 0.05, "beat") for i in range(12)]
    curves, head, _ = act(Attributes(), line=[("SIL", 6.0)], events=beats)
    still = act(Attributes(), line=[("SIL", 6.0)])[1]
    assert curves[:, JAW].max() < 0.05
    assert head[:, 0].std() > 1.5 * still[:, 0].std()
    on, off = (head[[round((0.5 * i + lag) * 50) for i in range(2, 11)], 0].mean() for lag in (0.08, 0.33))
    assert on > off  # the chin is lower on the beat


def test_notes_hold_the_mouth_open():
    line = [("SIL", 0.3), ("L", 0.08), ("AA", 1.2), ("SIL", 0.4)]
    note = [Event(0.3, 1.58, "note")]
    sung = act(Attributes(vocal="sings"), line=line, events=note)[0][30:70, JAW]
    said = act(Attributes(), line=line)[0][30:70, JAW]
    assert sung.mean() > 1.15 * said.mean()


def test_captured_lips_stay_as_the_camera_saw_them():
    phones, mel = spoken(LINE)
    captured = np.zeros((len(mel) // 2 - 3, len(CHANNELS)), np.float32)
    captured[:, JAW] = 0.31
    turned = np.full((len(captured), 3), 0.02, np.float32)
    curves, head = teacher.perform_captured(phones, mel, Attributes(), np.random.default_rng(0), (captured, turned))
    vowel = next(p for p in phones if p.name == "AE")
    assert curves[round((vowel.start_s + 0.09) * 50), JAW] == pytest.approx(0.31, abs=0.02)
    assert np.allclose(head, 0.02)


def test_the_same_seed_gives_the_same_performance():
    first, second = (act(Attributes(emotion="amused", level=0.7), 5) for _ in range(2))
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])


def test_every_unit_is_a_channel_or_a_pair_of_them():
    units = {unit for e in EMOTIONS.values() for unit in {**e.units, **e.more}}
    units |= {unit for d in (*DELIVERIES.values(), *VOCAL.values()) for unit in d.units}
    for unit in units:
        assert unit in CHANNELS or f"{unit}Left" in CHANNELS, unit


def test_no_sound_at_all_is_acted_too():
    curves, head = teacher.perform([], spoken([("SIL", 0.2)])[1], Attributes(), np.random.default_rng(0))
    assert len(curves) == len(head) > 0
    assert teacher.perform([Phone(0.0, 0.2, "M")], spoken([("SIL", 0.2)])[1], Attributes(), np.random.default_rng(0))


def test_lips_follow_captured_faces_that_the_fit_never_saw(shared_data: Path):
    folder = shared_data / "grid_s1"
    captures = Captures(folder / "curves.npz")
    held_out = [phrase for phrase in phrases_of("grid_s1", folder) if phrase.split == "measure"][::5]
    rows = []
    for phrase in held_out:
        track = phrase.track()
        mouth = lips.touch(lips.mouth_of(hear(track.phones, log_mel(track.samples)), Delivery()), track.phones)
        seen = captures.curves(phrase.path.stem)[0]
        frames = min(len(mouth), len(seen))
        ours, theirs = aperture(mouth[:frames]), aperture(seen[:frames])
        jaws = mouth[:frames, JAW], seen[:frames, JAW]
        rows.append([correlation(ours, theirs), spread(ours) / spread(theirs), correlation(*jaws)])
    aperture_r, aperture_range, jaw_r = np.mean(rows, 0)
    assert aperture_r > 0.78
    assert 0.8 < aperture_range < 1.25
    assert jaw_r > 0.8
