import numpy as np
import pytest
import torch
from scipy.ndimage import convolve
from skorch.callbacks import Callback
from torch import nn

from pusklearn import PUClassifier, TiledRegions
from pusklearn.micrographs.regions import _region_samples
from pusklearn.modules import MLP, ConvNet, ResNet8
from pusklearn.pu.network._smooth_start import smooth_start

LINE = np.array([1, 4, 6, 4, 1]) / 16
MEAN = np.outer(LINE, LINE)


def first_convolution(network):
    return next(m for m in network.modules() if isinstance(m, nn.Conv2d))


@pytest.mark.parametrize(
    ("architecture", "shape"),
    [
        (ConvNet(31, units=3), (31, 31)),
        (ConvNet(63, units=3, halve=True), (63, 63)),
        (ConvNet(31, units=3), (2, 20, 20)),
        (ResNet8(units=2), (71, 71)),
    ],
    ids=["one channel", "halved", "two channels, padded", "residual"],
)
def test_each_first_kernel_is_a_weighted_mean_of_its_pixels(architecture, shape):
    network = architecture.build(shape).to(memory_format=torch.channels_last)
    before = {name: p.detach().clone() for name, p in network.named_parameters()}
    weight = first_convolution(network).weight
    drawn = weight.detach().double().numpy().copy()
    smooth_start(network)
    expected = np.array(
        [[convolve(k, MEAN, mode="constant") for k in o] for o in drawn]
    )
    expected *= drawn.std() / expected.std()
    np.testing.assert_allclose(weight.detach().numpy(), expected, atol=1e-6)
    others = {n: p for n, p in network.named_parameters() if p is not weight}
    assert len(others) == len(before) - 1
    assert all(torch.equal(before[name], p) for name, p in others.items())


def test_a_network_without_a_convolution_is_left_as_it_is():
    network = MLP((3,)).build((5,))
    before = [p.clone() for p in network.parameters()]
    smooth_start(network)
    assert all(map(torch.equal, before, network.parameters()))


class FirstKernels(Callback):
    """Keep the kernels of the first layer as they are when a training begins."""

    def on_train_begin(self, net, **kwargs):
        self.kernels = first_convolution(net.module_).weight.detach().clone()


@pytest.mark.parametrize(
    ("changes", "is_smooth"),
    [
        ({}, True),
        ({"batch_size": 9}, True),
        ({"lr": 0.01}, False),
        ({"criterion": "pn"}, False),
    ],
    ids=["auto", "a batch size", "a rate", "another criterion"],
)
def test_only_what_learns_at_the_automatic_high_rate_begins_smooth(
    changes, is_smooth, monkeypatch
):
    monkeypatch.setattr(_region_samples, "LEAST_FOR_HIGH_RATES", 1)
    regions = TiledRegions([np.random.default_rng(0).normal(size=(40, 40))], 31)
    labels = regions.labels([[(9, 9), (30, 20)]], radius=1)
    settings = {"lr": "auto", "batch_size": "auto", "max_epochs": 1} | changes
    classifier = PUClassifier(
        ConvNet(31, units=4),
        **settings,
        prior=0.1,
        steps_per_epoch=1,
        callbacks=[FirstKernels()],
        random_state=0,
    )
    callbacks = classifier.fit(regions, labels).net_.callbacks
    [kernels] = [c.kernels for c in callbacks if isinstance(c, FirstKernels)]
    # Neighbours that are drawn by themselves differ by the square root of two standard
    # deviations.
    steps = torch.diff(kernels, dim=3).std() / kernels.std()
    assert (steps < 0.8) == is_smooth
