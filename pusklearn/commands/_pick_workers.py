"""Micrographs picked one after the other, in this process or in several others."""

import os
import signal
import threading
from array import array
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pusklearn.commands._general_model import Particle
from pusklearn.commands._pick_journal import Entry
from pusklearn.commands._task import Task, entry_of, failed_entry, open_micrograph

# The library is imported inside functions, so that a process starts fast.
if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

# These limit the threads of the libraries that compute, if set before they are loaded.
LIMITS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


class Setup(NamedTuple):
    """The picker of all micrographs.

    Attributes
    ----------
    model : Path or "general"
        The file of the model, or the general network.
    sha256 : str
        Its checksum.
    threshold : float, str or None
        The threshold of the picks, see `PeakExtractor`.
    margin : str or None
        How far from the edge picks are; None leaves what the model has.
    device : str
        What computes.
    needs_pixel_size : bool, default=False
        Whether a micrograph without a pixel size cannot be used, since the boxes of the
        picks are given in angstrom.
    particle : Particle or None, default=None
        What the general network is told.
    """

    model: Path | str
    sha256: str
    threshold: float | str | None
    margin: str | None
    device: str
    needs_pixel_size: bool = False
    particle: Particle | None = None


def picked(
    setup: Setup, tasks: Iterable[Task], jobs: int, threads: int
) -> Generator[Entry]:
    """Yield the picks of each micrograph, as they come.

    Parameters
    ----------
    setup : Setup
        The picker.
    tasks : iterable of Task
        The micrographs.
    jobs : int
        The number of processes; 1 works in this one.
    threads : int
        The number of threads in each.

    Raises
    ------
    ValueError
        If the model cannot be used.
    OSError
        If a process has been ended, which the system does if memory is short.
    """
    if jobs > 1:
        yield from _picked_elsewhere(setup, tasks, jobs, threads)
        return
    from pusklearn.commands._options import set_threads

    set_threads(threads)
    for task in tasks:
        yield pick_one(setup, task)


def pick_one(setup: Setup, task: Task) -> Entry:
    """Return the picks of a micrograph, or why it cannot be used."""
    import numpy as np

    from pusklearn.commands._errors import warnings_handed_to
    from pusklearn.micrographs.images._stand_ins import UNUSABLE, is_fault_of_system
    from pusklearn.pu._progress_bar import without_bars

    warnings: list[str] = []
    with warnings_handed_to(warnings.append), without_bars():
        picker = load_picker(setup)
        try:
            micrograph = open_micrograph(task, setup.needs_pixel_size)
            (picks,) = picker.predict([micrograph])
        except UNUSABLE as error:
            if is_fault_of_system(error):
                raise
            return failed_entry(task, error)._replace(warnings=warnings)
    return entry_of(task, micrograph)._replace(
        picks=array("d", np.asarray(picks, dtype=float).ravel()),
        warnings=warnings,
        threshold=finite(picker.named_steps["extract"].threshold),
    )


def finite(threshold: float) -> float | None:
    """Return a threshold, or None if it is below every score."""
    return None if threshold == float("-inf") else threshold


@lru_cache(maxsize=1)
def load_picker(setup: Setup) -> "Pipeline":
    """Return the picker of a model, which is read once in each process.

    Raises
    ------
    ValueError
        If the file is another one than when the run began.
    """
    from pusklearn.commands._picker_file import open_picker, sha256_of

    picker = open_picker(
        setup.model, setup.threshold, setup.margin, setup.device, setup.particle
    )
    if sha256_of(setup.model) != setup.sha256:
        raise ValueError(
            f"{setup.model} has been replaced since the run began. Give another "
            "--output, or --overwrite to pick everything again."
        )
    return picker


def _picked_elsewhere(setup, tasks, jobs, threads):
    """Yield the picks of each micrograph, from several processes."""
    context = get_context("spawn")
    reader, writer = context.Pipe(duplex=False)
    executor = ProcessPoolExecutor(
        jobs, mp_context=context, initializer=start_worker, initargs=(reader,)
    )
    todo = iter(tasks)
    pending: set[Future] = set()
    try:
        while True:
            # Few tasks wait, so that none of many has to be called back.
            with as_workers_start(threads):
                for task in islice(todo, 2 * jobs - len(pending)):
                    pending.add(executor.submit(pick_one, setup, task))
            if not pending:
                break
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
        executor.shutdown()
    except BrokenProcessPool as error:
        raise OSError(
            "A process that picks micrographs has been ended, most likely because "
            "memory is short. Give a smaller --jobs; the same command goes on where "
            "this one stopped."
        ) from error
    finally:
        # The results of what is still computed are not needed.
        writer.close()
        executor.shutdown(wait=False, cancel_futures=True)


@contextmanager
def as_workers_start(threads: int) -> Iterator[None]:
    """Let processes that start here have few threads, and not stop at Ctrl-C."""
    before = {name: os.environ.get(name) for name in LIMITS}
    os.environ.update(dict.fromkeys(LIMITS, str(threads)))
    can_mask = hasattr(signal, "pthread_sigmask")
    if can_mask:
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        if can_mask:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def start_worker(reader: Connection) -> None:
    """Let this process end with the one that has started it, however that one ends."""
    threading.Thread(target=_end_with, args=(reader,), daemon=True).start()


def _end_with(reader):
    try:
        reader.recv()
    except (EOFError, OSError):
        os._exit(1)
