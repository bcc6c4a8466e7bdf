import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.svm import LinearSVC

from pusklearn import ElkanNotoClassifier, PriorEstimator
from pusklearn.pu.splits._cross_validated_scores import (
    cross_validated_scores,
    find_response,
)
from pusklearn.pu.splits._cross_validation_splits import cross_validation_partition

X, Y = make_classification(90, random_state=0)


def test_it_is_what_cross_val_predict_gives():
    folds = cross_validation_partition(4, X, Y, Y, {}, 7)
    expected = cross_val_predict(
        LogisticRegression(),
        X,
        Y,
        cv=StratifiedKFold(4, shuffle=True, random_state=7),
        method="predict_proba",
    )
    found = cross_validated_scores(LogisticRegression(), X, Y, folds)
    np.testing.assert_array_equal(found, expected[:, 1])


def test_only_the_kept_rows_are_trained_on():
    folds = cross_validation_partition(3, X, Y, Y, {}, 0)
    kept = np.arange(90) % 3 > 0
    found = cross_validated_scores(LogisticRegression(), X, Y, folds, kept=kept)
    for train, test in folds:
        rows = train[train % 3 > 0]
        classifier = LogisticRegression().fit(X[rows], Y[rows])
        np.testing.assert_array_equal(
            found[test], classifier.predict_proba(X[test])[:, 1]
        )


def test_without_a_wanted_method_the_error_names_it():
    with pytest.raises(TypeError, match=r"must have predict_proba. Got LinearSVC"):
        find_response(LinearSVC(), ["predict_proba"])


def test_scores_that_are_nan_are_refused():
    class Broken(LogisticRegression):
        def decision_function(self, X):
            return np.full(len(X), np.nan)

    folds = cross_validation_partition(3, X, Y, Y, {}, 0)
    with pytest.raises(ValueError, match=r"must not be NaN. `decision_function` .* 30"):
        cross_validated_scores(Broken(), X, Y, folds, response="decision_function")


@pytest.mark.parametrize("labels", [(1, 2), ("no", "yes")])
@pytest.mark.parametrize("wrapper", [PriorEstimator, ElkanNotoClassifier])
def test_a_frozen_classifier_of_other_classes_is_refused(labels, wrapper):
    X, y = np.arange(40.0)[:, np.newaxis], np.arange(40) > 20
    frozen = FrozenEstimator(LogisticRegression().fit(X, np.array(labels)[y * 1]))
    with pytest.raises(ValueError, match=r"fitted to here, \[0, 1\]"):
        wrapper(frozen).fit(X, y)
