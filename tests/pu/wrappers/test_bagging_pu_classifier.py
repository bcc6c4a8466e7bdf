import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import (
    estimator_checks_generator,
    parametrize_with_checks,
)

from pusklearn import BaggingPUClassifier
from pusklearn.datasets import make_pu

CHECKED = BaggingPUClassifier(LogisticRegression(), n_estimators=10, random_state=0)


# One check has the labels 1 and 2, of which neither is plainly positive.
@pytest.mark.filterwarnings("ignore:The labels are:UserWarning")
@parametrize_with_checks([CHECKED])
def test_scikit_learn_check(estimator, check):
    check(estimator)


def test_scikit_learn_has_many_checks_for_it():
    assert len(list(estimator_checks_generator(CHECKED))) >= 50


class Recorder(ClassifierMixin, BaseEstimator):
    """Keeps the rows that it is fitted with; its seed and the row give the rest."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y):
        self.classes_, self.rows_, self.y_ = np.unique(y), X[:, 0].astype(int), y
        return self

    def predict_proba(self, X):
        p = 0.5 + 0.5 * np.sin(X[:, 0] + self.random_state % 100)
        return np.column_stack([1 - p, p])


X = np.arange(50.0)[:, None]
Y = (np.arange(50) % 5 == 0).astype(int)  # 10 positives


def fit(**parameters):
    classifier = BaggingPUClassifier(Recorder(), n_estimators=12, random_state=0)
    return classifier.set_params(**parameters).fit(X, Y)


def test_a_bag_holds_positives_once_and_as_many_unlabeled():
    for inner in fit().estimators_:
        positives, others = inner.rows_[inner.y_ == 1], inner.rows_[inner.y_ == 0]
        assert len(set(positives)) == len(positives) == len(others) == 8
        assert Y[positives].all()
        assert not Y[others].any()


def test_bags_differ():
    classifier = fit()
    assert len({tuple(e.rows_) for e in classifier.estimators_}) == 12
    assert len({e.random_state for e in classifier.estimators_}) == 12


def test_more_unlabeled_samples_than_there_are_can_be_drawn():
    inner = fit(unlabeled_per_bag=100).estimators_[0]
    assert np.sum(inner.y_ == 0) == 100


def test_out_of_bag_probabilities_are_means_over_the_other_bags():
    classifier = fit()
    for row in range(50):
        p = [
            e.predict_proba(X[[row]])[0, 1]
            for e in classifier.estimators_
            if row not in e.rows_
        ]
        assert 0 < len(p) < 12 or Y[row] == 0
        assert classifier.oob_probability_[row] == pytest.approx(np.mean(p))


def test_positives_that_are_in_every_bag_have_no_out_of_bag_probability():
    p = fit(positives_per_bag=1.0).oob_probability_
    np.testing.assert_array_equal(np.isnan(p), Y == 1)


def test_the_probability_is_the_mean_over_the_bags():
    classifier = fit()
    p = [e.predict_proba(X)[:, 1] for e in classifier.estimators_]
    np.testing.assert_allclose(classifier.predict_proba(X)[:, 1], np.mean(p, axis=0))


def test_another_seed_draws_other_bags():
    first, other = fit(), fit(random_state=1)
    assert not np.array_equal(first.estimators_[0].rows_, other.estimators_[0].rows_)


def test_hidden_positives_are_found_better_than_by_one_tree():
    images, digit = load_digits(return_X_y=True)
    images, y_pu, y = make_pu(
        images, digit % 2 == 0, label_frequency=0.2, random_state=0
    )
    tree = DecisionTreeClassifier(random_state=0)
    bagging = BaggingPUClassifier(tree, random_state=0).fit(images, y_pu)
    hidden = y_pu == 0
    found = roc_auc_score(y[hidden], bagging.oob_probability_[hidden])
    assert found > 0.93
    train = np.arange(len(y)) % 2 == 0
    bagging.fit(images[train], y_pu[train])
    tree.fit(images[train], y_pu[train])
    assert bagging.score(images[~train], y[~train]) > 0.85
    assert tree.score(images[~train], y[~train]) < 0.7


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_estimators", 0),
        ("positives_per_bag", 0),
        ("positives_per_bag", 1.1),
        ("unlabeled_per_bag", 0),
    ],
)
def test_a_number_out_of_its_range_is_named(name, value):
    with pytest.raises(ValueError, match=rf"`{name}` must be .* Got {value}\."):
        fit(**{name: value})


def test_a_share_that_takes_no_positive_takes_one():
    inner = fit(positives_per_bag=0.01).estimators_[0]
    assert inner.y_.sum() == 1
