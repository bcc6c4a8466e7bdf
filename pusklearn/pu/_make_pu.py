"""Positive-unlabeled data out of fully labelled data."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import (
    check_random_state,
    indexable,
)

from pusklearn.pu._checks import check_integer, check_number
from pusklearn.pu._labels import true_labels
from pusklearn.pu._sklearn_compat import safe_indexing
from pusklearn.pu.priors._class_priors import check_scheme


def make_pu(
    X: Any,
    y: ArrayLike,
    *,
    label_frequency: float | None = None,
    n_labeled: int | None = None,
    propensity: ArrayLike | None = None,
    scheme: str = "single",
    pos_label: Any = None,
    random_state: Any = None,
) -> tuple[Any, NDArray[np.int64], NDArray[np.int64]]:
    """Turn a fully labelled data set into positive-unlabeled data.

    The labelled positives are drawn at random from all positives, whatever their
    features. With `propensity`, some positives are labelled more often than others.

    - ``scheme="single"``: some positives keep their label, and every other row becomes
      unlabeled. `X` is returned as it is.
    - ``scheme="case-control"``: some positives are taken out and labelled, and the same
      share of the negatives is dropped. The rows that remain are unlabeled. They are a
      sample of the population with its share of positives, and no row is in both
      samples.

    Parameters
    ----------
    X : sequence of length n
        The samples: an array of any dimension, a sparse matrix, a DataFrame, a list
        or anything else that is indexed by rows.
    y : array-like of shape (n,)
        Two true labels.
    label_frequency : float or None, default=None
        Share of all positives that is labelled, in (0, 1], and below 1 if the scheme is
        "case-control". None means 0.5 if `n_labeled` is None too.
    n_labeled : int or None, default=None
        Number of labelled positives, at least 1. Give this or `label_frequency`.
    propensity : array-like of shape (n,) or None, default=None
        The probability in [0, 1] that a sample is labelled if it is a positive; those
        of negatives are not used. Each positive is labelled, or not, by itself. Give
        this in place of `label_frequency` and `n_labeled`, in the single scheme. None
        gives all positives the same probability.
    scheme : {"single", "case-control"}, default="single"
        How the samples are drawn.
    pos_label : label or None, default=None
        The label of the positives. None takes the plainly positive one, or the greater.
    random_state : int, RandomState instance or None, default=None
        Seeds the draw. The same integer gives the same rows; None takes a fresh seed
        from the operating system.

    Returns
    -------
    X : sequence of length m
        The samples that remain, in their order; in the single scheme these are all
        (`m` = `n`).
    y_pu : ndarray of int of shape (m,)
        1 for labelled positives, 0 for unlabeled samples.
    y_true : ndarray of int of shape (m,)
        1 for positives, 0 for negatives, labelled or not.

    Raises
    ------
    ValueError
        If `y` does not hold exactly two labels, more than one of `label_frequency`,
        `n_labeled` and `propensity` is given, a number is out of its range, no positive
        would be labelled, or, in the case-control scheme, none would be left unlabeled
        or `propensity` is given.
    TypeError
        If `label_frequency` is not a number, or `n_labeled` is not an integer.

    Notes
    -----
    If `n` of ``n_positive`` positives are labelled, the case-control scheme keeps
    ``n_negative * (1 - n / n_positive)`` negatives. If that is not an integer, it is
    rounded up or down at random, with the chances that make the expected share of
    positives among the unlabeled exactly that of `y`. All positives remain, so the
    label frequency is again the share of them that is labelled.

    The prior that belongs to the data is the share of positives in `y`:
    ``y_true.mean()`` in the single scheme, ``y_true[y_pu == 0].mean()`` (to within
    the rounding) in the case-control scheme.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from pusklearn.datasets import make_pu
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> X_pu, y_pu, y_true = make_pu(X, y, label_frequency=0.3, random_state=0)
    >>> len(X_pu), int(y_true.sum()), int(y_pu.sum())
    (569, 357, 107)

    In the case-control scheme, the unlabeled samples keep the share of positives of
    the data, 0.627:

    >>> X_pu, y_pu, y_true = make_pu(
    ...     X, y, n_labeled=100, scheme="case-control", random_state=0
    ... )
    >>> len(X_pu), round(float(y_true[y_pu == 0].mean()), 3)
    (510, 0.627)

    Labels that prefer large tumours are not random:

    >>> area = X[:, 3]
    >>> X_pu, y_pu, y_true = make_pu(
    ...     X, 1 - y, propensity=0.9 * (area > 800), random_state=0
    ... )
    >>> bool(area[y_pu == 1].min() > 800), int(y_true.sum()), int(y_pu.sum())
    (True, 212, 124)
    """
    check_scheme(scheme)
    X, y = indexable(X, y)
    y_true = true_labels(y, pos_label)
    if random_state is not None:
        random_state = check_random_state(random_state).randint(2**31)
    rng = np.random.default_rng(random_state)
    if propensity is not None:
        check_alone(label_frequency, n_labeled, scheme)
        return X, draw_labels(propensity, y_true, rng), y_true
    positives = rng.permutation(np.flatnonzero(y_true))
    n = count_labeled(label_frequency, n_labeled, len(positives), scheme)
    y_pu = np.zeros_like(y_true)
    y_pu[positives[:n]] = 1
    if scheme == "single":
        return X, y_pu, y_true
    negatives = rng.permutation(np.flatnonzero(y_true == 0))
    n_kept = count_negatives(len(positives), len(negatives), n, rng)
    rows = np.sort(np.concatenate([positives, negatives[:n_kept]]))
    return safe_indexing(X, rows), y_pu[rows], y_true[rows]


def check_alone(
    label_frequency: float | None, n_labeled: int | None, scheme: str
) -> None:
    """Raise a ValueError if something is given that `propensity` leaves no room for."""
    if label_frequency is not None or n_labeled is not None:
        raise ValueError(
            "`propensity` says how many positives are labelled, so `label_frequency` "
            f"and `n_labeled` must be None. Got {label_frequency!r} and {n_labeled!r}."
        )
    if scheme != "single":
        raise ValueError(
            "`propensity` is for the single scheme. In the case-control scheme, the "
            "positives that are left would be no sample of all positives. Got "
            f"scheme={scheme!r}."
        )


def draw_labels(
    propensity: ArrayLike, y_true: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return 1 for each positive that is labelled, with its own probability."""
    values = np.asarray(propensity, dtype=float)
    if values.shape != y_true.shape:
        raise ValueError(
            f"`propensity` must hold one probability for each of the {len(y_true)} "
            f"samples. Got shape {values.shape}."
        )
    outside = np.flatnonzero(~((values >= 0) & (values <= 1)))
    if len(outside):
        raise ValueError(
            "`propensity` must hold probabilities in [0, 1]. Got "
            f"{values[outside[0]]:g} for sample {outside[0]}."
        )
    y_pu = ((rng.random(len(y_true)) < values) & (y_true == 1)).astype(np.int64)
    if not y_pu.any():
        raise ValueError(
            f"No positive was labelled. The propensities of the {y_true.sum()} "
            f"positives sum up to {values[y_true == 1].sum():.3g} expected labels."
        )
    return y_pu


def count_labeled(
    label_frequency: float | None,
    n_labeled: int | None,
    n_positive: int,
    scheme: str,
) -> int:
    """Return the number of positives to label."""
    if n_labeled is not None:
        if label_frequency is not None:
            raise ValueError(
                "Only one of `label_frequency` and `n_labeled` may be given. Got "
                f"{label_frequency!r} and {n_labeled!r}."
            )
        n = check_integer(n_labeled, "n_labeled")
        given = f"`n_labeled` = {n}"
    else:
        share = 0.5 if label_frequency is None else label_frequency
        check_number(share, "label_frequency", "(0, 1]")
        n = round(share * n_positive)
        given = f"`label_frequency` = {share:g}"
    most = n_positive if scheme == "single" else n_positive - 1
    if not 1 <= n <= most:
        raise ValueError(
            f"From 1 to {most} of the {n_positive} positives can be labelled in the "
            f"{scheme} scheme. Got {n}, from {given}."
        )
    return n


def count_negatives(
    n_positive: int, n_negative: int, n_labeled: int, rng: np.random.Generator
) -> int:
    """Draw the number of negatives beside the positives left unlabeled.

    It is one of the two integers next to the exact number, with the chances that make
    the expected share of positives exactly that of the population.
    """
    n_unlabeled = n_positive - n_labeled
    low = n_negative * n_unlabeled // n_positive
    share = n_positive / (n_positive + n_negative)
    share_low, share_high = (n_unlabeled / (n_unlabeled + k) for k in (low, low + 1))
    return low + int(rng.random() < (share_low - share) / (share_low - share_high))
