"""The scores at which one labelled particle more is matched by a peak."""

from collections.abc import Sequence
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.metrics._match_coordinates import ALONE, pairs_within


def match_scores(
    peaks_list: Sequence[NDArray], labels_list: Sequence[NDArray], radius: float
) -> NDArray[np.float64]:
    """Return the scores at which one more label is matched, as a threshold sinks.

    The number of labels that peaks of at least a score match, by
    `pusklearn.metrics.match_coordinates`, is the number of these scores that are not
    lower. So one pass over the peaks tells it for every threshold.

    Parameters
    ----------
    peaks_list : sequence of ndarray of shape (k, 3)
        All peaks ``x, y, score`` of each micrograph.
    labels_list : sequence of ndarray of shape (m, 2)
        Labelled particles ``x, y`` of each micrograph.
    radius : float
        Match radius, as in `pusklearn.metrics.match_coordinates`.

    Returns
    -------
    ndarray of float64 of shape (n_matched,)
        The scores, in descending order.

    Examples
    --------
    The peak of 0.4 finds no particle, and that of 0.3 one that is found already:

    >>> import numpy as np
    >>> from pusklearn.micrographs.peaks._match_scores import match_scores
    >>> peaks = np.array([[5, 5, 0.9], [80, 9, 0.4], [6, 6, 0.3], [40, 5, 0.2]])
    >>> labels = np.array([[5, 6], [42, 5]])
    >>> match_scores([peaks], [labels], radius=4)
    array([0.9, 0.2])
    """
    found = [
        _match_scores_of(peaks[np.argsort(-peaks[:, 2])], labels, radius)
        for peaks, labels in zip(peaks_list, labels_list, strict=True)
    ]
    return np.sort(np.concatenate(found))[::-1].copy()


def _match_scores_of(peaks: NDArray, labels: NDArray, radius: float) -> NDArray:
    """Return the scores of one micrograph, whose peaks are in descending order."""
    row, column, length, _ = pairs_within(peaks[:, :2], labels, radius)
    order = np.argsort(row, kind="stable")
    costs: dict[int, dict[int, float]] = {}
    for peak, label, cost in zip(
        row[order].tolist(),
        column[order].tolist(),
        (1 + length[order] ** 2).tolist(),
        strict=True,
    ):
        costs.setdefault(peak, {})[label] = cost
    n_reachable = len(set(column.tolist()))
    matching: list[int] = []
    matched = GrowingMatching(costs)
    for peak in costs:
        if len(matching) == n_reachable:
            break
        if matched.add(peak):
            matching.append(peak)
    return peaks[matching, 2]


class GrowingMatching:
    """The matching of least cost of peaks that arrive one after the other.

    Each peak that arrives takes the cheapest path to an end: it takes a label, whose
    peak takes another label, and so on. The last peak of the path takes a free label,
    or stays alone. The matching is then one of least cost again. A path is found as
    Dijkstra finds it, because the `relief` of the labels makes all steps cost 0 or more
    (Jonker and Volgenant, Computing 38, 1987).

    Parameters
    ----------
    costs : dict
        The labels that each peak can match, and what it costs.
    """

    def __init__(self, costs: dict[int, dict[int, float]]) -> None:
        self.costs = costs
        self.peak_of: dict[int, int] = {}
        self.label_of: dict[int, int] = {}
        self.relief: dict[int, float] = {}

    def add(self, new: int) -> bool:
        """Add a peak, and tell whether one more label is matched."""
        paid: dict[int, float] = {}
        taker: dict[int, int] = {}
        waiting: list[tuple[float, int]] = []
        passed: set[int] = set()
        end: int | None
        peak, so_far = new, 0.0
        alone, least = new, ALONE
        while True:
            for label, cost in self.costs[peak].items():
                total = so_far + cost + self.relief.get(label, 0.0)
                if label not in passed and total < paid.get(label, np.inf):
                    paid[label], taker[label] = total, peak
                    heappush(waiting, (total, label))
            if so_far + ALONE < least:
                alone, least = peak, so_far + ALONE
            while waiting and waiting[0][1] in passed:
                heappop(waiting)
            if not waiting or waiting[0][0] > least:
                end, price = self.label_of.pop(alone, None), least
                break
            price, end = heappop(waiting)
            if end not in self.peak_of:
                break
            passed.add(end)
            peak = self.peak_of[end]
            so_far = price - self.costs[peak][end] - self.relief.get(end, 0.0)
        is_found = end is not None and end not in self.peak_of
        for label in passed:
            self.relief[label] = self.relief.get(label, 0.0) + price - paid[label]
        while end is not None:
            peak = taker[end]
            following = self.label_of.get(peak)
            self.peak_of[end], self.label_of[peak] = peak, end
            end = following
        return is_found
