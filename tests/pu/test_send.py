import numpy as np
import torch
from fake_gpu import FakeGpu

from pusklearn.pu._send import send

CPU = torch.device("cpu")


def test_nothing_is_copied_to_the_memory_where_it_is():
    values = np.arange(3)
    sent = send(values, CPU)
    values[0] = 7
    assert sent.tolist() == [7, 1, 2]
    assert send(sent, CPU) is sent


def test_a_device_without_pinned_memory_gets_values_at_once():
    assert send(np.zeros(2, np.float32), torch.device("meta")).is_meta


def test_a_gpu_takes_values_by_itself():
    with FakeGpu() as gpu:
        sent = send(np.arange(3), torch.device("cuda"))
        assert sent.device.type == "cuda"
        assert not gpu.waits
        assert (sent + 1).tolist() == [1, 2, 3]
        assert gpu.waits == ["tolist"]
