"""Labelled particles, without those that lie on missing pixels."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._gaps import Gaps
from pusklearn.pu._warn_caller import warn_caller

# So many micrographs are named in a warning.
MOST_NAMED = 3
LABELS = "labelled particles"


def particles_there(
    coordinates: Sequence[NDArray], all_gaps: Sequence[Gaps]
) -> list[NDArray]:
    """Return the particles of each micrograph that do not lie on missing pixels.

    Parameters
    ----------
    coordinates : sequence of ndarray of shape (k, 2)
        Particles of each micrograph, ``x, y`` in pixels of the original.
    all_gaps : sequence of Gaps
        The missing pixels of each micrograph.

    Returns
    -------
    list of ndarray of shape (k, 2)
        The particles that are left. The arrays given are not copied if nothing is left
        out of them.
    """
    return [
        points[~gaps.hold(points)] if len(gaps.runs) else points
        for points, gaps in zip(coordinates, all_gaps, strict=True)
    ]


def labels_there(
    coordinates: Sequence[NDArray],
    all_gaps: Sequence[Gaps],
    names: Sequence[str | None],
    *,
    what: str = LABELS,
) -> list[NDArray]:
    """Return the labelled particles that do not lie on missing pixels.

    Parameters
    ----------
    coordinates : sequence of ndarray of shape (k, 2)
        Particles of each micrograph, ``x, y`` in pixels of the original.
    all_gaps : sequence of Gaps
        The missing pixels of each micrograph.
    names : sequence of str or None
        The name of each micrograph.
    what : str, default="labelled particles"
        What messages call the particles. Others than these need not be there at all.

    Returns
    -------
    list of ndarray of shape (k, 2)
        The particles that are left.

    Raises
    ------
    ValueError
        If no labelled particle is left.

    Warns
    -----
    UserWarning
        If some are left out; it counts them and names their micrographs.
    """
    there = particles_there(coordinates, all_gaps)
    n_before, n_after = (sum(map(len, points)) for points in (coordinates, there))
    if n_before == n_after:
        return there
    parts = [
        f"{len(before) - len(after)} of micrograph {name or f'number {row}'}"
        f" (such as {first_left_out(before, gaps)})"
        for row, (before, after, gaps, name) in enumerate(
            zip(coordinates, there, all_gaps, names, strict=True)
        )
        if len(after) < len(before)
    ]
    listed = ", ".join(parts[:MOST_NAMED])
    if len(parts) > MOST_NAMED:
        listed += f" and others of {len(parts) - MOST_NAMED} more micrographs"
    fact = (
        f"{n_before - n_after} of {n_before} {what} lie on missing pixels, "
        f"which are masked, NaN or infinite: {listed}."
    )
    if n_after < n_before / 2:
        fact += " If the mask is True where the micrograph is good, invert it."
    if not n_after and what == LABELS:
        raise ValueError(f"{fact} No label is left to learn from.")
    warn_caller(f"{fact} They are left out.")
    return there


def first_left_out(points: NDArray[np.floating], gaps: Gaps) -> str:
    """Return the first point on a missing pixel, in words."""
    x, y = points[gaps.hold(points)][0]
    return f"x={x:g}, y={y:g}"
