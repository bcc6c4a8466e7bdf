"""Checks of micrographs."""

import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from pusklearn.micrographs.images._lazy_rows import LazyRows
from pusklearn.micrographs.images._mapped_pixels import check_unchanged
from pusklearn.micrographs.images._memory_maps import (
    mapped_file,
)
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out, missing_pixels
from pusklearn.micrographs.images._stand_ins import (
    UNUSABLE,
    blank_like,
    label_of,
    warn_of_unusable,
)


def check_micrographs(
    micrographs: Any, on_error: str = "raise", *, are_maps: bool = False
) -> Sequence[Micrograph]:
    """Return micrographs as a list of `Micrograph`, one per row.

    Parameters
    ----------
    micrographs : sequence of array-like of shape (height, width)
        A list, a 1-D object array or a stack of shape (n, height, width);
        heights and widths may differ.
    on_error : {"raise", "warn", "pass"}, default="raise"
        What happens if a row cannot be used: an error; or it becomes a micrograph that
        is masked as a whole, with a warning or without one.
    are_maps : bool, default=False
        Whether these are score maps, which may have no finite pixel.

    Returns
    -------
    list of Micrograph or LazyRows
        Views of the arrays given; a plain array has no name and scale 1. Lazy rows
        are the output of another transformer, which checks each row when it is
        computed.

    Raises
    ------
    ValueError
        If there is no micrograph, or one is not a non-empty, real, 2-D array, or has
        no finite pixel although it is not masked as a whole. Those in memory-mapped
        files, which have names, are read later, one at a time; a file must be what it
        was when it was opened.
    """
    if isinstance(micrographs, LazyRows) and len(micrographs):
        return micrographs
    if isinstance(micrographs, (str, os.PathLike)) or any(
        isinstance(m, (str, os.PathLike)) for m in micrographs
    ):
        raise ValueError(
            "Expected micrographs, but got paths. Read them with "
            "`pusklearn.io.read_micrographs`."
        )
    if isinstance(micrographs, np.ndarray) and micrographs.ndim == 2:
        raise ValueError(
            "Expected a sequence of micrographs, one per row, but got one array of "
            f"shape {micrographs.shape}. Put a single micrograph in a list."
        )
    if isinstance(micrographs, Iterator):
        raise ValueError(
            "Expected a sequence of micrographs, such as a list, since they may be "
            f"needed more than once. Got {micrographs!r}."
        )
    checked = []
    for row, micrograph in enumerate(micrographs):
        try:
            checked.append(_check_micrograph(micrograph, row, are_maps))
        except UNUSABLE as error:
            if on_error == "raise":
                raise
            if on_error == "warn":
                warn_of_unusable(label_of(micrograph, row), error)
            checked.append(blank_like(micrograph))
    if not checked:
        raise ValueError("At least 1 micrograph is needed. Got 0.")
    return checked


def _check_micrograph(micrograph, row, is_map):
    image = check_unchanged(np.asanyarray(micrograph))
    label = getattr(image, "name", None) or f"number {row}"
    if image.ndim != 2 or 0 in image.shape:
        raise ValueError(
            "A micrograph must have shape (height, width), both at least 1. "
            f"Micrograph {label} has shape {image.shape}."
        )
    if image.dtype.kind not in "biuf":
        raise ValueError(
            f"A micrograph must hold real numbers. Micrograph {label} has dtype "
            f"{image.dtype}."
        )
    if image.dtype.kind == "b":
        image = image.astype(np.float32)  # NumPy cannot subtract truth values.
    image = image if isinstance(image, Micrograph) else Micrograph(image)
    if not is_map and mapped_file(image) is None:
        check_any_pixel(image, label)
    return image


def check_any_pixel(micrograph: Micrograph, label: str | None = None) -> Micrograph:
    """Return the micrograph, or raise a ValueError if all its pixels are missing.

    A micrograph that is masked as a whole passes: it stands for a row that was left
    out. The label names the micrograph if its name does not.
    """
    middle = micrograph[len(micrograph) // 2]
    if missing_pixels(middle) is None or is_left_out(micrograph):
        return micrograph
    missing = missing_pixels(micrograph)
    if missing is not None and missing.all():
        raise ValueError(
            "At least 1 pixel must be there: neither NaN, nor infinite, nor masked. "
            f"Micrograph {label or micrograph.name or '(no name)'} has none."
        )
    return micrograph


def check_not_constant(micrograph: Micrograph) -> Micrograph:
    """Return the micrograph, or raise a ValueError if all its pixels are equal.

    Missing pixels do not count, and a micrograph that is masked as a whole passes.
    """
    # The middle row tells of nearly all micrographs that they are not constant.
    for part in (micrograph[len(micrograph) // 2], micrograph):
        missing = missing_pixels(part)
        pixels = np.asarray(part)
        pixels = pixels.ravel() if missing is None else pixels[~missing]
        if len(pixels) and (pixels != pixels[0]).any():
            return micrograph
    if len(pixels):
        raise ValueError(
            "A micrograph must not be constant. Every pixel of micrograph "
            f"{micrograph.name or '(no name)'} is {pixels[0]}."
        )
    return micrograph
