"""What lies in the ice of one micrograph, before a microscope looks at it."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from pusklearn.micrographs.simulation._particle import Particle

# The margin around the image, in particle diameters.
MARGIN = 1.25
WHOLE = (slice(None), slice(None))


class Scene:
    """Density, absorption and free room in a field a little larger than the image.

    Thanks to the margin, particles can lie across the edge of the image, and signal
    that the Fourier transform wraps around ends in the margin. Points are given in
    pixels of the image.

    Parameters
    ----------
    shape : tuple of int
        (height, width) of the image.
    diameter : float
        Diameter of a particle, in pixels.

    Attributes
    ----------
    density : ndarray of float32
        Matter that scatters and is seen through the contrast transfer. Indexed
        ``[y, x]``.
    absorption : ndarray of float32
        Matter that darkens the image directly.
    grain : ndarray of float32
        Standard deviation, in the image, of structure such as that of carbon.
    free : ndarray of bool
        True at pixels that may still become a centre.
    within : ndarray of bool
        True at pixels of the image.
    """

    def __init__(self, shape: tuple[int, int], diameter: float) -> None:
        self.shape = shape
        self.margin = int(np.ceil(MARGIN * diameter))
        field = [fft.next_fast_len(side + 2 * self.margin, real=True) for side in shape]
        self.density = np.zeros(field, np.float32)
        self.absorption = np.zeros(field, np.float32)
        self.grain = np.zeros(field, np.float32)
        self.free = np.ones(field, bool)
        self.within = np.zeros(field, bool)
        self.crop(self.within)[:] = True
        self.n_free = shape[0] * shape[1]

    def crop(self, field: NDArray) -> NDArray:
        """Return a view of the part of a field that is the image."""
        height, width = self.shape
        return field[self.margin :, self.margin :][:height, :width]

    def offsets(
        self, x: float, y: float, slices: tuple[slice, slice] = WHOLE
    ) -> tuple[NDArray, NDArray]:
        """Return dx (a row) and dy (a column) of pixels relative to a point."""
        rows, columns = (
            np.arange(*part.indices(side))
            for part, side in zip(slices, self.free.shape, strict=True)
        )
        return columns - (x + self.margin), rows[:, None] - (y + self.margin)

    def window(
        self, x: float, y: float, radius: float
    ) -> tuple[tuple[slice, slice], NDArray, NDArray]:
        """Return the slices of a square around a point, and `offsets` there."""
        rows, columns = (
            slice(*np.clip([middle - radius, middle + radius + 1], 0, None).astype(int))
            for middle in (y + self.margin, x + self.margin)
        )
        return (rows, columns), *self.offsets(x, y, (rows, columns))

    def reserve(
        self,
        taken: NDArray[np.bool_],
        slices: tuple[slice, slice] = WHOLE,
        needed: float = 0,
    ) -> bool:
        """Take either all or none of some pixels out of `free`, and tell if it was all.

        No pixel is taken if one of them is not free, or if fewer than `needed` free
        pixels of the image would be left.
        """
        left = self.n_free - np.count_nonzero(taken & self.within[slices])
        if left < needed or not self.free[slices][taken].all():
            return False
        self.free[slices][taken] = False
        self.n_free = int(left)
        return True

    def throw_darts(
        self,
        count: int,
        distance: float,
        rng: np.random.Generator,
        *,
        outside: bool = False,
    ) -> NDArray[np.float64]:
        """Return at most `count` random centres (k, 2), `distance` or more apart.

        Every free pixel is a dart that is thrown once, in random order: fewer than
        `count` centres come back only if no free pixel is left.
        """
        darts = np.flatnonzero(self.free & (self.within ^ outside))
        centres: list[NDArray[np.float64]] = []
        for dart in rng.permutation(darts):
            if len(centres) == count:
                break
            y, x = divmod(int(dart), self.free.shape[1])
            if not self.free[y, x]:
                continue
            centre = np.array([x, y]) - self.margin + rng.uniform(-0.5, 0.5, 2)
            if not outside:
                centre = centre.clip(0, [self.shape[1] - 1, self.shape[0] - 1])
            centres.append(centre)
            # A later centre lies up to half a diagonal from the middle of its pixel.
            slices, dx, dy = self.window(centre[0], centre[1], distance + 0.71)
            self.free[slices] &= np.hypot(dx, dy) >= distance + 0.71
        return np.reshape(centres, (-1, 2))

    def add_particles(
        self,
        particle: Particle,
        centres: NDArray[np.float64],
        rng: np.random.Generator,
        weights: NDArray[np.float64] | None = None,
    ) -> None:
        """Add projections of a particle, seen from random sides, at centres (n, 2)."""
        if len(centres) == 0:
            return
        pixels = np.rint(centres).astype(int)
        rotations = particle.views(len(centres), rng)
        views = particle.project(rotations, centres - pixels, weights)
        size = 2 * particle.half + 1
        corners = pixels + self.margin - particle.half
        for (x, y), view in zip(corners, views, strict=True):
            x0, y0 = max(x, 0), max(y, 0)
            target = self.density[y0 : y + size, x0 : x + size]
            target += view[y0 - y :, x0 - x :][: target.shape[0], : target.shape[1]]
