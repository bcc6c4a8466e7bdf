"""The priors of a data set, from its labels and from what the user tells about it."""

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pusklearn.pu._checks import check_choice
from pusklearn.pu.priors._priors import Priors, PriorsWithNegatives

AnyPriors = Priors | PriorsWithNegatives

SCHEMES = ("single", "case-control")


def class_priors(
    n_positive: float,
    n_samples: float,
    prior: float | None,
    scheme: str,
    *,
    n_negative: float = 0,
    or_estimate: bool = False,
    classes: NDArray | None = None,
    label: Any = None,
) -> AnyPriors:
    """Return the priors that a criterion is called with.

    Parameters
    ----------
    n_positive, n_samples : float
        Number of labelled positives, and of all samples; a sample of weight 2 counts
        as two.
    prior : float or None
        Share of positives in the population; None stands for the labelled share.
    scheme : {"single", "case-control"}
        How the samples were drawn.
    n_negative : float, default=0
        Number of known negatives among the samples.
    or_estimate : bool, default=False
        Whether the user may give "estimate" instead. Only the message depends on it.
    classes : ndarray of shape (2,) or None, default=None
        The two labels, which the message names; None does not name them.
    label : label or None, default=None
        The label of the positives, which the message names.

    Returns
    -------
    Priors or PriorsWithNegatives
        The shares of positives in the population and of labels in the sample. It also
        tells that of the known negatives if there are any.

    Raises
    ------
    ValueError
        If the prior is not in (0, 1), in the single scheme not above the labelled
        share, or too high for the known negatives.
    """
    check_scheme(scheme)
    labeled = n_positive / n_samples
    counts = n_positive, n_samples, n_negative
    if prior is None:
        return with_negatives(Priors(labeled, labeled), *counts)
    if isinstance(prior, str) and prior == "estimate":
        raise ValueError(
            "The prior cannot be estimated here. Got prior='estimate'; give the "
            "`prior_` that a PriorEstimator finds, or a number in (0, 1)."
        )
    check_prior(prior, "None, 'estimate'" if or_estimate else "None")
    if scheme == "case-control":
        return with_negatives(Priors(float(prior)), *counts)
    if prior <= labeled:
        raise ValueError(
            f"`prior` must exceed the labelled share of the samples. Got {prior:.10g} "
            f"with a labelled share of {labeled:.10g} ({n_positive:.10g} of "
            f"{n_samples:.10g}). If every positive is labelled, leave it None."
            + name_labels(classes, label)
        )
    return with_negatives(Priors(float(prior), labeled), *counts)


def with_negatives(
    priors: Priors, n_positive: float, n_samples: float, n_negative: float
) -> AnyPriors:
    """Return priors that tell of the known negatives too, if there are any.

    Somebody has chosen them, as a rule among the samples that look most like positives,
    so they stand for the negatives of their kind, not for all. Nobody knows how many of
    these there are. If they are sought as long as positives are, each stands for as
    many samples as a labelled positive does. The known negatives then count as the
    share ``pi * n_negative / n_positive`` of the population, but never as more than the
    positives or than all negatives, nor as less than the share that they are.

    Raises
    ------
    ValueError
        If the positives and the known negatives are more than the population.
    """
    if not n_negative:
        return priors
    # The sample that represents the population, without positives drawn separately.
    n = n_samples if priors.labeled else n_samples - n_positive
    share, population = n_negative / n, priors.population
    if population >= 1 - share:
        raise ValueError(
            "`prior` must be below the share of the samples that are not known "
            f"negatives. Got {population:.10g} with {n_negative:.10g} known negatives "
            f"of {n:.10g} samples, which leave at most {1 - share:.10g}."
        )
    wanted = population * min(n_negative / n_positive, 1)
    counted = max(share, min(wanted, 1 - population))
    return PriorsWithNegatives(population, priors.labeled, share, counted)


def asked_priors(
    classifier: Any,
    n_positive: float,
    n_samples: float,
    n_negative: float = 0,
    *,
    or_estimate: bool = False,
) -> AnyPriors:
    """Return the priors that the parameters of a classifier ask for.

    Its attributes ``classes_`` and ``pos_label_`` must be set. See `class_priors`.
    """
    return class_priors(
        n_positive,
        n_samples,
        classifier.prior,
        classifier.scheme,
        n_negative=n_negative,
        or_estimate=or_estimate,
        classes=classifier.classes_,
        label=classifier.pos_label_,
    )


def name_labels(classes, label):
    """Return a sentence that names the labels if they are not plain numbers."""
    if classes is None or isinstance(label, Real | np.bool_):
        return ""
    return (
        f" The labels are {classes.tolist()}, and that of the positives is "
        f"{str(label)!r}; `pos_label` can name the other."
    )


def priors_of_unlabeled(
    share: float,
    n_positive: float,
    n_samples: float,
    scheme: str,
    n_negative: float = 0,
) -> AnyPriors:
    """Return the priors that belong to a share of positives among the unlabeled.

    Parameters
    ----------
    share : float
        Share of positives among the unlabeled samples.
    n_positive, n_samples : int
        Number of labelled positives, and of all samples.
    scheme : {"single", "case-control"}
        How the samples were drawn.
    n_negative : int, default=0
        Number of known negatives, which are not among the unlabeled.

    Returns
    -------
    Priors or PriorsWithNegatives
        The shares of positives in the population and of labels in the sample.
    """
    counts = n_positive, n_samples, n_negative
    labeled = 0.0 if scheme == "case-control" else n_positive / n_samples
    return with_negatives(
        Priors(population_share(share, *counts, scheme), labeled), *counts
    )


def population_share(
    share: float,
    n_positive: float,
    n_samples: float,
    n_negative: float,
    scheme: str,
) -> float:
    """Return the population's share of positives, from that of the unlabeled."""
    if scheme == "case-control":
        return share * (1 - n_negative / (n_samples - n_positive))
    labeled = n_positive / n_samples
    return labeled + (1 - labeled - n_negative / n_samples) * share


def estimated_priors(
    share: float,
    interval: tuple[float, float],
    n_positive: float,
    n_samples: float,
    scheme: str,
    n_negative: float = 0,
) -> tuple[AnyPriors, tuple[float, float]]:
    """Return the priors of an estimated share, and the population's interval.

    Parameters
    ----------
    share : float
        Estimated share of positives among the unlabeled samples, in [0, 1].
    interval : tuple of float
        Lower and upper end of the confidence interval of the share.
    n_positive, n_samples : int
        Number of labelled positives, and of all samples.
    scheme : {"single", "case-control"}
        How the samples were drawn.
    n_negative : int, default=0
        Number of known negatives, which are not among the unlabeled.

    Returns
    -------
    priors : Priors or PriorsWithNegatives
        The priors of the share. Since no criterion takes a share of 0 or 1, each class
        keeps at least half a sample of the unlabeled ones.
    interval : tuple of float
        Lower and upper end of the share in the population.
    """
    least = 0.5 / (n_samples - n_positive - n_negative)
    share = min(max(float(share), least), 1 - least)
    ends = min(share, *interval), max(share, *interval)
    low, high = (
        population_share(end, n_positive, n_samples, n_negative, scheme) for end in ends
    )
    priors = priors_of_unlabeled(share, n_positive, n_samples, scheme, n_negative)
    return priors, (float(low), float(high))


def check_prior(prior: Any, words: str = "None") -> None:
    """Raise a ValueError if a prior is neither None nor a number in (0, 1)."""
    if prior is not None and not (isinstance(prior, Real) and 0 < float(prior) < 1):
        raise ValueError(
            f"`prior` must be {words} or a number in (0, 1). Got {prior!r}."
        )


def check_scheme(scheme: Any) -> None:
    """Raise a ValueError if a scheme is unknown."""
    check_choice(scheme, "scheme", SCHEMES)


def label_frequency(priors: AnyPriors, n_positive: float, n_samples: float) -> float:
    """Return the share of the positives in the data that are labelled."""
    if priors.labeled:
        return priors.labeled / priors.population
    return n_positive / (n_positive + priors.population * (n_samples - n_positive))


def set_priors(
    estimator: Any, priors: AnyPriors, n_positive: float, n_samples: float
) -> None:
    """Set the attributes of a fitted estimator that tell its priors."""
    estimator.prior_ = priors.population
    estimator.unlabeled_prior_ = priors.unlabeled
    estimator.label_frequency_ = label_frequency(priors, n_positive, n_samples)
