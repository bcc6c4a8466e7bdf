"""Layers that work on a few rows of an image at a time, which stay in a cache.

A layer whose outputs are many channels of a whole micrograph writes them to memory, and
the next one reads them from there, which takes longer than small products do. Each
thread works on strips of its own, so that it waits for the others once for a layer.
"""

import torch
from torch import nn

from pusklearn.pu.modules._batch_norm import BatchNorm2d
from pusklearn.pu.modules._blueprint import Network
from pusklearn.pu.modules._convolution import Convolution
from pusklearn.pu.modules._fading_dropout import FadingDropout
from pusklearn.pu.modules._layers import ResidualBlock, Smoothing
from pusklearn.pu.modules._prelu import PReLU
from pusklearn.pu.modules._seeded_dropout import SeededDropout
from pusklearn.pu.modules._thread_team import ThreadTeam, one_thread_of_torch
from pusklearn.pu.network._mean_over_region import MeanOverRegion

ROWS = 16
# The layers of `pusklearn.modules`. Another one may see any rows.
OF_ROWS = (Convolution, ResidualBlock, Smoothing, MeanOverRegion)
OF_PIXELS = (BatchNorm2d, PReLU, nn.ReLU, nn.Identity, SeededDropout, FadingDropout)


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
    team : ThreadTeam
        The threads.
    """

    def __init__(
        self, layers: nn.Sequential, reach: int, stride: int, team: ThreadTeam
    ):
        super().__init__()
        self.layers = layers
        self.reach = reach
        self.stride = stride
        self.team = team

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return what the layers give for images, (n, channels, rows, width)."""
        n_rows = (images.shape[2] - self.reach) // self.stride + 1
        starts = range(ROWS, n_rows, ROWS)
        n_members = self.team.n_members
        half = torch.is_autocast_enabled("cpu")
        with one_thread_of_torch():
            first = self._strip(images, 0, n_rows)
            n, channels, _, width = first.shape
            whole = torch.empty(
                (n, channels, n_rows, width),
                dtype=first.dtype,
                memory_format=torch.channels_last,
            )
            whole[:, :, :ROWS] = first

            def work(rows):
                # These modes hold in the thread that has entered them.
                with torch.inference_mode(), torch.autocast("cpu", enabled=half):
                    for row in rows:
                        strip = self._strip(images, row, n_rows)
                        whole[:, :, row : row + ROWS] = strip

            self.team.map(work, [starts[k::n_members] for k in range(n_members)])
        return whole

    def _strip(self, images, row, n_rows):
        """Return the output from a row on."""
        n, start = min(ROWS, n_rows - row), row * self.stride
        return self.layers(
            images[:, :, start : start + (n - 1) * self.stride + self.reach]
        )


def in_strips(network: nn.Module, team: ThreadTeam) -> nn.Sequential:
    """Return the layers of a network, which work on strips.

    Parameters
    ----------
    network : torch.nn.Module
        Layers in sequence, of which a `Network` is one kind.
    team : ThreadTeam
        The threads, while its context lasts.
    """
    stages: list[tuple[list[nn.Module], int, int]] = []
    for layer in flat_layers(network):
        reach, stride = rows_of(layer)
        if reach > 1 or not stages:
            stages.append(([], reach, stride))
        stages[-1][0].append(as_matrix(layer))
    return nn.Sequential(
        *(
            Strips(nn.Sequential(*layers), reach, stride, team)
            for layers, reach, stride in stages
        )
    )


def flat_layers(network: nn.Module) -> list[nn.Module]:
    """Return the layers that are no sequence of others, in their order."""
    # A network consists of features and head.
    if not isinstance(network, nn.Sequential | Network):
        return [network]
    return [layer for child in network.children() for layer in flat_layers(child)]


def can_be_in_strips(network: nn.Module) -> bool:
    """Tell whether it is known of all layers which rows they see."""
    return all(type(layer) in OF_ROWS + OF_PIXELS for layer in flat_layers(network))


class Matrix(nn.Linear):
    """A convolution of single pixels, which is a product of matrices.

    The convolution of torch takes several times as long if the thread is alone.
    """

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the products, without a copy of images with the channels last."""
        return super().forward(images.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


def as_matrix(layer: nn.Module) -> nn.Module:
    """Return a convolution of single pixels as a matrix, and another layer as it is."""
    if not isinstance(layer, nn.Conv2d) or rows_of(layer) != (1, 1):
        return layer
    n_outputs, n_inputs = layer.weight.shape[:2]
    with torch.device("meta"):
        matrix = Matrix(n_inputs, n_outputs, bias=layer.bias is not None)
    matrix.weight = nn.Parameter(layer.weight.detach().flatten(1), requires_grad=False)
    if layer.bias is not None:
        matrix.bias = nn.Parameter(layer.bias.detach(), requires_grad=False)
    return matrix


def rows_of(layer: nn.Module) -> tuple[int, int]:
    """Return how many rows an output row sees, and the rows between two of them."""
    if isinstance(layer, nn.Conv2d):
        return layer.dilation[0] * (layer.kernel_size[0] - 1) + 1, layer.stride[0]
    if isinstance(layer, ResidualBlock):
        return 2 * layer.crop + 1, layer.step
    if isinstance(layer, Smoothing):
        return 2 * layer.dilation + 1, layer.stride
    if isinstance(layer, MeanOverRegion):
        return (layer.steps - 1) * layer.stride + 1, 1
    return 1, 1
