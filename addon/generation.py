"""The take that is being made: one at a time, started and drained here, by whoever drives it."""

from __future__ import annotations

import dataclasses
import math
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ..inference_backend.contract import BackendFailed, Busy, Cancelled, MienError, Progress, Request, Take
from . import broken_pipe, characters, chosen, client, decoding, service, slices, sounds
from .blender_types import Context
from .preferences import launch_of
from .properties import progress_of, settings_of
from .styles import asked, places, recent
from .waiting import forecast, status_bar

_COLD = "starting the backend"


class Job(Protocol):
    """What a generation needs of the client's job."""

    def events(self) -> Any: ...  # noqa: D102

    def cancel(self) -> None: ...  # noqa: D102


class Shown(Protocol):
    """What is shown of what is under way."""

    @property
    def phase(self) -> str: ...  # noqa: D102

    @property
    def fraction(self) -> float: ...  # noqa: D102

    @property
    def left_s(self) -> float: ...  # noqa: D102


@dataclass(frozen=True)
class Order:
    """What is to be made and where it goes; names instead of Blender's objects, which may vanish meanwhile."""

    scene: str
    character: str
    excerpt: sounds.Excerpt
    request: Request
    launch: service.Launch | service.Elsewhere
    variations: int = 1
    name: str = ""
    like: str = ""
    """Identity of the take that is made again, whose shape the new ones get."""

    @property
    def title(self) -> str:
        """Name for what is made."""
        return self.name or self.excerpt.name


@dataclass(frozen=True)
class Made:
    """What was ordered, and the takes that came."""

    order: Order
    takes: tuple[Take, ...]


class Generation:
    """An order under way; step() is called now and then, and never waits."""

    def __init__(self, order: Order, job: Job, scrap: Path | None = None) -> None:
        self.order = order
        self.outcome: tuple[Take, ...] | MienError | None = None
        self._takes: list[Take] = []
        self.fraction, self.phase = 0.0, _COLD if service.running() is None else "starting"
        self._forecast = forecast.Forecast()
        self._job = job
        self._scrap = scrap

    def step(self) -> bool:
        """Take in what has happened; tell whether anything has."""
        changed = False
        for event in self._job.events():
            changed = True
            if isinstance(event, Take):
                self._takes.append(event)
                if len(self._takes) == self.order.variations:
                    self._end(tuple(self._takes))
            elif isinstance(event, MienError):
                self._end(event)
            else:
                self._told(event)
        return changed

    @property
    def left_s(self) -> float:
        """Seconds that it still takes; forecast.UNKNOWN while nobody can tell."""
        return self._forecast.left_s(time.monotonic())

    def _told(self, progress: Progress) -> None:
        self._forecast.told(progress.fraction, time.monotonic())
        if not (self.phase == _COLD and progress.phase == "starting"):
            self.phase = progress.phase
        self.fraction = progress.fraction

    def cancel(self) -> None:
        """Close the connection; the outcome is Cancelled."""
        self._job.cancel()

    def _end(self, outcome: tuple[Take, ...] | MienError) -> None:
        self.outcome = outcome
        if self._scrap:
            self._scrap.unlink(missing_ok=True)


current: Generation | None = None
last: Made | None = None
submit: Callable[..., Job] = client.launch
"""How a job is started; tests put their own here."""


def disabled_reason(context: Context) -> str:
    """Say in one sentence why no take can be made now; empty if one can. Quick: it is asked at each redraw."""
    try:
        _outline(context)
        asked.check(context.scene)
    except MienError as error:
        return str(error)
    return ""


def place(context: Context) -> Order:
    """Read the settings into an order; raise MienError where something is missing or wrong."""
    character, order = _outline(context)
    request = order.request
    style = asked.style_fields(context, character, order.excerpt.start_frame, request.style)
    return dataclasses.replace(order, request=dataclasses.replace(request, **style))


def _outline(context: Context) -> tuple[characters.Character, Order]:
    """Read all of an order but what is mixed into its style."""
    check_idle()
    settings, scene = settings_of(context.scene), context.scene
    character = chosen.character(context)
    excerpt = sounds.chosen(context)
    request = Request(
        style=settings.style.strip(),
        seed=settings.seed,
        fps=sounds.frame_rate(scene),
        strength=settings.strength,
        head_motion=settings.head_motion,
        start_s=excerpt.start_s,
        duration_s=excerpt.duration_s,
        lips=settings.lips,
        upper=settings.upper,
        gaze=settings.gaze,
        blinks=settings.blinks,
    )
    return character, Order(scene.name, character.name, excerpt, request, launch_of(context))


def check_idle() -> None:
    """Raise Busy while a take is made or keyed."""
    if current is not None:
        raise Busy("A take is being made; wait for it, or press Cancel.")
    slices.check()


def begin(order: Order) -> Generation:
    """Send an order to the backend as the one generation that the panel shows; returns at once."""
    global current
    current = launched(order)
    recent.remember(order.request.style, places.recent_file())
    return current


def launched(order: Order) -> Generation:
    """Send an order to the backend, which is started if need be; returns at once."""
    audio, request, scrap = order.excerpt.path, order.request, None
    if order.excerpt.needs_decoding:
        handle = tempfile.NamedTemporaryFile(prefix="mien_", suffix=".wav", delete=False)  # noqa: SIM115
        handle.close()
        audio = scrap = Path(handle.name)
        request = dataclasses.replace(request, start_s=0.0, duration_s=None)
    return Generation(order, submit(_starter(order, scrap), audio, request, order.variations), scrap)


def show(context: Context, generation: Shown | None, message: str = "", *, failed: bool = False) -> None:
    """Copy progress, or the last message, to where the panel reads it; redraw sidebars and status bar if it changed."""
    shown = {
        "running": generation is not None,
        "fraction": min(max(generation.fraction, 0.0), 1.0) if generation else 0.0,
        "phase": generation.phase if generation else "",
        "left_s": float(math.ceil(generation.left_s)) if generation else forecast.UNKNOWN,
        "message": message,
        "failed": failed,
    }
    progress = progress_of(context)
    if all(_same(getattr(progress, name), value) for name, value in shown.items()):
        return
    for name, value in shown.items():
        setattr(progress, name, value)
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            for region in area.regions if area.type == "VIEW_3D" else ():
                if region.type == "UI":
                    region.tag_redraw()
    status_bar.redraw(context)


def _same(kept: Any, value: Any) -> bool:
    """Compare with what Blender keeps, which has numbers in single precision."""
    return abs(kept - value) < 1e-6 if isinstance(value, float) else kept == value


def finish(context: Context) -> None:
    """Leave the current generation, cancelling it if it is still under way."""
    global current, last
    left, current = current, None
    if left is None:
        return
    if left.outcome is None:
        left.cancel()
        left.step()
    if isinstance(left.outcome, tuple):
        last = Made(left.order, left.outcome)
    if isinstance(left.outcome, BackendFailed):
        service.distrust()
    message = str(left.outcome) if isinstance(left.outcome, MienError) else ""
    show(context, None, message, failed=bool(message) and not isinstance(left.outcome, Cancelled))


def _starter(order: Order, wav: Path | None) -> Callable[[], Any]:
    """Make the slow part that runs in the client's worker thread: decode if need be, find or start the backend."""

    def start() -> Any:
        broken_pipe.shield_thread()  # the client's thread goes on to write to connections that may be cut
        if wav:
            decoding.to_wav(order.excerpt.path, wav, order.request.start_s, order.request.duration_s)
        return service.ensure(order.launch)

    return start


def register() -> None:
    """Begin with nothing under way."""
    global current, last
    current = last = None


def unregister() -> None:
    """Cancel what is under way and stop the backend."""
    global current, last
    if current is not None:
        current.cancel()
    current = last = None
    service.stop()
