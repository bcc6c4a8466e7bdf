import errno
import warnings

import click
import pytest

from pusklearn.commands import _errors
from pusklearn.commands._errors import (
    DEBUG,
    Interrupted,
    describe_error,
    errors_on_one_line,
    print_warning,
    warnings_handed_to,
)


@pytest.fixture(autouse=True)
def no_debug(monkeypatch):
    monkeypatch.delenv(DEBUG, raising=False)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ValueError("`a` must be 1.\n  Got 2."), "`a` must be 1. Got 2."),
        (OSError(errno.ENOENT, "No such file", "a\n b.mrc"), "a b.mrc: No such file."),
        (OSError(errno.EIO, "Input/output error"), "[Errno 5] Input/output error"),
        (MemoryError(), "MemoryError"),
        (ImportError("No module named 'imodmodel'"), "No module named 'imodmodel'"),
    ],
)
def test_an_error_of_the_library_becomes_one_line(error, message):
    with pytest.raises(click.ClickException) as caught, errors_on_one_line():
        raise error
    assert caught.value.message == message
    assert caught.value.exit_code == 1


def test_notes_belong_to_the_line():
    error = OSError(errno.EMFILE, "Too many open files", "a.mrc")
    error.add_note("`ulimit -n` raises the limit.")
    assert describe_error(error) == (
        "a.mrc: Too many open files. `ulimit -n` raises the limit."
    )


def test_a_fault_of_the_program_shows_where_it_happened():
    with pytest.raises(ZeroDivisionError), errors_on_one_line():
        _ = 1 / 0


def test_an_environment_variable_shows_where_any_error_happened(monkeypatch):
    monkeypatch.setenv(DEBUG, "1")
    with pytest.raises(ValueError, match="wrong"), errors_on_one_line():
        raise ValueError("wrong")


def test_a_closed_pipe_is_left_to_click():
    with pytest.raises(BrokenPipeError), errors_on_one_line():
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")


def test_usage_errors_pass():
    with pytest.raises(click.UsageError), errors_on_one_line():
        raise click.UsageError("both given")


def test_an_interrupt_is_one_line_and_has_the_status_of_a_shell(capsys):
    with pytest.raises(Interrupted) as caught, errors_on_one_line():
        raise KeyboardInterrupt
    assert caught.value.exit_code == 130
    caught.value.show()
    assert capsys.readouterr().err == "Interrupted.\n"


def test_each_warning_is_handed_on_once():
    texts = []
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        before = warnings.showwarning
        with warnings_handed_to(texts.append):
            warnings.warn("first\n  line", stacklevel=1)
            warnings.warn("first line", stacklevel=1)
            warnings.warn("second", stacklevel=1)
        assert warnings.showwarning is before
    assert texts == ["first line", "second"]


@pytest.mark.parametrize("has_bars", [True, False])
def test_a_warning_is_printed_on_one_line(capsys, monkeypatch, has_bars):
    import tqdm

    modules = {"tqdm": tqdm} if has_bars else {}
    monkeypatch.setattr(_errors.sys, "modules", modules)
    print_warning("a.mrc is odd:\n its axes are exchanged.")
    assert capsys.readouterr() == (
        "",
        "warning: a.mrc is odd: its axes are exchanged.\n",
    )
