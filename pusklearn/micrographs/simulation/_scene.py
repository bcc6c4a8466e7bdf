"""What lies in the ice of one micrograph, before a microscope looks at it."""

import numpy as np
from scipy import fft
from scipy.spatial.transform import Rotation

# The margin around the image, in particle diameters.
MARGIN = 1.25
WHOLE = (slice(None), slice(None))


class Scene:
    """Density, absorption and room in a field a little larger than the image.

    The margin lets particles lie across the edge, and keeps out of the image what
    the Fourier transform wraps round. Points are given in pixels of the image.

    Parameters
    ----------
    shape : tuple of int
        (height, width) of the image.
    diameter : float
        Diameter of a particle, in pixels.

    Attributes
    ----------
    density : ndarray of float32
        Scatters: seen through the contrast transfer. Indexed ``[y, x]``.
    absorption : ndarray of float32
        Darkens the image as it is.
    grain : ndarray of float32
        Standard deviation of a support's own structure, in the image.
    free : ndarray of bool
        Where a centre may still be put.
    within : ndarray of bool
        What belongs to the image.
    """

    def __init__(self, shape, diameter):
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

    def crop(self, field):
        """Return the image's part of a field, a view."""
        height, width = self.shape
        return field[self.margin :, self.margin :][:height, :width]

    def offsets(self, x, y, where=WHOLE):
        """Return dx (a row) and dy (a column) of pixels relative to a point."""
        rows, columns = (
            np.arange(*part.indices(side))
            for part, side in zip(where, self.free.shape, strict=True)
        )
        return columns - (x + self.margin), rows[:, None] - (y + self.margin)

    def window(self, x, y, radius):
        """Return the slices of a square around a point, and `offsets` there."""
        where = tuple(
            slice(*np.clip([middle - radius, middle + radius + 1], 0, None).astype(int))
            for middle in (y + self.margin, x + self.margin)
        )
        return where, *self.offsets(x, y, where)

    def reserve(self, taken, where=WHOLE, needed=0):
        """Take pixels out of `free`, all or none, and tell which.

        None where one is taken already, or fewer than `needed` would be left.
        """
        left = self.n_free - np.count_nonzero(taken & self.within[where])
        if left < needed or not self.free[where][taken].all():
            return False
        self.free[where][taken] = False
        self.n_free = left
        return True

    def throw_darts(self, count, distance, rng, *, outside=False):
        """Return at most `count` random centres (k, 2), `distance` or more apart.

        Every free pixel is a dart, thrown once, in random order: fewer than
        `count` come back only where no free pixel is left.
        """
        darts = np.flatnonzero(self.free & (self.within ^ outside))
        centres = []
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
            where, dx, dy = self.window(*centre, distance + 0.71)
            self.free[where] &= np.hypot(dx, dy) >= distance + 0.71
        return np.reshape(centres, (-1, 2))

    def add_particles(self, particle, centres, rng, weights=None):
        """Add projections of a particle, seen from random sides, at centres (n, 2)."""
        if len(centres) == 0:
            return
        pixels = np.rint(centres).astype(int)
        rotations = Rotation.random(len(centres), rng)
        views = particle.project(rotations, centres - pixels, weights)
        size = 2 * particle.half + 1
        corners = pixels + self.margin - particle.half
        for (x, y), view in zip(corners, views, strict=True):
            x0, y0 = max(x, 0), max(y, 0)
            target = self.density[y0 : y + size, x0 : x + size]
            target += view[y0 - y :, x0 - x :][: target.shape[0], : target.shape[1]]
