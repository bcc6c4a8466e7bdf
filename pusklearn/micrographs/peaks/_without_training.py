"""A `PeakExtractor` that is fitted, but has seen no training maps."""

from typing import Any

import numpy as np

from pusklearn.micrographs.peaks._peak_settings import peak_settings
from pusklearn.micrographs.peaks._pick_calibration import PickCalibration
from pusklearn.micrographs.peaks._pick_thresholds import RULES, check_threshold_needs
from pusklearn.pu._threshold_rules import parse_threshold


def fit_without_maps(extractor: Any, calibration: PickCalibration | None = None) -> Any:
    """Fit a `PeakExtractor` whose scores need no training, and return it.

    The threshold "prior" is then chosen from the maps that it picks from.

    Parameters
    ----------
    extractor : PeakExtractor
        The extractor.
    calibration : PickCalibration or None, default=None
        What turns scores into log-odds; None leaves them as they are.

    Raises
    ------
    ValueError
        If its threshold needs labels, or the number of particles and it is not given.
    """
    check_needs_no_labels(extractor.threshold)
    check_threshold_needs(extractor.threshold, extractor.particles_per_micrograph)
    extractor.calibration_ = calibration
    extractor.peak_scores_ = None
    extractor.match_scores_ = None
    extractor.n_labels_ = None
    extractor.n_micrographs_ = 0
    extractor.n_expected_ = None
    extractor.n_expected_interval_ = None
    extractor.labels_at_random_ = None
    extractor.peak_settings_ = peak_settings(extractor)
    is_unknown = parse_threshold(extractor.threshold, RULES).name == "prior"
    extractor.threshold_ = np.nan if is_unknown else extractor.find_threshold()
    extractor.rule_ = extractor.threshold
    return extractor


def has_no_maps(extractor: Any) -> bool:
    """Tell whether `fit_without_maps` has fitted a `PeakExtractor`."""
    return getattr(extractor, "peak_scores_", ()) is None


def check_needs_no_labels(threshold: float | str | None) -> None:
    """Raise a ValueError for a threshold that needs labels.

    Parameters
    ----------
    threshold : None, float or str
        The parameter `threshold`, see `PeakExtractor`.
    """
    if parse_threshold(threshold, RULES).name in ("recall", "fdr"):
        raise ValueError(
            f"threshold={threshold!r} needs labelled particles, and this picker has "
            "learnt from none. Fit it first, picker.fit(micrographs, coordinates), or "
            "give None, a number or 'prior' as `threshold`."
        )


def refuse_without_picking(threshold: float | str) -> None:
    """Raise a ValueError for a rule that needs labels, or the maps to pick from."""
    check_needs_no_labels(threshold)
    raise ValueError(
        f"threshold={threshold!r} is chosen from the micrographs that are picked, "
        "because this picker has not been trained: `predict` chooses it. Give a "
        "number, or fit the picker, to know the threshold before."
    )
