"""The pixels within a radius of a particle."""

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._check_coordinates import lies_inside
from pusklearn.micrographs.images._micrograph import Micrograph, length_in_pixels


def disc(radius: float) -> NDArray[np.intp]:
    """Return the offsets ``dy, dx`` of the pixels within a radius, shape (n, 2)."""
    reach = np.arange(-int(radius), int(radius) + 1)
    dy, dx = np.meshgrid(reach, reach, indexing="ij")
    return np.argwhere(dy**2 + dx**2 <= radius**2) - int(radius)


def mark_discs(
    micrograph: Micrograph, coordinates: NDArray[np.float64], radius: float
) -> NDArray[np.int8]:
    """Return an image that is 1 at pixels within a radius of a particle, else 0.

    The coordinates, shape (k, 2), and the radius are in pixels of the original
    micrograph; the image has the shape of the micrograph given.
    """
    marks = np.zeros(micrograph.shape, np.int8)
    marks[within_discs(micrograph, coordinates, radius)] = 1
    return marks


def within_discs(
    micrograph: Micrograph, coordinates: NDArray[np.float64], radius: float
) -> tuple[NDArray[np.intp], ...]:
    """Return ``y, x`` of the pixels within a radius of a particle.

    A pixel within several discs comes several times. Units are those of `mark_discs`.

    Raises
    ------
    ValueError
        If a particle lies outside its micrograph.
    """
    height, width = micrograph.shape
    outside = ~lies_inside(coordinates, micrograph.shape, micrograph.scale)
    if outside.any():
        bad_x, bad_y = coordinates[outside][0]
        raise ValueError(
            "Coordinates must lie inside their micrograph. Micrograph "
            f"{micrograph.name or '(no name)'} spans {width * micrograph.scale:g} x "
            f"{height * micrograph.scale:g} original pixels, and {outside.sum()} of "
            f"its particles lie outside, such as x={bad_x:g}, y={bad_y:g}. Are x and "
            "y exchanged, is an axis flipped, or are they pixels of a micrograph of "
            "another size or binning?"
        )
    centres = (coordinates / micrograph.scale)[:, ::-1]
    centres = centres.round().clip(0, [height - 1, width - 1]).astype(int)
    offsets = disc(length_in_pixels(radius, micrograph))
    pixels = (centres[:, None] + offsets).reshape(-1, 2)
    return tuple(pixels[((pixels >= 0) & (pixels < micrograph.shape)).all(1)].T)
