"""The network that sees a whole particle."""

from collections.abc import Sequence
from typing import Any

from pusklearn.micrographs.images._lengths import original_pixels
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.pu._warn_caller import warn_caller

RECEPTIVE_FIELDS = (31, 63, 127)
LEAST_DIAMETER = 8


def covering_field(width: float) -> int:
    """Return the smallest receptive field that covers a particle of this width.

    Raises
    ------
    ValueError
        If no field does.
    """
    for field in RECEPTIVE_FIELDS:
        if width <= field:
            return field
    raise ValueError(
        f"A particle must be at most {RECEPTIVE_FIELDS[-1]} pixels wide after "
        f"downsampling. Got {width:g}; give a larger `downsample`, or `diameter` in "
        "pixels if this was angstrom."
    )


def field_for(size: Any, micrographs: Sequence[Micrograph]) -> int:
    """Return the smallest receptive field that covers a length in all micrographs.

    Parameters
    ----------
    size : float or str
        The length, usually the diameter of a particle.
    micrographs : sequence of Micrograph
        The micrographs, as the network sees them.

    Returns
    -------
    int
        31, 63 or 127.

    Warns
    -----
    UserWarning
        If the length is less than 8 pixels of these micrographs.
    """
    width = max(
        original_pixels(size, m, "region_size", row) / m.scale
        for row, m in enumerate(micrographs)
        if not is_left_out(m)
    )
    # A pixel size in a file has 7 digits.
    width = round(width, 3)
    warn_of_small_particle(width)
    return covering_field(width)


def warn_of_small_particle(width: float) -> None:
    """Warn if little is left of a particle."""
    if width < LEAST_DIAMETER:
        warn_caller(
            f"A particle should be at least {LEAST_DIAMETER} pixels wide after "
            f"downsampling, better 15. Got {width:.3g}; give a smaller "
            "`downsample`, and `diameter` in pixels of the original micrograph."
        )
