import tracemalloc

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from pusklearn import (
    BaggingPUClassifier,
    PriorEstimator,
    PUClassifier,
    PUThresholdClassifier,
)
from pusklearn.modules import MLP
from pusklearn.pu import _row_view
from pusklearn.pu._large_samples import LargeSamples, PlacedView
from pusklearn.pu._samples import ArraySamples, PlacedArray, as_samples
from pusklearn.pu.splits._folds_with_copies_together import number_distinct

RNG = np.random.default_rng(0)
N = 400
TRUTH = np.arange(N) < 160
Y = np.arange(N) < 50
X = RNG.normal(size=(N, 6)) + 2.0 * TRUTH[:, None]
X[150:155] = X[300:305]  # copies
WEIGHT = np.where(np.arange(N) % 10 == 0, 0.0, 1.0)
NETWORK = PUClassifier(
    MLP((8,)), prior=0.4, max_epochs=2, steps_per_epoch=8, random_state=0
)


@pytest.fixture
def few_values(monkeypatch):
    """Take all arrays for large ones, and read them in many parts."""
    monkeypatch.setattr(_row_view, "MANY_VALUES", 10)
    monkeypatch.setattr(_row_view, "CHUNK_BYTES", 4000)


def mapped(folder, values, order="C"):
    """Return a read-only memory map of values."""
    file, options = folder / "table.dat", {"shape": values.shape, "order": order}
    np.memmap(file, values.dtype, "w+", **options)[:] = values
    return np.memmap(file, values.dtype, "r", **options)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int8", "bool"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_memory_map_is_learnt_as_the_array_is(tmp_path, few_values, dtype, order):
    table = (X * 3).astype(dtype)
    file = mapped(tmp_path, table, order)
    assert isinstance(as_samples(file), LargeSamples)
    in_memory = clone(NETWORK).fit(table.astype(np.float32).tolist(), Y)
    from_file = clone(NETWORK).fit(file, Y)
    expected = in_memory.predict_proba(table.tolist())
    np.testing.assert_array_equal(from_file.predict_proba(file), expected)
    assert from_file.n_features_in_ == 6


@pytest.mark.parametrize(
    "changes",
    [
        {"prior": "estimate", "batch_size": 64},
        {"validation_fraction": 0.25},
        {"callbacks": [], "verbose": 1},
    ],
    ids=["estimate", "held out", "bars"],
)
@pytest.mark.parametrize("params", [{}, {"sample_weight": WEIGHT}], ids=["", "weights"])
def test_a_large_array_is_learnt_as_a_small_one(
    monkeypatch, few_trees, changes, params
):
    classifier = clone(NETWORK).set_params(**changes)
    small = clone(classifier).fit(X, Y, **params)
    expected = small.decision_function(X)
    monkeypatch.setattr(_row_view, "MANY_VALUES", 10)
    monkeypatch.setattr(_row_view, "CHUNK_BYTES", 4000)
    large = clone(classifier).fit(X, Y, **params)
    np.testing.assert_array_equal(large.decision_function(X), expected)
    assert large.prior_ == small.prior_
    assert large.net_.history[:, "train_loss"] == small.net_.history[:, "train_loss"]


@pytest.mark.parametrize("shape", [(40, 9, 9), (40, 2, 9, 9)], ids=["3-D", "4-D"])
def test_large_images_are_learnt_as_small_ones(monkeypatch, shape):
    images = np.random.default_rng(1).normal(size=shape)
    settings = {"max_epochs": 1, "steps_per_epoch": 2, "batch_size": 16}
    classifier = PUClassifier(augment=True, random_state=0, **settings)
    labels = np.arange(40) < 10
    expected = clone(classifier).fit(images, labels).predict_proba(images)
    monkeypatch.setattr(_row_view, "MANY_VALUES", 10)
    monkeypatch.setattr(_row_view, "CHUNK_BYTES", 4000)
    large = clone(classifier).fit(images, labels)
    np.testing.assert_array_equal(large.predict_proba(images), expected)
    with pytest.raises(ValueError, match=r"Samples must have shape .* as in fit"):
        large.predict(images[..., :8])


LEARNT = clone(NETWORK).set_params(lr=0.05, steps_per_epoch=20)
TREE = DecisionTreeClassifier(max_depth=3, random_state=0)


@pytest.mark.parametrize(
    "wrapper",
    [
        PUThresholdClassifier(LEARNT, threshold="prior", cv=2, random_state=0),
        PUThresholdClassifier(LogisticRegression(), prior=0.4, threshold="f1", cv=0.5),
        BaggingPUClassifier(TREE, n_estimators=4, random_state=0),
        BaggingPUClassifier(
            clone(LEARNT).set_params(prior=0.7), n_estimators=2, random_state=0
        ),
    ],
    ids=["threshold", "regression", "bagging", "bagging of networks"],
)
def test_wrappers_give_the_same_for_a_large_array(monkeypatch, wrapper):
    small = clone(wrapper).set_params(random_state=0).fit(X, Y)
    expected = small.predict_proba(X), small.predict_log_proba(X), small.predict(X)
    monkeypatch.setattr(_row_view, "MANY_VALUES", 10)
    monkeypatch.setattr(_row_view, "CHUNK_BYTES", 4000)
    large = clone(wrapper).set_params(random_state=0).fit(X, Y, sample_weight=None)
    found = large.predict_proba(X), large.predict_log_proba(X), large.predict(X)
    for values, others in zip(found, expected, strict=True):
        np.testing.assert_allclose(values, others, rtol=1e-6)


def test_the_prior_is_estimated_from_a_large_array_as_from_a_small_one(monkeypatch):
    estimator = PriorEstimator(LogisticRegression(), random_state=0)
    small = clone(estimator).fit(X, Y, sample_weight=WEIGHT)
    monkeypatch.setattr(_row_view, "MANY_VALUES", 10)
    large = clone(estimator).fit(X, Y, sample_weight=WEIGHT)
    assert large.prior_ == small.prior_


def test_copies_are_found_in_a_large_array(few_values, tmp_path):
    expected = number_distinct(X.tolist())
    np.testing.assert_array_equal(number_distinct(X), expected)
    np.testing.assert_array_equal(number_distinct(mapped(tmp_path, X)), expected)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e300])
def test_a_value_that_is_not_finite_is_refused_in_fit_and_predict(few_values, value):
    bad = X.copy()
    bad[399, 2] = value
    with pytest.raises(ValueError, match=r"Input X contains (NaN|infinity)"):
        clone(NETWORK).fit(bad, Y)
    fitted = clone(NETWORK).fit(X, Y)
    with pytest.raises(ValueError, match=r"Input X contains (NaN|infinity)"):
        fitted.predict(bad)
    with pytest.raises(ValueError, match="expecting 6 features"):
        fitted.predict(bad[:, :5])


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, "requires y to be passed"),
        (Y[:-1], "inconsistent numbers of samples"),
        (np.where(Y, np.nan, 0.0), "Input y contains NaN"),
        (np.where(Y, np.inf, 0.0), "Input y contains infinity"),
        (np.stack([Y, Y], 1), "should be a 1d array"),
    ],
    ids=["None", "short", "NaN", "infinite", "2-D"],
)
def test_labels_of_a_large_array_are_checked(few_values, y, message):
    with pytest.raises(ValueError, match=message):
        clone(NETWORK).fit(X, y)


def test_a_map_is_not_copied_in_fit_nor_in_predict(tmp_path, monkeypatch):
    monkeypatch.setattr(_row_view, "CHUNK_BYTES", 2**17)
    n, table = 20_000, RNG.normal(size=(20_000, 100)).astype(np.float32)
    file, y = mapped(tmp_path, table), (np.arange(n) < 300).astype(int)
    classifier = clone(NETWORK).set_params(validation_fraction=0.2, max_epochs=1)
    classifier.fit(X, Y)  # so that everything is loaded
    del table
    tracemalloc.start()
    try:
        classifier.fit(file, y).predict_proba(file)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < file.nbytes / 2


def test_a_graphics_processor_gets_an_array_but_not_a_file(few_values, tmp_path):
    other = torch.device("meta")
    assert type(as_samples(X).on(other)) is PlacedArray
    assert type(as_samples(mapped(tmp_path, X)).on(other)) is PlacedView
    assert type(as_samples(X).on(torch.device("cpu"))) is PlacedView


def test_a_small_array_is_no_large_one():
    assert type(as_samples(X)) is ArraySamples
