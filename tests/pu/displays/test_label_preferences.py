import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from pusklearn.pu.displays._label_preferences import (
    SHARES,
    both_ends,
    check_properties,
    measure_preferences,
    shares_before,
)


def test_the_share_before_a_label_is_counted_in_its_own_group():
    values = np.array([5, 1, 3, 3, 0, 7, 7])
    is_positive = np.array([True, False, True, False, False, True, False])
    groups = np.array([1, 1, 1, 1, 2, 2, 2])
    # In group 1, 4 of 4 are at most 5 and 3 of 4 at most 3; in group 2, all at most 7.
    np.testing.assert_array_equal(
        shares_before(values, is_positive, groups), [1, 3 / 4, 1]
    )
    assert len(shares_before(values, np.zeros(7, bool), groups)) == 0


@given(
    st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 2)), min_size=1)
)
def test_shares_before_are_those_that_a_loop_counts(samples):
    values, is_positive, groups = (
        np.array(part) for part in zip(*samples, strict=True)
    )
    expected = [
        np.mean([w <= v for w, _, h in samples if h == g])
        for v, labelled, g in samples
        if labelled
    ]
    shares = shares_before(values, is_positive, groups)
    np.testing.assert_allclose(np.sort(shares), np.sort(expected))


def test_each_property_is_looked_at_from_both_ends():
    shares = both_ends(
        {"age": np.arange(4.0)}, np.array([True, False, False, False]), np.zeros(4)
    )
    assert {name: list(share) for name, share in shares.items()} == {
        "low age": [0.25],
        "high age": [1.0],
    }


def test_p_values_are_binomial_and_adjusted():
    # All of 30 labels lie in the first half, and one order says nothing.
    half, anywhere = np.full(30, 0.5), np.linspace(0.04, 1, 30)
    _, _, frequency, pvalues = measure_preferences(
        {"half": half, "anywhere": anywhere}, 30, 0.8, 0.1, 0.95
    )
    assert frequency == 0.1
    assert pvalues["half"] == pytest.approx(2 * 9 * (0.5 / 0.8) ** 30)
    assert pvalues["anywhere"] == 1
    _, _, _, more = measure_preferences({"half": half}, 30, 0.8, 0.1, 0.95, 10)
    assert more["half"] == pytest.approx(5 * pvalues["half"])


def test_labels_that_are_not_among_the_samples_lie_nowhere():
    _, _, _, pvalues = measure_preferences({"half": np.full(30, 0.5)}, 60, 1, 0.1, 0.95)
    assert pvalues["half"] == 1


def test_curves_are_labelled_shares_of_the_positives_that_come_first():
    shares = {"first": np.array([0.1, 0.2, 0.2, 0.98])}
    curves, (numbers, _), _, _ = measure_preferences(shares, 4, 1, 0.02, 0.95)
    np.testing.assert_allclose(numbers, SHARES * 200)
    np.testing.assert_allclose(curves["first"][0], numbers)
    np.testing.assert_allclose(
        curves["first"][1][[0, 1, -1]], [1 / 20, 3 / 40, 3 / 180]
    )


@pytest.mark.parametrize("purity", [0.7, 1.0])
def test_no_count_within_the_limit_is_too_improbable(purity):
    n, frequency = 50, 0.2
    _, (numbers, shares), _, _ = measure_preferences(
        {"a": np.ones(n)}, n, purity, frequency, 0.9
    )
    counts = np.rint(shares * numbers).astype(int)
    chances = np.minimum(SHARES / purity, 1)
    level = 0.1 / len(SHARES)
    assert (binom.sf(counts, n, chances) <= level).all()
    open_ended = chances < 1
    assert (binom.sf(counts - 1, n, chances)[open_ended] > level).all()


def test_random_labels_of_any_groups_keep_the_level():
    rng = np.random.default_rng(0)
    n_low = 0
    for _ in range(300):
        groups = rng.integers(5, size=200)
        values = rng.normal(size=(3, 200)) + groups
        chance = rng.random(5) ** 3
        is_positive = rng.random(200) < chance[groups]
        n_labeled = int(is_positive.sum())
        if n_labeled:
            shares = both_ends(
                dict(zip("abc", values, strict=True)), is_positive, groups
            )
            _, _, _, pvalues = measure_preferences(shares, n_labeled, 1, 0.5, 0.95)
            n_low += min(pvalues.values()) <= 0.05
    assert n_low <= 15


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({}, "at least 1 property"),
        ({"age": [1, 2]}, r"'age' must have the shape \(3,\), as `y`. Got \(2,\)"),
        ({"age": [1, 2, np.nan]}, "'age' must be finite. Got nan"),
        ({"age": [1, np.inf, 2]}, "'age' must be finite. Got inf"),
    ],
)
def test_bad_properties_are_refused(properties, message):
    with pytest.raises(ValueError, match=message):
        check_properties(properties, 3)
