"""What is checked before a training takes its time."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.io._draft_files import naming


def check_place(path: Path) -> None:
    """Raise an error if no file can be written at a place, before time is spent.

    Raises
    ------
    FileNotFoundError
        If the folder does not exist.
    OSError
        If the folder cannot be written to.
    """
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"The folder of {path} does not exist. Make {path.parent} first."
        )
    with naming(path), tempfile.TemporaryFile(prefix=".pusklearn-", dir=path.parent):
        pass


def check_width(diameter: str, width: float, micrographs: Sequence[Micrograph]) -> None:
    """Raise a ValueError if a particle does not fit into the first micrograph."""
    micrograph = next((m for m in micrographs if not is_left_out(m)), None)
    if micrograph is not None and width > min(micrograph.shape):
        raise ValueError(
            f"--diameter {diameter} is {width:.4g} pixels, which is more than a whole "
            f"micrograph: {micrograph.name} has {describe_shape(micrograph)} pixels. "
            "The diameter or the pixel size is wrong; --pixel-size gives the latter."
        )


def check_count(count: float | str, coordinates: Sequence[NDArray]) -> None:
    """Raise a ValueError if more particles are labelled than there should be.

    It is one, too, if too few are labelled to estimate their number.
    """
    if isinstance(count, str) and sum(map(len, coordinates)) < 2:
        raise ValueError(
            "At least 2 particles must be labelled to estimate how many there are. Got "
            "1. Label more of them, or give the number on an average micrograph, such "
            "as --count 300."
        )
    labelled = np.mean([len(points) for points in coordinates])
    if not isinstance(count, str) and count <= labelled:
        raise ValueError(
            f"--count {count:g} is the number of all particles on an average "
            f"micrograph, so it must exceed that of the labelled ones, {labelled:g}. "
            "Leave it out, and it is estimated."
        )


def describe_shape(micrograph: Micrograph) -> str:
    """Return the width and the height of a micrograph in words."""
    height, width = micrograph.shape
    return f"{width} x {height}"
