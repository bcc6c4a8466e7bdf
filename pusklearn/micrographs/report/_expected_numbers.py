"""How many picks of a threshold are particles, and how many particles are found."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from pusklearn.micrographs.report._describe_picker import PickerDescription

Interval = tuple[float, float]
# The promises that the report names a threshold for.
PRECISION = RECALL = 0.9
# Intervals are computed from so many peaks at most.
MOST_FOR_INTERVALS = 20_000


class Cut(NamedTuple):
    """A threshold, and what it gives.

    Attributes
    ----------
    name : str
        Why one would take it.
    score : float
        Picks have a greater score; -inf if every peak is a pick.
    n_picks : int
        The number of picks.
    n_right : float or None
        How many of them are expected to be particles; None without probabilities.
    recall : float or None
        The share of all particles that is expected to be among the picks; None if it
        is not known.
    intervals : dict of str to (float, float)
        Those of "n_particles", "precision" and "recall", if they are known.
    """

    name: str
    score: float
    n_picks: int
    n_right: float | None
    recall: float | None
    intervals: dict[str, Interval]

    @property
    def precision(self) -> float | None:
        """The share of the picks that is expected to be particles."""
        if self.n_right is None or not self.n_picks:
            return None
        return self.n_right / self.n_picks


class ScoreTable:
    """The scores of all peaks in order, with sums of their probabilities.

    Scores are rounded to float32, as those of the page are.

    Parameters
    ----------
    peaks : sequence of ndarray of shape (k, 3)
        The peaks of each micrograph.
    about : PickerDescription
        The picker.
    complete : bool
        Whether these are all peaks; if not, nobody knows how many particles there are.
    """

    def __init__(
        self, peaks: Sequence[NDArray], about: PickerDescription, complete: bool
    ) -> None:
        self.peaks = peaks
        self.about = about
        self.complete = complete
        scores = np.concatenate([one[:, 2] for one in peaks]).astype(np.float32)
        self.scores = np.sort(scores)[::-1]
        sums = np.cumsum(expit(self.scores.astype(float)))
        self.sums = np.concatenate([[0.0], sums])

    @property
    def n_particles(self) -> float | None:
        """The expected number of particles, or None if it is not known."""
        if not self.about.calibrated or not self.complete:
            return None
        return float(self.sums[-1]) / self.about.share_found

    def count(self, score: float) -> int:
        """Return the number of peaks of greater scores."""
        return int(np.searchsorted(-self.scores, -np.float32(score), side="left"))

    def cut(self, name: str, score: float) -> Cut:
        """Return what a threshold gives."""
        n_picks = self.count(score)
        right = float(self.sums[n_picks]) if self.about.calibrated else None
        total = self.n_particles
        recall = None if right is None or not total else right / total
        return Cut(name, score, n_picks, right, recall, self._intervals(score))

    def score_of_count(self, n_picks: float) -> float:
        """Return the threshold that so many peaks are above, or as many as there are.

        Peaks of equal scores stay together.
        """
        n_picks = round(n_picks)
        return float(self.scores[n_picks]) if n_picks < len(self.scores) else -np.inf

    def cuts(self) -> list[Cut]:
        """Return the thresholds that one may want, the one in use first."""
        given = self.start()
        found = []
        if given is not None:
            name = "in use, even chance" if given == 0 else "in use"
            found.append((name if self.about.calibrated else "in use", given))
        elif not self.about.calibrated:
            found.append(("every peak", -np.inf))
        if self.about.calibrated:
            if given != 0:
                found.append(("even chance", 0.0))
            found.append((f"{1 - PRECISION:.0%} junk", self._precise()))
        total = self.n_particles
        if total is not None:
            enough = int(np.searchsorted(self.sums, RECALL * total))
            wanted = [(f"{RECALL:.0%} found", enough), ("picks = particles", total)]
            # There may be fewer peaks than that.
            found += [
                (name, self.score_of_count(count))
                for name, count in wanted
                if count <= len(self.scores)
            ]
        if not self.complete and given is not None:
            # Below the threshold nothing was given, so that nothing is known.
            found = [(name, score) for name, score in found if score >= given]
        return [self.cut(name, score) for name, score in found]

    def start(self) -> float | None:
        """Return the threshold in use, or None if every peak is a pick."""
        if self.about.per_micrograph is not None:
            return self.score_of_count(self.about.per_micrograph * len(self.peaks))
        return self._in_float32(self.about.threshold)

    def _in_float32(self, threshold):
        """Return the threshold, or one that keeps a pick which rounding loses."""
        if threshold is None:
            return None
        above = [one[one[:, 2] > threshold, 2] for one in self.peaks]
        lowest = np.float32(np.min(np.concatenate(above), initial=np.inf))
        if lowest > np.float32(threshold):
            return threshold
        return float(np.nextafter(lowest, np.float32(-np.inf)))

    def _precise(self):
        """Return the lowest threshold that promises the precision."""
        numbers = np.arange(1, len(self.sums))
        good = np.flatnonzero(self.sums[1:] >= PRECISION * numbers)
        if not len(good):
            return float(logit(PRECISION))
        return self.score_of_count(good[-1] + 1)

    def _intervals(self, score: float) -> dict[str, Interval]:
        if self.about.quality is None or not self.complete or not len(self.scores):
            return {}
        # Each peak of the sample stands for those around it in the order of scores.
        step = -(-len(self.scores) // MOST_FOR_INTERVALS)
        sample = np.zeros((len(self.scores[step // 2 :: step]), 3))
        sample[:, 2] = self.scores[step // 2 :: step]
        quality: Any = self.about.quality(score, picks=[sample])
        found = {
            name: quality.get(f"{name}_interval")
            for name in ("n_particles", "precision", "recall")
        }
        share = {"n_particles": len(self.scores) / len(sample)}
        return {
            name: (
                float(interval[0]) * share.get(name, 1.0),
                float(interval[1]) * share.get(name, 1.0),
            )
            for name, interval in found.items()
            if interval is not None and np.isfinite(interval).all()
        }
