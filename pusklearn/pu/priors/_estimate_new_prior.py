"""The share of positives in new data, from the probabilities of a fitted classifier."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2, t
from sklearn.utils import check_consistent_length

from pusklearn.pu._checks import check_share
from pusklearn.pu._labels import labeled_positives
from pusklearn.pu.priors._class_priors import check_scheme, class_priors
from pusklearn.pu.priors._priors import Priors, PriorsWithNegatives
from pusklearn.pu.priors._shift_probabilities import positive_column

Estimate = tuple[float, tuple[float, float]]


def estimate_new_prior(
    probabilities: ArrayLike,
    prior: float | None,
    *,
    held_out: tuple[ArrayLike, ArrayLike] | None = None,
    scheme: str = "single",
    pos_label: Any = None,
    confidence: float = 0.9,
) -> Estimate:
    r"""Estimate the share of positives in new data from predicted probabilities.

    The classifier may be any, learnt from PU labels or from true ones, where the share
    of positives was `prior`. The new data come from a population with another share of
    positives. The positives must look as before, and so must the negatives: only their
    numbers may differ (*label shift*).

    There are two estimates.

    - Without `held_out`, the share is the one that makes the probabilities most likely
      (*maximum likelihood*). It is right only if they were calibrated where the
      classifier has learnt. Probabilities of PU learning often are not; those of a
      `PUCalibratedClassifier` are nearly so.
    - With `held_out`, the mean of the new probabilities is compared with that of the
      labelled positives and that of the population that the classifier has learnt from
      (*black-box shift estimation*). Nothing need be calibrated, and the interval
      includes the uncertainty that few labels bring.

    Parameters
    ----------
    probabilities : array-like of shape (n,) or (n, 2)
        Probabilities of the positives for samples of the new data, or those of both
        classes as ``predict_proba`` gives them, the positives second.
    prior : float or None
        Share of positives in the population that the classifier has learnt from, in
        (0, 1): ``prior_`` of a PU classifier, the mean of true labels 0 and 1. None
        says that the held-out labels are true labels, and takes their share.
    held_out : tuple of two array-like or None, default=None
        Labels of shape (m,), and probabilities of shape (m,) or (m, 2), of samples that
        the classifier has not learnt from, drawn as those that it has learnt from.
        Those that ``cross_val_predict(..., method="predict_proba")`` gives will do. The
        labels are PU labels, or true labels if `prior` is the mean of the labels.
    scheme : {"single", "case-control"}, default="single"
        How the held-out samples were drawn. "single": one sample was drawn from the
        population, and some of its positives are labelled. "case-control": the
        unlabeled samples were drawn from the population, and the labelled positives
        separately from the positives.
    pos_label : label or None, default=None
        The label of the held-out positives. None takes the plainly positive one, or the
        greater.
    confidence : float, default=0.9
        Confidence of the interval, in (0, 1).

    Returns
    -------
    share : float
        Share of positives in the population of the new data, in [0, 1].
    interval : tuple of float
        Lower and upper end of its confidence interval. It allows for the number of
        samples alone. It does not allow for probabilities that are not calibrated (for
        these, give `held_out`), for a wrong `prior`, or for positives or negatives that
        look otherwise than before.

    Raises
    ------
    TypeError
        If `confidence` is not a number, or `prior` is not one without `held_out`.
    ValueError
        If a number is out of its range, probabilities have another shape, are outside
        [0, 1] or do not sum up to 1, the held-out labels are not two, a label has one
        held-out sample alone, the prior is not above the labelled share in the single
        scheme, or the held-out positives have no higher probabilities than the
        population.

    See Also
    --------
    shift_probabilities : Corrects the probabilities for the new share.
    estimate_prior : Finds the share where the classifier learns.

    Notes
    -----
    With the prior :math:`\pi`, the share :math:`\theta` in the new data and the
    probabilities :math:`p_i`, the log-likelihood is

    .. math:: L(\theta) = \sum_i \log\left(\frac{\theta}{\pi}\, p_i +
        \frac{1 - \theta}{1 - \pi}\, (1 - p_i)\right).

    It is concave. Saerens et al. find its greatest value by expectation maximisation;
    here its slope is bisected, which gives the same share. The interval holds every
    share whose :math:`2 L` is less than the greatest by a quantile of the chi-squared
    distribution with one degree of freedom at most.

    With `held_out`, let :math:`m_P`, :math:`m_X` and :math:`m'` be the mean
    probabilities of the labelled positives, of the population and of the new data. The
    mean is linear in the share, so

    .. math:: \theta = \pi + (1 - \pi)\, \frac{m' - m_X}{m_P - m_X}.

    If the held-out labels are true, this is :math:`(m' - m_N) / (m_P - m_N)`, with the
    mean :math:`m_N` of the negatives: the estimate of Lipton et al., with the
    probability in the place of the predicted class. In the single scheme
    :math:`m_X = h\, m_P + (1 - h)\, m_U`, with the labelled share :math:`h` and the
    mean :math:`m_U` of the unlabeled samples. The interval is that of Fieller: it holds
    every :math:`\theta` for which :math:`m' - m_X - (\theta - \pi)(m_P - m_X) / (1 -
    \pi)` differs from 0 by no more than a quantile of Student's t times its standard
    error. The variance of the new probabilities in there is the one that they have if
    :math:`\theta` is their share, as in the interval of Wilson for a proportion. The
    degrees of freedom are those of the labelled positives, or of the unlabeled samples
    if these are fewer.

    References
    ----------
    Saerens, Latinne and Decaestecker, "Adjusting the outputs of a classifier to new a
    priori probabilities: a simple procedure", Neural Computation 14 (2002). Lipton,
    Wang and Smola, "Detecting and correcting for label shift with black box
    predictors", ICML 2018. Fieller, "Some problems in interval estimation", Journal of
    the Royal Statistical Society B 16 (1954).

    Examples
    --------
    A classifier learns where half of the samples are positives. Of the new data, a
    tenth are:

    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from pusklearn import estimate_new_prior, shift_probabilities
    >>> rng = np.random.default_rng(0)
    >>> y = rng.integers(2, size=2000)
    >>> y_new = (rng.random(2000) < 0.1).astype(int)
    >>> X, X_new = (rng.normal(2 * labels)[:, np.newaxis] for labels in (y, y_new))
    >>> classifier = LogisticRegression().fit(X, y)
    >>> probabilities = classifier.predict_proba(X_new)
    >>> share, (low, high) = estimate_new_prior(probabilities, y.mean())
    >>> round(share, 2), round(low, 2), round(high, 2), round(float(y_new.mean()), 2)
    (0.12, 0.1, 0.13, 0.11)

    The corrected probabilities give the classes of the new data:

    >>> shifted = shift_probabilities(probabilities, y.mean(), share)
    >>> for values in probabilities, shifted:
    ...     print(round(float(np.mean(values.argmax(axis=1) == y_new)), 2))
    0.84
    0.93
    """
    check_scheme(scheme)
    check_share(confidence, "confidence")
    new, _ = positive_column(probabilities, "probabilities")
    if held_out is None:
        return most_likely_share(new, check_share(prior, "prior"), confidence)
    labels, values = check_held_out(held_out)
    known, _ = positive_column(values, "held_out[1]")
    is_positive, _, _ = labeled_positives(labels, pos_label)
    check_consistent_length(is_positive, known)
    samples = new, known[is_positive], known[~is_positive]
    priors = class_priors(len(samples[1]), len(known), prior, scheme)
    return black_box_share(*samples, priors, confidence)


def check_held_out(held_out: Any) -> tuple[ArrayLike, ArrayLike]:
    """Return held-out labels and probabilities; raise a ValueError in another order."""
    if not isinstance(held_out, tuple | list) or len(held_out) != 2:
        raise ValueError(
            "`held_out` must be two arrays, (labels, probabilities). Got "
            f"{held_out!r:.60}."
        )
    first = np.asarray(held_out[0])
    if first.dtype.kind == "f" and (first % 1 != 0).any():
        raise ValueError(
            "`held_out` must be two arrays, (labels, probabilities) in this order. Got "
            f"{first[first % 1 != 0][0]:.3g} among the labels."
        )
    return held_out[0], held_out[1]


def most_likely_share(p: NDArray[Any], prior: float, confidence: float) -> Estimate:
    """Return the share that makes calibrated probabilities most likely."""
    positive, negative = p / prior, (1 - p) / (1 - prior)

    def likelihood(share):
        with np.errstate(divide="ignore"):
            return float(np.log(share * positive + (1 - share) * negative).sum())

    def slope(share):
        total = share * positive + (1 - share) * negative
        return float(((positive - negative) / total).sum())

    # If the probabilities are all the same, they tell of no other share.
    share = bisect(slope, 0.0, 1.0) if slope(prior) else float(prior)
    least = likelihood(share) - chi2.ppf(confidence, 1) / 2
    low = bisect(lambda value: least - likelihood(value), 0.0, share)
    high = bisect(lambda value: likelihood(value) - least, share, 1.0)
    return share, (low, high)


def bisect(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function turns from positive to not positive, or else an end."""
    ends = low, high
    for _ in range(55):
        middle = (low + high) / 2
        if function(middle) > 0:
            low = middle
        else:
            high = middle
    # An end that was never left is exact.
    return next((end for end in ends if abs(middle - end) < 1e-15), middle)


def black_box_share(
    new: NDArray[Any],
    positive: NDArray[Any],
    unlabeled: NDArray[Any],
    priors: Priors | PriorsWithNegatives,
    confidence: float,
) -> Estimate:
    """Return the share that explains the mean of the new values, and its interval."""
    least = min(len(positive), len(unlabeled))
    if least < 2:
        raise ValueError(
            "With `held_out`, at least 2 labelled positives and 2 unlabeled samples "
            f"are needed. Got {len(positive)} and {len(unlabeled)}."
        )
    h, prior = priors.labeled, priors.population
    population = h * positive.mean() + (1 - h) * unlabeled.mean()
    excess, gap = new.mean() - population, positive.mean() - population
    if not gap > 0:
        raise ValueError(
            "The held-out positives must have higher probabilities than the population"
            f" on average. Got {positive.mean():.4g} and {population:.4g}: there are "
            f"too few of them ({len(positive)}), or the classifier does not find "
            "positives."
        )
    # The share is counted as k, which is 0 at the old share and 1 if all are positives.
    # `excess - k * gap` is the mean of the new values, less k times that of the
    # positives, and 1 - k times that of the population, which holds the positives if
    # h is not 0.
    square = np.mean(positive**2)
    square_of_all = h * square + (1 - h) * np.mean(unlabeled**2)
    variance = square_of_all - population**2
    v_all = variance / (len(unlabeled) + (len(positive) if h else 0))
    v_positive = positive.var(ddof=1) / len(positive)
    # The variance of a new value at the share k follows from moments of the known ones.
    n, tilt = len(new), (square - square_of_all) / 2 - population * gap
    factor = t.ppf((1 + confidence) / 2, least - 1) ** 2
    k_low, k_high = lowest_part(
        gap**2 - factor * (v_all + (1 - 2 * h) * v_positive - gap**2 / n),
        -excess * gap - factor * (h * v_positive - v_all + tilt / n),
        excess**2 - factor * (v_all + variance / n),
    )
    share, low, high = (
        float(np.clip(prior + (1 - prior) * k, 0, 1))
        for k in (excess / gap, k_low, k_high)
    )
    return share, (low, high)


def lowest_part(a: float, b: float, c: float) -> tuple[float, float]:
    """Return where ``a k² + 2 b k + c`` is not positive, if this is one interval.

    If `a` is not positive, the gap between positives and population may be 0, and the
    samples tell nothing of the share.
    """
    if a <= 0:
        return -np.inf, np.inf
    root = np.sqrt(max(b * b - a * c, 0.0))
    return (-b - root) / a, (-b + root) / a
