"""Functions for the display of whether probabilities are right."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta
from sklearn.utils import check_array, check_consistent_length, column_or_1d

from pusklearn.pu._checks import check_choice, check_integer, check_share
from pusklearn.pu._labels import true_labels
from pusklearn.pu.metrics._pu_calibration_curve import is_in_bins
from pusklearn.pu.metrics._pu_rates import precision_of_selected
from pusklearn.pu.metrics._values_by_label import ValuesByLabel, probabilities_by_label


def check_settings(
    n_bins: int, strategy: str, threshold: float, confidence: float
) -> None:
    """Raise an error if a parameter is out of its range."""
    check_integer(n_bins, "n_bins")
    check_choice(strategy, "strategy", ("uniform", "quantile"))
    check_share(threshold, "threshold")
    check_share(confidence, "confidence")


def check_truth(y_true: ArrayLike, pos_label: Any) -> NDArray[np.bool_]:
    """Tell which samples are positives; unlike PU labels, they may all be of a kind."""
    y_true = column_or_1d(y_true)
    if pos_label is None and np.isin(y_true, (0, 1)).all():
        return np.asarray(y_true == 1)
    return np.asarray(true_labels(y_true, pos_label) == 1)


def check_probabilities(y_prob: Any, y_true: Any) -> NDArray[np.float64]:
    """Return probabilities, or raise a ValueError if some are none."""
    shape = np.shape(y_prob)
    if len(shape) > 1 and shape != (shape[0], 1):
        raise ValueError(
            f"`y_prob` must have shape (n,). Got {shape}. If this is the result of "
            "predict_proba, pass the column of the positive class alone."
        )
    y_prob = column_or_1d(
        check_array(
            y_prob,
            dtype=float,
            ensure_2d=False,
            ensure_min_samples=0,
            input_name="y_prob",
        )
    )
    outside = y_prob[(y_prob < 0) | (y_prob > 1)]
    if len(outside):
        raise ValueError(
            f"`y_prob` must hold probabilities in [0, 1]. Got {outside[0]:g}. "
            "scipy.special.expit makes probabilities of log-odds."
        )
    check_consistent_length(y_true, y_prob)
    if not len(y_prob):
        raise ValueError("At least 1 probability is needed. Got 0.")
    return y_prob


def share_intervals(
    n_positive: NDArray[Any], counts: NDArray[Any], confidence: float
) -> NDArray[np.float64]:
    """Return intervals of Clopper and Pearson of shares, NaN if the count is 0.

    Parameters
    ----------
    n_positive : ndarray of int of shape (n,)
        Numbers of positives.
    counts : ndarray of int of shape (n,)
        Numbers of samples.
    confidence : float
        Share of such intervals that contain the true share.

    Returns
    -------
    ndarray of shape (n, 2)
        Lower and upper ends.
    """
    tail = (1 - confidence) / 2
    n_negative = counts - n_positive
    low = beta.ppf(tail, n_positive, n_negative + 1)
    high = beta.ppf(1 - tail, n_positive + 1, n_negative)
    # The distributions at the very ends do not exist.
    ends = np.column_stack(
        [np.where(n_positive == 0, 0.0, low), np.where(n_negative == 0, 1.0, high)]
    )
    return np.where(counts[:, np.newaxis] > 0, ends, np.nan)


def mean_above(values: NDArray[Any], y_prob: NDArray[Any], threshold: float) -> float:
    """Return the mean of the values of samples above a threshold, NaN without any."""
    above = y_prob > threshold
    return float(np.mean(values[above])) if above.any() else np.nan


def closed_edges(inner: NDArray[Any]) -> NDArray[np.float64]:
    """Return the edges of bins from 0 to 1, from those between them."""
    return np.concatenate([[0.0], inner, [1.0]])


def pu_shares_in_bins(
    y: ArrayLike, y_prob: ArrayLike, edges: NDArray[Any], **settings: Any
) -> NDArray[np.float64]:
    """Return the share of positives between each two edges, from PU labels.

    The edges at 0 and 1 are left out, so that no edge leaves one bin. The settings are
    those of `probabilities_by_label`.
    """
    samples = probabilities_by_label(y, y_prob, **settings)
    in_bins = ValuesByLabel(
        is_in_bins(samples.positives, edges),
        is_in_bins(samples.unlabeled, edges),
        samples.priors,
    )
    return precision_of_selected(in_bins, empty=np.nan)


def pu_precision_above(samples: ValuesByLabel, threshold: float) -> float:
    """Return the share of positives above a threshold, NaN without any sample there."""
    positives, unlabeled, priors = samples
    above = ValuesByLabel(positives > threshold, unlabeled > threshold, priors)
    return float(precision_of_selected(above, empty=np.nan))
