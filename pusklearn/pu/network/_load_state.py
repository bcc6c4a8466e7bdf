"""Weights from a file for a network that has no storage yet."""

from collections.abc import Mapping

import torch
from torch import nn


def load_state(network: nn.Module, state: Mapping[str, torch.Tensor]) -> None:
    """Give a network its weights.

    Parameters
    ----------
    network : torch.nn.Module
        The network, built on the device "meta": whatever a file says of its size, it
        takes no memory, and no random number is drawn.
    state : mapping of str to torch.Tensor
        Its state. The tensors become those of the network.

    Raises
    ------
    ValueError
        If a name, a shape or a type differs.

    Examples
    --------
    >>> import torch
    >>> from pusklearn.pu.network._load_state import load_state
    >>> with torch.device("meta"):
    ...     network = torch.nn.Linear(2, 1)
    >>> load_state(network, {"weight": torch.ones(1, 2), "bias": torch.zeros(1)})
    >>> network(torch.ones(1, 2)).item()
    2.0
    """
    for name, own in network.state_dict().items():
        if name in state and state[name].dtype != own.dtype:
            raise ValueError(
                f"The weights {name!r} must be of type {own.dtype}. Got "
                f"{state[name].dtype}."
            )
    try:
        network.load_state_dict(state, assign=True)
    except RuntimeError as error:
        raise ValueError(f"The weights do not fit the network. {error}") from None
