"""Metrics for picks and for classifiers trained on positive and unlabeled samples."""

from pusklearn.metrics._match_coordinates import match_coordinates
from pusklearn.metrics._picking_average_precision import picking_average_precision
from pusklearn.metrics._picking_curve import picking_curve
from pusklearn.metrics._picks_display import PicksDisplay

__all__ = [
    "PicksDisplay",
    "match_coordinates",
    "picking_average_precision",
    "picking_curve",
]
