"""Masks of micrographs: what their values mean, and which micrograph they belong to."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._lazy_rows import (
    LazyRows,
    compute_only_row,
    is_large,
)
from pusklearn.micrographs.images._like import like
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.io._names import micrograph_stem
from pusklearn.pu._warn_caller import warn_caller

# A mask of "grid1" may be named "grid1" or "grid1_mask".
_SUFFIX = "_mask"


def as_mask(
    image: Any, threshold: float | None = None, invert: bool = False
) -> NDArray[np.bool_]:
    """Return an image as a mask, True at pixels that are not there.

    Parameters
    ----------
    image : array-like of shape (height, width)
        The mask; its name, if it has one, is in error messages.
    threshold : float or None, default=None
        Pixels with a greater value are not there. None stands for every value but 0.
    invert : bool, default=False
        Whether those pixels are the ones that are there.

    Returns
    -------
    ndarray of bool of shape (height, width)
        The mask; a `Micrograph` stays one.

    Raises
    ------
    ValueError
        If the image is not 2-D, a value is NaN, or there are several values besides 0
        in an image of floats and no threshold.
    """
    image = np.asanyarray(image)
    name = getattr(image, "name", None) or "(no name)"
    if image.ndim != 2 or image.dtype.kind not in "biuf":
        raise ValueError(
            "A mask must be a 2-D array of truth values or numbers. Mask "
            f"{name} has shape {image.shape} and dtype {image.dtype}."
        )
    if image.dtype.kind == "f":
        _check_values(np.asarray(image), name, threshold)
    mask = image != 0 if threshold is None else image > threshold
    return ~mask if invert else mask


def _check_values(pixels, name, threshold):
    if np.isnan(pixels).any():
        raise ValueError(f"A mask must not be NaN anywhere. Mask {name} is.")
    values = pixels[pixels != 0]
    if threshold is None and len(values) and values.min() != values.max():
        raise ValueError(
            "A mask of floats must hold 0 at pixels that are there, and one other "
            f"value elsewhere. Mask {name} has values from {pixels.min():g} to "
            f"{pixels.max():g}. If these are probabilities, give a threshold: "
            "`masks=io.read_masks(paths, threshold=0.5)`."
        )


def add_masks(micrographs: Sequence[Micrograph], masks: Sequence) -> Sequence:
    """Give micrographs their masks.

    Parameters
    ----------
    micrographs : list of Micrograph or LazyRows
        The micrographs.
    masks : sequence of array-like of shape (height, width) or None
        The masks as `as_mask` takes them. If every one is a `Micrograph` with a name,
        they are matched with the micrographs by name, else by order.

    Returns
    -------
    list of Micrograph or LazyRows
        The micrographs with their masks; lazy rows if they are large.

    Raises
    ------
    ValueError
        If the names or the numbers of micrographs and masks do not match, or a mask has
        a shape that does not fit.

    Warns
    -----
    UserWarning
        If some micrographs have no mask of their name.
    """
    rows = [
        (micrographs[row : row + 1], None if one is None else masks[one : one + 1])
        for row, one in enumerate(match_masks(micrographs, masks))
    ]
    for micrograph, mask in rows:
        if mask is not None:
            image = compute_only_row(micrograph)
            if not is_left_out(image):
                _factor(np.shape(compute_only_row(mask)), image)
    masked = LazyRows(with_mask, rows)
    return masked if is_large(micrographs) else list(masked)


def with_mask(pair: tuple[Sequence, Sequence | None]) -> Micrograph:
    """Return the micrograph in a sequence of one, with the mask in another."""
    micrograph = compute_only_row(pair[0])
    mask = None if pair[1] is None else compute_only_row(pair[1])
    if mask is None or is_left_out(micrograph):
        return micrograph
    mask = enlarged(np.asarray(as_mask(mask)), micrograph)
    return like(micrograph, micrograph, mask=mask)


def enlarged(mask: NDArray[np.bool_], micrograph: Micrograph) -> NDArray[np.bool_]:
    """Return a mask in the shape of a micrograph, each pixel repeated if necessary.

    A side that was cut off at its end when it was made smaller repeats its last pixel.
    """
    factor = _factor(mask.shape, micrograph)
    if factor == 1:
        return mask
    large = mask.repeat(factor, axis=0).repeat(factor, axis=1)
    height, width = micrograph.shape
    large = large[:height, :width]
    rest = [(0, n - m) for n, m in zip(micrograph.shape, large.shape, strict=True)]
    return np.pad(large, rest, mode="edge")


def _factor(shape, micrograph):
    """Return how many times smaller a mask is, or raise an error if it does not fit."""
    # A side may have been rounded down or up when the mask was made smaller.
    sides = list(zip(shape, micrograph.shape, strict=False))
    factors = range(1, max(micrograph.shape) + 1) if len(shape) == 2 else ()
    fitting = [k for k in factors if all(m in (n // k, -(-n // k)) for m, n in sides)]
    if fitting:
        return min(fitting, key=lambda k: sum(abs(m * k - n) for m, n in sides))
    raise ValueError(
        "A mask must have the shape of its micrograph, or one that is smaller by the "
        "same whole number along both sides. Micrograph "
        f"{micrograph.name or '(no name)'} has shape {micrograph.shape}, and its mask "
        f"{tuple(shape)}."
    )


def match_masks(micrographs: Sequence, masks: Sequence) -> list[int | None]:
    """Return the number of the mask of each micrograph, or None.

    Parameters
    ----------
    micrographs : sequence
        Objects with the ``name`` of a micrograph.
    masks : sequence
        Objects with the ``name`` of a mask, or masks without names.

    Raises
    ------
    ValueError
        If the names or the numbers of micrographs and masks do not match.

    Warns
    -----
    UserWarning
        If some micrographs have no mask of their name.
    """
    names = [getattr(mask, "name", None) for mask in masks]
    if len(names) == 0 or not all(names):
        if len(names) != len(micrographs):
            raise ValueError(
                "Masks without names must come as one per micrograph, None for a "
                f"micrograph without a mask. Got {len(names)} for {len(micrographs)}."
            )
        return [None if mask is None else row for row, mask in enumerate(masks)]
    number_of: dict[str, int] = {}
    for number, name in enumerate(map(str, names)):
        stem = micrograph_stem(name).removesuffix(_SUFFIX)
        if stem in number_of:
            raise ValueError(
                f"A micrograph has one mask. Masks '{names[number_of[stem]]}' and "
                f"'{name}' both belong to '{stem}'."
            )
        number_of[stem] = number
    stems = [micrograph_stem(m.name or "(no name)") for m in micrographs]
    found = [number_of.get(stem) for stem in stems]
    without = [stem for stem, one in zip(stems, found, strict=True) if one is None]
    if len(without) == len(stems):
        raise ValueError(
            "A mask has the name of its micrograph, or this name and '_mask'. No mask "
            f"has, such as mask '{names[0]}' for micrograph '{stems[0]}'."
        )
    if without:
        warn_caller(
            f"{len(without)} of {len(stems)} micrographs have no mask of their name, "
            f"such as '{without[0]}'. No pixel of them is masked."
        )
    return found
