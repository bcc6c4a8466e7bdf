import json
from pathlib import Path

import click
import numpy as np
import pytest

from pusklearn.commands._options import json_option
from pusklearn.commands._output import json_text, print_json, say


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
