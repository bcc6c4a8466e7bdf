"""Samples that are held out of the training, to watch it by."""

from functools import singledispatch
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_random_state

from pusklearn.pu._missing_rows import count_rows
from pusklearn.pu._samples import Samples
from pusklearn.pu.network._known_negatives import NO_ROWS
from pusklearn.pu.splits._held_out_rows import (
    KNOWN_NEGATIVE,
    POSITIVE,
    held_out_rows,
)


class Part(NamedTuple):
    """A part of the samples.

    Attributes
    ----------
    samples : Samples
        The samples of the part.
    positives : ndarray of int
        Rows of the labelled positives among them, ascending.
    rows : ndarray of int, slice or None
        Their rows among all samples; None if they are not rows, but parts of images.
    weights : ndarray of float or None
        The weights of the samples of the part; None if all are equal.
    negatives : ndarray of int
        Rows of the known negatives among the samples, ascending.
    """

    samples: Samples
    positives: NDArray
    rows: NDArray | slice | None
    weights: NDArray | None = None
    negatives: NDArray[np.integer] = NO_ROWS


def learnt_and_held_out(
    classifier: Any,
    samples: Samples,
    positives: NDArray,
    weights: NDArray | None = None,
    negatives: NDArray[np.integer] = NO_ROWS,
) -> tuple[Part, Part | None]:
    """Return the samples to learn from, and those that are held out.

    Parameters
    ----------
    classifier : PUClassifier
        A classifier whose parameters are checked.
    samples : Samples
        The checked samples.
    positives : ndarray of int
        Rows of the labelled positives, ascending.
    weights : ndarray of float or None, default=None
        The weights of the samples; None if all are equal.
    negatives : ndarray of int, default=()
        Rows of the known negatives, ascending.

    Returns
    -------
    learnt : Part
        All samples, if ``validation_fraction`` is 0.
    held_out : Part or None
        None, if it is 0.

    Raises
    ------
    ValueError
        If one of them has no labelled positive or no unlabeled sample, or all known
        negatives are held out.
    """
    fraction = classifier.validation_fraction
    if not fraction:
        return Part(samples, positives, slice(None), weights, negatives), None
    random_state = check_random_state(classifier.random_state)
    parts = hold_out(samples, positives, fraction, random_state, negatives)
    if len(negatives) and not len(parts[0].negatives):
        raise ValueError(
            f"validation_fraction={fraction:g} holds out all known negatives, because "
            "whole micrographs are held out. Give known negatives in other micrographs "
            "too, or validation_fraction=0."
        )
    for part in parts:
        n_positive = len(part.positives)
        n_samples = len(part.samples) - count_rows(part.samples.missing_runs())
        n_samples -= len(part.negatives)
        if not 0 < n_positive < n_samples:
            raise ValueError(
                f"validation_fraction={fraction:g} leaves a part with {n_positive} "
                f"labelled positives among {n_samples} samples. The samples "
                "that are learnt from and those held out both need positives and "
                "unlabeled samples: give more labels, or validation_fraction=0."
            )
    if weights is None:
        return parts
    learnt, held_out = (part._replace(weights=weights[part.rows]) for part in parts)
    return learnt, held_out


@singledispatch
def hold_out(
    samples: Samples,
    positives: NDArray,
    fraction: float,
    random_state: np.random.RandomState,
    negatives: NDArray[np.integer] = NO_ROWS,
) -> tuple[Part, Part]:
    """Return the samples to learn from, and about a fraction that is held out.

    Samples of each kind are drawn separately: labelled ones, known negatives and
    unlabeled ones. A single known negative is never held out, and copies of a sample
    are kept together. A kind of samples that must be divided in another way is
    registered here.

    Parameters
    ----------
    samples : Samples
        The checked samples.
    positives : ndarray of int
        Rows of the labelled positives, ascending.
    fraction : float
        The fraction, in (0, 1).
    random_state : RandomState
        Seeds the draw.
    negatives : ndarray of int, default=()
        Rows of the known negatives, ascending.

    Returns
    -------
    learnt, held_out : Part
        The two parts. Each has labelled positives and unlabeled samples if there are
        at least two of both.
    """
    kind = np.zeros(len(samples), np.int8)
    kind[negatives], kind[positives] = KNOWN_NEGATIVE, POSITIVE
    is_held_out = held_out_rows(samples.X, kind, fraction, random_state)
    learnt, held_out = (
        Part(
            samples.part(rows),
            np.flatnonzero(kind[rows] == POSITIVE),
            rows,
            negatives=np.flatnonzero(kind[rows] == KNOWN_NEGATIVE),
        )
        for rows in (np.flatnonzero(~is_held_out), np.flatnonzero(is_held_out))
    )
    return learnt, held_out
