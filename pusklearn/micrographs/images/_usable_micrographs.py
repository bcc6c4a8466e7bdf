"""The micrographs and the labels that an estimator learns from."""

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from pusklearn.micrographs.images._check_coordinates import check_inside
from pusklearn.micrographs.images._check_micrographs import (
    check_any_pixel,
    check_micrographs,
)
from pusklearn.micrographs.images._distinct_points import distinct_points
from pusklearn.micrographs.images._lazy_rows import LazyRows, in_memory_or_on_disk
from pusklearn.micrographs.images._lengths import original_pixels
from pusklearn.micrographs.images._memory_maps import free_mapped_memory, mapped_file
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.images._stand_ins import stand_in


def take_micrographs(
    X: Any, on_error: str = "raise", bar: str | None = None
) -> Sequence[Micrograph]:
    """Return the micrographs of a training as arrays, in memory or on disk.

    Parameters
    ----------
    X : sequence of array-like of shape (height, width)
        The micrographs.
    on_error : {"raise", "warn"}, default="raise"
        What happens if a micrograph cannot be used: an error, or a warning, and a
        micrograph in its place that is masked as a whole.
    bar : str or None, default=None
        What a bar says that is shown while lazy ones are computed; None shows no bar.

    Returns
    -------
    sequence of Micrograph
    """
    micrographs = check_micrographs(X, on_error)
    if isinstance(micrographs, LazyRows) or on_error == "raise":
        return in_memory_or_on_disk(micrographs, on_error, bar)
    return list(LazyRows(readable, micrographs, instead=stand_in))


def readable(micrograph: Micrograph) -> Micrograph:
    """Return a micrograph, or raise an error if its file holds no pixels."""
    if mapped_file(micrograph) is not None:
        check_any_pixel(micrograph)
        free_mapped_memory(micrograph)
    return micrograph


def usable_rows(micrographs: Sequence[Micrograph], on_error: str) -> list[int]:
    """Return the rows of the micrographs that `usable_micrographs` returns.

    Parameters
    ----------
    micrographs : sequence of Micrograph
        The micrographs.
    on_error : {"raise", "warn"}
        With "warn", micrographs that are masked as a whole are left out.
    """
    return [
        row
        for row, micrograph in enumerate(micrographs)
        if on_error == "raise" or not is_left_out(micrograph)
    ]


def usable_micrographs(
    micrographs: Sequence[Micrograph],
    coordinates: Sequence[NDArray],
    radius: Any,
    outside: str,
    on_error: str,
    *,
    name: str = "label_radius",
) -> tuple[list[Micrograph], list[NDArray]]:
    """Return the micrographs that are there, and the particles labelled in them.

    Parameters
    ----------
    micrographs : sequence of Micrograph
        The micrographs.
    coordinates : sequence of ndarray of shape (k, 2)
        Labelled particles of each micrograph, in pixels of the original.
    radius : float or str
        The label radius, a length. Clicks nearer to each other count once.
    outside : {"raise", "warn"}
        What happens if a particle lies outside its micrograph: an error, or it is left
        out with a warning.
    on_error : {"raise", "warn"}
        With "warn", micrographs that are masked as a whole are left out with their
        labels, since a warning has told why. With "raise" they stay, and labels in
        them are told of later, as any labels on missing pixels.
    name : str, default="label_radius"
        The parameter that the radius comes from, for the message.

    Returns
    -------
    micrographs : list of Micrograph
    coordinates : list of ndarray of shape (k, 2)

    Raises
    ------
    ValueError
        If no micrograph or no labelled particle is left, a particle lies outside its
        micrograph, or the radius is in angstrom and a micrograph has no pixel size.
    """
    is_there = [not is_left_out(m) for m in micrographs]
    rows = usable_rows(micrographs, on_error)
    if not any(is_there):
        raise ValueError(
            f"At least 1 micrograph must be usable. Got 0 of {len(micrographs)}; the "
            "others cannot be used, as warnings say, or are masked as a whole."
        )
    there = [micrographs[row] for row in rows]
    inside = check_inside(
        [coordinates[row] for row in rows],
        [
            (*m.shape, m.scale) if is_there[row] else None
            for row, m in zip(rows, there, strict=True)
        ],
        [m.name or f"number {row}" for row, m in zip(rows, there, strict=True)],
        outside,
    )
    points = [
        distinct_points(p, original_pixels(radius, m, name, row))
        if is_there[row]
        else p
        for row, m, p in zip(rows, there, inside, strict=True)
    ]
    if not sum(map(len, points)):
        n_labels = sum(map(len, coordinates))
        raise ValueError(
            f"At least 1 particle must be labelled. Got {n_labels}, but all of them "
            "lie outside their micrographs or in micrographs that are left out."
        )
    return there, points
