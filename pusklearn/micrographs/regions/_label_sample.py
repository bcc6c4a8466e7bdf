"""Some of the labels, to judge all of them by."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._micrograph import Micrograph

MOST_LABELS = 200
# If there are no more micrographs than this, labels are taken from all of them.
MOST_MICROGRAPHS = 12


class LabelSample(NamedTuple):
    """Labels on micrographs.

    Attributes
    ----------
    micrographs : list of Micrograph
        The micrographs.
    points : list of ndarray of shape (k, 2)
        Their labels, ``x, y`` in pixels of these micrographs.
    rows : list of int
        The number of each micrograph among those given.
    """

    micrographs: list[Micrograph]
    points: list[NDArray[np.float64]]
    rows: list[int]

    @property
    def n_labels(self) -> int:
        """The number of labels."""
        return sum(map(len, self.points))


def sample_labels(
    micrographs: Sequence[Micrograph],
    coordinates: Sequence[NDArray],
    most: int,
    rng: np.random.Generator,
) -> LabelSample:
    """Choose labels at random, about as many on each of some micrographs.

    All micrographs are kept if there are at most 12 of them, even those without labels.
    """
    few = len(micrographs) <= MOST_MICROGRAPHS
    most_of_one = -(-most // min(len(micrographs), MOST_MICROGRAPHS))
    points = {}
    for row in rng.permutation(len(micrographs)):
        xy = np.asarray(coordinates[row], np.float64)
        xy = xy[np.sort(rng.permutation(len(xy))[: min(most_of_one, most)])]
        most -= len(xy)
        if few or len(xy):
            points[int(row)] = xy / micrographs[row].scale
        if not (few or most):
            break
    rows = sorted(points)
    return LabelSample(
        [micrographs[row] for row in rows], [points[row] for row in rows], rows
    )
