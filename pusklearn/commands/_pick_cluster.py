"""Micrographs picked by the workers of a dask cluster."""

import os
import queue
import time
import uuid
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pusklearn.commands._cluster import SECONDS_BEFORE_A_LINE, Cluster, connected
from pusklearn.commands._cluster_worker import UnseenFileError, pick_on_worker
from pusklearn.commands._errors import print_warning
from pusklearn.commands._general_model import GENERAL
from pusklearn.commands._pick_journal import Entry
from pusklearn.commands._pick_workers import Setup
from pusklearn.commands._task import Task, failed_entry
from pusklearn.micrographs.io._listed_file import ListedFile, listed_path

if TYPE_CHECKING:
    from distributed import Client, Future

# Each worker has a micrograph to do while the next one is on its way. More would only
# take memory of the scheduler, and be under suspicion if the worker dies.
TASKS_OF_A_WORKER = 2
# How often the workers are counted, in seconds.
SECONDS_OF_A_COUNT = 1.0
GONE = (
    "The scheduler at {place} has gone, or somebody has cancelled the tasks of this "
    "run. The same command goes on where this one stopped."
)


def picked_on_cluster(
    setup: Setup, tasks: Iterable[Task], cluster: Cluster, threads: int | None = None
) -> Generator[Entry]:
    """Yield the picks of each micrograph, as they come from the workers of a cluster.

    Only paths go to the workers, and only picks come back. A micrograph whose worker
    dies goes to another one. One that ends worker after worker, even if it is the only
    one, cannot be used.

    Parameters
    ----------
    setup : Setup
        The picker.
    tasks : iterable of Task
        The micrographs.
    cluster : Cluster
        The cluster.
    threads : int or None, default=None
        The number of threads that compute a micrograph; None stands for those of the
        worker.

    Raises
    ------
    ImportError
        If the package distributed is not installed.
    ValueError
        If the model cannot be used, or a worker has another version of pusklearn.
    OSError
        If the scheduler or all workers cannot be reached, or a worker cannot see the
        files.
    """
    import pusklearn

    with connected(cluster) as client:
        submit = partial(
            client.submit,
            pick_on_worker,
            _with_absolute_path(setup),
            threads=threads,
            version=pusklearn.__version__,
            pure=False,
        )
        run = _Run(client, cluster, submit)
        yield from run.picked(tasks)
        # A worker that dies brings all its micrographs under suspicion.
        for task in run.suspects:
            yield from run.picked([task], is_alone=True)


def check_is_there(client: "Client", cluster: Cluster) -> None:
    """Raise an OSError if the scheduler of a cluster has gone."""
    # A connection that is lost comes back without the tasks that were sent.
    if client.status != "running":
        raise OSError(GONE.format(place=cluster.place))


class _Run:
    """Micrographs on their way to the workers of a cluster and back.

    Parameters
    ----------
    client : Client
        The connection.
    cluster : Cluster
        The cluster.
    submit : callable
        Sends a task to a worker under a key, and returns its future.

    Attributes
    ----------
    pending : dict of Future to Task
        What has been sent.
    suspects : list of Task
        Micrographs whose workers have died again and again.
    """

    def __init__(self, client: "Client", cluster: Cluster, submit: Any) -> None:
        self.client = client
        self.cluster = cluster
        self.submit = submit
        self.pending: dict[Future, Task] = {}
        self.suspects: list[Task] = []
        self.done: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self.n_workers = _WorkerCount(client, cluster)
        # The dashboard shows tasks by what is before the last part of their keys.
        self.keys = (f"pick-{uuid.uuid4().hex[:8]}-{n}" for n in count())

    def picked(self, tasks: Iterable[Task], is_alone: bool = False) -> Iterator[Entry]:
        """Yield the picks of micrographs, as they come."""
        todo = iter(tasks)
        while True:
            # Even without a worker something waits, since a cluster may start workers
            # if there is something to do.
            room = TASKS_OF_A_WORKER * max(1, self.n_workers()) - len(self.pending)
            for task in islice(todo, max(0, room)):
                future = self.submit(_with_absolute_paths(task), key=next(self.keys))
                self.pending[future] = task
                future.add_done_callback(self.done.put)
            if not self.pending:
                return
            yield from self._entries(self._finished(), is_alone)

    def _finished(self):
        """Wait a little, and return the futures that are finished."""
        try:
            finished = [self.done.get(timeout=SECONDS_OF_A_COUNT)]
        except queue.Empty:
            return []
        while not self.done.empty():
            finished.append(self.done.get())
        return finished

    def _entries(self, futures, is_alone):
        """Yield what has come of futures."""
        check_is_there(self.client, self.cluster)
        finished = {f.key: f for f in futures if f.status == "finished"}
        # All at once, since each call takes the time of a message there and back. A
        # result is lost if its worker dies before it is handed over.
        entries = self.client.gather(finished, errors="skip")
        for future in futures:
            task = self.pending.pop(future)
            entry = entries.get(future.key)
            if entry is not None:
                yield _as_told_here(entry, task)
            elif future.status == "cancelled":
                raise OSError(GONE.format(place=self.cluster.place))
            else:
                yield from self._failed(task, future.exception(), is_alone)

    def _failed(self, task, error, is_alone):
        """Yield the entry of a micrograph that cannot be used, or raise the error."""
        from distributed import KilledWorker

        if isinstance(error, KilledWorker):
            if not is_alone:
                self.suspects.append(task)
                return
            yield failed_entry(task, OSError(_describe_killed(error)))
        elif isinstance(error, UnseenFileError) and _is_gone(task):
            yield _as_told_here(failed_entry(task, error), task)
        elif "deserialization" in str(error) or _is_missing_library(error):
            raise ImportError(_describe_environment(self.cluster)) from error
        else:
            raise error


class _WorkerCount:
    """Counts the workers of a cluster, once in a while.

    Parameters
    ----------
    client : Client
        The connection.
    cluster : Cluster
        The cluster.
    """

    def __init__(self, client: "Client", cluster: Cluster) -> None:
        self.client = client
        self.cluster = cluster
        self.number = 0
        self.counted = -SECONDS_OF_A_COUNT
        self.seen = time.monotonic()
        self.is_said = False

    def __call__(self) -> int:
        """Return the number of workers.

        Raises
        ------
        OSError
            If there has been none for too long, or the scheduler has gone.
        """
        now = time.monotonic()
        if now - self.counted < SECONDS_OF_A_COUNT:
            return self.number
        self.counted = now
        check_is_there(self.client, self.cluster)
        self.number = len(self.client.nthreads())
        if self.number:
            self.seen = now
            self.is_said = False
        elif now - self.seen > self.cluster.wait:
            raise OSError(
                f"The cluster at {self.cluster.place} has had no worker for "
                f"{self.cluster.wait:g} seconds. Do the jobs of its workers run, and "
                "do they reach the scheduler? --wait 3600 waits for an hour. The same "
                "command goes on where this one stopped."
            )
        elif now - self.seen > SECONDS_BEFORE_A_LINE and not self.is_said:
            print_warning(
                f"Waiting for a worker of the cluster at {self.cluster.place}."
            )
            self.is_said = True
        return self.number


def _with_absolute_path(setup):
    """Return a setup whose model any host finds."""
    if setup.model == GENERAL:
        return setup
    return setup._replace(model=Path(os.path.abspath(setup.model)))


def _with_absolute_paths(task):
    """Return a task whose files any host finds; the picks name them as before."""
    mask = None if task.mask is None else _absolute(task.mask)
    return task._replace(file=_absolute(task.file), mask=mask)


def _absolute(file):
    path = Path(os.path.abspath(file))
    if isinstance(file, ListedFile):
        return replace(file, file=path)
    return ListedFile(path, listed_path(file))


def _as_told_here(entry, task):
    """Return an entry whose messages name the files as the command does."""

    def told(text):
        for file in filter(None, (task.file, task.mask)):
            text = text.replace(os.path.abspath(file), os.fspath(file))
        return text

    return entry._replace(
        error=None if entry.error is None else told(entry.error),
        warnings=[told(text) for text in entry.warnings],
    )


def _is_gone(task):
    """Tell whether a file that was there when the run began is there no more."""
    files = [task.file, *([] if task.mask is None else [task.mask])]
    return not all(map(os.path.exists, files))


def _is_missing_library(error):
    return isinstance(error, ModuleNotFoundError) and "pusklearn" in str(error)


def _describe_environment(cluster):
    import pusklearn

    return (
        f"The scheduler and the workers at {cluster.place} must have pusklearn "
        f"{pusklearn.__version__} and the same version of dask as this command. Start "
        "them in the environment of this command."
    )


def _describe_killed(error):
    return (
        f"each of {error.allowed_failures + 1} workers has ended while it worked on "
        f"this micrograph, the last one at {error.last_worker.address}. Most likely it "
        "takes more memory than a worker has; the log of the worker may say more."
    )
