from collections import Counter
from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import sparse
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder, StandardScaler, normalize
from skorch.callbacks import LRScheduler

from pusklearn import PUClassifier, load, save
from pusklearn.datasets import make_pu
from pusklearn.modules import MLP
from pusklearn.pu._row_view import RowView
from pusklearn.pu._samples import ArraySamples, as_samples
from pusklearn.pu._untold_collapse import untold_collapse
from pusklearn.pu.network import _chosen_training
from pusklearn.pu.network._automatic_settings import resolve_module
from pusklearn.pu.network._chosen_training import (
    OPEN,
    SHORT,
    find_training,
    held_out_ranks,
    is_linear,
    linear_training,
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


def training_of(X, y, negatives=NO_ROWS, weights=None, start=None, **params):
    """Return the training that a classifier would take."""
    unfitted = classifier(**params)
    unfitted.sample_shape_ = X.shape[1:]
    learnt = Part(as_samples(X), np.flatnonzero(y), slice(None), weights, negatives)
    prior = y.mean() if unfitted.prior is None else unfitted.prior
    module = resolve_module(unfitted.module, X.shape[1:])
    return find_training(unfitted, module, learnt, Priors(prior, y.mean()), start)


def steps_of(*args, **params):
    """Return the updates of an epoch that a classifier would take."""
    return training_of(*args, **params).steps_per_epoch


@pytest.fixture
def trainings(monkeypatch):
    """Count the held-out trainings, and let them be short."""
    counted = Counter()

    def ranks(trial, *args):
        counted[trial.steps_per_epoch] += 1
        return held_out_ranks(clone(trial).set_params(steps_per_epoch=2), *args)

    monkeypatch.setattr(_chosen_training, "held_out_ranks", ranks)
    monkeypatch.setattr(_chosen_training, "CLEAR_AREA", 2.0)
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

    monkeypatch.setattr(_chosen_training, "held_out_ranks", ranks)
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
    monkeypatch.setattr(
        _chosen_training,
        "best_training",
        lambda classifier, usual, *args: usual._replace(steps_per_epoch=15),
    )
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
        ({"initial": PUClassifier(), "start": {"module_": MLP()}}, 40, 50),
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


def test_weights_and_known_negatives_are_held_out_with_their_samples(trainings):
    X, y = table(1.0)
    negatives = np.flatnonzero((np.arange(600) % 5 == 1) & (np.arange(600) < 200))
    weights = np.where(np.arange(600) < 300, 1.0, 2.0)
    assert steps_of(X, y, negatives, weights) * 10 in (150, 400, 1000)
    assert trainings == {150: 3, 400: 3}


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
    priors = Priors(labeled + 1e-5, labeled)
    with untold_collapse():
        find_training(unfitted, unfitted.module, learnt, priors)
    assert trainings == {150: 3, 400: 3}


def test_labels_are_not_ranked_among_next_to_no_unlabeled_samples(trainings):
    X, y = table(1.0)
    X, y = np.concatenate([X[y == 1], X[y == 0][:29]]), np.repeat([1, 0], [40, 29])
    assert steps_of(X, y, prior=0.8) == 100
    assert not trainings


def ranks_by_training(monkeypatch, values):
    """Let trainings rank the held-out labels by "short", "longer" and "linear"."""

    def ranks(trial, part, is_positive, is_held_out):
        steps = {150: "short", 400: "longer"}[trial.steps_per_epoch]
        given = values["linear" if is_linear(trial.module) else steps]
        return np.resize(np.array(given), int((is_positive & is_held_out).sum()))

    monkeypatch.setattr(_chosen_training, "held_out_ranks", ranks)


def sparse_table():
    """A table of which a twentieth of the values is not 0."""
    X, y = table(1.0)
    return np.concatenate([X[:, :3], np.zeros((600, 57))], axis=1), y


@pytest.mark.parametrize(
    ("short", "longer", "linear", "is_taken"),
    [
        ([0.6, 0.8], [0.6, 0.79], [0.6, 0.8], True),
        ([0.6, 0.8], [0.6, 0.79], [0.57, 0.825], True),
        ([0.6, 0.8], [0.6, 0.79], [0.55, 0.75], False),
        ([0.6, 0.65], [0.8, 0.9], [0.7, 0.8], False),
        ([0.97, 0.99], [0.95, 0.97], [0.97, 0.99], True),
        ([0.97, 0.99], [0.95, 0.97], [0.96, 0.98], False),
    ],
    ids=["even", "hardly lower", "lower", "lower than one", "clear", "clearly lower"],
)
def test_of_texts_the_linear_network_is_the_usual_one(
    monkeypatch, short, longer, linear, is_taken
):
    values = {"short": short, "longer": longer, "linear": linear}
    ranks_by_training(monkeypatch, values)
    X, y = sparse_table()
    for samples in (X, sparse.csr_array(X)):
        training = training_of(samples, y, module="auto")
        assert is_linear(training.module) is is_taken
        if is_taken:
            assert training.steps_per_epoch * 10 == SHORT
        else:
            assert training[:3] == (training.module, "adam", 3e-3)
            assert training.module.get_params() == MLP().get_params()


def test_other_tables_have_no_linear_network(monkeypatch):
    values = {"short": [0.6, 0.7], "longer": [0.6, 0.7], "linear": [0.9, 0.95]}
    ranks_by_training(monkeypatch, values)
    X, y = sparse_table()
    assert not is_linear(training_of(X[:, :59], y, module="auto").module)


@pytest.mark.parametrize(
    "params",
    [
        {"module": MLP()},
        {"optimizer": "sgd"},
        {"optimizer": torch.optim.Adam},
        {"lr": 1e-3},
        {"weight_decay": 0.1},
        {"reconstruction_weight": 0.1},
        {"callbacks": [LRScheduler]},
        {"callbacks": [("schedule", LRScheduler())]},
    ],
    ids=[
        "module",
        "optimizer",
        "class",
        "lr",
        "decay",
        "decoder",
        "schedule class",
        "schedule",
    ],
)
def test_what_is_given_is_trained(monkeypatch, params):
    values = {"short": [0.6, 0.7], "longer": [0.6, 0.7], "linear": [0.9, 0.95]}
    ranks_by_training(monkeypatch, values)
    X, y = sparse_table()
    assert is_linear(training_of(X, y, module="auto").module)
    training = training_of(X, y, **{"module": "auto", **params})
    assert training.module.get_params() == MLP().get_params()


def test_open_settings_are_the_defaults():
    defaults = PUClassifier().get_params()
    assert {name: defaults[name] for name in OPEN} == OPEN


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_array, RowView])
@pytest.mark.parametrize("n", [7, 5000])
def test_the_learning_rate_is_the_inverse_of_the_mean_squared_length(kind, n):
    X = np.zeros((n, 50))
    X[:, :2] = np.random.default_rng(0).normal(size=(n, 2))
    module, *others = linear_training(as_samples(kind(X.astype(np.float32))))
    exact = 1 / np.square(X).sum(1).mean()
    assert is_linear(module)
    assert others == ["sgd", pytest.approx(exact, rel=1e-6 if n == 7 else 0.1), SHORT]


@pytest.mark.parametrize("value", [0.0, 1e-160, 1e200], ids=["zeros", "tiny", "huge"])
def test_samples_of_no_length_have_no_learning_rate(value):
    X = np.zeros((9, 50))
    X[:, 0] = value
    samples = ArraySamples(X)
    samples.pick = lambda rows: X[rows]  # values that float32 does not have
    with np.errstate(over="ignore"):
        assert linear_training(samples) is None


def texts(seed, n=1500, n_words=400, n_topics=8):
    """Messages of a few words; those of the first two topics are positives."""
    rng = np.random.default_rng(seed)
    topics = np.exp(2 * rng.normal(size=(n_topics, n_words)))
    words = topics / topics.sum(1, keepdims=True) + 1 / n_words
    topic = rng.integers(0, n_topics, n)
    counts = rng.multinomial(rng.poisson(12, n) + 3, words[topic] / 2)
    return normalize(sparse.csr_array(counts, dtype=float)), (topic < 2).astype(int)


@pytest.mark.slow  # three networks of 300 units learn 550 updates each
def test_few_labels_of_texts_are_learnt_by_a_linear_network():
    X, y = texts(0)
    X_pu, y_pu, _ = make_pu(X[:1000], y[:1000], n_labeled=30, random_state=0)
    fitted = PUClassifier(prior=0.25, random_state=0).fit(X_pu, y_pu)
    assert is_linear(fitted.module_)
    network = PUClassifier(MLP(), prior=0.25, random_state=0).fit(X_pu, y_pu)
    areas = [
        roc_auc_score(y[1000:], one.decision_function(X[1000:]))
        for one in (fitted, network)
    ]
    assert areas[0] > areas[1] + 0.03


@pytest.fixture(scope="module")
def linear():
    """A classifier that has chosen the linear network, and its samples and labels."""
    X, y = texts(0)
    X, y, _ = make_pu(X, y, n_labeled=30, random_state=0)
    with pytest.MonkeyPatch.context() as patch:
        values = {"short": [0.6], "longer": [0.6], "linear": [0.7]}
        ranks_by_training(patch, values)
        return PUClassifier(prior=0.25, random_state=0).fit(X, y), X, y


def test_the_attributes_tell_what_was_chosen(linear):
    fitted, X, y = linear
    assert is_linear(fitted.module_)
    assert fitted.steps_per_epoch_ * fitted.max_epochs == 150
    assert fitted.optimizer_ == "sgd"
    assert fitted.lr_ == pytest.approx(1, rel=1e-6)
    same = PUClassifier(MLP(()), prior=0.25, optimizer="sgd", lr=fitted.lr_)
    same.set_params(steps_per_epoch=fitted.steps_per_epoch_, random_state=0)
    np.testing.assert_array_equal(
        same.fit(X, y).decision_function(X), fitted.decision_function(X)
    )


def test_a_training_goes_on_with_the_network_that_was_chosen(linear):
    fitted, X, y = linear
    again = deepcopy(fitted).set_params(warm_start=True, max_epochs=1, lr=3e-3)
    again.set_params(steps_per_epoch=3).fit(X, y)
    assert is_linear(again.module_)
    assert (again.optimizer_, again.lr_) == ("sgd", fitted.lr_)
    assert len(again.net_.history) == 11


def test_a_training_starts_with_the_network_that_was_chosen(linear):
    fitted, X, y = linear
    start = PUClassifier(prior=0.25, initial=fitted, max_epochs=1, random_state=0)
    start.fit(X, y)
    assert is_linear(start.module_)
    assert (start.optimizer_, start.lr_) == ("sgd", fitted.lr_)
    own = clone(start).set_params(lr=1e-2).fit(X, y)
    assert is_linear(own.module_)
    assert (own.optimizer_, own.lr_) == ("adam", 1e-2)
    with pytest.raises(ValueError, match="same shape"):
        clone(start).set_params(module=MLP((4,))).fit(X, y)


def test_a_fit_of_an_earlier_version_has_the_learning_of_its_parameters():
    learning = {"optimizer": "sgd", "lr": 0.5}
    start = {"module_": MLP(()), **learning}
    X, y = np.zeros((4, 2)), np.array([1, 0, 0, 0])
    found = training_of(X, y, start=start, module="auto")
    assert (found.optimizer, found.lr) == ("sgd", 0.5)


def test_a_classifier_that_chose_is_saved_whole(linear, tmp_path):
    fitted, X, _ = linear
    save(fitted, tmp_path / "texts.pusk")
    again = load(tmp_path / "texts.pusk")
    np.testing.assert_array_equal(
        again.decision_function(X), fitted.decision_function(X)
    )
    assert (again.optimizer_, again.lr_) == ("sgd", fitted.lr_)
