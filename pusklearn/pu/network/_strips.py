"""Layers that work on a few rows of an image at a time, so that these stay in a cache.

A layer whose outputs are many channels of a whole micrograph writes them to memory, and
the next one reads them from there, which takes longer than small products do.
"""

import torch
from torch import nn

from pusklearn.pu.modules._layers import ResidualBlock, Smoothing

ROWS = 16


class Strips(nn.Module):
    """Layers in sequence, the first of which sees several rows.

    Parameters
    ----------
    layers : torch.nn.Sequential
        The layers. Those after the first keep the number of rows.
    reach : int
        Rows of the image that one row of the output sees.
    stride : int
        Rows of the image between two rows of the output.
    """

    def __init__(self, layers: nn.Sequential, reach: int, stride: int):
        super().__init__()
        self.layers = layers
        self.reach = reach
        self.stride = stride

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return what the layers give for images of shape (n, channels, rows, width)."""
        n_rows = (images.shape[2] - self.reach) // self.stride + 1
        parts = []
        for row in range(0, n_rows, ROWS):
            n = min(ROWS, n_rows - row)
            start = row * self.stride
            seen = images[:, :, start : start + (n - 1) * self.stride + self.reach]
            parts.append(self.layers(seen))
        return torch.cat(parts, 2)


def in_strips(network: nn.Module) -> nn.Sequential:
    """Return the layers of a network, each that sees several rows in strips of its own.

    Parameters
    ----------
    network : torch.nn.Module
        Layers in sequence, of which a `Network` is one kind.
    """
    stages: list[tuple[list[nn.Module], int, int]] = []
    for layer in flat_layers(network):
        reach, stride = rows_of(layer)
        if reach > 1 or not stages:
            stages.append(([], reach, stride))
        stages[-1][0].append(layer)
    return nn.Sequential(
        *(Strips(nn.Sequential(*layers), *rows) for layers, *rows in stages)
    )


def flat_layers(network: nn.Module) -> list[nn.Module]:
    """Return the layers that are no sequence of others, in their order."""
    # A residual block is no sequence, and a network consists of features and head.
    own = list(network.children())
    if isinstance(network, ResidualBlock) or not own:
        return [network]
    return [layer for child in own for layer in flat_layers(child)]


def rows_of(layer: nn.Module) -> tuple[int, int]:
    """Return how many rows an output row sees, and the rows between two of them."""
    if isinstance(layer, nn.Conv2d):
        return layer.dilation[0] * (layer.kernel_size[0] - 1) + 1, layer.stride[0]
    if isinstance(layer, ResidualBlock):
        return 2 * layer.crop + 1, layer.step
    if isinstance(layer, Smoothing):
        return 2 * layer.dilation + 1, layer.stride
    return 1, 1
