"""Clones of the folds learn in a sixth of the updates."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from skorch.callbacks import EpochScoring

from pusklearn import PUClassifier, TiledRegions
from pusklearn.micrographs.regions._short_training import labels_at, learn, short_clone
from pusklearn.modules import ConvNet


@pytest.fixture
def regions():
    rng = np.random.default_rng(0)
    return TiledRegions([rng.normal(size=(40, 50)).astype(np.float32)], 31)


def test_a_network_makes_a_sixth_of_the_updates(regions):
    classifier = PUClassifier(
        ConvNet(31),
        steps_per_epoch=60,
        callbacks=[EpochScoring("accuracy")],
        validation_fraction=0.2,
        verbose=1,
    )
    short = short_clone(classifier, regions, 10, 7, 0.02)
    assert short.steps_per_epoch == 10
    assert (short.prior, short.random_state, short.verbose) == (0.02, 7, 0)
    assert (short.callbacks, short.validation_fraction) == (None, 0.0)
    assert short.max_epochs == classifier.max_epochs
    assert classifier.prior is None
    few = short_clone(PUClassifier(steps_per_epoch=2), regions, 10, 7, None)
    assert few.steps_per_epoch == 1


@pytest.mark.parametrize(("n_labels", "steps"), [(10, 60), (100, 100)])
def test_updates_follow_from_all_labels(regions, n_labels, steps):
    short = short_clone(PUClassifier(), regions, n_labels, 7, None)
    assert short.steps_per_epoch == round(steps / 6)
    start = PUClassifier(ConvNet(31), initial=PUClassifier(ConvNet(31)))
    assert short_clone(start, regions, n_labels, 7, None).steps_per_epoch == round(
        steps / 12
    )


def test_other_classifiers_learn_as_they_always_do(regions):
    forest = make_pipeline(RandomForestClassifier(n_estimators=3))
    short = short_clone(forest, regions, 10, 7, None)
    assert short[0].random_state == 7
    assert short[0].n_estimators == 3


class Counts(RandomForestClassifier):
    """Counts the samples that it is given."""

    def fit(self, X, y):
        self.n_samples_ = len(X)
        return self


def test_only_networks_of_the_library_leave_out_missing_regions_themselves():
    image = np.random.default_rng(0).normal(size=(40, 50)).astype(np.float32)
    image[:, :20] = np.nan
    regions = TiledRegions([image], 3)
    labels = labels_at(np.array([30, 31]), regions, Counts())
    assert labels.tolist() == [int(row in (30, 31)) for row in range(2000)]
    assert learn(Counts(), regions, labels).n_samples_ == 40 * 30


def test_labels_of_large_micrographs_are_sparse_for_those_who_take_them(
    regions, monkeypatch
):
    monkeypatch.setattr(
        "pusklearn.micrographs.images._lazy_rows.MOST_PIXELS", 1, raising=True
    )
    rows = np.array([3, 7])
    sparse = labels_at(rows, regions, PUClassifier())
    assert sparse.shape == (2000, 1)
    assert sparse.nonzero()[0].tolist() == [3, 7]
    dense = labels_at(rows, regions, RandomForestClassifier())
    assert np.flatnonzero(dense).tolist() == [3, 7]
