"""Dropout with a random state of its own."""

import numpy as np
import torch
from torch import nn

from pusklearn.pu.modules._thread_team import current_rank


class SeededDropout(nn.Module):
    """Dropout that draws from a random state of its own.

    The state is seeded from that of torch when the layer is made. So trainings in
    several threads do not disturb each other, and neither do the members of a
    `ThreadTeam`: each of them has its own state.

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
        self.generators: dict[int, torch.Generator] = {}
        # The probability is a tensor, so that a compiled network sees it change. It is
        # on the CPU even if the network is built without storage.
        self.register_buffer(
            "current", torch.tensor(float(p), device="cpu"), persistent=False
        )

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Drop values while training."""
        if not self.training:
            return values
        device = values.device
        rank = current_rank()
        if rank not in self.generators:
            generator = torch.Generator(device).manual_seed(self._seed_of(rank))
            self.generators[rank] = generator
        noise = torch.rand(values.shape, generator=self.generators[rank], device=device)
        return values * (noise >= self.current) / (1 - self.current)

    def _seed_of(self, rank):
        """Return the seed of a member; that of rank 0 is the seed of the layer."""
        if rank == 0:
            return self.seed
        return int(np.random.SeedSequence([self.seed, rank]).generate_state(1)[0])

    def __getstate__(self):
        # Generators cannot be copied.
        return {**super().__getstate__(), "generators": {}}
