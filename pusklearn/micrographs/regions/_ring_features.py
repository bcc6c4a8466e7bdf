"""What a place in a micrograph looks like, without any network.

A place is described by the mean grey value of five rings around it, less that of the
outermost ring, and by the power of two inner parts over that of the outermost ring::

    |0| 1 | 2 | 3 | 4 | outermost |     rings, from the centre to the radius

A particle differs from its surroundings in some of them, whatever its shape; slow
changes of the ice, which are the same in all rings, do not show.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pusklearn.micrographs.images._memory_maps import free_mapped_memory

# Outer edges of the rings but the last, in radii.
EDGES = (0.15, 0.3, 0.45, 0.6, 0.8)
N_RINGS = len(EDGES) + 1
N_MEANS = N_RINGS - 1
N_FEATURES = N_MEANS + 2
# The rings that are called the inner part of a place.
N_INNER = 3
# Regions of a smaller radius show too little of what is around a particle.
LEAST_RADIUS = 4
# Every s-th row and column is read, so that the radius has at most this many pixels.
MOST_PIXELS_OF_RADIUS = 16
# Grey values further out are no protein: hot pixels must not decide.
FAR_OUT = 10


def ring_features(
    micrograph: NDArray, points: NDArray[np.floating], radius: int
) -> NDArray[np.float64]:
    """Describe places by the grey values of the rings around them.

    Parameters
    ----------
    micrograph : ndarray of shape (height, width)
        The normalised micrograph: grey values have a standard deviation of about 1.
        Pixels that are not finite, or True in its ``mask``, do not count, nor do those
        beyond its edges.
    points : ndarray of shape (n, 2)
        The places, ``x, y`` in pixels of this micrograph.
    radius : int
        Outer radius of the outermost ring, in pixels of this micrograph, at least 4.

    Returns
    -------
    ndarray of shape (n, 7)
        The differences of means, then the logarithms of ratios of powers. A row is NaN
        if more than half of the pixels around the place are missing, or all of a ring.
    """
    dy, dx, in_ring = rings(radius)
    pixels, is_there = pixels_around(micrograph, points, dy, dx)
    np.clip(pixels, -FAR_OUT, FAR_OUT, out=pixels)
    if is_there.all():
        count = np.broadcast_to(in_ring.sum(axis=0), (len(points), N_RINGS))
    else:
        count = is_there.astype(np.float32) @ in_ring
    known = (count.min(axis=1) > 0) & (2 * is_there.sum(axis=1) >= len(dy))
    count = np.maximum(count, 1)
    mean = (pixels @ in_ring) / count
    power = (np.square(pixels) @ in_ring) / count + 1e-6
    inner, middle = power[:, :N_INNER].mean(axis=1), power[:, N_INNER:-1].mean(axis=1)
    features = np.column_stack(
        [
            mean[:, :-1] - mean[:, -1:],
            np.log(inner / power[:, -1]),
            np.log(middle / power[:, -1]),
        ]
    ).astype(np.float64)
    features[~known] = np.nan
    return features


@lru_cache(maxsize=8)
def rings(radius: int) -> tuple[NDArray, NDArray, NDArray[np.float32]]:
    """Return the offsets of the pixels within a radius, and which ring each is in.

    Returns
    -------
    dy, dx : ndarray of int of shape (n,)
        Offsets of the pixels.
    in_ring : ndarray of shape (n, 6)
        1 in the column of the pixel's ring, else 0.
    """
    step = -(-radius // MOST_PIXELS_OF_RADIUS)
    reach = step * np.arange(-(radius // step), radius // step + 1)
    dy, dx = (grid.ravel() for grid in np.meshgrid(reach, reach, indexing="ij"))
    distance = np.hypot(dy, dx)
    inside = distance <= radius
    ring = np.searchsorted(EDGES, distance[inside] / radius, side="right")
    return dy[inside], dx[inside], np.eye(N_RINGS, dtype=np.float32)[ring]


def pixels_around(
    micrograph: NDArray, points: NDArray, dy: NDArray, dx: NDArray
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return the pixels at offsets from points, and which of them are there.

    Both have the shape (n_points, n_offsets); a pixel that is not there is 0.
    """
    pixels = np.zeros((len(points), len(dy)), np.float32)
    is_there = np.zeros(pixels.shape, bool)
    height, width = micrograph.shape
    image, mask = np.asarray(micrograph), getattr(micrograph, "mask", None)
    centre = np.rint(points).astype(np.intp)
    reach = max(dy.max(), dx.max())
    far = ((centre >= reach) & (centre < [width - reach, height - reach])).all(axis=1)
    # Most places are far from the edges: one index finds a pixel, and all are there.
    flat = centre[far, 1] * width + centre[far, 0]
    flat = flat[:, None] + (dy * width + dx)
    pixels[far] = image.reshape(-1)[flat]
    is_there[far] = True if mask is None else ~np.reshape(mask, -1)[flat]
    for row in np.flatnonzero(~far):
        x, y = centre[row]
        y, x = y + dy, x + dx
        inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
        y, x = y[inside], x[inside]
        pixels[row, inside] = image[y, x]
        is_there[row, inside] = True if mask is None else ~np.asarray(mask)[y, x]
    finite = np.isfinite(pixels)
    if not (finite.all() and is_there.all()):
        is_there &= finite
        pixels[~is_there] = 0
    free_mapped_memory(micrograph)
    return pixels, is_there


def places_around(
    points: NDArray[np.floating],
    radius: float,
    shape: tuple[int, ...],
    count: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Draw places near points, but apart from them, inside the micrograph.

    They lie 1.5 to 6 radii away, so ice and carbon are as they are at the point. Near
    an edge, a place that lies outside is drawn again; if this fails, it is moved to the
    edge.

    Returns
    -------
    ndarray of shape (n * count, 2)
        `count` places for the first point, then for the second, and so on.
    """
    origin = np.repeat(points, count, axis=0)
    places = origin.copy()
    last = np.array(shape[::-1]) - 1
    outside = np.ones(len(origin), bool)
    for _ in range(8):
        angle = rng.uniform(0, 2 * np.pi, outside.sum())
        distance = radius * rng.uniform(1.5, 6, outside.sum())
        direction = np.column_stack([np.cos(angle), np.sin(angle)])
        places[outside] = origin[outside] + distance[:, None] * direction
        outside = np.any((places < 0) | (places > last), axis=1)
    return np.clip(places, 0, last)


def random_places(
    shape: ArrayLike, count: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw places uniformly in a micrograph, as ``x, y``, shape (count, 2)."""
    height, width = np.asarray(shape)
    return rng.uniform(0, [width - 1, height - 1], (count, 2))
