"""Networks for tests."""

import torch


def trained_like(architecture, size):
    """A network whose batch norm has seen data."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = architecture.build((size, size))
        network.train()
        network(torch.randn(8, 1, size, size))
    return network.eval()
