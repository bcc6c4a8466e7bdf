"""Whether joblib computes in other processes, and what comes back from there."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pusklearn.pu._warn_caller import keeping_warnings, warn_caller


def computes_elsewhere() -> bool:
    """Tell whether `joblib.parallel_config` has chosen processes that share no memory.

    Processes of this machine ("loky") and workers of a cluster ("dask") are such. A
    task that a worker of a cluster does counts as done here: it does not hand on parts
    of itself.
    """
    # Without its import, nothing has been chosen.
    if "joblib" not in sys.modules or is_task_of_worker():
        return False
    from joblib.parallel import get_active_backend

    backend, _ = get_active_backend(prefer="threads")
    return not getattr(backend, "supports_sharedmem", False)


def is_task_of_worker() -> bool:
    """Tell whether this thread does a task of a worker of a dask cluster."""
    module = sys.modules.get("distributed.utils")
    return hasattr(getattr(module, "thread_state", None), "execution_state")


def only_row_and_warnings(rows: Sequence) -> tuple[Any, list]:
    """Return the only row of a sequence, and the warnings that come with it."""
    with keeping_warnings() as kept:
        (row,) = rows
    return row, kept


def rows_with_warnings(results: Iterable[tuple[Any, list]]) -> Iterator:
    """Yield what `only_row_and_warnings` has returned, and give the warnings here."""
    for row, kept in results:
        for message, category in kept:
            warn_caller(message, category)
        yield row
