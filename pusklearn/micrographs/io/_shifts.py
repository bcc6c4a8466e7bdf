"""Shifts that RELION found when it aligned the images of particles."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from pusklearn.micrographs.io._micrograph_pixel_sizes import micrograph_pixel_sizes
from pusklearn.micrographs.io._optics import find_pixel_sizes

_ANGSTROM = ("rlnOriginXAngst", "rlnOriginYAngst")
_PIXELS = ("rlnOriginX", "rlnOriginY")
SHIFTS = (*_PIXELS, *_ANGSTROM)
_OWNER = "rlnMicrographName"


class Shifts(NamedTuple):
    """Shifts of particles, in pixels of their micrographs.

    Attributes
    ----------
    x, y : Series of float
        What is to be subtracted from the coordinates.
    assumed : str or None
        What was assumed, since the file does not tell.
    """

    x: pd.Series
    y: pd.Series
    assumed: str | None


def is_shifted(table: pd.DataFrame) -> bool:
    """Tell whether a table has shifts that are not zero."""
    names = [name for name in SHIFTS if name in table]
    return bool(names) and bool(_numbers(table, names).any(axis=None))


def find_shifts(
    table: pd.DataFrame,
    tables: Sequence[pd.DataFrame],
    path: Path,
    pixel_size: float | None = None,
) -> Shifts:
    """Return the shifts of particles in pixels of their micrographs.

    Shifts in angstrom, as RELION writes them since 3.1, are divided by the pixel size
    of the micrograph. Those in pixels are in pixels of the image of the particle, which
    was perhaps rescaled. If a table has both, the former count.

    Parameters
    ----------
    table : DataFrame
        The particles.
    tables : sequence of DataFrame
        All tables of the file.
    path : Path
        The file.
    pixel_size : float or None, default=None
        The pixel size of the micrographs, in angstrom; None takes that of the file or
        the project.

    Returns
    -------
    Shifts

    Raises
    ------
    ValueError
        If shifts are in angstrom, and the pixel size of a micrograph is unknown.
    """
    names = _ANGSTROM if not set(_ANGSTROM).isdisjoint(table) else _PIXELS
    shifts = _numbers(table, names)
    is_moved = shifts.any(axis=1)
    scale = pd.Series(1.0, table.index)
    assumed = None
    if is_moved.any():
        sizes = find_pixel_sizes(table, tables)[is_moved]
        owners = table[_OWNER][is_moved] if _OWNER in table else None
        if pixel_size is None:
            of_micrograph = micrograph_pixel_sizes(sizes, owners, path)
        else:
            of_micrograph = pd.Series(float(pixel_size), sizes.index)
        if names is _ANGSTROM:
            _check_known(of_micrograph, owners, sizes)
            scale[is_moved] = 1 / of_micrograph
        else:
            ratio = sizes["image"].fillna(sizes["detector"]) / of_micrograph
            if ratio.isna().any():
                assumed = _describe_assumption(ratio.isna(), sizes)
            scale[is_moved] = ratio.fillna(1.0)
    x, y = (shifts[name] * scale for name in names)
    return Shifts(x, y, assumed)


def _describe_assumption(is_unknown, sizes):
    has_size = (sizes["image"].notna() | sizes["detector"].notna())[is_unknown].all()
    way_out = (
        "give the pixel size of the micrographs: `pixel_size=1.06`"
        if has_size
        else "the file must tell the pixel size of the images (rlnImagePixelSize), and "
        "`pixel_size` that of the micrographs"
    )
    return (
        "these are taken to be those of the micrographs, as they are if the images "
        f"were not rescaled when they were extracted. If they were, {way_out}"
    )


def _check_known(sizes, owners, others):
    if not sizes.isna().any():
        return
    line = sizes.isna().idxmax()
    of = "its micrograph" if owners is None else f"micrograph {owners[line]}"
    image = others["image"][line]
    hint = (
        f" The images of particles have {image:g} angstrom, but they may have been "
        "rescaled."
        if np.isfinite(image)
        else ""
    )
    raise ValueError(
        "its shifts are in angstrom, so the pixel size of each micrograph must be "
        f"known. That of {of} in line {line} is not.{hint} Give the pixel size of the "
        "micrographs, as in read_coordinates(path, apply_shifts=True, pixel_size=1.06)."
    )


def _numbers(table, names):
    numbers = table.reindex(columns=list(names)).apply(pd.to_numeric, errors="coerce")
    return numbers.astype(float).replace([np.inf, -np.inf], np.nan).fillna(0.0)
