import os
import signal
import subprocess
import sys
import time

import pytest

from pusklearn.commands import _pick_workers
from pusklearn.commands._pick_workers import LIMITS, Setup, Task, picked, start_worker
from pusklearn.commands._picker_file import sha256_of


@pytest.fixture
def setup(small):
    return Setup(small.model, sha256_of(small.model), "prior", None, "cpu")


def tasks_of(small):
    files = sorted((small.folder / "mics").iterdir())
    return [Task(file.name, [], file) for file in files]


def test_a_model_is_read_once(small, setup, monkeypatch):
    import pusklearn

    _pick_workers.load_picker.cache_clear()
    loaded = []
    load = pusklearn.load
    monkeypatch.setattr(
        pusklearn, "load", lambda path: loaded.append(path) or load(path)
    )
    assert len(list(picked(setup, tasks_of(small), 1, 1))) == 4
    assert loaded == [small.model]


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_model_that_cannot_be_used_is_an_error(small, setup, jobs):
    wrong = setup._replace(model=small.clicks, sha256="other")
    with pytest.raises(ValueError, match=r"clicks\.csv"):
        list(picked(wrong, tasks_of(small), jobs, 1))


def test_a_model_that_is_replaced_while_a_run_goes_on_is_an_error(small, setup):
    _pick_workers.load_picker.cache_clear()
    later = setup._replace(sha256="that of the file at the beginning")
    with pytest.raises(ValueError, match=r"model\.pusk has been replaced"):
        next(picked(later, tasks_of(small), 1, 1))


def test_a_fault_of_the_system_is_no_fault_of_a_micrograph(small, setup, monkeypatch):
    from pusklearn import io

    def too_many(*arguments, **options):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(io, "read_micrographs", too_many)
    with pytest.raises(OSError, match="Too many open files"):
        next(picked(setup, tasks_of(small), 1, 1))


def test_a_process_that_was_ended_is_an_error(small, setup):
    killed = Task("end", [], EndsTheProcess())
    with pytest.raises(OSError, match="Give a smaller --jobs"):
        list(picked(setup, [killed, *tasks_of(small)], 2, 1))


class EndsTheProcess:
    """A file whose reading ends the process, as too little memory does."""

    def __reduce__(self):
        return os._exit, (9,)


def test_the_environment_is_as_before(monkeypatch):
    monkeypatch.setenv(LIMITS[0], "3")
    monkeypatch.delenv(LIMITS[1], raising=False)
    before = dict(os.environ)
    with _pick_workers.as_workers_start(1):
        assert {os.environ[name] for name in LIMITS} == {"1"}
    assert dict(os.environ) == before


def test_ctrl_c_does_not_reach_workers():
    code = "import signal; print(signal.SIGINT in signal.pthread_sigmask(0, []))"
    with _pick_workers.as_workers_start(1):
        inside = subprocess.check_output([sys.executable, "-c", code], text=True)
    outside = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert (inside, outside) == ("True\n", "False\n")


def test_systems_without_signal_masks_work(monkeypatch):
    monkeypatch.delattr(signal, "pthread_sigmask", raising=False)
    with _pick_workers.as_workers_start(2):
        assert os.environ["OMP_NUM_THREADS"] == "2"


def test_a_worker_ends_with_the_process_that_has_started_it():
    code = (
        "import sys, time\n"
        "from multiprocessing.connection import Connection\n"
        "from pusklearn.commands._pick_workers import start_worker\n"
        "start_worker(Connection(int(sys.argv[1]), writable=False))\n"
        "time.sleep(60)"
    )
    reader, writer = os.pipe()
    worker = subprocess.Popen(
        [sys.executable, "-c", code, str(reader)], pass_fds=[reader]
    )
    os.close(reader)
    time.sleep(0.2)
    assert worker.poll() is None
    os.close(writer)
    assert worker.wait(10) == 1


def test_a_worker_lives_as_long_as_the_other_process(monkeypatch):
    import threading
    from multiprocessing import Pipe

    ended = threading.Event()
    monkeypatch.setattr(_pick_workers.os, "_exit", lambda status: ended.set())
    reader, writer = Pipe(duplex=False)
    start_worker(reader)
    assert not ended.wait(0.1)
    writer.close()
    assert ended.wait(5)
