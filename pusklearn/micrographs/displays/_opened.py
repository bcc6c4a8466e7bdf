"""Micrographs and particles, in the forms that displays take them."""

import os
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pusklearn.micrographs.images._check_coordinates import check_coordinates
from pusklearn.micrographs.images._check_micrographs import check_micrographs
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._coordinates_for import coordinates_for


class Opened(NamedTuple):
    """Micrographs and their particles.

    Attributes
    ----------
    micrographs : sequence of Micrograph
        The micrographs.
    coordinates : list of ndarray of shape (m, 2) or None
        All true particles of each micrograph; None if they are not known.
    is_single : bool
        Whether one micrograph was given, not in a list.
    """

    micrographs: Sequence[Micrograph]
    coordinates: list[NDArray] | None
    is_single: bool


def open_micrographs(micrographs: Any, coordinates: Any = None) -> Opened:
    """Return micrographs and particles as lists.

    Parameters
    ----------
    micrographs : array-like of shape (height, width), sequence of such, or path
        One micrograph, several, or what `read_micrographs` reads.
    coordinates : array-like, sequence of array-like, DataFrame or None, default=None
        The particles of the micrograph, or of each, or a table of all.

    Returns
    -------
    Opened

    Raises
    ------
    ValueError
        If there is no micrograph, or particles and micrographs do not fit.
    """
    is_single = isinstance(micrographs, np.ndarray) and micrographs.ndim == 2
    if _is_path(micrographs) or (
        isinstance(micrographs, Sequence)
        and len(micrographs) > 0
        and all(map(_is_path, micrographs))
    ):
        # What reads files is loaded when there is a file to read.
        from pusklearn.micrographs.io._read_micrographs import read_micrographs

        micrographs = read_micrographs(micrographs)
    images = check_micrographs([micrographs] if is_single else micrographs)
    if coordinates is None:
        return Opened(images, None, is_single)
    if isinstance(coordinates, pd.DataFrame) and "micrograph" in coordinates:
        particles = coordinates_for(coordinates, images)
    else:
        particles = check_coordinates(
            [coordinates] if is_single else coordinates, len(images)
        )
    return Opened(images, particles, is_single)


def spread_rows(n_rows: int, most: int) -> list[int]:
    """Return the numbers of so many rows at most, from the first to the last.

    Examples
    --------
    >>> from pusklearn.micrographs.displays._opened import spread_rows
    >>> spread_rows(10, 4), spread_rows(3, 4)
    ([0, 3, 6, 9], [0, 1, 2])
    """
    steps = np.linspace(0, n_rows - 1, min(n_rows, most))
    return np.unique(steps.round().astype(int)).tolist()


def _is_path(thing):
    return isinstance(thing, str | os.PathLike)
