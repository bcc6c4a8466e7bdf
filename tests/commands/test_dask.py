"""Workers of a dask cluster that are processes of their own: commands and joblib."""

import json
import pickle
import shutil

import numpy as np
import pytest
from cluster_tools import EndsWorkers, start
from distributed import Client
from joblib import parallel_config
from sklearn.model_selection import GridSearchCV, cross_val_score

import pusklearn
from pusklearn import PUClassifier, io
from pusklearn.commands._cluster import Cluster
from pusklearn.commands._pick_cluster import picked_on_cluster
from pusklearn.commands._pick_journal import stamp_of
from pusklearn.commands._pick_workers import Setup, picked
from pusklearn.commands._picker_file import sha256_of
from pusklearn.commands._task import Task
from pusklearn.modules import MLP

NOWHERE = "tcp://127.0.0.1:9"  # nobody listens at this port
PICKING = ("pusklearn.commands._cluster_worker", "pick_one")
PREDICTING = ("pusklearn.micrographs.images._elsewhere", "only_row_and_warnings")


@pytest.fixture(scope="module")
def processes():
    """Start a cluster of two processes, which start anew if they end."""
    with start(2) as cluster:
        yield cluster


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


def assert_same(found, expected):
    found = sorted(found, key=lambda entry: int(entry.file))
    assert [one._replace(picks=None) for one in found] == [
        one._replace(picks=None) for one in expected
    ]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.points, other.points)


def test_processes_of_a_cluster_give_the_picks_of_one_process(processes, pick, small):
    assert pick(output="one").exit_code == 0
    result = pick("--dask", processes.scheduler_address)
    assert result.exit_code == 0, result.stderr
    with open("out/picks.csv", "rb") as file, open("one/picks.csv", "rb") as other:
        assert file.read() == other.read()
    with open("out/run.json") as file:
        record = json.load(file)
    assert record["cluster"] == processes.scheduler_address
    with open("one/run.json") as file:
        assert json.load(file)["micrographs"] == record["micrographs"]
    # Nothing is left to do, so there need be no cluster.
    result = pick("--dask", NOWHERE)
    assert "4 micrographs: 4 picked before, 0 to pick" in result.stdout


def test_a_worker_that_is_killed_loses_nothing(processes, setup, tasks, tmp_path):
    expected = list(picked(setup, tasks, 1, 1))
    workers = set(processes.scheduler.workers)
    with Client(processes, set_as_default=False) as client:
        client.register_plugin(EndsWorkers(*PICKING, key="5", once=tmp_path / "killed"))
        found = list(picked_on_cluster(setup, tasks, place_of(processes)))
        client.unregister_worker_plugin("ends-workers")
    assert (tmp_path / "killed").exists()
    assert set(processes.scheduler.workers) != workers
    assert len(found) == 12
    assert_same(found, expected)


@pytest.mark.slow  # A worker that starts again imports PyTorch.
def test_a_micrograph_that_kills_every_worker_is_the_only_one_to_fail(
    processes, setup, tasks, monkeypatch
):
    monkeypatch.setattr(processes.scheduler, "allowed_failures", 0)
    expected = list(picked(setup, tasks, 1, 1))
    with Client(processes, set_as_default=False) as client:
        client.register_plugin(EndsWorkers(*PICKING, key="5"))
        found = list(picked_on_cluster(setup, tasks, place_of(processes)))
        client.unregister_worker_plugin("ends-workers")
    (failed,) = [one for one in found if one.error]
    assert failed.file == "5"
    assert failed.error.startswith("each of 1 workers has ended while it worked on")
    assert "127.0.0.1" in failed.error
    assert failed.name == expected[5].name
    found.remove(failed)
    assert_same(found, [one for one in expected if one.file != "5"])


def test_workers_with_another_version_are_told_of(processes, setup, tasks, monkeypatch):
    monkeypatch.setattr(pusklearn, "__version__", "0.0.1")
    with pytest.raises(ValueError, match=r"command has 0\.0\.1, and a worker has"):
        list(picked_on_cluster(setup, tasks, place_of(processes)))


@pytest.fixture
def client(processes):
    """Connect as a user does, so that joblib finds the cluster."""
    with Client(processes) as client:
        # One that has been killed may be on its way back. With one worker of one
        # thread, joblib would compute here.
        client.wait_for_workers(2, timeout=60)
        yield client


def test_joblib_tells_what_workers_warn_of(client, small, tmp_path):
    picker = pickle.loads(pickle.dumps(small.picker))
    picker.set_params(
        **{name: "warn" for name in picker.get_params() if name.endswith("on_error")}
    )
    shutil.copytree(small.folder / "mics", tmp_path / "mics")
    micrographs = io.read_micrographs(tmp_path / "mics")
    name = micrographs[2].name
    (tmp_path / "mics" / f"{name}.mrc").unlink()
    with (
        parallel_config("dask"),
        pytest.warns(UserWarning, match=f"{name} cannot be used and is left out"),
    ):
        found = picker.predict(micrographs)
    assert [len(picks) > 0 for picks in found] == [True, True, False, True]


def test_a_search_over_pickers_gives_the_scores_of_one_process(client, small):
    # `GridSearchCV` clones; the small picker trains briefly.
    search = GridSearchCV(
        small.picker,
        {"score__label_radius": ["6px", "9px"]},
        cv=2,
        error_score="raise",
        refit=False,
    )
    alone = search.fit(small.micrographs, small.particles).cv_results_
    with parallel_config("dask"):
        together = search.fit(small.micrographs, small.particles).cv_results_
    for name in ("split0_test_score", "split1_test_score"):
        np.testing.assert_array_equal(together[name], alone[name])
        assert np.isfinite(together[name]).all()


def test_a_search_on_a_cluster_gives_the_scores_of_one_process(client):
    X = np.random.default_rng(0).normal(size=(120, 3)).astype(np.float32)
    y = (X[:, 0] > 0.5).astype(int)
    search = GridSearchCV(
        PUClassifier(MLP((4,)), max_epochs=1, steps_per_epoch=4, random_state=0),
        {"lr": [0.001, 0.01]},
        cv=2,
        error_score="raise",
    )
    alone = search.fit(X, y).cv_results_["mean_test_score"]
    with parallel_config("dask"):
        together = search.fit(X, y).cv_results_["mean_test_score"]
    np.testing.assert_array_equal(together, alone)


def test_a_picker_is_judged_on_a_cluster(client, small):
    alone = cross_val_score(small.picker, small.micrographs, small.particles, cv=2)
    with parallel_config("dask"):
        together = cross_val_score(
            small.picker, small.micrographs, small.particles, cv=2
        )
    np.testing.assert_array_equal(together, alone)


def test_joblib_predicts_on_a_cluster_though_a_worker_is_killed(
    client, small, tmp_path
):
    expected = small.picker.predict(small.micrographs)
    client.register_plugin(EndsWorkers(*PREDICTING, once=tmp_path / "killed"))
    with parallel_config("dask"):
        found = small.picker.predict(small.micrographs)
    client.unregister_worker_plugin("ends-workers")
    assert (tmp_path / "killed").exists()
    for ours, one in zip(found, expected, strict=True):
        np.testing.assert_array_equal(ours, one)
