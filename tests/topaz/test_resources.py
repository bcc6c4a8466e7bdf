import os
import subprocess
import sys

import pytest
import torch

from pusklearn.topaz._resources import find_device, find_threads, limit_threads, n_cores


@pytest.fixture(autouse=True)
def threads():
    number = torch.get_num_threads()
    yield
    torch.set_num_threads(number)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, 0),
        ({"num_threads": 3, "num_workers": 5}, 3),
        ({"num_workers": 5}, 5),
        ({"num_threads": 0, "num_workers": 5}, 5),
        ({"num_threads": 0}, 0),
        ({"num_threads": -1}, n_cores()),
        ({"num_workers": -1}, n_cores()),
    ],
    ids=str,
)
def test_threads_are_those_asked_for(options, expected):
    assert find_threads(options) == expected


def test_one_of_many_processes_has_one_thread(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert find_threads({}, is_one_of_many=True) == 1
    assert find_threads({"num_workers": 4}, is_one_of_many=True) == 4
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert find_threads({}, is_one_of_many=True) == 0


def test_cores_are_counted_without_an_affinity(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert n_cores() == os.cpu_count()


def test_a_limit_is_one_of_torch():
    limit_threads(2)
    assert torch.get_num_threads() == 2
    limit_threads(0)
    assert torch.get_num_threads() == 2


def test_a_limit_is_one_of_the_libraries_that_are_not_loaded_yet():
    program = (
        "from pusklearn.topaz._resources import limit_threads; limit_threads(3); "
        "import os, torch; "
        "print(torch.get_num_threads(), os.environ['OPENBLAS_NUM_THREADS'])"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == ["3", "3"]


@pytest.mark.parametrize(
    ("n_gpus", "number", "device", "is_said"),
    [
        (0, None, "cpu", False),
        (1, None, "cuda", False),
        (0, -1, "cpu", False),
        (1, -1, "cpu", False),
        (2, 1, "cuda:1", False),
        (0, 0, "cpu", True),
        (1, 3, "cpu", True),
    ],
)
def test_the_device_is_that_of_the_number(
    monkeypatch, capsys, n_gpus, number, device, is_said
):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: n_gpus > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: n_gpus)
    assert find_device(number) == device
    err = capsys.readouterr().err
    said = f"# There is no GPU {number} that torch can use; the CPU computes.\n"
    assert err == (said if is_said else "")
