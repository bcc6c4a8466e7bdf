import io
import sys
import threading
import time

import pytest

from pusklearn.pu import _progress_bar
from pusklearn.pu._progress_bar import is_log, progress_bar, without_bars


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_counts_rows_on_standard_error(capsys):
    assert list(progress_bar([1, 2], description="adding", unit="number")) == [1, 2]
    shown = capsys.readouterr()
    assert "adding: 100%" in shown.err
    assert "2/2" in shown.err
    assert not shown.out


def test_a_bar_without_rows_is_moved_and_closed(capsys):
    with progress_bar(description="adding", unit="number", total=3) as bar:
        bar.update(3)
    assert "3/3" in capsys.readouterr().err


@pytest.mark.parametrize("verbose", [0, False])
def test_nothing_is_shown_if_not_asked_for(capsys, verbose):
    bar = progress_bar(range(3), description="adding", unit="n", verbose=verbose)
    assert list(bar) == [0, 1, 2]
    assert not capsys.readouterr().err


def test_no_bar_is_shown_inside_another_one_and_all_are_after_it(capsys):
    with without_bars():
        with without_bars():
            list(progress_bar([1], description="adding", unit="number"))
        list(progress_bar([1], description="adding", unit="number"))
    assert not capsys.readouterr().err
    list(progress_bar([1], description="adding", unit="number"))
    assert "adding" in capsys.readouterr().err


def test_another_thread_still_shows_its_bar(capsys):
    def add():
        list(progress_bar([1], description="adding", unit="number"))

    with without_bars():
        thread = threading.Thread(target=add)
        thread.start()
        thread.join()
    assert "adding" in capsys.readouterr().err


def write_to_log(monkeypatch, interval):
    """Let standard error be a file, with a line every so many seconds."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(sys, "__stderr__", stream)
    monkeypatch.setattr(_progress_bar, "LOG_INTERVAL", interval)
    return stream


def test_a_file_has_a_line_now_and_then_and_at_the_end(monkeypatch):
    log = write_to_log(monkeypatch, interval=0.01)
    with progress_bar(description="adding", unit="number", total=4) as bar:
        for _ in range(4):
            time.sleep(0.02)
            bar.set_postfix(loss="0.5", refresh=False)
            bar.update()
    lines = log.getvalue().splitlines()
    assert "\r" not in log.getvalue()
    assert [line.split(" after ")[0] for line in lines] == [
        f"adding: {n} of 4 numbers" for n in (1, 2, 3, 4)
    ]
    assert all(line.endswith(" left, loss=0.5") for line in lines)


def test_a_file_has_no_line_of_a_short_phase(monkeypatch):
    log = write_to_log(monkeypatch, interval=30)
    assert list(progress_bar(range(1000), description="adding", unit="number"))
    assert not log.getvalue()


def test_a_terminal_and_a_notebook_have_a_bar(monkeypatch):
    log = write_to_log(monkeypatch, interval=30)
    assert is_log(log)
    assert not is_log(io.StringIO())
    assert not is_log(None)
    terminal = Terminal()
    monkeypatch.setattr(sys, "__stderr__", terminal)
    assert not is_log(terminal)
