import io
import os
import stat

import mrcfile
import numpy as np
import pytest

from pusklearn import FourierDownsampler, MicrographNormalizer
from pusklearn.io import read_micrograph
from pusklearn.topaz import _preprocess


@pytest.fixture
def micrograph(tmp_path, monkeypatch, drawn):
    monkeypatch.chdir(tmp_path)
    pixels = np.asarray(drawn[0][0], np.float32)
    mrcfile.write(tmp_path / "a.b.mrc", pixels, voxel_size=1.25)
    return tmp_path / "a.b.mrc"


def test_a_micrograph_is_made_smaller_and_normalised(run, micrograph):
    status, out, err = run("preprocess", "-s", 2, "-o", "out/new/", "a.b.mrc")
    assert (status, out, err) == (0, "", "")
    with mrcfile.open("out/new/a.b.mrc") as mrc:
        assert mrc.data.dtype == np.float32
        assert mrc.data.shape == (64, 80)
        assert float(mrc.voxel_size.x) == 2.5
        pixels = mrc.data.copy()
    assert mrcfile.validate("out/new/a.b.mrc", print_file=io.StringIO())
    small = FourierDownsampler(2).fit_transform([read_micrograph(micrograph)])
    (expected,) = MicrographNormalizer().fit_transform(small)
    np.testing.assert_array_equal(pixels, expected)
    assert [file.name for file in (micrograph.parent / "out/new").iterdir()] == [
        "a.b.mrc"
    ]


@pytest.mark.parametrize(
    ("options", "parameters"),
    [
        (["--affine"], {"method": "affine"}),
        (["-a", "50", "--beta", "3"], {"alpha": 50.0, "beta": 3.0}),
    ],
)
def test_options_are_those_of_the_normaliser(run, micrograph, options, parameters):
    assert run("normalize", *options, "-o", "out", "a.b.mrc")[0] == 0
    read = [read_micrograph(micrograph)]
    (expected,) = MicrographNormalizer(**parameters).fit_transform(
        FourierDownsampler().fit_transform(read)
    )
    np.testing.assert_array_equal(read_micrograph("out/a.b.mrc"), expected)


def test_files_of_many_threads_have_the_mode_of_ordinary_ones(run, micrograph):
    names = [f"{number}.mrc" for number in range(8)]
    for name in names:
        os.link(micrograph, name)
    status, _, err = run("preprocess", "-s", 4, "-t", 4, "-o", "out", *names)
    assert status == 0, err
    with open("ordinary", "w"):
        mode = os.stat("ordinary").st_mode
    assert {os.stat(f"out/{name}").st_mode for name in names} == {mode}


def test_without_a_pixel_size_none_is_written(run, tmp_path, monkeypatch, drawn):
    monkeypatch.chdir(tmp_path)
    mrcfile.write("a.mrc", np.asarray(drawn[0][0], np.float32))
    assert run("preprocess", "-o", "out", "a.mrc")[0] == 0
    assert read_micrograph("out/a.mrc").pixel_size is None


def test_what_cannot_be_used_is_named_and_left_out(run, micrograph):
    mrcfile.write("flat.mrc", np.ones((50, 60), np.float32))
    status, _, err = run("preprocess", "-o", "out", "-t", 2, "flat.mrc", "a.b.mrc")
    assert status == 0
    assert "flat.mrc cannot be used" in err
    assert [file.name for file in (micrograph.parent / "out").iterdir()] == ["a.b.mrc"]
    assert run("preprocess", "-o", "out", "flat.mrc")[0] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "out"], "at least 1 micrograph"),
        (["a.b.mrc"], "-o DIR is needed"),
        (["a.b.mrc", "-o", "out", "-s", "0"], "--scale must be at least 1. Got 0"),
        (["a.b.mrc", "-o", "out", "--format", "png"], "mrc alone"),
    ],
    ids=str,
)
def test_wrong_options_end_with_status_2(run, micrograph, arguments, words):
    status, _, err = run("preprocess", *arguments)
    assert status == 2
    assert words in err


def test_two_micrographs_of_one_name_are_refused(run, micrograph):
    (micrograph.parent / "other").mkdir()
    (micrograph.parent / "other/a.b.mrc").write_bytes(micrograph.read_bytes())
    status, _, err = run("preprocess", "a.b.mrc", "other/a.b.mrc", "-o", "out")
    assert status == 1
    assert "Got a.b.mrc and other/a.b.mrc" in err


def test_further_formats_are_said_to_be_left_out(run, micrograph):
    status, _, err = run("preprocess", "a.b.mrc", "-o", "o", "--format", "mrc,png")
    assert status == 0
    assert err == "# Results are written in the format mrc alone.\n"


def test_a_missing_micrograph_is_named(run, micrograph):
    status, _, err = run("preprocess", "no.mrc", "-o", "out")
    assert status == 1
    assert "There is no micrograph no.mrc" in err


def test_a_failure_leaves_no_draft(run, micrograph, monkeypatch):
    def fail(*arguments):
        raise OSError("disk full")

    monkeypatch.setattr(_preprocess.os, "replace", fail)
    status, _, err = run("preprocess", "a.b.mrc", "-o", "out")
    assert status == 1
    assert "disk full" in err
    assert list((micrograph.parent / "out").iterdir()) == []


def test_a_micrograph_is_not_replaced_by_its_result(run, micrograph):
    before = micrograph.read_bytes()
    for folder in (".", micrograph.parent):
        status, _, err = run("preprocess", "-o", folder, "a.b.mrc")
        assert status == 1
        assert "would replace it" in err
    assert micrograph.read_bytes() == before


@pytest.mark.parametrize("option", ["--alpha", "-b"])
def test_the_prior_is_at_least_1(run, micrograph, option):
    status, _, err = run("preprocess", option, 0.5, "-o", "out", "a.b.mrc")
    assert status == 2
    assert "must be at least 1. Got 0.5" in err


def test_the_mode_of_new_files_stays_what_it_was(run, micrograph):
    before = os.umask(0o027)
    try:
        assert run("preprocess", "-t", 4, "-o", "out", "a.b.mrc")[0] == 0
        assert stat.S_IMODE(os.stat("out/a.b.mrc").st_mode) == 0o640
    finally:
        assert os.umask(before) == 0o027
