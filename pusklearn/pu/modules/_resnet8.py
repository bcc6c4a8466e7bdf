"""A residual network of 8 layers."""

from pusklearn.pu.modules._architecture import Architecture
from pusklearn.pu.modules._resnet8_blueprint import ResNet8Blueprint


class ResNet8(ResNet8Blueprint, Architecture):
    """Residual network that sees a region of 71 pixels.

    It consists of a 7 x 7 convolution of stride 2, three residual blocks dilated by 2,
    and a 5 x 5 convolution. The second block has stride 2 and doubles the width, and
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
        71 pixels.
    stride : int
        4 pixels between neighbouring logits.

    Examples
    --------
    >>> import torch
    >>> from pusklearn.modules import ResNet8
    >>> ResNet8(units=8).build((71, 71))(torch.zeros(2, 1, 71, 71)).shape
    torch.Size([2, 1, 1, 1])
    """
