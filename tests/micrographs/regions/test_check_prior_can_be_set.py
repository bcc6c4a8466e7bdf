import pytest
from sklearn.linear_model import LogisticRegression

from pusklearn import ElkanNotoClassifier, PUClassifier
from pusklearn.micrographs.regions._check_prior_can_be_set import (
    check_prior_can_be_set,
)


@pytest.mark.parametrize(
    "classifier",
    [
        None,
        PUClassifier(),
        PUClassifier(prior=0.05),
        ElkanNotoClassifier(LogisticRegression()),
    ],
)
def test_a_prior_that_is_open_or_the_same_can_be_set(classifier):
    check_prior_can_be_set(classifier, "prior", 0.05)


@pytest.mark.parametrize(
    ("classifier", "message"),
    [
        (LogisticRegression(), "`prior` sets the prior of a classifier that has a"),
        (PUClassifier(prior=0.2), r"must be left at its default\. Got prior=0\.05"),
        (PUClassifier(prior="estimate"), "must be left at its default"),
    ],
)
def test_a_prior_that_cannot_be_set_is_refused(classifier, message):
    with pytest.raises(ValueError, match=message):
        check_prior_can_be_set(classifier, "prior", 0.05)
