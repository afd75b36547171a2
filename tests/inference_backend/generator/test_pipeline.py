"""The shipped weights, through the pipeline, on sounds that training never heard."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from inference_backend.contract import INDEX, Cancelled, Progress, Request, Take
from inference_backend.data_engine.speech import texts, voices
from inference_backend.data_engine.speech.music import coloured_noise
from inference_backend.data_engine.speech.track import from_spoken
from inference_backend.generator import pipeline, sound, windows
from inference_backend.generator.networks import WEIGHTS
from inference_backend.generator.pipeline import Generator
from inference_backend.training.evaluation.curves import gesture_power
from inference_backend.training.evaluation.lips import Contacts
from inference_backend.training.evaluation.lips import contacts as count_contacts

ROOT = Path(__file__).parents[3]
DEMO_SPEECH = ROOT / "addon" / "assets" / "demo_speech.wav"


@pytest.fixture(scope="module")
def generator() -> Generator:
    return pipeline.load(WEIGHTS)


@pytest.fixture(scope="module")
def speech() -> sound.Sound:
    return sound.read(DEMO_SPEECH)


@pytest.fixture(scope="module")
def styled(generator: Generator, speech: sound.Sound) -> dict[str, Take]:
    prompts = ("neutral", "strong happy", "strong sad", "strong angry", "surprised", "nods", "shakes her head")
    return {style: generator.generate(speech, Request(style=style, fps=50)) for style in prompts}


def test_the_same_seed_gives_the_same_take_and_another_seed_another(generator: Generator, speech: sound.Sound):
    first, again, other = (generator.generate(speech, Request(style="happy", seed=s)) for s in (3, 3, 4))
    np.testing.assert_array_equal(first.values, again.values)
    assert np.abs(first.values - other.values).max() > 0.05


@pytest.mark.parametrize("fps", [12.0, 24.0, 25.0, 29.97, 60.0])
def test_a_take_has_a_row_for_each_frame_of_the_sound(generator: Generator, speech: sound.Sound, fps: float):
    take = generator.generate(speech, Request(fps=fps))
    assert len(take) == round(speech.duration_s * fps)
    assert take.values.dtype == take.head.dtype == np.float32


def test_row_k_is_the_face_at_k_over_fps_seconds(generator: Generator, speech: sound.Sound):
    slow, fast = (generator.generate(speech, Request(fps=fps)).channel("jawOpen") for fps in (25.0, 50.0))
    assert np.corrcoef(slow, fast[::2][: len(slow)])[0, 1] > 0.97
    assert np.corrcoef(slow[1:], fast[::2][: len(slow) - 1])[0, 1] < np.corrcoef(slow, fast[::2][: len(slow)])[0, 1]


def test_no_head_motion_holds_the_head_still(generator: Generator, speech: sound.Sound):
    assert not generator.generate(speech, Request(style="nods", head_motion=0.0)).head.any()


def test_no_strength_is_neutral_and_more_is_more(generator: Generator, speech: sound.Sound):
    def smile(strength: float) -> np.ndarray:
        return generator.generate(speech, Request(style="happy", strength=strength)).channel("mouthSmileLeft")

    weak, plain, strong = (smile(s).mean() for s in (0.0, 1.0, 1.6))
    neutral = generator.generate(speech, Request(style="")).channel("mouthSmileLeft").mean()
    assert weak == pytest.approx(neutral, abs=1e-4)
    assert weak < plain < strong


def test_progress_rises_to_one(generator: Generator, speech: sound.Sound):
    seen: list[Progress] = []
    generator.generate(speech, Request(), seen.append)
    fractions = [p.fraction for p in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_cancelling_stops_at_the_next_step(generator: Generator, speech: sound.Sound):
    seen = []

    def stop(progress: Progress) -> None:
        seen.append(progress)
        if progress.phase == "acting":
            raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        generator.generate(speech, Request(), stop)
    assert seen[-1].phase == "acting"
    assert sum(p.phase == "acting" for p in seen) == 1


def test_long_sounds_do_not_depend_on_where_windows_fall(
    generator: Generator, speech: sound.Sound, monkeypatch: pytest.MonkeyPatch
):
    whole = generator.generate(speech, Request(style="happy"))
    monkeypatch.setattr(windows, "WINDOW", 90)
    windowed = generator.generate(speech, Request(style="happy"))
    np.testing.assert_allclose(windowed.values, whole.values, atol=2e-4)
    np.testing.assert_allclose(windowed.head, whole.head, atol=2e-4)


@pytest.mark.parametrize(
    ("style", "channels"),
    [
        ("strong happy", ("mouthSmileLeft", "mouthSmileRight")),
        ("strong sad", ("mouthFrownLeft", "browInnerUp")),
        ("strong angry", ("browDownLeft", "browDownRight")),
        ("surprised", ("eyeWideLeft", "browInnerUp", "browOuterUpLeft")),
    ],
)
def test_a_style_shows_where_it_should(styled: dict[str, Take], style: str, channels: tuple[str, ...]):
    rise = styled[style].values.mean(0) - styled["neutral"].values.mean(0)
    for channel in channels:
        assert rise[INDEX[channel]] >= 0.1, channel


def test_a_nod_moves_pitch_and_a_shake_yaw(styled: dict[str, Take]):
    power = {s: [gesture_power(styled[s].head[:, i], 50.0) for i in (0, 1)] for s in ("nods", "shakes her head")}
    assert power["nods"][0] > 4 * power["nods"][1]  # twice the motion is four times the power
    assert power["shakes her head"][1] > 4 * power["shakes her head"][0]


@pytest.mark.parametrize(
    "request_",
    [
        Request(),
        Request("strong happy"),
        Request("strong sad"),
        Request("strong angry"),
        Request("surprised"),
        Request("surprised", strength=2.0),
        Request("strong happy", strength=2.0, lips=2.0),
    ],
    ids=str,
)
def test_lips_close_on_p_b_m_in_any_style_and_stay_open_on_open_vowels(generator: Generator, request_: Request):
    names = [n for n in voices.available() if n in ("flite:slt", "flite:rms", "espeak:en-us")]
    if not names:
        pytest.skip("no speech engine with exact phone times is installed")
    request_ = dataclasses.replace(request_, fps=50)
    found = Contacts()
    for name in names:
        for spoken in voices.speak(name, list(texts.HELD_OUT[:6])):
            take = generator.generate(sound.Sound(from_spoken(spoken).samples), request_)
            found += count_contacts(take, spoken.phones)
    assert found.closed >= 0.95 * found.bilabials
    assert found.false <= 0.05 * found.vowels


def test_windows_leave_no_seam(generator: Generator, speech: sound.Sound, monkeypatch: pytest.MonkeyPatch):
    longer, request = sound.Sound(np.tile(speech.samples, 5)), Request("strong happy, nods", fps=50)

    def bends() -> np.ndarray:
        take = generator.generate(longer, request)
        return np.abs(np.diff(np.concatenate([take.values, take.head], 1), 2, axis=0)).mean(1)

    bend = bends()
    joins = [k for at in range(windows.WINDOW, len(bend), windows.WINDOW) for k in (at - 2, at - 1, at)]
    assert bend[joins].max() <= 1.5 * np.percentile(np.delete(bend, joins), 99)
    monkeypatch.setattr(windows, "WINDOW", 1700)  # what falls on the joins by chance bends as much without them
    assert np.abs(bend - bends())[joins].max() < 2e-4


@pytest.mark.parametrize("level_db", [None, -60, -40, -20])
def test_silence_and_noise_do_not_mouth(generator: Generator, level_db: int | None):
    samples = np.zeros(3 * sound.SAMPLE_RATE, np.float32)
    if level_db is not None:
        samples = (10 ** (level_db / 20) * coloured_noise(len(samples), np.random.default_rng(11))).astype(np.float32)
    jaw = generator.generate(sound.Sound(samples), Request()).channel("jawOpen")
    assert jaw.max() < 0.06
    assert jaw.std() < 0.015


def test_people_blink_now_and_then_with_both_eyes(generator: Generator, speech: sound.Sound):
    longer = sound.Sound(np.tile(speech.samples, 3))
    takes = [generator.generate(longer, Request(fps=50, seed=seed)) for seed in range(3)]
    left, right = (np.concatenate([t.channel(f"eyeBlink{side}") for t in takes]) for side in ("Left", "Right"))
    blinks = ((left[1:] > 0.5) & (left[:-1] <= 0.5)).sum()
    per_minute = blinks / (len(left) / 50 / 60)
    assert 4 < per_minute < 40
    assert np.corrcoef(left, right)[0, 1] > 0.95
