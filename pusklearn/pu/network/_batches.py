"""Batches with a fixed number of positives."""

import numpy as np
import torch


class PUBatches:
    """Batches of positives, first, and unlabeled samples; one pass is an epoch.

    Samples are drawn without replacement within a batch, unless it holds more than
    there are; then each is drawn as often as any other, or once more.

    Parameters
    ----------
    samples : ArraySamples, MappedSamples or RegionSamples
        What to draw from.
    batch_size : int
        Samples in a batch.
    positives : ndarray of int of shape (n_positives,)
        Rows of the labelled positives, ascending; all others are unlabeled.
    n_positive : int
        Positives in a batch.
    n_batches : int
        In an epoch.
    augment : bool
        Turn and mirror each sample at random.
    seed : int
        Of the draws, which go on from epoch to epoch.
    """

    def __init__(
        self, samples, batch_size, *, positives, n_positive, n_batches, augment, seed
    ):
        self.samples = samples
        self.positives = positives
        self.n_positive = n_positive
        self.n_unlabeled = batch_size - n_positive
        self.n_batches = n_batches
        self.augment = augment
        self.generator = np.random.default_rng(seed)

    def __len__(self):
        return self.n_batches

    def __iter__(self):
        is_positive = torch.arange(self.n_positive + self.n_unlabeled)
        is_positive = is_positive < self.n_positive
        for _ in range(self.n_batches):
            rows = self.draw_rows()
            turns = None
            if self.augment:
                turns = self.generator.integers(self.samples.n_turns, size=len(rows))
            yield self.samples.gather(rows, turns), is_positive

    def draw_rows(self):
        """Draw the rows of one batch."""
        n_all = len(self.positives)
        positives = draw_evenly(self.generator, n_all, self.n_positive)
        unlabeled = draw_evenly(
            self.generator, len(self.samples) - n_all, self.n_unlabeled
        )
        # The k-th unlabeled row, without a list of them: there may be billions.
        skipped = np.searchsorted(
            self.positives - np.arange(n_all), unlabeled, side="right"
        )
        return np.concatenate([self.positives[positives], unlabeled + skipped])


def draw_evenly(generator, n, size):
    """Draw `size` of `n` numbers, as evenly as can be."""
    rest = generator.choice(n, size % n, replace=False)
    every = np.tile(np.arange(n), size // n) if size >= n else []
    return np.concatenate([every, rest]).astype(np.intp)
