import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from skorch.callbacks import Callback, LRScheduler
from torch import nn

from pusklearn import BaggingPUClassifier, PUClassifier, load, save
from pusklearn.metrics import pu_scorer
from pusklearn.modules import MLP, ConvNet
from pusklearn.pu.network import _matched_prior
from pusklearn.pu.network._initial import without_own_start

QUICK = {"max_epochs": 2, "steps_per_epoch": 4, "batch_size": 16, "random_state": 0}
RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 5)).astype(np.float32)
Y = X[:, 0] > 0.3
IMAGES = RNG.normal(size=(60, 9, 9)).astype(np.float32)
OF_IMAGES = IMAGES.mean((1, 2)) > 0.05


class Start(Callback):
    """Keep the weights that the training starts from."""

    def on_train_begin(self, net, **kwargs):
        self.weights_ = {k: v.clone() for k, v in net.module_.state_dict().items()}


class TwoLayers(nn.Module):
    def __init__(self, hidden=4):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(5, hidden), nn.ReLU())
        self.last = nn.Linear(hidden, 1)

    def forward(self, samples):
        return self.last(self.layers(samples))


@pytest.fixture(scope="module")
def flat():
    return PUClassifier(MLP((4,)), **QUICK).fit(X, Y)


@pytest.fixture(scope="module")
def of_images():
    return PUClassifier(ConvNet(units=2), reconstruction_weight=0.1, **QUICK).fit(
        IMAGES, OF_IMAGES
    )


def weights(classifier):
    return classifier.net_.module_.state_dict()


def equal(first, second):
    """Compare the values of two state dicts; dropout shifts the numbers of layers."""
    pairs = zip(first.values(), second.values(), strict=True)
    return all(torch.equal(one, other) for one, other in pairs)


@pytest.mark.parametrize("module", ["auto", MLP((4,))], ids=["auto", "given"])
@pytest.mark.parametrize("is_frozen", [False, True])
def test_the_first_update_starts_from_exactly_the_weights_of_initial(
    flat, module, is_frozen
):
    start, before = Start(), pickle.dumps(weights(flat))
    initial = FrozenEstimator(flat) if is_frozen else flat
    classifier = PUClassifier(module, initial=initial, callbacks=[start], **QUICK)
    classifier.set_params(random_state=1).fit(X, Y)
    assert equal(start.weights_, weights(flat))
    assert not equal(weights(classifier), weights(flat))
    assert classifier.module_.hidden == (4,)
    assert classifier.module_ is not flat.module_
    assert pickle.dumps(weights(flat)) == before


def test_updates_of_no_length_leave_the_scores_of_initial(flat):
    classifier = PUClassifier(initial=flat, lr=1e-30, **QUICK).fit(X[:50], Y[:50])
    np.testing.assert_array_equal(
        classifier.decision_function(X), flat.decision_function(X)
    )


def test_a_good_start_needs_few_labels_and_updates():
    rng = np.random.default_rng(1)
    samples = rng.normal(size=(2000, 8)).astype(np.float32)
    truth = samples[:, :3].sum(1) > 0
    good = PUClassifier(MLP((16,)), steps_per_epoch=30, random_state=0)
    good.fit(samples[:1000], truth[:1000])
    labels = np.zeros(1000, bool)
    labels[np.flatnonzero(truth[1000:])[:3]] = True
    accuracy = {
        name: PUClassifier(MLP((16,)), prior=0.5, initial=start, lr=1e-4, **QUICK)
        .fit(samples[1000:], labels)
        .score(samples[:1000], truth[:1000])
        for name, start in (("anew", None), ("good", good))
    }
    assert accuracy["good"] > 0.9 > 0.7 > accuracy["anew"]


def parameters(classifier):
    network = classifier.net_.module_.network
    return [weight.detach().numpy() for weight in network.parameters()]


def still_at_the_end(update):
    """Give 0 as the learning rate of the last two of ten updates."""
    return float(update < 8)


@pytest.mark.parametrize(("own", "share"), [(16, 0.5), (4, 0.8), (48, 0.25)])
def test_the_end_is_the_mean_of_both_weights_by_their_labels(
    flat, own, share, monkeypatch
):
    # The weights are compared as they were learnt.
    monkeypatch.setattr(_matched_prior, "ENOUGH", 0.0)
    labels = np.zeros(len(X), bool)
    labels[np.flatnonzero(Y)[:16]] = True
    schedule = LRScheduler(
        torch.optim.lr_scheduler.LambdaLR,
        lr_lambda=still_at_the_end,
        step_every="batch",
    )
    ten = {**QUICK, "steps_per_epoch": 5, "lr": 1e-2, "callbacks": [schedule]}
    free, back = (
        parameters(
            PUClassifier(initial=flat, prior=0.4, initial_labels=n, **ten).fit(
                X, labels
            )
        )
        for n in (0, own)
    )
    for first, last, mean in zip(parameters(flat), free, back, strict=True):
        expected = (1 - share) * first + share * last
        np.testing.assert_allclose(mean, expected, rtol=1e-4, atol=1e-6)
        assert np.abs(last - first).max() > 0.01


def test_weights_that_count_far_more_than_the_labels_are_what_is_left(flat):
    settings = {**QUICK, "max_epochs": 40, "lr": 1e-2, "initial_labels": 1e9}
    classifier = PUClassifier(initial=flat, **settings).fit(X, ~Y)
    for first, last in zip(parameters(flat), parameters(classifier), strict=True):
        np.testing.assert_allclose(last, first, atol=1e-3)


def test_half_of_the_usual_updates_are_made(flat):
    for initial, n_updates in ((None, 100), (flat, 50)):
        classifier = PUClassifier(
            MLP((4,)), initial=initial, max_epochs=1, random_state=0
        )
        history = classifier.fit(X, Y).net_.history
        assert history[-1, "train_batch_count"] == n_updates


@pytest.mark.parametrize(
    ("number", "error"), [(-1, ValueError), (np.inf, ValueError), ("20", TypeError)]
)
def test_the_labels_of_initial_are_a_number(flat, number, error):
    message = r"`initial_labels` must be a number in \[0, inf\)"
    with pytest.raises(error, match=message):
        PUClassifier(initial=flat, initial_labels=number).fit(X, Y)


def test_a_clone_has_the_initial_classifier_with_its_fit(flat):
    classifier = PUClassifier(initial=flat, **QUICK).fit(X, Y)
    cloned = clone(clone(classifier))
    assert cloned.initial is flat
    assert not hasattr(cloned, "net_")
    assert equal(weights(cloned.fit(X, Y)), weights(classifier))


def test_trainings_may_follow_each_other(flat):
    second = PUClassifier(initial=flat, **QUICK).fit(X, Y)
    third = PUClassifier(initial=second, **QUICK).fit(X, Y)
    assert third.module_.hidden == (4,)
    assert without_own_start(flat) is flat
    bare = without_own_start(second)
    assert bare.initial is None
    assert bare.net_ is second.net_
    assert second.initial is flat
    fourth = PUClassifier(initial=bare, **QUICK).fit(X, Y)
    assert equal(weights(fourth), weights(third))


def test_what_is_inside_the_initial_classifier_is_no_parameter(flat):
    classifier = PUClassifier(initial=flat)
    names = set(classifier.get_params())
    assert names == set(PUClassifier().get_params())
    assert classifier.get_params()["initial"] is flat
    classifier.set_params(**classifier.get_params())
    assert classifier.initial is flat
    with pytest.raises(ValueError, match="so 'initial__lr' cannot be set"):
        classifier.set_params(initial__lr=1.0)


def test_a_grid_search_starts_from_it_and_searches_over_it(flat):
    grid = {"lr": [1e-3], "initial": [None, FrozenEstimator(flat)]}
    scoring = pu_scorer("f1", prior=0.5)
    search = GridSearchCV(PUClassifier(MLP((4,)), **QUICK), grid, scoring=scoring, cv=2)
    search.fit(X, Y)
    direct = PUClassifier(MLP((4,)), initial=flat, lr=1e-3, **QUICK)
    inside = GridSearchCV(direct, {"lr": [1e-3]}, scoring=scoring, cv=2).fit(X, Y)
    assert inside.best_score_ == search.cv_results_["mean_test_score"][1]
    assert equal(weights(inside.best_estimator_), weights(direct.fit(X, Y)))


def test_the_clones_of_an_ensemble_start_from_it(flat):
    bagging = BaggingPUClassifier(
        PUClassifier(initial=flat, **QUICK), n_estimators=2, random_state=0
    ).fit(X, Y)
    assert all(inner.initial is flat for inner in bagging.estimators_)


@pytest.mark.parametrize("way", ["pickle", "save"])
def test_it_is_saved_with_its_start(flat, tmp_path, way):
    classifier = PUClassifier(initial=FrozenEstimator(flat), **QUICK).fit(X, Y)
    if way == "pickle":
        back = pickle.loads(pickle.dumps(classifier))
    else:
        save(classifier, tmp_path / "classifier.pusk")
        back = load(tmp_path / "classifier.pusk")
    assert equal(weights(back), weights(classifier))
    assert equal(weights(clone(back).fit(X, Y)), weights(classifier))


@pytest.mark.parametrize("weight", [0.0, 0.1])
def test_the_decoder_is_taken_if_both_have_one(of_images, weight):
    start = Start()
    PUClassifier(
        initial=of_images, reconstruction_weight=weight, callbacks=[start], **QUICK
    ).fit(IMAGES, OF_IMAGES)
    expected = weights(of_images)
    if not weight:
        expected = {k: v for k, v in expected.items() if not k.startswith("decoder")}
    assert list(start.weights_) == list(expected)
    assert equal(start.weights_, expected)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_another_dropout_changes_no_weight(share):
    first = PUClassifier(ConvNet(units=2, input_dropout=0.3 - share), **QUICK)
    first.fit(IMAGES, OF_IMAGES)
    start = Start()
    module = ConvNet(units=2, dropout=0.1, input_dropout=share)
    PUClassifier(module, initial=first, callbacks=[start], **QUICK).fit(
        IMAGES, OF_IMAGES
    )
    assert equal(start.weights_, weights(first))


def test_a_warm_start_goes_on_from_the_last_fit_and_not_from_initial(flat):
    start = Start()
    classifier = PUClassifier(
        initial=flat, warm_start=True, callbacks=[start], **QUICK
    ).fit(X, Y)
    last = pickle.loads(pickle.dumps(weights(classifier)))
    classifier.fit(X, Y)
    assert equal(start.weights_, last)


@pytest.mark.filterwarnings("ignore:The prior is estimated:UserWarning")
def test_the_prior_can_be_estimated(flat, few_trees):
    classifier = PUClassifier(initial=flat, prior="estimate", **QUICK).fit(X, Y)
    assert 0 < classifier.prior_ < 1


@pytest.mark.parametrize(
    ("initial", "error", "message"),
    [
        ("general", TypeError, "must be a fitted PUClassifier or None. Got 'general'"),
        (LogisticRegression(), TypeError, r"Got LogisticRegression\(\)"),
        (make_pipeline(PUClassifier()), TypeError, "Got Pipeline"),
        (PUClassifier(), NotFittedError, "not fitted.*FrozenEstimator"),
    ],
    ids=["word", "other", "pipeline", "unfitted"],
)
def test_anything_else_is_refused(initial, error, message):
    with pytest.raises(error, match=message):
        PUClassifier(initial=initial).fit(X, Y)


@pytest.mark.parametrize(
    ("module", "samples"),
    [(MLP((7,)), X), ("auto", X[:, :3]), (TwoLayers, X)],
    ids=["module", "shape", "kind"],
)
def test_another_network_or_shape_is_refused_with_both_names(flat, module, samples):
    shape = samples.shape[1]
    name = r"MLP\(hidden=\(4,\)" if module == "auto" else r"MLP\(hidden=\(7,\)|TwoLa"
    message = rf"Got MLP\(hidden=\(4,\).* for \(5,\), and .*({name}).* for \({shape},\)"
    with pytest.raises(ValueError, match=message):
        PUClassifier(module, initial=flat, **QUICK).fit(samples, Y)


def test_other_columns_of_a_table_are_refused_with_their_names():
    table = pd.DataFrame(X, columns=list("abcde"))
    initial = PUClassifier(MLP((4,)), **QUICK).fit(table, Y)
    classifier = PUClassifier(initial=initial, **QUICK)
    with pytest.raises(ValueError, match=r"same columns.*\['a', 'b'.* Got \['e', 'd'"):
        classifier.fit(table[list("edcba")], Y)
    assert classifier.fit(table, Y).fit(X, Y).module_.hidden == (4,)


def test_a_network_of_ones_own_is_a_start_as_well():
    first, start = PUClassifier(TwoLayers, **QUICK).fit(X, Y), Start()
    PUClassifier(initial=first, callbacks=[start], **QUICK).fit(X, Y)
    assert equal(start.weights_, weights(first))
    other = PUClassifier(TwoLayers, initial=first, **QUICK)
    other.set_params(module__hidden=3)
    with pytest.raises(ValueError, match=r"(?s)TwoLayers.* for \(5,\).*size mismatch"):
        other.fit(X, Y)
