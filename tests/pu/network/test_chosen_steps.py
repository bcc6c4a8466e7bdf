from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from pusklearn import PUClassifier
from pusklearn.datasets import make_pu
from pusklearn.modules import MLP
from pusklearn.pu._samples import as_samples
from pusklearn.pu._untold_collapse import untold_collapse
from pusklearn.pu.network import _chosen_steps
from pusklearn.pu.network._chosen_steps import (
    area_of_classes,
    find_steps,
    held_out_ranks,
    prior_among,
    some_of,
)
from pusklearn.pu.network._hold_out import Part
from pusklearn.pu.network._known_negatives import NO_ROWS
from pusklearn.pu.priors._priors import Priors


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


def steps_of(X, y, negatives=NO_ROWS, weights=None, **params):
    """Return the updates of an epoch that a classifier would take."""
    unfitted = classifier(**params)
    unfitted.sample_shape_ = X.shape[1:]
    learnt = Part(as_samples(X), np.flatnonzero(y), slice(None), weights, negatives)
    prior = y.mean() if unfitted.prior is None else unfitted.prior
    return find_steps(unfitted, learnt, Priors(prior, y.mean()))


@pytest.fixture
def trainings(monkeypatch):
    """Count the held-out trainings, and let them be short."""
    counted = Counter()

    def ranks(trial, *args):
        counted[trial.steps_per_epoch] += 1
        return held_out_ranks(clone(trial).set_params(steps_per_epoch=2), *args)

    monkeypatch.setattr(_chosen_steps, "held_out_ranks", ranks)
    monkeypatch.setattr(_chosen_steps, "CLEAR_AREA", 2.0)
    return counted


@pytest.mark.parametrize(
    ("short", "longer", "updates"),
    [
        ([0.7, 0.8], [0.6, 0.65], 150),
        ([0.6, 0.65], [0.7, 0.8], 1000),
        ([0.6, 0.8], [0.8, 0.6], 400),
        ([0.97, 0.99], [0.5, 0.5], 1000),
    ],
    ids=["overfits", "learns on", "neither", "clear classes"],
)
def test_the_updates_follow_from_how_held_out_labels_rank(
    monkeypatch, short, longer, updates
):
    def ranks(trial, part, is_positive, is_held_out):
        values = {150: short, 400: longer}[trial.steps_per_epoch]
        return np.resize(np.array(values), int((is_positive & is_held_out).sum()))

    monkeypatch.setattr(_chosen_steps, "held_out_ranks", ranks)
    assert steps_of(*table(1.0)) * 10 == updates


@pytest.mark.slow
def test_few_labels_of_a_noisy_table_are_not_learnt_by_heart(data_dir):
    """About 36 customers of 3,164 are known to have taken an offer."""
    customers = pd.read_csv(data_dir / "pu" / "bank.csv", sep=";")
    y = (customers.pop("y") == "yes").to_numpy(int)
    numbers = customers.select_dtypes("number").columns
    columns = make_column_transformer(
        (StandardScaler(), numbers), remainder=OneHotEncoder(handle_unknown="ignore")
    )
    areas = []
    for seed in range(5):
        X, X_test, y_train, y_test = train_test_split(
            customers, y, test_size=0.3, stratify=y, random_state=seed
        )
        X = columns.fit_transform(X)
        X, y_pu, y_true = make_pu(X, y_train, label_frequency=0.1, random_state=seed)
        fitted = PUClassifier(prior=y_true.mean(), random_state=seed).fit(X, y_pu)
        assert fitted.steps_per_epoch_ * fitted.max_epochs == 150
        scores = fitted.decision_function(columns.transform(X_test))
        areas.append(roc_auc_score(y_test, scores))
    assert np.mean(areas) >= 0.83


def test_the_choice_is_all_that_changes(monkeypatch):
    X, y = table(1.0)
    monkeypatch.setattr(_chosen_steps, "best_updates", lambda *args: 150)
    chosen = classifier().fit(X, y)
    given_ = classifier(steps_per_epoch=15).fit(X, y)
    assert chosen.steps_per_epoch_ == 15
    np.testing.assert_array_equal(
        chosen.decision_function(X), given_.decision_function(X)
    )


@pytest.mark.parametrize(
    ("n_labels", "folds"), [(10, 3), (60, 3), (90, 2), (110, 2), (180, 1)]
)
def test_as_many_folds_are_held_out_as_give_sixty_labels(trainings, n_labels, folds):
    steps_of(*table(1.0, n=1000, n_labels=n_labels))
    assert trainings == {150: folds, 400: folds}


@pytest.mark.parametrize(
    ("params", "n_labels", "steps"),
    [
        ({}, 9, 100),
        ({}, 501, 200),
        ({"steps_per_epoch": 45}, 40, 45),
        ({"max_epochs": 4}, 40, 100),
        ({"prior": None}, 40, 100),
        ({"warm_start": True}, 40, 100),
        ({"initial": PUClassifier()}, 40, 50),
    ],
    ids=["few labels", "many", "given", "short", "no prior", "goes on", "starts"],
)
def test_nothing_is_held_out_if_there_is_nothing_to_choose(
    trainings, params, n_labels, steps
):
    assert steps_of(*table(3.0, n=4000, n_labels=n_labels), **params) == steps
    assert not trainings


def test_images_are_learnt_from_at_length(trainings):
    X, y = table(3.0, n_features=16)
    images = X.reshape(-1, 4, 4)
    assert steps_of(images, y) == as_samples(images).default_steps(40)
    assert not trainings


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


def test_weights_and_known_negatives_are_held_out_with_their_samples(trainings):
    X, y = table(1.0)
    negatives = np.flatnonzero((np.arange(600) % 5 == 1) & (np.arange(600) < 200))
    weights = np.where(np.arange(600) < 300, 1.0, 2.0)
    assert steps_of(X, y, negatives, weights) * 10 in (150, 400, 1000)
    assert trainings == {150: 3, 400: 3}


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


@pytest.mark.parametrize("has_weights", [False, True], ids=["equal", "weights"])
def test_a_prior_just_above_the_labelled_share_suits_every_fold(trainings, has_weights):
    """Some folds have more labels, or heavier ones, than the prior of all samples."""
    X, y = table(1.0, n=400)
    weights = np.ones(400)
    if has_weights:
        weights = np.random.default_rng(0).exponential(size=400) ** 3
    labeled = weights[y == 1].sum() / weights.sum()
    unfitted = classifier(prior=labeled + 1e-5)
    unfitted.sample_shape_ = X.shape[1:]
    learnt = Part(as_samples(X), np.flatnonzero(y), slice(None), weights)
    with untold_collapse():
        find_steps(unfitted, learnt, Priors(labeled + 1e-5, labeled))
    assert trainings == {150: 3, 400: 3}


def test_labels_are_not_ranked_among_next_to_no_unlabeled_samples(trainings):
    X, y = table(1.0)
    X, y = np.concatenate([X[y == 1], X[y == 0][:29]]), np.repeat([1, 0], [40, 29])
    assert steps_of(X, y, prior=0.8) == 100
    assert not trainings


def test_some_of_many_samples_hold_all_labels(monkeypatch):
    monkeypatch.setattr(_chosen_steps, "MOST_SAMPLES", 100)
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
