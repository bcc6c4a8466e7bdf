from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from pusklearn import BaggingPUClassifier
from pusklearn.pu._inner_estimators import random_state_names


def test_those_inside_are_found_too():
    estimator = BaggingPUClassifier(make_pipeline(LogisticRegression()))
    assert random_state_names(estimator) == [
        "estimator__logisticregression__random_state",
        "random_state",
    ]


def test_there_may_be_none():
    assert random_state_names(KNeighborsClassifier()) == []
