"""The script that hands picks to cryoSPARC, with a stand-in for cryosparc-tools."""

import runpy
import sys
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.io import write_coordinates

SCRIPT = Path(__file__).parents[1] / "examples" / "cryosparc_external_job.py"
# The columns that cryoSPARC allocates for each slot.
COLUMNS = {
    "location": [
        ("location/micrograph_uid", "<u8"),
        ("location/exp_group_id", "<u4"),
        ("location/micrograph_path", "O"),
        ("location/micrograph_shape", "<u4", (2,)),
        ("location/center_x_frac", "<f4"),
        ("location/center_y_frac", "<f4"),
        ("location/min_dist_A", "<f4"),
    ],
    "pick_stats": [("pick_stats/ncc_score", "<f4"), ("pick_stats/power", "<f4")],
}


class Dataset(dict):
    """A mapping of columns, like that of cryosparc-tools."""

    @classmethod
    def load(cls, path):
        rows = np.load(path)
        return cls({name: rows[name] for name in rows.dtype.names})

    def fields(self):
        return list(self)

    def __len__(self):
        return len(self["uid"])


class Job:
    """What an external job was asked to do."""

    uid = "J12"

    def __init__(self):
        self.calls = []
        self.slots = []
        self.is_running = False

    def connect(self, *names, slots):
        self.calls.append(("connect", *names, *slots))

    def add_output(self, kind, name, *, slots, title):
        self.calls.append(("add_output", kind, name, *slots))
        self.slots = slots

    @contextmanager
    def run(self):
        self.is_running = True
        yield self
        self.is_running = False

    def alloc_output(self, name, uids):
        rows = np.zeros(len(uids), [c for slot in self.slots for c in COLUMNS[slot]])
        return Dataset({"uid": uids, **{n: rows[n].copy() for n in rows.dtype.names}})

    def save_output(self, name, dataset):
        assert self.is_running
        self.calls.append(("save_output", name))
        self.saved = dataset


@pytest.fixture
def job(monkeypatch):
    """Stand in for cryosparc-tools, and return the job that the script makes."""
    job = Job()

    class Project:
        def create_external_job(self, workspace, title):
            job.calls.append((workspace, title))
            return job

    class CryoSPARC:
        def __init__(self, address):
            assert address == "http://localhost:39000"

        def find_project(self, name):
            assert name == "P3"
            return Project()

    for name, members in {
        "cryosparc": {},
        "cryosparc.dataset": {"Dataset": Dataset},
        "cryosparc.tools": {"CryoSPARC": CryoSPARC},
    }.items():
        module = ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, name, module)
    return job


def run(folder, picks, monkeypatch):
    pixels = np.broadcast_to(np.float32(0), (40, 60))
    micrographs = [
        Micrograph(pixels, name, path=f"J2/{name}.mrc", uid=uid)
        for name, uid in [("a", 2**64 - 1), ("b", 7)]
    ]
    write_coordinates(folder / "picks.cs", picks, micrographs)
    address, picks = "http://localhost:39000", str(folder / "picks.cs")
    arguments = [str(SCRIPT), address, "P3", "W1", "J4", picks]
    monkeypatch.setattr(sys, "argv", arguments)
    runpy.run_path(str(SCRIPT), run_name="__main__")


def test_picks_become_the_output_of_a_job(tmp_path, monkeypatch, capsys, job):
    run(tmp_path, [[[15, 8, 0.75], [59, 0, -2]], [[0, 39, 0.5]]], monkeypatch)
    assert job.calls == [
        ("W1", "Picks of pusklearn"),
        ("connect", "micrographs", "J4", "exposures_accepted", "micrograph_blob"),
        ("add_output", "particle", "picked_particles", "location", "pick_stats"),
        ("save_output", "picked_particles"),
    ]
    saved = job.saved
    assert len(np.unique(saved["uid"])) == 3
    assert saved["location/micrograph_uid"].tolist() == [2**64 - 1, 2**64 - 1, 7]
    assert saved["location/micrograph_path"].tolist() == [b"J2/a.mrc"] * 2 + [
        b"J2/b.mrc"
    ]
    np.testing.assert_allclose(saved["location/center_x_frac"], [0.25, 59 / 60, 0])
    np.testing.assert_allclose(saved["location/center_y_frac"], [0.2, 0, 39 / 40])
    assert saved["pick_stats/ncc_score"].tolist() == [0.75, -2, 0.5]
    assert capsys.readouterr().out == "P3 J12 has 3 picks.\n"


def test_picks_without_scores_have_locations_alone(tmp_path, monkeypatch, job):
    run(tmp_path, [[[15, 8]], [[0, 39]]], monkeypatch)
    assert ("add_output", "particle", "picked_particles", "location") in job.calls


def test_the_way_out_is_named_without_cryosparc_tools(monkeypatch):
    monkeypatch.setitem(sys.modules, "cryosparc.dataset", None)
    with pytest.raises(SystemExit, match=r"cryosparc-tools is not installed.*pip"):
        runpy.run_path(str(SCRIPT))
