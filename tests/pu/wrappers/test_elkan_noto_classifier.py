import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.naive_bayes import CategoricalNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import (
    estimator_checks_generator,
    parametrize_with_checks,
)

from pusklearn import ElkanNotoClassifier
from pusklearn.datasets import make_pu

SCHEMES = ("single", "case-control")
each_scheme = pytest.mark.parametrize("scheme", SCHEMES)
CHECKED = [
    ElkanNotoClassifier(LogisticRegression(), random_state=0),
    ElkanNotoClassifier(LogisticRegression(), weighted=True, random_state=0),
    ElkanNotoClassifier(LogisticRegression(), prior=None, scheme="case-control"),
]


# Some checks have few labels, or the labels 1 and 2, neither plainly positive.
@pytest.mark.filterwarnings("ignore:The labels are:UserWarning")
@pytest.mark.filterwarnings("ignore:The share of positives was:UserWarning")
@parametrize_with_checks(CHECKED)
def test_scikit_learn_check(estimator, check):
    check(estimator)


@pytest.mark.parametrize("classifier", CHECKED, ids=["plain", "weighted", "PN"])
def test_scikit_learn_has_many_checks_for_it(classifier):
    assert len(list(estimator_checks_generator(classifier))) >= 50


def cells(n=40_000, truth=(1.0, 0.6, 0.2, 0.0), seed=0):
    """One feature of four values, and classes with these probabilities."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, len(truth), n)
    return x[:, None], (rng.random(n) < np.array(truth)[x]).astype(int)


# A tree learns the share of each cell, so what is left is the correction.
TREE = DecisionTreeClassifier(random_state=0)


@each_scheme
@pytest.mark.parametrize("weighted", [False, True])
def test_with_the_prior_the_true_probabilities_come_back(scheme, weighted):
    X, y = cells()
    X, y_pu, _ = make_pu(X, y, label_frequency=0.3, scheme=scheme, random_state=0)
    classifier = ElkanNotoClassifier(
        TREE, prior=y.mean(), scheme=scheme, weighted=weighted, random_state=0
    ).fit(X, y_pu)
    found = classifier.predict_proba(np.arange(4)[:, None])[:, 1]
    np.testing.assert_allclose(found, [1.0, 0.6, 0.2, 0.0], atol=0.03)
    assert classifier.label_frequency_ == pytest.approx(0.3, abs=1e-3)


@each_scheme
@pytest.mark.parametrize("weighted", [False, True])
def test_the_other_scheme_does_not_give_them(scheme, weighted):
    X, y = cells()
    other = SCHEMES[1 - SCHEMES.index(scheme)]
    X, y_pu, _ = make_pu(X, y, label_frequency=0.6, scheme=other, random_state=0)
    classifier = ElkanNotoClassifier(
        TREE, prior=y.mean(), scheme=scheme, weighted=weighted, random_state=0
    ).fit(X, y_pu)
    found = classifier.predict_proba(np.arange(4)[:, None])[:, 1]
    assert abs(found - [1.0, 0.6, 0.2, 0.0]).max() > 0.05


@each_scheme
@pytest.mark.parametrize("weighted", [False, True])
def test_where_classes_are_apart_the_label_frequency_is_found(scheme, weighted):
    X, y = cells(truth=(1.0, 0.0, 0.0))
    X, y_pu, _ = make_pu(X, y, label_frequency=0.4, scheme=scheme, random_state=0)
    classifier = ElkanNotoClassifier(
        TREE, scheme=scheme, weighted=weighted, random_state=0
    ).fit(X, y_pu)
    assert classifier.label_frequency_ == pytest.approx(0.4, abs=0.01)
    assert classifier.prior_ == pytest.approx(y.mean(), abs=0.01)
    low, high = classifier.prior_interval_
    assert low <= classifier.prior_ <= high
    found = classifier.predict_proba(np.arange(3)[:, None])[:, 1]
    np.testing.assert_allclose(found, [1.0, 0.0, 0.0], atol=0.01)


def test_it_is_the_formula():
    """Out-of-fold mean and division written out with scikit-learn's own parts."""
    X, y = cells(600)
    y_pu = make_pu(X, y, random_state=0)[1]
    g = cross_val_predict(
        CategoricalNB(),
        X,
        y_pu,
        cv=StratifiedKFold(4, shuffle=True, random_state=3),
        method="predict_proba",
    )[:, 1]
    classifier = ElkanNotoClassifier(
        CategoricalNB(), prior_method="elkan-noto", cv=4, random_state=3
    )
    classifier.fit(X, y_pu)
    c = g[y_pu == 1].mean()
    assert classifier.label_frequency_ == pytest.approx(c)
    assert classifier.prior_ == pytest.approx(y_pu.mean() / c)
    g = CategoricalNB().fit(X, y_pu).predict_proba(X)[:, 1]
    expected = np.minimum(g / c, 1)
    np.testing.assert_allclose(classifier.predict_proba(X)[:, 1], expected)


@each_scheme
def test_the_decision_function_agrees_and_goes_on_beyond_one(scheme):
    X, y = cells(2000, truth=(1.0, 0.9, 0.5, 0.3, 0.0))
    X, y_pu, _ = make_pu(X, y, scheme=scheme, random_state=0)
    classifier = ElkanNotoClassifier(TREE, prior=0.7, scheme=scheme).fit(X, y_pu)
    x = np.arange(5)[:, None]
    scores, p = classifier.decision_function(x), classifier.predict_proba(x)[:, 1]
    g = classifier.estimator_.predict_proba(x)[:, 1]
    np.testing.assert_array_equal(np.argsort(scores), np.argsort(g))
    np.testing.assert_array_equal(scores > 0, p > 0.5)
    assert (p[:2] == 1).all()
    assert scores[0] != scores[1]


class Recorder(ClassifierMixin, BaseEstimator):
    """Keeps what it is fitted with."""

    def fit(self, X, y, sample_weight=None):
        self.classes_ = np.unique(y)
        self.X_, self.y_, self.sample_weight_ = X, y, sample_weight
        return self

    def predict_proba(self, X):
        # 0.4 for even rows and 0.2 for odd ones.
        p = np.where(X[:, 0] % 2, 0.2, 0.4)
        return np.column_stack([1 - p, p])


@pytest.mark.parametrize(("scheme", "prior"), [("single", 0.6), ("case-control", 0.4)])
def test_the_second_fit_has_the_weights_of_the_paper(scheme, prior):
    X = np.arange(100)[:, None]
    y_pu = (np.arange(100) < 20).astype(int)
    classifier = ElkanNotoClassifier(
        Recorder(), prior=prior, scheme=scheme, weighted=True, random_state=0
    ).fit(X, y_pu)
    inner = classifier.estimator_
    c = {"single": 0.2 / 0.6, "case-control": 20 / (20 + 0.4 * 80)}[scheme]
    g = np.where(np.arange(20, 100) % 2, 0.2, 0.4)
    w = np.minimum((1 - c) / c * g / (1 - g), 1)
    factor = 1 if scheme == "single" else w.sum() / (20 + w.sum())
    rows = [np.arange(20), np.arange(20, 100), np.arange(20, 100)]
    np.testing.assert_array_equal(inner.X_[:, 0], np.concatenate(rows))
    np.testing.assert_array_equal(inner.y_, np.repeat([1, 0], [100, 80]))
    weights = np.concatenate([np.full(20, factor), factor * w, 1 - w])
    np.testing.assert_allclose(inner.sample_weight_, weights)


@pytest.mark.parametrize("routing", [False, True])
@pytest.mark.parametrize("nested", [False, True])
def test_the_last_step_of_a_pipeline_has_the_weights(nested, routing):
    X = np.arange(100)[:, None].astype(float)
    y_pu = (np.arange(100) < 20).astype(int)
    own = np.linspace(1, 2, 100)
    settings = {"prior": 0.6, "weighted": True, "random_state": 0}
    plain = ElkanNotoClassifier(Recorder(), **settings).fit(X, y_pu, sample_weight=own)
    with config_context(enable_metadata_routing=routing):
        last = Recorder()
        if routing:
            last.set_fit_request(sample_weight=True)
        pipeline = make_pipeline(FunctionTransformer(), last)
        name = "recorder__sample_weight"
        if nested:
            pipeline = make_pipeline(FunctionTransformer(), pipeline)
            name = "pipeline__" + name
        weight = {"sample_weight" if routing else name: own}
        around = ElkanNotoClassifier(pipeline, **settings).fit(X, y_pu, **weight)
    inner = around.estimator_[-1][-1] if nested else around.estimator_[-1]
    np.testing.assert_array_equal(inner.sample_weight_, plain.estimator_.sample_weight_)
    np.testing.assert_array_equal(around.predict_proba(X), plain.predict_proba(X))


def test_no_fold_is_fitted_where_the_prior_is_known():
    X, y = cells(200)
    y_pu = make_pu(X, y, random_state=0)[1]
    cv = ["never looked at"]
    classifier = ElkanNotoClassifier(TREE, prior=0.6, cv=cv).fit(X, y_pu)
    assert classifier.label_frequency_ == pytest.approx(y_pu.mean() / 0.6)


@each_scheme
@pytest.mark.parametrize("weighted", [False, True])
def test_without_a_prior_it_is_the_classifier_alone(scheme, weighted):
    X, y = cells(300)
    y_pu = make_pu(X, y, random_state=0)[1]
    classifier = ElkanNotoClassifier(
        TREE, prior=None, scheme=scheme, weighted=weighted, random_state=0
    ).fit(X, y_pu)
    np.testing.assert_allclose(
        classifier.predict_proba(X), TREE.fit(X, y_pu).predict_proba(X)
    )
    assert classifier.prior_ == y_pu.mean()
    assert classifier.unlabeled_prior_ == 0


def test_the_interval_goes_with_the_estimate():
    X, y = cells(300)
    y_pu = make_pu(X, y, random_state=0)[1]
    classifier = ElkanNotoClassifier(TREE, random_state=0).fit(X, y_pu)
    assert len(classifier.prior_interval_) == 2
    classifier.prior_is_upper_bound_ = True
    classifier.set_params(prior=0.7).fit(X, y_pu)
    assert not hasattr(classifier, "prior_interval_")
    assert not classifier.prior_is_upper_bound_


def test_the_default_is_best_bin_estimation():
    """Where classes overlap, the mean of the probabilities gives too large a prior."""
    X, y = cells(4000)
    y_pu = make_pu(X, y, label_frequency=0.3, random_state=0)[1]
    classifier = ElkanNotoClassifier(TREE, random_state=0)
    assert classifier.fit(X, y_pu).prior_ == pytest.approx(y.mean(), abs=0.06)
    classifier.set_params(prior_method="elkan-noto")
    assert classifier.fit(X, y_pu).prior_ > y.mean() + 0.1


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"prior": 0.2}, ValueError, r"must exceed the labelled share .* Got 0.2 with"),
        ({"prior": "guess"}, ValueError, "`prior` must be .* Got 'guess'"),
        ({"prior": 1.2}, ValueError, "`prior` must be .* Got 1.2"),
        (
            {"prior_method": "mean"},
            ValueError,
            "`prior_method` must be 'bbe', 'dedpul' or .* Got 'mean'",
        ),
        ({"scheme": "both"}, ValueError, "`scheme` must be 'single' or .* Got 'both'"),
        ({"cv": 1}, ValueError, r"`cv` must be an integer in \[2, inf\)\. Got 1"),
        (
            {"weighted": True, "estimator": KNeighborsClassifier()},
            TypeError,
            r"must take `sample_weight`. Got KNeighborsClassifier\(\)",
        ),
        (
            {"weighted": True, "estimator": make_pipeline(KNeighborsClassifier())},
            TypeError,
            r"must take `sample_weight`. Got Pipeline",
        ),
    ],
)
def test_a_parameter_out_of_its_range_is_named(parameters, error, message):
    X, y = cells(300)
    y_pu = make_pu(X, y, random_state=0)[1]
    with pytest.raises(error, match=message):
        ElkanNotoClassifier(TREE).set_params(**parameters).fit(X, y_pu)


def test_without_a_prior_weighting_makes_no_unlabeled_sample_positive():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 2)), rng.random(300) < 0.2
    tree = DecisionTreeClassifier(random_state=0)
    weighted = ElkanNotoClassifier(tree, prior=None, weighted=True, random_state=0)
    expected = tree.fit(X, y).predict(X)
    np.testing.assert_array_equal(weighted.fit(X, y).predict(X), expected)
