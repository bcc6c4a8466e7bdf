"""Log loss from PU data."""

import numpy as np

from pusklearn.pu.metrics._values_by_label import probabilities_by_label


def pu_log_loss(y, y_prob, *, prior, scheme="single", pos_label=None):
    r"""Mean negative log-likelihood of the true labels, from PU data.

    .. math:: \pi\, E_P[-\log p] + M[-\log(1 - p)] - \pi\, E_P[-\log(1 - p)]

    with :math:`M` the mean over the population.

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
        The loss in nats; smaller is better. Noise may take it below 0.

    Raises
    ------
    ValueError
        Where `y` does not hold two labels, lengths differ, a probability is outside
        [0, 1], or the prior cannot be.

    Notes
    -----
    Probabilities are clipped to :math:`[\epsilon, 1 - \epsilon]` with the machine
    epsilon of their type, as in `sklearn.metrics.log_loss`.

    Examples
    --------
    >>> from pusklearn.metrics import pu_log_loss
    >>> y = [1, 1, 0, 0, 0, 0, 0, 0]
    >>> round(pu_log_loss(y, [0.5] * 8, prior=0.5), 3)
    0.693
    >>> round(pu_log_loss(y, [0.9] * 4 + [0.1] * 4, prior=0.5), 3)
    0.105
    """
    samples = probabilities_by_label(y, y_prob, prior, scheme, pos_label)
    dtype = np.asarray(y_prob).dtype
    epsilon = np.finfo(dtype if dtype.kind == "f" else float).eps
    as_positive = samples.positive_mean(lambda p: -np.log(p.clip(epsilon)))
    as_negative = samples.positive_mean(lambda p: -np.log((1 - p).clip(epsilon)))
    population = samples.population_mean(lambda p: -np.log((1 - p).clip(epsilon)))
    return samples.priors.population * (as_positive - as_negative) + population
