"""What holds for every convolutional architecture."""

import numpy as np
import pytest
import torch
from sklearn.base import clone

from pusklearn.modules import MLP, ConvNet, ResNet8, ResNet16

ARCHITECTURES = [
    pytest.param(make(batch_norm=batch_norm, dropout=dropout), id=f"{name} {kind}")
    for name, make in {
        "ConvNet31": lambda **kw: ConvNet(31, 4, **kw),
        "ConvNet63": lambda **kw: ConvNet(63, 4, **kw),
        "ConvNet127": lambda **kw: ConvNet(127, 2, **kw),
        "ConvNet63 of halves": lambda **kw: ConvNet(63, 4, halve=True, **kw),
        "ConvNet127 of quarters": lambda **kw: ConvNet(127, 4, halve=True, **kw),
        "ResNet8": lambda **kw: ResNet8(4, **kw),
        "ResNet16": lambda **kw: ResNet16(4, **kw),
    }.items()
    for kind, batch_norm, dropout in [
        ("plain", False, 0.0),
        ("batch norm", True, 0.0),
        ("dropout", False, 0.5),
        ("both", True, 0.3),
    ]
]


def with_lively_statistics(network):
    """Give batch norm running statistics other than 0 and 1."""
    generator = torch.Generator().manual_seed(0)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.3, generator=generator)
            module.running_var.uniform_(0.5, 2, generator=generator)
    return network.eval()


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_one_logit_for_a_region_as_large_as_the_receptive_field(architecture):
    field = architecture.receptive_field
    network = architecture.build((field, field)).eval()
    assert network(torch.zeros(2, 1, field, field)).shape == (2, 1, 1, 1)
    with pytest.raises(RuntimeError):
        network(torch.zeros(2, 1, field - 1, field - 1))


@pytest.mark.parametrize("step", [1, 2, 4])
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_at_every_step_the_logit_is_that_of_the_region_around_it(architecture, step):
    field = architecture.receptive_field
    with torch.random.fork_rng():
        torch.manual_seed(0)
        strided = with_lively_statistics(architecture.build((field, field)))
        image = torch.randn(1, 1, field + 2 * step, field + step)
    finer = architecture.build((field, field), step=step).eval()
    finer.load_state_dict(strided.state_dict())
    with torch.inference_mode():
        logits = finer(image)[0, 0]
        assert logits.shape == (3, 2)
        for (y, x), logit in np.ndenumerate(logits.numpy()):
            region = image[:, :, step * y :, step * x :][:, :, :field, :field]
            assert logit == pytest.approx(strided(region).item(), abs=1e-5)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_stride_is_the_step_between_logits(architecture):
    field, stride = architecture.receptive_field, architecture.stride
    network = architecture.build((field, field)).eval()
    with torch.inference_mode():
        assert network(torch.zeros(1, 1, field + stride - 1, field)).shape[2] == 1
        assert network(torch.zeros(1, 1, field + stride, field)).shape[2] == 2


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_clone_keeps_the_parameters(architecture):
    assert clone(architecture).get_params() == architecture.get_params()


@pytest.mark.parametrize("make", [ConvNet, ResNet8])
def test_channels_and_small_images_are_taken(make):
    architecture = make(units=4)
    network = architecture.build((3, 20, 24)).eval()
    assert network(torch.zeros(2, 3, 20, 24)).shape == (2, 1, 1, 2)


@pytest.mark.parametrize(
    ("units", "error"), [(0, ValueError), (2.5, TypeError), (True, TypeError)]
)
@pytest.mark.parametrize("make", [ConvNet, ResNet8, ResNet16])
def test_a_network_has_a_whole_number_of_units(make, units, error):
    with pytest.raises(error, match="units"):
        make(units=units).build((80, 80))


@pytest.mark.parametrize("share", [-0.1, 1, np.nan, "much", None, True])
@pytest.mark.parametrize("make", [ConvNet, ResNet8, ResNet16])
def test_a_share_that_cannot_be_dropped_is_refused(make, share):
    message = r"`input_dropout` must be 'auto' or a number in \[0, 1\)\. Got "
    with pytest.raises(ValueError, match=message):
        make(input_dropout=share).build((80, 80))


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"batch_norm": "no"}, TypeError, "`batch_norm` must be True or False. Got 'n"),
        ({"dropout": 1.0}, ValueError, r"`dropout` must be .* \[0, 1\). Got 1.0"),
        ({"dropout": np.nan}, ValueError, r"`dropout` must be .* \[0, 1\). Got nan"),
        ({"dropout": "0.1"}, TypeError, r"`dropout` must be .* \[0, 1\). Got '0.1'"),
    ],
)
@pytest.mark.parametrize("make", [MLP, ConvNet, ResNet8, ResNet16])
def test_a_parameter_out_of_its_range_is_named(make, parameters, error, message):
    with pytest.raises(error, match=message):
        make(**parameters).build((80, 80))


@pytest.mark.parametrize(
    ("architecture", "expected"),
    [
        (ConvNet(31), 258_148),
        (ConvNet(63), 1_077_989),
        (ConvNet(127), 4_356_070),
        (ResNet8(batch_norm=False), 328_801),
        (ResNet16(batch_norm=False), 458_145),
    ],
    ids=repr,
)
def test_the_number_of_parameters_is_that_of_the_published_network(
    architecture, expected
):
    field = architecture.receptive_field
    network = architecture.build((field, field))
    assert sum(p.numel() for p in network.parameters()) == expected


@pytest.mark.parametrize("step", [0, 3, 8, 2.0])
def test_a_step_that_a_network_cannot_take_is_named(step):
    with pytest.raises(ValueError, match=f"stride of the network, 4. Got {step}"):
        ConvNet(31, units=2).build((31, 31), step=step)
