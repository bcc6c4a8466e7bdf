"""The distance of picks that ranks them best."""

from collections.abc import Iterable, Sequence
from typing import Any

from numpy.typing import NDArray

from pusklearn.micrographs.io._coordinates_for import coordinates_for
from pusklearn.micrographs.metrics._picking_average_precision import (
    picking_average_precision,
)
from pusklearn.topaz._tables import points_of, read_table


def radii_to_try(options: dict[str, Any]) -> Sequence[float]:
    """Return the radius that is given, or those that the options say.

    Raises
    ------
    ValueError
        If there is none.
    """
    if "radius" in options:
        return [options["radius"]]
    least, greatest = options.get("min_radius", 5), options.get("max_radius", 100)
    step = options.get("step_radius", 5)
    radii = range(least, greatest + 1, step) if step > 0 else range(0)
    if not radii or least < 0:
        raise ValueError(
            "--min-radius must be at least 0 and not above --max-radius, and "
            f"--step-radius above 0. Got {least}, {greatest} and {step}."
        )
    return radii


def find_targets(path: str, names: Iterable[str]) -> list[NDArray]:
    """Return the particles of each image, in pixels of the images."""
    return coordinates_for(points_of(read_table(path)), list(names))


def search(
    targets: Sequence[NDArray],
    picks: Sequence[Sequence[NDArray]],
    radii: Sequence[float],
    options: dict[str, Any],
) -> tuple[int, float]:
    """Find the radius whose picks have the greatest average precision.

    Parameters
    ----------
    targets : sequence of ndarray of shape (m, 2)
        The particles of each image.
    picks : sequence of sequence of ndarray of shape (k, 3)
        The picks of each image for each radius.
    radii : sequence of float
        The radii.
    options : dict of str to object
        The ``assignment_radius``; below 0, or if it is not given, it is the radius.

    Returns
    -------
    best : int
        The number of the best radius, the least of several.
    average_precision : float
        The average precision of its picks.
    """
    given = options.get("assignment_radius", -1)
    precisions = [
        picking_average_precision(
            targets, [one[number] for one in picks], given if given > 0 else radius
        )
        for number, radius in enumerate(radii)
    ]
    best = precisions.index(max(precisions))
    return best, precisions[best]
