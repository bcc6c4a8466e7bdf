"""Confidence intervals of metrics from PU data."""

import warnings
from numbers import Integral

import numpy as np
from scipy.stats import binomtest
from sklearn.utils import check_random_state, check_scalar

from pusklearn.pu._checks import check_share
from pusklearn.pu._labels import labeled_positives
from pusklearn.pu.metrics._pu_recall_score import pu_recall_score
from pusklearn.pu.metrics._values_by_label import predictions_by_label


def pu_interval(
    metric,
    y,
    y_score,
    *,
    prior,
    scheme="single",
    pos_label=None,
    confidence=0.95,
    n_resamples=1000,
    random_state=None,
):
    """Confidence interval of a metric from PU data.

    That of `pu_recall_score` is exact (Clopper and Pearson). All others are by
    bootstrap, with samples drawn again as they were drawn first: in the single
    scheme from all, so that the number of labels varies, in the case-control scheme
    from the labelled positives and from the unlabeled apart. The quantiles of the
    metric over the resamples are moved so that their mean falls on the metric itself.

    Parameters
    ----------
    metric : callable
        A function such as `pu_f1_score`, called with ``(y, y_score, prior=,
        scheme=, pos_label=)``. One that returns arrays, such as
        `pu_calibration_curve`, gets an interval for each element.
    y : array-like of shape (n,)
        Two labels: the labelled positives' and that of the unlabeled.
    y_score : array-like of shape (n,)
        What the metric takes: predicted labels, scores or probabilities.
    prior : float or None
        Share of positives in the population, as the metric takes it.
    scheme : {"single", "case-control"}, default="single"
        How the samples were drawn, as the metric takes it.
    pos_label : label or None, default=None
        The label of the positives; None is the greater of the two.
    confidence : float, default=0.95
        Share of such intervals that hold the true value, in (0, 1).
    n_resamples : int, default=1000
        Number of resamples, at least 2.
    random_state : int, RandomState instance or None, default=None
        Of the resamples.

    Returns
    -------
    low : float or ndarray
        Lower end, of the shape of what the metric returns.
    high : float or ndarray
        Upper end.

    Raises
    ------
    TypeError
        Where `metric` is not a function.
    ValueError
        Where `confidence` or `n_resamples` is out of its range, and where the metric
        raises one.

    Notes
    -----
    The prior counts as known. Where it is an estimate with an interval of its own,
    the hull of the intervals at both its ends covers both errors.

    A resample holds some samples several times, which raises metrics that compare
    samples with each other, above all average precision of few positives. Moving the
    quantiles takes that out. With fewer than some 30 labelled positives, intervals by
    bootstrap are too narrow: in simulations with 20, those of the area under the ROC
    curve at a confidence of 0.95 held the true value in 0.90 of the cases. A bin of
    `pu_calibration_curve` without any labelled positive has none in the resamples
    either: its interval has no width and says nothing.

    Examples
    --------
    Three of four labelled positives are found, which says little:

    >>> from pusklearn.metrics import pu_f1_score, pu_interval, pu_recall_score
    >>> y = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    >>> y_pred = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]
    >>> low, high = pu_interval(pu_recall_score, y, y_pred, prior=None)
    >>> round(low, 3), round(high, 3)
    (0.194, 0.994)

    Of ten times as many samples the F1 score is known better:

    >>> low, high = pu_interval(
    ...     pu_f1_score, y * 10, y_pred * 10, prior=0.6, random_state=0
    ... )
    >>> round(low, 2), round(high, 2)
    (0.69, 0.94)
    """
    if not callable(metric):
        raise TypeError(
            "`metric` must be a function such as pusklearn.metrics.pu_f1_score. "
            f"Got {metric!r}."
        )
    check_share(confidence, "confidence")
    check_scalar(n_resamples, "n_resamples", Integral, min_val=2)
    if metric is pu_recall_score:
        return _exact(y, y_score, prior, scheme, pos_label, confidence)
    settings = {"prior": prior, "scheme": scheme, "pos_label": pos_label}
    value = np.asarray(metric(y, y_score, **settings))
    y, y_score = np.asarray(y), np.asarray(y_score)
    is_positive, _, _ = labeled_positives(y, pos_label)
    resamples = _resampled_rows(is_positive, prior, scheme, n_resamples, random_state)
    values = [metric(y[rows], y_score[rows], **settings) for rows in resamples]
    return _moved_quantiles(value, np.array(values), confidence)


def _exact(y, y_pred, prior, scheme, pos_label, confidence):
    """Interval of Clopper and Pearson for the share of positives found."""
    found = predictions_by_label(y, y_pred, prior, scheme, pos_label, needs_prior=False)
    test = binomtest(int(found.positives.sum()), len(found.positives))
    low, high = test.proportion_ci(confidence_level=confidence, method="exact")
    return float(low), float(high)


def _resampled_rows(is_positive, prior, scheme, n_resamples, random_state):
    """Yield the rows of each resample."""
    random_state = check_random_state(random_state)
    positives, unlabeled = np.flatnonzero(is_positive), np.flatnonzero(~is_positive)
    n_samples, n_positives = len(is_positive), len(positives)
    for _ in range(n_resamples):
        if scheme == "single":
            drawn = random_state.binomial(n_samples, len(positives) / n_samples)
            n_positives = np.clip(drawn, *_limits(len(positives), n_samples, prior))
        yield np.concatenate(
            [
                random_state.choice(positives, n_positives),
                random_state.choice(unlabeled, n_samples - n_positives),
            ]
        )


def _limits(n_positives, n_samples, prior):
    """Return the numbers of labels between which metrics are defined."""
    most = n_samples - 1
    if prior is not None:
        most = int(prior * n_samples)
        most -= most / n_samples >= prior
    return min(2, n_positives), most


def _moved_quantiles(value, values, confidence):
    """Quantiles of the values, moved by the distance of their mean to the value."""
    tail = (1 - confidence) / 2
    with warnings.catch_warnings():
        # Bins without a sample in any resample are NaN, and stay so.
        warnings.simplefilter("ignore", RuntimeWarning)
        move = value - np.nanmean(values, axis=0)
        low, high = np.nanquantile(values, [tail, 1 - tail], axis=0) + move
    if value.ndim:
        return low, high
    return float(low), float(high)
