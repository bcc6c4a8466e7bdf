"""Positive-unlabeled data out of fully labelled data."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state, indexable
from sklearn.utils.validation import check_scalar

from pusklearn.pu._labels import true_labels
from pusklearn.pu._sklearn_compat import safe_indexing
from pusklearn.pu.priors._class_priors import check_scheme


def make_pu(
    X, y, *, label_frequency=None, n_labeled=None, scheme="single", random_state=None
):
    """Turn a fully labelled data set into positive-unlabeled data.

    The labelled positives are drawn at random from all positives, whatever their
    features.

    - ``scheme="single"``: some positives keep their label, every other row is
      unlabeled. `X` comes back as it is.
    - ``scheme="case-control"``: some positives are taken out and labelled; of the
      negatives, the same share is taken out and dropped. The rows that remain, all
      unlabeled, are a sample of the population with its share of positives, and no
      row is in both samples.

    Parameters
    ----------
    X : sequence of length n
        The samples: an array of any dimension, a sparse matrix, a DataFrame, a list
        or anything else that is indexed by rows.
    y : array-like of shape (n,)
        Two true labels; the greater is the positive.
    label_frequency : float or None, default=None
        Share of all positives that is labelled, in (0, 1], below 1 where the scheme
        is "case-control". None is 0.5 where `n_labeled` is None too.
    n_labeled : int or None, default=None
        Number of labelled positives, at least 1. Give this or `label_frequency`.
    scheme : {"single", "case-control"}, default="single"
        How the samples are drawn.
    random_state : int, RandomState instance or None, default=None
        Of the draw. Same integer, same rows; None draws fresh entropy from the
        operating system.

    Returns
    -------
    X : sequence of length m
        The samples that remain, in their order; all of them (`m` = `n`) in the
        single scheme.
    y_pu : ndarray of int of shape (m,)
        1 for labelled positives, 0 for unlabeled samples.
    y_true : ndarray of int of shape (m,)
        1 for positives, 0 for negatives, labelled or not.

    Raises
    ------
    ValueError
        For other than two labels, both `label_frequency` and `n_labeled`, a number
        out of its range, a draw that labels no positive, or one that leaves no
        unlabeled positive in the case-control scheme.

    Notes
    -----
    With `n` labelled of ``n_positive`` positives, the case-control scheme keeps
    ``n_negative * (1 - n / n_positive)`` negatives. Where that is no integer, it is
    rounded up or down at random, with the chances that make the expected share of
    positives among the unlabeled exactly that of `y`. Its label frequency is again
    that of all positives that remain.

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

    Drawn apart, 100 positives leave a population sample with the same share of
    positives, 0.627:

    >>> X_pu, y_pu, y_true = make_pu(
    ...     X, y, n_labeled=100, scheme="case-control", random_state=0
    ... )
    >>> len(X_pu), round(float(y_true[y_pu == 0].mean()), 3)
    (510, 0.627)
    """
    check_scheme(scheme)
    X, y = indexable(X, y)
    y_true = true_labels(y)
    if random_state is not None:
        random_state = check_random_state(random_state).randint(2**31)
    rng = np.random.default_rng(random_state)
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


def count_labeled(label_frequency, n_labeled, n_positive, scheme):
    """Return the number of positives to label."""
    if n_labeled is not None:
        if label_frequency is not None:
            raise ValueError(
                "Only one of `label_frequency` and `n_labeled` may be given. Got "
                f"{label_frequency!r} and {n_labeled!r}."
            )
        n = check_scalar(n_labeled, "n_labeled", Integral, min_val=1)
        given = f"`n_labeled` = {n}"
    else:
        share = 0.5 if label_frequency is None else label_frequency
        if not isinstance(share, Real) or not 0 < share <= 1:
            raise ValueError(
                f"`label_frequency` must be None or a number in (0, 1]. Got {share!r}."
            )
        n = round(share * n_positive)
        given = f"`label_frequency` = {share:g}"
    most = n_positive if scheme == "single" else n_positive - 1
    if not 1 <= n <= most:
        raise ValueError(
            f"From 1 to {most} of the {n_positive} positives can be labelled in the "
            f"{scheme} scheme. Got {n}, from {given}."
        )
    return n


def count_negatives(n_positive, n_negative, n_labeled, rng):
    """Draw the number of negatives beside the positives left unlabeled.

    The two integers next to the exact number get the chances that make the expected
    share of positives exactly that of the population.
    """
    n_unlabeled = n_positive - n_labeled
    low = n_negative * n_unlabeled // n_positive
    share = n_positive / (n_positive + n_negative)
    share_low, share_high = (n_unlabeled / (n_unlabeled + k) for k in (low, low + 1))
    return low + int(rng.random() < (share_low - share) / (share_low - share_high))
