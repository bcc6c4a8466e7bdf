"""What holds for the metadata of every estimator around a classifier."""

import numpy as np
import pytest
import sklearn
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import make_classification
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pusklearn import (
    BaggingPUClassifier,
    CVIRClassifier,
    ElkanNotoClassifier,
    PriorEstimator,
    PUCalibratedClassifier,
    PUClassifier,
    PUThresholdClassifier,
)
from pusklearn.datasets import make_pu
from pusklearn.modules import MLP

# Some scores are made up here, and do not tell labels from unlabeled samples.
pytestmark = pytest.mark.filterwarnings("ignore::pusklearn.metrics.PUCollapseWarning")
LOGISTIC = LogisticRegression()
WITH_FOLDS = [
    ElkanNotoClassifier(LOGISTIC, random_state=0),
    ElkanNotoClassifier(LOGISTIC, weighted=True, random_state=0),
    CVIRClassifier(LOGISTIC, prior=0.6, random_state=0),
    PUThresholdClassifier(LOGISTIC, threshold="prior", random_state=0),
    PUCalibratedClassifier(LOGISTIC, random_state=0),
    PriorEstimator(LOGISTIC, random_state=0),
]
ALL = [*WITH_FOLDS, BaggingPUClassifier(LOGISTIC, n_estimators=4, random_state=0)]


def each(estimators):
    def name(estimator):
        return repr(estimator).partition("(")[0]

    return pytest.mark.parametrize("estimator", estimators, ids=name)


@pytest.fixture
def routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


@pytest.fixture(scope="module")
def data():
    X, y = make_classification(200, n_features=5, random_state=0)
    X, y_pu, _ = make_pu(X, y, label_frequency=0.5, random_state=0)
    # A number of the sample, of no use to a classifier.
    X[:, -1] = np.arange(200) / 1e6
    return X, y_pu


class Recorder(ClassifierMixin, BaseEstimator):
    """Scores that are the first value of a sample; keeps what each fit was given."""

    calls: list = []  # noqa: RUF012

    def fit(self, X, y, sample_weight=None, tag=None):
        self.classes_ = np.unique(y)
        Recorder.calls.append((X, sample_weight, tag))
        return self

    def predict_proba(self, X):
        p = 1 / (1 + np.exp(-X[:, 0]))
        return np.column_stack([1 - p, p])


@pytest.fixture
def calls():
    Recorder.calls.clear()
    return Recorder.calls


def output(estimator, X):
    """What was learnt, as an array."""
    if isinstance(estimator, PriorEstimator):
        return estimator.scores_
    return estimator.predict_proba(X)[:, 1]


@each(ALL)
@pytest.mark.parametrize("enabled", [False, True])
def test_metadata_are_split_like_the_samples(estimator, enabled, data, calls):
    X, y = data
    estimator = clone(estimator)
    with sklearn.config_context(enable_metadata_routing=enabled):
        inner = Recorder()
        if enabled:
            inner.set_fit_request(sample_weight=True, tag=True)
        estimator.set_params(estimator=inner)
        estimator.fit(X, y, sample_weight=1 + X[:, -1], tag="a")
    assert len(calls) >= 4
    for samples, weights, tag in calls:
        assert tag == "a"
        if not getattr(estimator, "weighted", False):
            np.testing.assert_array_equal(weights, 1 + samples[:, -1])


@each(ALL)
def test_metadata_that_none_requests_are_an_error(estimator, data, routing):
    X, y = data
    with pytest.raises(UnsetMetadataPassedError, match=r"LogisticRegression.fit"):
        clone(estimator).fit(X, y, sample_weight=np.ones(200))
    with pytest.raises(TypeError, match=r"got unexpected .*'tag'"):
        clone(estimator).fit(X, y, tag="a")


@each(ALL)
def test_a_request_under_another_name_is_kept(estimator, data, routing):
    X, y = data
    weights = 1.0 + np.arange(200)
    found = [
        output(
            clone(estimator)
            .set_params(estimator=clone(LOGISTIC).set_fit_request(sample_weight=name))
            .fit(X, y, **{given: weights}),
            X,
        )
        for name, given in ((True, "sample_weight"), ("mass", "mass"))
    ]
    np.testing.assert_array_equal(*found)
    assert np.abs(found[0] - output(clone(estimator).fit(X, y), X)).max() > 0.001


@each(WITH_FOLDS)
@pytest.mark.parametrize("enabled", [False, True])
@pytest.mark.parametrize("cv", [3, GroupKFold(3)])
def test_groups_go_to_the_folds(estimator, enabled, cv, data, calls):
    X, y = data
    groups = np.arange(200) % 6
    estimator = clone(estimator).set_params(estimator=Recorder(), cv=cv)
    with sklearn.config_context(enable_metadata_routing=enabled):
        estimator.fit(X, y, groups=groups)
    for samples, *_ in calls[:3]:
        trained = groups[np.round(samples[:, -1] * 1e6).astype(int)]
        assert 1 < len(np.unique(trained)) < 6
        assert np.ptp(np.bincount(trained, minlength=6)[np.unique(trained)]) < 2


def test_without_folds_groups_are_the_classifiers(data):
    X, y = data
    with pytest.raises(TypeError, match="unexpected keyword argument 'groups'"):
        clone(ALL[-1]).fit(X, y, groups=y)


@each(WITH_FOLDS)
def test_folds_may_be_lists_and_masks(estimator, data):
    X, y = data
    rows = np.arange(200)
    parts = [(rows % 3 != fold, rows % 3 == fold) for fold in range(3)]
    as_arrays, as_lists = (
        [tuple(map(form, part)) for part in parts]
        for form in (np.flatnonzero, lambda mask: np.flatnonzero(mask).tolist())
    )
    found = [
        output(clone(estimator).set_params(cv=cv).fit(X, y), X)
        for cv in (parts, as_arrays, as_lists)
    ]
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


@each(WITH_FOLDS)
@pytest.mark.parametrize("enabled", [False, True])
def test_folds_may_come_from_a_generator(estimator, enabled, data):
    X, y = data
    rows = np.arange(200)
    parts = [(rows % 3 != fold, rows % 3 == fold) for fold in range(3)]
    weights = {"sample_weight": 1 + rows / 100}
    with sklearn.config_context(enable_metadata_routing=enabled):
        classifier = clone(LOGISTIC)
        if enabled:
            classifier.set_fit_request(sample_weight=True)
        results = [
            output(
                clone(estimator)
                .set_params(estimator=classifier, cv=cv)
                .fit(X, y, **weights),
                X,
            )
            for cv in (parts, (part for part in parts))
        ]
    np.testing.assert_array_equal(*results)


@each(ALL)
def test_a_sample_of_weight_0_counts_as_absent(estimator, data):
    X, y = data
    kept = np.arange(200) % 3 > 0
    weighted = clone(estimator).fit(X, y, sample_weight=kept.astype(float))
    alone = clone(estimator).fit(X[kept], y[kept], sample_weight=np.ones(kept.sum()))
    for name, fill in (("scores_", np.nan), ("oob_probability_", np.nan), ("kept_", 0)):
        if hasattr(alone, name):
            np.testing.assert_array_equal(
                getattr(weighted, name)[kept], getattr(alone, name)
            )
            np.testing.assert_array_equal(getattr(weighted, name)[~kept], fill)
    if not isinstance(estimator, PriorEstimator):
        np.testing.assert_array_equal(output(weighted, X), output(alone, X))
    with pytest.raises(ValueError, match="`sample_weight` must not be 0 for a whole"):
        clone(estimator).fit(X, y, sample_weight=y)


@each(ALL[:-2] + ALL[-1:])
def test_a_score_can_be_weighted_in_a_pipeline(estimator, data, routing):
    X, y = data
    weights = 1.0 + np.arange(200)
    estimator = clone(estimator).set_score_request(sample_weight=True)
    pipeline = make_pipeline(StandardScaler(), estimator).fit(X, y)
    expected = np.average(pipeline.predict(X) == y, weights=weights)
    assert pipeline.score(X, y, sample_weight=weights) == pytest.approx(expected)
    assert pipeline.score(X, y) != pytest.approx(expected, abs=1e-6)


@each(ALL[:-2] + ALL[-1:])
def test_a_search_routes_weights_and_groups(estimator, data, routing):
    X, y = data
    estimator = clone(estimator).set_score_request(sample_weight=True)
    estimator.set_params(estimator=clone(LOGISTIC).set_fit_request(sample_weight=True))
    search = GridSearchCV(estimator, {"estimator__C": [0.1, 1]}, cv=GroupKFold(2))
    search.fit(X, y, sample_weight=1 + X[:, -1], groups=np.arange(200) % 8)
    assert 0 < search.best_score_ < 1


def test_weights_multiply_those_of_elkan_and_noto(data, calls):
    X, y = data
    weights = 1.0 + np.arange(200)
    classifier = ElkanNotoClassifier(Recorder(), weighted=True, random_state=0)
    classifier.fit(X, y)
    plain = calls[-1][1]
    classifier.fit(X, y, sample_weight=weights)
    rows = np.concatenate([np.flatnonzero(y == 1), *[np.flatnonzero(y == 0)] * 2])
    np.testing.assert_allclose(calls[-1][1], plain * weights[rows])


def test_heavier_positives_leave_the_probabilities_of_cvir_where_they_were(data):
    X, y = data
    classifier = CVIRClassifier(LOGISTIC, prior=0.6, random_state=0)
    plain = clone(classifier).fit(X, y)
    heavy = clone(classifier).fit(X, y, sample_weight=np.where(y == 1, 4, 1))
    assert heavy.shift_ - plain.shift_ == pytest.approx(-np.log(4), abs=0.1)
    assert np.abs(output(heavy, X) - output(plain, X)).mean() < 0.05


def test_a_classifier_without_weights_refuses_them(data):
    X, y = data
    estimator = PUThresholdClassifier(KNeighborsClassifier())
    with pytest.raises(TypeError, match="unexpected keyword argument 'sample_weight'"):
        estimator.fit(X, y, sample_weight=np.ones(200))


def test_samples_of_weight_0_are_left_out_of_a_network(data):
    X, y = data
    weights = np.arange(200) % 3
    network = PUClassifier(MLP((4,)), max_epochs=1, steps_per_epoch=3, random_state=0)
    estimator = PUThresholdClassifier(network, threshold=0.5, random_state=0)
    weighted = clone(estimator).fit(X, y, sample_weight=weights > 0)
    without = clone(estimator).fit(X[weights > 0], y[weights > 0])
    np.testing.assert_array_equal(weighted.predict_proba(X), without.predict_proba(X))


@each(WITH_FOLDS)
def test_given_folds_and_samples_of_weight_zero_are_refused(estimator, data):
    X, y = data
    estimator = clone(estimator).set_params(cv=list(GroupKFold(2).split(X, y, y)))
    weights = np.arange(len(y)) % 3
    with pytest.raises(ValueError, match="`cv` must be a splitter or a number"):
        estimator.fit(X, y, sample_weight=weights)


class KnowingRecorder(Recorder):
    """Takes known negatives, which are the samples whose first value is low."""

    def fit(self, X, y, sample_weight=None, known_negative=None):
        super().fit(X, y, sample_weight, known_negative)
        if sample_weight is None:
            sample_weight = np.ones(len(X))
        np.testing.assert_array_equal(known_negative, X[:, 0] < -1.5)
        assert not ((y == 1) & known_negative & (sample_weight > 0)).any()
        return self


@pytest.fixture
def data_with_known(data):
    X, y = data
    is_low = X[:, 0] < -1.5
    rows = ~is_low | (y == 0)
    mask = is_low[rows]
    assert 5 < mask.sum() < 40
    return X[rows], y[rows], mask


@each(ALL)
def test_known_negatives_go_with_their_samples(estimator, data_with_known, calls):
    X, y, mask = data_with_known
    estimator = clone(estimator).set_params(estimator=KnowingRecorder())
    estimator.fit(X, y, known_negative=mask)
    assert calls
    if isinstance(estimator, BaggingPUClassifier):
        # Each bag holds all of them.
        assert all(known.sum() == mask.sum() for *_, known in calls)
    elif isinstance(estimator, CVIRClassifier):
        assert estimator.kept_[mask].all()
        # As many are dropped as positives are expected among all unlabeled samples.
        n_dropped = round(estimator.unlabeled_prior_ * (y == 0).sum())
        assert (~estimator.kept_).sum() == n_dropped


@each([CVIRClassifier(LOGISTIC), BaggingPUClassifier(LOGISTIC)])
def test_known_negatives_leave_unlabeled_samples(estimator, data):
    X, y = data
    estimator = clone(estimator).set_params(estimator=KnowingRecorder())
    with pytest.raises(ValueError, match="PU learning needs unlabeled samples"):
        estimator.fit(X, y, known_negative=y == 0)


@each([PUThresholdClassifier(LOGISTIC), BaggingPUClassifier(LOGISTIC)])
def test_a_wrong_mask_is_told_of_by_the_classifier(estimator, data):
    X, y = data
    classifier = PUClassifier(MLP((4,)), max_epochs=1, steps_per_epoch=2)
    estimator = clone(estimator).set_params(estimator=classifier)
    with pytest.raises(ValueError, match="`known_negative` must be a mask of bool"):
        estimator.fit(X, y, known_negative=np.zeros(len(y)))


def test_an_estimated_share_is_that_of_all_that_is_not_labelled(
    data_with_known, few_trees
):
    X, y, mask = data_with_known
    classifier = PUClassifier(
        MLP((4,)), prior="estimate", max_epochs=1, steps_per_epoch=5, random_state=0
    )
    wrapped = PUThresholdClassifier(classifier, threshold="prior", cv=2, random_state=0)
    wrapped.fit(X, y, known_negative=mask)
    inner = wrapped.estimator_
    n_unlabeled = (y == 0).sum()
    expected = inner.unlabeled_prior_ * (n_unlabeled - mask.sum()) / n_unlabeled
    assert wrapped.unlabeled_prior_ == pytest.approx(expected)
    assert wrapped.prior_ == pytest.approx(inner.prior_)


@pytest.mark.parametrize("weights", [np.linspace(-0.5, 3, 200), [1] * 199 + [-2]])
@pytest.mark.parametrize("estimator", [CVIRClassifier, PUThresholdClassifier])
def test_a_negative_weight_is_named(estimator, weights, data):
    X, y = data
    message = (
        "`sample_weight` must be at least 0.*Got -(0.5 for sample 0|2 for sample 199)"
    )
    with pytest.raises(ValueError, match=message):
        estimator(LOGISTIC).fit(X, y, sample_weight=weights)


@pytest.mark.parametrize("estimator", [CVIRClassifier, PUThresholdClassifier])
def test_masked_values_are_refused(estimator, data):
    X, y = data
    masked = np.ma.masked_array(X, np.arange(X.size).reshape(X.shape) == 7)
    with pytest.raises(ValueError, match=f"masked values in 1 of {len(X)} samples"):
        estimator(LOGISTIC).fit(masked, y)
    weights = np.ma.masked_array(np.ones(len(X)), np.arange(len(X)) == 7)
    with pytest.raises(ValueError, match=r"`sample_weight` may .* 1 of 200 values"):
        estimator(LOGISTIC).fit(X, y, sample_weight=weights)
    fitted = estimator(LOGISTIC).fit(np.ma.masked_array(X), y)
    with pytest.raises(ValueError, match="masked values in 1 of"):
        fitted.predict(masked)
