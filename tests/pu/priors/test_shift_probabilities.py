from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusklearn import shift_probabilities

shares = st.floats(0.01, 0.99)


def by_bayes(p, prior, new_prior):
    """Return the probability in the new population, in exact arithmetic."""
    p, prior, new_prior = map(Fraction, (p, prior, new_prior))
    positive, negative = new_prior * p / prior, (1 - new_prior) * (1 - p) / (1 - prior)
    return float(positive / (positive + negative))


@given(p=shares, prior=shares, new_prior=shares)
def test_each_is_that_of_bayes_rule(p, prior, new_prior):
    [found] = shift_probabilities([p], prior, new_prior)
    assert found == pytest.approx(by_bayes(p, prior, new_prior), rel=1e-12)


@given(p=shares, prior=shares, new_prior=shares)
def test_the_way_back_undoes_it(p, prior, new_prior):
    there = shift_probabilities([p], prior, new_prior)
    [back] = shift_probabilities(there, new_prior, prior)
    assert back == pytest.approx(p, rel=1e-9)


def test_two_columns_stay_two_columns():
    p = np.array([0.0, 0.2, 1.0])
    found = shift_probabilities(np.column_stack([1 - p, p]), 0.3, 0.6)
    one = shift_probabilities(p, 0.3, 0.6)
    np.testing.assert_array_equal(found, np.column_stack([1 - one, one]))
    np.testing.assert_array_equal(one[[0, 2]], [0, 1])


@pytest.mark.parametrize("new_prior", [0, 1])
def test_a_class_that_is_absent_gets_no_probability(new_prior):
    found = shift_probabilities([0, 0.2, 1], 0.3, new_prior)
    np.testing.assert_array_equal(found, np.full(3, new_prior))


def test_single_precision_is_exact_enough():
    columns = np.array([[0.9, 0.1], [1 / 3, 2 / 3]], np.float32)
    found = shift_probabilities(columns, 0.5, 0.5)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found[:, 1], columns[:, 1], rtol=1e-6)


@pytest.mark.parametrize(
    ("probabilities", "message"),
    [
        ([0.1, 1.2], r"`probabilities` must hold probabilities in \[0, 1\]. Got 1.2"),
        ([[-0.1, 1.1]], r"Got -0.1"),
        ([[0.1, 0.2, 0.7]], r"must have shape \(n,\) or \(n, 2\). Got \(1, 3\)"),
        ([[0.5, 0.5], [0.1, 0.2]], r"must sum up to 1. Got 0.3 in row 1"),
        ([np.nan], "NaN"),
        ([], "minimum of 1 is required"),
    ],
)
def test_what_are_no_probabilities_is_refused(probabilities, message):
    with pytest.raises(ValueError, match=message):
        shift_probabilities(probabilities, 0.3, 0.5)


@pytest.mark.parametrize(
    ("prior", "new_prior", "message"),
    [
        (0, 0.5, r"`prior` must be a number in \(0, 1\). Got 0"),
        (0.5, 1.1, r"`new_prior` must be a number in \[0, 1\]. Got 1.1"),
    ],
)
def test_a_share_that_cannot_be_is_refused(prior, new_prior, message):
    with pytest.raises(ValueError, match=message):
        shift_probabilities([0.5], prior, new_prior)
