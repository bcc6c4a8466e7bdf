"""Which micrographs each classifier learns from, and which it is kept from."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from pusklearn.micrographs.images._lazy_rows import is_large
from pusklearn.micrographs.regions._find_particles import find_particles
from pusklearn.micrographs.regions._folds_sharing_no_particle import (
    folds_of_micrographs,
)
from pusklearn.micrographs.regions._hold_out_micrographs import Band
from pusklearn.micrographs.regions._prior_of_regions import (
    draw_micrographs,
    micrographs_there,
)
from pusklearn.micrographs.regions._tiled_regions import TiledRegions

N_FOLDS = 3


class HeldOutBand(NamedTuple):
    """Rows of a micrograph that the classifier of a fold has not learnt from.

    Attributes
    ----------
    fold : int
        The number of the fold.
    band : Band
        The rows, and the number of the micrograph.
    counts : bool
        Whether the micrograph belongs to a random sample of all of them.
    """

    fold: int
    band: Band
    counts: bool


class Plan(NamedTuple):
    """Who learns from what.

    Attributes
    ----------
    particles : list of ndarray of shape (k, 2)
        Row and column of the labelled particles of each micrograph.
    bands : list of HeldOutBand
        All that is learnt from, by the fold that holds it out.
    scored : set of int
        The micrographs that get a score map.
    """

    particles: list[NDArray[np.float64]]
    bands: list[HeldOutBand]
    scored: set[int]

    @property
    def n_labels(self) -> int:
        """The number of labelled particles."""
        return sum(map(len, self.particles))

    @property
    def n_folds(self) -> int:
        """The number of folds."""
        return 1 + max(row.fold for row in self.bands)

    def learnt_of(self, fold: int) -> list[Band]:
        """Return the bands that the classifier of a fold learns from."""
        return [row.band for row in self.bands if row.fold != fold]

    def scored_of(self, fold: int) -> list[HeldOutBand]:
        """Return the bands of a fold that get a score map."""
        return [
            row
            for row in self.bands
            if row.fold == fold and row.band.number in self.scored
        ]


def plan_folds(
    X: TiledRegions, positives: NDArray[np.integer], random_state: RandomState
) -> Plan:
    """Divide micrographs into folds, and draw those that get a score map."""
    particles = find_particles(X, positives)
    labeled = [number for number, points in enumerate(particles) if len(points)]
    counting = draw_micrographs(micrographs_there(X), random_state)
    scored = counting | draw_micrographs(labeled, random_state)
    learnt = scored if is_large(X.micrographs) else set(range(len(particles)))
    heights = [len(micrograph) for micrograph in X.micrographs]
    bands = [
        HeldOutBand(fold, band, band.number in counting)
        for fold, band in divide(particles, heights)
        if band.number in learnt
    ]
    return Plan(particles, bands, scored)


def divide(
    particles: Sequence[NDArray[np.floating]], heights: Sequence[int]
) -> list[tuple[int, Band]]:
    """Return whole micrographs, or bands of the only one with labels, by their fold.

    Parameters
    ----------
    particles : sequence of ndarray of shape (k, 2)
        Row and column of the labelled particles of each micrograph.
    heights : sequence of int
        The number of rows of each micrograph.

    Returns
    -------
    list of tuple of int and Band
        Every fold has labels if there are two particles at least, and not all of them
        lie in one row of a single micrograph.
    """
    numbers = np.repeat(np.arange(len(particles)), [*map(len, particles)])
    labeled = np.unique(numbers)
    if not cuts_micrographs(particles):
        folds = folds_of_micrographs(numbers, len(particles), N_FOLDS)
        return [
            (int(fold), Band(number, 0, height))
            for number, (fold, height) in enumerate(zip(folds, heights, strict=True))
        ]
    bands = []
    others = np.setdiff1d(np.arange(len(particles)), labeled).tolist()
    for place, number in enumerate(others):
        bands.append((place % N_FOLDS, Band(number, 0, heights[number])))
    for number in labeled.tolist():
        ends = ends_of_bands(particles[number][:, 0], heights[number])
        bands += [
            (fold, Band(number, top, bottom))
            for fold, (top, bottom) in enumerate(pairwise(ends))
        ]
    n_folds = 1 + max(fold for fold, band in bands if band.number in labeled)
    return [(fold % n_folds, band) for fold, band in bands]


def cuts_micrographs(particles: Sequence[NDArray]) -> bool:
    """Tell whether so few micrographs have labels that these are cut into bands.

    A single one is cut. Two are cut if each has two labels, so that every fold learns
    from both.
    """
    counts = [len(points) for points in particles if len(points)]
    return len(counts) == 1 or (len(counts) == 2 and min(counts) > 1)


def ends_of_bands(rows: NDArray[np.floating], height: int) -> list[int]:
    """Return the first row of each band, and the row after the last one.

    Parameters
    ----------
    rows : ndarray of shape (k,)
        The rows of labelled particles.
    height : int
        The number of rows of the micrograph.
    """
    # Rows of the particles   3   14   27   in one micrograph, and its bands:
    #                       0 0 | 1 1 | 2 2     cut midway between two particles
    parts = np.array_split(np.sort(rows), min(N_FOLDS, len(rows)))
    cuts = [int(np.ceil((a[-1] + b[0]) / 2)) for a, b in pairwise(parts)]
    # No band is empty, even if all particles lie in one row.
    inner = {cut for cut in cuts if 0 < cut < height}
    return [0, *sorted(inner), height]
