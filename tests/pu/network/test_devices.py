import threading
from types import SimpleNamespace

import pytest
import torch
from fake_gpu import FakeGpu

from pusklearn.pu.network._devices import (
    SharedContext,
    as_device,
    computes_in_half,
    exact_layers,
    full_precision,
)


class Recorded:
    """A context that counts its entries and exits."""

    def __init__(self):
        self.entries = 0
        self.exits = 0

    def __enter__(self):
        self.entries += 1

    def __exit__(self, *error):
        self.exits += 1


def test_a_shared_context_lasts_until_the_last_thread_has_left():
    recorded = Recorded()
    shared = SharedContext(lambda: recorded)
    inside, may_leave = threading.Event(), threading.Event()

    def stay():
        with shared:
            inside.set()
            may_leave.wait(10)

    thread = threading.Thread(target=stay)
    with shared:
        thread.start()
        assert inside.wait(10)
    assert (recorded.entries, recorded.exits) == (1, 0)
    may_leave.set()
    thread.join()
    assert (recorded.entries, recorded.exits) == (1, 1)
    with shared:
        assert recorded.entries == 2


def test_a_shared_context_ends_with_an_error():
    recorded = Recorded()
    with pytest.raises(ZeroDivisionError), SharedContext(lambda: recorded):
        1 / 0  # noqa: B018
    assert recorded.exits == 1


def flags():
    """Return what decides how cuDNN computes."""
    cudnn = torch.backends.cudnn
    precisions = [layer.fp32_precision for layer in (cudnn.conv, cudnn.rnn)]
    return [cudnn.deterministic, cudnn.benchmark, *precisions]


def test_layers_of_a_gpu_are_exact_inside_only():
    before = flags()
    with full_precision(torch.device("cpu")):
        assert flags() == before
    with full_precision(torch.device("cuda")):
        assert flags() == [True, False, "ieee", "ieee"]
    assert flags() == before


def test_settings_of_the_user_come_back_after_an_error(monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "benchmark", True)
    with pytest.raises(ZeroDivisionError), full_precision(torch.device("cuda")):
        1 / 0  # noqa: B018
    assert torch.backends.cudnn.benchmark


def test_layers_are_exact_with_an_older_torch(monkeypatch):
    older = SimpleNamespace(deterministic=False, benchmark=True, allow_tf32=True)
    before = vars(older).copy()
    monkeypatch.setattr(torch.backends, "cudnn", older)
    with exact_layers():
        assert vars(older) == {
            "deterministic": True,
            "benchmark": False,
            "allow_tf32": False,
        }
    assert vars(older) == before


def test_a_gpu_is_found_and_computes_images_in_bfloat16():
    with FakeGpu():
        device = as_device("auto")
        assert device.type == "cuda"
        assert computes_in_half("auto", device, is_image=True)
        assert not computes_in_half("auto", device, is_image=False)
