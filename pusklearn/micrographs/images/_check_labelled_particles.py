"""The particles that an estimator learns from."""

from collections.abc import Sequence

from numpy.typing import ArrayLike, NDArray

from pusklearn.micrographs.images._check_coordinates import check_coordinates


def check_labelled_particles(
    y: Sequence[ArrayLike] | None, n_micrographs: int
) -> list[NDArray]:
    """Return labelled particles as one array per micrograph, at least 1 in all.

    Parameters
    ----------
    y : sequence of array-like of shape (k, >=2)
        Labelled particles of each micrograph, ``x, y`` in pixels of the original;
        ``k`` may be 0.
    n_micrographs : int
        The number of micrographs.

    Returns
    -------
    list of ndarray of shape (k, 2)
        The particles of each micrograph.

    Raises
    ------
    ValueError
        If `y` is None, or not one array of coordinates per micrograph, or no particle
        is labelled.
    """
    if y is None:
        raise ValueError(
            "Coordinates of labelled particles must come as one array per micrograph: "
            "the fit requires y to be passed, but the target y is None."
        )
    coordinates = check_coordinates(y, n_micrographs)
    if not sum(map(len, coordinates)):
        raise ValueError("At least 1 particle must be labelled. Got 0.")
    return coordinates
