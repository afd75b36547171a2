"""Time by stage: what lies within another stage is counted once."""

from __future__ import annotations

import pytest

pytest.importorskip("onnxruntime")

from inference_backend.bench.stage_clock import StageClock
from inference_backend.contract import Cancelled


class Time:
    """A clock that moves when told to."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_stage_within_another_is_not_the_outer_ones():
    now = Time()
    clock = StageClock(now)
    now.seconds += 100  # before any stage
    with clock.inside("all else"):
        now.seconds += 1
        for _ in range(2):
            with clock.inside("acting"):
                now.seconds += 10
            now.seconds += 2
    now.seconds += 100
    with clock.inside("writing"):
        now.seconds += 3
    assert clock.seconds == {"all else": 5, "acting": 20, "writing": 3}


def _cancel_after_a_second(clock: StageClock, now: Time) -> None:
    with clock.inside("acting"):
        now.seconds += 1
        raise Cancelled


def test_a_stage_ends_where_it_fails():
    now = Time()
    clock = StageClock(now)
    with pytest.raises(Cancelled):
        _cancel_after_a_second(clock, now)
    now.seconds += 1
    assert clock.seconds == {"acting": 1}
