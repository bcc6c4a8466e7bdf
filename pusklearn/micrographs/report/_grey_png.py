"""Small images as PNG."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

# Four bits a pixel. Noise needs no more, and more would be noise in the file.
N_GREYS = 16
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def grey_levels(
    image: NDArray, low: float | None = None, high: float | None = None
) -> NDArray[np.uint8]:
    """Return an image in 16 levels of grey.

    Parameters
    ----------
    image : ndarray of shape (height, width)
        The image; pixels that are NaN become black.
    low, high : float or None, default=None
        What is black and what is white. None takes what 0.5 % of the pixels are below,
        and above.

    Returns
    -------
    ndarray of uint8
        Values from 0 to 15.
    """
    there = np.isfinite(image)
    if low is None or high is None:
        low, high = grey_range(image)
    span = high - low if high > low else 1.0
    levels = np.where(there, (image - low) / span, 0) * N_GREYS
    return np.clip(levels, 0, N_GREYS - 1).astype(np.uint8)


def grey_range(image: NDArray) -> tuple[float, float]:
    """Return what 0.5 % of the pixels of an image are below, and above."""
    values = image[np.isfinite(image)]
    if not len(values):
        return 0.0, 1.0
    low, high = np.percentile(values, [0.5, 99.5])
    return float(low), float(high)


def grey_png(levels: NDArray[np.uint8]) -> bytes:
    """Return the file of an image of 16 levels of grey.

    Parameters
    ----------
    levels : ndarray of uint8 of shape (height, width)
        Values from 0, black, to 15, white.

    Returns
    -------
    bytes
        A PNG of four bits a pixel.
    """
    height, width = levels.shape
    even = np.pad(levels, ((0, 0), (0, width % 2)))
    packed = (even[:, ::2] << 4) | even[:, 1::2]
    # The first byte of a row says that its bytes are the pixels themselves.
    lines = np.pad(packed, ((0, 0), (1, 0)))
    header = struct.pack(">IIBBBBB", width, height, 4, 0, 0, 0, 0)
    return b"".join(
        [
            SIGNATURE,
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(lines.tobytes())),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind, data):
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
