"""A score map as the extractor of peaks sees it."""

from typing import Any

import numpy as np

from pusklearn.micrographs.images._gaps import find_gaps, with_gaps
from pusklearn.micrographs.images._lengths import original_pixels
from pusklearn.micrographs.images._like import like
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.peaks._peaks import smooth


def seen_map(extract: Any, scores: Micrograph) -> Micrograph:
    """Return a score map, smoothed and calibrated as the scores of its peaks are.

    Parameters
    ----------
    extract : PeakExtractor
        A fitted extractor.
    scores : Micrograph
        The score map.

    Returns
    -------
    Micrograph
        The value at a peak is the score of the pick there. Missing pixels are NaN.
    """
    gaps = find_gaps(scores)
    if not gaps.n_there:
        return like(np.full(scores.shape, np.nan), scores)
    smoothing = original_pixels(extract.smoothing, scores, "smoothing")
    values = np.asarray(
        smooth(with_gaps(scores, scores, gaps), smoothing / scores.scale)
    )
    calibration = getattr(extract, "calibration_", None)
    if calibration is not None:
        values = calibration(values)
    return like(np.where(gaps.as_mask(), np.nan, values), scores)
