"""The pixels within a radius of a particle."""

import numpy as np

from pusklearn.micrographs.images._micrograph import length_in_pixels


def disc(radius):
    """Return the offsets ``dy, dx`` of the pixels within a radius, shape (n, 2)."""
    reach = np.arange(-int(radius), int(radius) + 1)
    dy, dx = np.meshgrid(reach, reach, indexing="ij")
    return np.argwhere(dy**2 + dx**2 <= radius**2) - int(radius)


def mark_discs(micrograph, coordinates, radius):
    """Mark the pixels within a radius of a particle, both in original pixels."""
    marks = np.zeros(micrograph.shape, np.int8)
    marks[within_discs(micrograph, coordinates, radius)] = 1
    return marks


def within_discs(micrograph, coordinates, radius):
    """Return ``y, x`` of the pixels within a radius of a particle, some repeated."""
    height, width = micrograph.shape
    # A coarse pixel stands for all original ones up to the next, so the last may lie
    # nearly a whole pixel beyond the last centre here.
    x, y = (coordinates / micrograph.scale).T
    outside = (x < -0.5) | (x >= width) | (y < -0.5) | (y >= height)
    if outside.any():
        bad_x, bad_y = coordinates[outside][0]
        raise ValueError(
            "Coordinates must lie inside their micrograph. Micrograph "
            f"{micrograph.name or '(no name)'} spans {width * micrograph.scale:g} x "
            f"{height * micrograph.scale:g} original pixels, and {outside.sum()} of "
            f"its particles lie outside, such as x={bad_x:g}, y={bad_y:g}."
        )
    centres = np.stack([y, x], 1).round().clip(0, [height - 1, width - 1]).astype(int)
    offsets = disc(length_in_pixels(radius, micrograph))
    spots = (centres[:, None] + offsets).reshape(-1, 2)
    return tuple(spots[((spots >= 0) & (spots < micrograph.shape)).all(1)].T)
