import numpy as np
import pytest
from skorch.callbacks import Callback

from pusklearn import PUClassifier
from pusklearn.modules import MLP, ConvNet

QUICK = {"max_epochs": 2, "steps_per_epoch": 4, "batch_size": 16, "random_state": 0}
X = np.random.default_rng(0).normal(size=(80, 5)).astype(np.float32)
Y = X[:, 0] > 0.3


class Start(Callback):
    """Keep the weights that the training starts from, and the batches."""

    def on_train_begin(self, net, **kwargs):
        weights = net.module_.state_dict()
        self.weights_ = {name: value.clone() for name, value in weights.items()}
        self.batches_ = []

    def on_batch_begin(self, net, batch, **kwargs):
        self.batches_.append(batch[0].numpy())


def weights(classifier):
    return classifier.net_.module_.state_dict()


def equal(first, second):
    return all(np.array_equal(first[name], second[name]) for name in first)


def test_a_warm_start_goes_on_from_the_weights_and_the_history():
    start = Start()
    classifier = PUClassifier(
        MLP((4,)), warm_start=True, callbacks=[start], **QUICK
    ).fit(X, Y)
    before, first_batches = weights(classifier), start.batches_
    classifier.fit(X, Y)
    assert equal(start.weights_, before)
    assert not equal(weights(classifier), before)
    assert not np.array_equal(start.batches_, first_batches)
    assert classifier.net_.history[:, "epoch"] == [1, 2, 3, 4]
    assert classifier.fit(X, Y).net_.history[-1, "epoch"] == 6


def test_without_a_fit_before_it_is_an_ordinary_fit():
    ordinary = PUClassifier(MLP((4,)), **QUICK).fit(X, Y)
    warm = PUClassifier(MLP((4,)), warm_start=True, **QUICK).fit(X, Y)
    assert equal(weights(warm), weights(ordinary))


def test_without_warm_start_the_training_starts_anew():
    classifier = PUClassifier(MLP((4,)), **QUICK).fit(X, Y)
    before = weights(classifier)
    assert equal(weights(classifier.fit(X, Y)), before)


def test_a_decoder_may_come_and_go():
    images = X.reshape(80, 1, 5, 1) * np.ones((1, 1, 1, 5), np.float32)
    classifier = PUClassifier(ConvNet(units=2), warm_start=True, **QUICK)
    for weight in (0.0, 0.1, 0.1):
        classifier.set_params(reconstruction_weight=weight).fit(images, Y)
    assert len(classifier.net_.history) == 6


def test_the_dropout_may_change():
    images = X.reshape(80, 1, 5, 1) * np.ones((1, 1, 1, 5), np.float32)
    start = Start()
    classifier = PUClassifier(
        ConvNet(units=2), warm_start=True, callbacks=[start], **QUICK
    ).fit(images, Y)
    last = {name: value.clone() for name, value in weights(classifier).items()}
    classifier.set_params(module__input_dropout=0.0).fit(images, Y)
    pairs = zip(start.weights_.values(), last.values(), strict=True)
    assert all(np.array_equal(first, before) for first, before in pairs)


@pytest.mark.parametrize(
    ("samples", "labels", "changes", "message"),
    [
        (
            X,
            np.where(Y, "positive", "unlabeled"),
            {},
            "the labels must be",
        ),
        (X, Y, {"pos_label": False}, "label of the positives must be True"),
        (X[:, :3], Y, {}, r"the shape of a sample must be \[5\].* Got \[3\]"),
        (X, Y, {"module": MLP((7,))}, "`module` must build the network of the last"),
    ],
)
def test_another_problem_is_refused_and_the_last_fit_kept(
    samples, labels, changes, message
):
    classifier = PUClassifier(MLP((4,)), warm_start=True, **QUICK).fit(X, Y)
    before = classifier.predict_proba(X)
    with pytest.raises(ValueError, match=message):
        classifier.set_params(**changes).fit(samples, labels)
    np.testing.assert_array_equal(classifier.predict_proba(X), before)


class Press(Callback):
    def on_batch_end(self, net, **kwargs):
        raise KeyboardInterrupt


def test_an_interrupted_warm_start_keeps_the_last_fit():
    classifier = PUClassifier(MLP((4,)), warm_start=True, **QUICK).fit(X, Y)
    before = classifier.predict_proba(X)
    with pytest.raises(KeyboardInterrupt):
        classifier.set_params(callbacks=[Press()]).fit(X, ~Y)
    np.testing.assert_array_equal(classifier.predict_proba(X), before)


def test_a_flag_is_wanted():
    with pytest.raises(TypeError, match="`warm_start` must be True or False"):
        PUClassifier(warm_start=1).fit(X, Y)
