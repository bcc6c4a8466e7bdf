"""Score maps by classifiers that have not learnt from these micrographs."""

from math import pi, sqrt
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils import check_random_state

from pusklearn.micrographs.images._gaps import find_gaps
from pusklearn.micrographs.images._lazy_rows import LazyRows
from pusklearn.micrographs.peaks._held_out_peaks import FoldPeaks
from pusklearn.micrographs.peaks._particle_count import ParticleCount, held_out_count
from pusklearn.micrographs.regions._band_scores import BandScores
from pusklearn.micrographs.regions._fold_plan import HeldOutBand, Plan, plan_folds
from pusklearn.micrographs.regions._hold_out_micrographs import (
    Band,
    bands_of,
    rows_of_bands,
)
from pusklearn.micrographs.regions._prior_of_regions import divide_peaks
from pusklearn.micrographs.regions._short_training import (
    labels_at,
    learn,
    short_clone,
)
from pusklearn.micrographs.regions._tiled_regions import TiledRegions
from pusklearn.pu._inner_estimators import random_state_names
from pusklearn.pu._progress_bar import progress_bar
from pusklearn.pu._untold_collapse import untold_collapse
from pusklearn.pu.network._known_negatives import NO_ROWS

HOLDING_OUT = "holding out micrographs"
# The share of pixels in discs of particles that the first fold takes for true, if
# nobody knows it: a quarter of what touching particles fill.
FIRST_GUESS = 0.01
# A prior is greater than the share of labels by this factor at least.
ABOVE_LABELS = 1.02


class CrossFit(NamedTuple):
    """What classifiers say of micrographs that they have not learnt from.

    Attributes
    ----------
    maps : LazyRows of Micrograph
        A score map for each band, as large as its micrograph, and NaN outside the band.
    bands : list of HeldOutBand
        What the maps show.
    n_particles : ParticleCount
        The number of particles in the micrographs of the random sample.
    prior : float
        The share of their pixels in discs of particles, which is a little greater than
        the share in those of labelled particles at least.
    n_micrographs : int
        The number of micrographs in the random sample.
    """

    maps: LazyRows
    bands: list[HeldOutBand]
    n_particles: ParticleCount
    prior: float
    n_micrographs: int


def cross_fit(
    classifier: Any,
    X: TiledRegions,
    positives: NDArray[np.integer],
    negatives: NDArray[np.integer] = NO_ROWS,
    *,
    step: int = 1,
    turns: int = 1,
    guess_prior: bool = False,
    verbose: int = 0,
) -> CrossFit | None:
    """Score micrographs by clones of a classifier that have not learnt from them.

    The micrographs are divided into three folds. If only one or two have labels, these
    are cut between their particles. For each fold, a clone learns from the others in a
    sixth of the updates, so that three of them take half the time of one whole
    training. They find fewer particles than that, but they tell how high labelled
    particles stand among the others.

    Of large micrographs, 24 are drawn at random, and 24 of those with labels.

    Parameters
    ----------
    classifier : classifier
        The classifier, not fitted.
    X : TiledRegions
        The regions.
    positives : ndarray of int
        Rows of the labelled regions, ascending. Those that touch are one particle.
    negatives : ndarray of int, default=()
        Rows of the known negatives, ascending. The clones learn from them, too.
    step, turns : int, default=1
        As the parameters of a `RegionScorer`.
    guess_prior : bool, default=False
        Whether nobody knows the prior. Then the first fold learns with a guess, and
        each other one with what the folds before it tell.
    verbose : int, default=0
        1 or more shows a bar.

    Returns
    -------
    CrossFit or None
        None if there are fewer than 2 labelled particles, or they cannot be divided
        since all lie in one row of a single micrograph.
    """
    # labelled particles --> 3 folds --> score maps --> peaks --> number of particles
    random_state = check_random_state(random_state_of(classifier))
    plan = plan_folds(X, positives, random_state)
    folds = range(plan.n_folds)
    learnt_of = [plan.learnt_of(fold) for fold in folds]
    if not all(len(rows_of_bands(X, positives, bands)) for bands in learnt_of):
        return None
    of_label = len(positives) / plan.n_labels
    least = ABOVE_LABELS * len(positives) / n_there(X)
    prior = max(FIRST_GUESS, 2 * least)
    score = BandScores(X, step, turns)
    peaks: list[FoldPeaks] = []
    count, n_pixels = ParticleCount(0.0, 0.0, 0.0), 0
    for fold in progress_bar(
        folds, description=HOLDING_OUT, unit="fold", verbose=verbose
    ):
        known = prior if guess_prior else prior_of(classifier)
        seed = random_state.randint(2**31 - 1)
        short = short_clone(classifier, X, plan.n_labels, seed, known)
        learn_bands(short, X, positives, negatives, learnt_of[fold])
        score.classifiers.append(short)
        found, n_new = peaks_of_fold(score, plan, fold, sqrt(of_label / pi))
        peaks.append(found)
        n_pixels += n_new
        count = held_out_count(peaks)
        prior = max(count.number * of_label / max(n_pixels, 1), least)
    bands = [row for fold in folds for row in plan.scored_of(fold)]
    n_micrographs = len({row.band.number for row in bands if row.counts})
    return CrossFit(LazyRows(score, bands), bands, count, prior, n_micrographs)


def learn_bands(
    short: Any,
    X: TiledRegions,
    positives: NDArray[np.integer],
    negatives: NDArray[np.integer],
    bands: list[Band],
) -> None:
    """Train the clone of a fold on the bands that the fold does not hold out."""
    regions, rows = bands_of(X, positives, bands)
    prior = prior_of(short)
    if prior is not None:
        # Labels may lie closer in these micrographs than in all of them.
        least = ABOVE_LABELS * len(rows) / n_there(regions)
        short.set_params(prior=max(prior, least))
    no_particle = None
    rejected = rows_of_bands(X, negatives, bands)
    if len(rejected):
        no_particle = labels_at(rejected, regions, short).astype(bool)
    with untold_collapse():
        learn(short, regions, labels_at(rows, regions, short), no_particle)


def n_there(X: TiledRegions) -> int:
    """Return the number of regions that are not missing."""
    return sum(gaps.n_there for gaps in X.all_gaps())


def prior_of(classifier: Any) -> float | None:
    """Return the prior of a classifier that is not fitted, if it is a number."""
    prior = classifier.get_params(deep=False).get("prior")
    return float(prior) if isinstance(prior, Real) else None


def random_state_of(classifier: Any) -> Any:
    """Return the random state of a classifier, or of what it holds; a copy of one."""
    parameters = clone(classifier).get_params()
    return next(
        (parameters[name] for name in random_state_names(classifier)),
        None,
    )


def peaks_of_fold(
    score: BandScores, plan: Plan, fold: int, radius: float
) -> tuple[FoldPeaks, int]:
    """Return the peaks of a fold, and how many pixels of the random sample it has."""
    rows = plan.scored_of(fold)
    of_labels, of_others, n_pixels = [np.empty(0)], [np.empty(0)], 0
    for row, scores in zip(rows, LazyRows(score, rows), strict=True):
        points = plan.particles[row.band.number]
        at_particles, elsewhere = divide_peaks(scores, points, radius)
        of_labels.append(at_particles)
        if row.counts:
            of_others += [at_particles, elsewhere]
            n_pixels += find_gaps(scores).n_there
    found = np.concatenate(of_labels)
    return FoldPeaks(np.concatenate(of_others), found, len(found)), n_pixels
