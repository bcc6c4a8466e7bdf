import warnings

import pytest

from pusklearn.topaz._messages import as_log_lines, say


def test_each_line_has_a_mark(capsys):
    say("one\ntwo")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "# one\n# two\n")


@pytest.mark.filterwarnings("default")
def test_warnings_are_lines_inside(capsys):
    before = warnings.showwarning
    with as_log_lines():
        warnings.warn("odd", stacklevel=1)
    assert warnings.showwarning is before
    assert capsys.readouterr().err == "# Warning: odd\n"
