import hashlib
import json
from pathlib import Path

import mrcfile
import numpy as np
import pytest
from simulated_projects import cryolo_project, cryosparc_project, relion_project

from pusklearn import PUClassifier, __version__, general_picker, load, make_picker, save
from pusklearn.datasets import make_micrographs
from pusklearn.micrographs.general import _general_network

RUN = {
    "command": "pick",
    "state": "finished",
    "pusklearn": "0.9",
    "model": "/x/model.pusk",
    "threshold": "prior",
    "threshold_value": -1.25,
    "format": "star",
    "pixel_size": 1.2,
    "micrographs": [
        {"path": "a.mrc", "picks": 12, "pixel_size": 1.2, "error": None},
        {"path": "b.mrc", "picks": 5, "pixel_size": 1.2, "error": None},
        {"path": "c.mrc", "picks": None, "pixel_size": None, "error": "it is empty"},
    ],
}


@pytest.fixture
def info(pusklearn_command):
    """Return what is told of one file."""

    def run(path):
        result = pusklearn_command("info", path, "--json")
        assert result.exit_code == 0, result.stderr
        [document] = json.loads(result.stdout)
        assert document.pop("file") == str(path)
        return document

    return run


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """The files of a picker and of a classifier."""
    folder = tmp_path_factory.mktemp("models")
    micrographs, coordinates = make_micrographs(2, size=128, snr=1.0, random_state=0)
    picker = make_picker("144A", particles_per_micrograph=7, threshold="prior")
    picker.set_params(score__classifier__max_epochs=2)
    picker.set_params(score__classifier__steps_per_epoch=5)
    picker.fit(micrographs, coordinates)

    save(picker, folder / "picker.pusk")
    X = np.random.default_rng(0).normal(size=(40, 3))
    classifier = PUClassifier(prior=0.6, max_epochs=1).fit(X, np.arange(40) % 2)

    save(classifier, folder / "classifier.pusk")
    return folder


def test_the_general_network_tells_what_it_is(pusklearn_command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = pusklearn_command("info", "general")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("general: general network\n")
    least, best, greatest = _general_network.read_general_network().spans
    sizes = (
        f"{best:g} pixels after downsampling ({least:g} to {greatest:g} are allowed)"
    )
    assert sizes in result.stdout
    assert "simulated micrographs alone" in result.stdout
    [facts] = json.loads(pusklearn_command("info", "general", "--json").stdout)
    file = Path(_general_network.__file__).with_name("general_network.safetensors")
    assert facts["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert facts["weights"] > 1000
    # A file of this name has a path.
    assert pusklearn_command("info", "./general").exit_code == 1


def test_a_micrograph_has_a_size_and_statistics(info, tmp_path):
    image = np.array([[1, 2, 3], [4, 5, 9]], dtype=np.int16)
    mrcfile.write(tmp_path / "a.mrc", image, voxel_size=1.25)
    assert info(tmp_path / "a.mrc") == {
        "kind": "micrograph",
        "height": 2,
        "width": 3,
        "pixel_size": 1.25,
        "numbers": "int16",
        "least": 1.0,
        "greatest": 9.0,
        "mean": 4.0,
        "standard_deviation": pytest.approx(np.std([1, 2, 3, 4, 5, 9])),
    }


@pytest.mark.parametrize(("size", "said"), [(0, "0, which is none"), (1, "exactly 1")])
def test_a_pixel_size_of_0_or_1_is_doubted(info, tmp_path, size, said):
    image = np.arange(6, dtype=np.int16).reshape(2, 3)
    mrcfile.write(tmp_path / "a.mrc", image, voxel_size=size)
    assert info(tmp_path / "a.mrc")["pixel_size"] == (size or None)
    for path in (tmp_path / "a.mrc", tmp_path):
        assert f"gives a pixel size of {said}" in info(path)["in_doubt"]


# The library mrcfile warns of NaN.
@pytest.mark.filterwarnings("ignore:.*NaN")
@pytest.mark.parametrize("n_missing", [1, 6])
def test_missing_pixels_are_counted(info, tmp_path, n_missing):
    image = np.arange(6, dtype=np.float32).reshape(2, 3)
    image.ravel()[:n_missing] = np.nan
    file = mrcfile.new(tmp_path / "a.mrc", image)
    file.close()
    found = info(tmp_path / "a.mrc")
    assert found["missing_pixels"] == n_missing
    assert ("mean" in found) == (n_missing < 6)


def test_a_list_of_micrographs_has_a_pixel_size(info, tmp_path):
    project = relion_project(tmp_path)
    found = info(tmp_path / "CtfFind/job003/micrographs_ctf.star")
    assert found == {
        "kind": "list of micrographs",
        "micrographs": 4,
        "pixel_size": 6.0,
        "first": project.paths[:3],
        "missing_files": None,
    }
    (tmp_path / project.paths[0]).unlink()
    found = info(tmp_path / "MotionCorr/job002/corrected_micrographs.star")
    assert found["missing_files"] == 1


def test_exposures_of_cryosparc_are_a_list_of_micrographs(info, tmp_path):
    project = cryosparc_project(tmp_path)
    for path in (
        "J4/J4_passthrough_exposures_accepted.cs",
        "J4/exposures_accepted.cs",
        "J2/micrographs_rigid_aligned.cs",
    ):
        found = info(tmp_path / path)
        assert found["kind"] == "list of micrographs", path
        assert (found["micrographs"], found["pixel_size"]) == (4, 6.0)
        assert set(found["first"]) <= set(project.paths)


def test_a_folder_of_micrographs_has_a_number_and_a_first_one(info, tmp_path):
    project = cryolo_project(tmp_path)
    assert info(tmp_path / "full_data") == {
        "kind": "folder of micrographs",
        "micrographs": 4,
        "pixel_size_of_first": 6.0,
        "first": [path.removeprefix("full_data/") for path in project.paths[:3]],
    }


@pytest.mark.parametrize(
    ("make", "path", "format", "has_score"),
    [
        (relion_project, "AutoPick/job006/autopick.star", "RELION (.star)", True),
        (relion_project, "AutoPick/job006", "folder", True),
        (relion_project, "Extract/job007/particles.star", "RELION (.star)", True),
        (cryosparc_project, "J6/extracted_particles.cs", "cryoSPARC (.cs)", True),
        (cryolo_project, "boxes/CBOX", "folder", True),
        (cryolo_project, "boxes/EMAN", "folder", False),
        (cryolo_project, "boxes/STAR", "folder", False),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_coordinates_have_a_range(info, tmp_path, make, path, format, has_score):
    particles = make(tmp_path).particles
    points = np.concatenate(particles)
    counts = list(map(len, particles))
    found = info(tmp_path / path)
    first, score = found.pop("first"), found.pop("score")
    assert len(first) == 3
    assert (score is not None) == has_score
    assert found == {
        "kind": "coordinates",
        "format": format,
        "coordinates": len(points),
        "micrographs": 4,
        "per_micrograph": {"least": min(counts), "greatest": max(counts)},
        "x": pytest.approx(
            {"least": points[:, 0].min(), "greatest": points[:, 0].max()}, abs=1e-4
        ),
        "y": pytest.approx(
            {"least": points[:, 1].min(), "greatest": points[:, 1].max()}, abs=1e-4
        ),
        "without_score": None if has_score else len(points),
    }


def test_a_table_of_no_rows_has_no_range(info, tmp_path):
    (tmp_path / "a.csv").write_text("micrograph,x,y\n")
    found = info(tmp_path / "a.csv")
    assert (found["coordinates"], found["x"], found["first"]) == (0, None, [])


def test_a_picker_tells_what_it_learnt_and_expects(info, models):
    found = info(models / "picker.pusk")
    assert found["kind"] == "model"
    assert found["estimator"] == "picker"
    assert found["diameter"] == "144 angstrom"
    assert found["downsampled_pixel_size"] == 6.0
    assert found["particles_per_micrograph"] == 7
    assert found["threshold_rule"] == "prior"
    assert np.isfinite(found["threshold"])
    assert 0 < found["prior"] < 0.1
    assert found["network"] == "ConvNet, which sees 31 pixels"
    assert found["trained_on"] == "13 labels in 2 micrographs"
    assert found["particles_interval"] is None
    assert found["written_by"] == f"pusklearn {__version__}"


def test_an_estimate_has_an_interval(pusklearn_command, models):
    picker = load(models / "picker.pusk")
    picker["score"].particles_per_micrograph_interval_ = (4.5, 9.25)
    save(picker, models / "estimated.pusk")
    result = pusklearn_command("info", models / "estimated.pusk")
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["particles", "interval", "4.5", "to", "9.25"] in lines


def test_a_picker_that_has_not_learnt_says_no_more_than_its_settings(info, models):
    save(make_picker("144A"), models / "new.pusk")
    found = info(models / "new.pusk")
    assert found["diameter"] == "144 angstrom"
    assert "network" not in found


def test_a_general_picker_tells_that_it_has_seen_no_labels(info, models):
    picker = general_picker("144A", particles_per_micrograph=50, threshold="prior")
    save(picker, models / "general.pusk")
    found = info(models / "general.pusk")
    assert found["trained_on"] == "simulated micrographs alone"
    assert found["diameter"] == "144 angstrom"
    assert found["downsample"] == "auto"
    assert found["threshold_rule"] == "prior"
    assert found["threshold"] is None
    assert found["particles_per_micrograph"] == 50


def test_another_estimator_has_its_name(info, models):
    found = info(models / "classifier.pusk")
    assert found["estimator"] == "PUClassifier"
    assert "diameter" not in found


def test_a_run_tells_what_it_did(info, tmp_path):
    (tmp_path / "run.json").write_text(json.dumps(RUN))
    assert info(tmp_path / "run.json") == {
        "kind": "run of pusklearn",
        "command": "pick",
        "state": "finished",
        "pusklearn": "0.9",
        "model": "/x/model.pusk",
        "format": "star",
        "threshold": "prior",
        "threshold_value": -1.25,
        "pixel_size": 1.2,
        "micrographs": 3,
        "picks": 17,
        "failed": 1,
    }


def test_a_run_of_the_general_network_tells_of_the_particle(info, tmp_path):
    known = {"model": "general", "diameter": "180A", "count": 300.0}
    (tmp_path / "run.json").write_text(json.dumps({**RUN, **known}))
    assert known.items() <= info(tmp_path / "run.json").items()


def test_a_run_tells_what_is_expected_of_its_picks(pusklearn_command, tmp_path):
    expected = {
        "n_picks": 17,
        "precision": 0.75,
        "precision_interval": [0.7, 0.8],
        "n_particles": 20.5,
        "n_particles_interval": [18, 22.5],
    }
    known = RUN | {"calibrated": True, "expected": expected}
    (tmp_path / "run.json").write_text(json.dumps(known))
    result = pusklearn_command("info", tmp_path / "run.json")
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "scores log-odds that a pick is a particle: 0 is an even chance" in lines
    assert "expected precision 0.75" in lines
    assert "expected precision interval 0.7 to 0.8" in lines
    assert "expected particles interval 18 to 22.5" in lines
    known = RUN | {"calibrated": False, "expected": None}
    (tmp_path / "run.json").write_text(json.dumps(known))
    result = pusklearn_command("info", tmp_path / "run.json")
    assert "no probabilities" in result.stdout


def test_nothing_is_told_of_the_precision_of_no_pick(pusklearn_command, tmp_path):
    expected = {
        "n_picks": 0,
        "precision": None,
        "precision_interval": [None, None],
        "recall": 0.0,
    }
    known = RUN | {"calibrated": True, "expected": expected}
    (tmp_path / "run.json").write_text(json.dumps(known))
    result = pusklearn_command("info", tmp_path / "run.json")
    assert "precision" not in result.stdout
    assert "expected recall" in result.stdout


def test_a_calibrated_picker_tells_what_thresholds_promise(pusklearn_command, models):
    result = pusklearn_command("info", models / "picker.pusk")
    lines = result.stdout.splitlines()
    assert any("log-odds that a pick is a particle" in line for line in lines)
    (start,) = [row for row, line in enumerate(lines) if line.startswith("  promises")]
    assert lines[start].split()[1:] == ["rule", "score", "precision", "recall"]
    assert lines[start + 1].split()[0] == "prior"
    [document] = json.loads(
        pusklearn_command("info", models / "picker.pusk", "--json").stdout
    )
    rows = {row["rule"]: row for row in document["promises"]}
    assert rows["prior"]["threshold"] == document["threshold"]
    assert 0 <= rows["prior"]["precision"] <= 1
    assert len(rows["prior"]["recall_interval"]) == 2
    picker = load(models / "picker.pusk")
    del picker["extract"].calibration_
    save(picker, models / "old.pusk")
    result = pusklearn_command("info", models / "old.pusk")
    assert "no probabilities: an earlier version of pusklearn" in result.stdout
    assert "promises" not in result.stdout


def test_other_files_of_json_are_boxes_of_eman2(info, tmp_path):
    (tmp_path / "a_info.json").write_text('{"boxes": [[3, 4, "manual"]]}')
    assert info(tmp_path / "a_info.json")["format"] == "EMAN2 (_info.json)"


def test_people_get_lines(pusklearn_command, tmp_path):
    (tmp_path / "run.json").write_text(json.dumps(RUN))
    cryolo_project(tmp_path)
    result = pusklearn_command("info", tmp_path / "run.json", tmp_path / "boxes/EMAN")
    lines = [line.split(maxsplit=2) for line in result.stdout.splitlines()]
    assert ["threshold", "value", "-1.25"] in lines
    assert f"{tmp_path / 'boxes/EMAN'}: coordinates" in result.stdout
    assert "least 0, greatest" in result.stdout
    assert not any(line[0] == "score" for line in lines)


def test_what_cannot_be_read_does_not_hide_the_rest(pusklearn_command, tmp_path):
    (tmp_path / "run.json").write_text(json.dumps(RUN))
    (tmp_path / "odd.star").write_text("data_\n\nloop_\n_rlnVoltage #1\n300\n")
    (tmp_path / "odd.json").write_text("{")
    files = [tmp_path / name for name in ("no.mrc", "odd.star", "odd.json", "run.json")]
    result = pusklearn_command("info", *files)
    assert result.exit_code == 1
    errors = result.stderr.splitlines()
    assert len(errors) == 3
    assert "no.mrc" in errors[0]
    assert "odd.star" in errors[1]
    assert "run of pusklearn" in result.stdout
    documents = json.loads(pusklearn_command("info", *files, "--json").stdout)
    assert [("error" in one) for one in documents] == [True, True, True, False]


def test_corrections(pusklearn_command, tmp_path):
    path = tmp_path / "corrections.json"
    path.write_text(
        '{"format": "pusklearn corrections", "version": 1, "micrographs": [{"name": '
        '"a", "right": [[1, 2], [3, 4]], "wrong": [], "missed": [[5, 6]]}]}'
    )
    result = pusklearn_command("info", path)
    lines = [line.split() for line in result.stdout.splitlines()]
    assert lines[0][-1] == "corrections"
    assert lines[1:] == [
        ["micrographs", "1"],
        ["right", "2"],
        ["wrong", "0"],
        ["missed", "1"],
        ["first", "a"],
    ]
