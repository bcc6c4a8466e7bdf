"""Dropout with a random state of its own."""

import torch
from torch import nn

from pusklearn.pu.modules._thread_team import current_rank, rows_in_batch


class SeededDropout(nn.Module):
    """Dropout that draws from a random state of its own.

    The state is seeded from that of torch when the layer is made. So trainings in
    several threads do not disturb each other. In a `ThreadTeam`, each member has a copy
    of the state.

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
        rank = current_rank()
        if rank not in self.generators:
            generator = torch.Generator(values.device).manual_seed(self.seed)
            self.generators[rank] = generator
        # Every member draws for the whole batch, so that the noise of a sample does
        # not depend on the number of members.
        rows, n_rows = rows_in_batch(len(values))
        noise = torch.rand(
            (n_rows, *values.shape[1:]),
            generator=self.generators[rank],
            device=values.device,
        )
        return values * (noise[rows] >= self.current) / (1 - self.current)

    def __getstate__(self):
        # Generators cannot be copied.
        return {**super().__getstate__(), "generators": {}}
