"""A bar that shows how far a phase is, and the time left."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from tqdm.auto import tqdm

SHOWN: ContextVar[bool] = ContextVar("SHOWN", default=True)


def progress_bar(
    rows: Iterable[Any] | None = None,
    *,
    description: str,
    unit: str,
    verbose: int = 1,
    total: int | None = None,
) -> tqdm:
    """Return a bar on standard error, or one that is not shown.

    Parameters
    ----------
    rows : iterable or None, default=None
        What the bar iterates over. With None, its ``update`` moves it, and as a context
        manager it is closed at the end.
    description : str
        What is done, in plain words.
    unit : str
        What is counted.
    verbose : int, default=1
        0 shows no bar.
    total : int or None, default=None
        How many units there are; None takes the length of `rows`.

    Returns
    -------
    tqdm.tqdm
        The bar.

    Examples
    --------
    >>> from pusklearn.pu._progress_bar import progress_bar
    >>> rows = progress_bar([1, 2], description="adding", unit="number", verbose=0)
    >>> sum(rows)
    3
    """
    return tqdm(
        rows,
        desc=description,
        unit=unit,
        total=total,
        mininterval=0.5,
        disable=not (verbose and SHOWN.get()),
    )


@contextmanager
def without_bars() -> Iterator[None]:
    """Show no bars inside, because one that is open counts what is done there."""
    token = SHOWN.set(False)
    try:
        yield
    finally:
        SHOWN.reset(token)
