import errno
import io
import sys

import mrcfile
import numpy as np
import pandas as pd
import pytest

from pusklearn.topaz import _extraction, _preprocess

IMAGE = "proc/mic000000.mrc"


def table_of(text):
    return pd.read_csv(io.StringIO(text), sep="\t", comment="#")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "-r RADIUS is needed"),
        (["-r", "5", "-m", ""], "--model is empty"),
        (["-m", "MODEL"], "-r RADIUS is needed"),
        (["-m", "MODEL", "-r", "5", "--only-validate"], "needs --targets"),
        (["-m", "MODEL", "-r", "-5"], "--radius must be at least 0. Got -5"),
        (["-m", "MODEL", "-r", "5", "-x", "0"], "--up-scale must be > 0. Got 0"),
        (["-m", "MODEL", "-r", "5", "-s", "-1"], "--down-scale must be > 0. Got -1"),
        (["-m", "MODEL", "-r", "5", "-x", "1e300", "-s", "1e-300"], "must be finite"),
        (["-m", "MODEL", "-r", "5", "-t", "nan"], "a number is needed. Got 'nan'"),
        (["-m", "MODEL", "-r", "5", "--dims", "3"], "--dims 2. Got 3"),
        (["-m", "MODEL", "-r", "5", "-fl", "3"], "filaments are not picked"),
    ],
    ids=str,
)
def test_wrong_options_end_with_status_2(run, project, model, arguments, words):
    arguments = [str(model) if a == "MODEL" else a for a in arguments]
    status, out, err = run("extract", *arguments, IMAGE)
    assert (status, out) == (2, "")
    assert words in err


def test_a_missing_image_or_model_is_named(run, project, model):
    status, _, err = run("extract", "-m", model, "-r", 5, "proc/no.mrc")
    assert status == 1
    assert "There is no image proc/no.mrc" in err
    status, _, err = run("extract", "-m", "no.sav", "-r", 5, IMAGE)
    assert status == 1
    assert "no.sav" in err


def test_an_output_that_cannot_be_is_said_before_the_work(
    run, project, model, monkeypatch
):
    monkeypatch.setattr(_extraction, "pick_image", None)
    status, _, err = run("extract", "-m", model, "-r", 5, "-o", "proc", IMAGE)
    assert status == 1
    assert "proc is a folder" in err


def test_images_of_one_name_keep_their_picks_apart(run, project, model, tmp_path):
    paths = [tmp_path / folder / "m.mrc" for folder in ("a", "b")]
    for path, pixels in zip(paths, project.images.values(), strict=False):
        path.parent.mkdir()
        mrcfile.write(path, pixels)
    assert run("extract", "-m", model, "-r", 6, "--per-micrograph", *paths)[0] == 0
    for path in paths:
        _, out, _ = run("extract", "-m", model, "-r", 6, path)
        assert path.with_suffix(".txt").read_text() == out
    status, out, err = run("extract", "-m", model, "-r", 6, *paths)
    assert status == 0
    assert "several images have the name 'm'" in err
    # A file for each would be the same file.
    (tmp_path / "a/m.tif").touch()
    status, _, err = run(
        *("extract", "-m", model, "-r", 6, "--per-micrograph"),
        *(paths[0], tmp_path / "a/m.tif"),
    )
    assert status == 1
    assert "no two may have the same name" in err


@pytest.mark.parametrize("stdin", [io.StringIO("\n"), None], ids=["empty", "closed"])
def test_an_image_is_needed(run, project, model, monkeypatch, stdin):
    monkeypatch.setattr(sys, "stdin", stdin)
    status, _, err = run("extract", "-m", model, "-r", 5)
    assert status == 1
    assert "At least 1 image is needed" in err


def test_coordinates_are_scaled_and_the_threshold_is_strict(run, project, model):
    _, out, _ = run("extract", "-m", model, "-r", 6, "-t", "-100", IMAGE)
    plain = table_of(out)
    level = plain["score"][3]
    _, out, _ = run(
        *("extract", "-m", model, "-r", 6, "-t", level, "-x", 3, "-s", 2, IMAGE),
    )
    scaled = table_of(out)
    assert len(scaled) == 3
    expected = np.floor(plain[["x_coord", "y_coord"]][:3] * 1.5 + 0.5)
    np.testing.assert_array_equal(scaled[["x_coord", "y_coord"]], expected)
    assert scaled["score"].tolist() == plain["score"][:3].tolist()
    assert set(plain["image_name"]) == {"mic000000"}


def test_the_default_threshold_is_that_of_topaz(run, project, model):
    _, default, _ = run("extract", "-m", model, "-r", 6, IMAGE)
    _, given, _ = run("extract", "-m", model, "-r", 6, "-t", "-6", IMAGE)
    assert default == given


def test_images_stand_in_the_order_given(run, project, model):
    names = ["mic000002", "mic000000", "mic000001"]
    _, out, err = run(
        "extract", "-m", model, "-r", 6, "-v", *(f"proc/{name}.mrc" for name in names)
    )
    assert list(dict.fromkeys(table_of(out)["image_name"])) == names
    assert err.splitlines()[0] == "# proc/mic000002.mrc has been picked."


def test_an_image_that_cannot_be_used_has_no_picks(run, project, model, tmp_path):
    mrcfile.write(tmp_path / "flat.mrc", np.zeros((50, 60), np.float32))
    (tmp_path / "short.mrc").write_bytes(b"no image")
    files = (tmp_path / "flat.mrc", IMAGE, tmp_path / "short.mrc")
    status, out, err = run("extract", "-m", model, "-r", 6, *files)
    assert status == 0
    assert set(table_of(out)["image_name"]) == {"mic000000"}
    assert "flat.mrc cannot be used" in err
    assert "short.mrc cannot be used" in err


def fails_once(fault, real):
    """Return a reader of images whose first one cannot be read."""
    faults = [fault]

    def read(path):
        if faults:
            raise OSError(faults.pop(), "fault", str(path))
        return real(path)

    return read


@pytest.mark.parametrize("command", ["extract", "preprocess"])
@pytest.mark.parametrize("fault", [errno.EACCES, errno.EMFILE])
def test_a_fault_of_one_file_spares_the_others(
    run, project, model, tmp_path, monkeypatch, command, fault
):
    module = {"extract": _extraction, "preprocess": _preprocess}[command]
    read = fails_once(fault, module.read_micrograph)
    monkeypatch.setattr(module, "read_micrograph", read)
    options = ["-m", model, "-r", 6] if command == "extract" else ["-o", tmp_path / "o"]
    other = IMAGE.replace("000000", "000001")
    status, _, err = run(command, *options, other, IMAGE)
    if fault == errno.EMFILE:  # Not the fault of the file.
        assert status == 1
        assert "cannot be used" not in err
    else:
        assert status == 0
        assert f"{other} cannot be used" in err


def test_images_may_be_score_maps(run, project, tmp_path):
    scores = np.zeros((30, 40), np.float32)
    scores[10, 20], scores[10, 24], scores[20, 5] = 3, 2, -1
    scores[20, 5] = 1.5
    mrcfile.write(tmp_path / "map.mrc", scores)
    status, out, err = run(
        "extract", "-m", "none", "-r", 5, "-t", 1, tmp_path / "map.mrc"
    )
    assert (status, err) == (0, "")
    assert table_of(out).values.tolist() == [["map", 20, 10, 3.0], ["map", 5, 20, 1.5]]


@pytest.mark.parametrize("given", [[], ["-r", 8]], ids=["search", "given"])
def test_the_radius_of_the_targets_is_printed(run, project, model, given):
    status, out, _ = run(
        *("extract", "-m", model, "--targets", "proc/target_list_test.txt", *given),
        *("--min-radius", 4, "--max-radius", 12, "--step-radius", 4),
        "proc/mic000003.mrc",
    )
    assert status == 0
    line, *rest = out.splitlines()
    words = dict(word.split("=") for word in line.lstrip("# ").split(", "))
    assert float(words["radius"]) in ([8] if given else [4, 8, 12])
    assert 0 <= float(words["auprc"]) <= 1
    radius = words["radius"]
    _, plain, _ = run("extract", "-m", model, "-r", radius, "proc/mic000003.mrc")
    assert rest == plain.splitlines()


def test_validating_alone_writes_no_picks(run, project, model, tmp_path):
    status, out, _ = run(
        *("extract", "-m", model, "-r", 8, "--only-validate"),
        *("--targets", "proc/target_list_test.txt", "-o", tmp_path / "o.txt"),
        "proc/mic000003.mrc",
    )
    assert status == 0
    assert len(out.splitlines()) == 1
    assert not (tmp_path / "o.txt").exists()


@pytest.mark.parametrize(
    ("kind", "ending"),
    [
        ("coord", ".txt"),
        ("csv", ".csv"),
        ("star", ".star"),
        ("json", "_info.json"),
        ("box", ".box"),
    ],
)
def test_each_image_may_have_a_file(run, project, model, tmp_path, kind, ending):
    status, out, err = run(
        *("extract", "-m", model, "-r", 6, "--per-micrograph", "--format", kind),
        *("-o", tmp_path / "new", IMAGE, "proc/mic000001.mrc"),
    )
    assert (status, out, err) == (0, "", "")
    names = sorted(file.name for file in (tmp_path / "new").iterdir())
    assert names == [f"mic000000{ending}", f"mic000001{ending}"]


@pytest.mark.parametrize("kind", [["--per-micrograph"], ["--format", "box"]], ids=str)
def test_two_files_of_one_name_are_refused(run, project, model, tmp_path, kind):
    (tmp_path / "mic000000.mrc").write_bytes((project.folder / IMAGE).read_bytes())
    files = (IMAGE, tmp_path / "mic000000.mrc")
    status, _, err = run("extract", "-m", model, "-r", 6, *kind, "-o", "new", *files)
    assert status == 1
    assert "one file for each image" in err
    status, out, _ = run("extract", "-m", model, "-r", 6, *files)
    assert (status, len(table_of(out)) % 2) == (0, 0)


def test_files_lie_beside_the_images_without_a_folder(run, model, tmp_path, drawn):
    mrcfile.write(tmp_path / "a.mrc", np.asarray(drawn[0][0], np.float32))
    run("extract", "-m", model, "-r", 6, "--per-micrograph", tmp_path / "a.mrc")
    assert (tmp_path / "a.txt").read_text().startswith("image_name\t")


@pytest.mark.parametrize("kind", ["star", "csv"])
def test_one_file_may_have_another_format(run, project, model, tmp_path, kind):
    status, _, _ = run(
        *("extract", "-m", model, "-r", 6, "--format", kind),
        *("-o", tmp_path / f"all.{kind}", IMAGE, "proc/mic000001.mrc"),
    )
    assert status == 0
    text = (tmp_path / f"all.{kind}").read_text()
    assert "mic000000.mrc" in text
    assert "mic000001.mrc" in text
