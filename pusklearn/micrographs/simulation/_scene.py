"""What lies in the ice of one micrograph, before a microscope looks at it."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.spatial import cKDTree

from pusklearn.micrographs.simulation._particle import Particle
from pusklearn.micrographs.simulation._spread_apart import (
    close_pairs,
    spread_apart,
)

# The margin around the image, in particle diameters.
MARGIN = 1.25
# How often centres of a crowd may start anew.
MAX_STARTS = 10
N_CANDIDATES = 20
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
    inset : float, default=0.0
        Centres lie at least this far inside the outermost pixels of the image.
    stained : bool, default=False
        Whether protein is seen as a lack of stain.

    Attributes
    ----------
    density : ndarray of float32
        Matter that scatters and is seen through the contrast transfer. Indexed
        ``[y, x]``.
    absorption : ndarray of float32
        Matter that darkens the image directly.
    grain : ndarray of float32
        Standard deviation, in the image, of structure such as that of carbon.
    filled : ndarray of float32
        Share of the ice that is there: less than 1 in an empty hole.
    free : ndarray of bool
        True at pixels that may still become a centre.
    within : ndarray of bool
        True at pixels of the image where a centre may lie.
    contaminants : list of (str, ndarray of shape (n, 3))
        For each contaminant its kind and discs ``x, y, radius`` that cover it.
    """

    def __init__(
        self,
        shape: tuple[int, int],
        diameter: float,
        inset: float = 0.0,
        stained: bool = False,
    ) -> None:
        self.shape = shape
        self.inset = inset
        self.stained = stained
        self.margin = int(np.ceil(MARGIN * diameter))
        field = [fft.next_fast_len(side + 2 * self.margin, real=True) for side in shape]
        self.density = np.zeros(field, np.float32)
        self.absorption = np.zeros(field, np.float32)
        self.grain = np.zeros(field, np.float32)
        self.filled = np.ones(field, np.float32)
        self.free = np.ones(field, bool)
        self.within = np.zeros(field, bool)
        rows, columns = (slice(int(inset), side - int(inset)) for side in shape)
        self.crop(self.within)[rows, columns] = True
        self.n_free = int(np.count_nonzero(self.within))
        self.contaminants: list[tuple[str, NDArray[np.float64]]] = []

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
                centre = self._into_image(centre)
            centres.append(centre)
            self._keep_away(centre, distance)
        return np.reshape(centres, (-1, 2))

    def crowd(
        self, count: int, distance: float, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """Return `count` centres (count, 2), `distance` or more apart, or none.

        They start at random free pixels, however close, and push each other apart.
        Centres that stay too close, as in a corner that is too full, start anew.
        None comes back if that does not come to an end.
        """
        pixels = np.flatnonzero(self.free & self.within)
        centres = self._scattered(rng.choice(pixels, count), rng)
        for _ in range(MAX_STARTS):
            centres = spread_apart(centres, distance, self._confine)
            stuck = np.unique(close_pairs(centres, distance)[:, 1])
            if len(stuck) == 0:
                for centre in centres:
                    self._keep_away(centre, distance)
                return centres
            settled = cKDTree(np.delete(centres, stuck, axis=0))
            for one in stuck:
                # The loneliest of a few places has the best prospects.
                places = self._scattered(rng.choice(pixels, N_CANDIDATES), rng)
                centres[one] = places[settled.query(places)[0].argmax()]
        return np.empty((0, 2))

    def _scattered(self, pixels, rng):
        """Return random places in pixels that are given by their flat indices."""
        y, x = np.divmod(pixels, self.free.shape[1])
        corners = np.column_stack([x, y]) - self.margin
        return self._into_image(corners + rng.uniform(-0.5, 0.5, corners.shape))

    def _keep_away(self, centre, distance):
        """Leave no free pixel so near to a centre that another could be too near."""
        # A later centre lies up to half a diagonal from the middle of its pixel.
        slices, dx, dy = self.window(centre[0], centre[1], distance + 0.71)
        self.free[slices] &= np.hypot(dx, dy) >= distance + 0.71

    def _confine(self, moved, centres):
        """Return where centres end that would move: not where a pixel is taken."""
        moved = self._into_image(moved)
        x, y = np.rint(moved).astype(int).T + self.margin
        return np.where(self.free[y, x, None], moved, centres)

    def _into_image(self, centres):
        return centres.clip(self.inset, np.subtract(self.shape[::-1], 1 + self.inset))

    def add_solid(
        self, density: NDArray[np.floating], slices: tuple[slice, slice] = WHOLE
    ) -> None:
        """Add the density of what is not protein, and so looks dark in stain, too."""
        self.density[slices] += -density if self.stained else density

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
