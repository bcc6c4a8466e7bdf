import json
import os
import shutil

import mrcfile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pusklearn
from pusklearn import io, make_picker
from pusklearn.commands import _training, _training_words

showing_warnings = pytest.mark.filterwarnings("default")


@pytest.fixture
def train_in_full(pusklearn_command, small, tmp_path, monkeypatch):
    """Run ``pusklearn train`` in a folder with four micrographs and clicks on two."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(small.folder / "mics", "mics")
    shutil.copy(small.clicks, "clicks.csv")

    def run(*arguments, micrographs=("mics",), particles=("clicks.csv",)):
        options = {
            "--diameter": "36A",
            "--count": "20",
            "--updates": "10",
            "--output": "model.pusk",
        }
        given = [
            one
            for name, value in options.items()
            if name not in arguments
            for one in (name, value)
        ]
        return pusklearn_command(
            "train", *micrographs, "--particles", *particles, *given, *arguments
        )

    return run


@pytest.fixture
def train(train_in_full, quick_picker):
    """Run it with small batches."""
    return train_in_full


@pytest.mark.parametrize("start", ["general", "a model"])
def test_a_training_starts_from_what_a_network_has_learnt(
    train, small, quick_picker, start
):
    initial = "general" if start == "general" else small.model
    result = train("--initial", initial)
    assert result.exit_code == 0, result.stderr
    picker = quick_picker(
        "36A",
        initial="general" if start == "general" else pusklearn.load(small.model),
        downsample="auto",
        particles_per_micrograph=20,
        threshold="prior",
        random_state=0,
    )
    picker.set_params(
        score__classifier__max_epochs=10, score__classifier__steps_per_epoch=1
    )
    picker.fit(small.micrographs[:2], small.particles[:2])
    for ours, theirs in zip(
        pusklearn.load("model.pusk").predict(small.micrographs),
        picker.predict(small.micrographs),
        strict=True,
    ):
        np.testing.assert_array_equal(ours, theirs)
    known = "the general network" if start == "general" else str(small.model)
    assert f"from what {known} has learnt" in result.stdout
    assert f"a particle is {36 / 1.5:g} pixels wide" in result.stdout


def test_what_a_training_cannot_start_from_is_said(train, tmp_path):
    result = train("--initial", "gone.pusk")
    assert result.exit_code == 2
    assert "gone.pusk" in result.stderr
    result = train("--initial", "general", "--downsample", "4")
    assert result.exit_code == 1
    assert "The network needs" in result.stderr
    assert "give --downsample auto, which" in result.stderr


def test_the_model_is_the_picker_that_the_library_makes(train_in_full, small):
    result = train_in_full()
    assert result.exit_code == 0, result.stderr
    picker = make_picker(
        "36A", particles_per_micrograph=20, threshold="prior", random_state=0
    )
    picker.set_params(
        score__classifier__max_epochs=10, score__classifier__steps_per_epoch=1
    )
    picker.fit(small.micrographs[:2], small.particles[:2])
    loaded = pusklearn.load("model.pusk")
    for ours, theirs in zip(
        loaded.predict(small.micrographs),
        picker.predict(small.micrographs),
        strict=True,
    ):
        np.testing.assert_array_equal(ours, theirs)
    assert loaded.get_params()["extract__verbose"] == 0
    assert loaded.named_steps["score"].classifier_.verbose == 0


def test_corrections_are_learnt_from(train, small, quick_picker):
    """What is right is a label, and what is wrong is known not to be a particle."""
    names = [m.name for m in small.micrographs[:3]]
    right, wrong = [[5.0, 90.0]], [[90.0, 5.0], [48.0, 90.0]]
    entries = [
        {"name": names[0], "right": right, "wrong": [], "missed": []},
        {"name": names[2], "right": [], "wrong": wrong, "missed": []},
    ]
    head = {"format": "pusklearn corrections", "version": 1}
    with open("corrections.json", "w") as file:
        json.dump(head | {"micrographs": entries}, file)
    result = train(
        *("--rejected", "corrections.json", "--json"),
        particles=("clicks.csv", "corrections.json"),
    )
    assert result.exit_code == 0, result.stderr
    assert "Rejected         2 in 1 micrograph: known to be no part" in result.stderr
    document = json.loads(result.stdout)
    assert document["rejected"] == 2
    assert document["labels"][2] == {"micrograph": f"mics/{names[2]}.mrc", "labels": 0}
    picker = quick_picker(
        "36A", particles_per_micrograph=20, threshold="prior", random_state=0
    )
    picker.set_params(
        score__classifier__max_epochs=10, score__classifier__steps_per_epoch=1
    )
    none = np.empty((0, 2))
    first, second = small.particles[:2]
    picker.fit(
        small.micrographs[:3],
        [np.concatenate([first, right]), second, none],
        score__rejected=[none, none, wrong],
    )
    loaded = pusklearn.load("model.pusk")
    for ours, theirs in zip(
        loaded.predict(small.micrographs),
        picker.predict(small.micrographs),
        strict=True,
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_without_a_calibration_scores_are_raw(train, small, quick_picker):
    result = train("--no-calibration", "--json")
    assert result.exit_code == 0, result.stderr
    picker = quick_picker(
        "36A",
        particles_per_micrograph=20,
        threshold="prior",
        calibrate=False,
        random_state=0,
    )
    picker.set_params(
        score__classifier__max_epochs=10, score__classifier__steps_per_epoch=1
    )
    picker.fit(small.micrographs[:2], small.particles[:2])
    for ours, theirs in zip(
        pusklearn.load("model.pusk").predict(small.micrographs),
        picker.predict(small.micrographs),
        strict=True,
    ):
        np.testing.assert_array_equal(ours, theirs)
    document = json.loads(result.stdout)
    assert (document["calibrated"], document["promises"]) == (False, [])
    assert "no probabilities: it was trained with --no-calibration" in result.stderr


def test_it_says_what_thresholds_promise(train):
    result = train("--json")
    document = json.loads(result.stdout)
    extractor = pusklearn.load("model.pusk")["extract"]
    assert document["calibrated"] is True
    for row in document["promises"]:
        quality = extractor.expected_quality(row["rule"])
        assert row["threshold"] == quality.threshold
        assert row["precision"] == quality.precision
        assert row["recall_interval"] == list(quality.recall_interval)
    rules = [row["rule"] for row in document["promises"]]
    assert rules == ["prior", "probability:0.5", "recall:0.9", "fdr:0.1"]
    lines = [line.split() for line in result.stderr.splitlines()]
    assert ["rule", "score", "precision", "recall"] in lines
    assert any(line[:1] == ["recall:0.9"] for line in lines)
    assert "Scores           log-odds that a pick is a particle" in result.stderr


@showing_warnings
def test_a_single_label_tells_no_number(train):
    with open("clicks.csv", "w") as file:
        file.write("micrograph,x,y\nsimulated_0000,40,40\n")
    result = train("--count", "estimate")
    assert result.exit_code == 1
    assert "At least 2 particles must be labelled to estimate" in result.stderr
    assert "training:" not in result.stderr
    result = train("--count", "20")
    assert result.exit_code == 0, result.stderr
    assert "give --count as a number and --no-calibration." in result.stderr
    assert "no probabilities" in result.stdout


def test_it_says_what_it_took_and_what_it_expects(train, small):
    output = " ".join(train().stdout.split())
    counts = [len(points) for points in small.particles[:2]]
    assert f"Labels {sum(counts)} in 2 micrographs" in output
    assert "2 other micrographs without a label: left out" in output
    assert f"{counts[0]} mics/simulated_0000.mrc" in output
    assert "Pixel size 1.5 angstrom, from the headers of the micrographs" in output
    assert "Downsampling none: a particle is 24 pixels wide" in output
    assert "Network ConvNet, which sees 31 pixels" in output
    assert "Expected 20 particles per micrograph, given by --count" in output
    assert "Wrote model.pusk after" in output


def test_a_bar_shows_how_far_the_training_is(train):
    result = train()
    assert "training: 100%" in result.stderr
    assert "training" not in result.stdout


def test_json_says_the_same(train, small):
    result = train("--json")
    document = json.loads(result.stdout)
    assert document["model"] == "model.pusk"
    assert document["labels"][0] == {
        "micrograph": "mics/simulated_0000.mrc",
        "labels": len(small.particles[0]),
    }
    assert document["micrographs_without_labels"] == 2
    assert document["pixel_sizes"] == [1.5]
    assert document["particles_per_micrograph"] == pytest.approx(20)
    assert 0 < document["prior"] < 1
    assert document["seconds"] > 0
    assert "Wrote model.pusk" in result.stderr


@showing_warnings
def test_the_count_is_estimated_by_default(train):
    arguments = ["mics", "--particles", "clicks.csv", "--diameter", "36A"]
    from pusklearn.commands._train import train as command

    (count,) = [p for p in command.params if p.name == "count"]
    assert count.default == "estimate"
    del arguments
    result = train("--count", "estimate", "--json")
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    low, high = document["particles_interval"]
    assert low <= document["particles_per_micrograph"] <= high
    assert " particles per micrograph (between " in result.stderr
    assert "estimated" in result.stderr


def test_several_coordinate_files_may_follow_an_option(train, small):
    for micrograph, points in zip(small.micrographs, small.particles, strict=True):
        io.write_coordinates(f"{micrograph.name}.csv", [points], [micrograph])
    names = [f"{micrograph.name}.csv" for micrograph in small.micrographs]
    result = train(particles=names)
    assert result.exit_code == 0, result.stderr
    total = sum(map(len, small.particles))
    assert f"{total} in 4 micrographs\n" in result.stdout


def test_patterns_may_be_given_in_quotes(train):
    result = train(micrographs=["mics/*_000[01].mrc"])
    assert result.exit_code == 0, result.stderr
    assert "in 2 micrographs\n" in result.stdout


def test_many_micrographs_have_a_summary(train, monkeypatch):
    monkeypatch.setattr(_training_words, "MOST_LISTED", 1)
    result = train()
    assert "simulated_0000" not in result.stdout
    assert "a micrograph, the median is" in result.stdout


def test_a_given_pixel_size_counts(train):
    result = train("--pixel-size", "3", "--diameter", "72A")
    assert result.exit_code == 0, result.stderr
    assert "3 angstrom, from --pixel-size" in result.stdout
    assert "a particle is 24 pixels wide" in result.stdout


@showing_warnings
def test_a_diameter_in_angstrom_needs_a_pixel_size(train, small):
    for micrograph in small.micrographs:
        path = f"mics/{micrograph.name}.mrc"
        mrcfile.write(path, np.asarray(micrograph), overwrite=True)
    result = train()
    assert result.exit_code == 1
    assert "the pixel size of 2 of 2 micrographs is unknown" in result.stderr
    assert "--pixel-size 1.2" in result.stderr
    result = train("--diameter", "24px")
    assert result.exit_code == 0, result.stderr
    assert "unknown" in result.stdout
    assert result.stderr.count("warning: ") == 1
    assert "size of 0 angstrom, which is none (simulated_0000, " in result.stderr
    assert "give the pixel size, as in --pixel-size 1.06." in result.stderr
    result = train("--diameter", "24px", "--pixel-size", "1.5")
    assert "warning: " not in result.stderr


@pytest.mark.parametrize(
    ("diameter", "downsample", "factor", "width"),
    [
        ("36A", "auto", 1, 24),
        ("75A", "auto", 1.75, 50),
        ("81px", "auto", 3, 81),
        ("20px", "auto", 1, 20),
        ("36A", 2.0, 2, 24),
    ],
)
def test_particles_become_about_27_pixels_wide(
    small, diameter, downsample, factor, width
):
    labels = _training.Labels(small.micrographs, small.particles, 0, "from files")
    settings = _training.Settings(
        diameter, 20, downsample, None, "raise", "raise", None, 0, "cpu"
    )
    plan = _training.plan_training(labels, settings)
    assert plan.downsample == factor
    assert plan.width == pytest.approx(width)
    assert plan.picker.named_steps["downsample"].factor == factor
    lines = " ".join(" ".join(_training_words.describe_plan(labels, plan)).split())
    words = f"a particle is {width} pixels wide"
    if factor == 1:
        assert lines.endswith(f"none: {words}")
    else:
        assert f"{factor:g} times: {words}, and {width / factor:.3g} after" in lines


@given(st.floats(1, 4000))
def test_every_particle_fits_the_smallest_network_and_keeps_its_pixels(width):
    after = width / _training.automatic_downsample(width)
    assert after <= 31
    assert after >= min(width, 23)


@showing_warnings
def test_micrographs_that_cannot_be_used_are_left_out_if_asked(train):
    with open("mics/simulated_0000.mrc", "r+b") as file:
        file.truncate(5000)
    result = train()
    assert result.exit_code == 1
    assert "simulated_0000.mrc" in result.stderr
    assert not os.path.exists("model.pusk")
    result = train("--on-error", "warn")
    assert result.exit_code == 0, result.stderr
    assert "warning: Micrograph simulated_0000 cannot be used" in result.stderr


@showing_warnings
def test_particles_outside_are_left_out_if_asked(train):
    with open("clicks.csv", "a") as file:
        file.write("simulated_0000,500,3\n")
    result = train()
    assert result.exit_code == 1
    assert "500" in result.stderr
    result = train("--outside", "warn")
    assert result.exit_code == 0, result.stderr
    assert "warning: " in result.stderr


def test_masked_pixels_are_not_learnt_from(train, small):
    os.mkdir("masks")
    for micrograph in small.micrographs:
        mask = np.zeros((96, 96), np.int8)
        mask[:3] = 1
        mrcfile.write(f"masks/{micrograph.name}_mask.mrc", mask)
    assert train("--json").stdout != train("--mask", "masks", "--json").stdout


@showing_warnings
def test_a_label_radius_may_be_given(train):
    result = train("--label-radius", "6A")
    assert result.exit_code == 0, result.stderr
    picker = pusklearn.load("model.pusk")
    assert picker.named_steps["score"].label_radius == "6A"


def test_shifts_are_applied_if_asked(train, monkeypatch):
    asked = []
    read = io.read_coordinates

    def spy(path, **options):
        asked.append(options)
        return read(path)

    monkeypatch.setattr(_training.io, "read_coordinates", spy)
    assert train("--shifts", "--pixel-size", "1.5").exit_code == 0
    assert asked == [{"apply_shifts": True, "pixel_size": 1.5}]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--diameter", "36"], "36 angstrom or 36 pixels"),
        (["--count", "0"], "neither 'estimate' nor a number"),
        (["--downsample", "0.5"], "neither 'auto' nor a number in [1, inf)"),
        (["--label-radius", "4"], "4 angstrom or 4 pixels"),
        (["--pixel-size", "0"], "is not in the range"),
        (["--seed", "-1"], "is not in the range"),
    ],
)
def test_a_wrong_command_line_is_a_usage_error(train, arguments, message):
    result = train(*arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_the_coordinates_must_not_be_forgotten(pusklearn_command):
    result = pusklearn_command("train", "mics", "--diameter", "3px", "--output", "m")
    assert result.exit_code == 2
    assert "--particles" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--output", "nowhere/model.pusk"], "Make nowhere first"),
        (["--count", "2"], "it must exceed that of the labelled ones"),
        (["--diameter", "97px"], "simulated_0000 has 96 x 96 pixels"),
        (["--diameter", "180A", "--pixel-size", "0.1"], "is 1800 pixels"),
        (["--device", "tpu"], "Got 'tpu'"),
    ],
)
def test_what_cannot_be_done_is_one_line(train, arguments, message):
    result = train(*arguments)
    assert result.exit_code == 1
    (line,) = [one for one in result.stderr.splitlines() if one.startswith("Error")]
    assert message in line
    assert not os.path.exists("model.pusk")


def test_the_place_of_the_model_is_checked_before_anything_is_read(train):
    result = train("--output", "nowhere/model.pusk", micrographs=["missing"])
    assert "Make nowhere first" in result.stderr
    result = train("--output", "mics")
    assert result.exit_code == 2


def test_clicks_of_other_micrographs_are_an_error(train):
    with open("clicks.csv", "w") as file:
        file.write("micrograph,x,y\nother,3,4\n")
    result = train()
    assert result.exit_code == 1
    assert "other" in result.stderr


def test_a_table_without_rows_is_an_error(train):
    with open("clicks.csv", "w") as file:
        file.write("micrograph,x,y\n")
    result = train()
    assert result.exit_code == 1
    assert "At least 1 particle must be labelled" in result.stderr


def test_more_micrographs_than_may_be_open_are_read_one_by_one(train, monkeypatch):
    from pusklearn.micrographs.io import _read_micrographs

    result = train("--json")
    before = json.loads(result.stdout) | {"seconds": 0}
    monkeypatch.setattr(_read_micrographs, "MOST_OPEN", 1)
    result = train("--json")
    assert json.loads(result.stdout) | {"seconds": 0} == before


def test_a_list_of_relion_tells_the_pixel_size(
    pusklearn_command, quick_picker, tmp_path
):
    from simulated_projects import relion_project

    project = relion_project(tmp_path, n_micrographs=3, size=96, n_labels=3)
    result = pusklearn_command(
        "train",
        tmp_path / "MotionCorr/job002/corrected_micrographs.star",
        "--particles",
        tmp_path / "ManualPick/job004/manualpick.star",
        *("--diameter", f"{project.diameter * project.pixel_size}A"),
        *("--count", 8, "--updates", 10, "--output", tmp_path / "model.pusk"),
    )
    assert result.exit_code == 0, result.stderr
    size = f"{project.pixel_size:g} angstrom, from the list of the micrographs"
    assert size in result.stdout
    assert project.paths[0] in result.stdout
    assert "1 other micrograph without a label" in result.stdout


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "0 s"), (60, "1 min 0 s"), (3600, "1 h 0 min")]
)
def test_times_are_told_in_words(seconds, words):
    assert _training_words.describe_seconds(seconds) == words


def test_micrographs_stand_before_the_particles(pusklearn_command):
    options = ["--diameter", "3px", "--output", "model.pusk"]
    result = pusklearn_command("train", "--particles", "a.star", "mics", *options)
    assert result.exit_code == 2
    line = " ".join(result.stderr.split())
    assert "Missing argument 'MICROGRAPHS...'. It stands before --particles" in line
    result = pusklearn_command("train", "--particles", "a.star", *options)
    assert "It stands before" not in result.stderr
