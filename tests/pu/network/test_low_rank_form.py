import numpy as np
import pytest
import torch
from torch import nn
from trained_networks import trained_like

from pusklearn.modules import ConvNet, ResNet8
from pusklearn.pu.network._dense_network import dense_form
from pusklearn.pu.network._low_rank_form import confine, confined, wide_convolutions


def subspace(channels, rank, seed=0):
    """A mean, and two matrices the product of which is a projection."""
    rng = np.random.default_rng(seed)
    expand = rng.normal(size=(channels, rank))
    reduce = np.linalg.pinv(expand) + rng.normal(size=(rank, channels)) @ (
        np.eye(channels) - expand @ np.linalg.pinv(expand)
    )
    return tuple(np.float32(a) for a in (rng.normal(size=channels), reduce, expand))


def projected(images, known):
    """What is left of images, of shape (n, channels, height, width)."""
    mean, reduce, expand = (part.astype(float) for part in known)
    mean = mean[:, None, None]
    projection = expand @ reduce
    return mean + np.einsum("cd,ndyx->ncyx", projection, images - mean)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("which", ["inputs", "outputs", "both"])
def test_a_confined_convolution_is_one_between_two_projections(which, bias):
    torch.manual_seed(0)
    convolution = nn.Conv2d(4, 6, 3, stride=2, dilation=2, bias=bias)
    inputs = None if which == "outputs" else subspace(4, 2)
    outputs = None if which == "inputs" else subspace(6, 3, seed=1)
    images = torch.randn(2, 4, 13, 12)
    with torch.inference_mode():
        found = confined(convolution, (inputs, outputs))(images)
        if inputs is not None:
            images = torch.from_numpy(projected(images.numpy(), inputs)).float()
        expected = convolution(images).numpy()
    if outputs is not None:
        expected = projected(expected, outputs)
    np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize("architecture", [ConvNet(31, 4), ResNet8(4)], ids=repr)
def test_subspaces_of_all_dimensions_change_nothing(architecture):
    size = architecture.receptive_field
    network = trained_like(architecture, size)
    images = torch.randn(1, 1, size + 5, size + 4)
    with torch.inference_mode():
        dense = dense_form(network, architecture, size, 1)
        wide = [layer for _, _, layer in wide_convolutions(dense)]
        everything = [
            (
                subspace(layer.in_channels, layer.in_channels),
                subspace(layer.out_channels, layer.out_channels),
            )
            for layer in wide
        ]
        near = dense_form(network, architecture, size, 1, everything)
        np.testing.assert_allclose(near(images), dense(images), atol=1e-3)
    assert len(wide) == (2 if isinstance(architecture, ConvNet) else 7)


def test_nothing_leaves_all_convolutions_as_they_are():
    architecture = ConvNet(31, 4)
    dense = dense_form(trained_like(architecture, 31), architecture, 31)
    before = [layer for _, _, layer in wide_convolutions(dense)]
    confine(dense, [])
    confine(dense, [(None, None), (None, None)])
    assert [layer for _, _, layer in wide_convolutions(dense)] == before
