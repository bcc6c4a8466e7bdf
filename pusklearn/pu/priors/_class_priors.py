"""The priors of a data set, from its labels and from what the user tells about it."""

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pusklearn.pu._checks import check_choice
from pusklearn.pu.priors._priors import Priors

SCHEMES = ("single", "case-control")


def class_priors(
    n_positive: float,
    n_samples: float,
    prior: float | None,
    scheme: str,
    *,
    or_estimate: bool = False,
    classes: NDArray | None = None,
    label: Any = None,
) -> Priors:
    """Return the `Priors` that a criterion is called with.

    Parameters
    ----------
    n_positive, n_samples : float
        Number of labelled positives, and of all samples; a sample of weight 2 counts
        as two.
    prior : float or None
        Share of positives in the population; None stands for the labelled share.
    scheme : {"single", "case-control"}
        How the samples were drawn.
    or_estimate : bool, default=False
        Whether the user may give "estimate" instead. Only the message depends on it.
    classes : ndarray of shape (2,) or None, default=None
        The two labels, which the message names; None does not name them.
    label : label or None, default=None
        The label of the positives, which the message names.

    Returns
    -------
    Priors
        The shares of positives in the population and of labels in the sample.

    Raises
    ------
    ValueError
        If the prior is not in (0, 1), or in the single scheme not above the labelled
        share.
    """
    check_scheme(scheme)
    labeled = n_positive / n_samples
    if prior is None:
        return Priors(labeled, labeled)
    if isinstance(prior, str) and prior == "estimate":
        raise ValueError(
            "The prior cannot be estimated here. Got prior='estimate'; give the "
            "`prior_` that a PriorEstimator finds, or a number in (0, 1)."
        )
    check_prior(prior, "None, 'estimate'" if or_estimate else "None")
    if scheme == "case-control":
        return Priors(float(prior))
    if prior <= labeled:
        raise ValueError(
            f"`prior` must exceed the labelled share of the samples. Got {prior:.10g} "
            f"with a labelled share of {labeled:.10g} ({n_positive:.10g} of "
            f"{n_samples:.10g}). If every positive is labelled, leave it None."
            + name_labels(classes, label)
        )
    return Priors(float(prior), labeled)


def asked_priors(
    classifier: Any, n_positive: float, n_samples: float, *, or_estimate: bool = False
) -> Priors:
    """Return the `Priors` that the parameters of a classifier ask for.

    Its attributes ``classes_`` and ``pos_label_`` must be set. See `class_priors`.
    """
    return class_priors(
        n_positive,
        n_samples,
        classifier.prior,
        classifier.scheme,
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
    share: float, n_positive: float, n_samples: float, scheme: str
) -> Priors:
    """Return the `Priors` that belong to a share of positives among the unlabeled.

    Parameters
    ----------
    share : float
        Share of positives among the unlabeled samples.
    n_positive, n_samples : int
        Number of labelled positives, and of all samples.
    scheme : {"single", "case-control"}
        How the samples were drawn.

    Returns
    -------
    Priors
        The shares of positives in the population and of labels in the sample.
    """
    if scheme == "case-control":
        return Priors(share)
    labeled = n_positive / n_samples
    return Priors(labeled + (1 - labeled) * share, labeled)


def estimated_priors(
    share: float,
    interval: tuple[float, float],
    n_positive: float,
    n_samples: float,
    scheme: str,
) -> tuple[Priors, tuple[float, float]]:
    """Return the `Priors` of an estimated share, and the population's interval.

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

    Returns
    -------
    priors : Priors
        The priors of the share. Since no criterion takes a share of 0 or 1, each class
        keeps at least half a sample of the unlabeled ones.
    interval : tuple of float
        Lower and upper end of the share in the population.
    """
    least = 0.5 / (n_samples - n_positive)
    share = min(max(float(share), least), 1 - least)
    ends = min(share, *interval), max(share, *interval)
    low, high = (
        priors_of_unlabeled(end, n_positive, n_samples, scheme) for end in ends
    )
    priors = priors_of_unlabeled(share, n_positive, n_samples, scheme)
    return priors, (float(low.population), float(high.population))


def check_prior(prior: Any, words: str = "None") -> None:
    """Raise a ValueError if a prior is neither None nor a number in (0, 1)."""
    if prior is not None and not (isinstance(prior, Real) and 0 < float(prior) < 1):
        raise ValueError(
            f"`prior` must be {words} or a number in (0, 1). Got {prior!r}."
        )


def check_scheme(scheme: Any) -> None:
    """Raise a ValueError if a scheme is unknown."""
    check_choice(scheme, "scheme", SCHEMES)


def label_frequency(priors: Priors, n_positive: float, n_samples: float) -> float:
    """Return the share of the positives in the data that are labelled."""
    if priors.labeled:
        return priors.labeled / priors.population
    return n_positive / (n_positive + priors.population * (n_samples - n_positive))


def set_priors(
    estimator: Any, priors: Priors, n_positive: float, n_samples: float
) -> None:
    """Set the attributes of a fitted estimator that tell its priors."""
    estimator.prior_ = priors.population
    estimator.unlabeled_prior_ = priors.unlabeled
    estimator.label_frequency_ = label_frequency(priors, n_positive, n_samples)
