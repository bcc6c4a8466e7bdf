"""What a worker of a dask cluster does with a micrograph."""

import os
import socket
import threading
from typing import TYPE_CHECKING

from pusklearn.commands._general_model import GENERAL
from pusklearn.commands._pick_workers import Setup, pick_one

# The library is imported inside functions, so that a scheduler, which looks at all
# tasks, needs little of it.
if TYPE_CHECKING:
    from pusklearn.commands._pick_journal import Entry
    from pusklearn.commands._task import Task

# A worker may have several threads. They compute one micrograph together, so that the
# memory is that of one.
ONE_AT_A_TIME = threading.Lock()


class UnseenFileError(OSError):
    """A worker cannot see a file that is there."""


def pick_on_worker(
    setup: Setup, task: "Task", threads: int | None, version: str
) -> "Entry":
    """Return the picks of a micrograph, or why it cannot be used.

    Parameters
    ----------
    setup : Setup
        The picker, see `pick_one`.
    task : Task
        The micrograph. All paths are absolute.
    threads : int or None
        The number of threads that compute; None stands for those of the worker.
    version : str
        The version of pusklearn that asks.

    Raises
    ------
    UnseenFileError
        If a file is not there for the worker.
    ValueError
        If the model cannot be used, or pusklearn has another version here.
    """
    from distributed import get_worker

    worker = get_worker()
    host = socket.gethostname()
    try:
        check_version(version)
        if setup.model != GENERAL:
            check_seen(setup.model)
        # A file that was not there for the one who asks is no fault of this host.
        if task.stamp[:1] != [None]:
            check_seen(task.file)
        if task.mask is not None:
            check_seen(task.mask)
        with ONE_AT_A_TIME:
            use_threads(threads or worker.state.nthreads)
            return pick_one(setup, task)
    except Exception as error:
        error.add_note(f"The worker {worker.address} on host {host} says so.")
        raise


def check_version(version: str) -> None:
    """Raise a ValueError if pusklearn has another version here."""
    import pusklearn

    if pusklearn.__version__ != version:
        raise ValueError(
            f"All must have the same version of pusklearn. This command has {version}, "
            f"and a worker has {pusklearn.__version__}. Start the workers in the "
            "environment of this command."
        )


def check_seen(path: str | os.PathLike) -> None:
    """Raise an error if a file is not there for this process."""
    if not os.path.exists(path):
        raise UnseenFileError(
            f"A worker of the cluster cannot see {path}. Workers read the files "
            "themselves, so a file system is needed that all hosts share, with the "
            "same paths."
        )


def use_threads(threads: int) -> None:
    """Let this thread compute with so many threads."""
    from pusklearn.commands._options import set_threads

    if getattr(_THREADS, "number", None) != threads:
        set_threads(threads)
        _THREADS.number = threads


_THREADS = threading.local()
