import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from pusklearn import Micrograph, io
from pusklearn.commands import _label_files, _training, _training_words
from pusklearn.commands._label_files import not_kept, tell_apart

SETTINGS = _training.Settings(
    "36A", "estimate", "auto", None, "raise", "raise", 10, 0, "cpu"
)


def save_corrections(path, **entries):
    """Save the points of each micrograph by their verdicts, named by their paths."""
    head = {"format": "pusklearn corrections", "version": 1}
    lists = {"right": [], "wrong": [], "missed": []}
    named = [
        {"name": name, "path": f"mics/{name}.mrc"} | lists | points
        for name, points in entries.items()
    ]
    Path(path).write_text(json.dumps(head | {"micrographs": named}))


@pytest.fixture
def folder(small, tmp_path, monkeypatch):
    """Be in a folder with four micrographs and clicks on two."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(small.folder / "mics", "mics")
    shutil.copy(small.clicks, "clicks.csv")
    save_corrections(
        "corrections.json",
        simulated_0000={"right": [[10, 20.5]], "wrong": [[40, 41]]},
        simulated_0003={"missed": [[7, 8]], "wrong": [[60, 9], [50, 50]]},
    )
    save_corrections("all_wrong.json", simulated_0002={"wrong": [[30, 31]]})


def read(*particles, **options):
    return _training.read_labels(["mics"], particles, SETTINGS, **options)


def told(labels):
    """Return the name, the labels and the rejected points of each micrograph."""
    rejected = labels.rejected or [np.empty((0, 2))] * len(labels.micrographs)
    rows = zip(labels.micrographs, labels.coordinates, rejected, strict=True)
    return {m.name[-1]: (xy.tolist(), none.tolist()) for m, xy, none in rows}


@pytest.mark.usefixtures("folder")
def test_corrections_are_told_from_other_files():
    files = tell_apart(["clicks.csv", "*.json", "corrections.json", "mics", "none.*"])
    first, *others = files.corrections
    assert first == "all_wrong.json"
    assert others == ["corrections.json"] * 2
    assert files.others == ["clicks.csv", "mics", "none.*"]


@pytest.mark.usefixtures("folder")
def test_clicks_and_corrections_are_joined(small):
    """The clicks name micrographs without their folder, the corrections with it."""
    labels = read("clicks.csv", "corrections.json", rejected=["corrections.json"])
    clicks = [np.round(points, 3).tolist() for points in small.particles[:2]]
    found = told(labels)
    assert list(found) == ["0", "1", "3"]
    assert np.round(found["0"][0], 3).tolist() == [*clicks[0], [10, 20.5]]
    assert np.round(found["1"][0], 3).tolist() == clicks[1]
    assert found["3"][0] == [[7, 8]]
    assert [rejected for _, rejected in found.values()] == [
        [[40, 41]],
        [],
        [[60, 9], [50, 50]],
    ]
    assert labels.n_without == 1
    assert labels.n_unused == 0


@pytest.mark.usefixtures("folder")
def test_wrong_picks_alone_bring_in_their_micrograph():
    labels = read("clicks.csv", rejected=["all_wrong.json", "corrections.json"])
    found = told(labels)
    assert list(found) == ["0", "1", "2", "3"]
    assert found["2"] == ([], [[30, 31]])
    lines = list(_training_words.describe_plan(labels, plan()))
    assert lines[0].endswith("in 2 micrographs")
    assert "Rejected         4 in 3 micrographs: known to be no particles" in lines


def plan():
    return _training.Plan(None, 1, 24, [1.5])


@pytest.mark.usefixtures("folder")
def test_all_points_of_another_file_are_rejected():
    Path("junk.csv").write_text("micrograph,x,y\nsimulated_0001,5,6\n")
    assert told(read("clicks.csv", rejected=["junk.csv"]))["1"][1] == [[5, 6]]


@pytest.mark.usefixtures("folder")
def test_without_rejected_nothing_is_and_it_is_said_what_is_unused():
    labels = read("clicks.csv", "corrections.json")
    assert labels.rejected is None
    assert labels.n_unused == 3
    lines = list(_training_words.describe_plan(labels, plan()))
    assert any(
        line.endswith("3 wrong picks of the corrections, see --rejected")
        for line in lines
    )
    assert not any("Rejected" in line for line in lines)


@pytest.mark.usefixtures("folder")
def test_corrections_may_have_no_wrong_pick():
    save_corrections("right.json", simulated_0000={"right": [[1, 2]]})
    labels = read("right.json", rejected=["right.json"])
    assert labels.rejected is None
    lines = list(_training_words.describe_plan(labels, plan()))
    assert (
        "Rejected         none: the files named hold no pick that is no particle"
        in (lines)
    )


@pytest.mark.usefixtures("folder")
def test_what_was_not_kept_is_rejected(small):
    """A particle has a diameter of 24 pixels."""
    kept = small.particles[0][:2]
    io.write_coordinates("kept.star", [kept], small.micrographs[:1])
    far = [[[x, y] for x in (2.0, 90.0) for y in (2.0, 90.0)] for _ in range(2)]
    picks = [np.concatenate([np.add(kept, [3, 4]), far[0]]), far[1]]
    io.write_coordinates("picks.star", picks, small.micrographs[:2])
    found = told(read("kept.star", selected_from=["picks.star"]))
    distance = np.linalg.norm(np.array(far[0])[:, None] - kept, axis=2).min(axis=1)
    expected = np.array(far[0])[distance >= 12].tolist()
    assert list(found) == ["0", "1"]
    assert found["0"][1] == expected
    assert found["1"] == ([], far[1])
    both = read("kept.star", selected_from=["picks.star"], rejected=["all_wrong.json"])
    assert told(both)["2"] == ([], [[30, 31]])


@pytest.mark.usefixtures("folder")
def test_no_pick_was_kept(small):
    io.write_coordinates("picks.star", [[[2.0, 2.0]]], small.micrographs[3:])
    with pytest.raises(ValueError, match="None of its 1 picks in these micrographs is"):
        read("clicks.csv", selected_from=["picks.star"])


def test_a_micrograph_that_is_left_out_rejects_nothing():
    """It has no pixel size, by which a diameter in angstrom would be known."""
    there = Micrograph(np.zeros((80, 80)), pixel_size=2.0)
    gone = Micrograph(np.zeros((1, 1)), mask=np.ones((1, 1), bool))
    points = np.array([[5.0, 5.0], [70.0, 5.0]])
    found = not_kept([points] * 2, [points[:1]] * 2, [there, gone], "36A")
    assert [one.tolist() for one in found] == [[[70, 5]], []]


@pytest.mark.usefixtures("folder")
def test_no_particle_may_be_labelled():
    with pytest.raises(ValueError, match=r"labelled. all_wrong.json: none in the"):
        read("all_wrong.json", rejected=["all_wrong.json"])


@pytest.mark.usefixtures("folder")
def test_corrections_of_other_micrographs_are_refused():
    save_corrections("other.json", elsewhere={"right": [[1, 2]]})
    with pytest.raises(ValueError, match="no row for any of the micrographs"):
        read("clicks.csv", "other.json")


def test_one_path_stands_alone():
    assert _label_files.only_one(["a"]) == "a"
    assert _label_files.only_one(("a", "b")) == ["a", "b"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("option", ["rejected", "selected_from"])
def test_it_is_said_which_points_cannot_be_used(option):
    Path("far.csv").write_text("micrograph,x,y\nother,5,6\n")
    match = f"points of --{option.replace('_', '-')} cannot be used. The table has no"
    with pytest.raises(ValueError, match=match):
        read("clicks.csv", **{option: ["far.csv"]})
