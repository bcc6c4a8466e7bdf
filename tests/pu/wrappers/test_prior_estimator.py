import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import (
    estimator_checks_generator,
    parametrize_with_checks,
)

from pusklearn import PriorEstimator, PUClassifier, PUStratifiedKFold
from pusklearn.datasets import make_pu
from pusklearn.modules import MLP


# Some checks have few labels, or the labels 1 and 2, neither plainly positive.
@pytest.mark.filterwarnings("ignore:The labels are:UserWarning")
@pytest.mark.filterwarnings("ignore:The share of positives was:UserWarning")
@parametrize_with_checks([PriorEstimator(LogisticRegression())])
def test_scikit_learn_check(estimator, check):
    check(estimator)


def test_scikit_learn_has_many_checks_for_it():
    checks = list(estimator_checks_generator(PriorEstimator(LogisticRegression())))
    assert len(checks) >= 40


@pytest.mark.parametrize("scheme", ["single", "case-control"])
def test_the_prior_of_real_data_is_found(scheme):
    X, y = load_breast_cancer(return_X_y=True)
    X, y_pu, y_true = make_pu(X, y, label_frequency=0.3, scheme=scheme, random_state=0)
    forest = RandomForestClassifier(40, random_state=0)
    estimator = PriorEstimator(forest, scheme=scheme, random_state=0).fit(X, y_pu)
    share = y_true[y_pu == 0].mean()
    assert estimator.unlabeled_prior_ == pytest.approx(share, abs=0.12)


def test_a_network_estimates_its_own_prior(few_trees):
    rng = np.random.default_rng(0)
    y = np.arange(1200) % 2
    X = rng.normal(size=(1200, 5)) + 1.5 * y[:, None]
    X, y_pu, y = make_pu(X, y, label_frequency=0.4, random_state=0)
    classifier = PUClassifier(
        MLP((20,)), prior="estimate", steps_per_epoch=20, random_state=0
    ).fit(X, y_pu)
    assert classifier.prior_ == pytest.approx(0.5, abs=0.1)
    low, high = classifier.prior_interval_
    assert low <= classifier.prior_ <= high
    assert classifier.score(X, y) > 0.9


def test_the_prior_where_every_positive_is_labelled_can_be_given_to_a_classifier():
    rng = np.random.default_rng(0)
    y = np.arange(100) < 50
    X = rng.normal(size=(100, 2)) + 20 * y[:, None]
    estimator = PriorEstimator(LogisticRegression(), random_state=0).fit(X, y)
    assert 0.5 < estimator.prior_ < 0.51
    quick = {"max_epochs": 1, "steps_per_epoch": 2, "random_state": 0}
    PUClassifier(prior=estimator.prior_, **quick).fit(X, y)


def test_the_greater_label_need_not_be_the_positive_one():
    X, y = load_breast_cancer(return_X_y=True)
    X, y_pu, _ = make_pu(X, y, label_frequency=0.5, random_state=0)
    forest = RandomForestClassifier(20, random_state=0)
    expected = PriorEstimator(forest, random_state=0).fit(X, y_pu)
    named = np.where(y_pu == 1, "positive", "unlabeled")
    found = PriorEstimator(
        forest,
        pos_label="positive",
        cv=PUStratifiedKFold(5, pos_label="positive", shuffle=True, random_state=1),
        random_state=0,
    ).fit(X, named)
    assert found.pos_label_ == "positive"
    assert found.prior_ == pytest.approx(expected.prior_, abs=0.1)
