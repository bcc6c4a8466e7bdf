"""scikit-learn's own checks; a failure that is expected is named with its reason."""

import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import (
    estimator_checks_generator,
    parametrize_with_checks,
)

from pusklearn import (
    BaggingPUClassifier,
    CVIRClassifier,
    PriorEstimator,
    PUCalibratedClassifier,
    PUClassifier,
    PUThresholdClassifier,
)
from pusklearn.modules import MLP

CLASSIFIERS = [
    PUClassifier(MLP((50,)), criterion, max_epochs=5, random_state=0)
    for criterion in ("pn", "nnpu", "ge-binomial")
]


@parametrize_with_checks(CLASSIFIERS)
def test_scikit_learn_check(estimator, check):
    check(estimator)


@pytest.mark.parametrize("classifier", CLASSIFIERS, ids=lambda c: c.criterion)
def test_scikit_learn_has_many_checks_for_it(classifier):
    assert len(list(estimator_checks_generator(classifier))) >= 50


LOGISTIC = LogisticRegression()
# ElkanNotoClassifier is checked in its own file.
WRAPPERS = [
    BaggingPUClassifier(LOGISTIC, n_estimators=3, random_state=0),
    CVIRClassifier(LOGISTIC, random_state=0),
    PUCalibratedClassifier(LOGISTIC, random_state=0),
    PUThresholdClassifier(LOGISTIC, random_state=0),
    PUThresholdClassifier(LOGISTIC, threshold="f1", random_state=0),
    PriorEstimator(LOGISTIC, random_state=0),
]


def expected_failures(estimator):
    """Return the checks that an estimator fails by its nature, with the reason."""
    if getattr(estimator, "threshold", 0.5) == 0.5:
        return {}
    return {
        "check_classifiers_train": "a threshold other than 0.5 does not change the "
        "scores and probabilities, so their signs and order differ from predictions"
    }


@parametrize_with_checks(WRAPPERS, expected_failed_checks=expected_failures)
def test_scikit_learn_check_of_a_wrapper(estimator, check):
    check(estimator)
