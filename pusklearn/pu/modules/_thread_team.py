"""Threads that each take a part of a batch, and sleep while they wait.

torch's own threads share every single operation, and wait for each other at full speed.
If another program takes the core of one of them, the others burn their time until it
comes back, many times in an update. Here a thread takes its part of the batch through
all layers, and waits only where a layer needs the whole batch::

    member 0   rows   0 - 127   conv  norm ---+ sum +--- conv  norm ---+ sum +--- logits
    member 1   rows 128 - 255   conv  norm ---+     +--- conv  norm ---+     +--- logits
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Self

import torch

_MEMBERSHIP = threading.local()
_LIMIT_LOCK = threading.Lock()


class ThreadTeam:
    """Threads that work on the parts of a batch at the same time.

    Each has one thread of torch. The calling thread is one of them. It is a context
    manager; its threads end with the context.

    Parameters
    ----------
    n_members : int
        The number of threads, the calling one included.
    """

    def __init__(self, n_members: int):
        self.n_members = n_members
        self.terms: list[torch.Tensor | None] = [None] * n_members
        self.barrier = threading.Barrier(n_members)
        self.lengths: list[int] = []

    def __enter__(self) -> Self:
        self.executor = ThreadPoolExecutor(
            max(1, self.n_members - 1), initializer=limit_to_one_thread
        )
        return self

    def __exit__(self, *exception: Any) -> None:
        self.barrier.abort()  # for members that an interrupt has left waiting
        self.executor.shutdown()

    def split(self, batch: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Return the part of each member, and remember how long the parts are."""
        parts = batch.tensor_split(self.n_members)
        self.lengths = [len(part) for part in parts]
        return parts

    def map(self, function: Callable, *parts: Sequence) -> list:
        """Call a function in every member with its part of each sequence.

        If it fails in one member, those that wait for a sum fail too, and the first
        error is raised when all have ended.
        """
        self.barrier.reset()
        first, *others = enumerate(zip(*parts, strict=True))
        futures: list[Future] = []
        results: list[Any] = []
        errors: list[BaseException] = []
        try:
            for other in others:
                futures.append(self.executor.submit(self._work, function, *other))
            results.append(self._work(function, *first))
        except BaseException as error:
            # An interrupt may come before this member, or another, has begun.
            self.barrier.abort()
            errors.append(error)
        for future in futures:
            try:
                results.append(future.result())
            except BaseException as error:
                errors.append(error)
        # A member that waited in vain says nothing about the cause.
        errors.sort(key=lambda error: isinstance(error, threading.BrokenBarrierError))
        if errors:
            raise errors[0]
        return results

    def sum(self, term: torch.Tensor) -> torch.Tensor:
        """Return the sum of one term of each member, the same bits in all of them."""
        self.terms[_MEMBERSHIP.rank] = term
        self.barrier.wait()
        total = torch.stack(self.terms).sum(0)  # type: ignore[arg-type]
        # No member may give its next term before all have read this one.
        self.barrier.wait()
        return total

    def _work(self, function, rank, arguments):
        before = _MEMBERSHIP.__dict__.copy()
        _MEMBERSHIP.team, _MEMBERSHIP.rank = self, rank
        try:
            return function(*arguments)
        except BaseException:
            self.barrier.abort()
            raise
        finally:
            _MEMBERSHIP.__dict__.clear()
            _MEMBERSHIP.__dict__.update(before)


def current_team() -> ThreadTeam | None:
    """Return the team that the calling thread works in, or None."""
    return getattr(_MEMBERSHIP, "team", None)


def current_rank() -> int:
    """Return the number of the calling thread in its team, from 0; 0 without a team."""
    return getattr(_MEMBERSHIP, "rank", 0)


def rows_in_batch(n: int) -> tuple[slice, int]:
    """Return where `n` rows stand in the batch, and how many rows the batch has.

    Without a team they are the batch. In a team they are the part of the member.
    """
    team = current_team()
    if team is None or not team.lengths:
        return slice(0, n), n
    start = sum(team.lengths[: current_rank()])
    return slice(start, start + n), sum(team.lengths)


def own_threads() -> int:
    """Return how many threads of torch the calling thread has.

    A thread that asks here before it uses torch gets as many as others, even if one of
    these is being limited.
    """
    with _LIMIT_LOCK:
        return torch.get_num_threads()


def limit_to_one_thread() -> int:
    """Give the calling thread one thread of torch; return how many it had."""
    # torch keeps a number for each thread, and one for the threads to come. The latter
    # is put back at once, by another thread.
    with _LIMIT_LOCK:
        n_threads = torch.get_num_threads()
        torch.set_num_threads(1)
        put_back = threading.Thread(target=torch.set_num_threads, args=(n_threads,))
        put_back.start()
        put_back.join()
    return n_threads


@contextmanager
def one_thread_of_torch() -> Iterator[None]:
    """Give the calling thread one thread of torch, for the time of the context."""
    n_threads = limit_to_one_thread()
    try:
        yield
    finally:
        torch.set_num_threads(n_threads)
