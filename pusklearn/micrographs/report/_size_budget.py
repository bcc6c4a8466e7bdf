"""What fits into the page."""

from collections.abc import Sequence

import numpy as np

from pusklearn.micrographs.report._gather_views import Gathered
from pusklearn.micrographs.report._micrograph_view import MicrographView

# The page has fewer characters: 20 MB, and something to spare.
MOST_CHARACTERS = 19_500_000
# Of them, thumbnails take no more than these.
MOST_OF_THUMBNAILS = 6_000_000
# So many micrographs are large enough to click on, if they fit.
N_LARGE = 60
# Three bytes become four characters.
PER_BYTE = 4 / 3
# About what the page has without micrographs, and what one adds without its images.
OF_PAGE = 100_000
PER_MICROGRAPH = 700
PER_CROP = 1_200
PER_PEAK = 4.2 * PER_BYTE
PER_POINT = 8 * PER_BYTE


def fitting_thumbnails(
    views: Sequence[MicrographView], order: Sequence[int]
) -> list[int]:
    """Return the numbers of the micrographs that have a thumbnail in the page.

    Parameters
    ----------
    views : sequence of MicrographView
        The micrographs.
    order : sequence of int
        Their numbers, the oddest first.

    Returns
    -------
    list of int
        All of them if they fit, else the first.
    """
    sizes = [len(views[number].thumbnail) * PER_BYTE for number in order]
    return list(order[: _n_fitting(sizes, MOST_OF_THUMBNAILS)])


def fitting_large(
    gathered: Gathered, order: Sequence[int], thumbnails: Sequence[int], lowest: float
) -> list[int]:
    """Return the numbers of the micrographs that are large enough to click on.

    Parameters
    ----------
    gathered : Gathered
        The micrographs.
    order : sequence of int
        Their numbers, the oddest first.
    thumbnails : sequence of int
        The numbers of those that have a thumbnail.
    lowest : float
        Peaks of lower scores are not in the page.

    Returns
    -------
    list of int
        The first 60 if they fit, else fewer, but at least one.
    """
    views = gathered.views
    n_peaks = [int((view.peaks[:, 2] >= lowest).sum()) for view in views]
    texts = sum(2 * len(view.name) + len(view.path or "") for view in views)
    used = (
        OF_PAGE
        + texts
        + len(views) * PER_MICROGRAPH
        + sum(len(views[number].thumbnail) for number in thumbnails) * PER_BYTE
        + sum(n_peaks) * PER_PEAK
        + len(gathered.crops) * PER_CROP
    )
    first = order[:N_LARGE]
    sizes = [
        gathered.large.size(number) * PER_BYTE + n_peaks[number] * PER_POINT
        for number in first
    ]
    return list(first[: max(1, _n_fitting(sizes, MOST_CHARACTERS - used))])


def _n_fitting(sizes, most):
    """Return how many sizes, from the first on, are together not above the most."""
    return int(np.searchsorted(np.cumsum(sizes), most, side="right"))
