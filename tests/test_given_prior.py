import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression

from pusklearn import (
    ElkanNotoClassifier,
    PUCalibratedClassifier,
    PUClassifier,
    PUThresholdClassifier,
)
from pusklearn._given_prior import give_prior

HELD_OUT = [PUCalibratedClassifier, PUThresholdClassifier]


@pytest.mark.parametrize("make", HELD_OUT)
def test_a_network_whose_scores_are_read_gets_the_prior_too(make):
    classifier = PUCalibratedClassifier(make(PUClassifier()))
    give_prior(classifier, 0.2)
    priors = [
        value for name, value in classifier.get_params().items() if "prior" in name
    ]
    assert priors == [0.2, 0.2, 0.2]


@pytest.mark.parametrize("make", HELD_OUT)
@pytest.mark.parametrize(
    "estimator",
    [
        PUClassifier(prior=0.1),
        PUClassifier(prior="estimate"),
        FrozenEstimator(PUClassifier()),
        LogisticRegression(),
    ],
    ids=repr,
)
def test_what_has_a_prior_or_is_fitted_keeps_it(make, estimator):
    classifier = make(estimator)
    before = {k: v for k, v in classifier.get_params().items() if k != "prior"}
    give_prior(classifier, 0.2)
    assert classifier.prior == 0.2
    after = {k: v for k, v in classifier.get_params().items() if k != "prior"}
    assert after == before


def test_a_network_that_learns_who_is_labelled_gets_none():
    classifier = ElkanNotoClassifier(PUClassifier())
    give_prior(classifier, 0.2)
    assert classifier.prior == 0.2
    assert classifier.estimator.prior is None
