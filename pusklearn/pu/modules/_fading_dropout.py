"""Dropout that ends before the training does."""

from typing import Any

import torch
from torch import nn

from pusklearn.pu._checks import check_number

FADING = 0.2  # share of the updates, the last ones


class FadingDropout(nn.Module):
    """Dropout whose probability falls to 0 over the last fifth of the updates.

    Dropout teaches a network not to rely on a few inputs. If inputs were missing until
    the end of the training, the network would be less sure than it should be once it
    sees all of them, and a criterion that asks for a share of positives would set its
    threshold for samples with missing inputs.

    The layer has a random state of its own, seeded from that of torch when it is made,
    so that trainings in several threads do not disturb each other.

    Parameters
    ----------
    p : float
        Probability that a value is set to 0, in [0, 1); the others are divided by
        ``1 - p``.
    """

    current: torch.Tensor

    def __init__(self, p: float):
        super().__init__()
        self.p = p
        # A layer without storage is for inference, so nothing is drawn for it.
        without_storage = torch.empty(0).device.type == "meta"
        self.seed = 0 if without_storage else int(torch.randint(2**31, ()))
        self.generator: torch.Generator | None = None
        # The probability is a tensor, so that a compiled network sees it change. It is
        # on the CPU even if the network is built without storage.
        self.register_buffer(
            "current", torch.tensor(float(p), device="cpu"), persistent=False
        )

    def fade(self, progress: float) -> None:
        """Set the probability after a share of the updates, in [0, 1]."""
        self.current.fill_(self.p * min(1.0, (1 - progress) / FADING))

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Drop values while training."""
        if not self.training:
            return values
        device = values.device
        if self.generator is None:
            self.generator = torch.Generator(device).manual_seed(self.seed)
        noise = torch.rand(values.shape, generator=self.generator, device=device)
        return values * (noise >= self.current) / (1 - self.current)

    def __getstate__(self):
        # A generator cannot be copied.
        return {**super().__getstate__(), "generator": None}


def find_input_dropout(share: Any, automatic: float) -> float:
    """Return the share of inputs to drop; "auto" is the automatic one."""
    check_number(share, "input_dropout", "[0, 1)", words=["auto"])
    return automatic if isinstance(share, str) else share
