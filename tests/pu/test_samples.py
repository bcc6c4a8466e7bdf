import numpy as np
import pandas as pd
import pytest
import torch
from scipy.sparse import coo_array, csc_matrix, csr_array
from sklearn.base import clone

from pusklearn import PUClassifier
from pusklearn.modules import MLP
from pusklearn.pu._samples import ArraySamples, as_samples, warn_of_channels

CPU = torch.device("cpu")
SYMMETRIES = {
    (flip, turns): (lambda image, f=flip, k=turns: np.rot90(image.T if f else image, k))
    for flip in (False, True)
    for turns in range(4)
}


def test_gathered_images_get_a_channel_axis():
    X = np.random.default_rng(0).normal(size=(6, 4, 3)).astype(np.float32)
    batch = as_samples(X).on(CPU).gather(np.array([2, 0]))
    np.testing.assert_array_equal(batch[:, 0], X[[2, 0]])


def test_channels_are_turned_together():
    X = np.random.default_rng(0).normal(size=(1, 2, 3, 3)).astype(np.float32)
    batch = as_samples(X).on(CPU).gather(np.zeros(8, int), np.arange(8)).numpy()
    pairs = {(s(X[0, 0]).tobytes(), s(X[0, 1]).tobytes()) for s in SYMMETRIES.values()}
    for first, second in batch:
        pair = (
            np.ascontiguousarray(first).tobytes(),
            np.ascontiguousarray(second).tobytes(),
        )
        assert pair in pairs
    assert len(pairs) == 8


@pytest.mark.parametrize("size", [4, 5])
def test_turns_are_the_eight_symmetries_of_the_image(size):
    X = np.random.default_rng(0).normal(size=(3, size, size)).astype(np.float32)
    samples = as_samples(X).on(CPU)
    assert samples.n_turns == 8
    batch = samples.gather(np.full(8, 1), np.arange(8))[:, 0].numpy()
    expected = {s(X[1]).tobytes() for s in SYMMETRIES.values()}
    assert {np.ascontiguousarray(image).tobytes() for image in batch} == expected
    np.testing.assert_array_equal(batch[0], X[1])


@pytest.mark.parametrize(
    "X",
    [[[1, 2], [3, 4]], pd.DataFrame({"a": [1, 2]}), np.eye(2)],
    ids=["list", "DataFrame", "array"],
)
def test_what_is_not_registered_is_an_array_without_groups(X):
    samples = as_samples(X)
    assert type(samples) is ArraySamples
    assert samples.X is X
    assert samples.groups is None
    assert samples.default_augment is False


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((3, 8, 6), "shift-mirror"),
        ((1, 8, 8), "shift"),
        ((4, 8, 8), "shift"),
        ((3, 8), "shift"),
        ((3,), False),
    ],
)
def test_images_are_shifted_and_those_of_three_channels_mirrored(shape, expected):
    assert as_samples(np.zeros((2, *shape))).default_augment == expected


@pytest.mark.parametrize("kind", [csr_array, csc_matrix, coo_array])
@pytest.mark.parametrize("prior", [0.4, "estimate"])
def test_sparse_samples_are_learnt_as_dense_ones(kind, prior, few_trees):
    rng = np.random.default_rng(0)
    X = rng.poisson(0.5, size=(120, 6)).astype(float)
    y = np.arange(120) < 30
    X[:45, 0] += 2
    settings = {"max_epochs": 2, "steps_per_epoch": 10, "validation_fraction": 0.2}
    classifier = PUClassifier(MLP((8,)), prior=prior, random_state=0, **settings)
    dense = clone(classifier).fit(X, y)
    sparse = clone(classifier).fit(kind(X), y)
    expected = dense.decision_function(X)
    np.testing.assert_array_equal(sparse.decision_function(kind(X)), expected)
    np.testing.assert_array_equal(sparse.decision_function(X), expected)
    assert sparse.prior_ == dense.prior_
    assert sparse.n_features_in_ == 6


def test_sparse_samples_of_another_width_are_refused():
    X = csr_array(np.eye(8))
    classifier = PUClassifier(MLP((4,)), max_epochs=1, steps_per_epoch=1)
    classifier.fit(X, np.arange(8) < 4)
    with pytest.raises(ValueError, match="expecting 8 features"):
        classifier.predict(csr_array(np.eye(7)))


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_channels_that_are_last_bring_a_warning(channels):
    with pytest.warns(UserWarning, match=r"moveaxis\(X, -1, 1\)"):
        warn_of_channels((5, 32, 16, channels))


@pytest.mark.parametrize(
    "shape", [(5, 3, 32, 32), (5, 1, 9, 9), (5, 64, 3, 3), (5, 3, 7, 3), (5, 9, 9)]
)
def test_channels_that_are_first_bring_none(shape, recwarn):
    warn_of_channels(shape)
    assert not recwarn
