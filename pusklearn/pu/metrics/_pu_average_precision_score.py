"""Average precision from PU data."""

import numpy as np

from pusklearn.pu.metrics._values_by_label import scores_by_label


def pu_average_precision_score(y, y_score, *, prior, scheme="single", pos_label=None):
    r"""Average precision, from PU data.

    .. math:: \text{mean}_{s \in P}\; \pi\, r(s) / q(s)

    with :math:`r(s)` the share of the positives and :math:`q(s)` that of the
    population that score at least :math:`s`: the area under the step curve of
    precision over recall.

    Parameters
    ----------
    y : array-like of shape (n,)
        Two labels: the labelled positives' and that of the unlabeled. At least two
        samples must be labelled positives.
    y_score : array-like of shape (n,)
        Scores, finite; greater means more likely positive.
    prior : float or None
        Share of positives in the population, in (0, 1); in the single scheme it must
        exceed the labelled share of `y`. None: every positive is labelled.
    scheme : {"single", "case-control"}, default="single"
        "single": one sample of the population, some of whose positives are
        labelled. "case-control": the unlabeled samples are a sample of the
        population, and the positives were drawn apart.
    pos_label : label or None, default=None
        The label of the positives; None is the greater of the two.

    Returns
    -------
    float
        The average precision. It is not clipped to [0, 1].

    Raises
    ------
    ValueError
        Where `y` does not hold two labels or only one positive, lengths differ, a
        score is not finite, or the prior cannot be.

    Notes
    -----
    A labelled positive counts itself among those that score at least as high. Put
    into :math:`r(s)`, that one sample would raise the precision at the top, where
    few are found. So it is left out of :math:`r(s)` and counted apart:

    - single: :math:`(1 + (N - 1)\, r') / k`, with :math:`r'` the share of the other
      labelled positives, :math:`N = \pi n` the positives among all :math:`n` samples
      and :math:`k` the samples that score at least :math:`s`. Over random labels the
      mean is that of `sklearn.metrics.average_precision_score` on true labels.
    - case-control: the labelled positive, and a second one that stands for the
      others, take the places of two positives among the unlabeled, of whom :math:`k`
      score at least :math:`s`: :math:`1 / (1 + k') + (N - 1)\, r' / (2 + k' - r')`
      with :math:`k' = \max(k - r', 0)` and :math:`N = \pi n_U`.

    Examples
    --------
    >>> from pusklearn.metrics import pu_average_precision_score
    >>> y = [1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    >>> y_score = [9, 7, 4, 8, 6, 5, 3, 2, 1, 0]
    >>> round(pu_average_precision_score(y, y_score, prior=0.5), 3)
    0.944

    Where the unlabeled samples that score 8 and 6 are the other two positives, the
    average precision is 0.967; with both as negatives it is 0.722.
    """
    samples = scores_by_label(y, y_score, prior, scheme, pos_label)
    if len(samples.positives) < 2:
        raise ValueError(
            "Average precision needs at least 2 labelled positives. Got 1."
        )
    precision = _precision_at_positives(
        samples.positives, samples.unlabeled, samples.priors
    )
    return float(precision.mean())


def _precision_at_positives(positives, unlabeled, priors):
    """Estimate the precision at the score of each labelled positive."""
    n_others = len(positives) - 1
    others = _count_at_least(positives, positives) - 1
    found = _count_at_least(unlabeled, positives)
    share = others / n_others
    if priors.labeled:
        n_positives = priors.population * (len(positives) + len(unlabeled))
        return (1 + (n_positives - 1) * share) / (1 + others + found)
    n_others = max(priors.population * len(unlabeled) - 1, 0)
    found = np.maximum(found - share, 0)
    return 1 / (1 + found) + n_others * share / (2 + found - share)


def _count_at_least(scores, thresholds):
    """Count the scores that reach each threshold."""
    return len(scores) - np.searchsorted(np.sort(scores), thresholds, side="left")
