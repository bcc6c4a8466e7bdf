import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from skorch.callbacks import Callback

from pusklearn import PUClassifier, RegionScorer, load, make_picker, save
from pusklearn.datasets import make_micrographs
from pusklearn.micrographs._initial_network import (
    classifier_from,
    find_initial_network,
)
from pusklearn.micrographs.general._general_network import read_general_network
from pusklearn.modules import ConvNet

QUICK = {
    "score__classifier__max_epochs": 1,
    "score__classifier__steps_per_epoch": 2,
    "score__classifier__batch_size": 32,
}
SMALL = PUClassifier(ConvNet(units=4))


class Start(Callback):
    """Keep the weights that the training starts from."""

    def on_train_begin(self, net, **kwargs):
        state = net.module_.network.state_dict()
        self.weights_ = [value.numpy().copy() for value in state.values()]


@pytest.fixture(scope="module")
def data():
    return make_micrographs(3, size=128, snr=1.0, contamination=0, random_state=0)


@pytest.fixture(scope="module")
def first(data):
    picker = make_picker(24, classifier=SMALL, random_state=0)
    return picker.set_params(**QUICK).fit(*data)


def weights(picker):
    state = picker["score"].classifier_.net_.module_.network.state_dict()
    return [value.numpy() for value in state.values()]


def started_from(picker):
    (start,) = picker["score"].classifier_.callbacks
    return start.weights_


def all_equal(first, second):
    """Compare weights in any order; the names of layers depend on the dropout."""
    return sorted(one.tobytes() for one in first) == sorted(
        one.tobytes() for one in second
    )


@pytest.mark.parametrize("is_frozen", [False, True])
def test_the_training_starts_from_the_network_of_a_picker(data, first, is_frozen):
    picker = make_picker(
        24, initial=FrozenEstimator(first) if is_frozen else first, random_state=1
    )
    picker.set_params(**QUICK, score__classifier__callbacks=[Start()]).fit(*data)
    assert all_equal(started_from(picker), weights(first))
    assert not all_equal(weights(picker), weights(first))
    assert picker["score"].classifier.module.units == 4


def test_the_training_starts_from_the_general_network(data):
    network = read_general_network()
    picker = make_picker(24, initial="general", random_state=0)
    picker.set_params(**QUICK, score__classifier__callbacks=[Start()]).fit(*data)
    expected = [value.numpy() for value in network.weights.values()]
    assert all_equal(started_from(picker), expected)
    assert picker["downsample"].transform(data[0])[0].scale == pytest.approx(
        24 / network.diameter, rel=0.02
    )
    assert picker["score"].step == network.step


def test_a_start_does_not_hold_those_before_it(data, first):
    second = make_picker(24, initial=first).set_params(**QUICK).fit(*data)
    third = make_picker(24, initial=second)
    initial = third["score"].classifier.initial
    assert initial.net_ is second["score"].classifier_.net_
    assert initial.initial is None
    assert third.set_params(**QUICK).fit(*data)["score"].classifier_.initial is initial


def test_updates_of_no_length_leave_the_picks_of_the_picker(data):
    classifier = PUClassifier(ConvNet(units=4, batch_norm=False, input_dropout=0.0))
    raw = {"calibrate": False}  # the log-odds of another fit are others
    first = make_picker(24, classifier=classifier, random_state=0, **raw)
    first.set_params(**QUICK).fit(*data)
    picker = make_picker(24, initial=first, downsample=1, **raw)
    picker.set_params(**QUICK, score__classifier__lr=1e-30).fit(data[0], data[1])
    for own, expected in zip(
        picker.predict(data[0]), first.predict(data[0]), strict=True
    ):
        np.testing.assert_array_equal(own, expected)


def test_particles_are_brought_to_the_size_that_the_network_knows(first):
    picker = make_picker(48, initial=first)
    assert picker["downsample"].factor == "auto"
    assert picker["downsample"].spans == pytest.approx((0.72 * 24, 24, 1.5 * 24))
    with pytest.raises(ValueError, match="24"):
        make_picker(48, initial=first, downsample=1)


def test_micrographs_are_normalized_as_for_the_picker(data):
    first = make_picker(24, classifier=SMALL, random_state=0)
    first.set_params(**QUICK, normalize__whiten=False).fit(*data)
    assert not make_picker(24, initial=first)["normalize"].whiten
    assert make_picker(24)["normalize"].whiten


def test_a_classifier_of_ones_own_gets_the_start(first):
    own = PUClassifier(criterion="pn", lr=1e-4)
    classifier = make_picker(24, classifier=own, initial=first)["score"].classifier
    assert (classifier.criterion, classifier.lr) == ("pn", 1e-4)
    assert classifier.initial is first["score"].classifier_
    assert own.initial is None


def test_clones_and_files_keep_the_start(data, first, tmp_path):
    picker = make_picker(24, initial=first, random_state=0).set_params(**QUICK)
    picker.fit(*data)
    save(picker, tmp_path / "picker.pusk")
    for other in (clone(picker), clone(load(tmp_path / "picker.pusk"))):
        assert all_equal(weights(other.fit(*data)), weights(picker))


@pytest.mark.parametrize(
    ("initial", "error", "message"),
    [
        ("universal", ValueError, "'general' or a fitted picker.* Got 'universal'"),
        (3, TypeError, "Got 3"),
        (make_pipeline(LogisticRegression()), TypeError, "Got Pipeline"),
        (make_picker(24)[1:], TypeError, "Got Pipeline"),
        (make_picker(24), NotFittedError, "Got Pipeline.* which is not fitted"),
    ],
    ids=["word", "number", "pipeline", "steps", "unfitted"],
)
def test_anything_else_is_refused(initial, error, message):
    with pytest.raises(error, match=rf"(?s)`initial` must be None, .*{message}"):
        make_picker(24, initial=initial)


def test_a_picker_without_a_network_is_refused(data):
    scorer = RegionScorer(LogisticRegression(), region_size=3)
    picker = make_picker(24, classifier=SMALL)
    picker.steps[2] = ("score", scorer)
    scorer.classifier_ = LogisticRegression()
    with pytest.raises(TypeError, match=r"a PUClassifier, .* Got LogisticRegression"):
        find_initial_network(picker)


def test_a_classifier_that_cannot_start_there_is_refused(first):
    network = find_initial_network(first)
    with pytest.raises(TypeError, match=r"must be one, .* Got LogisticRegression"):
        classifier_from(network, LogisticRegression())
    own = PUClassifier(initial=network.classifier)
    with pytest.raises(ValueError, match=r"give one\. Got PUClassifier"):
        classifier_from(network, own)


def test_another_network_is_refused_in_the_fit(data, first):
    picker = make_picker(24, classifier=PUClassifier(ConvNet(units=6)), initial=first)
    with pytest.raises(ValueError, match=r"units=4\).* for \(31, 31\).*units=6"):
        picker.set_params(**QUICK).fit(*data)
