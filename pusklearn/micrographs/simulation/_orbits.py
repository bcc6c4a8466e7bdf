"""Points under a point group: every point comes with its copies, its orbit."""

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from scipy.spatial.transform import Rotation

# Draws n points in the part of a body from a start to a stop, two shares of it.
Draw = Callable[[int, float, float], NDArray[np.float64]]


def point_group(symmetry: str) -> NDArray[np.float64]:
    """Return the rotations of a point group as matrices (n, 3, 3)."""
    if not re.fullmatch(r"[CD][1-9][0-9]*|[TOI]", str(symmetry)):
        raise ValueError(
            "`symmetry` must be Cn or Dn with n >= 1, T, O or I, such as 'C1' or 'D7'. "
            f"Got {symmetry!r}."
        )
    return Rotation.create_group(symmetry).as_matrix()


def spread_orbits(
    draw: Draw, group: NDArray[np.float64], n_orbits: int, n_candidates: int = 12
) -> NDArray[np.float64]:
    """Return points, shape (n_orbits * len(group), 3), of orbits that lie apart.

    The points of an orbit follow each other, and the first of them is the one drawn.
    """
    # Each orbit has its own part of the shape, so that a rod of few orbits stays long.
    order = len(group)
    cloud = np.empty((n_orbits * order, 3))
    for orbit in range(n_orbits):
        candidates = draw(n_candidates, orbit / n_orbits, (orbit + 1) / n_orbits)
        # Copies of one point meet on a symmetry axis, so they count as neighbours too.
        copies = np.einsum("gij,mj->mgi", group[1:], candidates)
        gaps = np.linalg.norm(copies - candidates[:, None], axis=2)
        gaps = np.hstack([gaps, cdist(candidates, cloud[: orbit * order])])
        best = gaps.min(axis=1, initial=np.inf).argmax()
        cloud[orbit * order :][:order] = group @ candidates[best]
    return cloud


def nearest_orbit(
    cloud: NDArray[np.float64], order: int, n_first: int
) -> NDArray[np.intp]:
    """Return which of the first orbits of a cloud lies nearest to each orbit."""
    gaps = cdist(cloud[::order], cloud[: n_first * order])
    return gaps.reshape(len(gaps), n_first, order).min(axis=2).argmin(axis=1)
