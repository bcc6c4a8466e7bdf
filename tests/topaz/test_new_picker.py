import pytest

from pusklearn.criteria import GEKL, NNPU, PN, GEBinomial
from pusklearn.modules import ConvNet, ResNet8, ResNet16
from pusklearn.topaz._new_picker import find_criterion, find_module, new_picker


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({}, 31),
        ({"radius": 0.0}, 31),
        ({"radius": 2.0}, 31),
        ({"radius": 3.0}, 31),  # RELION: up to 28 pixels
        ({"radius": 4.0}, 63),  # up to 36 pixels, its largest
        ({"radius": 8.0}, 127),
        ({"radius": 50.0}, 127),
        ({"model": "conv31", "radius": 9.0}, 31),
        ({"model": "conv63"}, 63),
        ({"model": "conv127"}, 127),
    ],
    ids=str,
)
def test_the_network_is_that_of_the_name_or_of_the_radius(options, field):
    module = find_module(options)
    assert isinstance(module, ConvNet)
    assert (module.receptive_field, module.halve) == (field, True)


def test_residual_networks_are_those_of_the_name():
    options = {"units": 8, "dropout": 0.25, "bn": "off"}
    for name, kind in (("resnet8", ResNet8), ("resnet16", ResNet16)):
        module = find_module({"model": name, **options})
        assert type(module) is kind
        assert (module.units, module.dropout, module.batch_norm) == (8, 0.25, False)
    assert find_module({"bn": "on"}).batch_norm is True


@pytest.mark.parametrize(
    ("options", "criterion"),
    [
        ({}, GEBinomial()),
        ({"method": "PN", "slack": 3.0}, PN()),
        ({"method": "PU"}, NNPU()),
        ({"method": "GE-KL", "slack": 3.0}, GEKL(slack=3.0)),
        ({"method": "GE-binomial", "slack": -1.0}, GEBinomial()),
        ({"method": "GE-binomial", "slack": 0.5}, GEBinomial(slack=0.5)),
    ],
    ids=str,
)
def test_the_objective_is_that_of_the_method(options, criterion):
    found = find_criterion(options)
    assert (type(found), repr(found)) == (type(criterion), repr(criterion))


def test_options_reach_the_classifier():
    options = {
        "minibatch_size": 64,
        "minibatch_balance": 0.25,
        "l2": 0.01,
        "autoencoder": 0.5,
        "num_particles": 30.0,
        "radius": 2.0,
    }
    picker = new_picker(options, find_module(options), 5.0, "cpu", [])
    classifier = picker["score"].classifier
    assert classifier.batch_size == 64
    assert classifier.positive_share == 0.25
    assert classifier.weight_decay == 0.01
    assert classifier.reconstruction_weight == 0.5
    assert picker["score"].particles_per_micrograph == 30
    assert picker["score"].label_radius == 2
    assert picker["extract"].smoothing == 2


@pytest.mark.parametrize(
    ("options", "count", "prior"),
    [
        ({"num_particles": 30.0}, 30.0, None),
        ({"num_particles": 5.0}, None, None),
        ({"num_particles": -1.0, "pi": 0.03}, None, 0.03),
        ({"pi": 0.03, "num_particles": 30.0}, 30.0, None),
        ({}, None, "estimate"),
    ],
    ids=str,
)
def test_the_prior_is_that_of_the_number_or_of_the_share(options, count, prior):
    picker = new_picker(options, find_module({}), 10.0, "cpu", [])
    assert picker["score"].particles_per_micrograph == count
    assert picker["score"].classifier.prior == prior
