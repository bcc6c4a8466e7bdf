"""The micrographs that a .cs file of cryoSPARC lists."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pusklearn.micrographs.io._cs_table import (
    cs_columns,
    cs_numbers,
    cs_texts,
    read_cs,
)
from pusklearn.micrographs.io._defocus import cs_defocus

_BLOB = "micrograph_blob/"


class CsExposure(NamedTuple):
    """A micrograph as a project of cryoSPARC lists it.

    Attributes
    ----------
    listed : str
        Its path, which starts at the folder of the project.
    uid : int
        The number by which cryoSPARC knows it.
    pixel_size : float or None
        In angstrom; None if the file does not tell.
    shape : tuple of int or None
        Its height and width in pixels; None if the file does not tell.
    defocus : float or None, default=None
        In angstrom; None if the file does not tell.
    """

    listed: str
    uid: int
    pixel_size: float | None
    shape: tuple[int, int] | None
    defocus: float | None = None


def read_cs_exposures(path: str | os.PathLike) -> list[CsExposure]:
    """Return the micrographs that an exposures .cs of cryoSPARC lists.

    Parameters
    ----------
    path : path-like
        The file, such as ``exposures_accepted.cs``. If it has no paths of micrographs,
        the one file beside it that has them for all of its exposures is read too, such
        as ``J5_passthrough_exposures.cs``.

    Returns
    -------
    list of CsExposure
        In the order of the file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no table of cryoSPARC, lists no micrographs but particles or
        movies, or a value is none that an exposure can have. The message names the
        file.
    """
    path = Path(path)
    try:
        return _read(path)
    except ValueError as error:
        raise ValueError(
            f"{path} cannot be read as a list of micrographs: {error}"
        ) from error


def _read(path):
    rows = given = read_cs(path)
    if f"{_BLOB}path" not in cs_columns(rows):
        rows = _find_passthrough(rows, path)
    if "uid" not in cs_columns(rows):
        raise ValueError("it has no column uid.")
    uids = cs_numbers(rows, "uid")
    if len(np.unique(uids)) < len(uids):
        raise ValueError("it must list each exposure once. It has a uid twice.")
    paths = cs_texts(rows, f"{_BLOB}path")
    sizes = _optional(rows, f"{_BLOB}psize_A")
    shapes = _optional(rows, f"{_BLOB}shape", 2)
    defocus = [
        one or other
        for one, other in zip(cs_defocus(given), cs_defocus(rows), strict=True)
    ]
    return [
        CsExposure(
            listed,
            int(uids[row]),
            None if sizes is None else _check_pixel_size(float(sizes[row]), listed),
            None if shapes is None else check_shape(shapes[row], listed),
            defocus[row],
        )
        for row, listed in enumerate(paths)
    ]


def _optional(rows, name, n_values=None):
    return cs_numbers(rows, name, n_values) if name in cs_columns(rows) else None


def _check_pixel_size(size, listed):
    if not 0 < size < 1e4:
        raise ValueError(
            f"the pixel size of {listed} must be > 0 angstrom. Got {size:g}."
        )
    # A float32 such as 1.06 becomes 1.0599999 as a float64.
    return float(f"{size:.7g}")


def check_shape(shape: Iterable[int], listed: str) -> tuple[int, int]:
    """Return height and width, or raise an error if no micrograph has them."""
    height, width = (int(length) for length in shape)
    if not (0 < height < 2**20 and 0 < width < 2**20):
        raise ValueError(
            f"the shape of {listed} must be its height and width in pixels. Got "
            f"{height} x {width}."
        )
    return height, width


def _find_passthrough(rows, path):
    """Return the rows of these exposures in the file beside that has their paths."""
    names = cs_columns(rows)
    if "uid" not in names or any(name.startswith("location/") for name in names):
        kind = "particles" if "location/center_x_frac" in names else "no exposures"
        raise ValueError(
            f"it holds {kind}. Give the .cs file of exposures, such as "
            "exposures_accepted.cs; `read_coordinates` reads particles."
        )
    wanted = cs_numbers(rows, "uid")
    found = []
    for file in sorted(path.parent.glob("*passthrough*.cs")):
        if file == path:
            continue
        others = read_cs(file)
        if {"uid", f"{_BLOB}path"} <= set(cs_columns(others)):
            places = {
                uid: i for i, uid in enumerate(cs_numbers(others, "uid").tolist())
            }
            if places.keys() >= set(wanted.tolist()):
                found.append(others[[places[uid] for uid in wanted.tolist()]])
    if len(found) == 1:
        return found[0]
    movies = "movie_blob/path" in names
    raise ValueError(
        f"it has no column {_BLOB}path, the path of each micrograph, and {len(found)} "
        "files *passthrough*.cs beside it have it for all of its exposures. "
        + ("It lists movies, whose motion must be corrected first. " if movies else "")
        + "Give the .cs file of micrographs, such as that of Patch Motion Correction "
        "or of Curate Exposures."
    )
