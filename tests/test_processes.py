"""Fitted objects work in other processes, as joblib and multiprocessing start them."""

import multiprocessing

import numpy as np
import pytest
from joblib import parallel_config
from sklearn.model_selection import GridSearchCV, cross_val_score

from pusklearn import PUClassifier, make_picker
from pusklearn.datasets import make_micrographs
from pusklearn.modules import MLP, ConvNet

# Each new process imports PyTorch, which takes seconds.
pytestmark = pytest.mark.slow

QUICK = {"max_epochs": 1, "steps_per_epoch": 4, "batch_size": 32, "random_state": 0}
X = np.random.default_rng(0).normal(size=(120, 3)).astype(np.float32)
Y = (X[:, 0] > 0.5).astype(int)


def test_a_search_in_processes_of_loky_gives_the_scores_of_one_process():
    search = GridSearchCV(
        PUClassifier(MLP((4,)), validation_fraction=0.2, **QUICK),
        {"lr": [0.001, 0.01]},
        cv=2,
        error_score="raise",
    )
    alone = search.fit(X, Y).cv_results_["mean_test_score"]
    with parallel_config("loky", n_jobs=2):
        together = search.set_params(n_jobs=2).fit(X, Y).cv_results_["mean_test_score"]
    np.testing.assert_array_equal(together, alone)
    assert search.best_estimator_.predict(X).shape == (120,)


def test_a_picker_is_judged_in_processes_of_loky():
    micrographs, particles = make_micrographs(2, size=64, random_state=0)
    picker = make_picker(
        24, classifier=PUClassifier(ConvNet(units=2), **QUICK), random_state=0
    )
    alone = cross_val_score(picker, micrographs, particles, cv=2)
    with parallel_config("loky", n_jobs=2):
        together = cross_val_score(picker, micrographs, particles, cv=2, n_jobs=2)
    np.testing.assert_allclose(together, alone, rtol=1e-6)


def test_a_fitted_classifier_predicts_in_a_spawned_process():
    classifier = PUClassifier(MLP((4,)), **QUICK).fit(X, Y)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        (found,) = pool.map(classifier.predict_proba, [X])
    np.testing.assert_array_equal(found, classifier.predict_proba(X))
