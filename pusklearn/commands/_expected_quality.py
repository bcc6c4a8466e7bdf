"""How good picks are expected to be, if their scores are calibrated."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.pipeline import Pipeline

from pusklearn.commands._errors import warnings_handed_to
from pusklearn.commands._pick_journal import Entry

# What is told of a model, beside the threshold that it has.
USUAL_RULES = ("prior", "probability:0.5", "recall:0.9", "fdr:0.1")
NO_PROBABILITIES = (
    "The scores of these picks are no probabilities, because the model is not "
    "calibrated: how many picks are right is not known."
)
LOG_ODDS = "log-odds that a pick is a particle: 0 is an even chance"
WITHOUT_CALIBRATION = (
    "no probabilities: it was trained with --no-calibration, or with a single label"
)
FROM_BEFORE = (
    "no probabilities: an earlier version of pusklearn has made it; train it again"
)
WHERE_THEY_HOLD = "(expected on other micrographs of this kind; 90 % intervals)"


def is_calibrated(picker: Pipeline) -> bool:
    """Tell whether the scores of a picker are log-odds that a pick is a particle."""
    extractor = picker.named_steps["extract"]
    # Models of earlier versions do not know of it.
    return getattr(extractor, "calibration_", None) is not None


def meaning_of_scores(picker: Pipeline) -> str:
    """Return in words what the scores of a picker are."""
    if is_calibrated(picker):
        return LOG_ODDS
    is_known = hasattr(picker.named_steps["extract"], "calibration_")
    return WITHOUT_CALIBRATION if is_known else FROM_BEFORE


def quality_of(
    picker: Pipeline, threshold: float | None, entries: Sequence[Entry]
) -> dict[str, Any] | None:
    """Return what is expected of the picks of a run.

    Parameters
    ----------
    picker : Pipeline
        The picker that made them.
    threshold : float or None
        The picks have greater scores; None if every peak is a pick.
    entries : sequence of Entry
        All peaks of each micrograph.

    Returns
    -------
    dict or None
        None if the scores are not calibrated, or some peaks are not known.
    """
    used = [entry for entry in entries if entry.error is None]
    if not is_calibrated(picker) or not all(e.is_complete for e in used):
        return None
    quality = picker.named_steps["extract"].expected_quality(
        -np.inf if threshold is None else threshold, [entry.points for entry in used]
    )
    return as_document(quality)


def as_document(quality: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `PeakExtractor.expected_quality` returns, for a program."""
    names = ("precision", "recall", "n_particles")
    return {
        "n_picks": quality["n_picks"],
        **{name: quality[name] for name in names},
        **{f"{name}_interval": quality[f"{name}_interval"] for name in names},
    }


def n_right(points: np.ndarray) -> float:
    """Return how many of calibrated picks are expected to be particles."""
    return float(expit(points[:, 2]).sum())


def describe_quality(quality: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield lines that say what is expected of the picks of a run."""
    if quality is None:
        yield NO_PROBABILITIES
        return
    if quality["n_picks"]:
        right = quality["precision"] * quality["n_picks"]
        yield (
            f"Expected precision {with_interval(quality, 'precision')}: about "
            f"{right:.0f} of these picks are particles."
        )
    yield (
        f"Expected recall {with_interval(quality, 'recall')}, of "
        f"{with_interval(quality, 'n_particles', '.0f')} particles in these "
        "micrographs."
    )


def promises(picker: Pipeline) -> list[dict[str, Any]]:
    """Return what each rule of a threshold promises, from the training of a picker.

    Parameters
    ----------
    picker : Pipeline
        A fitted picker.

    Returns
    -------
    list of dict
        The keys are ``rule`` and either ``error``, why there is no such threshold, or
        ``threshold`` and those of `as_document`. It is empty if the scores are not
        calibrated.
    """
    extractor = picker.named_steps["extract"]
    if not is_calibrated(picker) or extractor.peak_scores_ is None:
        return []
    own = extractor.threshold
    is_usual = own is None or own in USUAL_RULES
    rules = USUAL_RULES if is_usual else (own, *USUAL_RULES)
    return [_promise(extractor, rule) for rule in rules]


def _promise(extractor, rule):
    doubts: list[str] = []
    try:
        with warnings_handed_to(doubts.append):
            quality = extractor.expected_quality(rule)
    except ValueError:
        return {"rule": rule, "error": "out of reach"}
    document = {"rule": rule, "threshold": quality["threshold"]}
    return document | as_document(quality) | ({"doubts": doubts} if doubts else {})


def describe_promises(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of a table of `promises`."""
    names = ["none" if row["rule"] is None else str(row["rule"]) for row in rows]
    width = max(map(len, names)) + 2
    yield f"{'rule':{width}}{'score':>7}  {'precision':21}recall"
    for name, row in zip(names, rows, strict=True):
        line = f"{name:{width}}"
        if "error" in row:
            yield f"{line}{row['error']}"
            continue
        value = row["threshold"]
        score = f"{'none' if value is None or np.isinf(value) else f'{value:+.2f}':>7}"
        precision, recall = (with_interval(row, n) for n in ("precision", "recall"))
        yield f"{line}{score}  {precision:21}{recall}"


def with_interval(row: Mapping[str, Any], name: str, format: str = ".2f") -> str:
    """Return a value in words, with its interval if there is one.

    Examples
    --------
    >>> from pusklearn.commands._expected_quality import with_interval
    >>> with_interval({"recall": 0.9, "recall_interval": (0.85, 0.94)}, "recall")
    '0.90 (0.85 to 0.94)'
    """
    interval = row[f"{name}_interval"]
    if interval is None:
        return f"{row[name]:{format}}"
    low, high = interval
    return f"{row[name]:{format}} ({low:{format}} to {high:{format}})"
