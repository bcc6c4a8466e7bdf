"""The few directions in the values of a network that its logits depend on.

The `c` outputs of a convolution are, nearly, a matrix of `c` x `r` times the outputs of
a convolution with only `r`, if they hardly leave a subspace of `r` dimensions, or leave
it where the logit does not change; and so are its inputs. The principal directions of
the values, weighted by the gradient of the logit, span that subspace. Zhang et al.,
"Accelerating very deep convolutional networks for classification and detection" (arXiv
1505.06798, section 3.1) do this for outputs, with equal weights.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from pusklearn.pu.network._dense_network import dense_form
from pusklearn.pu.network._devices import full_precision
from pusklearn.pu.network._low_rank_form import (
    Confinement,
    Subspace,
    wide_convolutions,
)
from pusklearn.pu.network._strips import can_be_in_strips

# The variance that the logits may lose by each subspace, as a share of theirs, and by
# all together. The interpolation of every second pixel loses 0.004 to 0.07.
LOSS_OF_ONE = 1 / 256
LOSS_OF_ALL = 1 / 64
# Ranks are multiples of this. Half of it takes four fifths of the time, and costs twice
# as much of the average precision on thin particles in strong noise as `step` = 2 does.
RANK = 32
BATCH = 256


def find_subspaces(
    network: nn.Module, module: Any, regions: NDArray[np.float32]
) -> list[Confinement]:
    """Find subspaces that leave the logits of regions nearly as they are.

    Every second region tells the subspaces, and the others whether the logits stay.

    Parameters
    ----------
    network : torch.nn.Module
        The trained network, in evaluation mode.
    module : Blueprint
        What built the network.
    regions : ndarray of float32 of shape (n, size, size)
        Regions to learn from.

    Returns
    -------
    list of tuple
        What `confine` takes. It is empty if nothing is to be confined, or the network
        has other layers than those of `pusklearn.modules`.
    """
    device, size = next(network.parameters()).device, regions.shape[-1]
    with full_precision(device):
        strided = dense_form(network, module, size, module.stride)
        if not can_be_in_strips(strided):
            return []
        convolutions = [layer for _, _, layer in wide_convolutions(strided)]
        channels = [n for c in convolutions for n in (c.in_channels, c.out_channels)]
        # No rank is less than these, so nothing can be saved.
        if max(channels, default=0) <= RANK:
            return []
        batches = torch.from_numpy(regions[:, None]).to(device)
        known, variance = gather_statistics(strided, batches[::2])
        held_out = batches[1::2]
        if not variance > 0 or not len(held_out):
            return []
        confinements = [
            find_confinement(layer, inputs, outputs, LOSS_OF_ONE * variance)
            for layer, inputs, outputs in zip(
                convolutions, known[::2], known[1::2], strict=True
            )
        ]
        if not any(map(any, confinements)):
            return []
        near = dense_form(network, module, size, module.stride, confinements)
        error = all_logits(near, held_out) - all_logits(strided, held_out)
        lost = error.square().mean()
    return confinements if lost <= LOSS_OF_ALL * variance else []


class Statistics(NamedTuple):
    """What is known of the values that a layer takes or gives.

    Attributes
    ----------
    n_positions : int
        The values of a region, for each channel.
    mean : tensor of float64 of shape (channels,)
        The mean value.
    covariance : tensor of float64 of shape (channels, channels)
        The covariance of the channels.
    gradients : tensor of float64 of shape (channels, channels)
        The mean product of the gradients of a logit with respect to two channels.
    """

    n_positions: int
    mean: torch.Tensor
    covariance: torch.Tensor
    gradients: torch.Tensor


def gather_statistics(
    network: nn.Module, regions: torch.Tensor
) -> tuple[list[Statistics], float]:
    """Return statistics of what wide convolutions take and give, in turn.

    Parameters
    ----------
    network : torch.nn.Module
        The network, which gives one logit for each region.
    regions : tensor of shape (n, 1, size, size)
        The regions.

    Returns
    -------
    statistics : list of Statistics
        Of the inputs of the first convolution, its outputs, the inputs of the second...
    variance : float
        The variance of the logits.
    """
    sums: list[list[Any]] = []
    logits = []
    for values, gradients, scores in values_and_gradients(network, regions):
        logits.append(scores)
        sums = sums or [[0, 0.0, 0.0, 0.0] for _ in values]
        for total, value, gradient in zip(sums, values, gradients, strict=True):
            rows = value.movedim(1, -1).flatten(0, -2).double()
            slopes = gradient.movedim(1, -1).flatten(0, -2).double()
            total[0] += len(rows)
            total[1] += rows.sum(0)
            total[2] += rows.T @ rows
            total[3] += slopes.T @ slopes
    statistics = []
    for n, value, square, slope in sums:
        mean = value / n
        covariance = square / n - torch.outer(mean, mean)
        statistics.append(Statistics(n // len(regions), mean, covariance, slope / n))
    return statistics, float(torch.cat(logits).double().var(correction=0))


def values_and_gradients(
    network: nn.Module, regions: torch.Tensor
) -> Iterator[tuple[Sequence[torch.Tensor], Sequence[torch.Tensor], torch.Tensor]]:
    """Yield what wide convolutions take and give, the gradients, and the logits."""
    layers = [layer for _, _, layer in wide_convolutions(network)]
    seen: dict[nn.Module, list[torch.Tensor]] = {}
    hooks = [
        layer.register_forward_hook(
            lambda own, given, out: seen.update({own: [*given, out]})
        )
        for layer in layers
    ]
    with torch.enable_grad():
        for batch in regions.split(BATCH):
            # Inputs have a gradient even if no layer before them is trained.
            logits = network(batch.requires_grad_()).flatten()
            # Layers may work in another order than that of their names.
            values = [value for layer in layers for value in seen[layer]]
            gradients = torch.autograd.grad(logits.sum(), values) if values else ()
            yield [value.detach() for value in values], gradients, logits.detach()
    for hook in hooks:
        hook.remove()


def find_confinement(
    convolution: nn.Conv2d, inputs: Statistics, outputs: Statistics, loss: float
) -> Confinement:
    """Return the subspaces of inputs and outputs that save products.

    Parameters
    ----------
    convolution : torch.nn.Conv2d
        The convolution.
    inputs, outputs : Statistics
        What is known of its inputs and outputs.
    loss : float
        The greatest mean square of the change of a logit by each subspace.
    """
    pixels = int(np.prod(convolution.kernel_size))
    n_inputs, n_outputs = convolution.in_channels, convolution.out_channels
    before, after = find_subspace(inputs, loss), find_subspace(outputs, loss)
    rank = len(after[1])
    saves_after = saves(rank, n_outputs, pixels * n_inputs)
    n_left = rank if saves_after else n_outputs
    saves_before = saves(len(before[1]), n_inputs, pixels * n_left)
    return before if saves_before else None, after if saves_after else None


def saves(rank: int, channels: int, products: int) -> bool:
    """Tell whether a rank in the place of channels is worth a matrix.

    Parameters
    ----------
    rank, channels : int
        The dimensions of the subspace, and of all values.
    products : int
        The products of the convolution for one channel.
    """
    return rank * (products + channels) < 0.85 * channels * products


def find_subspace(known: Statistics, loss: float) -> Subspace:
    """Return the smallest subspace that changes logits by no more than `loss`.

    Parameters
    ----------
    known : Statistics
        The statistics of the values.
    loss : float
        The greatest mean square of the change of a logit.
    """
    channels = len(known.mean)
    # Values that no logit depends on must not make the weights singular.
    least = 1e-4 * known.gradients.trace() / channels + 1e-30
    weights, directions = torch.linalg.eigh(known.gradients)
    weights = weights.clamp(min=0) + least
    root = directions * weights.sqrt() @ directions.T
    inverse = directions / weights.sqrt() @ directions.T
    changes, axes = torch.linalg.eigh(root @ known.covariance @ root)
    # In ascending order: the sum of those that would be left out.
    left_out = known.n_positions * changes.clamp(min=0).cumsum(0)
    rank = channels - int((left_out <= loss).sum())
    rank = min(channels, max(1, -(-rank // RANK)) * RANK)
    kept = axes[:, -rank:]
    arrays = (known.mean, kept.T @ root, inverse @ kept)
    mean, reduce, expand = (values.float().cpu().numpy() for values in arrays)
    return mean, reduce, expand


def all_logits(network: nn.Module, regions: torch.Tensor) -> torch.Tensor:
    """Return the logits of regions, a batch at a time."""
    with torch.inference_mode():
        return torch.cat([network(batch).flatten() for batch in regions.split(BATCH)])
