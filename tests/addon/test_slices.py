"""Long work goes in slices: all of it, in order, and left where it is stopped."""

from __future__ import annotations

import threading

import pytest
from mien.addon import slices
from mien.inference_backend.contract import Busy


def counting(steps, seen):
    try:
        for number in range(steps):
            seen.append(number)
            yield (number + 1) / steps
    finally:
        seen.append("left")
    return "all"


@pytest.fixture(autouse=True)
def idle():
    yield
    slices.stop()


def test_whole_does_all_of_it():
    seen = []
    assert slices.whole(counting(3, seen)) == "all"
    assert seen == [0, 1, 2, "left"]


def test_a_slice_ends_after_its_time_and_the_next_one_goes_on():
    seen = []
    going = slices.Slices(counting(3, seen))
    assert not going.go_on(0.0)
    assert seen == [0]
    assert going.fraction == 0.25
    assert going.go_on(60.0)
    assert (going.result, seen) == ("all", [0, 1, 2, "left"])


def test_work_within_work_is_a_stretch_of_it():
    told, seen = [], []

    def outer():
        told.append((yield from slices.within(counting(2, seen), 0.5, 1.0)))

    assert [*outer()] == [0.75, 1.0]
    assert told == ["all"]


def test_leaving_the_outer_work_leaves_the_inner_one():
    seen = []
    work = slices.within(counting(5, seen), 0.0, 1.0)
    next(work)
    work.close()
    assert seen == [0, "left"]


def test_a_thread_does_its_part_and_hands_on_what_goes_wrong():
    assert slices.whole(slices.in_thread(threading.get_ident)) != threading.get_ident()
    with pytest.raises(ZeroDivisionError):
        slices.whole(slices.in_thread(lambda: 1 / 0))


def test_one_at_a_time_and_stop_leaves_it():
    seen = []
    going = slices.begin(counting(3, seen))
    going.go_on(0.0)
    with pytest.raises(Busy):
        slices.begin(counting(1, []))
    slices.stop("Stopped.", again=True)
    assert (slices.current, going.said, going.again, seen) == (None, "Stopped.", True, [0, "left"])
