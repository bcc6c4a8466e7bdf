"""What PUThresholdClassifier and PUCalibratedClassifier have in common."""

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import make_classification
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    GroupKFold,
    StratifiedKFold,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from pusklearn import (
    ElkanNotoClassifier,
    PUCalibratedClassifier,
    PUClassifier,
    PUThresholdClassifier,
    TiledRegions,
)
from pusklearn.datasets import make_micrographs, make_pu
from pusklearn.modules import MLP, ConvNet

QUICK = {"max_epochs": 1, "steps_per_epoch": 2, "batch_size": 16, "random_state": 0}


def threshold(estimator, **params):
    return PUThresholdClassifier(estimator, threshold="prior", random_state=0, **params)


def calibrated(estimator, **params):
    return PUCalibratedClassifier(estimator, random_state=0, **params)


both = pytest.mark.parametrize("wrapper", [threshold, calibrated])


@pytest.fixture(scope="module")
def data():
    X, y = make_classification(300, random_state=0)
    return make_pu(X, y, label_frequency=0.5, random_state=0)


class Spy(ClassifierMixin, BaseEstimator):
    """Scores that are the first value of a sample; keeps what it was given."""

    calls = ()

    def fit(self, X, y, **params):
        self.classes_ = np.unique(y)
        self.X_, self.params_ = X, params
        return self

    def decision_function(self, X):
        return np.reshape(X, (len(X), -1))[:, 0].astype(float)


# What is held out


@both
def test_one_split_keeps_the_estimator_that_did_not_see_it(wrapper, data):
    X, y, _ = data
    fitted = wrapper(Spy(), cv=0.25).fit(X, y)
    assert len(fitted.estimator_.X_) == 225
    again = wrapper(Spy(), cv=[(np.arange(200), np.arange(200, 300))]).fit(X, y)
    np.testing.assert_array_equal(again.estimator_.X_, X[:200])


@both
@pytest.mark.parametrize("cv", [3, StratifiedKFold(3)])
def test_several_folds_end_in_an_estimator_of_all_samples(wrapper, cv, data):
    X, y, _ = data
    np.testing.assert_array_equal(wrapper(Spy(), cv=cv).fit(X, y).estimator_.X_, X)


@both
def test_fewer_positives_than_folds_make_fewer_folds(wrapper, data):
    X, _, _ = data
    y = np.arange(300) % 100 == 0
    few, three = (wrapper(LogisticRegression(), cv=k).fit(X, y) for k in (5, 3))
    np.testing.assert_array_equal(few.predict(X), three.predict(X))


@both
def test_a_frozen_estimator_is_left_alone(wrapper, data):
    X, y, _ = data
    estimator = LogisticRegression().fit(X[:100], y[:100])
    fitted = wrapper(FrozenEstimator(estimator)).fit(X[100:], y[100:])
    np.testing.assert_array_equal(
        fitted.estimator_.decision_function(X), estimator.decision_function(X)
    )
    # All 200 samples tell how many are predicted positive.
    if wrapper is threshold:
        assert np.mean(fitted.predict(X[100:])) == pytest.approx(y[100:].mean())


@both
@pytest.mark.parametrize("cv", [3, 0.3, GroupKFold(3)])
def test_groups_are_held_out_together(wrapper, cv, data):
    X, y, _ = data
    groups = np.arange(300) % 6
    fitted = []

    class Recorder(Spy):
        def fit(self, X, y):
            fitted.append(X[:, -1])
            return super().fit(X, y)

    X = np.column_stack([X, groups])
    wrapper(Recorder(), cv=cv).fit(X, y, groups=groups)
    for trained in fitted[: 1 if cv == 0.3 else 3]:
        assert 1 < len(np.unique(trained)) < 6
        assert all(np.sum(trained == group) == 50 for group in np.unique(trained))


@both
def test_regions_of_a_micrograph_are_held_out_together(wrapper):
    micrographs, coordinates = make_micrographs(3, size=64, random_state=0)
    regions = TiledRegions(micrographs, 31)
    y = regions.labels(coordinates, 2)
    estimator = PUClassifier(ConvNet(31, units=2), **QUICK)
    fitted = wrapper(estimator, cv=0.3).fit(regions, y)
    assert fitted.predict(regions).shape == (3 * 64 * 64,)
    trained = StoresGroups()
    wrapper(trained, cv=0.3).fit(regions, y)
    assert StoresGroups.seen == [2 * 64 * 64, 1 * 64 * 64]
    with pytest.raises(ValueError, match=r"At least 2 groups or micrographs .* Got 1"):
        wrapper(estimator).fit(regions[:4096], y[:4096])


class StoresGroups(Spy):
    seen: list = []  # noqa: RUF012

    def fit(self, X, y):
        assert len(np.unique(X.groups)) == 2
        StoresGroups.seen = [len(X)]
        return super().fit(np.zeros(1), y)

    def decision_function(self, X):
        StoresGroups.seen.append(len(X))
        assert len(np.unique(X.groups)) == 1
        return np.arange(len(X)) % 7.0


# Samples


@both
@pytest.mark.parametrize("ndim", [3, 4])
def test_images_reach_the_classifier_as_they_are(wrapper, ndim):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 31, 31)).astype(np.float32)
    X = X if ndim == 3 else X[:, np.newaxis]
    y = np.arange(60) % 3 == 0
    estimator = PUClassifier(ConvNet(31, units=2), **QUICK)
    fitted = wrapper(estimator, cv=2).fit(X, y)
    assert fitted.estimator_.sample_shape_ == X.shape[1:]
    assert fitted.predict(X).shape == (60,)


@both
@pytest.mark.parametrize("form", [pd.DataFrame, csr_array, np.ndarray.tolist])
def test_frames_sparse_matrices_and_lists_give_the_same(wrapper, form, data):
    X, y, _ = data
    as_form = form(X)
    if form is pd.DataFrame:
        as_form.columns = [f"c{i}" for i in range(X.shape[1])]
    expected = wrapper(LogisticRegression(tol=1e-8)).fit(X, y).predict_proba(X)
    fitted = wrapper(LogisticRegression(tol=1e-8)).fit(as_form, y)
    np.testing.assert_allclose(fitted.predict_proba(as_form), expected, atol=1e-6)
    assert fitted.n_features_in_ == X.shape[1]
    assert hasattr(fitted, "feature_names_in_") == (form is pd.DataFrame)


@both
def test_it_clones_pickles_and_searches(wrapper, data):
    X, y, _ = data
    fitted = wrapper(LogisticRegression(), prior=0.5).fit(X, y)
    restored = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(restored.predict(X), fitted.predict(X))
    search = GridSearchCV(clone(fitted), {"estimator__C": [0.1, 1]}, cv=2).fit(X, y)
    assert search.best_params_.keys() == {"estimator__C"}


@both
def test_the_same_random_state_gives_the_same(wrapper, data):
    X, y, _ = data
    first, second = (wrapper(LogisticRegression()).fit(X, y) for _ in range(2))
    np.testing.assert_array_equal(first.predict(X), second.predict(X))


@both
def test_folds_in_parallel_give_the_same(wrapper, data):
    X, y, _ = data
    one, two = (wrapper(LinearSVC(), n_jobs=n).fit(X, y) for n in (1, 2))
    np.testing.assert_array_equal(one.predict(X), two.predict(X))


# Labels, priors and schemes


@both
@pytest.mark.parametrize("labels", [(-1, 1), (False, True), ("no", "yes"), (1, 2)])
@pytest.mark.filterwarnings("ignore:The labels are:UserWarning")
def test_the_greater_of_two_labels_is_the_positives(wrapper, labels, data):
    X, y, _ = data
    labels = np.array(labels)
    expected = wrapper(LogisticRegression()).fit(X, y).predict(X)
    fitted = wrapper(LogisticRegression()).fit(X, labels[y])
    assert fitted.pos_label_ == labels[1]
    np.testing.assert_array_equal(fitted.predict(X), labels[expected])


@both
@pytest.mark.parametrize(
    "estimator", [LogisticRegression(tol=1e-9), LinearSVC(tol=1e-9)]
)
def test_a_positive_label_that_sorts_first_can_be_named(wrapper, estimator, data):
    X, y, _ = data
    labels = np.array(["unlabeled", "particle"])
    expected = wrapper(estimator).fit(X, y)
    fitted = wrapper(estimator, pos_label="particle").fit(X, labels[y])
    np.testing.assert_array_equal(fitted.predict(X), labels[expected.predict(X)])
    if wrapper is calibrated:
        np.testing.assert_allclose(
            fitted.predict_proba(X), expected.predict_proba(X)[:, ::-1], atol=1e-5
        )


@both
@pytest.mark.parametrize(
    "make",
    [
        PUClassifier,
        lambda *a, **k: make_pipeline(StandardScaler(), PUClassifier(*a, **k)),
    ],
)
def test_the_prior_of_a_pu_classifier_is_taken(wrapper, make, data):
    X, y, _ = data
    taken = wrapper(make(MLP((4,)), prior=0.5, **QUICK)).fit(X, y)
    assert taken.prior_ == 0.5
    none = wrapper(make(MLP((4,)), **QUICK)).fit(X, y)
    assert none.prior_ == y.mean()
    given = wrapper(make(MLP((4,)), prior=0.5, **QUICK), prior=0.6).fit(X, y)
    assert given.prior_ == 0.6


@both
@pytest.mark.parametrize(
    "make",
    [
        lambda: PUCalibratedClassifier(LogisticRegression(), prior=0.6),
        lambda: PUThresholdClassifier(
            LogisticRegression(), threshold="prior", prior=0.6
        ),
        lambda: FixedThresholdClassifier(
            ElkanNotoClassifier(LogisticRegression(), prior=0.6)
        ),
    ],
)
def test_the_prior_of_any_estimator_inside_is_taken(wrapper, make, data):
    X, y, _ = data
    taken = wrapper(make()).fit(X, y)
    assert taken.prior_ == 0.6
    assert taken.label_frequency_ == y.mean() / 0.6


@both
def test_the_prior_of_a_frozen_one_is_that_of_the_population(wrapper, data):
    X, y, truth = data
    few = truth * (np.arange(len(y)) % 4 == 0)
    frozen = FrozenEstimator(PUClassifier(MLP((4,)), prior=0.5, **QUICK).fit(X, few))
    assert wrapper(frozen).fit(X, y).prior_ == 0.5


def test_a_prior_that_is_estimated_for_groups_of_few_labels_serves_all():
    rng = np.random.default_rng(0)
    groups = np.arange(1200) % 8
    y = rng.random(1200) < np.array([0.02, 0.05, 0.1, 0.1, 0.2, 0.3, 0.4, 0.5])[groups]
    X = rng.normal(size=(1200, 2)) + 4 * y[:, None]
    y_pu = y & (rng.random(1200) < 0.8)
    inner = ElkanNotoClassifier(LogisticRegression(), random_state=0)
    outer = PUThresholdClassifier(inner, threshold="recall:0.9", random_state=0)
    outer.fit(X, y_pu, groups=groups)
    assert outer.estimator_.prior_ < y_pu.mean() < outer.prior_
    assert outer.unlabeled_prior_ == pytest.approx(outer.estimator_.unlabeled_prior_)


@both
def test_without_a_prior_it_is_the_labelled_share(wrapper, data):
    X, y, _ = data
    assert wrapper(LogisticRegression()).fit(X, y).prior_ == y.mean()


@both
def test_another_scheme_than_the_estimators_is_refused(wrapper, data):
    X, y, _ = data
    estimator = PUClassifier(MLP((4,)), prior=0.5, scheme="case-control", **QUICK)
    with pytest.raises(ValueError, match="Got 'single', and 'case-control' in the est"):
        wrapper(estimator).fit(X, y)
    assert wrapper(estimator, scheme="case-control").fit(X, y).prior_ == 0.5


@both
def test_another_positive_label_than_the_estimators_is_refused(wrapper, data):
    X, y, _ = data
    with pytest.raises(ValueError, match="`pos_label` must be that of `estimator`"):
        wrapper(PUClassifier(MLP((4,)), pos_label=0, **QUICK)).fit(X, y)


@both
def test_a_frozen_estimator_of_other_classes_is_refused(wrapper, data):
    X, y, _ = data
    frozen = FrozenEstimator(LogisticRegression().fit(X, y + 1))
    with pytest.raises(ValueError, match=r"have the classes .* \[0, 1\]. Got \[1, 2\]"):
        wrapper(frozen).fit(X, y)


# Errors


@both
@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"prior": 0.1}, ValueError, "must exceed the labelled share"),
        ({"prior": 1.5}, ValueError, r"in \(0, 1\). Got 1.5"),
        ({"scheme": "both"}, ValueError, "`scheme` must be 'single' or 'case-control'"),
        ({"cv": 1}, ValueError, r"`cv` must be an integer in \[2, inf\)\. Got 1"),
        ({"cv": 1.0}, ValueError, r"`cv` must be a number in \(0, 1\). Got 1.0"),
        ({"cv": [([0], [1])]}, ValueError, "labelled positives and unlabeled samples"),
        ({"pos_label": 7}, ValueError, "`pos_label` must be one of the labels"),
    ],
)
def test_a_parameter_out_of_its_range_is_an_error(
    wrapper, params, error, message, data
):
    X, y, _ = data
    with pytest.raises(error, match=message):
        wrapper(LogisticRegression(), **params).fit(X, y)


@both
@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.arange(300) % 3, "Only binary classification is supported"),
        (np.zeros(300, int), "Got 1 class"),
        (np.arange(300) == 5, "At least 2 labelled positives"),
        (np.r_[np.nan, np.zeros(299)], "Input y contains NaN"),
        ([], "inconsistent numbers of samples"),
    ],
)
def test_labels_that_cannot_be_are_an_error(wrapper, y, message, data):
    with pytest.raises(ValueError, match=message):
        wrapper(LogisticRegression()).fit(data[0], y)


@both
def test_samples_that_cannot_be_are_the_estimators_error(wrapper, data):
    X, y, _ = data
    fitted = wrapper(LogisticRegression()).fit(X, y)
    with pytest.raises(ValueError, match="Input X contains NaN"):
        wrapper(LogisticRegression()).fit(np.where(X > 2, np.nan, X), y)
    with pytest.raises(ValueError, match="3 features, but"):
        fitted.predict(X[:, :3])
    with pytest.raises(NotFittedError):
        wrapper(LogisticRegression()).predict(X)


@both
def test_an_estimator_without_scores_or_with_nan_is_an_error(wrapper, data):
    X, y, _ = data
    with pytest.raises(TypeError, match="must have decision_function or predict_proba"):
        wrapper(StandardScaler()).fit(X, y)

    class Blank(Spy):
        def decision_function(self, X):
            return np.full(len(X), np.nan)

    with pytest.raises(ValueError, match="gave NaN for 60 of 60 samples"):
        wrapper(Blank(), cv=0.2).fit(X, y)
