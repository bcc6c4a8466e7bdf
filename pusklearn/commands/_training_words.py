"""What a training says: what it takes, and what came out."""

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from sklearn.pipeline import Pipeline

from pusklearn.commands._expected_quality import (
    WHERE_THEY_HOLD,
    describe_promises,
    is_calibrated,
    meaning_of_scores,
    promises,
)
from pusklearn.commands._general_model import GENERAL
from pusklearn.commands._output import table_row
from pusklearn.commands._plural import count
from pusklearn.commands._training import Labels, Plan, Result

# Micrographs are listed one by one if they are no more than this.
MOST_LISTED = 10


def describe_plan(labels: Labels, plan: Plan) -> Iterator[str]:
    """Yield lines that say what is learnt from."""
    counts = [len(points) for points in labels.coordinates]
    yield f"Labels           {_describe_counts(counts)}"
    if labels.n_without:
        others = count(labels.n_without, "other micrograph")
        yield f"                 {others} without a label: left out"
    if len(counts) <= MOST_LISTED:
        for micrograph, number in zip(labels.micrographs, counts, strict=True):
            name = str(micrograph.path or micrograph.name)
            yield table_row(f"                 {number:6d}  ", name)
    else:
        yield (
            f"                 {min(counts)} to {max(counts)} a micrograph, the median "
            f"is {median(counts):g}"
        )
    if labels.rejected is not None:
        rejected = _describe_counts(list(map(len, labels.rejected)))
        yield f"Rejected         {rejected}: known to be no particles"
    if labels.is_none_rejected:
        yield "Rejected         none: the files named hold no pick that is no particle"
    if labels.n_unused:
        unused = count(labels.n_unused, "wrong pick")
        yield f"                 unused: {unused} of the corrections, see --rejected"
    yield f"Pixel size       {describe_pixel_sizes(plan.pixel_sizes)}" + (
        f", {labels.pixel_size_from}" if plan.pixel_sizes else ""
    )
    width = f"a particle is {plan.width:.3g} pixels wide"
    yield (
        f"Downsampling     none: {width}"
        if plan.downsample == 1
        else f"Downsampling     {plan.downsample:.4g} times: {width}, and "
        f"{plan.width / plan.downsample:.3g} after it"
    )
    if plan.initial is not None:
        known = "the general network" if plan.initial == GENERAL else plan.initial
        yield f"Start            from what {known} has learnt"


def _describe_counts(counts):
    return f"{sum(counts)} in {count(sum(map(bool, counts)), 'micrograph')}"


def describe_pixel_sizes(sizes: Sequence[float]) -> str:
    """Return pixel sizes in words.

    Examples
    --------
    >>> from pusklearn.commands._training_words import describe_pixel_sizes
    >>> describe_pixel_sizes([0.885, 1.2])
    '0.885 to 1.2 angstrom'
    """
    if not sizes:
        return "unknown"
    first, last = f"{sizes[0]:.5g}", f"{sizes[-1]:.5g}"
    return f"{first} angstrom" if first == last else f"{first} to {last} angstrom"


def describe_result(result: Result) -> Iterator[str]:
    """Yield lines that say what was learnt, and what is expected."""
    facts = expectations(result.picker)
    network, size = facts["network"], facts["region_size"]
    yield f"Network          {network}, which sees {size} pixels"
    yield f"Prior            {facts['prior']:.3g} of all pixels are near a particle"
    expected = facts["particles_per_micrograph"]
    interval = facts["particles_interval"]
    between = (
        ""
        if interval is None
        else f" (between {interval[0]:.0f} and {interval[1]:.0f})"
    )
    how = "given by --count" if interval is None else "estimated"
    yield f"Expected         {expected:.0f} particles per micrograph{between}, {how}"
    yield (
        f"Threshold        {facts['threshold']:+.2f} keeps as many picks as particles "
        "expected"
    )
    yield f"Scores           {meaning_of_scores(result.picker)}"
    if facts["promises"]:
        for line in describe_promises(facts["promises"]):
            yield f"                 {line}"
        yield f"                 {WHERE_THEY_HOLD}"
    yield f"Wrote {result.path} after {describe_seconds(result.seconds)}."


def expectations(picker: Pipeline) -> dict[str, Any]:
    """Return what a fitted picker has learnt, and what it expects."""
    scorer, extractor = picker.named_steps["score"], picker.named_steps["extract"]
    classifier = scorer.classifier_
    return {
        "network": type(classifier.module_).__name__,
        "region_size": scorer.region_size_,
        "prior": classifier.prior_,
        "prior_interval": classifier.prior_interval_,
        "particles_per_micrograph": scorer.particles_per_micrograph_,
        "particles_interval": scorer.particles_per_micrograph_interval_,
        "threshold": extractor.threshold_,
        "labels_found": len(extractor.match_scores_),
        "labels_that_count": extractor.n_labels_,
        "calibrated": is_calibrated(picker),
        "promises": promises(picker),
    }


def describe_seconds(seconds: float) -> str:
    """Return a time in words.

    Examples
    --------
    >>> from pusklearn.commands._training_words import describe_seconds
    >>> describe_seconds(8), describe_seconds(75), describe_seconds(7300)
    ('8 s', '1 min 15 s', '2 h 1 min')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def as_document(labels: Labels, plan: Plan, result: Result) -> dict[str, Any]:
    """Return all that is said, for a program."""
    return {
        "model": result.path,
        "labels": [
            {"micrograph": m.path or m.name, "labels": len(points)}
            for m, points in zip(labels.micrographs, labels.coordinates, strict=True)
        ],
        "rejected": sum(map(len, labels.rejected or ())),
        "micrographs_without_labels": labels.n_without,
        "pixel_sizes": plan.pixel_sizes,
        "downsample": plan.downsample,
        "initial": plan.initial,
        "seconds": round(result.seconds, 1),
        **expectations(result.picker),
    }
