import io
import json
import sys
from pathlib import Path

import click
import numpy as np
import pytest

from pusklearn.commands._options import json_option
from pusklearn.commands._output import json_text, print_json, say, table_row


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None),
        (True, True),
        (np.bool_(True), True),
        (np.float32(0.5), 0.5),
        (np.nan, None),
        (-np.inf, None),
        (np.int64(7), 7),
        (np.array([[1.0, np.inf]]), [[1.0, None]]),
        (Path("a") / "b.mrc", "a/b.mrc"),
        ((1, "\u00e4"), [1, "\u00e4"]),
        ({1: {"a": []}}, {"1": {"a": []}}),
    ],
)
def test_what_the_library_returns_becomes_json(value, plain):
    assert json.loads(json_text(value)) == plain


def test_numbers_keep_every_bit():
    value = float(np.nextafter(0.1, 1))
    assert json.loads(json_text([value])) == [value]


@pytest.mark.parametrize("as_json", [True, False])
def test_lines_for_people_leave_standard_output_to_json(capsys, as_json):
    @click.command()
    @json_option
    def command(as_json):
        say("for people")
        if as_json:
            print_json({"n": 1})

    with pytest.raises(SystemExit):
        command.main(["--json"] if as_json else [])
    out, err = capsys.readouterr()
    assert (err if as_json else out) == "for people\n"
    assert not as_json or json.loads(out) == {"n": 1}


def test_lines_outside_a_command_go_to_standard_output(capsys):
    say("for people")
    assert capsys.readouterr().out == "for people\n"


PATH = "MotionCorr/job002/Movies/" + "x" * 80 + ".mrc"


def test_a_path_is_whole_in_a_file(capsys):
    assert table_row("  12  ", PATH) == f"  12  {PATH}"


@pytest.mark.parametrize(
    ("columns", "length"), [(80, 80), (30, 30), (8, 26), (200, 115)]
)
def test_the_end_of_a_path_fits_the_terminal(monkeypatch, columns, length):
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", str(columns))
    line = table_row("  12  ", PATH)
    assert len(line) == length
    assert line.startswith("  12  Mo" if columns == 200 else "  12  ...x")
    assert line.endswith("x.mrc")
