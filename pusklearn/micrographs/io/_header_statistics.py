"""Whether the minimum, maximum and mean in a header can be those of the pixels.

If they cannot, the pixels are read in another way than they were written, such as
unsigned bytes as signed ones, or only a part of the file has been written::

    16 runs of 4 kB, evenly spread   ->  minimum, maximum, mean, is the end blank?
    header: minimum, maximum, mean   ->  can they be those of all pixels?
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.io._mrc_header import Statistics

N_RUNS = 16
RUN_BYTES = 2**12
# A program may find the range from a part of the pixels: one in a thousand may lie
# outside it.
_MOST_OUTSIDE = 1e-3
# The mean of the runs may miss that of all pixels by so many standard deviations, and
# they may have overlooked so great a share of outliers.
_MEAN_ERROR = 0.7
_OVERLOOKED = 0.02
# The pixels of a file that is written half end in at least so many runs of zeros.
_BLANK_RUNS = 2
_OTHER_SIGN = {"int8": "u1", "uint8": "i1", "int16": "u2", "uint16": "i2"}


def sample_pixels(
    read: Callable[[int, int], bytes], n_bytes: int, dtype: np.dtype
) -> list[NDArray]:
    """Return runs of pixels that are spread evenly over a file.

    Parameters
    ----------
    read : callable
        Gives ``n`` bytes that start at a place, counted from the first pixel:
        ``read(start, n)``.
    n_bytes : int
        The bytes that all pixels take.
    dtype : dtype
        The pixels.

    Returns
    -------
    list of ndarray
        The runs, from the first pixel to the last. Those of a small file overlap.
    """
    size = dtype.itemsize
    length = min(RUN_BYTES, -(-n_bytes // (N_RUNS * size)) * size)
    steps = (n_bytes - length) // size
    starts = sorted({i * steps // (N_RUNS - 1) * size for i in range(N_RUNS)})
    return [np.frombuffer(read(start, length), dtype) for start in starts]


def describe_contradiction(header: Statistics, runs: list[NDArray]) -> str | None:
    """Say how the statistics of a header contradict a sample of the pixels.

    Parameters
    ----------
    header : Statistics
        What the header says.
    runs : list of ndarray
        Runs of pixels, as `sample_pixels` gives them.

    Returns
    -------
    str or None
        None if there is no contradiction, or the header has no statistics.
    """
    if not has_statistics(header) or agrees(header, runs):
        return None
    dtype = runs[0].dtype
    pixels = _finite(runs)
    said = "minimum {:.6g}, maximum {:.6g} and mean {:.6g}"
    found = said.format(pixels.min(), pixels.max(), pixels.mean(dtype=float))
    return (
        f"its header says that the pixels have {said.format(*header[:3])}, but in a "
        f"sample, read as {dtype.name}, they have {found}: the header is wrong, or the "
        f"pixels are{_guess(header, runs, dtype)}"
    )


def has_statistics(header: Statistics) -> bool:
    """Tell whether a header has a minimum and a maximum.

    By the MRC2014 standard, it has none if the maximum is below the minimum. Many
    programs leave both at 0.
    """
    least, greatest = header.least, header.greatest
    return bool(np.isfinite(greatest - least)) and (
        least < greatest or least == greatest != 0
    )


def agrees(header: Statistics, runs: list[NDArray]) -> bool:
    """Tell whether runs of pixels may come from an image with these statistics."""
    pixels = _finite(runs)
    if not len(pixels):
        return True
    return (
        _type_holds(header, pixels.dtype)
        and _range_holds(header, pixels)
        and _mean_holds(header, pixels)
        and not _ends_blank(header, runs)
    )


def _finite(runs):
    """Return the finite pixels of runs, in a type that NumPy is quick with."""
    pixels = np.concatenate(runs)
    if pixels.dtype.kind == "f" and pixels.dtype.itemsize == 2:
        pixels = pixels.astype(np.float32)
    if pixels.dtype.kind == "f":
        is_finite = np.isfinite(pixels)
        pixels = pixels if is_finite.all() else pixels[is_finite]
    return pixels


def _type_holds(header, dtype):
    if dtype.kind == "f":
        return True
    limits = np.iinfo(dtype)
    # Programs may compute statistics before they round.
    return limits.min - 1 <= header.least and header.greatest <= limits.max + 1


def _range_holds(header, pixels):
    least, greatest = header.least, header.greatest
    # Programs may compute statistics before they round to whole numbers or float16.
    slack = 0.01 * (greatest - least) + 1e-3 * max(abs(least), abs(greatest))
    slack += 1 if pixels.dtype.kind != "f" else 0
    low, high = least - slack, greatest + slack
    if low <= pixels.min() and pixels.max() <= high:
        return True
    is_outside = (pixels < low) | (pixels > high)
    return is_outside.mean() <= _MOST_OUTSIDE


def _mean_holds(header, pixels):
    least, greatest, mean = header[:3]
    # By the standard, a mean below the minimum is unknown; 0 is what programs leave.
    if not mean > least or mean == 0:
        return True
    error = abs(pixels.mean(dtype=float) - mean) - _OVERLOOKED * (greatest - least)
    return error <= 0 or error <= _MEAN_ERROR * pixels.std(dtype=float)


def _ends_blank(header, runs):
    """Tell whether the image ends in zeros that the deviation in the header denies."""
    if runs[-1].any() or not header.deviation > 0:
        return False
    n_blank = next((i for i, run in enumerate(runs[::-1]) if run.any()), len(runs))
    if n_blank == len(runs):
        # A few bright pixels may have been overlooked, which deviate little on average.
        return header.deviation > 0.01 * (header.greatest - header.least)
    if n_blank < _BLANK_RUNS:
        return False
    # Zeros lower the deviation below that of an image without them.
    whole = _finite(runs).std(dtype=float)
    part = _finite(runs[:-n_blank]).std(dtype=float)
    return whole < part and header.deviation**2 > whole * part


def _guess(header, runs, dtype):
    """Say in which other way the pixels may have been written."""
    if dtype.name in _OTHER_SIGN:
        other = np.dtype(_OTHER_SIGN[dtype.name]).newbyteorder(dtype.byteorder)
        if agrees(header, [run.view(other) for run in runs]):
            return f" {other.name}: `micrograph.view('{other.str}')`"
    return " of another type or have not all been written"
