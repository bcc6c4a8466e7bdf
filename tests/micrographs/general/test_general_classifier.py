import numpy as np
import pytest
import torch

from pusklearn import PUClassifier
from pusklearn.micrographs.general._general_classifier import general_classifier
from pusklearn.micrographs.general._general_network import (
    read_general_network,
    write_general_network,
)
from pusklearn.modules import ConvNet


@pytest.fixture(scope="module")
def trained():
    rng = np.random.default_rng(0)
    y = np.arange(60) % 6 == 0
    X = rng.normal(size=(60, 31, 31)) + y[:, None, None]
    module = ConvNet(31, units=2, input_dropout=0.3)
    classifier = PUClassifier(
        module, "pn", max_epochs=1, steps_per_epoch=5, random_state=0
    )
    return classifier.fit(X, y.astype(int)), X


@pytest.fixture
def network(trained, tmp_path):
    classifier, _ = trained
    path = tmp_path / "network.safetensors"
    state = classifier.net_.module_.network.state_dict()
    write_general_network(
        path,
        classifier.module_,
        state,
        prior=classifier.prior_,
        diameter=20,
        least_diameter=15,
        greatest_diameter=30,
    )
    return read_general_network(path)


def test_it_scores_as_the_classifier_that_was_written(trained, network):
    classifier, X = trained
    again = general_classifier(network)
    np.testing.assert_array_equal(
        again.decision_function(X), classifier.decision_function(X)
    )
    image = X.reshape(-1, 62)[:80].copy()
    np.testing.assert_array_equal(again.score_map(image), classifier.score_map(image))


def test_it_has_the_attributes_of_a_fit(trained, network):
    classifier, _ = trained
    again = general_classifier(network)
    # It was trained on regions, whose number of columns is none of its attributes, and
    # its file does not tell how it was trained.
    untold = {"n_features_in_", "optimizer_", "lr_", "steps_per_epoch_"}
    assert set(vars(again)) == set(vars(classifier)) - untold
    assert again.classes_.tolist() == classifier.classes_.tolist()
    assert again.pos_label_ == classifier.pos_label_
    assert again.prior_ == classifier.prior_
    assert again.label_frequency_ == classifier.label_frequency_
    assert again.unlabeled_prior_ == classifier.unlabeled_prior_ == 0
    assert again.sample_shape_ == classifier.sample_shape_
    assert again.module_.get_params() == classifier.module_.get_params()


def test_a_training_chooses_anew_how_many_pixels_it_drops(network):
    assert network.parameters["input_dropout"] == 0.3
    assert general_classifier(network).module.input_dropout == "auto"


def test_weights_of_another_network_are_refused(network):
    weights = {**network.weights, "head.weight": torch.zeros(1, 3, 1, 1)}
    with pytest.raises(ValueError, match="weights do not fit the network"):
        general_classifier(network._replace(weights=weights))


def test_two_classifiers_share_no_weights(network):
    first, second = (general_classifier(network) for _ in range(2))
    with torch.no_grad():
        next(first.net_.module_.parameters()).fill_(1)
    assert not (next(second.net_.module_.parameters()) == 1).all()


def test_parameters_of_another_network_are_refused(network):
    other = network._replace(parameters={"width": 3})
    with pytest.raises(ValueError, match=r"ConvNet has other parameters .*'width': 3"):
        general_classifier(other)
