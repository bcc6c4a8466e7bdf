import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import expit
from sklearn import config_context
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import LinearSVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from pusklearn import (
    CVIRClassifier,
    PUThresholdClassifier,
    SAREMClassifier,
)
from pusklearn.datasets import make_pu
from pusklearn.metrics import PUCollapseWarning, pu_scorer

LOGISTIC = LogisticRegression(max_iter=1000)
# Without a penalty, and fitted until nothing changes.
EXACT = LogisticRegression(C=np.inf, tol=1e-8, max_iter=10000)


def draw(n=3000, seed=0):
    """Samples, PU labels, classes and propensities, which depend on the last column."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 4))
    y = (rng.random(n) < expit(2 * X[:, :3].sum(axis=1) + X[:, 3] - 1)).astype(int)
    propensity = 0.9 * expit(1.5 * X[:, 3] - 0.5)
    _, y_pu, _ = make_pu(X, y, propensity=propensity, random_state=seed)
    return X, y_pu, y, propensity


@pytest.fixture(scope="module")
def data():
    return draw()


@pytest.mark.filterwarnings("ignore:The labels are:UserWarning")
@parametrize_with_checks(
    [
        SAREMClassifier(
            LogisticRegression(tol=1e-10, max_iter=10000),
            LogisticRegression(C=0.01, tol=1e-10, max_iter=10000),
            n_rounds=3,
        )
    ]
)
def test_scikit_learn_check(estimator, check):
    check(estimator)


def test_known_columns_find_the_class_and_the_propensity(data):
    X, y_pu, y, propensity = data
    oracle = LOGISTIC.fit(X, y).score(X, y)
    at_random = CVIRClassifier(LOGISTIC, prior=y.mean(), random_state=0).fit(X, y_pu)
    model = SAREMClassifier(LOGISTIC, prior=y.mean(), propensity_columns=[3])
    model.fit(X, y_pu)
    assert model.score(X, y) > oracle - 0.02
    assert at_random.score(X, y) < model.score(X, y) - 0.02
    assert model.prior_ == pytest.approx(y.mean())
    found = model.predict_propensity(X)
    assert found.shape == (len(X),)
    assert np.abs(found - propensity).mean() < 0.12
    h = y_pu.mean()
    assert model.unlabeled_prior_ == pytest.approx((model.prior_ - h) / (1 - h))
    assert model.label_frequency_ == pytest.approx(h / model.prior_)


def test_no_parameters_are_more_likely():
    """The two logistic models without a penalty, against a direct optimisation."""
    X, y_pu, _, _ = draw(1000)
    model = SAREMClassifier(EXACT, EXACT, propensity_columns=[3], n_rounds=300)
    model.fit(X, y_pu)
    rising = np.diff(model.log_likelihoods_)
    assert (rising > -1e-9).all()

    def minus_likelihood(parameters):
        f = expit(X @ parameters[:4] + parameters[4])
        e = expit(X[:, 3] * parameters[5] + parameters[6])
        likelihood = np.where(y_pu == 1, f * e, 1 - f * e)
        return -np.log(np.maximum(likelihood, 1e-300)).mean()

    start = [
        *model.estimator_.coef_[0],
        *model.estimator_.intercept_,
        *model.propensity_estimator_.coef_[0],
        *model.propensity_estimator_.intercept_,
    ]
    assert -minus_likelihood(start) == pytest.approx(model.log_likelihoods_[-1])
    best = minimize(minus_likelihood, start)
    assert -best.fun == pytest.approx(model.log_likelihoods_[-1], abs=2e-4)


def test_a_prior_that_is_given_is_held(data):
    X, y_pu, _, _ = data
    model = SAREMClassifier(LOGISTIC, prior=0.6, propensity_columns=[3]).fit(X, y_pu)
    assert model.prior_ == pytest.approx(0.6)
    assert model.predict_proba(X)[:, 1].mean() == pytest.approx(0.6, abs=0.01)


def test_all_columns_do_not_exchange_the_two_classifiers(data):
    X, y_pu, y, _ = data
    model = SAREMClassifier(LOGISTIC, prior=y.mean()).fit(X, y_pu)
    assert roc_auc_score(y, model.decision_function(X)) > 0.85
    assert model.propensity_estimator_.C == 0.01


@pytest.mark.parametrize("columns", [["d"], [3], slice(3, 4), [False] * 3 + [True]])
def test_columns_may_be_told_in_any_way(data, columns):
    X, y_pu, _, _ = data
    table = pd.DataFrame(X, columns=list("abcd"))
    expected = SAREMClassifier(LOGISTIC, propensity_columns=[3], n_rounds=3)
    expected = expected.fit(X, y_pu).predict_propensity(X)
    model = SAREMClassifier(LOGISTIC, propensity_columns=columns, n_rounds=3)
    found = model.fit(table, y_pu).predict_propensity(table)
    np.testing.assert_allclose(found, expected)


def test_sparse_samples_and_words_as_labels(data):
    X, y_pu, y, _ = data
    settings = {"propensity_columns": [3], "n_rounds": 3}
    dense = SAREMClassifier(LOGISTIC, **settings).fit(X, y_pu)
    words = np.where(y_pu == 1, "ill", "unknown")
    model = SAREMClassifier(LOGISTIC, pos_label="ill", **settings)
    model.fit(sparse.csr_array(X), words)
    np.testing.assert_allclose(
        model.predict_proba(sparse.csr_array(X))[:, 0],
        dense.predict_proba(X)[:, 1],
        atol=1e-3,
    )
    assert set(model.predict(X)) == {"ill", "unknown"}
    truth = np.where(y == 1, "ill", "unknown")
    assert model.score(X, truth) == pytest.approx(dense.score(X, y), abs=1e-3)


def test_samples_drawn_apart():
    X, y_pu, y, propensity = draw(6000)
    is_labeled = y_pu[:3000] == 1  # the positives that are drawn apart
    X_apart = np.r_[X[:3000][is_labeled], X[3000:]]
    y_apart = np.r_[np.ones(is_labeled.sum(), int), np.zeros(3000, int)]
    model = SAREMClassifier(
        LOGISTIC, LOGISTIC, scheme="case-control", propensity_columns=[3], n_rounds=150
    ).fit(X_apart, y_apart)
    oracle = LOGISTIC.fit(X, y).predict_proba(X)[:, 1]
    found = model.predict_proba(X)[:, 1]
    assert np.abs(found - oracle).mean() < 0.08
    assert model.prior_ == model.unlabeled_prior_
    assert model.prior_ == pytest.approx(y[3000:].mean(), abs=0.07)
    # The odds of a label among the positives of all samples follow the propensity.
    odds = model.predict_propensity(X)
    odds = odds / (1 - odds)
    assert np.corrcoef(np.log(odds), np.log(propensity))[0, 1] > 0.95
    given = SAREMClassifier(
        LOGISTIC, scheme="case-control", propensity_columns=[3], prior=0.4
    ).fit(X_apart, y_apart)
    assert given.prior_ == pytest.approx(0.4)


def test_a_weight_counts_as_copies(data):
    X, y_pu, _, _ = (values[:400] for values in data)
    weights = np.random.default_rng(0).integers(0, 4, 400)
    settings = {"propensity_columns": [3], "prior": 0.5, "n_rounds": 5}
    weighted = SAREMClassifier(EXACT, **settings)
    weighted.fit(X, y_pu, sample_weight=weights)
    copies = np.repeat(np.arange(400), weights)
    repeated = SAREMClassifier(EXACT, **settings).fit(X[copies], y_pu[copies])
    for name in ("predict_proba", "predict_propensity"):
        found, expected = (getattr(one, name)(X) for one in (weighted, repeated))
        np.testing.assert_allclose(found, expected, atol=1e-3)
    assert weighted.prior_ == repeated.prior_


def test_known_negatives_stay_negatives(data):
    X, y_pu, y, _ = data

    class Knowing(LogisticRegression):
        def fit(self, X, y, sample_weight=None, known_negative=None):
            if known_negative is not None and known_negative.any():
                assert not y[known_negative][sample_weight[known_negative] > 0].any()
            return super().fit(X, y, sample_weight)

    known = (y == 0) & (np.arange(len(y)) % 2 == 0)
    model = SAREMClassifier(Knowing(), propensity_columns=[3], prior=y.mean())
    model.fit(X, y_pu, known_negative=known)
    h, k = y_pu.mean(), known.mean()
    assert model.prior_ == pytest.approx(y.mean())
    assert model.unlabeled_prior_ == pytest.approx((y.mean() - h) / (1 - h - k))
    with pytest.raises(ValueError, match="must be below the share"):
        model.set_params(prior=0.99).fit(X, y_pu, known_negative=known)


def test_routed_weights_reach_both_classifiers(data):
    X, y_pu, _, _ = (values[:500] for values in data)
    weights = 1.0 + (X[:, 3] > 0)
    direct = SAREMClassifier(LOGISTIC, n_rounds=2).fit(X, y_pu, sample_weight=weights)
    with config_context(enable_metadata_routing=True):
        inner = clone(LOGISTIC).set_fit_request(sample_weight=True)
        routed = SAREMClassifier(inner, n_rounds=2)
        routed.fit(X, y_pu, sample_weight=weights)
    plain = SAREMClassifier(LOGISTIC, n_rounds=2).fit(X, y_pu)
    for name in ("predict_proba", "predict_propensity"):
        found, expected, other = (
            getattr(one, name)(X) for one in (routed, direct, plain)
        )
        np.testing.assert_array_equal(found, expected)
        assert np.abs(found - other).max() > 0.01


def test_next_to_no_positive_prediction_is_told_and_the_cure_works():
    rng = np.random.default_rng(0)
    y = (rng.random(6000) < 0.01).astype(int)
    X = rng.normal(size=(6000, 5)) + 0.7 * y[:, None]
    _, y_pu, _ = make_pu(X, y, label_frequency=0.5, random_state=0)
    model = SAREMClassifier(LOGISTIC, prior=y.mean())
    message = "finds .% of the labelled positives; the prior is 0.0"
    with pytest.warns(PUCollapseWarning, match=message):
        model.fit(X, y_pu)
    assert roc_auc_score(y, model.decision_function(X)) > 0.85
    assert f1_score(y, model.predict(X)) < 0.1
    cut = PUThresholdClassifier(model, threshold="prior", random_state=0).fit(X, y_pu)
    assert f1_score(y, cut.predict(X)) > 0.2


@pytest.mark.filterwarnings("ignore::pusklearn.metrics.PUCollapseWarning")
def test_a_search_reaches_both_classifiers(data):
    X, y_pu, y, _ = data
    model = SAREMClassifier(LOGISTIC, LogisticRegression(), n_rounds=2)
    grid = {"estimator__C": [1e-6, 1.0], "propensity_estimator__C": [1e-6, 1.0]}
    scorer = pu_scorer("f1", prior=y.mean())
    search = GridSearchCV(model, grid, scoring=scorer, cv=2, error_score="raise")
    search.fit(X[:500], y_pu[:500])
    assert search.best_params_["estimator__C"] == 1.0


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        (
            {"estimator": LinearSVC()},
            TypeError,
            "`estimator` must have `predict_proba`",
        ),
        (
            {"estimator": KNeighborsClassifier()},
            TypeError,
            "The fit of `estimator` must take `sample_weight`",
        ),
        (
            {"propensity_estimator": LinearSVC()},
            TypeError,
            "`propensity_estimator` must have `predict_proba`",
        ),
        (
            {"propensity_estimator": KNeighborsClassifier()},
            TypeError,
            "The fit of `propensity_estimator` must take `sample_weight`",
        ),
        ({"prior": None}, ValueError, "Got None, which says that every positive"),
        ({"prior": 0.01}, ValueError, "`prior` must exceed the labelled share"),
        ({"prior": 2}, ValueError, "`prior` must be None, 'estimate' or a number"),
        ({"n_rounds": 0}, ValueError, "`n_rounds` must be an integer"),
        ({"scheme": "both"}, ValueError, "`scheme` must be"),
        (
            {"propensity_columns": "age"},
            TypeError,
            r"must be a list.* Got 'age'; give \['age'\]",
        ),
    ],
)
def test_what_cannot_be_is_refused(data, settings, error, message):
    X, y_pu, _, _ = data
    with pytest.raises(error, match=message):
        SAREMClassifier(LOGISTIC).set_params(**settings).fit(X, y_pu)


def test_columns_need_an_array():
    model = SAREMClassifier(LOGISTIC, propensity_columns=[0])
    with pytest.raises(ValueError, match="not supported for lists"):
        model.fit([[0.0, 1], [1, 2], [2, 4]], [0, 1, 0])


def test_words_in_a_column_of_the_propensity_are_told(data):
    X, y_pu, _, _ = data
    frame = pd.DataFrame({"x": X[:, 0], "place": np.where(X[:, 1] > 0, "a", "b")})
    encoder = make_column_transformer((OneHotEncoder(), ["place"]))
    model = SAREMClassifier(make_pipeline(encoder, LOGISTIC), prior=0.5, n_rounds=2)
    message = "`propensity_estimator` failed.*'place'.*OneHotEncoder"
    with pytest.raises(ValueError, match=message):
        model.fit(frame, y_pu)
    model.set_params(propensity_columns=["x"]).fit(frame, y_pu)
