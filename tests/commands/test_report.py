"""The page of picks, from the shell."""

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import mrcfile
import numpy as np
import pytest
from runs_of_before import keep_picks_alone
from scipy.special import expit

import pusklearn
from pusklearn import io
from pusklearn.commands import _report_page
from pusklearn.commands._pick_journal import JOURNAL

showing_warnings = pytest.mark.filterwarnings("default")


@pytest.fixture
def folder(small, tmp_path, monkeypatch):
    """A folder with four micrographs and a model, in which the commands run."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(small.folder / "mics", "mics")
    shutil.copy(small.model, "model.pusk")
    return tmp_path


@pytest.fixture
def pick(pusklearn_command, folder):
    def run(*arguments):
        return pusklearn_command(
            "pick",
            "model.pusk",
            "mics",
            "--format",
            "csv",
            "--output",
            "out",
            *arguments,
        )

    return run


class Page(NamedTuple):
    """What a page was asked to show."""

    path: Path
    micrographs: Sequence
    picks: list
    settings: dict


@pytest.fixture
def pages(monkeypatch):
    """What the pages are asked to show, which are written none the less."""
    asked = []

    class Spy(_report_page.PicksReport):
        def save(self, path):
            super().save(path)
            settings = vars(self) | {"rule": self.picker["extract"].threshold}
            asked.append(Page(path, self.micrographs, self.picks, settings))

    monkeypatch.setattr(_report_page, "PicksReport", Spy)
    return asked


def all_peaks(small):
    picker = small.picker
    return picker["extract"].peaks(picker[:-1].transform(small.micrographs))


def record():
    with open("out/run.json") as file:
        return json.load(file)


def check_shows_all(page, small):
    for shown, micrograph in zip(page.micrographs, small.micrographs, strict=True):
        np.testing.assert_array_equal(shown, micrograph)
        assert shown.name == micrograph.name
        assert shown.pixel_size == micrograph.pixel_size
    check_picks(page, all_peaks(small))


def check_picks(page, picks):
    for shown, points in zip(page.picks, picks, strict=True):
        np.testing.assert_array_equal(shown, points)


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_the_page_of_a_run_shows_all_peaks(pick, pages, small, jobs):
    result = pick("--report", "--jobs", jobs)
    assert result.exit_code == 0, result.stderr
    [page] = pages
    assert page.path.as_posix() == "out/report.html"
    check_shows_all(page, small)
    assert page.settings["threshold"] == small.picker["extract"].threshold_
    assert page.settings["rule"] == "prior"
    assert page.settings["notes"]["Model"] == os.path.abspath("model.pusk")
    # The picks are the same as without a page.
    picks = np.concatenate(list(small.picker.predict(small.micrographs)))
    table = io.read_coordinates("out/picks.csv")
    np.testing.assert_array_equal(table[["x", "y", "score"]], picks)
    assert record()["report"] == "report.html"
    assert "Wrote out/picks.csv, out/report.html and out/run.json." in result.stdout


def test_a_page_may_come_later(pick, pages, small):
    assert pick().exit_code == 0
    assert not pages
    result = pick("--report")
    assert "4 picked before, 0 to pick." in result.stdout
    check_shows_all(pages[0], small)


def test_a_run_of_an_earlier_version_is_picked_again_for_the_page(pick, pages, small):
    assert pick().exit_code == 0
    keep_picks_alone()
    result = pick("--report")
    said = (
        "4 micrographs: 0 picked before, 4 to pick, 4 of them again, since the report"
    )
    assert said in result.stdout
    check_shows_all(pages[0], small)
    # All that it needs is there now.
    result = pick("--report")
    assert "4 picked before, 0 to pick." in result.stdout
    check_shows_all(pages[1], small)


@showing_warnings
def test_the_page_leaves_out_what_cannot_be_used(pick, pages, small):
    with open("mics/simulated_0001.mrc", "r+b") as file:
        file.truncate(5000)
    result = pick("--report")
    assert result.exit_code == 0, result.stderr
    names = [micrograph.name for micrograph in pages[0].micrographs]
    assert names == ["simulated_0000", "simulated_0002", "simulated_0003"]


@showing_warnings
def test_a_micrograph_that_is_lost_meanwhile_is_left_out(pick, pages, monkeypatch):
    open_micrograph = _report_page.open_micrograph

    def lost(task):
        if "0002" in task.key:
            raise FileNotFoundError(2, "No such file or directory", str(task.file))
        return open_micrograph(task)

    monkeypatch.setattr(_report_page, "open_micrograph", lost)
    result = pick("--report")
    assert result.exit_code == 0, result.stderr
    (line,) = [one for one in result.stderr.splitlines() if one.startswith("warn")]
    assert "Micrograph simulated_0002 cannot be used" in line
    assert "No such file or directory: 'mics/simulated_0002.mrc'" in line


def test_a_fault_of_the_system_ends_the_report(pick, pages, monkeypatch):
    def too_many(task):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(_report_page, "open_micrograph", too_many)
    result = pick("--report")
    assert result.exit_code == 1
    assert "Too many open files" in result.stderr


def test_ctrl_c_while_the_page_is_written_leaves_the_picks(pick, monkeypatch):
    def interrupted(self, path):
        raise KeyboardInterrupt

    monkeypatch.setattr(_report_page.PicksReport, "save", interrupted)
    result = pick("--report")
    assert result.exit_code == 130
    assert "The picks are written; the same command goes on" in result.stderr
    assert record()["state"] == "finished"
    assert os.path.exists("out/picks.csv")


def test_a_finished_run_is_shown(pick, pusklearn_command, pages, small):
    assert pick("--report").exit_code == 0
    result = pusklearn_command("report", "out")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == "Wrote out/report.html, which shows 4 micrographs.\n"
    check_shows_all(pages[1], small)
    for name in ("threshold", "rule", "notes", "diameter"):
        assert pages[0].settings[name] == pages[1].settings[name]
    result = pusklearn_command("report", "out", "--output", "other.html")
    assert "Wrote other.html" in result.stdout


def test_a_run_without_all_peaks_is_shown_with_a_warning(
    pick, pusklearn_command, pages, small
):
    assert pick().exit_code == 0
    keep_picks_alone()
    result = pusklearn_command("report", "out")
    assert result.exit_code == 0, result.stderr
    assert "warning: out does not hold the peaks below the threshold" in result.stderr
    picks = small.picker.predict(small.micrographs)
    check_picks(pages[0], picks)


def test_a_micrograph_that_has_changed_since_is_left_out(
    pick, pusklearn_command, pages
):
    assert pick("--report").exit_code == 0
    image = mrcfile.read("mics/simulated_0002.mrc")
    mrcfile.write("mics/simulated_0002.mrc", image, voxel_size=1.5, overwrite=True)
    os.remove("mics/simulated_0003.mrc")
    result = pusklearn_command("report", "out")
    assert result.exit_code == 0, result.stderr
    assert len(pages[1].micrographs) == 2
    assert result.stderr.count("has changed since it was picked") == 2


def test_masks_of_a_run_are_found_again(pick, pusklearn_command, pages):
    os.mkdir("masks")
    for row in range(4):
        mask = np.zeros((96, 96), np.int8)
        mask[:, :60] = 1
        mrcfile.write(f"masks/simulated_000{row}_mask.mrc", mask)
    assert pick("--report", "--mask", "masks").exit_code == 0
    assert pusklearn_command("report", "out").exit_code == 0
    for page in pages:
        assert page.micrographs[0].mask[:, :60].all()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ("unfinished", "holds a run that is not finished"),
        ("no model", "is not there any more"),
        ("other model", "is another one now"),
        ("no journal", "does not hold the picks of mics/simulated_0000.mrc"),
    ],
)
def test_a_run_that_cannot_be_shown_says_why(
    pick, pusklearn_command, pages, damage, message
):
    assert pick().exit_code == 0
    if damage == "unfinished":
        known = record() | {"state": "running"}
        with open("out/run.json", "w") as file:
            json.dump(known, file)
    elif damage == "no model":
        os.remove("model.pusk")
    elif damage == "other model":
        with open("model.pusk", "ab") as file:
            file.write(b" ")
    else:
        os.remove(f"out/{JOURNAL}")
    result = pusklearn_command("report", "out")
    assert result.exit_code == 1
    assert message in result.stderr
    assert not pages


def test_the_general_network_is_shown(pusklearn_command, folder, pages, small):
    options = ["--diameter", "36A", "--count", "5", "--output", "out", "--report"]
    result = pusklearn_command("pick", "general", "mics", *options)
    assert result.exit_code == 0, result.stderr
    assert pusklearn_command("report", "out").exit_code == 0
    for page in pages:
        assert page.settings["diameter"] == "36A"
        threshold = page.settings["threshold"]
        assert threshold == record()["threshold_value"]
        n_picks = sum((points[:, 2] > threshold).sum() for points in page.picks)
        assert n_picks == 20
    result = pusklearn_command("report", "general", "mics", "--picks", "a.csv")
    assert "needs --diameter" in result.stderr


@pytest.mark.parametrize("suffix", ["csv", "star"])
def test_picks_in_files_are_shown(pusklearn_command, folder, pages, small, suffix):
    io.write_coordinates(f"all.{suffix}", all_peaks(small), small.micrographs)
    result = pusklearn_command(
        "report", "model.pusk", "mics", "--picks", f"all.{suffix}"
    )
    assert result.exit_code == 0, result.stderr
    assert result.stdout == "Wrote report.html, which shows 4 micrographs.\n"
    [page] = pages
    assert page.path.as_posix() == "report.html"
    assert page.settings["threshold"] == small.picker["extract"].threshold_
    for shown, points in zip(page.picks, all_peaks(small), strict=True):
        np.testing.assert_allclose(shown, points, atol=1e-5)


def test_picks_without_scores_are_scored_by_the_model(
    pusklearn_command, folder, pages, small
):
    peaks = all_peaks(small)
    os.mkdir("boxes")
    # A box of EMAN has no score, and whole pixels.
    io.write_coordinates("boxes", peaks, small.micrographs, "box", box_size=24)
    result = pusklearn_command("report", "model.pusk", "mics", "--picks", "boxes")
    assert result.exit_code == 0, result.stderr
    assert "The picks have no scores: the model scores them." in result.stdout
    for shown, points in zip(pages[0].picks, peaks, strict=True):
        np.testing.assert_array_equal(shown[:, 2], points[:, 2])


def test_files_without_a_pick_are_warned_of(pusklearn_command, folder, pages):
    entry = {"name": "simulated_0000", "right": [], "wrong": [[5, 6]], "missed": []}
    head = {"format": "pusklearn corrections", "version": 1}
    Path("wrong.json").write_text(json.dumps(head | {"micrographs": [entry]}))
    result = pusklearn_command("report", "model.pusk", "mics", "--picks", "wrong.json")
    assert result.exit_code == 0
    assert "There is no pick to show: wrong.json hold none" in result.stderr
    assert sum(map(len, pages[0].picks)) == 0


def test_too_many_open_files_are_no_fault_of_a_micrograph(
    pusklearn_command, folder, small, monkeypatch
):
    from pusklearn.commands import _reported_picks

    def too_many(task):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(_reported_picks, "open_micrograph", too_many)
    io.write_coordinates("all.csv", all_peaks(small), small.micrographs)
    arguments = ["report", "model.pusk", "mics", "--picks", "all.csv"]
    result = pusklearn_command(*arguments, "--pixel-size", "1.5")
    assert result.exit_code == 1
    assert "Too many open files" in result.stderr


def test_scores_of_another_program_may_be_replaced(
    pusklearn_command, folder, pages, small
):
    peaks = all_peaks(small)
    strange = [points * [1, 1, -7] for points in peaks]
    io.write_coordinates("strange.csv", strange, small.micrographs)
    arguments = ["report", "model.pusk", "mics", "--picks", "strange.csv"]
    assert pusklearn_command(*arguments, "--rescore").exit_code == 0
    check_picks(pages[0], peaks)


@showing_warnings
def test_a_damaged_micrograph_is_left_out_of_the_page_of_files(
    pusklearn_command, folder, pages, small
):
    io.write_coordinates("all.csv", all_peaks(small), small.micrographs)
    with open("mics/simulated_0001.mrc", "r+b") as file:
        file.truncate(5000)
    arguments = ["report", "model.pusk", "mics", "--picks", "all.csv"]
    result = pusklearn_command(*arguments)
    assert result.exit_code == 0, result.stderr
    assert "The report leaves out micrograph mics/simulated_0001.mrc" in result.stderr
    assert len(pages[0].micrographs) == 3
    for row in range(4):
        with open(f"mics/simulated_000{row}.mrc", "r+b") as file:
            file.truncate(5000)
    result = pusklearn_command(*arguments)
    assert result.exit_code == 1
    assert "At least 1 micrograph must be usable. Got 0 of 4" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Give the folder of a run of `pusklearn pick`"),
        (["mics"], "Give the folder of a run of `pusklearn pick`"),
        (["model.pusk", "mics"], "and their --picks"),
        (["gone.pusk", "mics", "--picks", "a.csv"], "gone.pusk"),
        (["model.pusk", "mics", "--picks", "a", "--diameter", "3px"], "--diameter is"),
    ],
    ids=str,
)
def test_a_wrong_command_line_is_a_usage_error(
    pusklearn_command, folder, arguments, message
):
    result = pusklearn_command("report", *arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    "option", [["--picks", "a.csv"], ["--rescore"], ["--pixel-size", "2"]], ids=str
)
def test_a_run_tells_its_settings_itself(pick, pusklearn_command, option):
    assert pick().exit_code == 0
    result = pusklearn_command("report", "out", *option)
    assert result.exit_code == 2
    assert f"{option[0]} cannot be given with out" in " ".join(result.stderr.split())


def test_the_page_is_a_page(pick, small):
    result = pick("--report")
    assert result.exit_code == 0, result.stderr
    with open("out/report.html", encoding="utf-8") as file:
        text = file.read()
    assert text.lower().startswith("<!doctype html>")
    for micrograph in small.micrographs:
        assert micrograph.name in text


def test_a_run_says_what_is_expected_of_its_picks(pick, small):
    result = pick()
    assert result.exit_code == 0, result.stderr
    known = record()
    assert known["calibrated"] is True
    expected = known["expected"]
    peaks = all_peaks(small)
    library = small.picker["extract"].expected_quality(picks=peaks)
    assert expected["n_picks"] == known["n_picks"] == library.n_picks
    for name in ("precision", "recall", "n_particles"):
        assert expected[name] == library[name]
        assert expected[f"{name}_interval"] == list(library[f"{name}_interval"])
    # The sum of the probabilities.
    scores = np.concatenate(list(peaks))[:, 2]
    right = expit(scores[scores > known["threshold_value"]]).sum()
    total = sum(row["right_picks"] for row in known["micrographs"])
    assert total == pytest.approx(right, abs=0.03)
    assert f"about {right:.0f} of these picks are particles." in result.stdout


@pytest.mark.parametrize("kind", ["not calibrated", "of an earlier version"])
def test_a_model_whose_scores_are_raw_says_so(pick, kind):
    picker = pusklearn.load("model.pusk")
    if kind == "not calibrated":
        picker["extract"].calibration_ = None
    else:
        del picker["extract"].calibration_
    pusklearn.save(picker, "model.pusk")
    result = pick("--json", "--threshold", "-3", "--report")
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["calibrated"] is False
    assert document["expected"] is None
    assert document["n_picks"] > 0
    assert "The scores of these picks are no probabilities" in result.stderr
    assert os.path.exists("out/report.html")
    result = pick("--threshold", "probability:0.5")
    assert result.exit_code == 1
    assert "probability:0.5" in result.stderr
    assert "Train the model again, without --no-calibration" in result.stderr


def test_a_probability_is_a_threshold(pick, small):
    assert pick("--threshold", "probability:0.3").exit_code == 0
    table = io.read_coordinates("out/picks.csv")
    scores = np.concatenate(list(all_peaks(small)))[:, 2]
    np.testing.assert_array_equal(
        np.sort(table["score"]), np.sort(scores[expit(scores) > 0.3])
    )
    assert record()["threshold_value"] == pytest.approx(np.log(0.3 / 0.7))
