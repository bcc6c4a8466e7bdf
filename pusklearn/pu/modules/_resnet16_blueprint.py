"""The layers of a residual network of 16 layers."""

from torch import nn

from pusklearn.pu.modules._blueprint import Blueprint
from pusklearn.pu.modules._layers import LayerStack


class ResNet16Blueprint(Blueprint):
    """Builds the network of a `ResNet16`, which has the same parameters."""

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
