import json
import logging
import os
import shutil
from collections import Counter
from contextlib import closing
from pathlib import Path

import mrcfile
import numpy as np
import pytest
import torch
from cluster_tools import start
from distributed import Future

from pusklearn.commands import _cluster, _cluster_worker, _pick_cluster, _pick_workers
from pusklearn.commands._cluster import Cluster
from pusklearn.commands._general_model import GENERAL, Particle
from pusklearn.commands._pick_cluster import picked_on_cluster
from pusklearn.commands._pick_journal import JOURNAL, PickJournal, stamp_of
from pusklearn.commands._pick_workers import Setup, picked
from pusklearn.commands._picker_file import sha256_of
from pusklearn.commands._task import Task

# Workers that are threads of this process, reached like others.
INSIDE = {"processes": False, "protocol": "tcp"}
NOWHERE = "tcp://127.0.0.1:9"  # nobody listens at this port


@pytest.fixture
def threads():
    """Start a cluster of two workers in this process, which takes no time."""
    before = torch.get_num_threads()
    with start(2, **INSIDE) as cluster:
        yield cluster
    torch.set_num_threads(before)


@pytest.fixture
def setup(small):
    return Setup(small.model, sha256_of(small.model), None, None, "cpu")


@pytest.fixture
def tasks(small):
    files = sorted((small.folder / "mics").iterdir())
    return [Task(f"{n}", stamp_of(files[n % 4], None), files[n % 4]) for n in range(12)]


@pytest.fixture
def pick(pusklearn_command, small, tmp_path, monkeypatch):
    """Run ``pusklearn pick`` in a folder with four micrographs and a model."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(small.folder / "mics", "mics")
    shutil.copy(small.model, "model.pusk")

    def run(*arguments, output="out"):
        arguments = ["model.pusk", "mics", "--format", "csv", *arguments]
        return pusklearn_command("pick", *arguments, "--output", output)

    return run


def place_of(cluster, wait=60.0):
    return Cluster(cluster.scheduler_address, None, wait)


def micrographs_of(folder):
    """Return what the record of a run says of each micrograph."""
    with open(os.path.join(folder, "run.json")) as file:
        return json.load(file)["micrographs"]


def assert_same(found, expected):
    found = sorted(found, key=lambda entry: int(entry.file))
    assert [one._replace(picks=None) for one in found] == [
        one._replace(picks=None) for one in expected
    ]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.points, other.points)


def test_few_tasks_wait_at_a_time(threads, setup, tasks, monkeypatch):
    n_waiting = []
    entries = _pick_cluster._Run._entries

    def counted(self, futures, is_alone):
        n_waiting.append(len(self.pending))
        return entries(self, futures, is_alone)

    monkeypatch.setattr(_pick_cluster._Run, "_entries", counted)
    found = list(picked_on_cluster(setup, tasks, place_of(threads)))
    assert_same(found, list(picked(setup, tasks, 1, 1)))
    assert max(n_waiting) == 4


@pytest.mark.parametrize(("asked", "used"), [(None, 3), (2, 2)])
def test_a_worker_computes_with_its_threads(setup, tasks, monkeypatch, asked, used):
    monkeypatch.setattr(_cluster_worker, "_THREADS", _cluster_worker.threading.local())
    numbers = []
    monkeypatch.setattr("pusklearn.commands._options.set_threads", numbers.append)
    with start(1, threads_per_worker=3, **INSIDE) as cluster:
        found = picked_on_cluster(setup, tasks[:2], place_of(cluster), asked)
        assert len(list(found)) == 2
    assert set(numbers) == {used}


def test_paths_are_those_of_the_command(threads, setup, small, monkeypatch, tmp_path):
    monkeypatch.chdir(small.folder)
    relative = setup._replace(model=small.model.relative_to(small.folder))
    files = sorted(small.folder.glob("mics/*.mrc"))
    tasks = [
        Task("0", stamp_of(file, None), file.relative_to(small.folder), pixel_size=2.0)
        for file in files[:1]
    ]
    (expected,) = picked(relative, tasks, 1, 1)
    # Workers need not work where the command does.
    (sent,) = map(_pick_cluster._with_absolute_paths, tasks)
    assert os.path.isabs(sent.file)
    monkeypatch.chdir(tmp_path)
    _pick_workers.load_picker.cache_clear()
    (found,) = picked(
        _pick_cluster._with_absolute_path(relative._replace(model=small.model)),
        [sent],
        1,
        1,
    )
    assert found.path == expected.path == os.path.join("mics", files[0].name)
    assert_same([found], [expected])


def test_masks_go_along(threads, setup, tasks, tmp_path):
    mask = np.zeros((96, 96), np.int8)
    mask[:, :30] = 1
    masks = [tmp_path / f"{task.file.stem}_mask.mrc" for task in tasks[:2]]
    for path in masks:
        mrcfile.write(path, mask)
    tasks = [
        task._replace(mask=tmp_path / path)
        for task, path in zip(tasks[:2], masks, strict=True)
    ]
    found = list(picked_on_cluster(setup, tasks, place_of(threads)))
    assert_same(found, list(picked(setup, tasks, 1, 1)))
    points = np.concatenate([one.points for one in found])
    assert len(points)
    assert points[:, 0].min() >= 29.5


def test_workers_have_the_general_network(threads, tasks):
    particle = Particle("36A", 8.0)
    setup = Setup(GENERAL, sha256_of(GENERAL), None, None, "cpu", particle=particle)
    found = list(picked_on_cluster(setup, tasks[:2], place_of(threads)))
    assert_same(found, list(picked(setup, tasks[:2], 1, 1)))


def test_a_result_that_is_lost_on_its_way_is_not_taken_for_another(
    threads, setup, tasks, monkeypatch
):
    n_seen, status = Counter(), Future.status.fget

    def fails(setup, task):
        raise OSError("The disk is full.")

    def finished_at_first(future):
        now = status(future)
        n_seen[future.key] += now == "error"
        # Distributed looks once before it calls back, and again when it hands over.
        return "finished" if now == "error" and n_seen[future.key] <= 2 else now

    monkeypatch.setattr(_cluster_worker, "pick_one", fails)
    monkeypatch.setattr(Future, "status", property(finished_at_first))
    with pytest.raises(OSError, match="The disk is full"):
        list(picked_on_cluster(setup, tasks[:1], place_of(threads)))


@pytest.mark.parametrize("on_error", ["warn", "raise"])
def test_a_file_that_cannot_be_read_is_told_of(threads, pick, on_error):
    os.truncate("mics/simulated_0002.mrc", 2000)
    assert pick("--on-error", on_error, output="one").exit_code == (on_error == "raise")
    result = pick("--dask", threads.scheduler_address, "--on-error", on_error)
    assert result.exit_code == (on_error == "raise")
    assert "simulated_0002.mrc is cut short" in result.stderr
    # The words of a run on this host, with its paths.
    assert os.getcwd() not in result.stderr
    if on_error == "warn":
        with open("out/picks.csv") as file, open("one/picks.csv") as other:
            assert file.read() == other.read()
        assert micrographs_of("out") == micrographs_of("one")


def test_a_scheduler_is_found_by_its_file(threads, pick):
    with open("scheduler.json", "w") as file:
        json.dump({"address": threads.scheduler_address}, file)
    result = pick("--scheduler-file", "scheduler.json")
    assert result.exit_code == 0, result.stderr
    with open("out/run.json") as file:
        assert json.load(file)["cluster"] == "scheduler.json"


@pytest.mark.parametrize("text", ["{}", "[]", "no JSON"])
def test_another_file_is_no_scheduler_file(pick, text):
    with open("scheduler.json", "w") as file:
        file.write(text)
    result = pick("--scheduler-file", "scheduler.json")
    assert result.exit_code == 1
    assert "scheduler.json must be the file that `dask scheduler" in result.stderr


def test_a_scheduler_file_that_does_not_come_is_waited_for(pick, monkeypatch):
    monkeypatch.setattr(_cluster, "SECONDS_BEFORE_A_LINE", 0.0)
    result = pick("--scheduler-file", "scheduler.json", "--wait", "0.2")
    assert result.exit_code == 1
    assert "There is no file scheduler.json after 0.2 seconds" in result.stderr
    assert result.stderr.count("Waiting for the scheduler, which writes") == 1


def test_a_scheduler_that_does_not_answer_is_told_of(pick):
    result = pick("--dask", NOWHERE, "--wait", "0.2", output="new/out")
    assert result.exit_code == 1
    expected = f"Error: No scheduler of dask answers at {NOWHERE} after 0.2 seconds"
    assert result.stderr.splitlines()[-1].startswith(expected)
    assert not Path("new").exists()


def test_picks_are_not_replaced_if_no_scheduler_answers(pick):
    assert pick().exit_code == 0
    before = {path: path.read_bytes() for path in Path("out").iterdir()}
    result = pick("--dask", NOWHERE, "--wait", "0.2", "--overwrite")
    assert "No scheduler of dask answers" in result.stderr
    assert {path: path.read_bytes() for path in Path("out").iterdir()} == before


@pytest.mark.parametrize("address", ["localhost", "http://127.0.0.1:8787", "tcp://a:b"])
def test_what_is_no_address_is_told_of(pick, address):
    result = pick("--dask", address)
    assert result.exit_code == 1
    assert f"such as tcp://10.0.0.1:8786. Got '{address}'" in result.stderr


def test_a_cluster_without_workers_is_waited_for(setup, tasks, monkeypatch, capsys):
    monkeypatch.setattr(_pick_cluster, "SECONDS_BEFORE_A_LINE", 0.0)
    monkeypatch.setattr(_pick_cluster, "SECONDS_OF_A_COUNT", 0.05)
    with start(0, **INSIDE) as cluster:
        with pytest.raises(OSError, match=r"has had no worker for 0\.3 seconds"):
            list(picked_on_cluster(setup, tasks, place_of(cluster, wait=0.3)))
        assert capsys.readouterr().err.count("Waiting for a worker") == 1
        # A worker that comes later is welcome.
        results = picked_on_cluster(setup, tasks[:2], place_of(cluster))
        cluster.scale(1)
        assert len(list(results)) == 2


def test_a_scheduler_that_goes_away_is_told_of(setup, tasks):
    with (
        start(1, **INSIDE) as cluster,
        closing(picked_on_cluster(setup, tasks, place_of(cluster))) as results,
    ):
        next(results)
        cluster.close()
        with pytest.raises(OSError, match=r"The scheduler at tcp\S+ has gone"):
            list(results)


def test_a_worker_that_does_not_see_the_files_ends_the_run(
    threads, setup, tasks, monkeypatch, tmp_path
):
    gone = Task("0", [1, 2], tmp_path / "gone.mrc")
    # It has been deleted since the run began, for all hosts.
    (entry,) = picked_on_cluster(setup, [gone], place_of(threads))
    assert "cannot see" in entry.error
    # It was not there for anybody, and the list of the micrographs is wrong.
    never = gone._replace(stamp=[None, None])
    (entry,) = picked_on_cluster(setup, [never], place_of(threads))
    assert entry.error == f"{tmp_path / 'gone.mrc'}: No such file or directory."
    monkeypatch.setattr(_pick_cluster, "_is_gone", lambda task: False)
    with pytest.raises(OSError, match=r"gone\.mrc.* a file system is needed") as raised:
        list(picked_on_cluster(setup, [gone], place_of(threads)))
    assert "on host" in raised.value.__notes__[0]
    masked = tasks[0]._replace(mask=tmp_path / "gone.mrc")
    with pytest.raises(OSError, match=r"gone\.mrc"):
        list(picked_on_cluster(setup, [masked], place_of(threads)))
    other = setup._replace(model=tmp_path / "gone.pusk")
    with pytest.raises(OSError, match=r"gone\.pusk"):
        list(picked_on_cluster(other, tasks, place_of(threads)))


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("Error during deserialization of the task graph."),
        ModuleNotFoundError("No module named 'pusklearn'"),
    ],
)
def test_hosts_without_the_library_are_told_of(
    threads, setup, tasks, monkeypatch, error
):
    def fail(*arguments, **options):
        raise error

    monkeypatch.setattr(_cluster_worker, "pick_one", fail)
    with pytest.raises(ImportError, match="must have pusklearn"):
        list(picked_on_cluster(setup, tasks, place_of(threads)))


def test_a_device_that_no_worker_has_is_told_of(threads, pick):
    result = pick("--dask", threads.scheduler_address, "--device", "tpu")
    assert result.exit_code == 1
    assert "Got 'tpu'" in result.stderr
    assert "The worker tcp://" in result.stderr
    assert not Path("out").exists()


def test_a_run_that_fails_at_once_leaves_other_files(threads, pick):
    Path("out").mkdir()
    Path("out", "notes.txt").touch()
    result = pick("--dask", threads.scheduler_address, "--device", "tpu")
    assert result.exit_code == 1
    assert os.listdir("out") == ["notes.txt"]


@pytest.mark.parametrize("name", ["distributed", "distributed.client"])
@pytest.mark.parametrize("goes_away", [False, True])
def test_the_logs_of_distributed_are_quiet_only_during_a_run(
    setup, tasks, caplog, name, goes_away
):
    logger = logging.getLogger(name)
    caplog.set_level(logging.DEBUG, name)
    with (
        start(1, **INSIDE) as cluster,
        closing(picked_on_cluster(setup, tasks, place_of(cluster))) as results,
    ):
        next(results)
        assert not logger.isEnabledFor(logging.ERROR)
        if goes_away:
            cluster.close()
            with pytest.raises(OSError, match="has gone"):
                list(results)
    assert logger.level == logging.DEBUG


def test_the_logs_of_distributed_are_as_before_if_no_scheduler_answers(pick, caplog):
    caplog.set_level(logging.DEBUG, "distributed")
    pick("--dask", NOWHERE, "--wait", "0.2")
    assert logging.getLogger("distributed").level == logging.DEBUG


def test_the_package_has_to_be_installed(pick, monkeypatch):
    monkeypatch.setattr(_cluster, "find_spec", lambda name: None)
    result = pick("--dask", NOWHERE)
    assert result.exit_code == 1
    assert "pip install pusklearn[dask]" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--dask", NOWHERE, "--jobs", "1"], "leave --jobs out"),
        (["--dask", NOWHERE, "--scheduler-file", "a.json"], "Give one."),
        (["--wait", "3"], "--wait is for a cluster"),
    ],
)
def test_options_that_do_not_go_together_are_a_usage_error(pick, arguments, said):
    result = pick(*arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())


def test_a_run_that_was_stopped_goes_on_with_a_cluster(threads, pick):
    assert pick(output="whole").exit_code == 0
    assert pick().exit_code == 0
    journal = Path("out", JOURNAL)
    journal.write_bytes(journal.read_bytes().splitlines(keepends=True)[0])
    os.remove("out/picks.csv")
    result = pick("--dask", threads.scheduler_address)
    assert "4 micrographs: 1 picked before, 3 to pick" in result.stdout
    with open("out/picks.csv") as file, open("whole/picks.csv") as other:
        assert file.read() == other.read()
    with PickJournal(Path("out")) as journal:
        assert len(journal.read()) == 4
