"""Executors: the same parts made by this machine's cores, or by a Ray cluster with GPU actors for the teachers."""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import connection
from pathlib import Path
from typing import Any

from ..contract import MienError
from .clip import keep, kept, making_of, read_part
from .stage import LOG, Execute, Made, Stage, StageFailed, make_part

# Numeric libraries must not start a thread for each core in each process; they read this as they are loaded.
_ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
Parts = list[tuple[Path, Path]]


def local(workers: int = 0) -> Execute:
    """Use so many processes of this machine, 0 for one a core."""
    count = workers or _cores()

    def execute(stage: Stage, parts: Parts, on_made: Callable[[Made], None]) -> None:
        if not parts:
            return
        left = _in_pool(stage, parts, on_made, count)
        for source, folder in left:  # a worker died: find out on which clip, one part at a time
            while _in_pool(stage, [(source, folder)], on_made, 1):
                _give_up_next(stage, source, folder)

    return execute


def _cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _in_pool(stage: Stage, parts: Parts, on_made: Callable[[Made], None], workers: int) -> Parts:
    """Make parts in processes of their own; those that were not made because a process died are returned."""
    left = dict.fromkeys(parts)
    spawn = multiprocessing.get_context("spawn")  # engines in C and their locks do not survive a fork
    log = parts[0][1].parent / LOG
    with _one_thread(), ProcessPoolExecutor(min(workers, len(parts)), spawn, _settle, (log,)) as pool:
        futures = {pool.submit(make_part, stage, source, folder): (source, folder) for source, folder in parts}
        try:
            for future in as_completed(futures):
                on_made(future.result())
                del left[futures[future]]
        except BrokenProcessPool:
            return list(left)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return []


@contextmanager
def _one_thread() -> Iterator[None]:
    """Give one thread for the numbers to each process that is started meanwhile."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(_ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            os.environ.update({} if value is None else {name: value})


def _settle(log: Path) -> None:
    """Settle in as a worker, which writes into the stage's log and does not stay behind when the parent is killed."""
    _speak_into(log)
    logging.basicConfig(format="%(asctime)s %(message)s")
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_leave_after, args=(parent.sentinel,), daemon=True).start()


def _speak_into(log: Path) -> None:
    """Send the words of this process' libraries, MediaPipe's in C++ as well, to a log: people see sentences alone."""
    with suppress(OSError), log.open("ab") as file:
        os.dup2(file.fileno(), 2)


@contextmanager
def _words_into(log: Path) -> Iterator[None]:
    """Send what is said in this process meanwhile, in C++ as well, to a log."""
    before = os.dup(2)
    _speak_into(log)
    try:
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)


def _leave_after(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def _give_up_next(stage: Stage, source: Path, folder: Path) -> None:
    """Reject the clip that kills whoever works on it: the first of its part that is not done."""
    reason = f"{stage.name} died on it (out of memory, or a crash in an engine)."
    making = making_of(folder)
    clip = next((clip for clip in read_part(source) if kept(clip.id, making) is None), None)
    if clip is None:
        raise StageFailed(f"{stage.name} died while it wrote {folder}; run again: it goes on where it was.")
    keep(clip.replace(rejected=reason), making)


def ray(address: str | None = None, workers: int = 0, gpus: float = 0.0) -> Execute:
    """Use Ray Data: actors that keep their models, each with so many GPUs; the folders must be on a shared disk."""

    def execute(stage: Stage, parts: Parts, on_made: Callable[[Made], None]) -> None:
        library, data = _ray()
        if not parts:
            return
        if not library.is_initialized():
            quiet: dict[str, Any] = {"include_dashboard": False, "log_to_driver": False, "configure_logging": False}
            # Without an address Ray would join whatever cluster once ran here, or wait for one that is gone.
            where = address or os.environ.get("RAY_ADDRESS") or "local"
            at_home = {"_node_ip_address": "127.0.0.1"} if where == "local" else {}
            try:
                with _words_into(parts[0][1].parent / LOG):
                    library.init(address=where, **quiet, **at_home)
            except ConnectionError as error:
                reason = f"No Ray cluster is reached at {where}; start it with `ray start`, or unset RAY_ADDRESS."
                raise StageFailed(reason) from error
        if not (slots := _slots(library, gpus)):
            raise StageFailed(
                f"No machine of the cluster lends an actor {gpus:g} GPUs; start some that do, or lower --gpus."
            )
        rows = [{"source": str(source), "folder": str(folder)} for source, folder in parts]
        made = data.from_items(rows, override_num_blocks=len(rows)).map_batches(
            _Actor,
            fn_constructor_args=[stage],
            batch_size=1,
            num_gpus=gpus or None,
            compute=data.ActorPoolStrategy(size=workers or min(len(rows), slots)),
        )
        try:
            for row in made.iter_rows():
                on_made(Made(**row))
        except library.exceptions.RayTaskError as error:
            raise (error.cause if isinstance(error.cause, (MienError, OSError)) else error) from error

    return execute


def _ray() -> tuple[Any, Any]:
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # what this process tells of Ray's inner life, in C++
    try:
        import ray as library
        import ray.data as data
    except ModuleNotFoundError as error:
        raise StageFailed("The Ray executor needs the package ray: pip install '.[cluster]'") from error
    data.DataContext.get_current().enable_progress_bars = False
    # Ray tells of itself, and its own files keep that; what goes wrong comes as an exception.
    logging.getLogger("ray").setLevel(logging.CRITICAL)
    for handler in logging.getLogger("ray.data").handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setLevel(logging.CRITICAL)
    return library, data


def _slots(library: Any, gpus: float) -> int:
    """How many actors the cluster has room for."""
    resources = library.cluster_resources()
    return int(resources.get("GPU", 0) / gpus) if gpus else max(1, int(resources.get("CPU", 1)))


class _Actor:
    """A worker of the cluster: it keeps its stage, and so its models, from part to part."""

    def __init__(self, stage: Stage):
        self._stage = stage

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        """Make the part of a batch of one."""
        made = make_part(self._stage, Path(str(batch["source"][0])), Path(str(batch["folder"][0])))
        return {name: [value] for name, value in vars(made).items()}
