"""Peaks of score maps by classifiers that have not learnt from these micrographs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class FoldPeaks(NamedTuple):
    """Peaks of the micrographs that one classifier has not learnt from.

    Attributes
    ----------
    scores : ndarray of float64 of shape (n_peaks,)
        The scores of all peaks.
    of_labels : ndarray of float64 of shape (n_found,)
        The scores at which one labelled particle more is found.
    n_labels : int
        The number of labelled particles, found or not.
    """

    scores: NDArray[np.float64]
    of_labels: NDArray[np.float64]
    n_labels: int


def heights(folds: Sequence[FoldPeaks]) -> tuple[NDArray[np.float64], int]:
    """Return how high each labelled particle stands among the peaks of its fold.

    Classifiers have scales of their own, but what stands above a score can be compared.

    Parameters
    ----------
    folds : sequence of FoldPeaks
        The peaks of each classifier.

    Returns
    -------
    heights : ndarray of float64 of shape (n_labels,)
        The share of the fold's peaks that have a lower score, in [0, 1]. It is -1 for
        a particle that is not found.
    n_peaks : int
        The number of all peaks.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.micrographs.peaks._held_out_peaks import FoldPeaks, heights
    >>> peaks = FoldPeaks(np.array([5.0, 1.0, 4.0, 2.0]), np.array([4.0]), n_labels=2)
    >>> heights([peaks])
    (array([ 0.5, -1. ]), 4)
    """
    parts = [np.empty(0)]
    for fold in folds:
        below = np.searchsorted(np.sort(fold.scores), fold.of_labels)
        parts.append(below / max(len(fold.scores), 1))
        parts.append(np.full(fold.n_labels - len(fold.of_labels), -1.0))
    return np.concatenate(parts), sum(len(fold.scores) for fold in folds)
