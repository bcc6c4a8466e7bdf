"""Convolutions that take and give values in subspaces, in fewer products."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from pusklearn.pu.modules._convolution import Convolution

# The mean of the values (channels,), what takes values to coordinates in the subspace
# (rank, channels), and what takes these back (channels, rank).
Subspace = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]
# The subspace of the inputs of a convolution and that of its outputs; None if they are
# left as they are.
Confinement = tuple[Subspace | None, Subspace | None]


class WideConvolution(NamedTuple):
    """A convolution of several channels and pixels.

    Attributes
    ----------
    parent : torch.nn.Module
        The layer that holds it.
    name : str
        Its name there.
    layer : torch.nn.Conv2d
        The convolution.
    """

    parent: nn.Module
    name: str
    layer: nn.Conv2d


def wide_convolutions(network: nn.Module) -> Iterator[WideConvolution]:
    """Yield each convolution of several channels and pixels.

    Parameters
    ----------
    network : torch.nn.Module
        A network without batch norm after its convolutions.
    """
    for parent in list(network.modules()):
        for name, layer in list(parent.named_children()):
            if not isinstance(layer, nn.Conv2d) or layer.in_channels == 1:
                continue
            if max(layer.kernel_size) > 1:
                yield WideConvolution(parent, name, layer)


def confine(network: nn.Module, confinements: Sequence[Confinement]) -> None:
    """Confine what wide convolutions take and give to subspaces, in place.

    Parameters
    ----------
    network : torch.nn.Module
        A network without batch norm after its convolutions.
    confinements : sequence of tuple
        The subspaces of each wide convolution in the order of `wide_convolutions`. None
        at all leave all convolutions as they are.
    """
    if not confinements:
        return
    wide = list(wide_convolutions(network))
    for (parent, name, layer), confinement in zip(wide, confinements, strict=True):
        if any(confinement):
            setattr(parent, name, confined(layer, confinement))


def confined(convolution: nn.Conv2d, confinement: Confinement) -> nn.Sequential:
    """Return a convolution between matrices that take values to subspaces and back.

    It takes ``mean + expand @ reduce @ (values - mean)`` in the place of its inputs,
    and gives the same of its outputs.
    """
    inputs, outputs = confinement
    weight = convolution.weight.detach().double()
    bias = weight.new_zeros(len(weight))
    if convolution.bias is not None:
        bias = convolution.bias.detach().double()
    layers: list[nn.Module] = []
    if inputs is not None:
        mean, reduce, expand = as_tensors(inputs, weight)
        layers.append(matrix(reduce))
        offset = mean - expand @ (reduce @ mean)
        bias = bias + weight.sum((2, 3)) @ offset
        weight = torch.einsum("oiyx,ir->oryx", weight, expand)
    if outputs is None:
        return nn.Sequential(*layers, like(convolution, weight, bias))
    mean, reduce, expand = as_tensors(outputs, weight)
    few = like(convolution, torch.tensordot(reduce, weight, 1))
    back = matrix(expand, mean + expand @ (reduce @ (bias - mean)))
    return nn.Sequential(*layers, few, back)


def as_tensors(subspace: Subspace, weight: torch.Tensor) -> list[torch.Tensor]:
    """Return the arrays as tensors of float64 on the device of the weights."""
    return [torch.from_numpy(part).to(weight) for part in subspace]


def matrix(values: torch.Tensor, bias: torch.Tensor | None = None) -> nn.Conv2d:
    """Return a layer that multiplies the channels of each pixel by a matrix."""
    return with_weights(values[:, :, None, None], bias)


def like(
    convolution: nn.Conv2d, weight: torch.Tensor, bias: torch.Tensor | None = None
) -> nn.Conv2d:
    """Return a convolution with the stride and dilation of another."""
    steps = {"stride": convolution.stride, "dilation": convolution.dilation}
    return with_weights(weight, bias, **steps)


def with_weights(
    weight: torch.Tensor, bias: torch.Tensor | None = None, **settings: Any
) -> nn.Conv2d:
    """Return a convolution of given weights, which are not to be trained."""
    n_outputs, n_inputs, height, width = weight.shape
    with torch.device("meta"):
        has_bias = bias is not None
        layer = Convolution(
            n_inputs, n_outputs, (height, width), bias=has_bias, **settings
        )
    weight = weight.float().contiguous(memory_format=torch.channels_last)
    layer.weight = nn.Parameter(weight, requires_grad=False)
    if bias is not None:
        layer.bias = nn.Parameter(bias.float(), requires_grad=False)
    return layer
