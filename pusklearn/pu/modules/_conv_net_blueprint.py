"""The layers of a plain convolutional network."""

from math import prod

from torch import nn

from pusklearn.pu._checks import check_choice, check_flag, check_integer
from pusklearn.pu.modules._blueprint import Blueprint
from pusklearn.pu.modules._layers import LayerStack
from pusklearn.pu.modules._prelu import PReLU

# (kernel, stride) of each layer, by receptive field.
LAYERS = {
    31: [(7, 2), (5, 2), (5, 1)],
    63: [(7, 2), (5, 2), (5, 2), (5, 1)],
    127: [(7, 2), (5, 2), (5, 2), (5, 2), (5, 1)],
}


class ConvNetBlueprint(Blueprint):
    """Builds the network of a `ConvNet`, which has the same parameters."""

    def __init__(
        self,
        receptive_field=31,
        units=32,
        *,
        batch_norm=True,
        dropout=0.0,
        input_dropout="auto",
        halve=False,
    ):
        self.receptive_field = receptive_field
        self.units = units
        self.batch_norm = batch_norm
        self.dropout = dropout
        self.input_dropout = input_dropout
        self.halve = halve

    @property
    def stride(self) -> int:
        """Pixels between neighbouring logits."""
        smoothings, layers = self._layers()
        return 2**smoothings * prod(stride for _, stride in layers)

    def features(self, channels: int, step: int | None) -> tuple[nn.Module, int]:
        """Return the feature layers and their last width."""
        check_integer(self.units, "units")
        smoothings, layers = self._layers()
        stack = LayerStack(channels, self.batch_norm, self.dropout, step)
        for _ in range(smoothings):
            stack.halve()
        stack.drop_pixels(self.input_dropout)
        for depth, (kernel, stride) in enumerate(layers):
            stack.convolve(self.units * 2**depth, kernel, stride, PReLU())
        return stack.finish()

    def _layers(self):
        """Return how often images are halved, and kernel and stride of each layer."""
        check_choice(self.receptive_field, "receptive_field", sorted(LAYERS))
        layers = LAYERS[self.receptive_field]
        if not check_flag(self.halve, "halve"):
            return 0, layers
        # A smoothing sees 3 pixels and has a stride of 2: 63 pixels become 31.
        return len(layers) - len(LAYERS[31]), LAYERS[31]
