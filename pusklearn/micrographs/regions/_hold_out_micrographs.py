"""Micrographs whose regions are held out of a training."""

from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.regions._find_particles import find_particles
from pusklearn.micrographs.regions._folds_sharing_no_particle import (
    folds_of_micrographs,
    folds_sharing_no_particle,
)
from pusklearn.micrographs.regions._tiled_regions import TiledRegions
from pusklearn.pu.network._known_negatives import NO_ROWS
from pusklearn.pu.splits._held_out_rows import KNOWN_NEGATIVE, POSITIVE

MOST_FOLDS = 20

#: Regions, and the rows of the labelled positives and the known negatives among them.
Labeled = tuple[TiledRegions, NDArray[np.integer], NDArray[np.integer]]


class Band(NamedTuple):
    """Rows of a micrograph, from `top` to the row before `bottom`."""

    number: int
    top: int
    bottom: int


def hold_out_micrographs(
    X: TiledRegions,
    positives: NDArray[np.integer],
    fraction: float,
    negatives: NDArray[np.integer] = NO_ROWS,
) -> tuple[Labeled, Labeled]:
    """Divide regions into those to learn from and about a fraction that is held out.

    Regions that are neighbours share pixels, so whole micrographs are held out, with
    about the fraction of the labelled particles and of the micrographs without labels.
    If only one micrograph has labels, it is cut into two bands of rows, between its
    particles. A view of regions is divided by its rows, in the same way.

    Parameters
    ----------
    X : TiledRegions
        The regions.
    positives : ndarray of int
        Rows of the labelled regions, ascending.
    fraction : float
        The fraction, in (0, 1), which is rounded to a twentieth, at least one.
    negatives : ndarray of int, default=()
        Rows of the known negatives, ascending. They are not counted.

    Returns
    -------
    learnt, held_out : tuple of TiledRegions and two ndarray of int
        The regions of both parts, and the rows of the labelled ones and of the known
        negatives among them.

    Raises
    ------
    ValueError
        If there are fewer than 2 labelled particles.
    """
    share = Fraction(fraction).limit_denominator(MOST_FOLDS)
    share = min(max(share, Fraction(1, MOST_FOLDS)), 1 - Fraction(1, MOST_FOLDS))
    if X.is_view:
        return divide_view(X, positives, negatives, share)
    particles = find_particles(X, positives)
    counts = np.array([len(points) for points in particles])
    check_particles(counts.sum())
    (labeled,) = counts.nonzero()
    n_micrographs = len(counts)
    if len(labeled) > 1:
        of_particle = np.repeat(np.arange(n_micrographs), counts)
        folds = folds_of_micrographs(of_particle, n_micrographs, share.denominator)
    else:
        folds = np.arange(n_micrographs) % share.denominator
    is_held_out = folds < n_held_out(folds, share)
    pieces: tuple[list[Band], list[Band]] = ([], [])
    for number, micrograph in enumerate(X.micrographs):
        band = Band(number, 0, len(micrograph))
        if len(labeled) > 1 or number != labeled[0]:
            pieces[int(is_held_out[number])].append(band)
            continue
        cut = max(row_of_cut(particles[number], share), 1)  # no band is empty
        pieces[0].append(band._replace(bottom=cut))
        pieces[1].append(band._replace(top=cut))
    learnt, held_out = (
        (*bands_of(X, positives, bands), rows_of_bands(X, negatives, bands))
        for bands in pieces
    )
    return learnt, held_out


def check_particles(n_particles: int) -> None:
    """Raise a ValueError if there are too few particles to hold one out."""
    if n_particles < 2:
        raise ValueError(
            "`validation_fraction` needs at least 2 labelled particles that do not "
            f"touch, so that one can be held out. Got {n_particles}."
        )


def n_held_out(folds: NDArray[np.integer], share: Fraction) -> int:
    """Return how many of the folds make up a share; one at least, and not all."""
    n_folds = int(folds.max()) + 1
    return min(max(round(share * n_folds), 1), max(n_folds - 1, 1))


def row_of_cut(particles: NDArray[np.floating], share: Fraction) -> int:
    """Return the row that has a share of the particles at or below it."""
    rows = np.sort(particles[:, 0])
    n_above = len(rows) - min(max(round(share * len(rows)), 1), len(rows) - 1)
    return int(np.ceil((rows[n_above - 1] + rows[n_above]) / 2))


def bands_of(
    X: TiledRegions, rows: NDArray[np.integer], bands: list[Band]
) -> tuple[TiledRegions, NDArray[np.integer]]:
    """Return the regions of bands of micrographs, and what rows are in them."""
    parts = [band_of(X, band) for band in bands]
    return TiledRegions(parts, X.size), rows_of_bands(X, rows, bands)


def band_of(X: TiledRegions, band: Band) -> Micrograph:
    """Return a band of a micrograph, which is cut but not copied."""
    return X.micrographs[band.number][band.top : band.bottom]


def rows_of_bands(
    X: TiledRegions, rows_of_all: NDArray[np.integer], bands: list[Band]
) -> NDArray[np.integer]:
    """Return the rows that regions have among those of bands of micrographs."""
    which, y, x = X.locate(rows_of_all)
    order = np.argsort(which, kind="stable")
    rows, start = [np.empty(0, int)], 0
    for band in bands:
        number, top, bottom = band
        shape = band_of(X, band).shape
        first, last = np.searchsorted(which[order], [number, number + 1])
        here = order[first:last]
        here = here[(y[here] >= top) & (y[here] < bottom)]
        rows.append(start + (y[here] - top) * shape[1] + x[here])
        start += shape[0] * shape[1]
    return np.concatenate(rows)


def divide_view(
    X: TiledRegions,
    positives: NDArray[np.integer],
    negatives: NDArray[np.integer],
    share: Fraction,
) -> tuple[Labeled, Labeled]:
    """Divide a view of regions by folds of its rows."""
    check_particles(sum(map(len, find_particles(X, positives))))
    folds, _ = folds_sharing_no_particle(X, positives, share.denominator)
    is_held_out = folds < n_held_out(folds, share)
    kind = np.zeros(len(X), np.int8)
    kind[positives], kind[negatives] = POSITIVE, KNOWN_NEGATIVE
    learnt, held_out = (
        (
            X[rows],
            np.flatnonzero(kind[rows] == POSITIVE),
            np.flatnonzero(kind[rows] == KNOWN_NEGATIVE),
        )
        for rows in (np.flatnonzero(~is_held_out), np.flatnonzero(is_held_out))
    )
    return learnt, held_out
