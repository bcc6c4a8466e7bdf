import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score

from pusklearn.datasets import make_pu
from pusklearn.pu._samples import as_samples
from pusklearn.pu.splits import _default_scores
from pusklearn.pu.splits._default_scores import (
    default_scores,
    features,
    scored_rows,
)


def scored(X, is_positive, seed=0):
    return default_scores(
        as_samples(X), np.asarray(is_positive, bool), np.random.RandomState(seed)
    )


def linear(n=300, seed=0):
    """Classes that a line divides better than trees, with noise features."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    return rng.normal(size=(n, 20)) + 0.5 * y[:, None], y


def rings(n=300, seed=0):
    """Classes that no line divides."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    X = rng.normal(size=(n, 2))
    return X / np.linalg.norm(X, axis=1)[:, None] * (1 + y[:, None]), y


@pytest.mark.parametrize("draw", [linear, rings])
def test_they_tell_the_classes_apart(draw):
    X, y = draw()
    X, y_pu, y = make_pu(X, y, n_labeled=50, random_state=0)
    rows, scores = scored(X, y_pu)
    np.testing.assert_array_equal(rows, np.arange(len(X)))
    assert scores.shape == (3, len(X))
    assert min(roc_auc_score(y, one) for one in scores) > 0.8


def test_the_same_state_gives_the_same_scores(few_trees):
    X, y = rings(40)
    first, second = scored(X, y, 1)[1], scored(X, y, 1)[1]
    np.testing.assert_array_equal(first, second)


def test_a_sparse_table_has_the_scores_of_its_classes(few_trees):
    X, benign = load_breast_cancer(return_X_y=True)
    X, y_pu, y = make_pu(X, 1 - benign, n_labeled=60, random_state=0)
    _, scores = scored(sparse.csr_array(X), y_pu)
    assert roc_auc_score(y, scores[0]) > 0.95


def test_of_very_many_samples_some_are_scored_and_learnt(monkeypatch, few_trees):
    X, y = rings(600)
    monkeypatch.setattr(_default_scores, "MOST_SCORED", 100)
    monkeypatch.setattr(_default_scores, "MOST_LEARNT", 40)
    rows, scores = scored(X, y)
    assert np.bincount(y[rows]).tolist() == [100, 100]
    assert scores.shape == (3, 200)
    assert roc_auc_score(y[rows], scores[0]) > 0.9


def test_large_samples_are_scored_in_smaller_numbers():
    is_positive = np.arange(100_000) < 50_000
    state = np.random.RandomState(0)
    assert len(scored_rows(is_positive, 10, state)) == 40_000
    assert len(scored_rows(is_positive, 4096, state)) == 2 * 4096
    assert len(scored_rows(is_positive, 10**6, state)) == 6000


def test_numbers_are_standardised_and_categories_keep_their_distance():
    rng = np.random.default_rng(0)
    X = np.c_[rng.normal(5, 100, 50), np.arange(50) == 3, np.full(50, 7.0)]
    found = features(as_samples(np.float32(X)), np.arange(50))
    assert found[:, 0].std() == pytest.approx(1, rel=1e-4)
    assert np.ptp(found[:, 1]) == pytest.approx(1)
    assert (found[:, 2] == 0).all()


@pytest.mark.parametrize("kind", [sparse.csr_array, np.asarray])
def test_a_table_of_zeros_becomes_sparse_and_keeps_them(kind):
    X = np.zeros((40, 3), np.float32)
    X[0, 0], X[1, 0], X[2, 1] = 0.1, -0.4, 20
    found = features(as_samples(kind(X)), np.arange(39))
    assert sparse.issparse(found)
    np.testing.assert_allclose(found.toarray()[:39], X[:39] / [0.4, 20, 1])


def test_it_does_not_matter_how_a_table_is_given():
    rng = np.random.default_rng(0)
    X = rng.poisson(1, size=(30, 4)).astype(np.float32)
    found = features(as_samples(sparse.csr_array(X)), np.arange(30))
    np.testing.assert_array_equal(found, features(as_samples(X), np.arange(30)))


def test_numbers_far_from_zero_are_standardised_as_those_around_it():
    """Years, times or masses: a float32 sum of them forgets their differences."""
    rng = np.random.default_rng(0)
    X = np.float32(2**20 + rng.integers(0, 8, (20_000, 2)))
    found = features(as_samples(X), np.arange(len(X)))
    near = features(as_samples(X - 2**20), np.arange(len(X)))
    np.testing.assert_allclose(found.std(axis=0), near.std(axis=0), rtol=1e-3)
    assert found.dtype == np.float32


def test_values_whose_squares_are_too_great_for_float32_bring_no_warning():
    X = np.float32(np.c_[np.arange(40), np.arange(40) * 1e25])
    found = features(as_samples(X), np.arange(40))
    np.testing.assert_allclose(found[:, 0], found[:, 1], rtol=1e-5)


def test_indices_of_64_bits_are_scored_as_those_of_32(few_trees):
    rng = np.random.default_rng(0)
    y = np.arange(100) % 2
    X = sparse.csr_array(rng.poisson(0.02 + 0.05 * y[:, None], size=(100, 30)))
    wide = (index.astype(np.int64) for index in (X.indices, X.indptr))
    X64 = sparse.csr_array((X.data, *wide), shape=X.shape)
    assert X64.indices.dtype == np.int64
    np.testing.assert_array_equal(scored(X64, y)[1], scored(X, y)[1])
