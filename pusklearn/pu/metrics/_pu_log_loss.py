"""Log loss from PU data."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pusklearn.pu.metrics._values_by_label import probabilities_by_label


def pu_log_loss(
    y: ArrayLike,
    y_prob: ArrayLike,
    *,
    prior: float | None,
    scheme: str = "single",
    pos_label: Any = None,
) -> float:
    r"""Mean negative log-likelihood of the true labels, from PU data.

    .. math:: \pi\, E_P[-\log p] + M[-\log(1 - p)] - \pi\, E_P[-\log(1 - p)]

    with the prior :math:`\pi`, the mean :math:`E_P` over the labelled positives, and
    the mean :math:`M` over the population.

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

    Returns
    -------
    float
        The loss in nats; smaller is better. Noise can make it negative.

    Raises
    ------
    ValueError
        If `y` does not hold two labels, the lengths differ, a probability is outside
        [0, 1], or the prior is impossible.

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
