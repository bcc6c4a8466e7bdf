"""The peaks of one score map, in pixels of its micrograph."""

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._gaps import Gaps, with_gaps
from pusklearn.micrographs.images._micrograph import Micrograph, length_in_pixels
from pusklearn.micrographs.peaks._peaks import find_peaks, smooth


def map_peaks(
    scores: Micrograph,
    gaps: Gaps,
    *,
    radius: float,
    smoothing: float = 0.0,
    margin: float = 0.0,
    refine: bool = False,
    threshold: float = -np.inf,
) -> NDArray[np.float64]:
    """Return the peaks of a score map.

    Parameters
    ----------
    scores : Micrograph
        The score map.
    gaps : Gaps
        Its missing pixels.
    radius, smoothing, margin, refine : float, float, float and bool
        The parameters of a `PeakExtractor`, in pixels of the original micrograph.
    threshold : float, default=-inf
        Peaks have a score greater than this.

    Returns
    -------
    ndarray of shape (k, 3), float64
        ``x, y, score`` by descending score, in pixels of the original micrograph.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn import Micrograph
    >>> from pusklearn.micrographs.images._gaps import find_gaps
    >>> from pusklearn.micrographs.peaks._map_peaks import map_peaks
    >>> scores = Micrograph(np.zeros((40, 60)), scale=2.0)
    >>> scores[10, 25] = 3.0
    >>> map_peaks(scores, find_gaps(scores), radius=8)
    array([[50., 20.,  3.]])
    """
    picks = find_peaks(
        smooth(with_gaps(scores, scores, gaps), smoothing / scores.scale),
        length_in_pixels(radius, scores),
        threshold=threshold,
        margin=margin / scores.scale,
        refine=refine,
    )
    picks[:, :2] *= scores.scale
    return picks
