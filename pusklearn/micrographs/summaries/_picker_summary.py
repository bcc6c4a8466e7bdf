"""A short summary of a fitted picker."""

from numbers import Real
from typing import Any

import numpy as np

from pusklearn.micrographs.summaries._html_parts import panel, paragraph, table
from pusklearn.pu.displays._label_preferences import LEVEL

# Thresholds that users ask for, beside the one in use.
RULES = ("probability:0.5", "prior", "recall:0.9", "fdr:0.1")


def picker_summary(extractor: Any) -> str:
    """Return HTML that says what a picker has learnt from, and where to cut.

    Parameters
    ----------
    extractor : PeakExtractor
        The last step of the picker, fitted.
    """
    is_calibrated = getattr(extractor, "calibration_", None) is not None
    return panel(
        "Fitted picker",
        paragraph(learnt_from(extractor)),
        paragraph(expected_number(extractor)),
        paragraph(meaning_of_scores(is_calibrated)),
        thresholds(extractor) if is_calibrated else threshold_in_use(extractor),
        paragraph(doubt_of_labels(extractor)),
    )


def learnt_from(extractor: Any) -> str:
    """Return a sentence about the training."""
    if not extractor.n_micrographs_:
        return "It has learnt from simulated micrographs alone, and needs no labels."
    text = f"It has learnt from {counted(extractor.n_micrographs_, 'micrograph')}"
    if extractor.n_labels_ is None:
        return f"{text}."
    return f"{text} with {counted(extractor.n_labels_, 'labelled particle')}."


def expected_number(extractor: Any) -> str:
    """Return a sentence about the number of particles on the training micrographs."""
    number, maps = extractor.n_expected_, extractor.n_micrographs_
    given = extractor.particles_per_micrograph
    if isinstance(given, Real):
        return (
            f"{given:,g} particles per micrograph are expected, the number that was "
            "given."
        )
    if number is None and getattr(extractor, "calibration_", None) is not None:
        return (
            "How many particles to expect follows from the micrographs: it is the sum "
            "of the probabilities of all peaks."
        )
    if number is None:
        return (
            "How many particles to expect is not known; `particles_per_micrograph` "
            "tells it."
        )
    text = f"About {number:,.0f} particles are expected on these micrographs"
    interval = getattr(extractor, "n_expected_interval_", None)
    if interval is not None:
        text += f" (90 % interval {interval[0]:,.0f} to {interval[1]:,.0f})"
    return f"{text}, {number / maps:,.0f} on each in the mean."


def meaning_of_scores(is_calibrated: bool) -> str:
    """Return a sentence about what the score of a pick means."""
    if is_calibrated:
        return (
            "The score of a pick is the log-odds that it is a particle: 0 is an even "
            "chance."
        )
    return "Scores rank the picks, but they are no probabilities."


def doubt_of_labels(extractor: Any) -> str:
    """Return a sentence if the labels are plainly not a random sample."""
    # Old files do not have the attribute.
    found = getattr(extractor, "labels_at_random_", None)
    if found is None or min(found["pvalues"].values()) > LEVEL:
        return ""
    first = min(found["pvalues"], key=lambda name: found["pvalues"][name])
    return (
        f"The labels prefer particles of {first}, so they are not a random sample, and "
        "these numbers may not hold. LabelsAtRandomDisplay.from_picker shows more."
    )


def thresholds(extractor: Any) -> str:
    """Return a table of rules, and what each promises."""
    rows = []
    for rule in dict.fromkeys((extractor.threshold, *RULES)):
        try:
            quality = extractor.expected_quality(rule)
        except ValueError:
            # The rule is out of reach, or needs what this picker does not know.
            continue
        rows.append(
            [
                name_of_rule(rule) + " (in use)" * (rule == extractor.threshold),
                "any" if quality.threshold == -np.inf else f"{quality.threshold:.2f}",
                f"{quality.n_picks:,}",
                with_interval(quality.precision, quality.precision_interval),
                with_interval(quality.recall, quality.recall_interval),
            ]
        )
    if not rows:
        return threshold_in_use(extractor)
    header = ["threshold", "score above", "picks", "precision", "recall"]
    more = "Expected on the training micrographs, with 90 % intervals."
    return table(header, rows, more)


def threshold_in_use(extractor: Any) -> str:
    """Return a sentence about the threshold of a picker that promises nothing."""
    rule = extractor.threshold
    if rule is None:
        return paragraph("Every peak is a pick.")
    text = f"The threshold is {name_of_rule(rule)}"
    known = rule == extractor.rule_ and not np.isnan(extractor.threshold_)
    if isinstance(rule, str) and known:
        text += f": picks have a score above {extractor.threshold_:.2f}"
    return paragraph(f"{text}.")


def name_of_rule(rule: Any) -> str:
    """Return a rule as its user gave it."""
    if rule is None:
        return "every peak"
    return rule if isinstance(rule, str) else f"{rule:g}"


def with_interval(value: float, interval: tuple[float, float] | None) -> str:
    """Return a share with its interval, if there is one, or a dash for none of none."""
    if np.isnan(value):
        return "\u2013"
    if interval is None:
        return f"{value:.2f}"
    return f"{value:.2f} ({interval[0]:.2f} to {interval[1]:.2f})"


def counted(number: int, noun: str) -> str:
    """Return a number and what it counts."""
    return f"{number:,} {noun}{'s' * (number != 1)}"
