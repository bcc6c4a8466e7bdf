"""What an architecture builds, without the parameters of an estimator.

The import of scikit-learn takes as long as that of torch. A program that is started
anew for each micrograph does without it.
"""

from numbers import Integral
from typing import Any

import torch
from torch import nn

from pusklearn.pu.modules._convolution import Convolution


class Blueprint:
    """Base class of all that builds a `Network`.

    Attributes
    ----------
    receptive_field : int or None
        Edge of the region that one logit sees, in pixels; None if the network takes
        samples of any shape.
    stride : int or None
        Pixels between neighbouring logits; None if the network has no dense form.
    """

    receptive_field: Any
    stride: Any

    def build(
        self, sample_shape: tuple[int, ...], step: int | None = None
    ) -> "Network":
        """Build the network with freshly drawn weights.

        Parameters
        ----------
        sample_shape : tuple of int
            Shape of one sample: (features,), (height, width) or
            (channels, height, width).
        step : int or None, default=None
            Pixels between neighbouring logits, a power of 2 up to `stride`; None means
            `stride`. If it is less than `stride`, strides become dilations. The
            parameters are the same, so a state dict of one form fits the other.

        Returns
        -------
        Network
            A network that pads images smaller than the receptive field with zeros, and
            gives several logits for larger ones.

        Raises
        ------
        ValueError
            If the samples are not images, or the network cannot take that step.
        """
        if len(sample_shape) == 1:
            raise ValueError(
                f"{type(self).__name__} takes images, samples of shape (height, width) "
                f"or (channels, height, width). Got samples of shape {sample_shape}."
            )
        if step is not None:
            check_step(step, self)
        channels = sample_shape[0] if len(sample_shape) == 3 else 1
        features, width = self.features(channels, step)
        missing = max(0, self.receptive_field - min(sample_shape[-2:]))
        if missing:
            before, after = missing // 2, missing - missing // 2
            pad = nn.ZeroPad2d((before, after, before, after))
            features = nn.Sequential(pad, features)
        return Network(features, Convolution(width, 1, 1), width)

    def features(self, channels: int, step: int | None) -> tuple[nn.Module, int]:
        """Return the feature layers and their last width.

        Parameters
        ----------
        channels : int
            Channels of the images.
        step : int or None
            Pixels between neighbouring outputs, as in `build`.

        Returns
        -------
        features : torch.nn.Module
            Layers from images to latent features.
        width : int
            Channels of the latent features.
        """
        raise NotImplementedError


class Network(nn.Module):
    """Features and a linear head that gives their logit.

    Attributes
    ----------
    features : nn.Module
        The layers from samples to latent features, with the channels on axis 1.
    head : nn.Module
        The layer from latent features to one logit, on axis 1.
    width : int
        The number of latent features.
    """

    def __init__(self, features: nn.Module, head: nn.Module, width: int):
        super().__init__()
        self.features = features
        self.head = head
        self.width = width

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        """Return logits, with the channel axis 1 of length 1."""
        return self.head(self.features(samples))


def check_step(step: Any, blueprint: Blueprint) -> None:
    """Raise a ValueError for a step that the network cannot take."""
    is_power = isinstance(step, Integral) and step in (1, 2, 4, 8, 16)
    if not is_power or step > blueprint.stride:
        raise ValueError(
            "`step` must be a power of 2 from 1 to the stride of the network, "
            f"{blueprint.stride}. Got {step!r}."
        )
