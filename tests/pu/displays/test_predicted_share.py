import numpy as np
import pytest

from pusklearn.pu.displays._predicted_share import (
    describe,
    find_edges,
    is_far,
    measure_share,
    threshold_between,
)


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        # Half and twice the odds of 0.2 are 1/8 and 1/2: shares of 1/9 and 1/3.
        ((0.05, 1 / 9 + 1e-9), False),
        ((0.05, 1 / 9 - 1e-9), True),
        ((1 / 3 - 1e-9, 0.5), False),
        ((1 / 3 + 1e-9, 0.5), True),
        ((0.05, 0.5), False),
    ],
)
def test_a_share_is_far_if_its_odds_differ_by_more_than_a_factor_of_two(
    interval, expected
):
    assert is_far(interval, 0.2) is expected


def test_the_interval_is_that_of_clopper_and_pearson():
    """If none of n is predicted, the upper end solves (1 - p) ** n = 0.025."""
    y = np.repeat([1, 0], [4, 16])
    settings = {"prior": 0.5, "scheme": "single", "pos_label": None}
    share, (low, high) = measure_share(y, np.zeros(20, bool), settings)
    assert (share, low) == (0, 0)
    assert high == pytest.approx(1 - 0.025 ** (1 / 20))
    settings["scheme"] = "case-control"
    share, (low, high) = measure_share(y, np.ones(20, bool), settings)
    assert (share, high) == (1, 1)
    assert low == pytest.approx(0.025 ** (1 / 16))


@pytest.mark.parametrize(
    ("scores", "threshold"),
    [
        ([0.1, 0.2, 0.6, 0.8], 0.5),  # 0.5 predicts the same
        ([0.1, 0.5, 0.6, 0.8], 0.5),  # a score of 0.5 is not predicted positive
        ([0.1, 0.2, 0.4, 0.8], 0.3),
        ([0.1, 0.6, 0.9, 0.9], 0.75),
    ],
)
def test_the_threshold_is_the_natural_one_or_the_middle(scores, threshold):
    predicted = np.array([False, False, True, True])
    assert threshold_between(np.array(scores), predicted, 0.5) == pytest.approx(
        threshold
    )


@pytest.mark.parametrize("everything", [True, False])
def test_one_class_alone_tells_no_threshold(everything):
    scores = np.array([0.1, 0.9])
    assert threshold_between(scores, np.full(2, everything), 0.5) == 0.5


def test_edges_leave_out_one_in_two_hundred_on_either_side():
    scores = np.arange(1001.0)
    edges = find_edges(scores[::2], scores[1::2], 500, 10)
    np.testing.assert_allclose(edges, np.linspace(5, 995, 11))
    assert find_edges(scores[::2], scores[1::2], -3, 10)[0] == -3
    assert find_edges(scores[::2], scores[1::2], 2000, 10)[-1] == 2000


def test_a_share_is_written_with_its_interval():
    assert describe("prior", 0.25, None) == "prior 0.25"
    assert describe("prior", 0.25, (0.2, 1 / 3)) == "prior 0.25 (0.2 to 0.333)"
