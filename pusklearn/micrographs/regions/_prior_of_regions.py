"""The share of particle regions among the unlabeled ones, from peaks of score maps."""

from math import pi, sqrt

import numpy as np
from scipy.spatial import KDTree
from sklearn.base import clone
from sklearn.utils import check_random_state

from pusklearn.micrographs.images._lazy_rows import is_large
from pusklearn.micrographs.peaks._peaks import find_peaks, smooth
from pusklearn.micrographs.regions._folds_sharing_no_particle import (
    folds_sharing_no_particle,
)
from pusklearn.micrographs.regions._region_settings import count_particles, least_steps
from pusklearn.micrographs.regions._tiled_regions import TiledRegions
from pusklearn.pu.modules._layers import PIXEL_DROPOUT
from pusklearn.pu.network._automatic_settings import has_open_dropout, resolve_module
from pusklearn.pu.network._dense_scores import can_be_dense
from pusklearn.pu.network._estimate_unlabeled_prior import (
    make_nontraditional_classifier,
)
from pusklearn.pu.priors._bbe import bbe

N_FOLDS = 3
SHARE_OF_EPOCHS = 0.8
# What drawing so many leaves open is far below the error of the labels.
MOST_MICROGRAPHS = 24
# Distances in radii of a particle's label: of peaks from each other, and of a peak
# from the particle that it belongs to. Twice as much changes little.
PEAK_DISTANCE = 3.5
MATCH_DISTANCE = 2.0


def prior_of_regions(classifier, X, positives):
    """Estimate the share from out-of-fold score maps of the classifier's network.

    Clones of the classifier learn labelled regions against unlabeled ones, both of the
    same weight, for 0.8 of its epochs, each without the micrographs of one of three
    folds, and give the score maps of these. The peaks of the maps, one for each
    labelled particle and all that belong to none, tell the share of peaks that are
    particles. Each is worth as many regions as a label has.

    Single regions would not do: the ones just outside a label look like those inside,
    which makes the share two to three times too large. Nor would few epochs, after
    which too many other peaks are as high as those of particles: on a thin particle, 5
    of 10 gave 1.3 times the share, 8 gave 1.1.

    Parameters
    ----------
    classifier : PUClassifier
        With its parameters checked.
    X : TiledRegions
        The regions.
    positives : ndarray of int
        Rows of the labelled ones, ascending. Those that touch are one particle.

    Returns
    -------
    share : float
        Share of particle regions among the unlabeled regions.
    interval : tuple of float
        Its lower and upper end.

    Raises
    ------
    ValueError
        For fewer than 2 labelled particles.
    """
    random_state = check_random_state(classifier.random_state)
    if is_large(X.micrographs) and not X.is_view:
        X, positives = some_micrographs(X, positives, random_state)
    folds, particles = folds_sharing_no_particle(X, positives, N_FOLDS)
    is_positive = np.zeros(len(X), bool)
    is_positive[positives] = True
    n_labeled = sum(map(len, particles))
    area = len(positives) / n_labeled
    labeled = [i for i, centres in enumerate(particles) if len(centres)]
    labeled = draw_micrographs(labeled, random_state)
    sample = draw_micrographs(range(len(particles)), random_state)
    rows = {i: X.rows_of(i) for i in sorted({*labeled, *sample})}
    maps = out_of_fold_maps(classifier, X, is_positive, folds, rows, random_state)
    positive, unlabeled, n_regions = [], [], 0
    for i, scores in maps.items():
        found, others = divide_peaks(scores, particles[i], sqrt(area / pi))
        if i in labeled:
            positive.append(found)
        if i in sample:
            unlabeled.append(others)
            n_regions += int(np.sum(~is_positive[rows[i]]))
    positive, unlabeled = np.concatenate(positive), np.concatenate(unlabeled)
    share, (low, high) = bbe(positive, unlabeled) if len(unlabeled) else (0, (0, 0))
    regions_per_peak = area * len(unlabeled) / n_regions
    share, low, high = (min(s * regions_per_peak, 1.0) for s in (share, low, high))
    return share, (low, high)


def some_micrographs(X, positives, random_state):
    """Regions and rows of positives of a random part of many micrographs."""
    which, y, x = X.locate(positives)
    drawn = draw_micrographs(np.unique(which), random_state)
    drawn = sorted(drawn | draw_micrographs(range(len(X.micrographs)), random_state))
    part = TiledRegions([X.micrographs[number] for number in drawn], X.size)
    rows = [
        part.rows_of(i)[y[here] * part.micrographs[i].shape[1] + x[here]]
        for i, here in enumerate(which == number for number in drawn)
    ]
    return part, np.concatenate(rows)


def draw_micrographs(numbers, random_state):
    """Return numbers in a set, a random part of them if there are many."""
    numbers = np.array(numbers)
    if len(numbers) > MOST_MICROGRAPHS:
        numbers = random_state.choice(numbers, MOST_MICROGRAPHS, replace=False)
    return set(numbers.tolist())


def out_of_fold_maps(classifier, X, is_positive, folds, rows, random_state):
    """Score maps of some micrographs, by networks that did not learn from them."""
    maps = {i: np.full(X.micrographs[i].shape, np.nan, np.float32) for i in rows}
    n_epochs = max(1, round(SHARE_OF_EPOCHS * classifier.max_epochs))
    for fold in np.unique(folds):
        seed = random_state.randint(2**31 - 1)
        nontraditional = make_nontraditional_classifier(classifier, seed, n_epochs)
        learnt = np.flatnonzero(folds != fold)
        shorten(nontraditional, X[learnt], np.flatnonzero(is_positive[learnt]))
        nontraditional.fit(X[learnt], is_positive[learnt].astype(np.int8))
        for i, here in rows.items():
            held_out = here[folds[here] == fold]
            if len(held_out):
                _, y, x = X.locate(held_out)
                maps[i][y, x] = scores_of_rows(nontraditional, X, i, held_out, (y, x))
    return maps


def shorten(nontraditional, X, positives):
    """Train a nontraditional as if there were more labels, where that is left open.

    More updates with more pixels missing, as for few labels, rank particles better, but
    of 10 on a globular particle they gave 3.8 times the share, and these 1.9 times.
    """
    if nontraditional.steps_per_epoch is None:
        nontraditional.set_params(
            steps_per_epoch=least_steps(count_particles(X, positives))
        )
    module = resolve_module(nontraditional.module, X.shape[1:])
    if has_open_dropout(module):
        module = clone(module).set_params(input_dropout=PIXEL_DROPOUT)
        nontraditional.set_params(module=module)


def scores_of_rows(nontraditional, X, number, rows, places):
    """Scores of regions of one micrograph, given by their rows and their places."""
    if can_be_dense(nontraditional.module_, X.size):
        return nontraditional.score_map(X.micrographs[number])[places]
    return nontraditional.decision_function(X[rows])


def divide_peaks(scores, particles, radius):
    """Scores of labelled particles, and of the peaks that belong to none of them."""
    scores = smooth(scores, radius)
    peaks = find_peaks(scores, PEAK_DISTANCE * radius)
    if not len(particles):
        return np.empty(0), peaks[:, 2]
    rows, columns = np.round(particles).astype(int).T
    found = scores[rows, columns].astype(float)
    reach = MATCH_DISTANCE * radius
    if len(peaks):
        tree = KDTree(peaks[:, :2])
        for number, near in enumerate(tree.query_ball_point(particles[:, ::-1], reach)):
            found[number] = max([found[number], *peaks[near, 2]])
    distance = KDTree(particles[:, ::-1]).query(peaks[:, :2])[0]
    return found[~np.isnan(found)], peaks[distance > reach, 2]
