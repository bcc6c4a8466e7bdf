"""What the parameters of a `ReferencePicker` allow."""

from typing import Any

import numpy as np

from pusklearn.micrographs.images._lengths import parse_length
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.peaks._pick_thresholds import check_threshold_needs
from pusklearn.pu._checks import (
    check_choice,
    check_flag,
    check_integer,
    check_number,
    check_verbose,
)


def check_picker(picker: Any) -> None:
    """Raise an error for a parameter of a picker that is out of its range."""
    check_verbose(picker.verbose)
    parse_length(picker.diameter, "diameter", "(0, inf)")
    check_choice(picker.outside, "outside", ["raise", "warn"])
    check_choice(picker.on_error, "on_error", ["raise", "warn"])
    check_integer(picker.n_references, "n_references")
    check_integer(picker.n_rotations, "n_rotations")
    check_flag(picker.whiten, "whiten")
    count = picker.particles_per_micrograph
    if count is not None:
        check_number(count, "particles_per_micrograph", "(0, inf)")
    check_threshold_needs(picker.threshold, count)


def check_scale(micrograph: Micrograph, scale: float) -> None:
    """Raise a ValueError for a micrograph of another scale than that of the first."""
    if not np.isclose(micrograph.scale, scale, rtol=1e-3):
        raise ValueError(
            "Micrographs must have one scale, because a reference image has "
            f"one size. Micrograph {micrograph.name or '(no name)'} has scale "
            f"{micrograph.scale:g}, the first one fitted {scale:g}. A "
            "`diameter` in angstrom, such as '180A', brings them to one pixel size."
        )
