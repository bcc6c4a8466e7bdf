"""Confidence intervals of metrics from PU data."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binomtest
from sklearn.utils import check_random_state

from pusklearn.pu._checks import check_integer, check_share
from pusklearn.pu._labels import labeled_positives
from pusklearn.pu.metrics._pu_recall_score import pu_recall_score
from pusklearn.pu.metrics._values_by_label import predictions_by_label


def pu_interval(
    metric: Callable[..., Any],
    y: ArrayLike,
    y_score: ArrayLike,
    *,
    prior: float | None,
    scheme: str = "single",
    pos_label: Any = None,
    confidence: float = 0.95,
    n_resamples: int = 1000,
    random_state: int | np.random.RandomState | None = None,
) -> tuple[Any, Any]:
    """Confidence interval of a metric from PU data.

    The interval of `pu_recall_score` is exact (Clopper and Pearson). All others come
    from a bootstrap, which draws samples again in the way of the scheme. In the single
    scheme all samples are drawn together, so the number of labels varies; in the
    case-control scheme labelled positives and unlabeled samples are drawn separately.
    The quantiles of the metric over the resamples are shifted so that their mean is
    the metric itself.

    Parameters
    ----------
    metric : callable
        A function such as `pu_f1_score`, called with ``(y, y_score, prior=,
        scheme=, pos_label=)``. If it returns arrays, as `pu_calibration_curve` does,
        each element gets an interval. Options are given by `functools.partial`.
    y : array-like of shape (n,)
        Two labels: one for labelled positives, one for unlabeled samples.
    y_score : array-like of shape (n,)
        Predicted labels, scores or probabilities, as the metric takes them.
    prior : float or None
        Share of positives in the population, as the metric takes it.
    scheme : {"single", "case-control"}, default="single"
        How the samples were drawn, as the metric takes it.
    pos_label : label or None, default=None
        The label of the positives. None takes the plainly positive one, or the greater.
    confidence : float, default=0.95
        Share of such intervals that contain the true value, in (0, 1).
    n_resamples : int, default=1000
        Number of resamples, at least 2.
    random_state : int, RandomState instance or None, default=None
        Seeds the resamples.

    Returns
    -------
    low : float or ndarray
        Lower end, in the shape that the metric returns.
    high : float or ndarray
        Upper end, in the same shape.

    Raises
    ------
    TypeError
        If `metric` is not a function, or `confidence` or `n_resamples` is not a number.
    ValueError
        If `confidence` or `n_resamples` is out of its range, or if the metric raises a
        ValueError.

    Notes
    -----
    The prior is treated as known. If it is an estimate with an interval, compute
    `pu_interval` at both ends of that interval: the range from the least to the
    greatest value covers both errors.

    A resample contains some samples several times. This raises metrics that compare
    samples with each other, above all average precision from few positives; the shift
    of the quantiles corrects it. With fewer than about 30 labelled positives, bootstrap
    intervals are too narrow: in simulations with 20, intervals of the area under the
    ROC curve at a confidence of 0.95 contained the true value in 0.90 of the cases. A
    bin of `pu_calibration_curve` without any labelled positive has none in the
    resamples either: its interval has no width and says nothing.

    Examples
    --------
    Three of four labelled positives are predicted positive, which says little:

    >>> from pusklearn.metrics import pu_f1_score, pu_interval, pu_recall_score
    >>> y = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    >>> y_pred = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]
    >>> low, high = pu_interval(pu_recall_score, y, y_pred, prior=None)
    >>> round(low, 3), round(high, 3)
    (0.194, 0.994)

    From ten times as many samples the F1 score is known better:

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
    check_integer(n_resamples, "n_resamples", "[2, inf)")
    if metric is pu_recall_score:
        return _recall_interval(y, y_score, prior, scheme, pos_label, confidence)
    settings = {"prior": prior, "scheme": scheme, "pos_label": pos_label}
    value = np.asarray(metric(y, y_score, **settings))
    y, y_score = np.asarray(y), np.asarray(y_score)
    is_positive, _, _ = labeled_positives(y, pos_label)
    resamples = _resampled_rows(is_positive, prior, scheme, n_resamples, random_state)
    values = [metric(y[rows], y_score[rows], **settings) for rows in resamples]
    return _shifted_quantiles(value, np.array(values), confidence)


def _recall_interval(y, y_pred, prior, scheme, pos_label, confidence):
    """Interval of Clopper and Pearson for the recall."""
    predicted = predictions_by_label(y, y_pred, prior, scheme, pos_label).positives
    test = binomtest(int(predicted.sum()), len(predicted))
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
            least, most = _positives_range(len(positives), n_samples, prior)
            n_positives = np.clip(drawn, least, most)
        yield np.concatenate(
            [
                random_state.choice(positives, n_positives),
                random_state.choice(unlabeled, n_samples - n_positives),
            ]
        )


def _positives_range(n_positives, n_samples, prior):
    """Return the least and the greatest number of labels with which metrics work.

    Average precision needs two labels. In the single scheme the labelled share must
    stay below the prior.
    """
    most = n_samples - 1
    if prior is not None:
        most = int(prior * n_samples)
        if most / n_samples >= prior:
            most -= 1
    return min(2, n_positives), most


def _shifted_quantiles(value, values, confidence):
    """Quantiles of the values, shifted by the distance of their mean to the value."""
    tail = (1 - confidence) / 2
    with warnings.catch_warnings():
        # Bins without a sample in any resample are NaN, and stay NaN.
        warnings.simplefilter("ignore", RuntimeWarning)
        shift = value - np.nanmean(values, axis=0)
        low, high = np.nanquantile(values, [tail, 1 - tail], axis=0) + shift
    if value.ndim:
        return low, high
    return float(low), float(high)
