"""A fraction of the samples that is held out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pusklearn.pu.splits._folds_with_copies_together import number_distinct


def held_out_rows(
    X: Any,
    is_positive: NDArray[np.bool_],
    fraction: float,
    random_state: np.random.RandomState,
) -> NDArray[np.bool_]:
    """Draw a fraction of the labelled positives, and of the unlabeled samples.

    Copies of a sample are drawn together; see `folds_with_copies_together`.

    Parameters
    ----------
    X : array-like, sparse matrix, DataFrame or list
        The samples.
    is_positive : ndarray of bool of shape (n,)
        Whether each sample is labelled.
    fraction : float
        The fraction, in (0, 1). At least one sample of each kind is held out, and at
        least one is left, if there are two.
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
    >>> X, is_positive = np.arange(10), np.arange(10) < 4
    >>> held_out = held_out_rows(X, is_positive, 0.5, np.random.RandomState(0))
    >>> int(held_out[:4].sum()), int(held_out[4:].sum())
    (2, 3)
    """
    number = number_distinct(X)
    if number is not None:
        with_label = np.bincount(number, is_positive) > 0
        held_out = draw_of_each(with_label, fraction, random_state)[number]
        if np.unique([is_positive, held_out], axis=1).shape[1] == 4:
            return held_out
    return draw_of_each(is_positive, fraction, random_state)


def draw_of_each(
    kind: NDArray[np.bool_], fraction: float, random_state: np.random.RandomState
) -> NDArray[np.bool_]:
    """Draw a fraction of the samples of each of two kinds."""
    is_drawn = np.zeros(len(kind), bool)
    for value in (True, False):
        rows = np.flatnonzero(kind == value)
        n = min(max(round(fraction * len(rows)), 1), max(len(rows) - 1, 0))
        is_drawn[random_state.permutation(rows)[:n]] = True
    return is_drawn
