"""What the report says about a picker."""

import platform
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any, NamedTuple

import pusklearn
from pusklearn.micrographs._picker_lengths import HIT_DISTANCE
from pusklearn.micrographs.images._lengths import parse_length
from pusklearn.micrographs.peaks._pick_thresholds import RULES
from pusklearn.micrographs.peaks._without_training import has_no_maps
from pusklearn.pu._threshold_rules import parse_threshold

Quality = Callable[..., Mapping[str, Any]]


class PickerDescription(NamedTuple):
    """What the report needs to know about the picker.

    Attributes
    ----------
    diameter : float or str
        The diameter of a particle, in pixels of the original or with its unit.
    calibrated : bool
        Whether the score of a pick is the log-odds that it is a particle.
    threshold : float or None
        Picks have a score above it; None if every peak is a pick.
    rule : str
        How the threshold was chosen, as the user has said it.
    parameters : dict of str to str
        What the report lists.
    versions : dict of str to str
        The versions of the programs.
    quality : callable or None, default=None
        Takes a threshold and, as `picks`, the peaks of each micrograph, as
        `PeakExtractor.expected_quality` does, and returns a mapping with
        ``n_particles_interval``, ``precision_interval`` and ``recall_interval``; None
        if there are no intervals.
    share_found : float, default=1.0
        The share of particles that have a peak at all, whatever its score.
    scored : bool, default=True
        Whether the picks have scores.
    per_micrograph : float or None, default=None
        If it is given, the threshold is chosen so that a micrograph has so many picks
        on average.
    all_peaks : bool, default=False
        Whether the picks are known to be all peaks. If not, their scores tell it.
    """

    diameter: float | str
    calibrated: bool
    threshold: float | None
    rule: str
    parameters: Mapping[str, str]
    versions: Mapping[str, str]
    quality: Quality | None = None
    share_found: float = 1.0
    scored: bool = True
    per_micrograph: float | None = None
    all_peaks: bool = False


def describe_picker(
    picker: Any,
    *,
    diameter: float | str | None = None,
    threshold: float | None = None,
) -> PickerDescription:
    """Describe a fitted picker.

    Parameters
    ----------
    picker : Pipeline or ReferencePicker
        The picker.
    diameter : float, str or None, default=None
        The diameter of a particle; None takes that of the picker.
    threshold : float or None, default=None
        The score above which peaks are picks. None takes the threshold of the picker.

    Returns
    -------
    PickerDescription
        The description.

    Raises
    ------
    ValueError
        If the picker does not tell the diameter, or its threshold cannot be found.
    """
    steps = dict(getattr(picker, "steps", [("picker", picker)]))
    last = list(steps.values())[-1]
    extractor = getattr(last, "extractor_", last)
    calibration = getattr(extractor, "calibration_", None)
    calibrated = calibration is not None
    rule = getattr(extractor, "threshold", None)
    per_micrograph = None
    if threshold is None:
        threshold, per_micrograph = _threshold_of(extractor)
    quality = getattr(extractor, "expected_quality", None) if calibrated else None
    return PickerDescription(
        _diameter_of(last) if diameter is None else diameter,
        calibrated,
        threshold,
        "none: every peak is a pick" if rule is None else str(rule),
        {name: _in_one_line(step) for name, step in steps.items()}
        | _training_of(extractor),
        versions(),
        quality,
        getattr(calibration, "share_found", 1.0),
        per_micrograph=per_micrograph,
    )


def versions() -> dict[str, str]:
    """Return the versions of the programs that make the picks and the report."""
    return {
        "pusklearn": pusklearn.__version__,
        "torch": version("torch"),
        "scikit-learn": version("scikit-learn"),
        "numpy": version("numpy"),
        "Python": platform.python_version(),
    }


def _threshold_of(extractor):
    """Return the threshold, or the mean number of picks from which it will follow."""
    rule = getattr(extractor, "threshold", None)
    if not hasattr(extractor, "find_threshold"):
        return None, None
    if has_no_maps(extractor) and parse_threshold(rule, RULES).name == "prior":
        return None, float(extractor.particles_per_micrograph)
    threshold = float(extractor.find_threshold())
    return (None if threshold == -float("inf") else threshold), None


def _diameter_of(step):
    if hasattr(step, "diameter"):
        return step.diameter
    length = getattr(step, "match_radius", None)
    if length is None:
        raise ValueError(
            "The picker does not tell the diameter of a particle: its last step has no "
            "`match_radius`. Give `diameter`, in pixels or such as '180A'."
        )
    value, is_angstrom = parse_length(length, "match_radius", "(0, inf)")
    # The factor and its inverse leave a rounding error.
    diameter = float(f"{value / HIT_DISTANCE:.9g}")
    return f"{diameter:g}A" if is_angstrom else diameter


def _training_of(extractor):
    """Return what the picker has learnt from, as far as it tells."""
    said = {}
    for name, text in (
        ("n_micrographs_", "micrographs of the training"),
        ("n_labels_", "labelled particles of the training"),
    ):
        if getattr(extractor, name, None):
            said[text] = f"{getattr(extractor, name)}"
    expected = getattr(extractor, "n_expected_", None)
    if expected is not None:
        text = f"{expected:.0f}"
        interval = getattr(extractor, "n_expected_interval_", None)
        if interval is not None:
            low, high = interval
            text += f" (90 % interval {low:.0f} to {high:.0f})"
        said["particles expected on the micrographs of the training"] = text
    return said


def _in_one_line(step):
    return " ".join(repr(step).split())
