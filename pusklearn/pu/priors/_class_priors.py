"""The priors of a data set, from its labels and the user's word."""

from numbers import Real

import numpy as np

from pusklearn.pu.priors._priors import Priors

SCHEMES = ("single", "case-control")


def class_priors(
    n_positive, n_samples, prior, scheme, *, or_estimate=False, classes=None, label=None
):
    """Return the `Priors` that a criterion is called with.

    Parameters
    ----------
    n_positive, n_samples : int
        Labelled positives, and all samples.
    prior : float or None
        Share of positives in the population; None for the labelled share.
    scheme : {"single", "case-control"}
        How the samples were drawn.
    or_estimate : bool, default=False
        Whether the user may say "estimate" instead, which is for the message only.
    classes : ndarray of shape (2,) or None, default=None
        The two labels, for the message too; None does not name them.
    label : label or None, default=None
        The one of the positives.

    Returns
    -------
    Priors

    Raises
    ------
    ValueError
        Where the prior is not in (0, 1), or, in the single scheme, not above the
        labelled share.
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
            f"with a labelled share of {labeled:.10g} ({n_positive} of {n_samples}). "
            "Where every positive is labelled, leave it None."
            + name_labels(classes, label)
        )
    return Priors(float(prior), labeled)


def asked_priors(classifier, n_positive, n_samples, *, or_estimate=False):
    """Return the `Priors` that the parameters of a classifier come to.

    Its labels, ``classes_`` and ``pos_label_``, must be known. See `class_priors`.
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
    """Say which labels there are, where one of text may be taken for the other."""
    if classes is None or isinstance(label, Real | np.bool_):
        return ""
    return (
        f" Of the labels {classes.tolist()}, that of the positives is {str(label)!r}; "
        "`pos_label` can name the other."
    )


def priors_of_unlabeled(share, n_positive, n_samples, scheme):
    """Return the `Priors` that a share of positives among the unlabeled comes to.

    Parameters
    ----------
    share : float
        Share of positives among the unlabeled samples.
    n_positive, n_samples : int
        Labelled positives, and all samples.
    scheme : {"single", "case-control"}
        How the samples were drawn.

    Returns
    -------
    Priors
    """
    if scheme == "case-control":
        return Priors(share)
    labeled = n_positive / n_samples
    return Priors(labeled + (1 - labeled) * share, labeled)


def estimated_priors(share, interval, n_positive, n_samples, scheme):
    """Return the `Priors` of an estimated share, and the population's interval.

    Parameters
    ----------
    share : float
        Estimated share of positives among the unlabeled samples, in [0, 1].
    interval : tuple of float
        Its lower and upper end.
    n_positive, n_samples : int
        Labelled positives, and all samples.
    scheme : {"single", "case-control"}
        How the samples were drawn.

    Returns
    -------
    priors : Priors
        Of a share that leaves either class half a sample, as none takes 0 or 1.
    interval : tuple of float
        Lower and upper end of the share in the population.
    """
    least = 0.5 / (n_samples - n_positive)
    share = min(max(float(share), least), 1 - least)
    ends = min(share, *interval), max(share, *interval)
    low, high = (priors_of_unlabeled(e, n_positive, n_samples, scheme) for e in ends)
    priors = priors_of_unlabeled(share, n_positive, n_samples, scheme)
    return priors, (float(low.population), float(high.population))


def check_prior(prior, words="None"):
    """Raise a ValueError for other than None or a share."""
    if prior is not None and not (isinstance(prior, Real) and 0 < prior < 1):
        raise ValueError(
            f"`prior` must be {words} or a number in (0, 1). Got {prior!r}."
        )


def check_scheme(scheme):
    """Raise a ValueError for an unknown scheme."""
    if scheme not in SCHEMES:
        raise ValueError(f"`scheme` must be one of {SCHEMES}. Got {scheme!r}.")


def label_frequency(priors, n_positive, n_samples):
    """Share of the positives in the data that are labelled."""
    if priors.labeled:
        return priors.labeled / priors.population
    return n_positive / (n_positive + priors.population * (n_samples - n_positive))


def set_priors(estimator, priors, n_positive, n_samples):
    """Set the attributes by which a fitted estimator tells its priors."""
    estimator.prior_ = priors.population
    estimator.unlabeled_prior_ = priors.unlabeled
    estimator.label_frequency_ = label_frequency(priors, n_positive, n_samples)
