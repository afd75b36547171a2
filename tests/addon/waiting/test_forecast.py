"""Time left: nothing before it can be told, then close to the truth and calm."""

from __future__ import annotations

import pytest
from mien.addon.waiting import forecast


def followed(speed, until=1.0, step_s=0.1, begin=0.0):
    job, now = forecast.Forecast(), 0.0
    fraction = begin
    left = []
    while fraction < until:
        job.told(fraction, now)
        left.append((fraction, now, job.left_s(now)))
        now += step_s
        fraction = begin + speed(now)
    return left


def test_nothing_is_told_at_first():
    job = forecast.Forecast()
    job.told(0.0, 0.0)
    assert job.left_s(50.0) == forecast.UNKNOWN
    job.told(0.05, 60.0)
    job.told(0.2, 60.1)
    assert job.left_s(60.1) == forecast.UNKNOWN, "a tenth of a second says nothing"


def test_a_steady_job_is_foretold():
    told = [(1.0 - f) * 20.0 - left for f, _, left in followed(lambda t: t / 20.0) if left >= 0]
    assert len(told) > 150
    assert max(map(abs, told)) < 0.5


def test_waiting_for_the_model_does_not_count():
    job = forecast.Forecast()
    for second in range(60):
        job.told(0.0, float(second))
    job.told(0.05, 60.0)
    job.told(0.15, 61.0)
    assert job.left_s(61.0) == pytest.approx(8.5)


def test_it_goes_down_between_steps_and_never_below_zero():
    job = forecast.Forecast()
    job.told(0.1, 0.0)
    job.told(0.5, 4.0)
    assert [job.left_s(t) for t in (4.0, 6.0, 100.0)] == pytest.approx([5.0, 3.0, 0.0])


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 s"),
        (3.2, "4 s"),
        (20, "20 s"),
        (21, "25 s"),
        (58, "1 min"),
        (61, "1 min 5 s"),
        (601, "11 min"),
        (3600, "60 min"),
    ],
)
def test_durations_read_well(seconds, words):
    assert forecast.duration(seconds) == words


def test_phases_are_said_in_words():
    assert forecast.told("starting the backend", -1.0) == "Starting Mien's backend"
    assert forecast.told("acting", 12.0) == "Acting, 12 s left"
