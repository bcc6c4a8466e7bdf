"""The base of every architecture, and the network that it builds."""

from numbers import Integral

from sklearn.base import BaseEstimator
from torch import nn

from pusklearn.pu.modules._convolution import Convolution


class Architecture(BaseEstimator):
    """Base class of the architecture specifications.

    A specification is a small clonable object with the hyper-parameters of a
    network; ``build`` makes the network. Grids reach inside it (``module__units``).
    A subclass implements ``features(channels, step)`` for images, or overrides
    ``build``.
    """

    def build(self, sample_shape, step=None):
        """Build the network with freshly drawn weights.

        Parameters
        ----------
        sample_shape : tuple of int
            Shape of one sample: (features,), (height, width) or
            (channels, height, width).
        step : int or None, default=None
            Pixels between neighbouring logits, a power of 2 up to `stride`; None is
            `stride`. For less than that, strides become dilations. The parameters
            are the same, so a state dict of one form fits the other.

        Returns
        -------
        Network
            Images smaller than the receptive field are padded with zeros; for
            larger ones it gives several logits.
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
            pad = nn.ZeroPad2d([missing // 2, missing - missing // 2] * 2)
            features = nn.Sequential(pad, features)
        return Network(features, Convolution(width, 1, 1), width)


class Network(nn.Module):
    """Features and a linear head that gives their logit.

    Attributes
    ----------
    features : nn.Module
        From samples to latent features, the channels on axis 1.
    head : nn.Module
        From latent features to one logit, on axis 1.
    width : int
        The number of latent features.
    """

    def __init__(self, features, head, width):
        super().__init__()
        self.features = features
        self.head = head
        self.width = width

    def forward(self, samples):
        """Return logits, with the channel axis 1 of length 1."""
        return self.head(self.features(samples))


def check_step(step, architecture):
    """Raise a ValueError for a step that the network cannot take."""
    is_power = isinstance(step, Integral) and step in (1, 2, 4, 8, 16)
    if not is_power or step > architecture.stride:
        raise ValueError(
            "`step` must be a power of 2 from 1 to the stride of the network, "
            f"{architecture.stride}. Got {step!r}."
        )
