"""The bias that moves all logits of a network alike."""

import torch
from torch import nn


def output_bias(network: nn.Module) -> torch.Tensor | None:
    """Return the bias of the last layer that has one output; None if there is none.

    The last layer of a network of the user need not be the last that it computes.

    Examples
    --------
    >>> from torch import nn
    >>> from pusklearn.pu.network._output_bias import output_bias
    >>> output_bias(nn.Sequential(nn.Linear(5, 3), nn.Linear(3, 1))).shape
    torch.Size([1])
    >>> output_bias(nn.Linear(5, 3)) is None
    True
    """
    layers = [m for m in network.modules() if isinstance(m, nn.Linear | nn.Conv2d)]
    bias = layers[-1].bias if layers else None
    return bias if bias is not None and bias.shape == (1,) else None
