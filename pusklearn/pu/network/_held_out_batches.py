"""The batches that the loss of held-out samples is computed on."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from skorch.dataset import Dataset

from pusklearn.pu.network._batches import (
    PUBatches,
    Target,
    mark_kinds,
    with_weights,
)


class HeldOutBatches(Dataset):
    """Batches of held-out samples, which are the same in every epoch.

    A criterion that compares counts depends on the number of samples in a batch. So
    these batches have the make-up of those of the training, and the mean of their
    losses can be compared with the loss of the training. Together, they hold every
    sample of a kind equally often, to within one.

    Parameters
    ----------
    batches : PUBatches
        One large batch of held-out samples, which is drawn and divided.
    n_batches : int
        The number of batches that it is divided into.

    Attributes
    ----------
    X : HeldOutBatches
        The batches themselves: skorch's callbacks ask a data set for its samples.
    y : ndarray of int of shape (n,)
        1 for labelled positives, in the order of the batches.
    """

    def __init__(self, batches: PUBatches, n_batches: int):
        n_positive, n_negative = batches.n_positive, batches.n_negative or 0
        ends = [n_positive, n_positive + n_negative]
        parts = np.split(batches.draw_rows(), ends)
        kinds = [
            batches.generator.permutation(rows).reshape(n_batches, -1) for rows in parts
        ]
        self.samples = batches.samples
        self.weights = batches.weights
        self.rows: NDArray = np.hstack(kinds)
        self.n_positive, n_known, n_unlabeled = (kind.shape[1] for kind in kinds)
        knows_negatives = batches.n_negative is not None
        self.target = mark_kinds(
            self.n_positive,
            n_known if knows_negatives else None,
            n_unlabeled,
            self.samples.device,
        )

    @property
    def X(self) -> "HeldOutBatches":  # noqa: N802 (skorch's name)
        """The batches themselves."""
        return self

    @property
    def y(self) -> NDArray:
        """1 for labelled positives, in the order of the batches."""
        is_positive = np.arange(self.rows.shape[1]) < self.n_positive
        return np.tile(is_positive.astype(int), len(self.rows))

    def __len__(self) -> int:
        return self.rows.size

    def __iter__(self) -> Iterator[tuple[torch.Tensor, Target]]:
        for rows in self.rows:
            device = self.samples.device
            target = with_weights(self.target, self.weights, rows, device)
            yield self.samples.gather(rows), target


def same_batches(batches: HeldOutBatches, batch_size: Any) -> HeldOutBatches:
    """Return the batches, which skorch asks for with the size of a batch."""
    return batches
