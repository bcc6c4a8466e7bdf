"""How probable it is that a peak is a particle, learnt from labelled peaks."""

from collections.abc import Callable, Sequence
from math import log, sqrt
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import expit

from pusklearn.micrographs.peaks._held_out_peaks import FoldPeaks, heights
from pusklearn.micrographs.peaks._particle_count import (
    ParticleCount,
    count_from,
    held_out_count,
)
from pusklearn.micrographs.peaks._pick_calibration import PickCalibration

N_DRAWS = 100
N_BINS = 400
# The slopes that are compared, for scores of unit standard deviation. On micrographs of
# four kinds of particles, 2.5 to 4 was right.
SLOPES = np.exp(np.linspace(log(0.3), log(15), 60))
USUAL_SLOPE, SPREAD_OF_SLOPE = 3.0, 0.5  # of its logarithm
# Numbers of particles for which the slopes are compared.
N_NUMBERS = 15
N_HALVINGS = 45
# So many labels tell as much by the peaks that were learnt as by those held out.
ENOUGH_LABELS = 100
# With a greater distance of labels from all peaks, labels can be told from the others.
CLEAR = 0.5
# 0.96 to 1 of these particles had a peak.
USUAL_SHARE_FOUND, LABELS_FOR_SHARE = 0.98, 40
# The quantile of a normal distribution that 5 % exceed.
OF_INTERVAL = 1.645
# Not all peaks are particles, and not none.
MOST_PARTICLES = 0.98
LEAST_PARTICLES = 1e-3


class Evidence(NamedTuple):
    """What tells how probable particles are.

    Attributes
    ----------
    scores : ndarray of float64 of shape (n_peaks,)
        The scores of all peaks of the training micrographs.
    of_labels : ndarray of float64 of shape (n_found,)
        The scores of the labelled particles among them, which were learnt.
    n_labels : int
        The number of labelled particles, found or not.
    folds : list of FoldPeaks
        Peaks by classifiers that have not learnt from these micrographs.
    """

    scores: NDArray[np.float64]
    of_labels: NDArray[np.float64]
    n_labels: int
    folds: Sequence[FoldPeaks]

    def held_out(self, factor: float) -> NDArray[np.float64]:
        """Return the scores that held-out labels would have.

        They are those of the peaks that have as many others above them. `factor` is how
        many times as many micrographs have scores as count in the folds.
        """
        high, n_peaks = heights(self.folds)
        ordered = np.sort(self.scores)[::-1]
        above = ((1 - high[high >= 0]) * n_peaks * factor).astype(int)
        return ordered[np.minimum(above, len(ordered) - 1)]

    def as_if_new(self, factor: float) -> NDArray[np.float64]:
        """Return the scores of all peaks as if no label had been learnt.

        Those of labelled particles are replaced by what held-out labels would have.
        """
        ordered = np.sort(self.scores)
        learnt = np.searchsorted(ordered, np.sort(self.of_labels))
        # Several labels of one score stand for several peaks of it.
        same = np.arange(len(learnt)) - np.searchsorted(learnt, learnt)
        others = np.delete(ordered, learnt + same)
        return np.concatenate([others, self.held_out(factor)])


def learn_calibration(
    evidence: Evidence,
    known: float | None,
    factor: float,
    rng: Generator,
) -> tuple[PickCalibration, ParticleCount]:
    """Learn the map from scores of peaks to log-odds, and the number of particles.

    The log-odds are a linear function ``a + b * score``. The probabilities of all peaks
    add up to the number of particles, which gives `a` for each `b`; and the slope `b`
    is the one under which the scores of the labelled particles are most likely, if
    these are a random sample of all particles. Their likelihood is ``p(s) / sum of p``
    over all peaks: labels say nothing of the number itself.

    Scores of labelled particles are too high, since they were learnt. Those that
    classifiers give which have not learnt them are too low, since these were trained
    for a shorter time from fewer labels. Both are taken, with half a weight each.

    Parameters
    ----------
    evidence : Evidence
        What tells how probable particles are.
    known : float or None
        The number of particles in all training micrographs, if it is known.
    factor : float
        How many times as many training micrographs there are as held-out ones that
        count.
    rng : Generator
        Draws labels anew, for the intervals.

    Returns
    -------
    calibration : PickCalibration
        The map.
    count : ParticleCount
        The number of particles in all training micrographs, and its interval.
    """
    found = share_found(evidence)
    certain = certain_range(evidence, known, found)
    count = count_of(evidence, known, factor)
    count = count._replace(number=count.within(*certain).number)
    middle, unit = evidence.scores.mean(), evidence.scores.std() or 1.0
    lines = Lines((evidence.as_if_new(factor) - middle) / unit)
    labels = [
        (scores - middle) / unit
        for scores in (evidence.of_labels, evidence.held_out(factor))
    ]
    best = lines.best(labels, np.array([found * count.number]))(_each_once(labels))
    drawn = draw_numbers(count, rng).clip(*certain)
    numbers = np.geomspace(drawn.min(), drawn.max(), N_NUMBERS)
    nearest = np.abs(np.log(drawn)[:, None] - np.log(numbers)).argmin(1)
    choose = lines.best(labels, found * numbers)
    # Each draw trusts the two lists of labels, and what is usual, to another degree.
    trust = rng.uniform(0, 2, len(nearest))
    usual = USUAL_SLOPE * np.exp(SPREAD_OF_SLOPE * rng.standard_normal(len(nearest)))
    draws = [
        choose(_again(labels, (t, 2 - t), rng), place, slope)
        for place, t, slope in zip(nearest, trust, usual, strict=True)
    ]
    knots = np.array([-1.0, 1.0])
    values = [offset + slope * knots for slope, offset in [best, *draws]]
    knots = middle + unit * knots
    calibration = PickCalibration(knots, values[0], values[1:], share_found=found)
    return calibration, count.within(*certain)


def share_found(evidence: Evidence) -> float:
    """Return the share of particles that have a peak at all, whatever its score.

    Few labels cannot tell it, so the usual share counts as much as some labels do.
    """
    n_found = len(evidence.of_labels) + sum(len(f.of_labels) for f in evidence.folds)
    n_labels = evidence.n_labels + sum(fold.n_labels for fold in evidence.folds)
    usual = USUAL_SHARE_FOUND * LABELS_FOR_SHARE
    return (n_found + usual) / (n_labels + LABELS_FOR_SHARE)


def certain_range(
    evidence: Evidence, known: float | None, found: float
) -> tuple[float, float]:
    """Return the least and the greatest number of particles that there can be.

    If it is not known, every label is a particle, and at most all peaks are particles,
    beside the share of the particles that has no peak.
    """
    if known is not None:
        return known, known
    least = float(evidence.n_labels)
    return least, max(least, len(evidence.scores) / found)


def count_of(evidence: Evidence, known: float | None, factor: float) -> ParticleCount:
    """Return the number of particles, which is known or estimated.

    Best bin estimation on held-out peaks gives too many particles, since some of the
    highest peaks are none; on the peaks of labels that were learnt it gives too few.
    The truth lies between. From 100 labels on, their geometric mean was right to
    about a tenth. From fewer labels, what was learnt tells less.
    """
    if known is not None:
        return ParticleCount(known, known, known)
    n_labels = evidence.n_labels
    of_labels = np.full(n_labels, -np.inf)
    of_labels[: len(evidence.of_labels)] = evidence.of_labels
    learnt = count_from(of_labels, evidence.scores)
    held_out = held_out_count(evidence.folds).times(factor)
    if not (learnt.number and held_out.number):
        return held_out
    weight = 0.5 * min(1.0, n_labels / ENOUGH_LABELS) ** 0.6
    apart = log(learnt.number / held_out.number)
    number = held_out.number * np.exp(weight * apart)
    # If labels stand no higher than other peaks, both may be wrong in the same way.
    unclear = max(0.0, log(CLEAR / max(distance_of_labels(evidence.folds), 0.01)))
    few = 2 / n_labels + 15 / n_labels**2
    error = OF_INTERVAL * sqrt((apart / 2) ** 2 + few + unclear**2)
    low, high = number * np.exp(-error), number * np.exp(error)
    return ParticleCount(float(number), float(low), float(high))


def distance_of_labels(folds: Sequence[FoldPeaks]) -> float:
    """Return the distance, by Kolmogorov and Smirnov, of labels from all peaks.

    It is 0 if held-out labels stand no higher than other peaks do, and one minus the
    share of particles if all of these stand above the others.
    """
    high = np.sort(heights(folds)[0])
    return float(np.max(high - np.arange(len(high)) / len(high), initial=0))


def draw_numbers(count: ParticleCount, rng: Generator) -> NDArray[np.float64]:
    """Draw numbers of particles that agree with an interval."""
    normal = rng.standard_normal(N_DRAWS) / OF_INTERVAL
    number = max(count.number, 1e-9)
    up = log(max(count.high, number) / number)
    down = log(number / min(max(count.low, 1e-9), number))
    return number * np.exp(np.where(normal > 0, up * normal, down * normal))


def _each_once(labels: Sequence[NDArray]) -> list[NDArray[np.float64]]:
    """Return weights that count each label once."""
    return [np.ones(len(scores)) for scores in labels]


def _again(
    labels: Sequence[NDArray], trust: Sequence[float], rng: Generator
) -> list[NDArray[np.float64]]:
    """Return how often each label is drawn if all are drawn again, times its trust."""
    weights = []
    for scores, factor in zip(labels, trust, strict=True):
        n = len(scores)
        times = rng.multinomial(n, np.full(n, 1 / n)) if n else np.empty(0)
        weights.append(factor * times.astype(float))
    return weights


class Lines:
    """Log-odds that are linear functions of scores.

    Parameters
    ----------
    scores : ndarray of float64 of shape (n_peaks,)
        Scores of all peaks, of unit standard deviation.
    """

    def __init__(self, scores: NDArray[np.float64]) -> None:
        numbers, edges = np.histogram(scores, N_BINS)
        sums, _ = np.histogram(scores, edges, weights=scores)
        here = numbers > 0
        self.numbers = numbers[here]
        self.scores = sums[here] / numbers[here]
        self.n_peaks = len(scores)

    def offsets(self, number: float) -> NDArray[np.float64]:
        """Return the offset of each slope at which probabilities add up to a number."""
        number = min(max(number, LEAST_PARTICLES), MOST_PARTICLES * self.n_peaks)
        steep = SLOPES[:, None] * self.scores
        high = np.abs(steep).max(1) + 60
        low = -high
        for _ in range(N_HALVINGS):
            middle = (low + high) / 2
            total = expit(middle[:, None] + steep) @ self.numbers
            low = np.where(total < number, middle, low)
            high = np.where(total < number, high, middle)
        return (low + high) / 2

    def best(
        self, labels: Sequence[NDArray[np.float64]], numbers: NDArray[np.float64]
    ) -> Callable[..., tuple[float, float]]:
        """Return what finds the likeliest slope and its offset.

        Parameters
        ----------
        labels : sequence of ndarray
            Lists of the scores of labelled particles. Each list has the same weight.
        numbers : ndarray of shape (n_numbers,)
            Numbers of particles.

        Returns
        -------
        callable
            It is given the weights of the scores in each list, the place of a number
            among `numbers`, 0 by default, and the slope that is usual.
        """
        offsets = np.array([self.offsets(number) for number in numbers])
        terms = [
            -np.logaddexp(0, -(offsets[..., None] + SLOPES[:, None] * scores))
            for scores in labels
        ]

        def choose(weights, place=0, usual=USUAL_SLOPE):
            prior = -0.5 * (np.log(SLOPES / usual) / SPREAD_OF_SLOPE) ** 2
            likelihood = prior + sum(
                term[place] @ weight / len(labels)
                for term, weight in zip(terms, weights, strict=True)
            )
            slope = int(likelihood.argmax())
            return float(SLOPES[slope]), float(offsets[place, slope])

        return choose
