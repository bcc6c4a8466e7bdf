import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusklearn.topaz._arguments import (
    Option,
    finite,
    first_number,
    marked,
    number,
    parse,
)

OPTIONS = (
    Option("-n --num-particles", finite, "count"),
    Option("-d --device", first_number, "device"),
    Option("-t --threshold", number, "threshold"),
    Option("-v --verbose", None, "flag"),
    Option("--method", str, "choice", ("PN", "PU")),
    Option("--epoch-size", int),
    Option("--pretrained", None),
)


def parsed(*argv):
    return parse("extract", OPTIONS, "the images", argv)


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["--num-particles=4"], {"num_particles": 4}),
        (["-n", "4"], {"num_particles": 4}),
        (["-n4"], {"num_particles": 4}),
        (["-n", "1", "-n", "7.5"], {"num_particles": 7.5}),
        (["--num-p", "4"], {"num_particles": 4}),
        (["-d", "-1"], {"device": -1}),
        (["--device=-1"], {"device": -1}),
        (["-d", "0,1"], {"device": 0}),
        (["-t", "-1e-06"], {"threshold": -1e-6}),
        (["-t=-6"], {"threshold": -6}),
        (["-t", "-inf"], {"threshold": float("-inf")}),
        (["-v"], {"verbose": True}),
        (["--method", "PU"], {"method": "PU"}),
        ([], {}),
    ],
    ids=str,
)
def test_options_are_read_in_every_form(argv, expected, capsys):
    assert parsed(*argv) == {"files": [], **expected}
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("argv", "files", "named"),
    [
        (["--foo", "3", "a.mrc"], ["a.mrc"], "--foo 3"),
        (["a.mrc", "--foo", "3"], ["a.mrc"], "--foo 3"),
        (["a.mrc", "--foo=3", "b.mrc"], ["a.mrc", "b.mrc"], "--foo=3"),
        (["--flag", "a.mrc"], ["a.mrc"], "--flag"),
        (["-q", "-3", "a.mrc"], ["a.mrc"], "-q -3"),
        (["a.mrc", "-n", "3", "b.mrc"], ["a.mrc", "b.mrc"], None),
        (["--foo", "--bar", "2"], [], "--foo --bar 2"),
        (["--foo", "missing.MRC", "a.mrc"], ["missing.MRC", "a.mrc"], "--foo"),
        (["--foo", "missing.tif"], ["missing.tif"], "--foo"),
    ],
    ids=str,
)
def test_what_is_not_known_is_named_once(
    argv, files, named, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    for name in ("a.mrc", "b.mrc"):
        (tmp_path / name).touch()
    assert parsed(*argv)["files"] == files
    err = capsys.readouterr().err
    expected = f"# Not known here, and not used: {named}\n" if named else ""
    assert err == expected


def test_what_has_no_meaning_is_named_once(capsys):
    given = parsed("--epoch-size", "5000", "--pretrained", "--epoch-size=1")
    assert given["epoch_size"] == 1
    assert capsys.readouterr().err == (
        "# Without a meaning here, and not used: --epoch-size, --pretrained\n"
    )


def test_arguments_are_read_from_a_file(tmp_path):
    file = tmp_path / "arguments"
    file.write_text("--num-particles\n300\n-d\n-1\n")
    assert parsed(f"@{file}", "-v") == {
        "files": [],
        "num_particles": 300,
        "device": -1,
        "verbose": True,
    }


@pytest.mark.parametrize(
    "argv",
    [["-n", "many"], ["--method", "GE"], ["-d", "cuda"], ["-n"], ["@missing"]],
    ids=str,
)
def test_a_wrong_value_ends_with_status_2(argv, capsys):
    with pytest.raises(SystemExit) as end:
        parsed(*argv)
    assert end.value.code == 2
    assert "pusklearn-topaz extract: error" in capsys.readouterr().err


@given(st.floats(allow_nan=False))
def test_every_number_can_be_a_value(number):
    assert float(marked(repr(number))) == number
    assert parsed("-t", repr(number))["threshold"] == number


def test_a_command_without_files_names_what_stands_alone(capsys):
    assert parse("train", OPTIONS, None, ["-n", "3", "x"]) == {"num_particles": 3}
    assert "not used: x" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["-t", "nan"], "-t/--threshold: a number is needed. Got 'nan'"),
        (["-t", "low"], "-t/--threshold: a number is needed. Got 'low'"),
        (["-n", "inf"], "a finite number is needed. Got 'inf'"),
        (["-n=-inf"], "a finite number is needed. Got '-inf'"),
        (["-d", "cpu"], "the number of a GPU is needed. Got 'cpu'"),
        (["--method", "XX"], "invalid choice: 'XX'"),
        (["-n"], "expected one argument"),
    ],
    ids=str,
)
def test_a_wrong_value_is_one_line_of_the_log(argv, words, capsys):
    with pytest.raises(SystemExit) as end:
        parsed(*argv)
    assert end.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("# pusklearn-topaz extract: error: ")
    assert words in err
    assert err.count("\n") == 1
