"""Picking with the network that needs no label, from the shell."""

import json
import os
import shutil

import mrcfile
import numpy as np
import pytest

from pusklearn import general_picker, io
from pusklearn.commands import _picking
from pusklearn.commands._general_model import EVEN_CHANCE
from pusklearn.datasets import make_micrographs
from pusklearn.micrographs.general._general_network import read_general_network

showing_warnings = pytest.mark.filterwarnings("default")
DIAMETER = "36A"


@pytest.fixture
def pick(pusklearn_command, small, tmp_path, monkeypatch):
    """Run ``pusklearn pick general`` in a folder with four micrographs."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(small.folder / "mics", "mics")

    def run(*arguments, output="out", diameter=DIAMETER):
        of_particle = [] if diameter is None else ["--diameter", diameter]
        micrographs = [] if "mics/" in str(arguments) else ["mics"]
        return pusklearn_command(
            *("pick", "general", *micrographs, *of_particle),
            *("--format", "csv", "--output", output, *arguments),
        )

    return run


def picked(folder="out"):
    table = io.read_coordinates(f"{folder}/picks.csv")
    return table[["x", "y", "score"]].to_numpy()


def record_in(folder="out"):
    with open(f"{folder}/run.json") as file:
        return json.load(file)


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        (["--count", "5"], {"particles_per_micrograph": 5, "threshold": "prior"}),
        (["--count", "2.3", "--threshold", "prior"], {"particles_per_micrograph": 2.3}),
        (["--threshold", "none"], {"threshold": None}),
        (["--threshold", "-3.5"], {"threshold": -3.5}),
        (["--threshold", "probability:0.2"], {"threshold": "probability:0.2"}),
        ([], {"threshold": EVEN_CHANCE}),
    ],
    ids=["count", "prior", "none", "number", "probability", "default"],
)
@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_the_picks_are_those_of_the_library_to_the_bit(
    pick, small, options, settings, jobs
):
    result = pick(*options, "--jobs", str(jobs))
    assert result.exit_code == 0, result.stderr
    picker = general_picker(DIAMETER, **{"threshold": "prior"} | settings)
    picks = picker.predict(small.micrographs)
    np.testing.assert_array_equal(picked(), np.concatenate(list(picks)))
    rows = record_in()["micrographs"]
    assert [row["picks"] for row in rows] == list(map(len, picks))


def test_what_is_expected_is_known_from_simulation_alone(pick, small):
    result = pick()
    assert "knows this from simulation" in result.stdout
    record = record_in()
    assert record["calibrated"] is True
    picker = general_picker(DIAMETER)
    quality = picker["extract"].expected_quality(
        EVEN_CHANCE, picker.predict(small.micrographs)
    )
    assert record["expected"]["n_particles"] == quality.n_particles
    assert record["expected"]["precision"] == quality.precision


def test_a_margin_and_masks_are_those_of_the_library(pick, small):
    os.mkdir("masks")
    masks = [np.ones((96, 96), np.int8), *np.zeros((3, 96, 96), np.int8)]
    masks[1][:, :48] = 1
    for micrograph, mask in zip(small.micrographs, masks, strict=True):
        mrcfile.write(f"masks/{micrograph.name}_mask.mrc", mask)
    result = pick("--margin", "12A", "--mask", "masks", "--count", "4")
    assert result.exit_code == 0, result.stderr
    picker = general_picker(DIAMETER, particles_per_micrograph=4, threshold="prior")
    picker.set_params(extract__margin="12A")
    micrographs = io.read_micrographs("mics", masks="masks")
    picks = picker.predict(micrographs)
    assert len(picks[0]) == 0
    # The micrograph that is masked as a whole holds no particle.
    assert sum(map(len, picks)) == 12
    np.testing.assert_array_equal(picked(), np.concatenate(list(picks)))


@pytest.mark.skipif(
    "placeholder" in read_general_network().made_by, reason="it has hardly learnt"
)
@pytest.mark.parametrize("particle", ["globular", "thin"])
def test_about_as_many_picks_as_particles_are_usual(pick, particle):
    os.mkdir("more")
    micrographs, particles = make_micrographs(
        2, size=384, particle=particle, diameter=30, random_state=3
    )
    for micrograph in micrographs:
        path = f"more/{micrograph.name}.mrc"
        mrcfile.write(path, np.asarray(micrograph), voxel_size=1.5)
    shutil.rmtree("mics")
    os.rename("more", "mics")
    assert pick(diameter="30px").exit_code == 0
    n_true = sum(map(len, particles))
    assert 0.7 * n_true < len(picked()) < 1.4 * n_true


def test_the_record_names_the_network(pick, pusklearn_command):
    assert pick("--count", "5").exit_code == 0
    record = record_in()
    [facts] = json.loads(pusklearn_command("info", "general", "--json").stdout)
    assert record["model"] == "general"
    assert record["model_sha256"] == facts["sha256"]
    assert record["network"] == (facts["made_by"] or "")
    assert (record["diameter"], record["count"]) == (DIAMETER, 5)
    assert record["threshold"] == "prior"
    assert record["threshold_value"] < picked()[:, 2].min()
    assert record["n_picks"] == 20
    assert pusklearn_command("info", "out/run.json").exit_code == 0


def test_a_run_goes_on_and_chooses_from_all_its_micrographs(pick, monkeypatch):
    assert pick("--count", "5", output="all").exit_code == 0
    os.rename("mics/simulated_0001.mrc", "later.mrc")
    assert pick("--count", "5").exit_code == 0
    os.rename("later.mrc", "mics/simulated_0001.mrc")
    result = pick("--count", "5")
    assert "4 micrographs: 3 picked before, 1 to pick" in result.stdout
    np.testing.assert_array_equal(picked(), picked("all"))
    monkeypatch.setattr(_picking, "picked", None)
    assert "0 to pick" in pick("--count", "5").stdout
    np.testing.assert_array_equal(picked(), picked("all"))


def test_a_run_does_not_go_on_with_other_particles(pick):
    assert pick("--count", "5").exit_code == 0
    result = pick("--count", "5", diameter="40A")
    assert result.exit_code == 1
    assert "--diameter ('36A' then, '40A' now)" in result.stderr


def test_another_count_picks_nothing_again(pick, monkeypatch):
    assert pick("--count", "6", output="new").exit_code == 0
    assert pick("--count", "5").exit_code == 0
    monkeypatch.setattr(_picking, "picked", None)
    result = pick("--count", "6")
    assert result.exit_code == 0, result.stderr
    assert record_in()["count"] == 6
    np.testing.assert_array_equal(picked(), picked("new"))


def test_a_model_and_the_network_are_two(pick, pusklearn_command, small):
    assert pick("--count", "5").exit_code == 0
    result = pusklearn_command(
        "pick", small.model, "mics", "--format", "csv", "--output", "out"
    )
    assert result.exit_code == 1
    assert "MODEL (" in result.stderr


@pytest.mark.parametrize(
    ("diameter", "options", "status", "said"),
    [
        (None, [], 2, "needs --diameter"),
        ("36", [], 2, "write 36A or 36px"),
        ("9px", [], 1, "spans 9 pixels of the micrographs, and the network needs at"),
        ("9A", [], 1, "spans 6 pixels of micrograph simulated_0000 (1.5 angstrom"),
        ("36A", ["--threshold", "fdr:0.1"], 2, "needs labelled particles"),
        ("36A", ["--threshold", "prior"], 2, "such as --count 300"),
        ("36A", ["--count", "0"], 2, "--count"),
    ],
    ids=str,
)
def test_what_cannot_be_picked_is_said(pick, diameter, options, status, said):
    result = pick(*options, diameter=diameter)
    assert result.exit_code == status
    message = " ".join(result.stderr.split())
    assert said in message
    if status == 1:
        assert "train a picker of your own, `pusklearn train`." in message


@showing_warnings
def test_a_diameter_in_angstrom_needs_a_pixel_size(pick):
    for name in os.listdir("mics"):
        image = mrcfile.read(f"mics/{name}")
        mrcfile.write(f"mics/{name}", image, overwrite=True)
    result = pick()
    assert result.exit_code == 1
    assert "0 angstrom, which is none (simulated_0000, " in result.stderr
    assert "as in --pixel-size 1.5" in result.stderr
    assert pick("--pixel-size", "1.5", output="a").exit_code == 0
    assert pick(output="b", diameter="24px").exit_code == 0
    np.testing.assert_allclose(picked("a"), picked("b"), rtol=1e-6)
