"""What holds for every procedure around a classifier."""

import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from joblib import parallel_config
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from pusklearn import BaggingPUClassifier, CVIRClassifier, ElkanNotoClassifier
from pusklearn.datasets import make_pu

LOGISTIC = LogisticRegression(max_iter=1000)
CLASSIFIERS = [
    ElkanNotoClassifier(LOGISTIC, random_state=0),
    ElkanNotoClassifier(LOGISTIC, weighted=True, random_state=0),
    ElkanNotoClassifier(LOGISTIC, scheme="case-control", random_state=0),
    BaggingPUClassifier(LOGISTIC, n_estimators=5, random_state=0),
    CVIRClassifier(LOGISTIC, prior=0.6, random_state=0),
    CVIRClassifier(LOGISTIC, prior=0.6, cv=None, random_state=0),
]
each_classifier = pytest.mark.parametrize(
    "classifier", CLASSIFIERS, ids=lambda c: repr(c).replace("\n", "")[:50]
)


@pytest.fixture(scope="module")
def data():
    """Standardised features of tumours, whether benign, and 40 % of these labelled."""
    X, y = load_breast_cancer(return_X_y=True)
    X, y_pu, y = make_pu(X, y, label_frequency=0.4, random_state=0)
    return StandardScaler().fit_transform(X)[:, :5], y_pu, y


@each_classifier
@pytest.mark.parametrize(
    "labels", [(-1, 1), (False, True), ("benign", "malignant"), (1, 2)]
)
@pytest.mark.filterwarnings("ignore:The labels are:UserWarning")
def test_the_greater_of_two_labels_is_the_positives(data, classifier, labels):
    X, y_pu, _ = data
    labels = np.array(labels)
    expected = clone(classifier).fit(X, y_pu).decision_function(X)
    fitted = clone(classifier).fit(X, labels[y_pu])
    np.testing.assert_array_equal(fitted.classes_, labels)
    assert fitted.pos_label_ == labels[1]
    np.testing.assert_array_equal(fitted.decision_function(X), expected)
    np.testing.assert_array_equal(fitted.predict(X), labels[(expected > 0).astype(int)])


@each_classifier
def test_a_positive_label_that_sorts_first_can_be_named(data, classifier):
    X, y_pu, _ = data
    labels = np.array(["unlabeled", "benign"])
    expected = clone(classifier).fit(X, y_pu)
    fitted = clone(classifier).set_params(pos_label="benign").fit(X, labels[y_pu])
    np.testing.assert_array_equal(fitted.classes_, ["benign", "unlabeled"])
    np.testing.assert_array_equal(
        fitted.decision_function(X), -expected.decision_function(X)
    )
    np.testing.assert_array_equal(
        fitted.predict_proba(X), expected.predict_proba(X)[:, ::-1]
    )
    np.testing.assert_array_equal(fitted.predict(X), labels[expected.predict(X)])


@each_classifier
@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.arange(80) % 3, "Only binary classification is supported"),
        (np.zeros(80, int), "Got 1 class"),
        (np.where(np.arange(80) % 2, 1, np.nan), "Input y contains NaN"),
        (np.arange(79) % 2, "inconsistent numbers of samples"),
    ],
)
def test_labels_that_are_none_are_refused(data, classifier, y, message):
    with pytest.raises(ValueError, match=message):
        clone(classifier).fit(data[0][:80], y)


@each_classifier
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_samples_that_the_inner_classifier_refuses_are_refused(data, classifier, bad):
    X, y_pu, _ = data
    X = X.copy()
    X[3, 2] = bad
    with pytest.raises(ValueError, match=r"Input X contains (NaN|infinity)"):
        clone(classifier).fit(X, y_pu)


@each_classifier
def test_samples_of_another_width_are_refused(data, classifier):
    X, y_pu, _ = data
    fitted = clone(classifier).fit(X, y_pu)
    with pytest.raises(ValueError, match=r"X has 4 features, but .* expecting 5"):
        fitted.predict(X[:, :4])


@each_classifier
def test_without_probabilities_it_says_what_adds_them(data, classifier):
    X, y_pu, _ = data
    with pytest.raises(TypeError, match=r"CalibratedClassifierCV .* LinearSVC\(\)"):
        clone(classifier).set_params(estimator=LinearSVC()).fit(X, y_pu)


@each_classifier
def test_unfitted_it_says_so(data, classifier):
    with pytest.raises(NotFittedError):
        clone(classifier).predict(data[0])


@each_classifier
def test_sparse_samples_and_tables_give_the_same(data, classifier):
    X, y_pu, _ = data
    expected = clone(classifier).fit(X, y_pu).decision_function(X)
    table = pd.DataFrame(X, columns=list("abcde"))
    fitted = clone(classifier).fit(table, pd.Series(y_pu))
    np.testing.assert_allclose(fitted.decision_function(table), expected, rtol=1e-6)
    np.testing.assert_array_equal(fitted.feature_names_in_, list("abcde"))
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.predict(table.rename(columns={"a": "z"}))
    sparse = scipy.sparse.csr_array(X)
    found = clone(classifier).fit(sparse, y_pu).decision_function(sparse)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


@each_classifier
def test_images_reach_a_classifier_that_takes_them(data, classifier):
    X, y_pu, _ = data
    flatten = FunctionTransformer(lambda images: images.reshape(len(images), -1))
    inner = make_pipeline(flatten, DecisionTreeClassifier(random_state=0))
    fitted = clone(classifier).set_params(estimator=inner)
    if isinstance(classifier, ElkanNotoClassifier):
        fitted.set_params(weighted=False)
    images = X.reshape(-1, 1, 5, 1)
    assert fitted.fit(images, y_pu).predict_proba(images).shape == (len(X), 2)


@each_classifier
def test_texts_reach_a_pipeline_that_takes_them(classifier):
    texts = ["red green", "blue", "red", "blue grey"] * 10
    y_pu = np.array([1, 0, 0, 0, 1, 0, 1, 0] * 5)
    inner = make_pipeline(TfidfVectorizer(), LogisticRegression())
    fitted = clone(classifier).set_params(estimator=inner)
    if isinstance(classifier, ElkanNotoClassifier):
        fitted.set_params(weighted=False)
    p = fitted.fit(texts, y_pu).predict_proba(texts)[:, 1]
    assert p[::2].min() > p[1::2].max()


@each_classifier
def test_the_same_seed_gives_the_same_bits(data, classifier):
    X, y_pu, _ = data
    tree = DecisionTreeClassifier(max_features=1, random_state=0)
    classifier = clone(classifier).set_params(estimator=tree)
    first, second = (clone(classifier).fit(X, y_pu) for _ in range(2))
    np.testing.assert_array_equal(first.predict_proba(X), second.predict_proba(X))


@each_classifier
def test_two_jobs_give_the_same_as_one(data, classifier):
    X, y_pu, _ = data
    expected = clone(classifier).fit(X, y_pu).decision_function(X)
    with parallel_config("threading"):
        fitted = clone(classifier).set_params(n_jobs=2).fit(X, y_pu)
    np.testing.assert_allclose(fitted.decision_function(X), expected, rtol=1e-9)


@each_classifier
def test_the_inner_classifier_given_is_left_alone(data, classifier):
    X, y_pu, _ = data
    inner = LogisticRegression()
    clone(classifier).set_params(estimator=inner)
    fitted = type(classifier)(inner).fit(X, y_pu)
    assert fitted.estimator is inner
    assert not hasattr(inner, "coef_")


@each_classifier
def test_it_is_pickled_with_what_it_learned(data, classifier):
    X, y_pu, _ = data
    fitted = clone(classifier).fit(X, y_pu)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.predict_proba(X), fitted.predict_proba(X))


@each_classifier
def test_a_grid_reaches_inside(data, classifier):
    X, y_pu, _ = data
    grid = GridSearchCV(clone(classifier), {"estimator__C": [0.1, 1.0]}, cv=2)
    grid.fit(X, y_pu)
    assert set(grid.best_params_) == {"estimator__C"}


@each_classifier
def test_it_learns_the_true_classes_better_than_the_classifier_alone(data, classifier):
    X, y_pu, y = data
    alone = LogisticRegression().fit(X[::2], y_pu[::2]).score(X[1::2], y[1::2])
    if isinstance(classifier, ElkanNotoClassifier):
        # Here they were drawn from one sample.
        classifier = clone(classifier).set_params(scheme="single")
    score = clone(classifier).fit(X[::2], y_pu[::2]).score(X[1::2], y[1::2])
    assert alone < 0.6
    assert score > 0.8
