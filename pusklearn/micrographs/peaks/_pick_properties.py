"""What a pick looks like and where it lies, without any network."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pusklearn.micrographs.images._memory_maps import free_mapped_memory
from pusklearn.micrographs.images._micrograph import Micrograph

# A crop is read with at most so many pixels along its radius.
MOST_PIXELS_OF_RADIUS = 12
# Grey values further out are no protein: hot pixels must not decide.
FAR_OUT = 6.0


def pick_properties(
    micrograph: Micrograph, points: NDArray[np.float64], radius: float
) -> dict[str, NDArray[np.float64]]:
    """Return properties of picks by which a person may choose particles.

    Parameters
    ----------
    micrograph : Micrograph of shape (height, width)
        The normalised micrograph.
    points : ndarray of shape (k, 2)
        The picks, ``x, y`` in pixels of the original.
    radius : float
        About the radius of a particle, in pixels of the original.

    Returns
    -------
    dict of str to ndarray of shape (k,)
        "x" and "y" in pixels of the original, "distance from the edges" and "distance
        from the next pick" likewise, and of the disc around the pick the "brightness",
        "contrast" (its standard deviation) and "elongation" of what differs from the
        mean. A property of the disc is 0 where a pixel of it is missing.
    """
    size = micrograph.scale * np.array(micrograph.shape[::-1])
    edges = np.minimum(points, size - micrograph.scale - points).min(axis=1)
    if len(points) > 1:
        distances, _ = cKDTree(points).query(points, k=2)
        nearest = distances[:, 1]
    else:
        nearest = np.zeros(len(points))
    return {
        "x": points[:, 0],
        "y": points[:, 1],
        "distance from the edges": edges,
        "distance from the next pick": nearest,
        **_look(micrograph, points / micrograph.scale, radius / micrograph.scale),
    }


def _look(micrograph, points, radius):
    dy, dx = disc(max(round(radius), 1))
    pixels = _pixels(micrograph, points, dy, dx)
    missing = ~np.isfinite(pixels).all(axis=1)
    pixels[missing] = 0
    np.clip(pixels, -FAR_OUT, FAR_OUT, out=pixels)
    brightness = pixels.mean(axis=1)
    pixels -= brightness[:, None]
    # The second harmonic of the grey values: its length does not depend on the angle.
    harmonic = (dx + 1j * dy) ** 2 / max((dx**2 + dy**2).max(), 1)
    return {
        "brightness": brightness,
        "contrast": pixels.std(axis=1),
        "elongation": np.abs(pixels @ harmonic) / len(dx),
    }


@lru_cache(maxsize=8)
def disc(radius: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the offsets dy, dx of pixels within a radius, all of them or a grid."""
    step = -(-radius // MOST_PIXELS_OF_RADIUS)
    reach = step * np.arange(-(radius // step), radius // step + 1)
    dy, dx = (grid.ravel() for grid in np.meshgrid(reach, reach, indexing="ij"))
    inside = np.hypot(dy, dx) <= radius
    return dy[inside], dx[inside]


def _pixels(micrograph, points, dy, dx):
    """Return the pixels at offsets from points, NaN where there is none."""
    height, width = micrograph.shape
    centre = np.rint(points).astype(np.intp)
    y, x = centre[:, 1:] + dy, centre[:, :1] + dx
    inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
    y, x = np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)
    pixels = np.asarray(micrograph)[y, x].astype(np.float64)
    pixels[~inside] = np.nan
    if micrograph.mask is not None:
        pixels[np.asarray(micrograph.mask)[y, x]] = np.nan
    free_mapped_memory(micrograph)
    return pixels
