import mrcfile
import numpy as np
import pandas as pd
import pytest
import torch

from pusklearn import PeakExtractor, load, save
from pusklearn.micrographs.regions._covering_field import RECEPTIVE_FIELDS
from pusklearn.topaz import _labelled_images

pytestmark = [
    pytest.mark.usefixtures("short_training"),
    # A network that has hardly been trained gives a warning, as it should.
    pytest.mark.filterwarnings("default"),
]
SETS = (
    *("--train-images", "proc/image_list_train.txt"),
    *("--train-targets", "proc/target_list_train.txt"),
)
SMALL = ("-n", 20, "-m", "conv31", "--units", 4, "--minibatch-size", 16)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--train-images is needed"),
        (["--train-images", "x"], "--train-targets is needed"),
        ([*SETS, "--test-images", "x"], "must be given together"),
        ([*SETS, "-r", "-2"], "--radius must be at least 0. Got -2"),
        ([*SETS, "--num-epochs", "0"], "--num-epochs must be at least 1. Got 0"),
        ([*SETS, "--cross-validation-seed", "-1"], "seed must be at least 0"),
        ([*SETS, "-k", "3", "--fold", "3"], "--fold must be at least 0 and below 3"),
    ],
    ids=str,
)
def test_wrong_options_end_with_status_2(run, project, arguments, words):
    status, out, err = run("train", *arguments)
    assert (status, out) == (2, "")
    assert words in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([*SETS, "-m", "resnet50"], "--model must be resnet8"),
        ([*SETS, "--k-fold", "9"], "at most the number of images, 3. Got 9"),
        ([*SETS, "--minibatch-balance", "2"], "error: --minibatch-balance must be"),
        ([*SETS, "-n", "-1", "--pi", "2"], "error: --pi must be"),
        ([*SETS, "-n", "1e9"], "more than the"),
    ],
    ids=str,
)
def test_what_cannot_be_learnt_is_said(run, project, tmp_path, arguments, words):
    status, _, err = run("train", *arguments, "-o", tmp_path / "curve")
    assert status == 1
    assert words in err


def test_another_estimator_cannot_be_trained_on(run, project, tmp_path):
    save(PeakExtractor(), tmp_path / "a.sav")
    status, _, err = run("train", *SETS, "-m", tmp_path / "a.sav")
    assert status == 1
    assert "a.sav holds no picker with a network of pusklearn" in err


def test_a_network_is_described(run):
    status, out, err = run("train", "--describe", "-m", "conv63", "--bn", "off")
    assert (status, err) == (0, "")
    assert "ConvNet(batch_norm=False, halve=True, receptive_field=63)" in out
    assert "Convolution(" in out


def test_without_files_the_curve_is_on_standard_output(run, project):
    status, out, err = run("train", *SETS, *SMALL)
    assert status == 0
    assert out.startswith("epoch\titer\tsplit\tloss\tge_penalty\tprecision\ttpr\tfpr")
    assert "without --save-prefix, the model is not kept" in err
    assert {line.split("\t")[2] for line in out.splitlines()[1:]} == {"train"}


def test_a_saved_model_is_a_picker(run, project, tmp_path, drawn):
    status, _, err = run(
        *("train", *SETS, *SMALL, "--num-epochs", 100, "--save-prefix"),
        *(tmp_path / "new/model", "-o", tmp_path / "c.txt"),
    )
    assert status == 0, err
    picker = load(tmp_path / "new/model_epoch100.sav")
    for classifier in (picker["score"].classifier, picker["score"].classifier_):
        assert (classifier.callbacks, classifier.device) == (None, "auto")
    assert picker["score"].label_radius == 3.0
    assert picker["extract"].particles_per_micrograph == 20
    (picks,) = picker.predict(drawn[0][3:])
    assert picks.shape[1] == 3
    epochs = pd.read_csv(tmp_path / "c.txt", sep="\t")["epoch"]
    assert epochs.tolist() == [50, 50, 100, 100]


def test_the_model_learns_from_the_labels_of_the_test_set_too(run, project, tmp_path):
    tests = [word.replace("train", "test") for word in SETS]
    found = {}
    for name, sets in (("with", tests), ("without", ())):
        status, _, err = run(
            *("train", *SETS, *SMALL, *sets, "--save-prefix", tmp_path / name),
            *("-o", tmp_path / f"{name}.txt"),
        )
        assert status == 0, err
        assert ("learns from its labels too" in err) == (name == "with")
        picker = load(tmp_path / f"{name}_epoch10.sav")
        weights = picker["score"].classifier_.net_.module_.network.state_dict()
        found[name] = (
            picker["extract"],
            torch.cat([w.ravel() for w in weights.values()]),
        )
    (extractor, more), (before, first) = found["with"], found["without"]
    assert (extractor.n_labels_, extractor.n_micrographs_) == (16, 4)
    assert (before.n_labels_, before.n_micrographs_) == (12, 3)
    # It goes on from the weights that were measured: two updates change them a little.
    assert 0 < (more - first).norm() < first.norm() / 2
    # The curve is that of the model that has not seen the test set.
    lines = (tmp_path / "with.txt").read_text().splitlines()
    assert lines[:-1] == (tmp_path / "without.txt").read_text().splitlines()
    assert lines[-1].split("\t")[2] == "test"


def test_the_number_of_particles_is_estimated_once(run, project, tmp_path):
    tests = [word.replace("train", "test") for word in SETS]
    status, _, err = run(
        *("train", *SETS, *SMALL, *tests, "-n", -1, "--save-prefix", tmp_path / "m"),
        *("-o", tmp_path / "c.txt"),
    )
    assert status == 0, err
    first, second = (line for line in err.splitlines() if "are expected in an" in line)
    assert first.startswith(second)
    assert "with a probability of 0.9" in first.removeprefix(second)


def test_many_images_are_learnt_from_a_few_at_a_time(
    run, project, tmp_path, monkeypatch
):
    monkeypatch.setattr(_labelled_images, "MOST_OPEN", 0)
    status, _, err = run(
        *("train", *SETS, *SMALL, "--save-prefix", tmp_path / "m", "-k", 3),
        *("-o", tmp_path / "c.txt"),
    )
    assert status == 0, err
    assert pd.read_csv(tmp_path / "c.txt", sep="\t")["split"].iloc[-1] == "test"


def test_an_image_that_cannot_be_used_is_left_out(run, project, tmp_path):
    folder = tmp_path / "images"
    folder.mkdir()
    for name in project.images:
        (folder / f"{name}.mrc").symlink_to(project.folder / f"proc/{name}.mrc")
    (folder / "mic000000.mrc").unlink()
    (folder / "mic000000.mrc").write_bytes(b"damaged")
    (folder / "mic000001.mrc").unlink()
    mrcfile.write(folder / "mic000001.mrc", np.zeros((128, 160), np.float32))
    status, _, err = run(
        *("train", *SETS, *SMALL, "--train-images", folder, "-o", tmp_path / "c"),
        *("-n", -1, "--pi", 0.02),
    )
    assert status == 0, err
    for name in ("mic000000", "mic000001"):
        assert any("Warning" in line and name in line for line in err.splitlines())
    assert f"# {0.02 * 128 * 160 / 29:.1f} particles are expected" in err


def test_more_labels_than_particles_expected_are_said(run, project, tmp_path):
    status, _, err = run(
        *("train", *SETS, *SMALL, "-n", 3, "-o", tmp_path / "c.txt"),
    )
    assert status == 0
    assert "3 particles are expected in an image, but 4 are labelled" in err
    assert "# 4.0 particles are expected" in err


def test_more_labels_with_those_of_the_test_set_are_said(run, project, tmp_path):
    tests = [word.replace("train", "test") for word in SETS]
    targets = tmp_path / "targets"
    rows = [f"mic000003\t{15 * n}\t{15 * n}\n" for n in range(1, 9)]
    targets.write_text("".join(["image_name\tx_coord\ty_coord\n", *rows]))
    status, _, err = run(
        *("train", *SETS, *SMALL, *tests, "--test-targets", targets, "-n", 4.5),
        *("--save-prefix", tmp_path / "m", "-o", tmp_path / "c.txt"),
    )
    assert status == 0, err
    first, second = err.split("The test set has been measured")
    assert "are labelled. So all" not in first
    assert "4.5 particles are expected in an image, but 5 are labelled" in second


def test_the_share_of_pixels_may_be_given(run, project, tmp_path):
    share = 20 * 29 / (128 * 160)  # 29 pixels in a disc of radius 3
    status, _, err = run(
        *("train", *SETS, *SMALL, "-n", -1, "--pi", share, "-o", tmp_path / "c.txt"),
    )
    assert status == 0, err
    assert "# 20.0 particles are expected" in err


def test_without_a_number_it_is_estimated(run, project, tmp_path):
    status, _, err = run(
        *("train", *SETS, *SMALL, "-n", -1, "-o", tmp_path / "c.txt"),
    )
    assert status == 0, err
    assert "the number is estimated" in err
    assert "particles are expected in an image, with a probability of 0.9" in err


def test_the_known_fields_have_names():
    assert RECEPTIVE_FIELDS == (31, 63, 127)


def test_a_model_that_cannot_be_written_is_said_before_the_training(
    run, project, tmp_path
):
    (tmp_path / "m_epoch10.sav").mkdir()
    status, _, err = run("train", *SETS, *SMALL, "--save-prefix", tmp_path / "m")
    assert status == 1
    assert "m_epoch10.sav is a folder" in err
    assert "particles are expected" not in err
