"""A multilayer perceptron."""

from collections.abc import Iterable
from math import prod

from torch import nn

from pusklearn.pu._checks import check_flag, check_integer, check_number
from pusklearn.pu.modules._architecture import Architecture
from pusklearn.pu.modules._batch_norm import BatchNorm1d
from pusklearn.pu.modules._blueprint import Network
from pusklearn.pu.modules._fading_dropout import FadingDropout, find_input_dropout
from pusklearn.pu.modules._seeded_dropout import SeededDropout


class MLP(Architecture):
    """Fully connected layers on flattened samples.

    Every hidden layer is linear, batch norm (if asked for), ReLU, dropout. Features
    should have about the same scale, as `StandardScaler` gives them.

    Parameters
    ----------
    hidden : tuple of int, default=(300, 300)
        Width of each hidden layer; ``()`` gives a linear model.
    batch_norm : bool, default=False
        Whether to normalise every hidden layer over the batch.
    dropout : float, default=0.0
        Share of hidden units dropped while training, in [0, 1).
    input_dropout : "auto" or float, default="auto"
        Share of the values of a sample dropped while training, in [0, 1). It falls to
        0 over the last fifth of the updates of a `PUClassifier`. "auto" is
        ``0.35 * (1 - 2 / d)`` for samples of ``d`` values, 0 for 1 or 2 values.

    Attributes
    ----------
    receptive_field : None
        None, because a perceptron takes samples of any shape.
    stride : None
        None, because it has no dense form.

    Notes
    -----
    A network that sees a few hundred labelled positives again and again learns them by
    heart. Inputs that are missing at random prevent that; if there are only 2 features,
    none can be left out. The dropout of inputs ends before the training does, because
    the threshold would otherwise be set for samples with missing inputs.

    Examples
    --------
    >>> import torch
    >>> from pusklearn.modules import MLP
    >>> MLP(hidden=(16,)).build((8,))(torch.zeros(4, 8)).shape
    torch.Size([4, 1])
    """

    receptive_field = None
    stride = None

    def __init__(
        self, hidden=(300, 300), *, batch_norm=False, dropout=0.0, input_dropout="auto"
    ):
        self.hidden = hidden
        self.batch_norm = batch_norm
        self.dropout = dropout
        self.input_dropout = input_dropout

    def build(self, sample_shape: tuple[int, ...], step: int | None = None) -> Network:
        """Build the network with freshly drawn weights; see `Architecture`."""
        if not isinstance(self.hidden, Iterable) or isinstance(self.hidden, str):
            raise TypeError(
                "`hidden` must be a tuple of widths, such as (300, 300). "
                f"Got {self.hidden!r}."
            )
        check_flag(self.batch_norm, "batch_norm")
        check_number(self.dropout, "dropout", "[0, 1)")
        width = prod(sample_shape)
        automatic = 0.35 * max(0, 1 - 2 / width)
        share = find_input_dropout(self.input_dropout, automatic)
        layers: list[nn.Module] = [nn.Flatten()]
        layers += [FadingDropout(share)] if share else []
        for units in self.hidden:
            check_integer(units, "hidden")
            layers.append(nn.Linear(width, units, bias=not self.batch_norm))
            layers += [BatchNorm1d(units)] if self.batch_norm else []
            layers.append(nn.ReLU())
            layers += [SeededDropout(self.dropout)] if self.dropout else []
            width = units
        return Network(nn.Sequential(*layers), nn.Linear(width, 1), width)
