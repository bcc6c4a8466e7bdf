"""The reliability curve from PU data."""

from numbers import Integral

import numpy as np
from sklearn.utils import check_scalar

from pusklearn.pu.metrics._pu_rates import precision_of_selected
from pusklearn.pu.metrics._values_by_label import ValuesByLabel, probabilities_by_label


def pu_calibration_curve(
    y,
    y_prob,
    *,
    prior,
    scheme="single",
    pos_label=None,
    n_bins=5,
    strategy="uniform",
):
    r"""Share of positives over predicted probability, from PU data.

    In each bin of the probability the share of positives is, by Bayes' rule,

    .. math:: \pi\, P_P(\text{bin}) / M(\text{bin})

    with :math:`P_P` the share of the labelled positives in the bin and :math:`M` that
    of the population.

    Parameters
    ----------
    y : array-like of shape (n,)
        Two labels: the labelled positives' and that of the unlabeled.
    y_prob : array-like of shape (n,)
        Probabilities of the positive class, in [0, 1].
    prior : float or None
        Share of positives in the population, in (0, 1); in the single scheme it must
        exceed the labelled share of `y`. None: every positive is labelled.
    scheme : {"single", "case-control"}, default="single"
        "single": one sample of the population, some of whose positives are
        labelled. "case-control": the unlabeled samples are a sample of the
        population, and the positives were drawn apart.
    pos_label : label or None, default=None
        The label of the positives; None is the greater of the two.
    n_bins : int, default=5
        Number of bins, at least 1.
    strategy : {"uniform", "quantile"}, default="uniform"
        Bins of equal width, or of equal shares of the population.

    Returns
    -------
    prob_true : ndarray of shape (n_bins,)
        Share of positives in each bin. It is not clipped to [0, 1].
    prob_pred : ndarray of shape (n_bins,)
        Mean probability in each bin, over the population.

    Raises
    ------
    ValueError
        Where `y` does not hold two labels, lengths differ, a probability is outside
        [0, 1], `strategy` is unknown, or the prior cannot be.

    See Also
    --------
    sklearn.calibration.calibration_curve : The same from true labels.
    pu_interval : Takes this function too, for a band around the curve.

    Notes
    -----
    Bins without a sample of the population hold NaN, so that each bin keeps its
    place; scikit-learn leaves them out.

    Examples
    --------
    Four samples in ten at a probability of 0.8 are labelled, and all labels are
    there. At a prior of 0.5, twice as many are positives: the model is calibrated.

    >>> from pusklearn.metrics import pu_calibration_curve
    >>> y = [1] * 4 + [0] * 6 + [0] * 6
    >>> y_prob = [0.8] * 10 + [0.0] * 6
    >>> prob_true, prob_pred = pu_calibration_curve(y, y_prob, prior=0.5, n_bins=2)
    >>> prob_true
    array([0. , 0.8])
    >>> prob_pred
    array([0. , 0.8])
    """
    check_scalar(n_bins, "n_bins", Integral, min_val=1)
    samples = probabilities_by_label(y, y_prob, prior, scheme, pos_label)
    population = samples.population()
    edges = _bin_edges(population, n_bins, strategy)
    in_bins = ValuesByLabel(
        _members(samples.positives, edges),
        _members(samples.unlabeled, edges),
        samples.priors,
    )
    members = _members(population, edges)
    return precision_of_selected(in_bins, empty=np.nan), _bin_means(population, members)


def _bin_edges(population, n_bins, strategy):
    """Return the inner edges."""
    steps = np.linspace(0, 1, n_bins + 1)[1:-1]
    if strategy == "uniform":
        return steps
    if strategy == "quantile":
        return np.quantile(population, steps)
    raise ValueError(
        f"`strategy` must be 'uniform' or 'quantile'. Got {strategy!r} instead."
    )


def _members(probabilities, edges):
    """Return one row per bin that says who is in it; a bin holds its upper edge."""
    bins = np.searchsorted(edges, probabilities, side="left")
    return bins == np.arange(len(edges) + 1)[:, np.newaxis]


def _bin_means(values, members):
    counts = members.sum(axis=1)
    means = np.full(len(members), np.nan)
    return np.divide(members @ values, counts, out=means, where=counts > 0)
