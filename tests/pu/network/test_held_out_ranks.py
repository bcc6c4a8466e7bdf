import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.metrics import roc_auc_score

from pusklearn import PUClassifier
from pusklearn.modules import MLP
from pusklearn.pu._samples import as_samples
from pusklearn.pu.network import _held_out_ranks
from pusklearn.pu.network._held_out_ranks import (
    area_of_classes,
    held_out_ranks,
    prior_among,
    some_of,
)
from pusklearn.pu.network._hold_out import Part


def table(shift, n=600, n_features=12, n_labels=40, seed=0):
    """Normal classes; a fifth are positives, whose mean is `shift` away."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 5 == 0
    X = rng.normal(size=(n, n_features)) + shift / np.sqrt(n_features) * y[:, None]
    y_pu = np.zeros(n, int)
    y_pu[np.flatnonzero(y)[:n_labels]] = 1
    return np.float32(X), y_pu


def classifier(**params):
    settings = {"module": MLP((32,)), "prior": 0.2, "random_state": 0}
    return PUClassifier(**{**settings, **params})


def test_sparse_samples_are_held_out_as_dense_ones():
    X, y = table(1.0)
    X = np.where(X > 0.5, X, 0).astype(np.float32)
    ranks = [
        held_out_ranks(
            classifier(steps_per_epoch=3, max_epochs=1),
            Part(as_samples(samples), np.flatnonzero(y), slice(None)),
            y == 1,
            np.arange(600) % 3 == 0,
        )
        for samples in (X, sparse.csr_array(X))
    ]
    np.testing.assert_array_equal(*ranks)


def test_ranks_are_those_of_the_area_under_the_curve():
    X, y = table(1.0)
    X[:50] = X[50]  # ties
    part = Part(as_samples(X), np.flatnonzero(y), slice(None))
    is_held_out = np.arange(600) % 3 == 0
    trial = classifier(steps_per_epoch=3, max_epochs=1)
    ranks = held_out_ranks(trial, part, y == 1, is_held_out)
    again = classifier(steps_per_epoch=3, max_epochs=1)
    scores = again.fit(X[~is_held_out], y[~is_held_out]).decision_function(X)
    area = roc_auc_score(y[is_held_out], scores[is_held_out])
    assert ranks.mean() == pytest.approx(area, abs=1e-9)


@given(st.floats(0.05, 0.9), st.integers(0, 1000))
def test_the_area_of_the_classes_allows_for_unlabeled_positives(share, seed):
    rng = np.random.default_rng(seed)
    positives, negatives = rng.normal(2, size=400), rng.normal(size=400)
    ranks = share * np.full(400, 0.5) + (1 - share) * np.mean(
        positives[:, None] > negatives, axis=1
    )
    expected = np.mean(positives[:, None] > negatives)
    assert area_of_classes(ranks, share) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("scheme", ["single", "case-control"])
@pytest.mark.parametrize("has_weights", [False, True])
def test_a_part_has_its_own_prior(scheme, has_weights):
    n, labels, negatives = 1000, np.arange(50), np.arange(900, 930)
    weights = np.where(np.arange(n) < 500, 1.0, 3.0)
    counts = weights if has_weights else np.ones(n)
    learnt = Part(
        as_samples(np.zeros((n, 2))),
        labels,
        slice(None),
        weights if has_weights else None,
        negatives,
    )
    n_unlabeled = counts.sum() - counts[labels].sum() - counts[negatives].sum()
    positives, n_all = 0.3 * n_unlabeled, counts.sum()
    if scheme == "single":
        expected = (positives + counts[labels].sum()) / n_all
    else:
        expected = positives / (n_all - counts[labels].sum())
    everything = np.ones(n, bool)
    assert prior_among(learnt, 0.3, scheme, everything) == pytest.approx(expected)


def test_some_of_many_samples_hold_all_labels(monkeypatch):
    monkeypatch.setattr(_held_out_ranks, "MOST_SAMPLES", 100)
    X, y = table(1.0)
    negatives = np.flatnonzero(np.arange(600) % 5 == 1)
    learnt = Part(as_samples(X), np.flatnonzero(y), slice(None), y + 1.0, negatives)
    part = some_of(learnt, np.random.RandomState(0))
    assert 100 <= len(part.samples) <= 140
    np.testing.assert_array_equal(part.samples.X[part.positives], X[y == 1])
    assert set(map(bytes, part.samples.X[part.negatives])) < set(
        map(bytes, X[negatives])
    )
    assert (part.weights[part.positives] == 2).all()
    assert part.weights.sum() == len(part.samples) + len(part.positives)
    assert some_of(part, np.random.RandomState(0)).samples is not part.samples
