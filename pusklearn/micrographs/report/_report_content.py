"""What the report says, before it is put into words and pictures."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from pusklearn.micrographs.report._describe_picker import PickerDescription
from pusklearn.micrographs.report._expected_numbers import Cut, ScoreTable
from pusklearn.micrographs.report._gather_views import Gathered
from pusklearn.micrographs.report._micrograph_view import MicrographView
from pusklearn.micrographs.report._oddness import Oddness, find_oddness
from pusklearn.micrographs.report._pick_looks import SUSPECTED, suspected_picks
from pusklearn.micrographs.report._score_histogram import (
    LEAST_PROBABILITY,
    ScoreHistogram,
    score_histogram,
)
from pusklearn.micrographs.report._size_budget import (
    fitting_large,
    fitting_thumbnails,
)

# The page holds at most so many peaks; a million would be 6 MB.
MOST_PEAKS = 500_000
# Picks between these probabilities are uncertain.
UNCERTAIN = (0.2, 0.8)
# Intervals are computed at so many thresholds.
N_INTERVALS = 25


class ReportContent(NamedTuple):
    """All that the page tells.

    Attributes
    ----------
    about : PickerDescription
        The picker.
    gathered : Gathered
        The micrographs.
    complete : bool
        Whether all peaks are known, not only those above a threshold.
    n_particles : float or None
        The expected number of particles, if it is known.
    cuts : list of Cut
        Thresholds that one may want. The page opens with the first.
    grid : list of Cut
        Thresholds at which the intervals are known; empty if the picker gives none.
    histogram : ScoreHistogram
        The scores.
    lowest : float
        Peaks of lower scores are not in the page.
    suspected : list of ndarray of bool
        Which peaks of each micrograph look unlike the others.
    oddness : dict of int to Oddness
        That of each micrograph that can be used, by its number.
    order : list of int
        The numbers of the micrographs that can be used, the oddest first.
    thumbnails, large : list of int
        The numbers of those that have a thumbnail, and an image to click on.
    """

    about: PickerDescription
    gathered: Gathered
    complete: bool
    n_particles: float | None
    cuts: list[Cut]
    grid: list[Cut]
    histogram: ScoreHistogram
    lowest: float
    suspected: list[NDArray[np.bool_]]
    oddness: dict[int, Oddness]
    order: list[int]
    thumbnails: list[int]
    large: list[int]


def find_content(gathered: Gathered, about: PickerDescription) -> ReportContent:
    """Judge all micrographs and thresholds.

    Parameters
    ----------
    gathered : Gathered
        The micrographs.
    about : PickerDescription
        The picker.

    Returns
    -------
    ReportContent
        What the page tells.

    Raises
    ------
    ValueError
        If no micrograph can be used.
    """
    usable = [row for row, view in enumerate(gathered.views) if view.error is None]
    if not usable:
        first = gathered.views[0]
        raise ValueError(
            "At least 1 micrograph must be usable. Got 0 of "
            f"{len(gathered.views)}; the first one, {first.name}: {first.error}"
        )
    peaks = [view.peaks for view in gathered.views]
    complete = about.all_peaks or are_all_peaks(peaks, about.threshold)
    table = ScoreTable(peaks, about, complete)
    cuts = table.cuts()
    start = cuts[0].score
    suspected = find_suspected(gathered.views, start, about.calibrated)
    numbers = [
        micrograph_numbers(gathered.views[row], suspected[row], start, about)
        for row in usable
    ]
    oddness = dict(zip(usable, find_oddness(numbers), strict=True))
    histogram = score_histogram(table.scores, about.calibrated)
    grid = []
    if any(cut.intervals for cut in cuts):
        scores = np.linspace(histogram.edges[0], histogram.edges[-1], N_INTERVALS)
        grid = [table.cut("", float(score)) for score in scores]
    lowest = lowest_score(table.scores, about.calibrated)
    order = sorted(usable, key=lambda row: -oddness[row].value)
    thumbnails = fitting_thumbnails(gathered.views, order)
    return ReportContent(
        about,
        gathered,
        complete,
        table.n_particles,
        cuts,
        grid,
        histogram,
        lowest,
        suspected,
        oddness,
        order,
        thumbnails,
        fitting_large(gathered, order, thumbnails, lowest),
    )


def are_all_peaks(peaks: Sequence[NDArray], threshold: float | None) -> bool:
    """Tell whether these are all peaks, and not only the picks above a threshold."""
    if threshold is None:
        return True
    return any(len(one) and one[-1, 2] <= threshold for one in peaks)


def lowest_score(scores: NDArray, calibrated: bool) -> float:
    """Return the score from which on peaks are in the page.

    Parameters
    ----------
    scores : ndarray of shape (n_peaks,)
        The scores of all peaks, in descending order.
    calibrated : bool
        Whether they are log-odds; then improbable peaks are left out.
    """
    lowest = float(logit(LEAST_PROBABILITY)) if calibrated else -np.inf
    if len(scores) > MOST_PEAKS:
        lowest = max(lowest, float(np.nextafter(scores[MOST_PEAKS], np.inf)))
    return lowest


def find_suspected(
    views: Sequence[MicrographView], start: float, calibrated: bool
) -> list[NDArray[np.bool_]]:
    """Return which peaks look unlike the picks.

    They are compared with the picks above the threshold. Without a threshold and
    without probabilities, they are compared with the best quarter.
    """
    if start == -np.inf and not calibrated:
        scores = np.concatenate([view.peaks[:, 2] for view in views])
        start = float(np.quantile(scores, 0.75)) if len(scores) else 0.0
    usual = [view.looks[view.peaks[:, 2] > start] for view in views]
    together = np.concatenate(usual)
    return [suspected_picks(view.looks, together) > SUSPECTED for view in views]


def micrograph_numbers(
    view: MicrographView,
    suspected: NDArray[np.bool_],
    start: float,
    about: PickerDescription,
) -> dict[str, float]:
    """Return the numbers by which micrographs are compared, see `find_oddness`."""
    scores = view.peaks[:, 2]
    above = scores > start
    numbers = {"n_picks": float(above.sum()), "suspected": _mean(suspected[above])}
    if about.calibrated:
        probabilities = expit(scores)
        low, high = UNCERTAIN
        likely = probabilities[probabilities > low]
        numbers["mean_probability"] = _mean(probabilities[above])
        numbers["uncertain"] = _mean(likely < high)
    elif about.scored:
        numbers["mean_score"] = _mean(scores[above])
    return numbers | view.statistics


def _mean(values):
    return float(np.mean(values)) if len(values) else np.nan
