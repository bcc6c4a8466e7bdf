"""The loss of a batch and its gradient, computed by a team of threads."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import reduce
from typing import Any

import torch
from torch import nn

from pusklearn.pu.modules._blueprint import Network
from pusklearn.pu.modules._thread_team import (
    ThreadTeam,
    one_thread_of_torch,
    own_threads,
)
from pusklearn.pu.network._network import TrainedNetwork

# A thread with fewer samples of a batch would mostly wait for the others.
LEAST_SAMPLES = 32

# Layers of torch that take each sample alone and draw no random numbers.
LAYERS = (
    *(nn.Sequential, nn.Identity, nn.Flatten, nn.ZeroPad2d),
    *(nn.Linear, nn.Conv2d, nn.ConvTranspose2d),
    *(nn.ReLU, nn.LeakyReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Tanh, nn.Sigmoid),
    *(nn.MaxPool2d, nn.AvgPool2d, nn.LayerNorm, nn.GroupNorm),
)


@contextmanager
def team_for(
    net: Any, batch_size: int, device: torch.device
) -> Iterator[ThreadTeam | None]:
    """Make the team that trains a net, with as many threads as torch has.

    It is None if torch has one thread only, the device is not the CPU, the network is
    compiled, or a layer may need the whole batch. For other networks torch itself is
    left with one thread, and gets the others back at the end.
    """
    if device.type != "cpu" or net.compile or not takes_parts(net.module_.network):
        yield None
        return
    n_threads = own_threads()
    n_members = min(n_threads, batch_size // LEAST_SAMPLES)
    with ExitStack() as stack:
        if n_threads > 1:
            stack.enter_context(one_thread_of_torch())
        yield stack.enter_context(ThreadTeam(n_members)) if n_members > 1 else None


def takes_parts(network: nn.Module) -> bool:
    """Tell whether a network gives the parts of a batch what it gives the whole.

    The layers of this package do so in a `ThreadTeam`. Those of the user may be a batch
    norm or a dropout of torch, which know of no team.
    """
    return isinstance(network, Network) and all(
        type(layer) in LAYERS or type(layer).__module__.startswith("pusklearn.")
        for layer in network.modules()
    )


def compute_gradient(
    team: ThreadTeam,
    network: TrainedNetwork,
    samples: torch.Tensor,
    loss_of: Callable,
) -> tuple[torch.Tensor, tuple[torch.Tensor, torch.Tensor | None]]:
    """Set the gradient of every parameter; return the loss and the output.

    The members take the parts of the batch forward, the calling thread computes the
    loss of the whole output and its gradient, and the members take that back. A
    criterion that has parameters of its own gets their gradient as well.
    """
    outputs = team.map(network, team.split(samples))
    # Logits and errors of each part, or logits alone.
    given = [tuple(t for t in output if t is not None) for output in outputs]
    of_all = list(zip(*given, strict=True))
    leaves = [torch.cat(tensors).detach().requires_grad_() for tensors in of_all]
    output = (leaves[0], leaves[1] if len(leaves) > 1 else None)
    loss = loss_of(output)
    loss.backward()
    of_parts = [
        gradient_of(leaf).split([len(tensor) for tensor in tensors])
        for leaf, tensors in zip(leaves, of_all, strict=True)
    ]
    parameters = [p for p in network.parameters() if p.requires_grad]

    def go_back(tensors: tuple, *gradients: torch.Tensor) -> tuple:
        return torch.autograd.grad(tensors, parameters, gradients)

    terms = team.map(go_back, given, *of_parts)
    for parameter, *of_members in zip(parameters, *terms, strict=True):
        parameter.grad = reduce(torch.add, of_members)
    return loss, output


def gradient_of(leaf: torch.Tensor) -> torch.Tensor:
    """Return the gradient of a tensor, 0 if the loss does not depend on it."""
    return torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
