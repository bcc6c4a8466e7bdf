"""A residual network of 16 layers."""

from torch import nn

from pusklearn.pu.modules._architecture import Architecture
from pusklearn.pu.modules._layers import LayerStack


class ResNet16(Architecture):
    """Residual network that sees a region of 91 pixels.

    It consists of a 7 x 7 convolution, seven residual blocks and a 5 x 5 convolution.
    The first and the fifth block have stride 2. The fifth block doubles the width, and
    the last convolution doubles it again.

    Parameters
    ----------
    units : int, default=32
        Channels of the first layer.
    batch_norm : bool, default=True
        Whether to normalise every layer over the batch.
    dropout : float, default=0.0
        Share of units dropped while training, in [0, 1).
    input_dropout : "auto" or float, default="auto"
        Share of the pixels of an image dropped while training, in [0, 1). It falls to
        0 over the last fifth of the updates of a `PUClassifier`. "auto" is 0.2; if
        regions of fewer than 50 particles are labelled, it is ``sqrt(2 / n)`` for ``n``
        particles, at most 0.5.

    Attributes
    ----------
    receptive_field : int
        91 pixels.
    stride : int
        4 pixels between neighbouring logits.

    Examples
    --------
    >>> import torch
    >>> from pusklearn.modules import ResNet16
    >>> ResNet16(units=8).build((91, 91))(torch.zeros(2, 1, 91, 91)).shape
    torch.Size([2, 1, 1, 1])
    """

    receptive_field = 91
    stride = 4

    def __init__(self, units=32, *, batch_norm=True, dropout=0.0, input_dropout="auto"):
        self.units = units
        self.batch_norm = batch_norm
        self.dropout = dropout
        self.input_dropout = input_dropout

    def features(self, channels: int, step: int | None) -> tuple[nn.Module, int]:
        """Return the feature layers and their last width."""
        stack = LayerStack(channels, self.batch_norm, self.dropout, step)
        stack.drop_pixels(self.input_dropout)
        stack.convolve(self.units, 7, 1, nn.ReLU())
        stack.residual(self.units, stride=2)
        for _ in range(3):
            stack.residual(self.units)
        stack.residual(2 * self.units, stride=2)
        for _ in range(2):
            stack.residual(2 * self.units)
        stack.convolve(4 * self.units, 5, 1, nn.ReLU())
        return stack.finish()
