"""scikit-learn's own checks, with no expected failure."""

import pytest
from sklearn.utils.estimator_checks import (
    estimator_checks_generator,
    parametrize_with_checks,
)

from pusklearn import PUClassifier
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
