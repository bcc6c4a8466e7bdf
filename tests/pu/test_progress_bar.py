import threading

import pytest

from pusklearn.pu._progress_bar import progress_bar, without_bars


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
