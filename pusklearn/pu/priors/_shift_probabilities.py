"""Probabilities for a population with another share of positives."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_array

from pusklearn.pu._checks import check_number, check_share


def shift_probabilities(
    probabilities: ArrayLike, prior: float, new_prior: float
) -> NDArray[np.float64]:
    r"""Correct probabilities for data with another share of positives.

    A classifier has learnt where the share of positives was :math:`\pi`. The new data
    have the share :math:`\pi'`, and the positives look as before, and so do the
    negatives. Then a probability :math:`p` becomes

    .. math:: p' = \frac{a\, p}{a\, p + b\, (1 - p)}, \qquad
        a = \frac{\pi'}{\pi}, \quad b = \frac{1 - \pi'}{1 - \pi}.

    All log-odds are shifted by the same number, so the order of the samples stays.

    Parameters
    ----------
    probabilities : array-like of shape (n,) or (n, 2)
        Probabilities of the positives, or those of both classes as ``predict_proba``
        gives them, the positives second.
    prior : float
        Share of positives in the population that the classifier has learnt from, in
        (0, 1): ``prior_`` of a PU classifier, the mean of true labels 0 and 1.
    new_prior : float
        Share of positives in the population of the new data, in [0, 1], such as
        `estimate_new_prior` finds it.

    Returns
    -------
    ndarray of float of the shape of `probabilities`
        The probabilities in the new population.

    Raises
    ------
    TypeError
        If a prior is not a number.
    ValueError
        If a prior is out of its range, or the probabilities have another shape, are
        outside [0, 1], or do not sum up to 1.

    See Also
    --------
    estimate_new_prior : Finds the share of positives in the new data.

    References
    ----------
    Saerens, Latinne and Decaestecker, "Adjusting the outputs of a classifier to new a
    priori probabilities: a simple procedure", Neural Computation 14 (2002).

    Examples
    --------
    >>> from pusklearn import shift_probabilities
    >>> shift_probabilities([0.1, 0.5, 0.9], prior=0.5, new_prior=0.1)
    array([0.01219512, 0.1       , 0.5       ])
    """
    check_share(prior, "prior")
    check_number(new_prior, "new_prior", "[0, 1]")
    positive, n_columns = positive_column(probabilities, "probabilities")
    for_positive = positive * (new_prior / prior)
    total = for_positive + (1 - positive) * ((1 - new_prior) / (1 - prior))
    # A class may be certain for a sample, but absent from the new data.
    shifted = np.divide(
        for_positive, total, out=np.full(len(total), float(new_prior)), where=total > 0
    )
    return shifted if n_columns == 1 else np.column_stack([1 - shifted, shifted])


def positive_column(probabilities: Any, name: str) -> tuple[NDArray[np.float64], int]:
    """Return checked probabilities of the positives, and the number of columns given.

    Raises a ValueError that names the rule if they are no probabilities.
    """
    values = check_array(
        probabilities,
        dtype=np.float64,
        ensure_2d=False,
        ensure_min_samples=1,
        input_name=name,
    )
    columns = values[:, np.newaxis] if values.ndim == 1 else values
    if columns.shape[1] > 2:
        raise ValueError(
            f"`{name}` must have shape (n,) or (n, 2). Got {values.shape}."
        )
    outside = columns[(columns < 0) | (columns > 1)]
    if len(outside):
        raise ValueError(
            f"`{name}` must hold probabilities in [0, 1]. Got {outside[0]:g}."
        )
    # float32, as networks give, is exact to 1e-7.
    error = np.abs(columns.sum(axis=1) - 1) if columns.shape[1] == 2 else np.zeros(1)
    if error.max() > 1e-4:
        raise ValueError(
            f"The two columns of `{name}` must sum up to 1. Got "
            f"{columns[error.argmax()].sum():g} in row {error.argmax()}."
        )
    return columns[:, -1], columns.shape[1]
