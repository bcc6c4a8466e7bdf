import json

import mrcfile
import numpy as np
import pandas as pd
import pytest
from simulated_projects import cryosparc_project, relion_project

from pusklearn import io
from pusklearn.commands._evaluation import evaluate_picks, judge_on

TRUTH = "image_name\tx_coord\ty_coord\na\t10\t10\na\t40\t40\nb\t25\t5\n"
# The pick of score 0.6 is wrong, and that at (40, 43) is 3 pixels away.
PICKS = (
    "image_name\tx_coord\ty_coord\tscore\n"
    "a\t11\t10\t0.9\na\t80\t80\t0.6\na\t40\t43\t0.5\nb\t25\t7\t0.4\n"
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "truth.txt").write_text(TRUTH)
    (tmp_path / "picks.txt").write_text(PICKS)
    return tmp_path


@pytest.fixture
def evaluate(pusklearn_command):
    def run(*arguments):
        result = pusklearn_command("evaluate", *arguments)
        assert "Traceback" not in result.stderr
        return result

    return run


def numbers(result):
    """Return what stands behind the names in the printed lines."""
    lines = [line.split("   ") for line in result.stdout.splitlines() if line]
    return {parts[0]: parts[-1].strip() for parts in lines}


def test_it_prints_what_can_be_counted_by_hand(evaluate):
    result = evaluate("picks.txt", "truth.txt", "--radius", "5px")
    assert result.exit_code == 0, result.stderr
    assert numbers(result) == {
        "micrographs": "2",
        "particles": "3",
        "picks": "4",
        "hits, closer than 5px": "3",
        "precision of all picks": "0.750",
        "recall of all picks": "1.000",
        # (1 + 2/3 + 3/4) / 3
        "average precision": "0.806",
        "precision at 90% recall": "0.750",
    }
    assert not result.stderr


def test_a_radius_in_angstrom_needs_the_pixel_size(evaluate):
    arguments = ["picks.txt", "truth.txt", "--radius", "6A"]
    result = evaluate(*arguments)
    assert result.exit_code == 2
    assert "--pixel-size 1.2" in result.stderr.replace("\n", " ")
    # 6 A are 3 pixels, and the third pick is no closer than that.
    result = evaluate(*arguments, "--pixel-size", "2")
    assert numbers(result)["hits, closer than 6A"] == "2"
    result = evaluate(*arguments, "--pixel-size", "1.9")
    assert numbers(result)["hits, closer than 6A"] == "3"


@pytest.mark.parametrize(
    "record",
    [
        {"command": "pick", "pixel_size": 1.9},
        {
            "command": "pick",
            "pixel_size": None,
            "micrographs": [
                {"path": "MotionCorr/job002/b.mrc", "pixel_size": 1.9},
                {"path": "MotionCorr/job002/a.mrc", "pixel_size": 1.9},
            ],
        },
    ],
    ids=["one size", "one per micrograph"],
)
@pytest.mark.parametrize("picks", ["run/picks.txt", "run", "run/*.txt"])
def test_the_pixel_size_is_found_beside_the_picks(evaluate, folder, record, picks):
    (folder / "run").mkdir()
    (folder / "picks.txt").rename(folder / "run" / "picks.txt")
    (folder / "run" / "run.json").write_text(json.dumps(record))
    result = evaluate(picks, "truth.txt", "--radius", "6A")
    assert result.exit_code == 0, result.stderr
    assert numbers(result)["hits, closer than 6A"] == "3"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "was not written by `pusklearn pick`"),
        ("[1]", "was not written by `pusklearn pick`"),
        ('{"command": "pick", "pixel_size": 0}', "--pixel-size"),
    ],
)
def test_a_record_that_tells_no_pixel_size_is_an_error(evaluate, folder, text, words):
    (folder / "run.json").write_text(text)
    result = evaluate("picks.txt", "truth.txt", "--radius", "6A")
    assert result.exit_code in (1, 2)
    assert words in result.stderr.replace("\n", " ")


def test_json_holds_all_numbers_and_nothing_else_is_on_stdout(evaluate, folder):
    (folder / "picks.txt").write_text(PICKS + "c\t1\t1\t2\nc\t1\t9\t3\n")
    result = evaluate("picks.txt", "truth.txt", "--radius", "5px", "--json")
    found = json.loads(result.stdout)
    assert found.pop("average_precision") == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)
    assert found == {
        "radius": "5px",
        "left_out": {"c": 2},
        "micrographs": 2,
        "particles": 3,
        "picks": 4,
        "hits": 3,
        "precision": 0.75,
        "expected_precision": None,
        "recall": 1.0,
        "precision_at_90_recall": 0.75,
        "per_micrograph": [
            {"micrograph": "a", "particles": 2, "picks": 3, "hits": 2},
            {"micrograph": "b", "particles": 1, "picks": 1, "hits": 1},
        ],
    }
    assert "2 picks on 1 micrograph are left out" in result.stderr


def test_picks_on_micrographs_that_truth_lacks_are_left_out_aloud(evaluate, folder):
    more = "".join(f"{name}\t1\t1\t2\n" for name in "cdef")
    (folder / "picks.txt").write_text(PICKS + more)
    result = evaluate("picks.txt", "truth.txt", "--radius", "5px")
    assert "4 picks on 4 micrographs are left out" in result.stdout
    assert "TRUTH does not name them" in result.stdout
    assert "c, d, e, ..." in result.stdout
    assert numbers(result)["picks"] == "4"


def write_images(folder, names, pixel_size=2.0):
    import mrcfile

    (folder / "images").mkdir()
    for name in names:
        path = folder / "images" / f"{name}.mrc"
        rng = np.random.default_rng(0)
        image = rng.normal(size=(96, 128)).astype("float32")
        mrcfile.write(path, image, voxel_size=pixel_size)


def test_picks_on_a_micrograph_without_particles_count_if_it_is_named(evaluate, folder):
    write_images(folder, ["a", "b", "c"])
    (folder / "picks.txt").write_text(PICKS + "c\t1\t1\t2\nd\t1\t1\t2\n")
    arguments = ["picks.txt", "truth.txt", "--micrographs", "images/*.mrc"]
    result = evaluate(*arguments, "--radius", "5px", "--per-micrograph")
    assert numbers(result)["picks"] == "5"
    assert "1 pick on 1 micrograph is left out" in result.stdout
    assert "--micrographs does not name it: d." in result.stdout
    assert result.stdout.splitlines()[-1].split() == ["images/c.mrc", "0", "1", "0"]
    # Their pixel size is that of a radius in angstrom.
    result = evaluate(*arguments, "--radius", "6A")
    assert numbers(result)["hits, closer than 6A"] == "2"


@pytest.mark.filterwarnings("default")
def test_micrographs_without_a_pixel_size_tell_none(evaluate, folder):
    write_images(folder, ["a", "b"], pixel_size=0.0)
    arguments = ["picks.txt", "truth.txt", "--micrographs", "images"]
    result = evaluate(*arguments, "--radius", "6A")
    assert result.exit_code == 2
    assert "the pixel size of the micrographs is not known" in " ".join(
        result.stderr.split()
    )


def test_a_record_lies_above_a_pattern_of_folders(evaluate, folder):
    (folder / "grid1").mkdir()
    (folder / "picks.txt").rename(folder / "grid1" / "picks.txt")
    (folder / "run.json").write_text('{"command": "pick", "pixel_size": 2}')
    result = evaluate("grid*/*.txt", "truth.txt", "--radius", "6A")
    assert numbers(result)["hits, closer than 6A"] == "2"


def test_picks_without_score_have_no_average_precision(evaluate, folder):
    lines = [line.rpartition("\t")[0] for line in PICKS.splitlines()]
    (folder / "picks.txt").write_text("\n".join(lines))
    result = evaluate("picks.txt", "truth.txt", "--radius", "5px")
    unknown = "not known: some picks have no score"
    assert numbers(result)["average precision"] == unknown
    assert numbers(result)["precision at 90% recall"] == unknown
    assert numbers(result)["precision of all picks"] == "0.750"
    found = json.loads(
        evaluate("picks.txt", "truth.txt", "--radius", "5px", "--json").stdout
    )
    assert found["average_precision"] is found["precision_at_90_recall"] is None


def test_no_pick_at_all_finds_nothing(evaluate, folder):
    (folder / "picks.txt").write_text(PICKS.splitlines()[0] + "\n")
    result = evaluate("picks.txt", "truth.txt", "--radius", "5px")
    assert result.exit_code == 0, result.stderr
    found = numbers(result)
    assert found["precision of all picks"] == "there is no pick"
    assert found["recall of all picks"] == found["average precision"] == "0.000"
    assert found["precision at 90% recall"].startswith("not reached")


def test_names_that_do_not_agree_are_an_error(evaluate, folder):
    (folder / "picks.txt").write_text(PICKS.replace("\na", "\nx").replace("\nb", "\ny"))
    result = evaluate("picks.txt", "truth.txt", "--radius", "5px")
    assert result.exit_code == 1
    assert "no row for any of the micrographs" in result.stderr


@pytest.mark.parametrize(
    ("format", "name"),
    [
        ("star", "picks.star"),
        ("csv", "picks.csv"),
        ("topaz", "picks.txt"),
        ("cs", "picks.cs"),
        ("relion", ""),
        ("box", ""),
        ("cbox", ""),
        ("eman2", ""),
    ],
)
def test_the_folder_of_a_run_is_read_in_every_format(evaluate, folder, format, name):
    """Every second pick is 12 pixels beside its particle, and has a smaller score."""
    cryosparc_project(folder)
    micrographs = io.read_micrographs(folder / "J4/exposures_accepted.cs")
    particles = io.read_coordinates(folder / "J6/extracted_particles.cs")
    picks = []
    for points in io.coordinates_for(particles, micrographs):
        is_wrong = np.arange(len(points)) % 2 == 1
        inwards = np.where(points[:, 0] < 128, 12, -12) * is_wrong
        picks.append(np.c_[points[:, 0] + inwards, points[:, 1], 1 - is_wrong])
    (folder / "run").mkdir()
    io.write_coordinates(
        f"{folder}/run/{name}", picks, micrographs, format, box_size="200A"
    )
    record = {"command": "pick", "pixel_size": 6.0}
    (folder / "run" / "run.json").write_text(json.dumps(record))
    (folder / "run" / "picks.png").touch()
    # 6 angstrom are a pixel.
    result = evaluate("run", "J6/extracted_particles.cs", "--radius", "6A", "--json")
    found = json.loads(result.stdout)
    n_right = sum(int((points[:, 2] == 1).sum()) for points in picks)
    n = sum(map(len, picks))
    assert (found["picks"], found["particles"], found["hits"]) == (n, n, n_right)
    has_score = format != "box"
    assert found["average_precision"] == (n_right / n if has_score else None)


def test_shifts_are_applied_if_asked_for(evaluate, folder):
    project = relion_project(folder)
    arguments = ["AutoPick/job006/autopick.star", "Select/job008/particles.star"]
    options = ["--radius", "0.1px", "--shifts"]
    result = evaluate(*arguments, *options)
    assert result.exit_code == 0, result.stderr
    found = numbers(result)
    assert found["hits, closer than 0.1px"] == found["particles"]
    assert found["particles"] == str(sum(map(len, project.particles)))


def test_several_files_of_picks_are_joined(evaluate, folder):
    header, *rows = PICKS.splitlines()
    (folder / "one.txt").write_text("\n".join([header, *rows[:3]]))
    (folder / "two.txt").write_text("\n".join([header, *rows[3:]]))
    result = evaluate("one.txt", "two.txt", "truth.txt", "--radius", "5px")
    assert numbers(result)["picks"] == "4"


def test_a_folder_with_two_files_of_all_picks_is_ambiguous(evaluate, folder):
    (folder / "picks.star").write_text("data_\n")
    result = evaluate(".", "truth.txt", "--radius", "5px")
    assert result.exit_code == 1
    assert "picks.star and picks.txt" in result.stderr


def test_a_number_of_cryosparc_names_a_micrograph():
    uid = 588255143468195995
    truth = pd.DataFrame(
        {"micrograph": ["J2/x.mrc"], "x": [5.0], "y": [6.0], "uid": [uid]}
    )
    picks = pd.DataFrame(
        {"micrograph": [f"{uid:021d}_y"], "x": [5.0], "y": [6.5], "score": [1.0]}
    )
    judged = judge_on(picks, truth)
    assert judged.names == ["J2/x.mrc"]
    assert evaluate_picks(judged, 2.0).average_precision == 1.0


def test_each_micrograph_has_its_own_pixel_size():
    table = pd.DataFrame({"micrograph": ["a", "b"], "x": [0.0, 0.0], "y": [0.0, 0.0]})
    picks = table.assign(x=[3.0, 3.0], score=[1.0, 1.0])
    judged = judge_on(picks, table)
    # 3 pixels are 6 and 3 angstrom.
    assert evaluate_picks(judged, 5.0, [2.0, 1.0]).micrographs["hits"].tolist() == [
        0,
        1,
    ]
    assert evaluate_picks(judged, 6.1, [2.0, 1.0]).total("hits") == 2
    assert evaluate_picks(judged, 5.0, [1.0, 2.0]).micrographs["hits"].tolist() == [
        1,
        0,
    ]


@pytest.mark.parametrize("chosen", [[], ["--micrographs", "a.mrc"]])
def test_truth_without_a_particle_is_an_error(pusklearn_command, folder, chosen):
    mrcfile.write("a.mrc", np.zeros((9, 9), "f4"), voxel_size=1.5)
    io.write_coordinates("one.csv", [[[1.0, 2.0]]], ["a"])
    with open("none.csv", "w") as file:
        file.write("micrograph,x,y\n")
    result = pusklearn_command(
        "evaluate", "one.csv", "none.csv", "--radius", "5px", *chosen
    )
    assert result.exit_code == 1
    assert result.stderr == "Error: TRUTH must hold at least 1 particle. Got 0.\n"


def test_one_file_cannot_be_judged(evaluate, folder):
    result = evaluate("picks.txt", "--radius", "6px")
    assert result.exit_code == 2
    assert "Got picks.txt alone." in result.stderr


def test_a_model_holds_no_picks(evaluate, folder):
    (folder / "m.pusk").write_bytes(b"PK")
    result = evaluate("m.pusk", "truth.txt", "--radius", "6px")
    assert result.exit_code == 1
    assert "m.pusk cannot be read as a file of coordinates" in result.stderr
    assert "(a model of pusklearn, with which one picks)" in result.stderr


def test_calibrated_scores_promise_a_precision(evaluate, folder):
    # The odds are 9 to 1, 1 to 1, 1 to 1 and 1 to 3.
    odds = dict(zip(["0.9", "0.6", "0.5", "0.4"], [9, 1, 1, 1 / 3], strict=True))
    text = PICKS
    for score, odd in odds.items():
        text = text.replace(f"\t{score}\n", f"\t{np.log(odd)}\n")
    (folder / "picks.txt").write_text(text)
    run = {"command": "pick", "calibrated": True}
    (folder / "run.json").write_text(json.dumps(run))
    arguments = ["picks.txt", "truth.txt", "--radius", "5px"]
    result = evaluate(*arguments)
    assert numbers(result)["precision of all picks"] == "0.750"
    # (0.9 + 0.5 + 0.5 + 0.25) / 4
    assert numbers(result)["expected precision"] == "0.537"
    document = json.loads(evaluate(*arguments, "--json").stdout)
    assert document["expected_precision"] == pytest.approx(2.15 / 4)
    (folder / "run.json").write_text(json.dumps(run | {"calibrated": False}))
    assert "expected precision" not in numbers(evaluate(*arguments))
