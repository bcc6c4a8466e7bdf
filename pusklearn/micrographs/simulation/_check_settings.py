"""The rules for the parameters of a simulation."""

from collections.abc import Collection
from math import inf, pi
from numbers import Integral
from typing import Any

from pusklearn.micrographs.simulation._contaminants import KINDS
from pusklearn.micrographs.simulation._contrast import CONTRASTS
from pusklearn.pu._checks import check_choice, check_flag, check_integer, check_number

# Least distance of two centres, in diameters: particles that do not fill the sphere
# around them may lie closer.
NEAREST = {
    "globular": 0.9,
    "thin": 0.75,
    "shell": 0.9,
    "torus": 0.85,
    "multi-domain": 0.8,
    "membrane": 0.85,
    "elongated": 0.75,
    "flat": 0.85,
}
VIEWS = ("uniform", "preferred")
# Discs put down at random without overlap jam near 0.547 of the area; this share is
# reached easily.
FULL = 0.45
# Discs that push each other apart jam near 0.84 of the area; this share is reached
# quickly, also where contaminants leave odd corners.
PACKED = 0.75
# The numbers whose only rule is an interval.
INTERVALS = {
    "diameter": "[8, inf)",
    "snr": "(0, inf]",
    "pixel_size": "(0, inf)",
    "ice_noise": "[0, 1]",
    "ice_gradient": "[0, inf)",
    "contamination": "[0, 1]",
    "smoothing": "[0, inf)",
    "hot_pixels": "[0, 1]",
}


def check_settings(
    *,
    n_micrographs: Any,
    size: Any,
    particle: Any,
    views: Any,
    n_particles: Any,
    spacing: Any,
    defocus: Any,
    contrast: Any,
    ice_thickness: Any,
    contaminants: Any,
    binning: Any,
    return_contaminants: Any,
    **numbers: Any,
) -> tuple[int, int]:
    """Return the shape (height, width), or raise an error if a rule is broken.

    `numbers` are the other parameters of `make_micrographs` that have a rule.
    """
    check_integer(n_micrographs, "n_micrographs")
    check_choice(particle, "particle", list(NEAREST))
    check_choice(views, "views", VIEWS)
    for name, value in numbers.items():
        check_number(value, name, INTERVALS[name])
    check_choice(contrast, "contrast", list(CONTRASTS))
    if defocus is not None:
        _check_pair(defocus, "defocus", "in angstrom")
    _check_pair(ice_thickness, "ice_thickness", "relative to usual ice")
    if spacing is not None:
        check_number(spacing, "spacing", "[0.5, inf)")
    if contaminants is not None:
        _check_kinds(contaminants)
    check_integer(binning, "binning")
    check_flag(return_contaminants, "return_contaminants")
    shape = _check_shape(size, numbers["diameter"])
    if n_particles is not None:
        check_integer(n_particles, "n_particles", "[0, inf)")
    each = NEAREST[particle] if spacing is None else spacing
    distance = each * numbers["diameter"]
    _check_that_they_fit(n_particles, shape, distance, spacing is not None)
    return shape


def room(distance: float, *, crowded: bool = False) -> float:
    """Return the area in pixels that a centre needs if others lie at a distance.

    It is the area of a disc of that diameter, divided by the share of an image that
    such discs can fill when they are put down at random, or pushed apart in a crowd.
    """
    return pi / 4 * distance**2 / (PACKED if crowded else FULL)


def _check_pair(value, name, unit):
    try:
        low, high = value
        in_order = 0 < low <= high < inf
    except (TypeError, ValueError):
        in_order = False
    if not in_order:
        raise ValueError(
            f"`{name}` must be a pair (low, high) with 0 < low <= high, {unit}. "
            f"Got {value!r}."
        )


def _check_kinds(contaminants):
    if isinstance(contaminants, str) or not isinstance(contaminants, Collection):
        raise TypeError(
            "`contaminants` must be None or a tuple of kinds, such as ('ice', 'gold'). "
            f"Got {contaminants!r}."
        )
    for kind in contaminants:
        check_choice(kind, "contaminants", KINDS)


def is_integer(value: Any) -> bool:
    """Tell whether a value is an integer; True and False are not."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def _check_shape(size, diameter):
    shape = (size, size) if is_integer(size) else size
    if (
        not isinstance(shape, tuple | list)
        or len(shape) != 2
        or not all(is_integer(side) for side in shape)
    ):
        raise TypeError(
            "`size` must be an integer or a pair (height, width) of them. "
            f"Got {size!r}."
        )
    if min(shape) < 2 * diameter:
        raise ValueError(
            f"`size` must be at least twice the diameter, {2 * diameter:g} pixels. "
            f"Got {size}."
        )
    height, width = map(int, shape)
    return height, width


def _check_that_they_fit(n_particles, shape, distance, crowded):
    capacity = int(shape[0] * shape[1] / room(distance, crowded=crowded))
    if n_particles is None and capacity == 0:
        raise ValueError(
            f"`spacing` must leave room for a particle: centres at least {distance:g} "
            f"pixels apart do not fit into an image of shape {shape}. Lower `spacing`, "
            "or give `n_particles`=0 for micrographs without particles."
        )
    if n_particles is not None and n_particles > capacity:
        raise ValueError(
            f"`n_particles` must be at most {capacity}: centres at least {distance:g} "
            f"pixels apart, in an image of shape {shape}. Got {n_particles}."
            + ("" if crowded else " With a `spacing` more of them fit.")
        )
