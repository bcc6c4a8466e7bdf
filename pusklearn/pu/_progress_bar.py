"""A bar that shows how far a phase is, and the time left."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from tqdm.auto import tqdm

SHOWN: ContextVar[bool] = ContextVar("SHOWN", default=True)
# Seconds from one line of a log file to the next. A phase that is shorter has none.
LOG_INTERVAL = 30
LOG_FORMAT = (
    "{desc}: {n_fmt} of {total_fmt} {unit}s after {elapsed}, {remaining} left{postfix}"
)


class LogLines:
    """A stream that writes each state of a bar on a line of its own.

    Parameters
    ----------
    stream : text stream
        Where the lines go.
    """

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.last = ""

    def write(self, text: str) -> None:
        """Write a text, but for one that is empty or the same as before."""
        text = text.strip()
        if text not in ("", self.last):
            self.last = text
            self.stream.write(f"{text}\n")

    def flush(self) -> None:
        """Hand on what is written."""
        self.stream.flush()


def progress_bar(
    rows: Iterable[Any] | None = None,
    *,
    description: str,
    unit: str,
    verbose: int = 1,
    total: int | None = None,
) -> tqdm:
    """Return a bar on standard error, or one that is not shown.

    In a file, such as the log of a cluster, the bar is a line every 30 seconds, and
    one at the end of a phase that took longer.

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
    look: dict[str, Any] = {"mininterval": 0.5}
    if is_log(sys.stderr):
        look = {
            "file": LogLines(sys.stderr),
            "bar_format": LOG_FORMAT,
            "delay": LOG_INTERVAL,
            "mininterval": LOG_INTERVAL,
            "maxinterval": LOG_INTERVAL,
        }
    return tqdm(
        rows,
        desc=description,
        unit=unit,
        total=total,
        disable=not (verbose and SHOWN.get()),
        **look,
    )


def is_log(stream: Any) -> bool:
    """Tell whether standard error is a file or a pipe.

    A notebook puts a stream of its own in its place, which is no terminal either, but
    shows bars.
    """
    own = sys.__stderr__
    return own is not None and stream is own and not own.isatty()


@contextmanager
def without_bars() -> Iterator[None]:
    """Show no bars inside, because one that is open counts what is done there."""
    token = SHOWN.set(False)
    try:
        yield
    finally:
        SHOWN.reset(token)
