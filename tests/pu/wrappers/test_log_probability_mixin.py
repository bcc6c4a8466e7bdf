import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from pusklearn import (
    BaggingPUClassifier,
    CVIRClassifier,
    ElkanNotoClassifier,
    PUCalibratedClassifier,
    PUThresholdClassifier,
)

LOGISTIC = LogisticRegression()


@pytest.mark.parametrize(
    "classifier",
    [
        BaggingPUClassifier(LOGISTIC, n_estimators=2),
        CVIRClassifier(LOGISTIC),
        ElkanNotoClassifier(LOGISTIC),
        PUCalibratedClassifier(LOGISTIC),
        PUThresholdClassifier(LOGISTIC),
    ],
    ids=lambda classifier: type(classifier).__name__,
)
def test_logarithms_are_those_of_the_probabilities(classifier):
    X, y = make_classification(200, class_sep=3, random_state=0)
    classifier.set_params(random_state=0).fit(X, y)
    logarithms = classifier.predict_log_proba(X)
    np.testing.assert_allclose(np.exp(logarithms), classifier.predict_proba(X))


def test_the_logarithm_of_0_is_minus_infinity_without_a_warning():
    X, y = make_classification(200, class_sep=3, random_state=0)
    calibrated = PUCalibratedClassifier(
        LOGISTIC, method="isotonic", random_state=0
    ).fit(X, y)
    is_zero = calibrated.predict_proba(X) == 0
    assert is_zero.any()
    np.testing.assert_array_equal(np.isneginf(calibrated.predict_log_proba(X)), is_zero)


def test_without_probabilities_there_are_no_logarithms():
    assert not hasattr(PUThresholdClassifier(LinearSVC()), "predict_log_proba")
