"""What an error about a threshold out of reach says after that."""

from typing import Any, NamedTuple

from numpy.typing import NDArray

from pusklearn.pu.priors._priors import Priors
from pusklearn.pu.wrappers._pu_thresholds import HeldOut
from pusklearn.pu.wrappers._within_reach import (
    greatest_recall,
    is_fdr_within_reach,
    is_recall_within_reach,
    least_fdr,
    positives_for_fdr,
)


class WantedRate(NamedTuple):
    """A false discovery rate that is out of reach."""

    # The parameter `threshold`, which asks for a rate or for a precision.
    rule: str
    level: float
    confidence: float
    priors: Priors
    n_samples: int

    @property
    def of_right(self) -> bool:
        """Whether a precision was asked for."""
        return self.rule.startswith("precision")

    @property
    def noun(self) -> str:
        """The name of what was asked for."""
        return "precision" if self.of_right else "false discovery rate"


def recall_ways_out(
    n_held_out: int, n_of_folds: int | None, level: float, confidence: float | None
) -> str:
    """Return sentences: the recall within reach, and the ways to a greater one.

    Parameters
    ----------
    n_held_out : int
        Number of positives that were held out.
    n_of_folds : int or None
        Number of positives that ``cv=5`` would hold out; None if it cannot be advised.
    level, confidence
        The arguments of `recall_threshold` with these names.

    Returns
    -------
    str
        The sentences, which follow those of the error.
    """
    sentences = []
    greatest = greatest_recall(n_held_out, confidence)
    if greatest:
        sentences.append(f"The greatest recall within reach is {greatest:g}.")
    if n_of_folds is not None and n_of_folds > n_held_out:
        folds = f"With cv=5, all {n_of_folds} labelled positives are held out in turn"
        if is_recall_within_reach(n_of_folds, level, confidence):
            sentences.append(f"{folds}, which is enough.")
        else:
            greatest = greatest_recall(n_of_folds, confidence)
            sentences.append(f"{folds}, and the greatest recall is {greatest:g}.")
    sentences.append("Label more positives, or lower the recall or `confidence`.")
    return " ".join(sentences)


def fdr_ways_out(
    wanted: WantedRate,
    positives: NDArray,
    unlabeled: NDArray,
    of_folds: tuple[NDArray, NDArray] | None,
    is_same_draw: bool,
) -> str:
    """Return sentences: the rate within reach, and the ways to a lower one.

    Parameters
    ----------
    wanted : WantedRate
        What was asked for.
    positives, unlabeled : ndarray
        Held-out scores.
    of_folds : tuple of ndarray or None
        The same of ``cv=5``; None if it cannot be advised.
    is_same_draw : bool
        Whether a fit with ``cv=5`` would have these very scores.

    Returns
    -------
    str
        The sentences, which follow those of the error.
    """
    _, level, confidence, priors, n_samples = wanted
    settings: Any = (priors, level, confidence, n_samples)
    least = least_fdr(positives, unlabeled, *settings)
    sentences = [_within_reach(wanted, least)]
    numbers = HeldOut(len(positives), len(unlabeled), n_samples)
    n_needed = positives_for_fdr(priors, level, confidence, numbers)
    more = "Label more positives"
    if n_needed is None:
        more = "Give more samples, since labels alone cannot show it"
    elif n_needed > len(positives):
        sentences.append(
            f"A classifier without errors needs about {n_needed} held-out positives."
        )
    if of_folds is not None:
        folds = f"With cv=5, all {len(of_folds[0])} labelled positives are held out"
        least_of_folds = least_fdr(*of_folds, *settings)
        if is_fdr_within_reach(*of_folds, *settings):
            sentences.append(f"{folds} in turn, and it is within reach.")
        elif least_of_folds is not None and least_of_folds < (least or 1):
            value = (
                f"{'' if is_same_draw else 'about '}{_value(wanted, least_of_folds)}"
            )
            sentences.append(f"{folds} in turn, and the {_best(wanted)} is {value}.")
    if not priors.unlabeled:
        sentences.append(
            "No prior is known, so every unlabeled sample that is predicted positive "
            "counts as an error: give `prior`."
        )
    less = "a lower precision" if wanted.of_right else "a greater rate"
    sentences.append(f"{more}; or ask for {less} or less `confidence`.")
    return " ".join(sentences)


def _within_reach(wanted, least):
    """Return a sentence about the best rate within reach."""
    if least is None:
        share = wanted.priors.population
        side, value = ("above", share) if wanted.of_right else ("below", 1 - share)
        return (
            f"No {wanted.noun} {side} {value:.3g}, that of a positive prediction for "
            "every sample, is within reach."
        )
    return f"The {_best(wanted)} within reach is {_value(wanted, least)}."


def _best(wanted):
    return f"{'greatest' if wanted.of_right else 'least'} {wanted.noun}"


def _value(wanted, rate):
    """Return a rate, or the precision of that rate, as one would write it."""
    return f"{1 - rate if wanted.of_right else rate:.6g}"
