"""Batches with a fixed number of positives."""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from pusklearn.pu._samples import PlacedSamples


class PUBatches:
    """Batches of positives, which come first, and unlabeled samples.

    One pass over the batches is an epoch. Samples are drawn without replacement
    within a batch. A batch that holds more samples than there are repeats each of
    them equally often, to within one.

    Parameters
    ----------
    samples : PlacedSamples
        The samples that are drawn from.
    batch_size : int
        Samples in a batch.
    positives : ndarray of int of shape (n_positives,)
        Rows of the labelled positives, ascending; all others are unlabeled.
    n_positive : int
        Positives in a batch.
    n_batches : int
        Batches in an epoch.
    augment : bool
        Whether each sample is turned and mirrored at random.
    seed : int
        Seeds the draws, which go on from epoch to epoch.
    """

    def __init__(
        self,
        samples: PlacedSamples,
        batch_size: int,
        *,
        positives: NDArray,
        n_positive: int,
        n_batches: int,
        augment: bool,
        seed: int,
    ):
        self.samples = samples
        self.positives = positives
        self.n_positive = n_positive
        self.n_unlabeled = batch_size - n_positive
        self.n_batches = n_batches
        self.augment = augment
        self.generator = np.random.default_rng(seed)

    def __len__(self) -> int:
        return self.n_batches

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        is_positive = torch.arange(self.n_positive + self.n_unlabeled)
        is_positive = is_positive < self.n_positive
        for _ in range(self.n_batches):
            rows = self.draw_rows()
            turns = None
            if self.augment:
                turns = self.generator.integers(self.samples.n_turns, size=len(rows))
            yield self.samples.gather(rows, turns), is_positive

    def draw_rows(self) -> NDArray[np.intp]:
        """Draw the rows of one batch.

        The positives are drawn first. Unlabeled samples are drawn by their number
        among the unlabeled, which is then turned into a row: for positives in the
        rows 1 and 4, the unlabeled numbers 0, 1, 2, 3 are the rows 0, 2, 3, 5.
        """
        n_all = len(self.positives)
        positives = draw_evenly(self.generator, n_all, self.n_positive)
        unlabeled = draw_evenly(
            self.generator, len(self.samples) - n_all, self.n_unlabeled
        )
        # There are `positives[k] - k` unlabeled rows before the k-th positive. A list
        # of all unlabeled rows is not made: there may be billions.
        n_unlabeled_before = self.positives - np.arange(n_all)
        n_skipped = np.searchsorted(n_unlabeled_before, unlabeled, side="right")
        return np.concatenate([self.positives[positives], unlabeled + n_skipped])


def draw_evenly(generator: np.random.Generator, n: int, size: int) -> NDArray[np.intp]:
    """Draw `size` of the numbers below `n`, each equally often to within one."""
    rest = generator.choice(n, size % n, replace=False)
    n_rounds = size // n
    # Numbers up to `n` are listed only if all of them are drawn.
    rounds = [np.tile(np.arange(n), n_rounds)] if n_rounds else []
    return np.concatenate([*rounds, rest]).astype(np.intp)
