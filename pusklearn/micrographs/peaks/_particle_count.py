"""The number of particles, from peaks of which some are labelled."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.peaks._held_out_peaks import FoldPeaks, heights
from pusklearn.pu.priors._bbe import bbe


class ParticleCount(NamedTuple):
    """A number of particles, and the interval that holds it with probability 0.9."""

    number: float
    low: float
    high: float

    def times(self, factor: float) -> "ParticleCount":
        """Return the number and its interval, multiplied."""
        return ParticleCount(*(factor * value for value in self))

    def within(self, least: float, most: float) -> "ParticleCount":
        """Return the number and its interval, each in a range that is certain."""
        return ParticleCount(*(min(max(value, least), most) for value in self))


def held_out_count(folds: Sequence[FoldPeaks]) -> ParticleCount:
    """Estimate the number of particles from peaks that classifiers have not learnt.

    Let ``n`` peaks stand above a threshold, and let ``r`` be the share of the labelled
    particles that do. If all these peaks are particles, there are ``n / r`` particles;
    if some are not, there are fewer. Best bin estimation finds the threshold.

    Parameters
    ----------
    folds : sequence of FoldPeaks
        The peaks of each classifier.

    Returns
    -------
    ParticleCount
        The number among all these peaks. It is 0, up to all peaks, without labels.
    """
    of_labels, _ = heights(folds)
    of_peaks = np.concatenate(
        [np.empty(0), *(np.arange(len(f.scores)) / len(f.scores) for f in folds)]
    )
    return count_from(of_labels, of_peaks)


def count_from(
    of_labels: NDArray[np.float64], of_peaks: NDArray[np.float64]
) -> ParticleCount:
    """Estimate the number of particles among peaks.

    Parameters
    ----------
    of_labels : ndarray of float64 of shape (n_labels,)
        The scores of the labelled particles; below all others if one is not found.
    of_peaks : ndarray of float64 of shape (n_peaks,)
        The scores of all peaks, those of labelled particles among them.

    Returns
    -------
    ParticleCount
    """
    n_peaks = len(of_peaks)
    if not n_peaks or not len(of_labels):
        return ParticleCount(0.0, 0.0, float(n_peaks))
    share, (low, high) = bbe(of_labels, of_peaks)
    return ParticleCount(share, low, high).times(n_peaks)
