"""The kinds of samples in a batch, as indices."""

from typing import NamedTuple

import torch
from torch import Tensor

from pusklearn.pu.criteria._kept import kept


class Kinds(NamedTuple):
    """The indices of the samples of each kind: masks on the CPU, rows elsewhere.

    Attributes
    ----------
    positives, negatives, unlabeled : torch.Tensor
        Those of the labelled positives, the known negatives, and all others.
    rest : torch.Tensor
        Those of all samples but the known negatives.
    is_positive : torch.Tensor of bool
        Which of the rest are labelled positives.
    """

    positives: Tensor
    negatives: Tensor
    unlabeled: Tensor
    rest: Tensor
    is_positive: Tensor


def kinds_of(is_positive: Tensor, is_negative: Tensor | None) -> Kinds:
    """Return the indices of the kinds in a batch.

    A GPU must be waited for to learn how many samples there are of each kind. All
    batches of a training have the same masks, so their rows are kept as long as the
    masks are there.

    Parameters
    ----------
    is_positive : torch.Tensor of shape (n,)
        True, or a number above 0, for labelled positives.
    is_negative : torch.Tensor of shape (n,) or None
        True, or a number above 0, for known negatives; None if there are none.

    Returns
    -------
    Kinds
        The indices.

    Raises
    ------
    ValueError
        If the shapes differ, or a sample is both.

    Examples
    --------
    >>> import torch
    >>> from pusklearn.pu.criteria._kinds import kinds_of
    >>> kinds_of(torch.tensor([True, False]), None).unlabeled
    tensor([False,  True])
    """
    if is_positive.device.type == "cpu":
        return masks_of(is_positive, is_negative)

    def look() -> Kinds:
        return rows_of(masks_of(is_positive, is_negative))

    return kept(is_positive, "kinds", look, is_negative)


def rows_of(masks: Kinds) -> Kinds:
    """Return the rows where masks are True."""
    positives, negatives, unlabeled, rest = (
        mask.nonzero().flatten() for mask in masks[:4]
    )
    return Kinds(positives, negatives, unlabeled, rest, masks.is_positive)


def masks_of(is_positive: Tensor, is_negative: Tensor | None) -> Kinds:
    """Return the masks of the kinds, or raise a ValueError."""
    is_positive = is_positive > 0
    if is_negative is None:
        is_negative = torch.zeros_like(is_positive)
        return Kinds(is_positive, is_negative, ~is_positive, ~is_negative, is_positive)
    if is_negative.shape != is_positive.shape:
        raise ValueError(
            "`is_negative` must have the shape of `is_positive`. Got "
            f"{tuple(is_negative.shape)} and {tuple(is_positive.shape)}."
        )
    is_negative = is_negative > 0
    if (is_negative & is_positive).any():
        raise ValueError(
            "A sample cannot be both a labelled positive and a known negative. Got "
            f"{int((is_negative & is_positive).sum())} that are both."
        )
    unlabeled, rest = ~(is_positive | is_negative), ~is_negative
    return Kinds(is_positive, is_negative, unlabeled, rest, is_positive[rest])
