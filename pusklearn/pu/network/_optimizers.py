"""Optimizers by name."""

from collections.abc import Callable
from functools import partial
from inspect import Parameter, signature
from typing import Any

import torch

OPTIMIZERS: dict[str, Callable] = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "sgd": partial(torch.optim.SGD, momentum=0.9),
}


def as_optimizer(optimizer: Any) -> Callable:
    """Return the optimizer class of that name, or the class itself.

    Raises
    ------
    ValueError
        If there is no optimizer of that name.
    TypeError
        If `optimizer` is neither a name nor an optimizer class.
    """
    if isinstance(optimizer, str) and optimizer.lower() in OPTIMIZERS:
        return OPTIMIZERS[optimizer.lower()]
    is_other_class = isinstance(optimizer, type) and not issubclass(
        optimizer, torch.optim.Optimizer
    )
    if callable(optimizer) and not is_other_class:
        return optimizer
    error = ValueError if isinstance(optimizer, str) else TypeError
    raise error(
        f"`optimizer` must be one of {sorted(OPTIMIZERS)} or a torch.optim.Optimizer "
        f"class. Got {optimizer!r}."
    )


def quick_parameters(optimizer: Any, device: torch.device) -> dict[str, bool]:
    """Return what makes an optimizer that is given by its name quick.

    An update is then a single kernel, on a CPU one for each parameter. Other optimizers
    are left as they are.
    """
    is_ours = isinstance(optimizer, str) and device.type in ("cpu", "cuda")
    return {"optimizer__fused": True} if is_ours else {}


def decay_parameters(optimizer: Callable, weight_decay: float) -> dict[str, float]:
    """Return the weight decay by its name, or nothing if the optimizer has none.

    Raises
    ------
    ValueError
        If the optimizer has no weight decay, and one is asked for.
    """
    try:
        parameters = signature(optimizer).parameters
    except (TypeError, ValueError):  # it tells no arguments
        return {"optimizer__weight_decay": weight_decay}
    kinds = {parameter.kind for parameter in parameters.values()}
    if "weight_decay" in parameters or Parameter.VAR_KEYWORD in kinds:
        return {"optimizer__weight_decay": weight_decay}
    if weight_decay:
        name = getattr(optimizer, "__name__", repr(optimizer))
        raise ValueError(
            f"`weight_decay` must be 0, since the optimizer {name} has none. "
            f"Got {weight_decay:g}."
        )
    return {}
