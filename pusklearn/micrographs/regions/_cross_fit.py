"""Score maps by classifiers that have not learnt from these micrographs."""

from collections.abc import Sequence
from itertools import pairwise
from math import pi, sqrt
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils import check_random_state

from pusklearn.micrographs.images._gaps import find_gaps
from pusklearn.micrographs.images._lazy_rows import LazyRows, is_large
from pusklearn.micrographs.images._like import like
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.peaks._held_out_peaks import FoldPeaks
from pusklearn.micrographs.peaks._particle_count import ParticleCount, held_out_count
from pusklearn.micrographs.regions._find_particles import find_particles
from pusklearn.micrographs.regions._folds_sharing_no_particle import (
    folds_of_micrographs,
)
from pusklearn.micrographs.regions._hold_out_micrographs import (
    Band,
    bands_of,
    rows_of_bands,
)
from pusklearn.micrographs.regions._prior_of_regions import (
    divide_peaks,
    draw_micrographs,
    micrographs_there,
)
from pusklearn.micrographs.regions._scores_of import score_map_of
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

N_FOLDS = 3
HOLDING_OUT = "holding out micrographs"
# The share of pixels in discs of particles that the first fold takes for true, if
# nobody knows it: a quarter of what touching particles fill.
FIRST_GUESS = 0.01
# A prior is greater than the share of labels by this factor at least.
ABOVE_LABELS = 1.02


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

    def scored_of(self, fold: int) -> list[HeldOutBand]:
        """Return the bands of a fold that get a score map."""
        return [
            row
            for row in self.bands
            if row.fold == fold and row.band.number in self.scored
        ]


class BandScores:
    """Scores bands by the classifiers of their folds.

    Parameters
    ----------
    X : TiledRegions
        The regions.
    step, turns : int
        As the parameters of a `RegionScorer`.

    Attributes
    ----------
    classifiers : list of classifier
        The classifier of each fold.
    kept : dict of HeldOutBand to Micrograph
        The maps that are known already. Those of large micrographs are not kept.
    """

    def __init__(self, X: TiledRegions, step: int, turns: int) -> None:
        self.X = X
        self.step = step
        self.turns = turns
        self.keep = not is_large(X.micrographs)
        self.classifiers: list[Any] = []
        self.kept: dict[HeldOutBand, Micrograph] = {}

    def __call__(self, row: HeldOutBand) -> Micrograph:
        """Return the score map of a band, as large as its micrograph."""
        if row in self.kept:
            return self.kept[row]
        scores = self._score(row)
        if self.keep:
            self.kept[row] = scores
        return scores

    def _score(self, row):
        number, top, bottom = row.band
        micrograph = self.X.micrographs[number]
        classifier = self.classifiers[row.fold]
        scores = score_map_of(
            classifier, micrograph[top:bottom], self.X.size, self.step, self.turns
        )
        if len(scores) == len(micrograph):
            return scores
        whole = np.full(micrograph.shape, np.nan, np.float32)
        whole[top:bottom] = scores
        return like(whole, micrograph, mask=np.isnan(whole))


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
        None if there are fewer than 2 labelled particles, since none can be held out.
    """
    # labelled particles --> 3 folds --> score maps --> peaks --> number of particles
    random_state = check_random_state(random_state_of(classifier))
    plan = plan_folds(X, positives, random_state)
    if plan.n_labels < 2:
        return None
    of_label = len(positives) / plan.n_labels
    least = ABOVE_LABELS * len(positives) / n_there(X)
    prior = max(FIRST_GUESS, 2 * least)
    score = BandScores(X, step, turns)
    peaks: list[FoldPeaks] = []
    count, n_pixels = ParticleCount(0.0, 0.0, 0.0), 0
    for fold in progress_bar(
        range(plan.n_folds), description=HOLDING_OUT, unit="fold", verbose=verbose
    ):
        seed = random_state.randint(2**31 - 1)
        learnt = [row.band for row in plan.bands if row.fold != fold]
        regions, rows = bands_of(X, positives, learnt)
        rejected = rows_of_bands(X, negatives, learnt)
        known = prior if guess_prior else prior_of(classifier)
        if known is not None:
            # Labels may lie closer in these micrographs than in all of them.
            known = max(known, ABOVE_LABELS * len(rows) / n_there(regions))
        short = short_clone(classifier, X, plan.n_labels, seed, known)
        no_particle = None
        if len(rejected):
            no_particle = labels_at(rejected, regions, short).astype(bool)
        with untold_collapse():
            learn(short, regions, labels_at(rows, regions, short), no_particle)
        score.classifiers.append(short)
        found, n_new = peaks_of_fold(score, plan, fold, sqrt(of_label / pi))
        peaks.append(found)
        n_pixels += n_new
        count = held_out_count(peaks)
        prior = max(count.number * of_label / max(n_pixels, 1), least)
    bands = [row for fold in range(plan.n_folds) for row in plan.scored_of(fold)]
    n_micrographs = len({row.band.number for row in bands if row.counts})
    return CrossFit(LazyRows(score, bands), bands, count, prior, n_micrographs)


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
        Every fold has labels, if there are two particles at least.
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
