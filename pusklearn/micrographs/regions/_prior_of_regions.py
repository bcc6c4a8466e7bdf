"""The share of particle regions among the unlabeled ones, from peaks of score maps."""

from collections.abc import Iterable, Sequence
from math import pi, sqrt

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from scipy.spatial import KDTree
from sklearn.base import clone
from sklearn.utils import check_random_state

from pusklearn.micrographs.images._lazy_rows import is_large
from pusklearn.micrographs.peaks._peaks import find_peaks, smooth
from pusklearn.micrographs.regions._find_particles import find_particles
from pusklearn.micrographs.regions._folds_sharing_no_particle import (
    folds_sharing_no_particle,
)
from pusklearn.micrographs.regions._region_settings import count_particles, least_steps
from pusklearn.micrographs.regions._tiled_regions import TiledRegions
from pusklearn.pu._missing_rows import are_in_runs
from pusklearn.pu._progress_bar import progress_bar
from pusklearn.pu._untold_collapse import untold_collapse
from pusklearn.pu.modules._layers import PIXEL_DROPOUT
from pusklearn.pu.network._automatic_settings import has_open_dropout
from pusklearn.pu.network._callbacks import EpochCounter
from pusklearn.pu.network._dense_network import can_be_dense
from pusklearn.pu.network._initial import resolve_module_of
from pusklearn.pu.network._known_negatives import NO_ROWS
from pusklearn.pu.network._nontraditional_classifier import (
    ESTIMATING,
    make_nontraditional_classifier,
)
from pusklearn.pu.network._pu_classifier import PUClassifier
from pusklearn.pu.priors._bbe import bbe
from pusklearn.pu.priors._few_labels import warn_of_few_labels

N_FOLDS = 3
SHARE_OF_EPOCHS = 0.8
# A sample of this size leaves an error far below that of the labels.
MOST_MICROGRAPHS = 24
# Distances in radii of a particle's label: of two peaks from each other, and of a peak
# from the particle that it belongs to. Twice the distance changes little.
PEAK_DISTANCE = 3.5
MATCH_DISTANCE = 2.0

NO_PLACES: NDArray[np.float64] = np.empty((0, 2))


def prior_of_regions(
    classifier: PUClassifier,
    X: TiledRegions,
    positives: NDArray[np.integer],
    negatives: NDArray[np.integer] = NO_ROWS,
) -> tuple[float, tuple[float, float]]:
    """Estimate the share from out-of-fold score maps of the classifier's network.

    The micrographs are divided into three folds. For each fold, a clone of the
    classifier learns labelled regions against unlabeled ones, both of the same weight,
    for 0.8 of its epochs, without the micrographs of the fold, and then gives their
    score maps. One peak of the maps belongs to each labelled particle; the others
    belong to none. Their scores tell the share of these others that are particles. Each
    particle counts as many regions as a label has.

    Single regions instead of peaks make the share two to three times too large, because
    the regions just outside a label look like those inside. Few epochs make it too
    large as well, because too many other peaks are then as high as those of particles:
    on a thin particle, 5 of 10 epochs gave 1.3 times the share, 8 gave 1.1.

    Parameters
    ----------
    classifier : PUClassifier
        The classifier, with its parameters checked.
    X : TiledRegions
        The regions.
    positives : ndarray of int
        Rows of the labelled regions, ascending. Those that touch are one particle.
    negatives : ndarray of int, default=()
        Rows of the known negatives, ascending. They are not among the unlabeled
        regions: they are left out of the training, and so are the peaks near them.

    Returns
    -------
    share : float
        Share of particle regions among the unlabeled regions.
    interval : tuple of float
        Lower and upper end of the confidence interval of the share.

    Raises
    ------
    ValueError
        If there are fewer than 2 labelled particles.
    """
    # labelled particles --> 3 folds --> score maps --> peaks of particles --+
    #                                             +---> other peaks ---------+--> bbe
    #   share of other peaks that are particles * regions of a label / region per peak
    random_state = check_random_state(classifier.random_state)
    if is_large(X.micrographs) and not X.is_view:
        X, positives, negatives = some_micrographs(
            X, positives, random_state, negatives
        )
    folds, particles = folds_sharing_no_particle(X, positives, N_FOLDS)
    is_positive = np.zeros(len(X), bool)
    is_positive[positives] = True
    is_negative = np.zeros(len(X), bool)
    is_negative[negatives] = True
    rejected = find_particles(X, negatives)
    regions_per_label = len(positives) / sum(map(len, particles))
    with_labels = [i for i, points in enumerate(particles) if len(points)]
    labeled = draw_micrographs(with_labels, random_state)
    sample = draw_micrographs(micrographs_there(X), random_state)
    rows = {i: X.rows_of(i) for i in sorted({*labeled, *sample})}
    if len(runs := X.missing_runs()):
        rows = {i: here[~are_in_runs(here, runs)] for i, here in rows.items()}
    maps = out_of_fold_maps(
        classifier, X, is_positive, folds, rows, random_state, is_negative
    )
    of_particles, of_others, n_unlabeled = [], [], 0
    for i, scores in maps.items():
        radius = sqrt(regions_per_label / pi)
        at_particles, elsewhere = divide_peaks(
            scores, particles[i], radius, rejected[i]
        )
        if i in labeled:
            of_particles.append(at_particles)
        if i in sample:
            of_others.append(elsewhere)
            is_known = is_positive[rows[i]] | is_negative[rows[i]]
            n_unlabeled += int(np.sum(~is_known))
    others = np.concatenate(of_others)
    if not len(others):
        return 0.0, (0.0, 0.0)
    scores = np.concatenate(of_particles)
    warn_of_few_labels(len(scores))
    share, (low, high) = bbe(scores, others)
    regions_per_peak = regions_per_label * len(others) / n_unlabeled
    share, low, high = (min(s * regions_per_peak, 1.0) for s in (share, low, high))
    return share, (low, high)


def some_micrographs(
    X: TiledRegions,
    positives: NDArray[np.integer],
    random_state: RandomState,
    negatives: NDArray[np.integer] = NO_ROWS,
) -> tuple[TiledRegions, NDArray[np.integer], NDArray[np.integer]]:
    """Return the regions, and rows of the known ones, of some of many micrographs."""
    which, _, _ = X.locate(positives)
    drawn = draw_micrographs(np.unique(which), random_state)
    numbers = sorted(drawn | draw_micrographs(micrographs_there(X), random_state))
    part = TiledRegions([X.micrographs[number] for number in numbers], X.size)
    positives, negatives = (
        rows_in(part, numbers, X, rows) for rows in (positives, negatives)
    )
    return part, positives, negatives


def rows_in(
    part: TiledRegions,
    numbers: Sequence[int],
    X: TiledRegions,
    rows: NDArray[np.integer],
) -> NDArray[np.integer]:
    """Return the rows that regions have among those of some micrographs."""
    which, y, x = X.locate(rows)
    rows_of_each = [
        part.rows_of(i)[y[here] * part.micrographs[i].shape[1] + x[here]]
        for i, here in enumerate(which == number for number in numbers)
    ]
    return np.concatenate(rows_of_each)


def micrographs_there(X: TiledRegions) -> list[int]:
    """Return the numbers of the micrographs that are not missing as a whole."""
    return [number for number, gaps in enumerate(X.all_gaps()) if gaps.n_there]


def draw_micrographs(numbers: Iterable[int], random_state: RandomState) -> set[int]:
    """Return the numbers of micrographs, or a random part of them if they are many."""
    numbers = np.array(numbers)
    if len(numbers) > MOST_MICROGRAPHS:
        numbers = random_state.choice(numbers, MOST_MICROGRAPHS, replace=False)
    return set(numbers.tolist())


def out_of_fold_maps(
    classifier: PUClassifier,
    X: TiledRegions,
    is_positive: NDArray[np.bool_],
    folds: NDArray[np.integer],
    rows: dict[int, NDArray[np.integer]],
    random_state: RandomState,
    is_negative: NDArray[np.bool_],
) -> dict[int, NDArray[np.float32]]:
    """Return score maps of some micrographs, by networks that did not learn from them.

    Parameters
    ----------
    classifier : PUClassifier
        The classifier whose network is trained.
    X : TiledRegions
        The regions.
    is_positive : ndarray of bool of shape (n_regions,)
        Whether each region is labelled.
    folds : ndarray of int of shape (n_regions,)
        The fold of each region.
    rows : dict of int to ndarray of int
        The regions of each micrograph that needs a map, by its number.
    random_state : RandomState
        Seeds the networks.
    is_negative : ndarray of bool of shape (n_regions,)
        Whether each region is a known negative, which no network learns.

    Returns
    -------
    dict of int to ndarray of float32 of shape (height, width)
        The map of each of these micrographs; NaN for pixels whose region is not in `X`.
    """
    maps = {i: np.full(X.micrographs[i].shape, np.nan, np.float32) for i in rows}
    n_epochs = max(1, round(SHARE_OF_EPOCHS * classifier.max_epochs))
    numbers = np.unique(folds)
    with progress_bar(
        description=ESTIMATING,
        unit="step",
        verbose=classifier.verbose,
        total=len(numbers) * (n_epochs + len(rows)),
    ) as bar:
        for fold in numbers:
            seed = random_state.randint(2**31 - 1)
            nontraditional = make_nontraditional_classifier(classifier, seed, n_epochs)
            nontraditional.set_params(callbacks=[EpochCounter(bar)])
            learnt = np.flatnonzero((folds != fold) & ~is_negative)
            shorten(nontraditional, X[learnt], np.flatnonzero(is_positive[learnt]))
            with untold_collapse():
                nontraditional.fit(X[learnt], is_positive[learnt].astype(np.int8))
            for i, here in rows.items():
                held_out = here[folds[here] == fold]
                if len(held_out):
                    _, y, x = X.locate(held_out)
                    maps[i][y, x] = scores_of_rows(
                        nontraditional, X, i, held_out, (y, x)
                    )
                bar.update()
    return maps


def shorten(
    nontraditional: PUClassifier, X: TiledRegions, positives: NDArray[np.integer]
) -> None:
    """Give a nontraditional classifier the automatic settings for many labels.

    The settings for few labels are more updates and more missing pixels. They rank
    particles better, but the share of 10 labels of a globular particle came out 3.8
    times too large with them, and 1.9 times with the settings here.
    """
    if nontraditional.steps_per_epoch is None:
        nontraditional.set_params(
            steps_per_epoch=least_steps(count_particles(X, positives))
        )
    module = resolve_module_of(nontraditional, X.shape[1:])
    if has_open_dropout(module):
        module = clone(module).set_params(input_dropout=PIXEL_DROPOUT)
        nontraditional.set_params(module=module)


def scores_of_rows(
    nontraditional: PUClassifier,
    X: TiledRegions,
    number: int,
    rows: NDArray[np.integer],
    pixels: tuple[NDArray[np.integer], NDArray[np.integer]],
) -> NDArray[np.float32]:
    """Return the scores of regions of one micrograph, given as rows and as pixels."""
    if can_be_dense(nontraditional.module_, X.size):
        return nontraditional.score_map(X.pixels(number))[pixels]
    return nontraditional.decision_function(X[rows])


def divide_peaks(
    scores: NDArray[np.floating],
    particles: NDArray[np.floating],
    radius: float,
    rejected: NDArray[np.floating] = NO_PLACES,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the score of each labelled particle, and of peaks that belong to none.

    Parameters
    ----------
    scores : ndarray of shape (height, width)
        The score map; NaN marks pixels without a score.
    particles : ndarray of shape (k, 2)
        Row and column of the centre of each labelled particle.
    radius : float
        Radius of a particle's label, in pixels of the map. The map is smoothed with a
        Gaussian of this standard deviation.
    rejected : ndarray of shape (k, 2), default=()
        Row and column of each place that is known to hold no particle.

    Returns
    -------
    of_particles : ndarray of shape (<=k,)
        The greatest score of a particle's centre and of the peaks near it. Particles
        whose score is NaN are left out.
    of_others : ndarray of shape (n,)
        The scores of the peaks that are far from every labelled particle and every
        place that is rejected.
    """
    scores = smooth(scores, radius)
    peaks = find_peaks(scores, PEAK_DISTANCE * radius)
    if len(rejected):
        distance = KDTree(rejected[:, ::-1]).query(peaks[:, :2])[0]
        peaks = peaks[distance > MATCH_DISTANCE * radius]
    if not len(particles):
        return np.empty(0), peaks[:, 2]
    rows, columns = np.round(particles).astype(int).T
    of_particles = scores[rows, columns].astype(float)
    reach = MATCH_DISTANCE * radius
    if len(peaks):
        tree = KDTree(peaks[:, :2])
        for number, near in enumerate(tree.query_ball_point(particles[:, ::-1], reach)):
            of_particles[number] = max([of_particles[number], *peaks[near, 2]])
    distance = KDTree(particles[:, ::-1]).query(peaks[:, :2])[0]
    return of_particles[~np.isnan(of_particles)], peaks[distance > reach, 2]
