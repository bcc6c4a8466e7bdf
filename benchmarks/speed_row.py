"""A row of the report on speed, and what one is measured with."""

import time
from dataclasses import dataclass
from functools import cache

import numpy as np


@dataclass(frozen=True)
class Row:
    """One piece of work, measured.

    Parameters
    ----------
    work : str
        What was done.
    ours : float
        Seconds that pusklearn takes.
    reference : float or None, default=None
        Seconds of the plain reference, in the same run.
    reference_note : str, default=""
        What the plain reference is.
    limit : float or None, default=None
        Seconds that the machine needs at least, by its memory or its arithmetic.
    limit_note : str, default=""
        What the limit counts.
    goal : str, default=""
        Such as "<= 50 ms".
    agreement : str, default=""
        How close the answers of both are.
    """

    work: str
    ours: float
    reference: float | None = None
    reference_note: str = ""
    limit: float | None = None
    limit_note: str = ""
    goal: str = ""
    agreement: str = ""


def seconds(function, *, repeats=7):
    """Return the shortest time of a call; the first call is not counted."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def timed(function):
    """Return the result of one call, and its seconds."""
    start = time.perf_counter()
    result = function()
    return result, time.perf_counter() - start


@cache
def bytes_per_second():
    """Rate at which NumPy, on one core, reads and writes memory beyond the caches."""
    source = np.zeros(2**26, np.uint8)
    target = np.empty_like(source)
    return 2 * source.nbytes / seconds(lambda: np.copyto(target, source))


@cache
def flops_per_second():
    """Rate of float32 arithmetic in a product of matrices, on the threads of torch."""
    import torch

    matrix = torch.ones(2048, 2048)
    return 2 * len(matrix) ** 3 / seconds(lambda: matrix @ matrix)


def as_table(rows):
    """Return rows as a table in Markdown."""
    lines = [
        "| work | goal | ours | plain reference | ours / reference | limit "
        "| ours / limit | answers |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        limit, over_limit = "", ""
        if row.limit is not None:
            limit = f"{as_time(row.limit)}: {row.limit_note}"
            over_limit = f"{row.ours / row.limit:.3g}"
        reference, ratio = "", ""
        if row.reference is not None:
            reference = f"{as_time(row.reference)}: {row.reference_note}"
            ratio = f"{row.ours / row.reference:.2g}"
        cells = [row.work, row.goal, as_time(row.ours), reference, ratio]
        cells += [limit, over_limit, row.agreement]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def as_time(duration):
    """Return seconds as text with three digits, in ms below a second."""
    if duration < 1:
        return f"{1e3 * duration:.3g} ms"
    return f"{duration:.3g} s"
