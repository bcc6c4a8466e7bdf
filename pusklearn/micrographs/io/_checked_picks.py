"""The picks of each micrograph as tables, once they are checked."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pusklearn.micrographs.images._check_coordinates import by_name

_COLUMNS = ["x", "y", "score"]


def checked_picks(
    picks: Sequence[ArrayLike | pd.DataFrame], n_micrographs: int
) -> list[pd.DataFrame]:
    """Return one table of numbers per micrograph.

    Parameters
    ----------
    picks : sequence of array-like of shape (k, 3) or (k, 2)
        The columns ``x, y, score`` or ``x, y`` of each micrograph. Those of a DataFrame
        are found by these names.
    n_micrographs : int
        The number of micrographs.

    Returns
    -------
    list of DataFrame
        All have the columns ``x``, ``y`` and ``score``, or all have ``x`` and ``y``.

    Raises
    ------
    ValueError
        If picks and micrographs differ in number or there are none, some picks have
        scores and others not, or a number is not finite.
    """
    points = [np.asarray(by_name(xys, _COLUMNS), dtype=float) for xys in picks]
    if len(points) != n_micrographs:
        raise ValueError(
            "Picks must come as one array per micrograph. "
            f"Got {len(points)} for {n_micrographs} micrographs."
        )
    if not points:
        raise ValueError("At least 1 micrograph is needed. Got 0.")
    rows = {xys.shape[1:] for xys in points if xys.size}
    rows = rows or {xys.shape[1:] for xys in points if xys.ndim == 2} or {(2,)}
    if rows not in ({(2,)}, {(3,)}):
        raise ValueError(
            "Picks must have shape (k, 3), columns x, y and score, or all of them "
            f"shape (k, 2). Got {', '.join(str(xys.shape) for xys in points)}."
        )
    for row, xys in enumerate(points):
        if not np.isfinite(xys).all():
            raise ValueError(
                f"Picks must be finite. Those of micrograph number {row} are not: "
                f"{xys[~np.isfinite(xys).all(axis=-1)][0].tolist()}."
            )
    [(n_columns,)] = rows
    return [
        pd.DataFrame(xys.reshape(-1, n_columns), columns=_COLUMNS[:n_columns])
        for xys in points
    ]
