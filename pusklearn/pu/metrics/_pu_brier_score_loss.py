"""The Brier score from PU data."""

import numpy as np

from pusklearn.pu.metrics._values_by_label import probabilities_by_label


def pu_brier_score_loss(y, y_prob, *, prior, scheme="single", pos_label=None):
    r"""Mean squared error of the probabilities, from PU data.

    .. math:: M[p^2] - 2 \pi\, E_P[p] + \pi

    with :math:`M` the mean over the population. It is a proper score: in the mean no
    probabilities do better than the true ones, though no negative is known.

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

    Returns
    -------
    float
        The Brier score; smaller is better. Noise may take it below 0.

    Raises
    ------
    ValueError
        Where `y` does not hold two labels, lengths differ, a probability is outside
        [0, 1], or the prior cannot be.

    Examples
    --------
    Probabilities of being labelled are too small for the population:

    >>> from pusklearn.metrics import pu_brier_score_loss
    >>> y = [1, 1, 0, 0, 0, 0, 0, 0]
    >>> round(pu_brier_score_loss(y, [0.5] * 4 + [0.0] * 4, prior=0.5), 3)
    0.125
    >>> round(pu_brier_score_loss(y, [1.0] * 4 + [0.0] * 4, prior=0.5), 3)
    0.0
    """
    samples = probabilities_by_label(y, y_prob, prior, scheme, pos_label)
    prior = samples.priors.population
    return (
        samples.population_mean(np.square) - 2 * prior * samples.positive_mean() + prior
    )
