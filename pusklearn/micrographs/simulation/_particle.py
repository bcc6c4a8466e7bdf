"""A particle: a three-dimensional cloud of Gaussian blobs under a point group."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.transform import Rotation

from pusklearn.micrographs.simulation._shapes import SHAPES, draw_cloud
from pusklearn.micrographs.simulation._views import Views, draw_views

# A blob that is narrower than this, in pixels, would alias.
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
    views : callable, default=Rotation.random
        Called with a number and a random generator, it draws the rotations under which
        the particle is seen.
    """

    positions: NDArray[np.float64]
    weights: NDArray[np.float64]
    sigma: float
    diameter: float
    views: Views = Rotation.random

    @classmethod
    def random(
        cls,
        shape: str,
        diameter: float,
        symmetry: str,
        rng: np.random.Generator,
        views: str = "uniform",
    ) -> Self:
        """Draw a cloud of a shape, one of `SHAPES`, with a point group.

        One asymmetric unit is drawn blob by blob. Each blob is the best of a few
        candidates: the one that lies farthest from all blobs so far, copies included.
        The group copies the unit. `views` is "uniform" or "preferred".
        """
        positions, weights = draw_cloud(shape, symmetry, rng)
        positions -= np.average(positions, axis=0, weights=weights)
        sigma = max(SHAPES[shape].blob_width * diameter, MIN_SIGMA)
        positions *= (diameter / 2 - 2 * sigma) / np.linalg.norm(
            positions, axis=1
        ).max()
        return cls(positions, weights, sigma, diameter, draw_views(views, rng))

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
