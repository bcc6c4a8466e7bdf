"""The mean of the logits of a region that is larger than the receptive field."""

import torch
from torch import nn


class MeanOverRegion(nn.Module):
    """Mean over the logits that the strided form gives for one region.

    Parameters
    ----------
    steps : int
        Logits of a region in each direction.
    stride : int
        Pixels between two of them.
    """

    def __init__(self, steps: int, stride: int):
        super().__init__()
        self.steps = steps
        self.stride = stride

    def forward(self, logits: torch.Tensor) -> torch.Tensor:
        """Average `steps` x `steps` logits, `stride` pixels apart."""
        if self.steps == 1:
            return logits
        kernel = logits.new_full((1, 1, self.steps, self.steps), self.steps**-2)
        return nn.functional.conv2d(logits, kernel, dilation=self.stride)
