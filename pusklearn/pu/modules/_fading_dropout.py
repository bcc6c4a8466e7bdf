"""Dropout that ends before the training does."""

from numbers import Real

import torch
from torch import nn

FADING = 0.2  # share of the updates, the last ones


class FadingDropout(nn.Module):
    """Dropout whose probability falls to 0 over the last fifth of the updates.

    A network learns not to rely on a few inputs; but trained to the end with inputs
    missing, it is less sure of all of them than it should be, and a criterion that
    asks for a share of positives sets its threshold for inputs that are missing.

    It has a random state of its own, seeded from that of torch when it is made, so
    that trainings in several threads do not disturb each other.

    Parameters
    ----------
    p : float
        Probability that a value is set to 0, in [0, 1); the others are divided by
        ``1 - p``.
    """

    def __init__(self, p):
        super().__init__()
        self.p = p
        # Without storage it is for inference, and nothing is drawn.
        without_storage = torch.empty(0).device.type == "meta"
        self.seed = 0 if without_storage else int(torch.randint(2**31, ()))
        self.generator = None
        # A tensor, so that a compiled network sees it change; on the CPU also where a
        # network is built without storage.
        self.register_buffer(
            "current", torch.tensor(float(p), device="cpu"), persistent=False
        )

    def fade(self, progress):
        """Set the probability after a share of the updates, in [0, 1]."""
        self.current.fill_(self.p * min(1.0, (1 - progress) / FADING))

    def forward(self, x):
        """Drop values while training."""
        if not self.training:
            return x
        if self.generator is None:
            self.generator = torch.Generator(x.device).manual_seed(self.seed)
        noise = torch.rand(x.shape, generator=self.generator, device=x.device)
        return x * (noise >= self.current) / (1 - self.current)

    def __getstate__(self):
        # A generator cannot be copied.
        return {**super().__getstate__(), "generator": None}


def find_input_dropout(share, automatic):
    """Return the share of inputs to drop, what "auto" stands for in its place."""
    if isinstance(share, str) and share == "auto":
        return automatic
    if not isinstance(share, Real) or not 0 <= share < 1:
        raise ValueError(f"`input_dropout` must be 'auto' or in [0, 1). Got {share!r}.")
    return share
