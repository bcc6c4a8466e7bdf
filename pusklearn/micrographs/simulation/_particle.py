"""A particle: a three-dimensional cloud of Gaussian blobs under a point group."""

import re
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import cdist
from scipy.spatial.transform import Rotation

# Least number of blobs in a whole cloud and in one asymmetric unit.
N_BLOBS = 64
MIN_UNIT = 4
# Width of a blob as a share of the diameter; a blob below 0.8 pixels would alias.
BLOB_WIDTH = 0.07
MIN_SIGMA = 0.8


@dataclass(frozen=True)
class Particle:
    """A rigid cloud of equally wide Gaussian blobs, centred on its centre of mass.

    Parameters
    ----------
    positions : ndarray of shape (n_blobs, 3)
        Blob centres ``x, y, z`` in pixels.
    weights : ndarray of shape (n_blobs,)
        Mass of each blob.
    sigma : float
        Standard deviation of every blob, in pixels.
    diameter : float
        Diameter of the sphere around the centre of mass that holds every blob
        out to ``2 sigma``, in pixels.
    """

    positions: NDArray[np.float64]
    weights: NDArray[np.float64]
    sigma: float
    diameter: float

    @classmethod
    def random(
        cls, shape: str, diameter: float, symmetry: str, rng: np.random.Generator
    ) -> Self:
        """Draw a cloud of a shape ("globular" or "thin") with a point group.

        One asymmetric unit is drawn blob by blob. Each blob is the best of a few
        candidates: the one that lies farthest from all blobs so far, copies included.
        The group copies the unit.
        """
        group = _point_group(symmetry)
        draw = _globular_points if shape == "globular" else _thin_points
        if shape == "thin" and symmetry in ("T", "O", "I"):
            raise ValueError(
                "A thin particle has one long axis, so `symmetry` must be Cn or Dn. "
                f"Got {symmetry!r}."
            )
        n_unit = max(MIN_UNIT, -(-N_BLOBS // len(group)))
        positions = _spread_orbits(draw(symmetry, rng), group, n_unit)
        weights = np.repeat(rng.uniform(0.5, 1.5, n_unit), len(group))
        positions -= np.average(positions, axis=0, weights=weights)
        sigma = max(BLOB_WIDTH * diameter, MIN_SIGMA)
        positions *= (diameter / 2 - 2 * sigma) / np.linalg.norm(
            positions, axis=1
        ).max()
        return cls(positions, weights, sigma, diameter)

    @property
    def half(self) -> int:
        """Pixels from the centre of a projection to its border."""
        return int(np.ceil(self.diameter / 2 + 2 * self.sigma + 0.5))

    @property
    def mean_density(self) -> float:
        """Mass of a projection per pixel of its disc."""
        return self.weights.sum() / (np.pi / 4 * self.diameter**2)

    def project(
        self,
        rotations: Rotation,
        offsets: ArrayLike = (0.0, 0.0),
        weights: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float32]:
        """Return projections along z of the rotated cloud, one per rotation.

        Parameters
        ----------
        rotations : Rotation of length n
            They turn the cloud before it is projected.
        offsets : array-like of shape (2,) or (n, 2), default=(0.0, 0.0)
            ``x, y`` of the centre of mass relative to the middle pixel.
        weights : ndarray of shape (n, n_blobs) or None, default=None
            Mass of each blob in each view; None means those of the cloud.

        Returns
        -------
        ndarray of shape (n, 2 * half + 1, 2 * half + 1), float32
            The projections, indexed ``[view, y, x]``; the sum of a view is the mass of
            the cloud.
        """
        weights = self.weights if weights is None else weights
        # Matrices act on column vectors, so they are transposed: (n, n_blobs, 2).
        centres = self.positions @ rotations.as_matrix()[:, :2].transpose(0, 2, 1)
        centres = centres + np.reshape(offsets, (-1, 1, 2))
        grid = np.arange(-self.half, self.half + 1, dtype=np.float32)
        steps = (grid - centres.astype(np.float32)[..., None]) / np.float32(self.sigma)
        profiles = np.exp(-0.5 * steps**2) / np.float32(np.sqrt(2 * np.pi) * self.sigma)
        columns = profiles[:, :, 0]
        rows = profiles[:, :, 1] * np.asarray(weights, np.float32)[..., None]
        return rows.transpose(0, 2, 1) @ columns


def _point_group(symmetry):
    """Return the rotations of a point group as matrices (n, 3, 3)."""
    if not re.fullmatch(r"[CD][1-9][0-9]*|[TOI]", str(symmetry)):
        raise ValueError(
            "`symmetry` must be Cn or Dn with n >= 1, T, O or I, such as 'C1' or 'D7'. "
            f"Got {symmetry!r}."
        )
    return Rotation.create_group(symmetry).as_matrix()


def _globular_points(symmetry, rng):
    """Return a function that draws points in a ball or a spheroid along z."""
    width = 1.0 if symmetry in ("T", "O", "I") else rng.uniform(0.65, 1.0)

    def draw(n, start, stop):
        points = rng.standard_normal((n, 3))
        points /= np.linalg.norm(points, axis=1, keepdims=True)
        return points * rng.uniform(size=(n, 1)) ** (1 / 3) * [width, width, 1.0]

    return draw


def _thin_points(symmetry, rng):
    """Return a function that draws points along a part of a slightly bent rod."""
    bend = rng.uniform(0.1, 0.3) if symmetry == "C1" else rng.uniform(0.05, 0.15)

    def draw(n, start, stop):
        z = rng.uniform(2 * start - 1, 2 * stop - 1, n)
        x, y = rng.uniform(-0.15, 0.15, (2, n))
        return np.column_stack([x + bend * (1 - z**2), y, z])

    return draw


def _spread_orbits(draw, group, n_orbits, n_candidates=12):
    """Return points, shape (n_orbits * len(group), 3), of orbits that lie apart."""
    # Each orbit has its own part of the shape, so that a rod of few orbits stays long.
    cloud = np.empty((0, 3))
    for orbit in range(n_orbits):
        candidates = draw(n_candidates, orbit / n_orbits, (orbit + 1) / n_orbits)
        # Copies of one point meet on a symmetry axis, so they count as neighbours too.
        copies = np.einsum("gij,mj->mgi", group[1:], candidates)
        gaps = np.linalg.norm(copies - candidates[:, None], axis=2)
        gaps = np.hstack([gaps, cdist(candidates, cloud)]).min(axis=1, initial=np.inf)
        cloud = np.vstack([cloud, group @ candidates[gaps.argmax()]])
    return cloud
