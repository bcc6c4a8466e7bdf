"""The fake GPU finds what would make a real one wait, and what would fail on it."""

import copy

import numpy as np
import pytest
import torch
from fake_gpu import FakeGpu, GpuWaitedError
from torch import nn


@pytest.fixture
def gpu():
    """Give a fake GPU."""
    with FakeGpu() as gpu:
        yield gpu


def numbers():
    """Return numbers on the GPU."""
    return torch.arange(4.0, device="cuda")


def fill_from_cpu(x):
    x[:2] = torch.zeros(2)


def copy_unpinned(x):
    x.copy_(torch.zeros(4), non_blocking=True)


WAITS = {
    "item": lambda x: x[0].item(),
    "float": lambda x: float(x[0]),
    "bool": lambda x: bool(x.sum()),
    "tolist": lambda x: x.tolist(),
    "print": repr,
    "all": lambda x: bool((x > 1).all()),
    "cpu": lambda x: x.cpu(),
    "to": lambda x: x.to("cpu"),
    "to the place of another": lambda x: x.to(torch.zeros(1)),
    "nonzero": lambda x: x.nonzero(),
    "a mask": lambda x: x[x > 1],
    "an index of the CPU": lambda x: x[torch.tensor([0, 1])],
    "an index of NumPy": lambda x: x[np.array([0, 1])],
    "equal": lambda x: torch.equal(x, x),
    "unique": lambda x: x.unique(),
    "a tensor of a list": lambda x: torch.tensor([1.0], device="cuda"),
    "sent": lambda x: torch.zeros(2).to("cuda"),
    "sent by name": lambda x: torch.zeros(2).cuda(),
    "sent unpinned": lambda x: torch.zeros(2).to("cuda", non_blocking=True),
    "filled": fill_from_cpu,
    "copied unpinned": copy_unpinned,
    "synchronize": lambda x: torch.cuda.synchronize(),
}


def fill(x):
    x[:2] = 3.0


def learn(x):
    x.requires_grad_().square().sum().backward()
    torch.optim.Adam([x], fused=True).step()


QUICK = {
    "arithmetic": lambda x: (x + 1).exp().sum(),
    "a slice": lambda x: x[1:3],
    "rows": lambda x: x[torch.arange(2, device="cuda")],
    "where": lambda x: torch.where(x > 1, x, 0.0),
    "filled by a number": fill,
    "sent pinned": lambda x: torch.zeros(2).pin_memory().to("cuda", non_blocking=True),
    "made there": lambda x: torch.full((3,), 2.0, device="cuda"),
    "made like it": lambda x: torch.ones_like(x),
    "another type": lambda x: x.to(torch.float64),
    "learning": learn,
}


@pytest.mark.parametrize("name", WAITS)
def test_a_wait_is_counted_or_raised(gpu, name):
    x = numbers()
    assert not gpu.waits
    WAITS[name](x)
    assert gpu.waits
    torch.cuda.set_sync_debug_mode("error")
    with pytest.raises(GpuWaitedError, match="The GPU waits because of"):
        WAITS[name](x)


@pytest.mark.parametrize("name", QUICK)
def test_what_does_not_wait_is_let_through(gpu, name):
    x = numbers()
    torch.cuda.set_sync_debug_mode("error")
    QUICK[name](x)
    assert not gpu.waits


MISTAKES = {
    "both devices": (lambda x: x + torch.ones(4), RuntimeError, "on the same device"),
    "NumPy": (lambda x: x.numpy(), TypeError, "can't convert cuda:0"),
    "an array": (np.asarray, TypeError, "can't convert cuda:0"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_what_fails_on_a_gpu_fails(gpu, name):
    do, error, message = MISTAKES[name]
    with pytest.raises(error, match=message):
        do(numbers())


def test_results_are_right_and_know_where_they_are(gpu):
    x = numbers()
    y = (x[1:].double() * 2).sum()
    assert (x.device, x.is_cuda, x.is_cpu) == (torch.device("cuda:0"), True, False)
    assert y.device.type == "cuda"
    assert y.item() == 12
    assert y.cpu().is_cpu
    assert torch.zeros_like(y, device="cpu").is_cpu
    assert torch.zeros(1).is_cpu


def test_a_network_is_sent_copied_and_trained(gpu):
    network = copy.deepcopy(nn.Sequential(nn.Linear(4, 2), nn.BatchNorm1d(2)).cuda())
    gpu.waits.clear()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    generator = torch.Generator("cuda").manual_seed(0)
    x = torch.rand(8, 4, device="cuda", generator=generator)
    with torch.autocast("cuda", torch.bfloat16):
        loss = network(x).square().sum()
    loss.backward()
    optimizer.step()
    assert not gpu.waits
    assert all(p.grad.is_cuda for p in network.parameters())
    assert all(b.is_cuda for b in network.buffers())


def test_kernels_are_counted_without_views(gpu):
    x = numbers()
    gpu.launches.clear()
    (x[1:].view(3) + 1).relu()
    assert gpu.launches == {"aten::add.Tensor": 1, "aten::relu": 1}


def test_memory_is_counted_while_it_is_used(gpu):
    x = torch.zeros(1000, device="cuda")
    y = x[:10]
    assert torch.cuda.memory_allocated() == 4000
    del x
    assert torch.cuda.memory_allocated() == 4000
    del y
    assert torch.cuda.memory_allocated() == 0
    assert torch.cuda.max_memory_allocated() == 4000
    torch.cuda.reset_peak_memory_stats()
    assert torch.cuda.max_memory_allocated() == 0


def test_there_is_no_gpu_afterwards():
    there = torch.cuda.is_available()
    with FakeGpu():
        assert torch.cuda.is_available()
    assert torch.cuda.is_available() == there
    assert torch.zeros(1).device.type == "cpu"
