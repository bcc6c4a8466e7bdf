from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from pusklearn.metrics import pu_average_precision_score

samples = st.lists(
    st.tuples(st.integers(0, 1), st.integers(-4, 4)), min_size=3, max_size=40
).filter(lambda pairs: 2 <= sum(y for y, _ in pairs) < len(pairs))


@given(samples)
@settings(max_examples=25, deadline=None)
def test_where_every_positive_is_labelled_it_is_the_metric_of_scikit_learn(pairs):
    y, values = np.transpose(pairs)
    expected = metrics.average_precision_score(y, values)
    assert pu_average_precision_score(y, values, prior=None) == pytest.approx(
        expected, abs=1e-12
    )


def test_over_all_choices_of_labels_the_mean_is_the_value_on_true_labels():
    y_true = np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0])
    y_score = np.array([9, 8, 6, 6, 2, 9, 7, 6, 4, 3, 2, 1])
    found = [
        pu_average_precision_score(
            np.isin(np.arange(12), chosen), y_score, prior=5 / 12
        )
        for chosen in combinations(range(5), 3)
    ]
    expected = metrics.average_precision_score(y_true, y_score)
    assert np.mean(found) == pytest.approx(expected)


@pytest.mark.parametrize("prior", [0.05, 0.5])
def test_few_samples_of_the_case_control_scheme_leave_little_bias(prior):
    rng = np.random.default_rng(0)
    differences = []
    for _ in range(700):
        y_true = rng.random(400) < prior
        unlabeled, positives = rng.normal(1.8 * y_true), rng.normal(1.8, size=40)
        found = pu_average_precision_score(
            np.repeat([1, 0], [40, 400]),
            np.concatenate([positives, unlabeled]),
            prior=prior,
            scheme="case-control",
        )
        truth = metrics.average_precision_score(y_true, unlabeled)
        differences.append(found - truth)
    assert abs(np.mean(differences)) < 0.025


def test_one_labelled_positive_is_too_few():
    with pytest.raises(ValueError, match=r"at least 2 labelled positives\. Got 1"):
        pu_average_precision_score([1, 0, 0], [3, 2, 1], prior=0.5)


def test_a_small_expected_number_of_positives_is_finite():
    found = pu_average_precision_score(
        [1, 1, 0, 0], [3, 3, 2, 1], prior=0.01, scheme="case-control"
    )
    assert found == pytest.approx(1)


def written_out(y, y_score, prior):
    """The case-control formula of the docstring, one labelled positive at a time."""
    labelled = [s for label, s in zip(y, y_score, strict=True) if label]
    unlabeled = [s for label, s in zip(y, y_score, strict=True) if not label]
    n_positives = prior * len(unlabeled)
    total = 0.0
    for i, score in enumerate(labelled):
        others = labelled[:i] + labelled[i + 1 :]
        recall = sum(s >= score for s in others) / len(others)
        rest = max(sum(s >= score for s in unlabeled) - recall, 0)
        total += 1 / (1 + rest)
        total += max(n_positives - 1, 0) * recall / (2 + rest - recall)
    return total / len(labelled)


@given(samples, st.floats(0.01, 0.99))
@settings(max_examples=40, deadline=None)
def test_in_the_case_control_scheme_it_is_the_formula(pairs, prior):
    y, values = np.transpose(pairs)
    value = pu_average_precision_score(y, values, prior=prior, scheme="case-control")
    assert value == pytest.approx(written_out(y, values, prior), rel=1e-12)
