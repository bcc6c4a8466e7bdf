"""What follows from a mask, kept as long as the mask is there."""

from collections.abc import Callable, Hashable
from typing import TypeVar

import torch
from torch import Tensor
from torch.compiler import is_compiling
from torch.utils.weak import WeakTensorKeyDictionary

#: What follows from each mask, with the other mask that it follows from, and how often
#: both were changed.
KEPT = WeakTensorKeyDictionary()

Value = TypeVar("Value")


def others_of(mask: Tensor) -> Tensor:
    """Return the mask of the samples that another mask does not select."""
    return kept(mask, "others", lambda: ~mask)


def number_of(mask: Tensor) -> Tensor:
    """Return how many samples a mask selects."""
    return kept(mask, "number", lambda: mask.sum())


def lasting(mask: Tensor) -> Tensor:
    """Return a mask that nobody will change, so that a CPU keeps what follows too.

    torch does not see a change of memory that a tensor shares with NumPy.
    """
    KEPT.setdefault(mask, {})
    return mask


def kept(
    mask: Tensor,
    key: Hashable,
    compute: Callable[[], Value],
    other: Tensor | None = None,
) -> Value:
    """Return what a function computes from a mask, only once if the mask lasts.

    All batches of a training have the same masks, which are `lasting`. A GPU keeps what
    follows from any mask: each small operation takes as long as a layer of a network,
    and to learn how many samples a mask selects, it must be waited for.

    Parameters
    ----------
    mask : torch.Tensor
        The mask.
    key : hashable
        What is computed, and from what else.
    compute : callable
        Computes it.
    other : torch.Tensor or None, default=None
        Another mask that it is computed from. What followed from another is forgotten.

    Returns
    -------
    object
        The result, which nobody may change.

    Examples
    --------
    >>> import torch
    >>> from pusklearn.pu.criteria._kept import kept
    >>> mask = torch.tensor([True, False])
    >>> kept(mask, "number", lambda: mask.sum())
    tensor(1)
    """
    masks = [mask] if other is None else [mask, other]
    # Changes of tensors that are made for inference are not counted.
    is_counted = not any(m.is_inference() for m in masks)
    if not is_counted or is_compiling():
        return compute()
    values = KEPT.get(mask) if mask.device.type == "cpu" else KEPT.setdefault(mask, {})
    if values is None:
        return compute()
    versions = [m._version for m in masks]
    if key in values:
        known, seen, result = values[key]
        if known is other and seen == versions:
            return result
    # What is kept may be needed for a gradient later.
    with torch.inference_mode(False), torch.no_grad():
        result = compute()
    values[key] = (other, versions, result)
    if isinstance(result, Tensor):
        lasting(result)
    return result
