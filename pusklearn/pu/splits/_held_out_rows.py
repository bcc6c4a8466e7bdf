"""A fraction of the samples that is held out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pusklearn.pu.splits._folds_with_copies_together import number_distinct

# Kinds of samples.
POSITIVE, UNLABELED, KNOWN_NEGATIVE = 1, 0, -1


def held_out_rows(
    X: Any,
    kind: NDArray[np.integer],
    fraction: float,
    random_state: np.random.RandomState,
) -> NDArray[np.bool_]:
    """Draw a fraction of the samples of each kind.

    Copies of a sample are drawn together; see `folds_with_copies_together`.

    Parameters
    ----------
    X : array-like, sparse matrix, DataFrame or list
        The samples.
    kind : ndarray of int of shape (n,)
        1 for labelled positives, 0 for unlabeled samples, -1 for known negatives.
    fraction : float
        The fraction, in (0, 1). At least one sample of each kind is held out, and at
        least one is left, if there are two. A single one is left.
    random_state : RandomState
        Seeds the draw.

    Returns
    -------
    ndarray of bool of shape (n,)
        Which samples are held out.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.pu.splits._held_out_rows import held_out_rows
    >>> X, kind = np.arange(10), np.array([1] * 4 + [0] * 6)
    >>> held_out = held_out_rows(X, kind, 0.5, np.random.RandomState(0))
    >>> int(held_out[:4].sum()), int(held_out[4:].sum())
    (2, 3)
    """
    number = number_distinct(X)
    if number is not None:
        of_copies = np.zeros(number.max() + 1, np.int8)
        for value in (KNOWN_NEGATIVE, POSITIVE):
            of_copies[number[kind == value]] = value
        held_out = draw_of_each(of_copies, fraction, random_state)[number]
        if np.unique([kind == POSITIVE, held_out], axis=1).shape[1] == 4:
            return held_out
    return draw_of_each(kind, fraction, random_state)


def draw_of_each(
    kind: NDArray[np.integer], fraction: float, random_state: np.random.RandomState
) -> NDArray[np.bool_]:
    """Draw a fraction of the samples of each kind."""
    is_drawn = np.zeros(len(kind), bool)
    for value in (POSITIVE, KNOWN_NEGATIVE, UNLABELED):
        rows = np.flatnonzero(kind == value)
        n = min(max(round(fraction * len(rows)), 1), max(len(rows) - 1, 0))
        is_drawn[random_state.permutation(rows)[:n]] = True
    return is_drawn
