import json

import mrcfile
import numpy as np
import pandas as pd
import pytest
from simulated_projects import cryolo_project, cryosparc_project, relion_project

from pusklearn import io

LIST = "MotionCorr/job002/corrected_micrographs.star"
PICKS = "AutoPick/job006/autopick.star"


@pytest.fixture
def convert(pusklearn_command):
    def run(*arguments):
        result = pusklearn_command("convert", *arguments)
        assert "Traceback" not in result.stderr
        return result

    return run


@pytest.fixture
def relion(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return relion_project(tmp_path)


def read_csv(path):
    return pd.read_csv(path)


def test_coordinates_and_scores_stay_as_they_are(convert, relion):
    result = convert(PICKS, "picks.csv")
    assert result.exit_code == 0, result.stderr
    table = read_csv("picks.csv")
    truth = np.concatenate(relion.particles)
    np.testing.assert_allclose(table[["x", "y"]], truth, atol=1e-5)
    assert table["score"].max() == pytest.approx(0.2)
    assert f"Wrote {len(truth)} coordinates of 4 micrographs" in result.stdout


def test_clicks_have_no_score(convert, relion):
    assert not convert("ManualPick/job004/manualpick.star", "clicks.csv").exit_code
    assert list(read_csv("clicks.csv")) == ["micrograph", "x", "y"]


def test_they_are_scaled_and_then_turned_over(convert, relion):
    """The micrographs have 192 rows, and the coordinates are of half of them."""
    result = convert(
        *("half.csv", "picks.csv", "--scale", "2", "--flip-y", "--micrographs", LIST)
    )
    assert result.exit_code == 1
    name = relion.paths[0].rpartition("/")[2]
    with open("half.csv", "w") as file:
        file.write(f"micrograph,x,y\n{name},10,0\n{name},20.5,95.5\n")
    result = convert(
        *("half.csv", "picks.csv", "--scale", "2", "--flip-y", "--micrographs", LIST)
    )
    assert result.exit_code == 0, result.stderr
    assert read_csv("picks.csv")[["x", "y"]].to_numpy().tolist() == [[20, 191], [41, 0]]


def test_turned_over_twice_they_are_the_same(convert, relion):
    options = ["--flip-y", "--micrographs", LIST]
    assert not convert(PICKS, "once.star", *options).exit_code
    assert not convert("once.star", "twice.star", *options).exit_code
    once, twice = (io.read_coordinates(f"{n}.star") for n in ("once", "twice"))
    truth = np.concatenate(relion.particles)
    np.testing.assert_allclose(twice[["x", "y"]], truth, atol=1e-4)
    np.testing.assert_allclose(once["y"], 191 - truth[:, 1], atol=1e-4)
    assert once["micrograph"].unique().tolist() == relion.paths


def test_an_image_that_is_turned_over_shows_the_particle_there(convert, tmp_path):
    """An asymmetric image: one light pixel."""
    image = np.zeros((30, 50), "float32")
    image[4, 7] = 1
    mrcfile.write(tmp_path / "a.mrc", image[::-1].copy(), voxel_size=2.0)
    (tmp_path / "in.csv").write_text("micrograph,x,y\na,7,4\n")
    result = convert(
        *(tmp_path / "in.csv", tmp_path / "out.csv"),
        *("--flip-y", "--micrographs", tmp_path / "a.mrc"),
    )
    assert result.exit_code == 0, result.stderr
    [[x, y]] = read_csv(tmp_path / "out.csv")[["x", "y"]].to_numpy()
    assert image[::-1][int(y), int(x)] == 1


def test_a_job_of_relion_is_made(convert, relion, tmp_path):
    result = convert(PICKS, "AutoPick/mine", "--format", "relion")
    assert result.exit_code == 0, result.stderr
    assert "Input coordinates" in result.stdout
    table = io.read_coordinates(tmp_path / "AutoPick/mine/autopick.star")
    assert table["micrograph"].unique().tolist() == relion.paths
    for path in relion.paths:
        below = path.removeprefix("MotionCorr/job002/").removesuffix(".mrc")
        assert (tmp_path / f"AutoPick/mine/{below}_autopick.star").is_file()


@pytest.mark.parametrize("options", [["--pixel-size", "6"], ["--micrographs", LIST]])
def test_a_box_in_angstrom_needs_a_pixel_size(convert, relion, tmp_path, options):
    arguments = [PICKS, "boxes", "--format", "cbox", "--box-size", "240A"]
    result = convert(*arguments)
    assert result.exit_code == 2
    assert "--pixel-size 1.2" in result.stderr.replace("\n", " ")
    result = convert(*arguments, *options)
    assert result.exit_code == 0, result.stderr
    [file, *_] = sorted((tmp_path / "boxes").glob("*.cbox"))
    row = file.read_text().splitlines()
    assert any(" 40" in line or "\t40" in line for line in row)
    table = io.read_coordinates(tmp_path / "boxes")
    truth = np.concatenate(relion.particles)
    np.testing.assert_allclose(
        np.sort(table["x"]), np.sort(truth[:, 0]), rtol=0, atol=1e-3
    )


@pytest.mark.parametrize(
    ("size", "options", "is_known"),
    [(6.0, [], True), (None, [], False), (6.0, ["--scale", "2"], False)],
)
def test_picks_know_their_pixel_size(
    convert, tmp_path, monkeypatch, size, options, is_known
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out/picks.csv").write_text("micrograph,x,y,score\na,50,60,1\n")
    record = {"command": "pick", "pixel_size": size, "micrographs": []}
    (tmp_path / "out/run.json").write_text(json.dumps(record))
    box = ["--format", "box", "--box-size", "240A"]
    result = convert("out", "boxes", *box, *options)
    assert result.exit_code == (0 if is_known else 2), result.stderr
    if is_known:
        # The corner, 20 pixels before the centre, and the size.
        assert (tmp_path / "boxes/a.box").read_text().split()[:4] == [
            "30",
            "40",
            "40",
            "40",
        ]
    # Another folder may hold picks of micrographs of another pixel size.
    assert convert("out", "out/picks.csv", "more", *box).exit_code == 2


def test_a_box_in_pixels_needs_nothing_else(convert, relion):
    assert not convert(
        PICKS, "boxes", "--format", "box", "--box-size", "40px"
    ).exit_code


def test_shifts_are_applied_if_asked_for(convert, relion):
    path = "Select/job008/particles.star"
    result = convert(path, "shifted.csv", "--shifts")
    assert result.exit_code == 0, result.stderr
    truth = np.concatenate(relion.particles)
    found = read_csv("shifted.csv")[["x", "y"]]
    np.testing.assert_allclose(found, truth, atol=1e-4)


def test_picks_of_cryosparc_go_to_relion_and_back(convert, tmp_path, monkeypatch):
    """The movies are the same, so the names agree but for cryoSPARC's additions."""
    sparc = cryosparc_project(tmp_path / "sparc")
    names = [
        "Movies/" + path.split("_", 1)[1].replace("_patch_aligned_doseweighted.mrc", "")
        for path in (p.rpartition("/")[2] for p in sparc.paths)
    ]
    relion = relion_project(tmp_path / "relion", names=names)
    monkeypatch.chdir(tmp_path / "relion")
    result = convert(
        *(tmp_path / "sparc/J6/extracted_particles.cs", "AutoPick/mine"),
        *("--format", "relion", "--micrographs", LIST),
    )
    assert result.exit_code == 0, result.stderr
    table = io.read_coordinates("AutoPick/mine/autopick.star")
    assert table["micrograph"].unique().tolist() == relion.paths
    truth = np.concatenate(sparc.particles)
    np.testing.assert_allclose(table[["x", "y"]], truth, atol=1e-3)
    result = convert(
        *("AutoPick/mine/autopick.star", tmp_path / "back.cs"),
        *("--micrographs", tmp_path / "sparc/J4/exposures_accepted.cs"),
    )
    assert result.exit_code == 0, result.stderr
    back = np.load(tmp_path / "back.cs")
    assert set(back["location/micrograph_uid"].tolist()) == set(sparc.uids)
    x = back["location/center_x_frac"] * back["location/micrograph_shape"][:, 1]
    np.testing.assert_allclose(np.sort(x), np.sort(truth[:, 0]), atol=0.01)


def test_rows_of_other_micrographs_are_left_out_aloud(convert, relion):
    result = convert(
        PICKS, "picks.csv", "--micrographs", "Select/job005/micrographs.star"
    )
    assert result.exit_code == 0, result.stderr
    n = len(relion.particles[1])
    assert f"Left out {n} coordinates of 1 micrograph" in result.stdout
    assert relion.paths[1] in result.stdout
    assert read_csv("picks.csv")["micrograph"].nunique() == 3


@pytest.mark.filterwarnings("default")
def test_coordinates_outside_are_an_error_or_left_out(convert, relion):
    arguments = [PICKS, "picks.csv", "--scale", "2", "--micrographs", LIST]
    result = convert(*arguments)
    assert result.exit_code == 1
    assert "must lie inside" in result.stderr
    result = convert(*arguments, "--outside", "warn")
    assert result.exit_code == 0
    assert "warning: Coordinates outside" in result.stderr
    table = read_csv("picks.csv")
    assert 0 < len(table) < len(np.concatenate(relion.particles))
    assert table["x"].max() < 256


def test_several_files_are_joined(convert, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    project = cryolo_project(tmp_path)
    files = sorted((tmp_path / "boxes/CBOX").glob("*.cbox"))
    assert not convert(*files, "all.csv").exit_code
    assert not convert("boxes/CBOX", "folder.csv").exit_code
    assert not convert("boxes/CBOX/*.cbox", "pattern.csv").exit_code
    tables = [read_csv(f"{name}.csv") for name in ("all", "folder", "pattern")]
    truth = np.concatenate(project.particles)
    for table in tables:
        np.testing.assert_allclose(table[["x", "y"]], truth)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([PICKS, "picks.csv", "--flip-y"], "needs the height"),
        ([PICKS, "picks.cs"], "numbers in cryoSPARC"),
        ([PICKS, "boxes", "--format", "cbox"], "--box-size"),
        ([PICKS, "boxes", "--format", "box", "--box-size", "40"], "write 40A or 40px"),
        ([PICKS, "folder/"], "--format is needed"),
        ([PICKS, "folder"], "--format is needed"),
        ([PICKS, "a.mrc"], "the name of an image"),
        ([PICKS, "a.xyz"], "The suffix of a.xyz tells no format"),
        ([PICKS, PICKS], "Is OUT missing?"),
        (["AutoPick/job006/*.star", PICKS], "Is OUT missing?"),
        ([PICKS, "default_pipeline.star"], "Give --overwrite to replace it"),
        ([PICKS, "MotionCorr/", "--format", "star"], "is a folder with files"),
        ([PICKS, "picks.csv", "--scale", "0"], "0"),
        ([PICKS], "Missing argument"),
    ],
    ids=str,
)
def test_a_wrong_command_line_says_what_to_do(convert, relion, arguments, words):
    result = convert(*arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())


def test_a_file_is_replaced_if_asked_for(convert, relion, tmp_path):
    (tmp_path / "picks.csv").write_text("old")
    assert convert(PICKS, "picks.csv").exit_code == 2
    assert (tmp_path / "picks.csv").read_text() == "old"
    assert convert(PICKS, "picks.csv", "--overwrite").exit_code == 0
    assert (tmp_path / "picks.csv").read_text() != "old"


def test_a_missing_file_is_an_error_of_one_line(convert, relion):
    result = convert("nowhere.star", "picks.csv")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 1


def test_a_table_without_rows_is_named(convert, relion):
    with open("empty.csv", "w") as file:
        file.write("micrograph,x,y\n")
    result = convert("empty.csv", "out.star")
    assert result.exit_code == 1
    assert "empty.csv: no coordinates" in result.stderr
    result = convert("empty.csv", "out.csv", "--micrographs", LIST)
    assert result.exit_code == 0, result.stderr
    assert len(read_csv("out.csv")) == 0
