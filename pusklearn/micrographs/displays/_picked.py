"""What a picker finds in micrographs, for pictures of it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs._picker_lengths import HIT_DISTANCE, PEAK_DISTANCE
from pusklearn.micrographs.images._lengths import parse_length
from pusklearn.micrographs.peaks._without_training import has_no_maps


class Picked(NamedTuple):
    """What a picker finds in micrographs.

    Attributes
    ----------
    peaks : ndarray of object, of shape (n_micrographs,)
        One array of shape (k, 3) per micrograph: ``x, y, score`` of every peak.
    threshold : float
        Picks are the peaks of a greater score; -inf if every peak is a pick.
    is_calibrated : bool
        Whether a score is the log-odds that the peak is a particle.
    """

    peaks: NDArray[np.object_]
    threshold: float
    is_calibrated: bool


def find_peaks(picker: Any, micrographs: Sequence) -> Picked:
    """Return every peak that a fitted picker finds, and its threshold.

    Parameters
    ----------
    picker : Pipeline
        A fitted picker, as `make_picker` and `general_picker` make them.
    micrographs : sequence of array-like of shape (height, width)
        The micrographs.

    Returns
    -------
    Picked
    """
    return peaks_of_maps(picker, picker[:-1].transform(micrographs))


def peaks_of_maps(picker: Any, maps: Sequence) -> Picked:
    """Return what `find_peaks` does, from the score maps of the micrographs."""
    extract = extractor_of(picker)
    peaks = extract.peaks(maps)
    if isinstance(extract.threshold, str) and has_no_maps(extract):
        # The threshold follows from the micrographs that are picked.
        kept = np.concatenate([picks[:, 2] for picks in extract.predict(maps)])
        threshold = np.nextafter(kept.min(), -np.inf) if len(kept) else np.inf
    else:
        threshold = extract.find_threshold()
    return Picked(peaks, float(threshold), is_calibrated(extract))


def is_calibrated(extract: Any) -> bool:
    """Tell whether the scores of picks are log-odds that they are particles."""
    return getattr(extract, "calibration_", None) is not None


def extractor_of(picker: Any) -> Any:
    """Return the `PeakExtractor` of a picker, or raise a TypeError."""
    steps = getattr(picker, "named_steps", {})
    if "extract" not in steps:
        raise TypeError(
            "`picker` must be a fitted Pipeline whose last step is 'extract', as "
            f"make_picker and general_picker make it. Got {type(picker).__name__}."
        )
    return steps["extract"]


def diameter_of(picker: Any) -> float | str:
    """Return the diameter of the particles that a picker is made for.

    Parameters
    ----------
    picker : Pipeline
        A picker, as `make_picker` and `general_picker` make them.

    Returns
    -------
    float or str
        A number of pixels of the original micrograph, or angstrom, such as "180.0A".

    Examples
    --------
    >>> from pusklearn import make_picker
    >>> from pusklearn.micrographs.displays._picked import diameter_of
    >>> diameter_of(make_picker(24)), diameter_of(make_picker("180A"))
    (24.0, '180.0A')
    """
    extract = extractor_of(picker)
    length, share = extract.match_radius, HIT_DISTANCE
    if length is None:
        length, share = extract.radius, PEAK_DISTANCE
    value, is_angstrom = parse_length(length, "match_radius")
    diameter = round(value / share, 9)  # without the error of a float
    return f"{diameter!r}A" if is_angstrom else diameter
