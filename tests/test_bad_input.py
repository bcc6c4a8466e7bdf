"""Input that cannot be, and input that may be odd, given to every estimator."""

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression

from pusklearn import (
    BaggingPUClassifier,
    CVIRClassifier,
    ElkanNotoClassifier,
    PriorEstimator,
    PUCalibratedClassifier,
    PUClassifier,
    PUThresholdClassifier,
    SAREMClassifier,
    estimate_prior,
    metrics,
)
from pusklearn.datasets import make_pu
from pusklearn.modules import MLP, ConvNet

QUICK = {"max_epochs": 1, "steps_per_epoch": 2, "batch_size": 8, "random_state": 0}
LOGISTIC = LogisticRegression()
NETWORK = PUClassifier(MLP((4,)), **QUICK)
WITH_PRIOR = [
    NETWORK,
    ElkanNotoClassifier(LOGISTIC),
    CVIRClassifier(LOGISTIC),
    SAREMClassifier(LOGISTIC),
    PUThresholdClassifier(LOGISTIC),
    PUThresholdClassifier(LOGISTIC, threshold="prior"),
    PUCalibratedClassifier(LOGISTIC),
]
CLASSIFIERS = [*WITH_PRIOR, BaggingPUClassifier(LOGISTIC, n_estimators=2)]
ALL = [*CLASSIFIERS, PriorEstimator(LOGISTIC)]
COLUMNS = ["width", "height", "depth"]


def each(estimators):
    return pytest.mark.parametrize(
        "estimator", estimators, ids=lambda estimator: type(estimator).__name__
    )


def make_data():
    rng = np.random.default_rng(0)
    y = np.arange(90) % 3 == 0
    return make_pu(
        rng.normal(size=(90, 3)) + y[:, None], y, label_frequency=0.6, random_state=0
    )


X, Y, _ = make_data()
SHARE = Y.mean()


def with_value(value):
    changed = np.array(X, dtype=object if isinstance(value, str) else float)
    changed[7, 1] = value
    return changed


@each(ALL)
@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.arange(90) % 3, "Only binary classification .* is multiclass"),
        (np.array(list("abc" * 30)), "Only binary classification .* is multiclass"),
        (np.linspace(0, 1, 90), "Unknown label type: continuous"),
        (np.zeros(90, int), r"labelled positives and unlabeled .* Got 1 class: 0\."),
        (np.ones(90, int), r"labelled positives and unlabeled .* Got 1 class: 1\."),
        (np.where(Y, 1.0, np.nan), "Input y contains NaN"),
        (pd.Series(np.where(Y, 1, None)).astype("Int64"), "Input y contains NaN"),
        (np.column_stack([Y, Y]), r"1d array, got an array of shape \(90, 2\)"),
        (Y[:50], r"inconsistent numbers of samples: \[90, 50\]"),
        (None, "requires y to be passed"),
    ],
)
def test_labels_that_cannot_be(estimator, y, message):
    with pytest.raises(ValueError, match=message):
        clone(estimator).fit(X, y)


@each(ALL)
@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (with_value(np.nan), "Input X contains NaN"),
        (with_value(np.inf), "Input X contains infinity"),
        (with_value("red"), "must hold numbers. Got text|could not convert string"),
        (X.reshape(90, 3, 1, 1, 1), "must have 2, 3 or 4 dim|array with dim 5"),
        (X[:, :0], r"0 feature\(s\)"),
        (X[:, 0], "Expected 2D array, got 1D array"),
    ],
)
def test_samples_that_cannot_be(estimator, samples, message):
    with pytest.raises(ValueError, match=message):
        clone(estimator).fit(samples, Y)


@each(ALL)
@pytest.mark.parametrize(("n", "message"), [(0, r"0 sample\(s\)"), (1, "Got 1 class")])
def test_too_few_samples(estimator, n, message):
    with pytest.raises(ValueError, match=message):
        clone(estimator).fit(X[:n], Y[:n])


@each(ALL[1:])
def test_none_is_no_sample(estimator):
    with pytest.raises(ValueError, match=r"`X` must hold samples. Got None"):
        clone(estimator).fit(None, Y)


@each([*WITH_PRIOR[1:3], *WITH_PRIOR[5:], PriorEstimator(LOGISTIC)])
def test_one_positive_that_cannot_be_held_out(estimator):
    with pytest.raises(ValueError, match=r"held out. Got 1 with the label 1\."):
        clone(estimator).fit(X, np.int64(np.arange(90) == 3))


@each(WITH_PRIOR)
@pytest.mark.parametrize("prior", [0, 1, -0.2, 1.5, np.nan, True, "0.5", "estimation"])
def test_a_prior_outside_its_range(estimator, prior):
    message = rf"`prior` must be None.* or a number in \(0, 1\). Got {prior!r}\."
    with pytest.raises(ValueError, match=message):
        clone(estimator).set_params(prior=prior).fit(X, Y)


@each(WITH_PRIOR)
@pytest.mark.parametrize("prior", [SHARE, SHARE / 2])
def test_a_prior_that_is_not_above_the_labelled_share(estimator, prior):
    message = rf"must exceed the labelled share .* Got {prior:.10g} .* {SHARE:.10g} "
    with pytest.raises(ValueError, match=message):
        clone(estimator).set_params(prior=prior).fit(X, Y)
    clone(estimator).set_params(prior=prior, scheme="case-control").fit(X, Y)


@each(WITH_PRIOR[4:])
def test_a_prior_that_is_not_estimated_here(estimator):
    with pytest.raises(
        ValueError, match=r"cannot be estimated here. .* PriorEstimator"
    ):
        clone(estimator).set_params(prior="estimate").fit(X, Y)


def test_a_prior_that_cannot_be_is_seen_before_the_training():
    class Never(LogisticRegression):
        def fit(self, X, y):
            raise AssertionError("trained")

    for make in (PUThresholdClassifier, PUCalibratedClassifier):
        with pytest.raises(ValueError, match="must exceed the labelled share"):
            make(Never(), prior=0.01).fit(X, Y)


@each([*WITH_PRIOR, PriorEstimator(LOGISTIC)])
def test_an_unknown_scheme(estimator):
    with pytest.raises(ValueError, match=r"`scheme` must be 'single' or .* Got 'both'"):
        clone(estimator).set_params(scheme="both").fit(X, Y)


@each(ALL)
def test_a_label_of_the_positives_that_is_none(estimator):
    message = r"`pos_label` must be one of the labels \[0, 1\]. Got 7"
    with pytest.raises(ValueError, match=message):
        clone(estimator).set_params(pos_label=7).fit(X, Y)


@each(ALL[1:])
def test_weights_that_cannot_be(estimator):
    for weights, error, message in (
        (np.ones(50), ValueError, r"inconsistent numbers of samples: \[90, 50\]"),
        (np.arange(50), ValueError, r"inconsistent numbers of samples: \[90, 50\]"),
        (2.0, TypeError, "Expected sequence or array-like"),
        (np.full(90, np.nan), ValueError, "Input sample_weight contains NaN"),
    ):
        with pytest.raises(error, match=message):
            clone(estimator).fit(X, Y, sample_weight=weights)


@each(ALL)
def test_sparse_samples_are_the_classifiers(estimator):
    clone(estimator).fit(csr_array(X), Y)


# To predict


@each(CLASSIFIERS)
def test_predicting_before_fitting(estimator):
    with pytest.raises(NotFittedError, match="is not fitted yet"):
        clone(estimator).predict(X)


@each(CLASSIFIERS)
@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (X[:, :2], "X has 2 features, but .* is expecting 3 features"),
        (X[:0], r"0 sample\(s\)"),
        (X[0], "Expected 2D array, got 1D array"),
        (with_value(np.nan), "Input X contains NaN"),
        (X[:, :, None], r"must have shape \(3,\).* Got \(3, 1\)|array with dim 3"),
    ],
)
def test_samples_to_predict_that_cannot_be(estimator, samples, message):
    fitted = clone(estimator).fit(X, Y)
    with pytest.raises(ValueError, match=message):
        fitted.predict(samples)


@each(CLASSIFIERS)
def test_one_sample_is_enough_to_predict(estimator):
    fitted = clone(estimator).fit(X, Y)
    assert fitted.predict(X[:1]).shape == (1,)


@pytest.mark.parametrize(
    ("shape", "other"),
    [
        ((31, 31), (30, 31)),
        ((31, 31), (31, 30)),
        ((31, 31), (1, 31, 31)),
        ((31, 31), (961,)),
        ((31, 31), (31,)),
        ((2, 31, 31), (31, 31)),
        ((2, 31, 31), (3, 31, 31)),
    ],
)
def test_images_of_another_shape(shape, other):
    network = PUClassifier(ConvNet(31, units=2), **QUICK)
    network.fit(np.random.default_rng(0).normal(size=(12, *shape)), Y[:12])
    message = f"must have shape {shape}, as in fit. Got {other}".replace("(", r"\(")
    with pytest.raises(ValueError, match=message.replace(")", r"\)")):
        network.predict(np.zeros((5, *other)))


# Frames


@each(ALL)
def test_the_columns_of_a_frame_are_kept_and_checked(estimator):
    frame = pd.DataFrame(X, columns=COLUMNS, index=np.arange(90)[::-1] + 7)
    fitted = clone(estimator).fit(frame, pd.Series(Y, index=np.arange(90) + 100))
    assert fitted.feature_names_in_.tolist() == COLUMNS
    assert fitted.n_features_in_ == 3
    if isinstance(estimator, PriorEstimator):
        return
    for columns, message in (
        (["height", "width", "depth"], "must be in the same order"),
        (["width", "height", "length"], "unseen at fit time"),
    ):
        with pytest.raises(ValueError, match=message):
            fitted.predict(frame.set_axis(columns, axis=1))
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        fitted.predict(X)


@each(ALL)
@pytest.mark.parametrize(
    "y",
    [
        pd.Series(Y).astype("Int64"),
        pd.Series(Y == 1).astype("boolean"),
        pd.Series(np.where(Y == 1, "yes", "no")).astype("category"),
        np.where(Y == 1, "yes", "no").tolist(),
        np.where(Y == 1, "yes", "no").astype(object),
        np.where(Y == 1, 1.0, -1.0),
    ],
    ids=["Int64", "boolean", "category", "strings", "objects", "floats"],
)
def test_labels_of_any_kind(estimator, y):
    fitted = clone(estimator).fit(X, y)
    assert len(fitted.classes_) == 2
    assert fitted.pos_label_ == fitted.classes_[1]
    if hasattr(fitted, "predict"):
        assert set(fitted.predict(X)) <= set(fitted.classes_)


# Scores


SCORES = np.linspace(-1, 1, 30)


@pytest.mark.parametrize("method", ["bbe", "dedpul", "elkan-noto"])
@pytest.mark.parametrize(
    ("positive", "unlabeled", "message"),
    [
        ([], SCORES, "`scores_positive` must hold at least 1 score"),
        (SCORES, [], "`scores_unlabeled` must hold at least 1 score"),
        (np.r_[SCORES, np.nan], SCORES, "positive` must be finite. Got nan at .* 30"),
        (SCORES, np.r_[np.inf, SCORES], "unlabeled` must be finite. Got inf at .* 0"),
        (SCORES[:, None], SCORES, r"`scores_positive` must be 1-D. Got shape"),
        (1.0, SCORES, r"`scores_positive` must be 1-D. Got shape \(\)"),
    ],
)
def test_scores_that_tell_no_prior(method, positive, unlabeled, message):
    with pytest.raises(ValueError, match=message):
        estimate_prior(positive, unlabeled, method=method)


PREDICTED = [metrics.pu_accuracy_score, metrics.pu_f1_score, metrics.pu_precision_score]
SCORED = [metrics.pu_roc_auc_score, metrics.pu_average_precision_score]
PROBABLE = [metrics.pu_brier_score_loss, metrics.pu_log_loss]


@pytest.mark.parametrize("metric", PREDICTED + SCORED + PROBABLE)
@pytest.mark.parametrize(
    ("y", "prior", "message"),
    [
        ([0, 1, 2, 1], 0.6, "Only binary classification"),
        ([0, 0, 0, 0], 0.6, r"`y` must hold two labels, .* Got \[0\] in 4 samples"),
        ([1, 1, 1, 1], 0.6, r"`y` must hold two labels, .* Got \[1\] in 4 samples"),
        ([1, 0, np.nan, 1], 0.6, "Input y contains NaN"),
        ([1, 0, 1], 0.7, r"inconsistent numbers of samples: \[3, 4\]"),
        ([1, 0, 0, 1], 0.5, "must exceed the labelled share .* Got 0.5"),
        ([1, 0, 0, 1], 1.2, r"None or a number in \(0, 1\). Got 1.2"),
        ([1, 0, 0, 1], "estimate", r"None or a number in \(0, 1\). Got 'estimate'"),
    ],
)
def test_metrics_of_what_cannot_be(metric, y, prior, message):
    with pytest.raises(ValueError, match=message):
        metric(y, [1, 0, 1, 0], prior=prior)


@pytest.mark.parametrize("metric", SCORED + PROBABLE)
def test_scores_that_are_no_numbers(metric):
    y = [1, 0, 0, 1]
    for scores in ([0.5, np.nan, 0, 1], [np.inf, 0, 0, 1]):
        with pytest.raises(ValueError, match=r"contains (NaN|infinity)"):
            metric(y, scores, prior=0.6)
    with pytest.raises(ValueError, match=r"must have shape \(n,\). Got \(4, 2\)"):
        metric(y, np.full((4, 2), 0.5), prior=0.6)
    with pytest.raises(ValueError, match=r"could not convert string|compatible with"):
        metric(y, ["a", "b", "c", "d"], prior=0.6)
