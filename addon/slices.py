"""Long work on Blender's data in slices, between which the window lives on. No bpy here.

Work is a generator: it yields now and then how far it is, 0 to 1, and returns what came of it. Between two slices
anything may vanish, so it keeps data-blocks and names alone, never what lies within a data-block.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from typing import Any, TypeVar

from ..inference_backend.contract import Busy
from .waiting.forecast import UNKNOWN

T = TypeVar("T")
Work = Generator[float, None, T]

SLICE_S = 0.03
"""How long a slice lasts, and what its last step takes beyond."""
TICK_S = 0.01
"""Time between slices, for the window."""
BUSY = "Keys are being written; wait for them, or press Cancel."
CANCELLED = "Keying was cancelled; nothing was changed."


def whole(work: Work[T]) -> T:
    """Do all of it at once."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def within(work: Work[T], first: float, last: float) -> Work[T]:
    """Do work as a stretch of a longer one, which it takes from one share to another."""
    with closing(work):
        while True:
            try:
                done = next(work)
            except StopIteration as end:
                return end.value
            yield first + (last - first) * done


def in_thread(call: Callable[[], T]) -> Work[T]:
    """Do what touches no data of Blender's in a thread of its own."""
    pool = ThreadPoolExecutor(1, "mien-slices")
    future = pool.submit(call)
    pool.shutdown(wait=False)
    while not future.done():
        wait([future], timeout=TICK_S)
        yield 0.0
    return future.result()


class Slices:
    """Work under way, for the panel to show. Begun and ended here; go_on() is called at each tick."""

    phase, left_s = "keying", UNKNOWN

    def __init__(self, work: Work[Any]) -> None:
        self.result: Any = None
        self.busy_s = 0.0
        self.said = ""
        """What to say of work that was stopped."""
        self.again = False
        """Whether work that was stopped is to be begun anew, where it was asked for by name."""
        self._done = 0.0
        self._work = work

    @property
    def fraction(self) -> float:
        """How far it is, in quarters: each change of it has Blender draw the whole window, which may take longer."""
        return int(self._done * 4.0) / 4.0

    def go_on(self, budget_s: float = SLICE_S) -> bool:
        """Do the next slice; tell whether all is done now. Raises what the work raises."""
        start = time.perf_counter()
        try:
            while True:
                self._done = next(self._work)
                if time.perf_counter() - start >= budget_s:
                    return False
        except StopIteration as end:
            self.result = end.value
            return True
        finally:
            self.busy_s += time.perf_counter() - start

    def close(self) -> None:
        """Leave all as it was before, unless all is done."""
        self._work.close()


current: Slices | None = None


def check() -> None:
    """Raise Busy while work is under way."""
    if current is not None:
        raise Busy(BUSY)


def begin(work: Work[Any]) -> Slices:
    """Begin work as the one that the panel shows; raise Busy where there is another."""
    global current
    check()
    current = Slices(work)
    return current


def end(ended: Slices) -> None:
    """Note that work is done or has failed."""
    global current
    if current is ended:
        current = None


def stop(said: str = "", *, again: bool = False) -> None:
    """End what is under way; nothing of it stays."""
    global current
    stopped, current = current, None
    if stopped is not None:
        stopped.said, stopped.again = said, again
        stopped.close()
