import warnings

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.datasets import load_breast_cancer, load_digits, make_classification
from sklearn.preprocessing import StandardScaler
from torch import nn

from pusklearn import PUClassifier
from pusklearn.datasets import make_pu
from pusklearn.metrics import PUCollapseWarning
from pusklearn.modules import MLP, ConvNet
from pusklearn.pu.network import _matched_prior
from pusklearn.pu.network._collapse import Look
from pusklearn.pu.network._warn_of_collapse import (
    absurd_scores,
    bounded_output,
    high_lr,
    large_features,
)

SHARE = 0.3


def samples(n=600, d=3, frequency=0.4, seed=0):
    """Return samples with their PU labels, and the truth."""
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < SHARE
    X = rng.normal(size=(n, d)) + 2 * truth[:, None]
    return X, truth & (rng.random(n) < frequency), truth


def quick(module=None, **settings):
    """Return a classifier that learns in a tenth of a second."""
    defaults = {"prior": SHARE, "lr": 0.02, "max_epochs": 4, "steps_per_epoch": 30}
    defaults |= {"batch_size": 64, "random_state": 0}
    return PUClassifier(module or MLP((8,)), **(defaults | settings))


def told(classifier, X, y):
    """Return what the warnings of a collapse say, and fail if there are others."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        classifier.fit(X, y)
    assert all(w.category is PUCollapseWarning for w in caught)
    assert len(caught) <= 1
    return str(caught[0].message) if caught else ""


# Right data


@pytest.mark.parametrize("criterion", ["ge-binomial", "nnpu", "upu", "vpu", "ge-kl"])
@pytest.mark.parametrize("seed", range(2))
def test_right_data_bring_no_warning(criterion, seed):
    X, y, _ = samples(seed=seed)
    assert told(quick(criterion=criterion, random_state=seed), X, y) == ""


@pytest.mark.parametrize("positive_weight", [0.05, 0.1])
def test_weights_that_move_the_prior_bring_no_warning(positive_weight):
    X, y, truth = samples()
    weight = np.where(truth, positive_weight, 1.0)
    prior = weight[truth].sum() / weight.sum()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted = quick(prior=prior).fit(X * 2, y, sample_weight=weight)
    assert fitted.score(X * 2, truth) > 0.9


@pytest.mark.parametrize("frequency", [0.1, 0.5])
def test_measured_features_bring_no_warning(frequency):
    X, benign = load_breast_cancer(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    _, y, _ = make_pu(X, benign, label_frequency=frequency, random_state=0)
    assert told(quick(prior=benign.mean()), X, y) == ""


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_ordinary_classification_brings_no_warning(share):
    X, y = make_classification(1000, weights=[1 - share], random_state=0)
    assert told(quick(prior=None), X, y) == ""


def test_images_bring_no_warning():
    rng = np.random.default_rng(0)
    truth = rng.random(300) < SHARE
    X = rng.normal(size=(300, 16, 16)).astype(np.float32)
    X[truth, 4:12, 4:12] += 1
    y = truth & (rng.random(300) < 0.4)
    assert told(quick(ConvNet(31, units=4), steps_per_epoch=20), X, y) == ""


def test_labels_without_any_order_bring_no_warning():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200, 4)), rng.random(200) < 0.2
    assert told(quick(prior=None), X, y) == ""


def test_a_network_that_is_hardly_trained_brings_no_warning():
    X, y, _ = samples()
    assert told(quick(prior=None, steps_per_epoch=10), X, y) == ""


def test_the_look_changes_no_bit_and_no_random_state(monkeypatch):
    X, y, _ = samples()
    before = torch.get_rng_state()
    random_state = np.random.RandomState(0)
    fitted = quick(prior=None, random_state=random_state)
    with pytest.warns(PUCollapseWarning):
        fitted.fit(X, y)
    draw = random_state.randint(1000)
    assert torch.equal(torch.get_rng_state(), before)
    name = "pusklearn.pu.network._pu_classifier.warn_of_collapse"
    monkeypatch.setattr(name, lambda *_: None)
    random_state = np.random.RandomState(0)
    plain = quick(prior=None, random_state=random_state).fit(X, y)
    np.testing.assert_array_equal(
        plain.decision_function(X), fitted.decision_function(X)
    )
    assert random_state.randint(1000) == draw


# Labels that are too few for the prior


@pytest.mark.parametrize(("prior", "n"), [(0.9, 20), (0.8, 12)])
def test_labels_too_few_for_a_high_prior_are_told_unless_negatives_are_known(prior, n):
    rng = np.random.default_rng(0)
    truth = np.arange(800) < prior * 800
    X, y = rng.normal(size=(800, 3)) + 3 * truth[:, None], np.arange(800) < n
    classifier = quick(prior=prior, scheme="case-control")
    text = told(classifier, X, y)
    assert f"{n} labelled positives are too few if {prior:g} of the unlab" in text
    assert told(quick(prior=prior), X, np.arange(800) < 200) == ""
    known = np.arange(800) >= 795
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        classifier.fit(X, y, known_negative=known)


# Collapses, each with its cause


def ending(activation):
    return lambda: nn.Sequential(
        nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1), activation
    )


@pytest.mark.parametrize(
    ("activation", "word"),
    [
        (nn.Sigmoid(), "sigmoid"),
        (nn.Softmax(dim=1), "softmax"),
        (nn.ReLU(), "ReLU"),
        (nn.Softplus(), "softplus"),
        (nn.LogSigmoid(), "logarithm"),
        (nn.Tanh(), "tangent"),
    ],
    ids=str,
)
def test_the_last_activation_of_a_users_network_is_told(activation, word):
    X, y, _ = samples()
    classifier = quick(ending(activation), criterion="nnpu", lr=0.05)
    text = told(classifier, X, y)
    assert word in text
    assert "must return logits" in text


def test_a_network_of_logits_is_not_bounded():
    X, y, _ = samples()
    assert told(quick(ending(nn.Identity())), X, y) == ""


def test_logits_of_one_sign_are_not_blamed_on_an_activation_alone(monkeypatch):
    # Too few updates: no sample is predicted positive yet, and the bias is not raised.
    monkeypatch.setattr(_matched_prior, "ENOUGH", 0.0)
    X, y, _ = samples()
    short = {"optimizer": "sgd", "lr": 1e-4, "max_epochs": 4}
    text = told(quick(lambda: shifted(-1.0), **short), X, y)
    assert "at most 0, it may also end in an activation" in text
    assert "more updates by `max_epochs`" in text
    text = told(quick(lambda: shifted(-1.0), **(short | {"lr": 2.0})), 1e-3 * X, y)
    assert "The learning rate is probably too high" in text
    noise = np.random.default_rng(0).normal(size=X.shape)
    classifier = quick(lambda: shifted(-2.0), **(short | {"prior": None}))
    assert told(classifier, noise, y) == ""


def shifted(bias):
    """Return a linear network whose logits all lie near a bias at the start."""
    linear = nn.Linear(3, 1)
    nn.init.normal_(linear.weight, std=0.01)
    nn.init.constant_(linear.bias, bias)
    return linear


@pytest.mark.parametrize("scale", [1.7e9, 1e5])
@pytest.mark.parametrize("prior", [SHARE, None])
def test_a_column_of_another_scale_is_told(scale, prior):
    X, y, _ = samples()
    seconds = scale + np.random.default_rng(1).normal(size=(len(X), 1))
    text = told(quick(prior=prior), np.hstack([X, seconds]), y)
    assert "StandardScaler" in text
    assert "column 3" in text


def test_columns_of_large_values_are_named():
    X = np.random.default_rng(0).normal(size=(50, 5)) * [1, 290, 2, 3000, 9]
    names = np.array(list("abcde"), dtype=object)
    text = large_features(X, True, names)
    assert "columns 'd' (" in text
    assert "'b' (" in text
    assert "'e'" not in text
    assert "columns 3 (" in large_features(X, True)
    assert large_features(X / 200, True) is None
    rng = np.random.default_rng(0)
    X, y, _ = samples()
    table = pd.DataFrame(X, columns=list("abc"))
    table["income"] = rng.normal(5e4, 2e4, len(X))
    assert "column 'income' (" in told(quick(), table, y)


def test_grey_values_need_a_scaler_and_shares_of_white_none():
    X = load_digits().data
    assert "StandardScaler" in large_features(X * 16, True)
    assert large_features(X / 16, True) is None


def test_images_of_another_scale_are_told():
    images = np.full((5, 4, 4), 65535.0)
    assert "standard deviation" in large_features(images, is_flat=False)
    assert large_features(images / 65535, is_flat=False) is None


@pytest.mark.parametrize("scale", [1e3, 1e4])
def test_a_learning_rate_far_too_high_is_told(scale):
    X, y, _ = samples()
    assert "learning rate" in told(quick(lr=scale), X, y)


@pytest.mark.parametrize(("lr", "seed"), [(1, 0), (3, 0), (10, 0), (3, 1), (10, 1)])
def test_absurd_log_odds_are_told_beside_a_high_learning_rate(lr, seed):
    X, y, _ = samples(seed=seed)
    text = told(quick(lr=lr, random_state=seed), X, y)
    assert f"learning rate is probably too high: `lr` is {lr:g}" in text


@pytest.mark.parametrize(("share", "is_told"), [(0.2, True), (0.05, False)])
def test_log_odds_are_absurd_if_a_tenth_of_them_are(share, is_told):
    logits = np.where(np.arange(100) < share * 100, -1e3, 1.0)
    look = Look(np.ones((4, 1)), logits[::2], logits[1::2])
    assert (absurd_scores(look) is not None) == is_told


@pytest.mark.parametrize("lr", [0.03, 0.1, 0.3])
@pytest.mark.parametrize("seed", range(2))
def test_good_fits_at_high_learning_rates_bring_no_warning(lr, seed):
    X, y, truth = samples(seed=seed)
    classifier = quick(lr=lr, random_state=seed)
    assert told(classifier, X, y) == ""
    assert classifier.score(X, truth) > 0.9


@pytest.mark.parametrize(
    "optimizer", ["ADAM", torch.optim.RMSprop, torch.optim.NAdam], ids=str
)
def test_a_high_rate_is_seen_for_every_adaptive_optimizer(optimizer):
    assert "`lr` is 1; " in high_lr(quick(lr=1.0, optimizer=optimizer))
    assert high_lr(quick(lr=0.1, optimizer=optimizer)) is None
    assert high_lr(quick(lr=1.0, optimizer=torch.optim.SGD)) is None


def test_a_prior_that_is_not_given_is_told():
    X, y, truth = samples(frequency=0.3)
    classifier = quick(prior=None)
    text = told(classifier, X, y)
    assert "No prior was given, so the labelled share is taken for it" in text
    assert "prior='estimate'" in text
    assert classifier.predict(X)[truth].mean() < 0.05


def test_another_collapse_names_what_can_be_tried():
    rng = np.random.default_rng(0)
    X, y, _ = samples(2000, frequency=0.05)
    rare = 0.06 * rng.normal(size=X.shape)
    text = told(quick(criterion="pn", lr=0.003), rare + 0.05 * X, y)
    assert "finds 0% of the labelled" in text
    assert "'ge-binomial', collapses least" in text


def test_networks_of_the_package_are_not_said_to_be_bounded():
    look = Look(np.ones((4, 1)), np.full(2, 0.5), np.full(2, 0.4))
    assert bounded_output(MLP(), look) is None
    assert "between 0.4 and 0.5" in bounded_output(nn.Linear, look)


@pytest.mark.parametrize(("value", "is_told"), [(0.0, True), (1.0, True), (0.3, False)])
def test_a_constant_is_that_of_an_activation_if_it_is_0_or_1(value, is_told):
    look = Look(np.ones((4, 1)), np.full(2, value), np.full(2, value))
    assert (bounded_output(nn.Linear, look) is not None) == is_told


def test_an_order_by_chance_is_told_beside_features_of_another_scale(monkeypatch):
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=200), 1e9 * np.ones(200)])
    look = Look(X, rng.normal(size=50), rng.normal(size=150))
    name = "pusklearn.pu.network._warn_of_collapse.look_at"
    monkeypatch.setattr(name, lambda *_: look)
    X, y, _ = samples()
    text = told(quick(prior=0.5), X, y)
    assert "by chance" in text
    assert "StandardScaler" in text


def test_very_few_labels_are_told():
    X, y, _ = samples()
    few = np.where(np.cumsum(y) <= 4, y, 0)
    classifier = quick()
    text = told(classifier, X, few)
    assert text.startswith("4 labelled positives are too few to tell")
    negative = np.arange(len(y)) < 5
    negative &= few == 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        classifier.fit(X, few, known_negative=negative)


@pytest.mark.parametrize("seed", [0, 1])
def test_a_training_that_has_hardly_begun_is_told(seed):
    """Its bias is matched to the prior, so it predicts as many positives as it says."""
    _, y, _ = samples()
    X = np.random.default_rng(seed).normal(size=(len(y), 3))
    classifier = quick(lr=1e-5, random_state=seed)
    text = told(classifier, X, y)
    assert "was trained on by chance" in text
    assert "more updates" in text
    assert 0.2 < np.mean(classifier.predict(X)) < 0.7
