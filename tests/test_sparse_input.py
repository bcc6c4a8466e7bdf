"""Sparse arrays and texts go through everything that takes samples."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from pusklearn import (
    BaggingPUClassifier,
    CVIRClassifier,
    ElkanNotoClassifier,
    PriorEstimator,
    PUCalibratedClassifier,
    PUClassifier,
    PUThresholdClassifier,
    load,
    save,
)
from pusklearn.metrics import (
    LabelsAtRandomDisplay,
    PredictedShareDisplay,
    PriorSensitivityDisplay,
    ReliabilityDisplay,
    pu_scorer,
)
from pusklearn.modules import MLP

N = 240
RNG = np.random.default_rng(0)
TRUTH = np.arange(N) % 2 == 0
Y = TRUTH & (RNG.random(N) < 0.4)
WORDS = np.array(["red", "green", "blue", "grey", "white", "black", "pink", "brown"])
TEXTS = [
    " ".join([*RNG.choice(WORDS, 4), *RNG.choice(WORDS[:3] if kind else WORDS[3:], 3)])
    for kind in TRUTH
]
SPARSE = csr_array(TfidfVectorizer().fit_transform(TEXTS))
NETWORK = PUClassifier(
    MLP((8,)), prior=0.5, lr=0.03, max_epochs=2, steps_per_epoch=20, random_state=0
)
LINEAR = LogisticRegression()
ESTIMATORS = [
    NETWORK,
    clone(NETWORK).set_params(validation_fraction=0.2),
    PUThresholdClassifier(LINEAR, prior=0.5, threshold="prior", random_state=0),
    PUThresholdClassifier(NETWORK, threshold="f1", cv=2, random_state=0),
    PUCalibratedClassifier(LINEAR, prior=0.5, cv=3, random_state=0),
    BaggingPUClassifier(LINEAR, n_estimators=4, random_state=0),
    ElkanNotoClassifier(LINEAR, prior=0.5),
    ElkanNotoClassifier(LINEAR, prior=0.5, weighted=True, random_state=0),
    CVIRClassifier(LINEAR, prior=0.5, random_state=0),
]


@pytest.mark.parametrize(
    "estimator",
    ESTIMATORS,
    ids=[f"{type(one).__name__}{i}" for i, one in enumerate(ESTIMATORS)],
)
def test_a_sparse_array_is_learnt_saved_and_scored(estimator, tmp_path):
    fitted = clone(estimator).fit(SPARSE, Y)
    expected = clone(estimator).fit(SPARSE.toarray(), Y)
    np.testing.assert_allclose(
        fitted.predict_proba(SPARSE), expected.predict_proba(SPARSE), atol=1e-6
    )
    save(fitted, tmp_path / "estimator.pusk")
    loaded = load(tmp_path / "estimator.pusk")
    np.testing.assert_array_equal(loaded.predict(SPARSE), fitted.predict(SPARSE))
    assert pu_scorer("roc_auc", prior=0.5)(fitted, SPARSE, Y) > 0.8


@pytest.mark.parametrize("kind", ["sparse", "texts"])
def test_displays_take_sparse_arrays_and_texts(kind):
    pytest.importorskip("matplotlib")
    X, model = SPARSE, LINEAR
    if kind == "texts":
        X, model = TEXTS, make_pipeline(TfidfVectorizer(), LINEAR)
    finder = PUThresholdClassifier(model, threshold="prior", prior=0.5, random_state=0)
    finder.fit(X, Y)
    share = PredictedShareDisplay.from_estimator(finder, X, Y, prior=0.5)
    assert share.predicted_share == pytest.approx(0.5, abs=0.15)
    calibrated = PUCalibratedClassifier(model, prior=0.5, cv=3, random_state=0)
    ReliabilityDisplay.from_estimator(calibrated.fit(X, Y), X, TRUTH)
    PriorSensitivityDisplay.from_estimator(finder, X, Y)
    at_random = LabelsAtRandomDisplay.from_estimator(
        model, X, Y, prior=0.5, random_state=0
    )
    assert at_random.pvalue > 0.001


@pytest.mark.parametrize("kind", ["sparse", "texts"])
def test_searches_and_estimates_take_sparse_arrays_and_texts(kind):
    X, model = SPARSE, NETWORK
    if kind == "texts":
        X, model = TEXTS, make_pipeline(TfidfVectorizer(), NETWORK)
    name = "lr" if kind == "sparse" else "puclassifier__lr"
    scorer = pu_scorer("roc_auc", prior=0.5)
    search = GridSearchCV(model, {name: [0.01, 0.03]}, scoring=scorer, cv=2)
    assert search.fit(X, Y).best_score_ > 0.7
    linear = make_pipeline(TfidfVectorizer(), LINEAR) if kind == "texts" else LINEAR
    assert 0.25 < PriorEstimator(linear, random_state=0).fit(X, Y).prior_ <= 1


def test_the_prior_is_estimated_from_a_sparse_array(few_trees):
    fitted = clone(NETWORK).set_params(prior="estimate").fit(SPARSE, Y)
    assert 0.25 < fitted.prior_ < 0.8
