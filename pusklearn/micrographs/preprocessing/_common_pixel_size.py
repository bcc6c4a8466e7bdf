"""One pixel size for micrographs that have several."""

from collections.abc import Sequence

from pusklearn.micrographs.images._lazy_rows import LazyRows
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.images._pixel_sizes import is_same_size
from pusklearn.micrographs.images._stand_ins import NO_NAME, no_row

# A micrograph that is more times coarser than those of the training shows too little.
MOST_COARSE = 4.0


def coarsest_pixel_size(micrographs: Sequence[Micrograph], on_error: str) -> float:
    """Return the greatest pixel size of the micrographs, in angstrom.

    Parameters
    ----------
    micrographs : sequence of Micrograph
        The micrographs. Those that are masked as a whole do not count.
    on_error : {"raise", "warn"}
        Whether micrographs that cannot be read, or that have no pixel size, raise an
        error, or do not count either.

    Returns
    -------
    float
        The pixel size.

    Raises
    ------
    ValueError
        If a micrograph has no pixel size, or none can be used.
    """
    instead = no_row if on_error == "warn" else None
    found = LazyRows(pixel_size_of, micrographs, instead=instead)
    sizes = [size for size in found if size is not None]
    if not sizes:
        raise ValueError(
            "At least 1 micrograph must have a pixel size and be usable. Got 0 of "
            f"{len(micrographs)}."
        )
    return max(sizes)


def pixel_size_of(micrograph: Micrograph) -> float | None:
    """Return the pixel size of a micrograph, or None if it is masked as a whole."""
    if is_left_out(micrograph):
        return None
    if micrograph.pixel_size is None:
        raise ValueError(
            "The size of particles was given in angstrom, or micrographs are brought "
            "to one pixel size, so every micrograph needs its `pixel_size`. Micrograph "
            f"{micrograph.name or NO_NAME} has none. Give it, as in "
            "Micrograph(image, pixel_size=1.5), or give lengths in pixels."
        )
    return micrograph.pixel_size


def relative_factor(micrograph: Micrograph, coarsest: float) -> float:
    """Return how many times finer a micrograph is than the coarsest of the training.

    It is 1 if the two differ by 3 % at most.

    Raises
    ------
    ValueError
        If the micrograph has no pixel size, or is more than 4 times coarser.
    """
    size = pixel_size_of(micrograph)
    if size is None:
        return 1.0
    factor = coarsest / size
    if factor * MOST_COARSE < 1:
        raise ValueError(
            f"A micrograph must be at most {MOST_COARSE:g} times as coarse as the "
            "coarsest one of the training. Micrograph "
            f"{micrograph.name or NO_NAME} has {size:.4g} angstrom per pixel, that one "
            f"has {coarsest:.4g}. Is the pixel size right?"
        )
    return 1.0 if is_same_size(size, coarsest) else factor
