"""A multilayer perceptron."""

from math import prod

from torch import nn

from pusklearn.modules._architecture import Architecture, Network


class MLP(Architecture):
    """Fully connected layers on flattened samples.

    Every hidden layer is linear, batch norm (if asked for), ReLU, dropout. Features
    should have about the same scale, as `StandardScaler` gives them.

    Parameters
    ----------
    hidden : tuple of int, default=(300, 300)
        Width of each hidden layer; ``()`` gives a linear model.
    batch_norm : bool, default=False
        Normalise every hidden layer over the batch.
    dropout : float, default=0.0
        Share of hidden units dropped while training, in [0, 1).

    Attributes
    ----------
    receptive_field : None
        A perceptron takes samples of any shape.
    stride : None
        It has no dense form.

    Examples
    --------
    >>> import torch
    >>> from pusklearn.modules import MLP
    >>> MLP(hidden=(16,)).build((8,))(torch.zeros(4, 8)).shape
    torch.Size([4, 1])
    """

    receptive_field = None
    stride = None

    def __init__(self, hidden=(300, 300), *, batch_norm=False, dropout=0.0):
        self.hidden = hidden
        self.batch_norm = batch_norm
        self.dropout = dropout

    def build(self, sample_shape, dense=False):
        """Build the network with freshly drawn weights; see `Architecture`."""
        width = prod(sample_shape)
        layers = [nn.Flatten()]
        for units in self.hidden:
            layers.append(nn.Linear(width, units, bias=not self.batch_norm))
            layers += [nn.BatchNorm1d(units)] if self.batch_norm else []
            layers.append(nn.ReLU())
            layers += [nn.Dropout(self.dropout)] if self.dropout else []
            width = units
        return Network(nn.Sequential(*layers), nn.Linear(width, 1), width)
