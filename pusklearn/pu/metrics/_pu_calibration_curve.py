"""The reliability curve from PU data."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pusklearn.pu._checks import check_choice, check_integer
from pusklearn.pu.metrics._pu_rates import precision_of_selected
from pusklearn.pu.metrics._values_by_label import ValuesByLabel, probabilities_by_label


def pu_calibration_curve(
    y: ArrayLike,
    y_prob: ArrayLike,
    *,
    prior: float | None,
    scheme: str = "single",
    pos_label: Any = None,
    n_bins: int = 5,
    strategy: str = "uniform",
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    r"""Share of positives in bins of the predicted probability, from PU data.

    In each bin the share of positives is, by Bayes' rule,

    .. math:: \pi\, P_P(\text{bin}) / M(\text{bin})

    with the prior :math:`\pi`, the share :math:`P_P` of the labelled positives that are
    in the bin, and the same share :math:`M` of the population.

    Parameters
    ----------
    y : array-like of shape (n,)
        Two labels: one for labelled positives, one for unlabeled samples.
    y_prob : array-like of shape (n,)
        Probabilities of the positive class, in [0, 1].
    prior : float or None
        Share of positives in the population, in (0, 1); in the single scheme it must
        exceed the labelled share of `y`. None says that every positive is labelled.
    scheme : {"single", "case-control"}, default="single"
        How the samples were drawn. "single": one sample was drawn from the population,
        and some of its positives are labelled. "case-control": the unlabeled samples
        were drawn from the population, and the labelled positives separately from the
        positives.
    pos_label : label or None, default=None
        The label of the positives. None takes the plainly positive one, or the greater.
    n_bins : int, default=5
        Number of bins, at least 1.
    strategy : {"uniform", "quantile"}, default="uniform"
        "uniform" takes bins of equal width, "quantile" bins that hold equal shares of
        the population.

    Returns
    -------
    prob_true : ndarray of shape (n_bins,)
        Share of positives in each bin. It is not clipped to [0, 1].
    prob_pred : ndarray of shape (n_bins,)
        Mean probability in each bin, over the population.

    Raises
    ------
    ValueError
        If `y` does not hold two labels, the lengths differ, a probability is outside
        [0, 1], `n_bins` is less than 1, `strategy` is unknown, or the prior is
        impossible.
    TypeError
        If `n_bins` is not an integer.

    See Also
    --------
    sklearn.calibration.calibration_curve : Computes the curve from true labels.
    pu_interval : Takes this function as its metric and gives a band around the curve.

    Notes
    -----
    Bins without a sample of the population are NaN, so that each bin keeps its
    position; scikit-learn leaves such bins out.

    Examples
    --------
    Of ten samples with a probability of 0.8, four are labelled; six samples have a
    probability of 0. At a prior of 0.5 there are eight positives, all among the ten:
    the model is calibrated.

    >>> from pusklearn.metrics import pu_calibration_curve
    >>> y = [1] * 4 + [0] * 6 + [0] * 6
    >>> y_prob = [0.8] * 10 + [0.0] * 6
    >>> prob_true, prob_pred = pu_calibration_curve(y, y_prob, prior=0.5, n_bins=2)
    >>> prob_true
    array([0. , 0.8])
    >>> prob_pred
    array([0. , 0.8])
    """
    check_integer(n_bins, "n_bins")
    check_choice(strategy, "strategy", ("uniform", "quantile"))
    samples = probabilities_by_label(y, y_prob, prior, scheme, pos_label)
    population = samples.population()
    edges = bin_edges(population, n_bins, strategy)
    in_bins = ValuesByLabel(
        is_in_bins(samples.positives, edges),
        is_in_bins(samples.unlabeled, edges),
        samples.priors,
    )
    prob_pred = bin_means(population, is_in_bins(population, edges))
    return precision_of_selected(in_bins, empty=np.nan), prob_pred


def bin_edges(
    population: NDArray[Any], n_bins: int, strategy: str
) -> NDArray[np.float64]:
    """Return the edges between the bins."""
    steps = np.linspace(0, 1, n_bins + 1)[1:-1]
    return steps if strategy == "uniform" else np.quantile(population, steps)


def is_in_bins(probabilities: NDArray[Any], edges: NDArray[Any]) -> NDArray[np.bool_]:
    """Return a row for each bin: which samples it holds. A bin holds its upper edge."""
    bins = np.searchsorted(edges, probabilities, side="left")
    return bins == np.arange(len(edges) + 1)[:, np.newaxis]


def bin_means(values: NDArray[Any], members: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Mean of the values in each bin; NaN if it holds none."""
    counts = members.sum(axis=1)
    means = np.full(len(members), np.nan)
    return np.divide(members @ values, counts, out=means, where=counts > 0)
