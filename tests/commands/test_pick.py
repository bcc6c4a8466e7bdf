import json
import os
import shutil
from pathlib import Path

import mrcfile
import numpy as np
import pytest
from runs_of_before import keep_picks_alone
from sklearn.pipeline import Pipeline

from pusklearn import io
from pusklearn.commands import _pick_summary, _picking
from pusklearn.commands._pick_journal import JOURNAL, PickJournal
from pusklearn.commands._pick_workers import pick_one

showing_warnings = pytest.mark.filterwarnings("default")


@pytest.fixture
def pick(pusklearn_command, small, tmp_path, monkeypatch):
    """Run ``pusklearn pick`` in a folder with four micrographs and a model."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(small.folder / "mics", "mics")
    shutil.copy(small.model, "model.pusk")

    def run(*arguments, output="out"):
        micrographs = [] if "mics" in str(arguments) else ["mics"]
        return pusklearn_command(
            "pick", "model.pusk", *micrographs, "--output", output, *arguments
        )

    return run


def record_in(folder="out"):
    with open(f"{folder}/run.json") as file:
        return json.load(file)


def test_the_picks_are_those_of_the_library_to_the_bit(pick, small):
    result = pick("--format", "csv")
    assert result.exit_code == 0, result.stderr
    picks = small.picker.predict(small.micrographs)
    table = io.read_coordinates("out/picks.csv")
    np.testing.assert_array_equal(
        table[["x", "y", "score"]].to_numpy(), np.concatenate(list(picks))
    )
    names = np.repeat([m.name for m in small.micrographs], list(map(len, picks)))
    assert list(table["micrograph"]) == list(names)


@pytest.mark.parametrize(
    ("format", "name"), [("star", "star"), ("csv", "csv"), ("topaz", "txt")]
)
def test_joined_files_are_those_that_the_library_writes(pick, small, format, name):
    assert pick("--format", format).exit_code == 0
    micrographs = io.read_micrographs("mics")
    picks = small.picker.predict(micrographs)
    io.write_coordinates(f"library.{name}", picks, micrographs, format)
    with open(f"library.{name}", "rb") as file:
        expected = file.read()
    with open(f"out/picks.{name}", "rb") as file:
        assert file.read() == expected


@pytest.mark.parametrize("format", ["box", "cbox", "eman2"])
def test_other_formats_have_a_file_for_each_micrograph(pick, small, format):
    box_size = [] if format == "eman2" else ["--box-size", "48A"]
    result = pick("--format", format, *box_size)
    assert result.exit_code == 0, result.stderr
    suffix = {"eman2": "_info.json"}.get(format, f".{format}")
    for micrograph, picks in zip(
        small.micrographs, small.picker.predict(small.micrographs), strict=True
    ):
        (file,) = [
            os.path.join(folder, name)
            for folder, _, names in os.walk("out")
            for name in names
            if name == f"{micrograph.name}{suffix}"
        ]
        table = io.read_coordinates(file)
        np.testing.assert_allclose(table[["x", "y"]], picks[:, :2], atol=0.01)


@pytest.mark.parametrize(
    ("rule", "threshold"),
    [("prior", "prior"), ("recall:0.5", "recall:0.5"), ("-1.5", -1.5), ("none", None)],
)
def test_every_rule_of_a_threshold_is_followed(pick, small, rule, threshold):
    assert pick("--format", "csv", "--threshold", rule).exit_code == 0
    from sklearn.base import clone

    extractor = small.picker.named_steps["extract"]
    before = extractor.threshold
    try:
        extractor.set_params(threshold=threshold)
        picks = small.picker.predict(small.micrographs)
        number = extractor.find_threshold()
    finally:
        extractor.set_params(threshold=before)
    assert clone(extractor).threshold == before
    table = io.read_coordinates("out/picks.csv")
    np.testing.assert_array_equal(table["score"], np.concatenate(list(picks))[:, 2])
    record = record_in()
    assert record["threshold"] == ("none" if threshold is None else threshold)
    assert record["threshold_value"] == (None if threshold is None else number)


@pytest.mark.parametrize("threshold", ["none", "prior"])
def test_no_pick_lies_in_the_margin(pick, threshold):
    assert pick("--margin", "30A", "--threshold", threshold).exit_code == 0
    xy = io.read_coordinates("out/picks.star")[["x", "y"]].to_numpy()
    assert len(xy)
    assert xy.min() >= 20
    assert xy.max() <= 95 - 20


def test_the_record_says_how_the_picks_were_made(pick, small):
    import hashlib

    result = pick()
    record = record_in()
    assert record["command"] == "pick"
    assert record["state"] == "finished"
    with open("model.pusk", "rb") as file:
        assert record["model_sha256"] == hashlib.sha256(file.read()).hexdigest()
    assert record["threshold"] == "prior"
    extractor = small.picker.named_steps["extract"]
    assert record["threshold_value"] == extractor.threshold_
    assert record["pixel_size"] == 1.5
    assert {"pusklearn", "torch", "python"} <= record["versions"].keys()
    picks = small.picker.predict(small.micrographs)
    assert [row["picks"] for row in record["micrographs"]] == list(map(len, picks))
    assert all(row["error"] is None for row in record["micrographs"])
    for row in record["micrographs"]:
        assert f"{row['picks']:7d}  {row['path']}" in result.stdout
    assert f"{record['n_picks']} picks in 4 micrographs" in result.stdout
    assert os.listdir("out").count("picks.star") == 1


def test_json_is_the_record(pick):
    result = pick("--json")
    assert json.loads(result.stdout) == record_in()
    assert "picks in 4 micrographs" in result.stderr


def test_a_finished_run_picks_nothing_again(pick, monkeypatch):
    pick("--format", "csv")
    with open("out/picks.csv") as file:
        before = file.read()

    def never(*arguments):
        raise AssertionError

    monkeypatch.setattr(_picking, "picked", never)
    result = pick("--format", "csv")
    assert result.exit_code == 0, result.stderr
    assert "4 micrographs: 4 picked before, 0 to pick" in result.stdout
    with open("out/picks.csv") as file:
        assert file.read() == before


def test_micrographs_that_come_later_are_added(pick):
    assert pick("--format", "csv", output="all").exit_code == 0
    os.rename("mics/simulated_0001.mrc", "later.mrc")
    pick("--format", "csv")
    os.rename("later.mrc", "mics/simulated_0001.mrc")
    result = pick("--format", "csv")
    assert "4 micrographs: 3 picked before, 1 to pick" in result.stdout
    with open("out/picks.csv") as file, open("all/picks.csv") as other:
        assert file.read() == other.read()


def test_a_micrograph_that_has_changed_is_picked_again(pick):
    pick()
    image = mrcfile.read("mics/simulated_0002.mrc")
    mrcfile.write(
        "mics/simulated_0002.mrc", image[::-1].copy(), voxel_size=1.5, overwrite=True
    )
    result = pick()
    assert "4 micrographs: 3 picked before, 1 to pick" in result.stdout
    assert pick(output="new").exit_code == 0
    with open("out/picks.star", "rb") as file, open("new/picks.star", "rb") as other:
        assert file.read() == other.read()


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["--format", "csv"], "--format"),
        (["--margin", "20px"], "--margin"),
        (["--pixel-size", "1.6"], "--pixel-size"),
        (["--box-size", "20px"], "--box-size"),
    ],
)
def test_a_run_with_other_settings_does_not_go_on(pick, arguments, option):
    pick()
    result = pick(*arguments)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: out holds picks that were made with other")
    assert option in result.stderr
    assert "--overwrite" in result.stderr
    assert result.stderr.count("\n") == 1


def test_another_threshold_picks_nothing_again(pick, monkeypatch):
    assert pick("--format", "csv", "--threshold", "-1.5", output="new").exit_code == 0
    pick("--format", "csv")
    monkeypatch.setattr(_picking, "picked", None)
    for threshold in ("none", "-1.5"):
        result = pick("--format", "csv", "--threshold", threshold)
        assert result.exit_code == 0, result.stderr
        assert "4 picked before, 0 to pick." in result.stdout
        assert record_in()["threshold"] in (threshold, float("-1.5"))
    with open("out/picks.csv") as file, open("new/picks.csv") as other:
        assert file.read() == other.read()


def test_a_run_of_an_earlier_version_goes_on(pick):
    pick("--format", "csv")
    with open("out/picks.csv") as file:
        before = file.read()
    keep_picks_alone()
    os.remove("out/picks.csv")
    result = pick("--format", "csv")
    assert "4 micrographs: 4 picked before, 0 to pick." in result.stdout
    with open("out/picks.csv") as file:
        assert file.read() == before
    # The peaks that another threshold needs are not there.
    result = pick("--format", "csv", "--threshold", "none")
    assert result.exit_code == 1
    assert "--threshold ('prior' then, 'none' now)" in result.stderr


def test_another_model_does_not_go_on(pick, small):
    pick()
    import pusklearn

    picker = pusklearn.load("model.pusk").set_params(extract__margin=3)
    pusklearn.save(picker, "model.pusk")
    result = pick()
    assert result.exit_code == 1
    assert "MODEL (" in result.stderr
    assert pick("--overwrite").exit_code == 0


def test_overwrite_replaces_the_picks_of_any_format(pick):
    pick("--format", "box", "--box-size", "20px")
    os.mkdir("out/.pusklearn-draft")
    result = pick("--format", "csv", "--overwrite")
    assert result.exit_code == 0, result.stderr
    assert "4 micrographs to pick" in result.stdout
    assert sorted(os.listdir("out")) == [JOURNAL, "picks.csv", "run.json"]


def test_picks_of_other_micrographs_are_not_lost(pick):
    pick()
    os.remove("mics/simulated_0000.mrc")
    result = pick()
    assert result.exit_code == 1
    assert "not among these (1 in all)" in result.stderr
    assert "mics/simulated_0000.mrc" in result.stderr


def test_files_that_no_run_wrote_are_not_lost(pick):
    os.mkdir("out")
    with open("out/picks.star", "w") as file:
        file.write("mine")
    result = pick()
    assert result.exit_code == 1
    assert "out/picks.star is there already" in result.stderr
    assert pick("--format", "csv").exit_code == 0


def test_a_run_json_of_something_else_is_refused(pick):
    os.mkdir("out")
    with open("out/run.json", "w") as file:
        file.write("{}")
    assert "was not written by" in pick().stderr
    assert pick("--overwrite").exit_code == 0


def test_another_version_is_warned_of(pick):
    pick()
    record = record_in()
    with open("out/run.json", "w") as file:
        json.dump(record | {"pusklearn": "0.0.1"}, file)
    result = pick()
    assert result.exit_code == 0
    assert "warning: out was begun with pusklearn 0.0.1" in result.stderr


def interrupt(*arguments):
    raise KeyboardInterrupt


@pytest.fixture
def damaged(pick):
    with open("mics/simulated_0001.mrc", "r+b") as file:
        file.truncate(5000)
    mrcfile.write("mics/flat.mrc", np.zeros((96, 96), "f4"), voxel_size=1.5)
    return "simulated_0001"


@showing_warnings
def test_micrographs_that_cannot_be_used_are_left_out(pick, damaged):
    result = pick("--format", "csv")
    assert result.exit_code == 0, result.stderr
    assert "warning: Micrograph mics/simulated_0001.mrc cannot be used" in result.stderr
    assert "failed  mics/flat.mrc: " in result.stdout
    assert "2 of 5 micrographs failed" in result.stdout
    record = record_in()
    errors = {row["path"]: row["error"] for row in record["micrographs"]}
    assert errors["mics/simulated_0000.mrc"] is None
    assert "cut short" in errors["mics/simulated_0001.mrc"]
    assert record["n_failed"] == 2
    table = io.read_coordinates("out/picks.csv")
    assert damaged not in set(table["micrograph"])


@showing_warnings
def test_a_micrograph_that_failed_is_tried_again(pick, damaged, small):
    pick()
    for name in ("simulated_0001.mrc",):
        shutil.copy(small.folder / "mics" / name, f"mics/{name}")
    result = pick()
    assert "5 micrographs: 3 picked before, 2 to pick" in result.stdout
    assert record_in()["n_failed"] == 1


@showing_warnings
@pytest.mark.parametrize("format", ["box", "relion"])
def test_no_picks_stay_of_a_micrograph_that_fails_later(pick, format):
    arguments = ["--format", format, "--box-size", "20px", "--threshold", "none"]
    pick(*arguments)
    before = {path.name for path in Path("out").rglob("*.*")}
    with open("mics/simulated_0001.mrc", "r+b") as file:
        file.truncate(5000)
    result = pick(*arguments)
    assert result.exit_code == 0, result.stderr
    after = {path.name for path in Path("out").rglob("*.*")}
    (gone,) = before - after
    assert gone.startswith("simulated_0001")


def test_picks_are_not_doubled_if_names_get_folders(pick):
    arguments = ["--format", "box", "--box-size", "20px"]
    pick(*arguments)
    Path("out/mine.box").write_text("1 2 20 20\n")
    shutil.copytree("mics", "more/mics")
    # Killed after the old files are removed, and before the new ones are written.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_picking, "write_picks", interrupt)
        assert pick("mics", "more/mics", *arguments).exit_code == 130
    result = pick("mics", "more/mics", *arguments)
    assert result.exit_code == 0, result.stderr
    files = {path.relative_to("out").as_posix() for path in Path("out").rglob("*.box")}
    assert len(files) == 9
    assert "simulated_0000.box" not in files
    assert "mine.box" in files
    assert "more/mics/simulated_0000.box" in files


def test_overwrite_leaves_files_of_others(pick):
    arguments = ["--format", "box", "--box-size", "20px"]
    pick(*arguments, output=".")
    os.mkdir("others")
    Path("others/a.box").write_text("1 2 20 20\n")
    assert pick("--overwrite", output=".").exit_code == 0
    assert [path.as_posix() for path in Path().rglob("*.box")] == ["others/a.box"]


@showing_warnings
def test_an_error_may_end_the_run(pick, damaged):
    result = pick("--on-error", "raise")
    assert result.exit_code == 1
    assert "\nError: " in result.stderr
    assert "flat" in result.stderr.splitlines()[-1]
    assert not os.path.exists("out/picks.star")


@showing_warnings
def test_if_no_micrograph_can_be_used_the_run_fails(pick):
    for name in os.listdir("mics"):
        with open(f"mics/{name}", "r+b") as file:
            file.truncate(100)
    result = pick()
    assert result.exit_code == 1
    assert "Got 0 of 4" in result.stderr
    assert not os.path.exists("out/picks.star")


def test_equal_names_in_several_folders_live_side_by_side(pick, small):
    shutil.copytree("mics", "more/mics")
    result = pick("mics", "more/mics", "--format", "csv")
    assert result.exit_code == 0, result.stderr
    table = io.read_coordinates("out/picks.csv")
    assert table["micrograph"].nunique() == 8


def test_masked_pixels_are_not_picked(pick):
    os.mkdir("masks")
    for row in range(4):
        mask = np.zeros((96, 96), np.int8)
        mask[:, :60] = 1
        mrcfile.write(f"masks/simulated_000{row}_mask.mrc", mask)
    assert pick("--mask", "masks", "--format", "csv").exit_code == 0
    assert io.read_coordinates("out/picks.csv")["x"].min() >= 60
    assert record_in()["mask"] == os.path.abspath("masks")


def test_many_micrographs_have_a_summary(pick, monkeypatch):
    monkeypatch.setattr(_pick_summary, "MOST_ROWS", 3)
    result = pick()
    assert "simulated_0000" not in result.stdout
    assert "picks in 4 micrographs" in result.stdout
    assert len(record_in()["micrographs"]) == 4


@showing_warnings
def test_many_failures_are_counted(pick, monkeypatch):
    monkeypatch.setattr(_pick_summary, "MOST_ROWS", 2)
    monkeypatch.setattr(_picking, "MOST_WARNINGS", 1)
    for row in range(3):
        with open(f"mics/simulated_000{row}.mrc", "r+b") as file:
            file.truncate(100)
    result = pick()
    assert "and 1 more that failed" in result.stdout
    assert result.stderr.count("cannot be used and is left out") == 1
    assert "run.json holds 2 more warnings like these" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--format", "box"], "--format box needs --box-size, such as 240A"),
        (["--format", "cbox"], "--format cbox needs --box-size"),
        (["--margin", "90"], "90 angstrom or 90 pixels"),
        (["--threshold", "best"], "Got 'best'"),
        (["--format", "json"], "'json' is not one of"),
        (["--jobs", "0"], "0 is not in the range"),
        (["--mask", "nowhere"], "does not exist"),
    ],
)
def test_a_wrong_command_line_is_a_usage_error(pick, arguments, message):
    result = pick(*arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
    assert not os.path.exists("out")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--format", "cs"], "give its exposures, a .cs file"),
        (["--device", "tpu"], "Got 'tpu'"),
    ],
)
def test_what_cannot_be_done_is_one_line(pick, arguments, message):
    result = pick(*arguments)
    assert result.exit_code == 1
    (line,) = [one for one in result.stderr.splitlines() if one.startswith("Error")]
    assert message in line
    assert not os.path.exists("out/picks.star")


def test_a_file_that_is_no_model_is_refused(pick):
    with open("model.pusk", "w") as file:
        file.write("no model")
    result = pick()
    assert result.exit_code == 1
    assert "model.pusk is no model that `pusklearn train`" in result.stderr
    # Nothing is promised, and nothing is left.
    assert not result.stdout
    assert not os.path.exists("out")


def test_a_device_that_is_not_there_is_refused_before_anything_is_written(pick):
    result = pick("--device", "tpu")
    assert result.exit_code == 1
    assert "--device must be 'auto'" in result.stderr
    assert not os.path.exists("out")


@pytest.mark.parametrize("end", [ValueError("out of reach"), SystemExit(1)])
def test_a_run_that_ended_before_its_first_picks_is_forgotten(pick, monkeypatch, end):
    from pusklearn import PeakExtractor

    def out_of_reach(self, rule=None):
        raise end

    with monkeypatch.context() as patch:
        patch.setattr(PeakExtractor, "find_threshold", out_of_reach)
        assert pick("--threshold", "fdr:0.01").exit_code == 1
    # An error leaves nothing; a process that is ended has no time to clear up.
    assert os.path.exists("out") == isinstance(end, SystemExit)
    result = pick("--format", "csv")
    assert result.exit_code == 0, result.stderr
    assert "4 micrographs to pick" in result.stdout


def test_a_model_that_is_no_picker_is_refused(pick):
    import pusklearn

    pusklearn.save(pusklearn.PUClassifier(), "model.pusk")
    result = pick()
    assert result.exit_code == 1
    assert "It holds a PUClassifier" in result.stderr


def test_a_picker_that_is_not_fitted_is_refused(pick):
    import pusklearn

    picker = pusklearn.make_picker(24, particles_per_micrograph=8)
    pusklearn.save(picker, "model.pusk")
    result = pick()
    assert result.exit_code == 1
    assert "Error: model.pusk holds a picker that has not been fitted" in result.stderr


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_picker_may_have_other_steps(pick, small, jobs):
    import pusklearn
    from pusklearn import PeakExtractor

    # Micrographs may be score maps that another program has made.
    picker = Pipeline([("extract", PeakExtractor(4).fit(small.micrographs[:1]))])
    pusklearn.save(picker, "model.pusk")
    result = pick("--format", "csv", "--threshold", "none", "--jobs", jobs)
    assert result.exit_code == 0, result.stderr
    (picks,) = picker.predict(small.micrographs[3:])
    table = io.read_coordinates("out/picks.csv")
    xy = table[table["micrograph"] == "simulated_0003"][["x", "y"]]
    np.testing.assert_array_equal(xy, picks[:, :2])


def test_ctrl_c_leaves_what_is_done(pick, monkeypatch):
    calls = []

    def interrupted(setup, task):
        if len(calls) == 2:
            raise KeyboardInterrupt
        calls.append(task)
        return pick_one(setup, task)

    from pusklearn.commands import _pick_workers

    monkeypatch.setattr(_pick_workers, "pick_one", interrupted)
    result = pick("--format", "csv")
    assert result.exit_code == 130
    assert "2 of 4 micrographs done; the same command goes on" in result.stderr
    assert record_in()["state"] == "running"
    result = pick("--format", "csv", "--overwrite")
    assert "0 of 4 micrographs done; the same command, without --over" in result.stderr
    monkeypatch.undo()
    os.chdir(os.path.dirname(os.path.abspath("out")))


def test_no_pick_at_all_is_warned_of(pick):
    result = pick("--threshold", "1000")
    assert result.exit_code == 0
    (line,) = [one for one in result.stderr.splitlines() if one.startswith("warn")]
    assert "There is no pick at all" in line
    assert "no pick" not in pick(output="b").stderr


def test_lines_that_were_cut_off_do_no_harm(pick):
    assert pick("--format", "csv").exit_code == 0
    with open("out/picks.csv", "rb") as file:
        whole = file.read()
    size = os.path.getsize(f"out/{JOURNAL}")
    for end in (0, size // 3, size - 1):
        os.truncate(f"out/{JOURNAL}", end)
        assert pick("--format", "csv").exit_code == 0
        with open("out/picks.csv", "rb") as file:
            assert file.read() == whole


def test_two_processes_give_the_same_picks(pick):
    assert pick("--format", "csv", output="one").exit_code == 0
    result = pick("--format", "csv", "--jobs", "2")
    assert result.exit_code == 0, result.stderr
    with open("out/picks.csv", "rb") as file, open("one/picks.csv", "rb") as other:
        assert file.read() == other.read()
    with PickJournal(_picking.Path("out")) as journal:
        assert len(journal.read()) == 4


def test_a_rule_that_cannot_be_followed_is_an_error_of_the_run(pick, monkeypatch):
    from pusklearn import PeakExtractor

    def out_of_reach(self, rule=None):
        raise ValueError("threshold='fdr:0.01' is out of reach")

    monkeypatch.setattr(PeakExtractor, "find_threshold", out_of_reach)
    result = pick("--threshold", "fdr:0.01")
    assert result.exit_code == 1
    assert "Error: threshold='fdr:0.01' is out of reach" in result.stderr


def test_names_that_the_format_cannot_hold_are_refused_before_the_picking(pick):
    os.rename("mics/simulated_0001.mrc", "mics/my micrograph.mrc")
    result = pick()
    assert result.exit_code == 1
    assert "my micrograph" in result.stderr
    assert not os.path.exists("out")


@showing_warnings
def test_boxes_in_angstrom_need_a_pixel_size(pick, small, tmp_path):
    import pusklearn

    picker = pusklearn.make_picker(24, random_state=0)
    picker.set_params(
        score__classifier__max_epochs=1, score__classifier__steps_per_epoch=2
    ).fit(small.micrographs[:2], small.particles[:2])
    pusklearn.save(picker, "model.pusk")
    for name in os.listdir("mics"):
        image = mrcfile.read(f"mics/{name}")
        mrcfile.write(f"mics/{name}", image, overwrite=True)
    boxes = ["--format", "box", "--threshold", "none", "--box-size"]
    result = pick(*boxes, "30A")
    assert result.exit_code == 1
    assert "--pixel-size 1.2, or give --box-size in pixels" in result.stderr
    result = pick(*boxes, "30A", "--pixel-size", "1.5", output="a")
    assert (result.exit_code, "warning: " in result.stderr) == (0, False)
    result = pick(*boxes, "20px", output="b")
    assert (result.exit_code, result.stderr.count("warning: ")) == (0, 1)
    assert "0 angstrom, which is none (simulated_0000, " in result.stderr
    for folder, _, names in os.walk("a"):
        for name in names:
            if name.endswith(".box"):
                with open(f"{folder}/{name}") as file, open(f"b/{name}") as other:
                    assert file.read() == other.read()


def test_a_job_of_relion_is_that_of_the_library(pick, small):
    result = pick("--format", "relion", output="AutoPick/job010")
    assert result.exit_code == 0, result.stderr
    micrographs = io.read_micrographs("mics")
    picks = small.picker.predict(micrographs)
    before = {
        path.relative_to("AutoPick/job010"): path.read_bytes()
        for path in _picking.Path("AutoPick/job010").rglob("*.star")
    }
    shutil.rmtree("AutoPick")
    io.write_coordinates("AutoPick/job010", picks, micrographs, "relion")
    after = {
        path.relative_to("AutoPick/job010"): path.read_bytes()
        for path in _picking.Path("AutoPick/job010").rglob("*.star")
    }
    assert before == after
    assert len(after) == 1 + sum(map(bool, map(len, picks)))


def test_overwrite_needs_nothing_to_replace(pick):
    os.mkdir("out")
    with open("out/picks.star", "w") as file:
        file.write("mine")
    result = pick("--overwrite")
    assert result.exit_code == 0, result.stderr
    assert len(io.read_coordinates("out/picks.star")) == record_in()["n_picks"]
