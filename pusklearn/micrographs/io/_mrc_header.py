"""The header of an MRC file: what it says, and whether it can be true."""

import math
from typing import NamedTuple

import numpy as np
from mrcfile.dtypes import HEADER_DTYPE
from mrcfile.utils import byte_order_from_machine_stamp, dtype_from_mode

HEADER_BYTES = HEADER_DTYPE.itemsize
_HEADERS = {order: HEADER_DTYPE.newbyteorder(order) for order in "<>"}
_REAL_MODES = {0, 1, 2, 6, 12}
# Why pixels of the other modes are not those of a micrograph.
_OTHER_MODES = {
    3: "a Fourier transform",
    4: "a Fourier transform",
    16: "an image in colour",
    101: "an image with two pixels of 4 bit in each byte",
}
_ALL_MODES = _REAL_MODES | _OTHER_MODES.keys()
# IMOD marks files whose flags count by this number.
_IMOD_STAMP = 1146047817
_SIGNED_BYTES, _FOUR_BIT = 1, 16
# Sizes along x and y that differ by less are rounded.
_ROUNDED = 0.01


class Statistics(NamedTuple):
    """Minimum, maximum and mean of the pixels, and their standard deviation."""

    least: float
    greatest: float
    mean: float
    deviation: float


class MrcHeader(NamedTuple):
    """What a header says: where and what the pixels are.

    The pixel size is 0 if the header gives none, and None if pixels are not square.
    """

    shape: tuple[int, int, int]
    mode: int
    dtype: np.dtype
    offset: int
    pixel_size: float | None
    statistics: Statistics
    oddities: list[str]

    @property
    def n_bytes(self) -> int:
        """The bytes that the pixels take."""
        sections, height, width = self.shape
        return sections * height * width * self.dtype.itemsize


def read_mrc_header(head: bytes, file_size: int | None) -> MrcHeader | None:
    """Read the header of an MRC file.

    Parameters
    ----------
    head : bytes
        The first 1024 bytes of the file, or fewer if it is shorter.
    file_size : int or None
        The bytes of the file; None if they are unknown, as in a compressed file.

    Returns
    -------
    MrcHeader or None
        None if the file is not MRC: its header is too short or has an unknown mode.

    Raises
    ------
    ValueError
        If the pixels are not one image of real numbers.
    """
    if len(head) < HEADER_BYTES:
        return None
    oddities: list[str] = []
    # CCP4 ends the identifier with a space, others with a zero.
    if head[208:211] != b"MAP":
        oddities.append("its Map ID, which says that it is MRC, is missing")
    order = _find_byte_order(head, file_size, oddities)
    if order is None:
        return None
    header = np.frombuffer(head, _HEADERS[order], 1)[0]
    shape = int(header["nz"]), int(header["ny"]), int(header["nx"])
    mode = int(header["mode"])
    _check_is_image(shape, mode)
    if header["nsymbt"] < 0:
        raise ValueError(
            "must have an extended header of at least 0 bytes. Its header says "
            f"{header['nsymbt']}."
        )
    dtype = dtype_from_mode(mode).newbyteorder(order)
    flags = _imod_flags(head, order)
    if mode == 0 and flags is not None:
        if flags & _FOUR_BIT:
            raise ValueError(_describe_image(shape, mode, _OTHER_MODES[101]))
        if not flags & _SIGNED_BYTES:
            dtype = np.dtype(np.uint8)
    _check_axes(header, oddities)
    statistics = Statistics(*(float(header[k]) for k in _STATISTICS))
    offset = HEADER_BYTES + int(header["nsymbt"])
    pixel_size = _pixel_size(header, oddities)
    return MrcHeader(shape, mode, dtype, offset, pixel_size, statistics, oddities)


_STATISTICS = ("dmin", "dmax", "dmean", "rms")


def _find_byte_order(head, file_size, oddities):
    """Return "<" or ">", that of the machine stamp if it can be true.

    None means that the mode is unknown in either order.
    """
    try:
        stamped = byte_order_from_machine_stamp(head[212:216])
    except ValueError:
        stamped = None
        stamp = head[212:216].hex(" ")
        oddities.append(f"its machine stamp, which tells the byte order, is {stamp}")
    orders = "><" if stamped == ">" else "<>"
    known = [o for o in orders if int(_integer(head, 12, o)) in _ALL_MODES]
    true = [o for o in known if _fits(head, o, file_size)]
    order = next(iter(true or known), None)
    if stamped is not None and order not in (None, stamped):
        oddities.append("its machine stamp tells the wrong byte order")
    return order


def _integer(head, start, order):
    return np.frombuffer(head, f"{order}i4", 1, start)[0]


def _fits(head, order, file_size):
    """Tell whether sizes are positive and not too great for the file."""
    *shape, mode = (int(_integer(head, start, order)) for start in (0, 4, 8, 12))
    extended = int(_integer(head, 92, order))
    if min(shape) < 1 or extended < 0:
        return False
    itemsize = dtype_from_mode(mode).itemsize if mode in _REAL_MODES else 1
    # No compressed file holds a tebibyte.
    limit = 2**40 if file_size is None else file_size
    n_bytes = HEADER_BYTES + extended + itemsize * math.prod(shape)
    return n_bytes <= limit


def _check_is_image(shape, mode):
    if mode in _REAL_MODES and shape[0] == 1 and min(shape) >= 1:
        return
    if mode in _OTHER_MODES:
        what = _OTHER_MODES[mode]
    elif min(shape) >= 1:
        what = (
            f"a stack or a volume of {shape[0]} sections, such as a movie, whose "
            "motion must be corrected first, a stack of particles, or a tomogram"
        )
    else:
        what = "an image without pixels"
    raise ValueError(_describe_image(shape, mode, what))


def _describe_image(shape, mode, what):
    return (
        "must contain one image of real numbers: shape (height, width) "
        "or (1, height, width), mode 0, 1, 2, 6 or 12. "
        f"It has shape {shape}, mode {mode}: it is {what}."
    )


def _imod_flags(head, order):
    """Return the flags that IMOD has set, None if it has not written the file."""
    is_imod = int(_integer(head, 152, order)) == _IMOD_STAMP
    return int(_integer(head, 156, order)) if is_imod else None


def _check_axes(header, oddities):
    axes = tuple(int(header[axis]) for axis in ("mapc", "mapr", "maps"))
    # Some programs leave the axes at 0.
    if axes not in ((1, 2, 3), (0, 0, 0)):
        oddities.append(
            f"its header says that columns, rows and sections are the axes {axes} in "
            "place of (1, 2, 3): if x and y are exchanged, they stay so here, as they "
            "do in most programs"
        )


def _pixel_size(header, oddities):
    """Return the pixel size in angstrom, 0 if there is none, None if it is not one."""
    sizes = [
        _ratio(header["cella"][axis], header[number])
        for axis, number in (("x", "mx"), ("y", "my"))
    ]
    x, y = sizes
    if x is None or y is None:
        size = x or y or 0.0
        if size:
            axis = "y" if x is None else "x"
            oddities.append(
                f"its header gives a pixel size along {axis} only, {size:.4g} "
                "angstrom, which is taken; `micrograph.pixel_size` sets another one"
            )
        return size
    if abs(x - y) <= _ROUNDED * max(x, y):
        return x
    oddities.append(
        f"its pixels are not square: {x:.4g} angstrom along x and {y:.4g} along y; so "
        "its pixel size is left unknown, and `micrograph.pixel_size` sets it"
    )
    return None


def _ratio(length, number):
    # The precision of the header keeps 7.08 from being 7.0799999 in one file only.
    size = float(np.float32(float(length) / int(number))) if number else 0.0
    return size if 0 < size < np.inf else None
