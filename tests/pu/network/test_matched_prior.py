import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from torch import nn

from pusklearn import PUClassifier, TiledRegions
from pusklearn.datasets import make_micrographs
from pusklearn.modules import MLP, ConvNet
from pusklearn.pu._untold_collapse import untold_collapse
from pusklearn.pu.network import _matched_prior
from pusklearn.pu.network._matched_prior import threshold_of_share


@pytest.fixture
def unsure():
    """Classes that overlap so much that few samples are positives more likely than not.

    A tenth of the samples are positives, and a third of these are labelled.
    """
    rng = np.random.default_rng(0)
    y = (rng.random(3000) < 0.1).astype(int)
    X = np.float32(rng.normal(size=(3000, 5)) + y[:, None] * 0.7)
    y_pu = y * (rng.random(3000) < 1 / 3)
    return X, y_pu, y


def fit(X, y, criterion="ge-binomial", **params):
    settings = {
        "module": MLP(()),
        "steps_per_epoch": 20,
        "lr": 0.03,
        "random_state": 0,
    }
    with untold_collapse():
        return PUClassifier(criterion=criterion, **{**settings, **params}).fit(X, y)


@pytest.mark.parametrize("criterion", ["ge-binomial", "nnpu", "dist-pu", "vpu"])
def test_as_many_unlabeled_samples_are_predicted_positive_as_are_expected(
    unsure, criterion
):
    X, y, _ = unsure
    classifier = fit(X, y, criterion, prior=0.1)
    share = classifier.predict(X[y == 0]).mean()
    assert share >= 0.74 * classifier.unlabeled_prior_


def test_the_threshold_moves_and_the_order_stays(unsure, monkeypatch):
    X, y, truth = unsure
    matched = fit(X, y, prior=0.1)
    monkeypatch.setattr(_matched_prior, "ENOUGH", 0.0)
    as_learnt = fit(X, y, prior=0.1)
    assert as_learnt.predict(X).sum() < 10
    shift = matched.decision_function(X) - as_learnt.decision_function(X)
    np.testing.assert_allclose(shift, shift[0], atol=1e-5)
    share = matched.predict(X[y == 0]).mean()
    assert share == pytest.approx(matched.unlabeled_prior_, abs=2e-3)
    found = matched.predict(X)[truth == 1].mean()
    assert found > 0.2 > as_learnt.predict(X)[truth == 1].mean()


def test_a_wide_sparse_table_is_never_dense_as_a_whole(unsure):
    """A text has 100,000 columns or more, and 2,000 dense rows of them 800 MB."""
    X, y, _ = unsure
    wide = sparse.csr_array(X)
    wide.resize(len(X), 20_000)
    tracemalloc.start()
    fit(wide, y, prior=0.1, steps_per_epoch=1, max_epochs=1)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2000 * 20_000 * 4 / 2


def test_predictions_that_are_enough_are_left_as_they_are(monkeypatch):
    rng = np.random.default_rng(0)
    y = np.arange(400) % 4 == 0
    X = np.float32(rng.normal(size=(400, 4)) + 4 * y[:, None])
    y_pu = y & (np.arange(400) % 8 == 0)
    logits = fit(X, y_pu, prior=0.25).decision_function(X)
    monkeypatch.setattr(_matched_prior, "ENOUGH", 0.0)
    np.testing.assert_array_equal(logits, fit(X, y_pu, prior=0.25).decision_function(X))


class Linear(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(5, 1))


class Doubled(Linear):
    """Its last layer is not the last step."""

    def forward(self, samples):
        return 2 * super().forward(samples)


class WithoutBias(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(5, 1, bias=False))


def test_a_network_of_the_user_is_raised_alike(unsure):
    X, y, _ = unsure
    classifier = fit(X, y, prior=0.1, module=Linear)
    share = classifier.predict(X[y == 0]).mean()
    assert share == pytest.approx(classifier.unlabeled_prior_, abs=2e-3)


@pytest.mark.parametrize(
    "params",
    [
        {"criterion": "pn", "prior": 0.1},
        {"prior": None},
        {"module": Doubled, "prior": 0.1},
        {"module": WithoutBias, "prior": 0.1},
    ],
    ids=["unlabeled are negatives", "all labelled", "goes on", "no bias"],
)
def test_other_networks_predict_as_they_have_learnt(unsure, monkeypatch, params):
    X, y, _ = unsure
    bias = fit(X, y, **params).decision_function(X)
    monkeypatch.setattr(_matched_prior, "ENOUGH", 0.0)
    np.testing.assert_array_equal(bias, fit(X, y, **params).decision_function(X))


def test_regions_of_micrographs_keep_their_bias(monkeypatch):
    micrographs, coordinates = make_micrographs(1, size=48, random_state=0)
    regions = TiledRegions(micrographs, 31)
    labels = regions.labels([coordinates[0][:2]], radius=3)
    params = {"module": ConvNet(31, units=2), "max_epochs": 1, "prior": 0.3}
    before = fit(regions, labels, steps_per_epoch=2, **params)
    monkeypatch.setattr(_matched_prior, "ENOUGH", np.inf)
    after = fit(regions, labels, steps_per_epoch=2, **params)
    for one, other in zip(
        before.net_.module_.parameters(), after.net_.module_.parameters(), strict=True
    ):
        assert torch.equal(one, other)


@given(
    st.lists(st.floats(-9, 9, width=32), min_size=1, max_size=30, unique=True),
    st.floats(0.01, 0.99),
    st.data(),
)
def test_weights_count_as_copies(logits, share, data):
    logits = np.float32(logits)
    counts = data.draw(
        st.lists(st.integers(1, 4), min_size=len(logits), max_size=len(logits))
    )
    copies = np.repeat(logits, counts)
    threshold = threshold_of_share(logits, share, np.array(counts, float))
    assert threshold == threshold_of_share(copies, share)
    assert np.mean(copies > threshold) <= share + 1e-6
    assert np.mean(copies >= threshold) > share - 1e-6
