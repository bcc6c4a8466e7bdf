"""The parameters that the peaks of a fit depend on."""

from typing import Any

from pusklearn.micrographs.images._lengths import parse_length
from pusklearn.micrographs.peaks._pick_thresholds import RULES
from pusklearn.pu._threshold_rules import parse_threshold


def peak_settings(extractor: Any) -> dict[str, Any]:
    """Return the parameters of a `PeakExtractor` that thresholds depend on.

    A match radius of None is the radius.
    """
    names = ("radius", "smoothing", "match_radius", "refine")
    settings = {name: getattr(extractor, name) for name in names}
    if settings["match_radius"] is None:
        settings["match_radius"] = settings["radius"]
    settings["particles_per_micrograph"] = extractor.particles_per_micrograph
    return settings


def check_same_peaks(extractor: Any, threshold: float | str) -> None:
    """Raise an error if peaks of the fit are others than the parameters say now.

    Parameters
    ----------
    extractor : PeakExtractor
        A fitted extractor.
    threshold : str
        The rule that is asked for. "prior" only counts peaks; the others also match
        them with labels.

    Raises
    ------
    ValueError
        If a parameter that the rule depends on was changed after the fit, or an earlier
        version made the fit.
    """
    if not hasattr(extractor, "peak_settings_"):
        raise ValueError(
            f"threshold={threshold!r} is chosen from the peaks of the fit. An earlier "
            "version of pusklearn made it, which did not keep them: fit again."
        )
    names = ["radius", "smoothing"]
    if parse_threshold(threshold, RULES).name != "prior":
        names += ["match_radius", "refine"]
    now, then = peak_settings(extractor), extractor.peak_settings_
    for name in names:
        if _value(now[name], name) != _value(then[name], name):
            raise ValueError(
                f"threshold={threshold!r} is chosen from the peaks that `fit` found "
                f"with {name}={then[name]!r}, and `{name}` was set to {now[name]!r} "
                "after it. Fit the PeakExtractor again, or give a number as "
                "`threshold`."
            )


def check_same_scores(extractor: Any) -> None:
    """Raise an error if scores mean something else than when they were calibrated.

    Parameters
    ----------
    extractor : PeakExtractor
        A fitted extractor whose scores are calibrated.

    Raises
    ------
    ValueError
        If `radius` or `smoothing` was changed after the fit.
    """
    now, then = peak_settings(extractor), extractor.peak_settings_
    for name in ("radius", "smoothing"):
        if _value(now[name], name) != _value(then[name], name):
            raise ValueError(
                "Scores are log-odds that were learnt from the peaks that `fit` found "
                f"with {name}={then[name]!r}, and `{name}` was set to {now[name]!r} "
                "after it. Fit the PeakExtractor again, or make the picker with "
                "calibrate=False, whose scores are raw."
            )


def _value(setting, name):
    return setting if name == "refine" else parse_length(setting, name)
