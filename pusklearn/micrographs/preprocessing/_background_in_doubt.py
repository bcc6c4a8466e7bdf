"""Warnings of micrographs whose background may be taken for something else."""

import numpy as np

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import missing_pixels
from pusklearn.micrographs.preprocessing._blank_areas import blank_pixels
from pusklearn.pu._warn_caller import warn_caller

MOST_BLANK = 0.5


def warn_of_doubt(micrograph: Micrograph, reason: str) -> None:
    """Warn that the background of a micrograph is in doubt, and say why."""
    warn_caller(
        f"The background of micrograph {micrograph.name or '(no name)'} is in doubt: "
        f"{reason}. Look at it; mask what is no ice, `Micrograph(..., mask=...)`, or "
        "leave it out."
    )


def warn_if_blank(micrograph: Micrograph, blank_share: float) -> None:
    """Warn if most pixels that are there have one grey value, but not all.

    Parameters
    ----------
    micrograph : Micrograph
        At least 1 of its pixels is there.
    blank_share : float
        The share of blank pixels, as `sort_pixels` tells it. It may count pixels that
        are missing.
    """
    if blank_share <= MOST_BLANK:
        return
    missing, blank = missing_pixels(micrograph), blank_pixels(micrograph)
    if missing is not None and blank is not None:
        blank_share = float(np.mean(blank[~missing]))
    if MOST_BLANK < blank_share < 1:
        warn_of_doubt(
            micrograph, f"{blank_share:.0%} of its pixels have one grey value"
        )
