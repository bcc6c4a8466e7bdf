"""The Brier score from PU data."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pusklearn.pu.metrics._values_by_label import probabilities_by_label


def pu_brier_score_loss(
    y: ArrayLike,
    y_prob: ArrayLike,
    *,
    prior: float | None,
    scheme: str = "single",
    pos_label: Any = None,
) -> float:
    r"""Mean squared error of the probabilities, from PU data.

    .. math:: M[p^2] - 2 \pi\, E_P[p] + \pi

    with the prior :math:`\pi`, the mean :math:`E_P` over the labelled positives, and
    the mean :math:`M` over the population. It is a proper score: on average no
    probabilities do better than the true ones, although no negative is known.

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
        The Brier score; smaller is better. Noise can make it negative.

    Raises
    ------
    ValueError
        If `y` does not hold two labels, the lengths differ, a probability is outside
        [0, 1], or the prior is impossible.

    Examples
    --------
    Probabilities of being labelled are too small for a population with more positives:

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
