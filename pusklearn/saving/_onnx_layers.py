"""The layers of a network as operators of ONNX.

The graph is written layer by layer and not traced, so that images of every size fit,
and no tool is needed but the package ``onnx``.
"""

from functools import singledispatch
from typing import Any

import numpy as np
import torch
from torch import nn

from pusklearn.pu.modules._blueprint import Network
from pusklearn.pu.modules._layers import ResidualBlock, Smoothing
from pusklearn.pu.modules._seeded_dropout import SeededDropout
from pusklearn.pu.network._mean_over_region import MeanOverRegion

FAR = 2**62  # a slice to here takes all


class Graph:
    """The operators and the constants of a graph, as they are added.

    Attributes
    ----------
    nodes : list of onnx.NodeProto
        The operators, in their order.
    constants : list of onnx.TensorProto
        The weights and the other constants.
    """

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def add(self, operator: str, *inputs: str, **settings: Any) -> str:
        """Add an operator, and return the name of its output."""
        from onnx import helper

        name = f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **settings))
        return name

    def constant(self, values: Any) -> str:
        """Add a constant, weights or integers, and return its name."""
        from onnx import numpy_helper

        if isinstance(values, torch.Tensor):
            values = values.detach().cpu().float().numpy()
        name = f"constant_{len(self.constants)}"
        array = np.ascontiguousarray(values)
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def integers(self, *values: int) -> str:
        """Add integers as a constant, and return its name."""
        return self.constant(np.array(values, np.int64))

    def cut(
        self, values: str, axes: list[int], starts: Any, ends: Any, step: int = 1
    ) -> str:
        """Add a slice along axes, and return its name.

        Starts and ends are integers or the name of an output of the graph.
        """
        places = [
            p if isinstance(p, str) else self.integers(*p) for p in (starts, ends)
        ]
        steps = self.integers(*[step] * len(axes))
        return self.add("Slice", values, *places, self.integers(*axes), steps)

    def pad(self, images: str, before: int, after: int) -> str:
        """Add zeros around images, and return their name."""
        pads = self.integers(0, 0, before, before, 0, 0, after, after)
        return self.add("Pad", images, pads)

    def convolve(
        self, images: str, weight: Any, bias: Any = None, **settings: Any
    ) -> str:
        """Add a convolution, and return its name."""
        others = [] if bias is None else [self.constant(bias)]
        return self.add("Conv", images, self.constant(weight), *others, **settings)


@singledispatch
def add_layer(layer: nn.Module, graph: Graph, values: str) -> str:
    """Add a layer to a graph.

    Parameters
    ----------
    layer : torch.nn.Module
        The layer, in evaluation mode.
    graph : Graph
        The graph.
    values : str
        The name of the input of the layer.

    Returns
    -------
    str
        The name of its output.

    Raises
    ------
    TypeError
        If the layer is none of those in the networks of `pusklearn.modules`.
    """
    raise TypeError(
        "`export_onnx` writes networks of pusklearn.modules. Got a layer of type "
        f"{type(layer).__name__}; write your own network with torch.onnx.export."
    )


@add_layer.register
def _(layer: nn.Sequential, graph: Graph, values: str) -> str:
    for part in layer:
        values = add_layer(part, graph, values)
    return values


@add_layer.register
def _(layer: Network, graph: Graph, values: str) -> str:
    return add_layer(layer.head, graph, add_layer(layer.features, graph, values))


@add_layer.register(nn.Identity)
@add_layer.register(SeededDropout)
def _(layer: nn.Module, graph: Graph, values: str) -> str:
    return values


@add_layer.register
def _(layer: nn.Conv2d, graph: Graph, values: str) -> str:
    return graph.convolve(
        values,
        layer.weight,
        layer.bias,
        strides=list(layer.stride),
        dilations=list(layer.dilation),
    )


@add_layer.register
def _(layer: Smoothing, graph: Graph, values: str) -> str:
    return graph.convolve(
        values,
        layer.kernel,
        strides=[layer.stride] * 2,
        dilations=[layer.dilation] * 2,
        group=len(layer.kernel),
    )


@add_layer.register
def _(layer: MeanOverRegion, graph: Graph, values: str) -> str:
    steps = layer.steps
    if steps == 1:
        return values
    kernel = torch.full((1, 1, steps, steps), steps**-2)
    return graph.convolve(values, kernel, dilations=[layer.stride] * 2)


@add_layer.register
def _(layer: nn.modules.batchnorm._BatchNorm, graph: Graph, values: str) -> str:
    moments = (layer.weight, layer.bias, layer.running_mean, layer.running_var)
    names = [graph.constant(value) for value in moments]
    return graph.add("BatchNormalization", values, *names, epsilon=layer.eps)


@add_layer.register
def _(layer: nn.ReLU, graph: Graph, values: str) -> str:
    return graph.add("Relu", values)


@add_layer.register
def _(layer: nn.PReLU, graph: Graph, values: str) -> str:
    return graph.add("PRelu", values, graph.constant(layer.weight.reshape(-1, 1, 1)))


@add_layer.register
def _(layer: ResidualBlock, graph: Graph, values: str) -> str:
    crop = layer.crop
    shortcut = graph.cut(values, [2, 3], (crop, crop), (-crop, -crop), layer.step)
    if layer.project is not None:
        shortcut = add_layer(layer.project, graph, shortcut)
    inside = add_layer(layer.norm, graph, add_layer(layer.first, graph, values))
    inside = add_layer(layer.second, graph, graph.add("Relu", inside))
    return graph.add("Add", inside, shortcut)


@add_layer.register
def _(layer: nn.ZeroPad2d, graph: Graph, values: str) -> str:
    before, after = layer.padding[0], layer.padding[1]
    return graph.pad(values, before, after)


@add_layer.register
def _(layer: nn.Flatten, graph: Graph, values: str) -> str:
    return graph.add("Flatten", values)


@add_layer.register
def _(layer: nn.Linear, graph: Graph, values: str) -> str:
    others = [] if layer.bias is None else [graph.constant(layer.bias)]
    return graph.add("Gemm", values, graph.constant(layer.weight), *others, transB=1)
