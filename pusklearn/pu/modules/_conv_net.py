"""A plain convolutional network."""

from pusklearn.pu.modules._architecture import Architecture
from pusklearn.pu.modules._conv_net_blueprint import ConvNetBlueprint


class ConvNet(ConvNetBlueprint, Architecture):
    """Strided convolutions that see a region of 31, 63 or 127 pixels.

    Each layer is a convolution without padding, batch norm, PReLU with one slope,
    and dropout; the width doubles from layer to layer. The last layer's output is a
    single pixel for a region as large as the receptive field.

    Parameters
    ----------
    receptive_field : {31, 63, 127}, default=31
        Edge of the region that one logit sees, in pixels. It should cover the
        particle.
    units : int, default=32
        Channels of the first layer.
    batch_norm : bool, default=True
        Whether to normalise every layer over the batch.
    dropout : float, default=0.0
        Share of units dropped while training, in [0, 1).
    input_dropout : "auto" or float, default="auto"
        Share of the pixels of an image dropped while training, in [0, 1). With `halve`,
        pixels of the halved image are dropped. The share falls to 0 over the last fifth
        of the updates of a `PUClassifier`. "auto" is 0.2; if regions of fewer than 50
        particles are labelled, it is ``sqrt(2 / n)`` for ``n`` particles, at most 0.5.
    halve : bool, default=False
        Whether images are smoothed and halved first, once for 63 and twice for 127
        pixels, and then seen by the layers for 31 pixels.

    Attributes
    ----------
    stride : int
        Pixels between neighbouring logits: 4, 8 or 16.

    Notes
    -----
    For 63 pixels, `halve` saves seven eighths of the multiplications. It found
    particles of 34 and 36 pixels in simulated micrographs just as well, so
    `make_picker` uses it.

    References
    ----------
    Bepler et al., arXiv 1803.08207.

    Examples
    --------
    >>> import torch
    >>> from pusklearn.modules import ConvNet
    >>> architecture = ConvNet(31, units=8)
    >>> architecture.build((31, 31))(torch.zeros(2, 1, 31, 31)).shape
    torch.Size([2, 1, 1, 1])
    >>> architecture.build((31, 31), step=1)(torch.zeros(1, 1, 40, 50)).shape
    torch.Size([1, 1, 10, 20])
    """
