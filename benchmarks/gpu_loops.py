"""Bare loops of PyTorch on a GPU, which the page on GPUs compares with."""

import time

import numpy as np
import torch
from plain_references import plain_network
from torch.nn.functional import binary_cross_entropy_with_logits


def synchronize(device):
    """Wait until a GPU has done all that it was told."""
    if device.type == "cuda":
        torch.cuda.synchronize()


def best_seconds(function, device, repeats=3):
    """Return the shortest time of a call, the work of the GPU included."""
    function()
    times = []
    for _ in range(repeats):
        synchronize(device)
        start = time.perf_counter()
        function()
        synchronize(device)
        times.append(time.perf_counter() - start)
    return min(times)


class BareTraining:
    """Updates of a network on a batch that is ready, with the layers of PyTorch alone.

    Parameters
    ----------
    module : specification
        What builds the network.
    batch_size : int
        Regions in the batch.
    device : torch.device
        The device.
    half : bool
        Whether autocast computes in bfloat16.
    captured : bool, default=False
        Whether an update is to be recorded as a CUDA graph, which needs an optimizer
        that keeps its numbers on the GPU, and an autocast that keeps nothing.
    """

    def __init__(self, module, batch_size, device, half, captured=False):
        torch.manual_seed(0)
        size = module.receptive_field
        self.network = plain_network(module).to(device).train()
        self.samples = torch.randn(batch_size, 1, size, size, device=device)
        row = torch.arange(batch_size, device=device)
        self.target = (row < batch_size // 16).float()
        self.optimizer = torch.optim.Adam(
            self.network.parameters(), capturable=captured
        )
        self.half = half
        self.captured = captured

    def update(self):
        """Update the network once."""
        self.optimizer.zero_grad()
        kind, keeps = self.samples.device.type, not self.captured
        with torch.autocast(
            kind, torch.bfloat16, enabled=self.half, cache_enabled=keeps
        ):
            logits = self.network(self.samples).flatten()
        loss = binary_cross_entropy_with_logits(logits.float(), self.target)
        loss.backward()
        self.optimizer.step()

    def run(self, n_updates):
        """Update the network so many times."""
        for _ in range(n_updates):
            self.update()


class FitTraining:
    """Updates as those of `fit`, on a batch that is ready, without what calls them.

    Parameters
    ----------
    classifier : PUClassifier
        A fitted classifier of regions.
    batch_size : int
        Regions in the batch.
    captured : bool, default=False
        Whether an update is to be recorded as a CUDA graph.
    """

    def __init__(self, classifier, batch_size, captured=False):
        net = classifier.net_
        self.network, self.objective = net.module_.train(), net.criterion_
        weight = next(self.network.parameters())
        self.samples = torch.randn(
            batch_size, 1, *classifier.sample_shape_, device=weight.device
        )
        row = torch.arange(batch_size, device=weight.device)
        self.is_positive = row < batch_size // 16
        self.optimizer = torch.optim.Adam(
            self.network.parameters(), fused=weight.is_cuda, capturable=captured
        )

    def update(self):
        """Update the network once."""
        self.optimizer.zero_grad()
        self.objective(self.network(self.samples), self.is_positive).backward()
        self.optimizer.step()

    def run(self, n_updates):
        """Update the network so many times."""
        for _ in range(n_updates):
            self.update()


def captured_updates(training):
    """Return a function that repeats an update n times, as one CUDA graph each."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        training.run(3)
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    for layer in training.network.modules():
        for generator in getattr(layer, "generators", {}).values():
            graph.register_generator_state(generator)
    training.optimizer.zero_grad(set_to_none=True)
    with torch.cuda.graph(graph):
        training.update()

    def run(n_updates):
        for _ in range(n_updates):
            graph.replay()

    return run


def bare_maps(dense, images, device, half):
    """Return the output of a dense network for each image, one after the other."""
    maps = []
    with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, half):
        for image in images:
            pixels = torch.from_numpy(np.asarray(image)).to(device)
            maps.append(dense(pixels[None, None])[0, 0].float().cpu().numpy())
    return maps
