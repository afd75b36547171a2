"""The pipeline around networks that follow rules: pieces, styles over time, variations, any length."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from inference_backend.contract import MAX_VARIATIONS, BadRequest, Cancelled, Cue, Ingredient, Progress, Request, Take
from inference_backend.generator import pipeline, windows
from inference_backend.generator.pipeline import STEPS, Generator
from inference_backend.generator.sound import SAMPLE_RATE, Sound
from tests.inference_backend.generator.fake_networks import BROW, LISTENER_HALO, SMILE, FakeNetworks
from tests.inference_backend.generator.sounds import bursts

CUED = Request(
    "worried",
    seed=5,
    fps=50,
    cues=(Cue(2.0, "happy"), Cue(6.1, mix=(Ingredient(text="worried"),))),
    lips=1.4,
    upper=0.8,
)


def sound_of(seconds: float) -> Sound:
    return Sound(bursts(SAMPLE_RATE, seconds))


def perform(seconds: float, request: Request = CUED) -> Take:
    return Generator(FakeNetworks()).generate(sound_of(seconds), request)


@pytest.mark.parametrize("window", [7, 64, 100])
def test_a_take_does_not_depend_on_the_windows(window: int, monkeypatch: pytest.MonkeyPatch):
    whole = perform(8.0)
    monkeypatch.setattr(windows, "WINDOW", window)
    pieced = perform(8.0)
    np.testing.assert_allclose(pieced.values, whole.values, atol=2e-6)
    np.testing.assert_allclose(pieced.head, whole.head, atol=2e-6)


def test_a_window_cannot_be_told_from_the_rest_by_its_joins():
    take = perform(30.0)
    curves = np.concatenate([take.values, take.head], axis=1)
    bend = np.abs(np.diff(curves, 2, axis=0)).max(axis=1)
    at_joins = np.zeros(len(bend), bool)
    for join in range(windows.WINDOW, len(curves) - 2, windows.WINDOW):
        at_joins[join - 2 : join + 1] = True
    assert np.median(bend[at_joins]) <= np.percentile(bend[~at_joins], 99)
    assert bend[at_joins].mean() <= 1.3 * bend[~at_joins].mean()


@pytest.mark.parametrize("seconds", [0.05, 0.06, 0.2, 1.0, 5.0, 5.01, 10.04])
@pytest.mark.parametrize("fps", [1.0, 24.0, 240.0])
def test_any_length_has_its_frames(seconds: float, fps: float):
    take = perform(seconds, Request("happy", fps=fps))
    assert len(take) == max(1, round(seconds * fps))


def test_memory_is_flat_in_length_but_for_the_motion_itself():
    request = Request("happy", fps=10)
    generator = Generator(FakeNetworks())
    generator.generate(sound_of(1.0), request)
    peaks = []
    for seconds in (60.0, 240.0):
        sound = sound_of(seconds)
        tracemalloc.start()
        generator.generate(sound, request)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    motion = 55 * 4 * (50 + 10)  # bytes a second, at 50 Hz and at the frames asked for
    assert peaks[1] - peaks[0] < 2 * motion * 180


def test_each_style_acts_only_where_it_weighs():
    networks = FakeNetworks()
    Generator(networks).generate(sound_of(20.0), Request("worried", cues=(Cue(12.0, "happy"),), fade_s=1.0))
    # Windows of 5 s: the fade from 11.5 to 12.5 s lies in the third of five.
    acted = [style for _, style in networks.acted]
    assert acted.count((1, 0, 0)) == 3 * STEPS
    assert acted.count((0, 1, 0)) == 3 * STEPS


def test_a_cue_changes_the_face_at_its_time():
    take = perform(8.0, Request("worried", fps=50, cues=(Cue(4.0, "happy"),), fade_s=0.5))
    before, after = slice(50, 185), slice(215, 350)
    for channel, sign in ((BROW, -1), (SMILE, 1)):
        curve = take.values[:, channel]
        assert sign * (curve[after].mean() - curve[before].mean()) > 0.3
    half = take.values[197:204, SMILE].mean() - take.values[before, SMILE].mean()
    whole = take.values[after, SMILE].mean() - take.values[before, SMILE].mean()
    assert 0.2 < half / whole < 0.8


def test_a_fade_is_no_jump_and_a_cut_is_one():
    steps = {}
    for fade_s in (0.0, 1.0):
        request = Request("worried", fps=50, cues=(Cue(4.0, "happy"),), fade_s=fade_s)
        steps[fade_s] = np.abs(np.diff(perform(8.0, request).values[:, SMILE]))[195:205].max()
    assert steps[1.0] < 0.3 * steps[0.0]


def test_a_mix_shows_in_proportion():
    def brow(weight: float) -> float:
        mix = (Ingredient(text="worried", weight=weight), Ingredient(text="happy", weight=1 - weight))
        return float(perform(4.0, Request(mix=mix)).values[:, BROW].mean())

    low, middle, high = brow(0.0), brow(0.5), brow(1.0)
    assert high - low > 0.2
    assert low + 0.3 * (high - low) < middle < low + 0.7 * (high - low)


def test_variations_are_the_takes_of_the_seeds_that_follow():
    networks = FakeNetworks()
    takes = Generator(networks).variations(sound_of(6.0), CUED, 3)
    assert [take.meta["request"]["seed"] for take in takes] == [5, 6, 7]
    assert networks.heard_frames <= 302 + 2 * LISTENER_HALO  # once, for all
    assert {rows for rows, _ in networks.acted} == {3}
    for k, take in enumerate(takes):
        alone = perform(6.0, Request.from_json(CUED.to_json().replace('"seed": 5', f'"seed": {5 + k}')))
        np.testing.assert_allclose(take.values, alone.values, atol=2e-6)
        np.testing.assert_allclose(take.head, alone.head, atol=2e-6)
    assert np.abs(takes[0].values - takes[1].values).max() > 0.02


def test_the_same_seed_gives_the_same_bytes():
    first, again = perform(6.0), perform(6.0)
    np.testing.assert_array_equal(first.values, again.values)
    np.testing.assert_array_equal(first.head, again.head)


def test_a_processor_acts_few_takes_at_once_so_that_it_can_be_stopped(monkeypatch: pytest.MonkeyPatch):
    together = Generator(FakeNetworks()).variations(sound_of(1.0), CUED, 5)
    networks = FakeNetworks()
    monkeypatch.setattr(networks, "provider", "CPU", raising=False)
    apart = Generator(networks).variations(sound_of(1.0), CUED, 5)
    assert {rows for rows, _ in networks.acted} == {2, 1}
    for one, other in zip(together, apart, strict=True):
        np.testing.assert_array_equal(one.values, other.values)


@pytest.mark.parametrize("count", [0, -1, MAX_VARIATIONS + 1])
def test_too_many_variations_are_refused(count: int):
    with pytest.raises(BadRequest, match="1 to 16 variations"):
        Generator(FakeNetworks()).variations(sound_of(1.0), Request(), count)


def test_progress_never_falls_and_every_phase_comes_once():
    seen: list[Progress] = []
    Generator(FakeNetworks()).variations(sound_of(70.0), CUED, 2, seen.append)
    fractions = [progress.fraction for progress in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    phases = [p.phase for k, p in enumerate(seen) if k == 0 or p.phase != seen[k - 1].phase]
    assert phases == ["listening", "reading the style", "acting", "finishing", "done"]


@pytest.mark.parametrize("phase", ["listening", "reading the style", "acting", "finishing"])
def test_cancelling_works_in_every_phase(phase: str):
    def stop(progress: Progress) -> None:
        if progress.phase == phase:
            raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        Generator(FakeNetworks()).generate(sound_of(12.0), CUED, stop)


def test_a_take_tells_its_request_but_not_the_bytes_of_references():
    told = pipeline._told(Request("happy", mix=(Ingredient(reference="UEs="), Ingredient(text="worried"))))
    assert told["mix"][0]["reference"].startswith("sha256:")
    assert told["mix"][1]["text"] == "worried"
    assert told["style"] == "happy"


def test_the_style_of_a_request_is_what_it_begins_with():
    request = Request("worried", mix=(Ingredient(text="happy", weight=3),), cues=(Cue(1.0, "happy"),))
    np.testing.assert_allclose(Generator(FakeNetworks()).style_of(request), [0.25, 0.75, 0])
