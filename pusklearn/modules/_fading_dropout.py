"""Dropout that ends before the training does."""

import torch
from torch import nn

FADING = 0.2  # share of the updates, the last ones


class FadingDropout(nn.Module):
    """Dropout whose probability falls to 0 over the last fifth of the updates.

    A network learns not to rely on a few inputs; but trained to the end with inputs
    missing, it is less sure of all of them than it should be, and a criterion that
    asks for a share of positives sets its threshold for inputs that are missing.

    Parameters
    ----------
    p : float
        Probability that a value is set to 0, in [0, 1); the others are divided by
        ``1 - p``.
    """

    def __init__(self, p):
        super().__init__()
        self.p = p
        # A tensor, so that a compiled network sees it change.
        self.register_buffer("current", torch.tensor(float(p)), persistent=False)

    def fade(self, progress):
        """Set the probability after a share of the updates, in [0, 1]."""
        self.current.fill_(self.p * min(1.0, (1 - progress) / FADING))

    def forward(self, x):
        """Drop values while training."""
        if not self.training:
            return x
        kept = torch.rand_like(x) >= self.current
        return x * kept / (1 - self.current)
