from array import array

import pytest

from pusklearn.commands._expected_picks import expected_picks
from pusklearn.commands._pick_journal import Entry


def entry(name, *scores, **more):
    picks = [value for score in scores for value in (1.0, 2.0, score)]
    return Entry(name, [], name, picks=array("d", picks), **more)


def scores(entries):
    return [list(one.picks[2::3]) for one in entries]


def test_the_best_of_all_micrographs_are_kept():
    entries = [entry("a", 3.0, 1.0), entry("b", 2.0, -1.0), entry("c", 0.5)]
    kept = expected_picks(entries, 1)
    assert scores(kept) == [[3, 1], [2], []]
    assert len({one.threshold for one in kept}) == 1
    assert 0.5 <= kept[0].threshold < 1
    assert scores(expected_picks(entries, 0.3)) == [[3], [], []]


def test_micrographs_that_are_not_there_hold_no_particles():
    entries = [
        entry("a", 3.0, 1.0),
        entry("masked", is_there=False),
        entry("failed", error="it is empty"),
    ]
    kept = expected_picks(entries, 1)
    assert scores(kept) == [[3], [], []]
    assert kept[2].threshold is None
    assert expected_picks(entries[1:], 1) == entries[1:]


def test_too_few_peaks_are_kept_with_a_warning():
    with pytest.warns(UserWarning, match="should keep 6 picks, .* only 2 peaks"):
        kept = expected_picks([entry("a", 3.0), entry("b", 1.0)], 3)
    assert scores(kept) == [[3], [1]]
    assert [one.threshold for one in kept] == [None, None]
