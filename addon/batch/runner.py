"""A batch under way: lines go to the backend a few ahead, their takes are delivered as they come."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bpy

from ...inference_backend.contract import BackendFailed, Cancelled, MienError, Take
from .. import characters, export, generation, service
from ..blender_types import Context
from ..generation import Generation
from ..takes import storage
from . import orders, record
from .delivery import deliver
from .lines import BadLine
from .record import DONE, FAILED, KEPT, Entry, Record
from .targets import Planned, check_folder

AHEAD = 2
"""Lines at the backend at once: it works on the next one while Blender writes the last one's files."""
_PATIENCE = 3
"""Failures of the backend in a row after which the rest is given up."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Where:
    """Where a batch finds its sounds and puts its takes: scene, folder of the table, and the place in the file.

    by_markers: lines without cues of their own change their style at the scene's markers.
    """

    scene: str
    folder: Path
    place: str = "ACTIVE"
    into_file: bool = True
    by_markers: bool = False


class Batch:
    """All lines of a batch; step() is called now and then, and waits for nothing but Blender itself."""

    def __init__(
        self,
        planned: Sequence[Planned],
        where: Where,
        path: Path | None = None,
        before: Mapping[str, Entry] | None = None,
    ) -> None:
        self.where = where
        self.gave_up = ""
        self.on_line: Callable[[Entry], None] = lambda entry: None
        self._planned = list(planned)
        self._under_way: deque[tuple[int, Generation, float, int]] = deque()
        self._failures = 0
        self._is_proven = False
        self.record = Record([self._entry(item) for item in self._planned], path)
        self._waiting = deque(i for i, entry in enumerate(self.record.entries) if not self._keep(entry, before or {}))

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return not self._waiting and not self._under_way

    @property
    def fraction(self) -> float:
        """How far the batch is, 0 to 1."""
        now = sum(current.fraction for _, current, _, _ in list(self._under_way)[:1])
        return (self.record.count(DONE, FAILED, KEPT) + now) / max(1, len(self.record.entries))

    def step(self, context: Context) -> bool:
        """Take in what has come, deliver one take at most, send the next lines; tell whether anything changed."""
        changed = any([current.step() for _, current, _, _ in self._under_way])
        if self._under_way and self._under_way[0][1].outcome is not None:
            self._end(context, *self._under_way.popleft())
            changed = True
        ahead = AHEAD if self._is_proven else 1  # a backend that does not start should fail one line, not several
        while self._waiting and len(self._under_way) < ahead and not self._blocks():
            changed = True
            self._send(context, self._waiting.popleft(), 0)
        return changed

    def begin(self) -> None:
        """Write the record, with all lines waiting but those that a run before did."""
        if self.record.path:
            self.record.path.parent.mkdir(parents=True, exist_ok=True)
        self._save()

    def problems(self, context: Context) -> list[tuple[Entry, str]]:
        """Find what is wrong with the lines that wait, without performing any."""
        scene = bpy.data.scenes[self.where.scene]
        found = []
        for index in self._waiting:
            try:
                self._order(context, scene, self._planned[index])
            except MienError as error:
                found.append((self.record.entries[index], str(error)))
        return found

    def cancel(self) -> None:
        """Stop; what is done stays, the rest keeps waiting for another run."""
        for _, current, _, _ in self._under_way:
            current.cancel()
            current.step()
        self._under_way.clear()
        self._waiting.clear()
        self._save()

    def _blocks(self) -> bool:
        """Tell whether a line is next whose order fails at once: one at a time, that windows are drawn in between."""
        return bool(self._under_way) and self._under_way[0][1].outcome is not None

    def _send(self, context: Context, index: int, tries: int) -> None:
        scene = bpy.data.scenes.get(self.where.scene)
        entry = self.record.entries[index]
        started = time.perf_counter()
        try:
            if scene is None:
                raise BadLine(f"The scene '{self.where.scene}' was deleted or renamed meanwhile.")
            order = self._order(context, scene, self._planned[index])
            entry.character = order.character
            self._under_way.append((index, generation.launched(order), started, tries))
        except MienError as error:
            self._close(entry, FAILED, str(error), started)

    def _order(self, context: Context, scene: bpy.types.Scene, planned: Planned) -> generation.Order:
        """Read a line into an order, once it is clear that its files can be written; raises MienError."""
        order = orders.order_of(context, scene, planned.line, self.where.folder, by_markers=self.where.by_markers)
        for target in planned.targets:
            export.check_form(target.path)
            check_folder(target.path.parent)
        return order

    def _end(self, context: Context, index: int, current: Generation, started: float, tries: int) -> None:
        """Deliver the takes of a line, or say why there are none."""
        entry, outcome = self.record.entries[index], current.outcome
        if isinstance(outcome, BackendFailed):
            self._failed_backend(context, index, outcome, started, tries)
            return
        self._failures, self._is_proven = 0, True
        if not isinstance(outcome, tuple):
            state = record.WAITING if isinstance(outcome, Cancelled) else FAILED
            self._close(entry, state, str(outcome), started)
            return
        try:
            self._deliver(context, index, current, outcome[0])
            self._close(entry, DONE, entry.message, started)
        except MienError as error:
            self._close(entry, FAILED, str(error), started)
        except Exception as error:  # one line that breaks Blender's own exporters must not stop the rest
            log.exception("line %s failed", entry.name)
            self._close(entry, FAILED, f"Mien met an unexpected error ({type(error).__name__}: {error}).", started)

    def _deliver(self, context: Context, index: int, current: Generation, take: Take) -> None:
        planned, entry = self._planned[index], self.record.entries[index]
        delivered = deliver(context, planned.line, current.order, take, planned.targets, self.where.place)
        entry.take, entry.frames, entry.sound_s = delivered.take, delivered.frames, round(take.duration_s, 3)
        entry.outputs = [str(target.path) for target in planned.targets]
        entry.message = " ".join(delivered.notes)

    def _failed_backend(self, context: Context, index: int, error: MienError, started: float, tries: int) -> None:
        """Try the line once more with a new backend; give the rest up where that does not help either."""
        service.distrust()
        self._failures, self._is_proven = self._failures + 1, False
        if tries == 0 and self._failures < _PATIENCE:
            self._send(context, index, 1)
            return
        self._close(self.record.entries[index], FAILED, str(error), started)
        if self._failures >= _PATIENCE:
            self.gave_up = f"The backend failed {self._failures} times in a row: {error}"
            self.cancel()

    def _close(self, entry: Entry, state: str, message: str, started: float) -> None:
        entry.state, entry.message = state, message
        entry.took_s = round(time.perf_counter() - started, 3)
        self._save()
        self.on_line(entry)

    def _save(self) -> None:
        try:
            self.record.save()
        except MienError as error:
            log.warning("%s", error)

    def _entry(self, planned: Planned) -> Entry:
        line, scene = planned.line, bpy.data.scenes[self.where.scene]
        try:
            sound = orders.sound_path(line, self.where.folder).stat()
            state = (sound.st_size, sound.st_mtime_ns)
        except OSError:
            state = None
        targets = [(str(target.path), target.engine) for target in planned.targets]
        styles = orders.styles_used(scene, line, by_markers=self.where.by_markers)
        fingerprint = line.fingerprint(self.where.scene, state, targets, *styles)
        return Entry(line.number, line.name, line.character, fingerprint)

    def _keep(self, entry: Entry, before: Mapping[str, Entry]) -> bool:
        """Tell whether a run before did this line and its results are still there."""
        done = before.get(entry.fingerprint)
        if done is None or not all(Path(output).is_file() for output in done.outputs):
            return False
        if (self.where.into_file or not done.outputs) and not self._holds(done):
            return False
        entry.state, entry.message, entry.take, entry.outputs = KEPT, "", done.take, done.outputs
        entry.frames, entry.sound_s, entry.took_s = done.frames, done.sound_s, 0.0
        entry.character = done.character
        return True

    def _holds(self, done: Entry) -> bool:
        scene = bpy.data.scenes.get(self.where.scene)
        target = scene.objects.get(done.character) if scene else None
        if scene is None or target is None:
            return False
        try:
            owner = storage.owner_of(characters.find(target, scene))
        except MienError:
            return False
        return storage.find(owner, done.take) is not None
