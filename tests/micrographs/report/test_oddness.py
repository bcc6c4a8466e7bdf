import numpy as np
import pytest

from pusklearn.micrographs.report._oddness import find_oddness

USUAL = {"n_picks": 100.0, "brightness": 10.0, "unevenness": 0.2, "uncertain": 0.1}


def rows_with(**values):
    return [dict(USUAL) for _ in range(9)] + [USUAL | values]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"n_picks": 12.0}, "few picks (12; usual 100)"),
        ({"n_picks": 300.0}, "many picks (300; usual 100)"),
        ({"brightness": 7.0}, "dark (thick ice or carbon?)"),
        ({"unevenness": 0.9}, "uneven (carbon edge, gradient or large ice?)"),
        ({"uncertain": 0.6}, "many uncertain picks (60%; usual 10%)"),
    ],
)
def test_what_differs_is_said(values, reason):
    *others, odd = find_oddness(rows_with(**values))
    assert odd.reasons == [reason]
    assert odd.value > 3
    assert all(other == (0.0, []) for other in others)


def test_the_oddest_is_said_first():
    odd = find_oddness(rows_with(n_picks=60.0, brightness=0.0))[-1]
    assert odd.reasons == ["dark (thick ice or carbon?)", "few picks (60; usual 100)"]


def test_chance_is_not_odd():
    assert not find_oddness(rows_with(n_picks=115.0))[-1].reasons


def test_less_of_what_nobody_wants_is_not_odd():
    assert find_oddness(rows_with(uncertain=0.0, unevenness=0.0))[-1].value == 0


def test_mean_scores_are_told_as_numbers():
    rows = [{"mean_score": 1.0}] * 8 + [{"mean_score": -2.0}]
    assert find_oddness(rows)[-1].reasons == ["low scores (mean -2; usual 1)"]


def test_few_micrographs_are_not_compared():
    assert find_oddness(rows_with(n_picks=0.0)[-4:]) == [(0.0, [])] * 4


def test_what_is_known_of_few_is_not_compared():
    rows = [{"brightness": value} for value in (1.0, 1.0, 9.0, np.nan, np.nan, np.nan)]
    assert [odd.value for odd in find_oddness(rows)] == [0.0] * 6


def test_the_deviation_is_robust():
    rows = [{"brightness": value} for value in (8.0, 9.0, 10.0, 11.0, 12.0, 1e6)]
    found = find_oddness(rows)
    middle, spread = 10.5, 1.4826 * 1.5
    assert found[0].value == pytest.approx((middle - 8) / spread)
    assert found[-1].value > 1e5
