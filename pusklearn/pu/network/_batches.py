"""Batches with a fixed number of positives."""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from pusklearn.pu._samples import PlacedSamples
from pusklearn.pu._send import send
from pusklearn.pu._shifts import farthest_shift, shifted
from pusklearn.pu.criteria._kept import lasting
from pusklearn.pu.network._known_negatives import NO_ROWS

#: Which samples are positives. With weights or known negatives it is a mapping of the
#: names of a criterion's arguments to tensors.
Target = torch.Tensor | dict[str, torch.Tensor]


#: The ways to shift images, for `augment`.
SHIFTS = ("shift", "shift-mirror")
AUGMENTS = ("auto", *SHIFTS, True, False)


class PUBatches:
    """Batches of positives, which come first, known negatives and unlabeled samples.

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
        Rows of the labelled positives, ascending.
    n_positive : int
        Positives in a batch.
    n_batches : int
        Batches in an epoch.
    augment : bool, "shift" or "shift-mirror"
        Whether each sample is turned and mirrored at random, or is shifted as an image
        by a few pixels, and mirrored left to right.
    seed : int
        Seeds the draws, which go on from epoch to epoch.
    missing : ndarray of int of shape (n_runs, 2) or None, default=None
        The runs of rows that are never drawn, see `Samples.missing_runs`; none of them
        is a positive.
    weights : ndarray of float of shape (n,) or None, default=None
        The weights of the samples, which then come with the labels.
    negatives : ndarray of int of shape (n_negatives,), default=()
        Rows of the known negatives, ascending. All samples that are none of these are
        unlabeled.
    n_negative : int or None, default=None
        Known negatives in a batch. None if there are none at all; then a criterion
        gets no mask of them.
    """

    def __init__(
        self,
        samples: PlacedSamples,
        batch_size: int,
        *,
        positives: NDArray,
        n_positive: int,
        n_batches: int,
        augment: bool | str,
        seed: int,
        missing: NDArray | None = None,
        weights: NDArray | None = None,
        negatives: NDArray = NO_ROWS,
        n_negative: int | None = None,
    ):
        self.samples = samples
        self.positives = positives
        self.negatives = negatives
        self.n_positive = n_positive
        self.n_negative = n_negative
        self.n_unlabeled = batch_size - n_positive - (n_negative or 0)
        self.n_batches = n_batches
        self.augment = augment
        self.weights = weights
        self.generator = np.random.default_rng(seed)
        # Rows that are not unlabeled, as runs. A list of all that are is not made:
        # there may be billions.
        runs = np.column_stack([positives, positives + 1])
        others = [np.column_stack([negatives, negatives + 1])]
        if missing is not None:
            others.append(missing)
        if any(map(len, others)):
            runs = np.concatenate([runs, *others])
            runs = runs[np.argsort(runs[:, 0])]
        lengths = runs[:, 1] - runs[:, 0]
        self.n_skipped = np.concatenate([[0], lengths.cumsum()]).astype(np.intp)
        self.n_unlabeled_before = runs[:, 0] - self.n_skipped[:-1]

    def __len__(self) -> int:
        return self.n_batches

    def __iter__(self) -> Iterator[tuple[torch.Tensor, Target]]:
        device = self.samples.device
        kinds = mark_kinds(self.n_positive, self.n_negative, self.n_unlabeled, device)
        for _ in range(self.n_batches):
            rows = self.draw_rows()
            batch = self.gather(rows)
            yield batch, with_weights(kinds, self.weights, rows, device)

    def gather(self, rows: NDArray[np.intp]) -> torch.Tensor:
        """Return the samples of those rows, augmented."""
        if not self.augment:
            return self.samples.gather(rows)
        if self.augment in SHIFTS:
            return self.shift(self.samples.gather(rows))
        turns = self.generator.integers(self.samples.n_turns, size=len(rows))
        return self.samples.gather(rows, turns)

    def shift(self, images: torch.Tensor) -> torch.Tensor:
        """Shift each image at random, and mirror half of them if asked."""
        n = len(images)
        most = farthest_shift(*images.shape[2:])
        dy, dx = self.generator.integers(-most, most, endpoint=True, size=(2, n))
        n_sides = 2 if self.augment == "shift-mirror" else 1
        is_mirrored = self.generator.integers(n_sides, size=n) == 1
        return shifted(images, dy, dx, is_mirrored)

    def draw_rows(self) -> NDArray[np.intp]:
        """Draw the rows of one batch.

        The positives are drawn first, then the known negatives. Unlabeled samples are
        drawn by their number among the unlabeled, which is then turned into a row: for
        positives in the rows 1 and 4, the unlabeled numbers 0, 1, 2, 3 are the rows 0,
        2, 3, 5. Known
        negatives and missing rows are skipped in the same way.
        """
        n_all_unlabeled = len(self.samples) - int(self.n_skipped[-1])
        positives = draw_evenly(self.generator, len(self.positives), self.n_positive)
        known = [self.positives[positives]]
        if self.n_negative:
            n = len(self.negatives)
            negatives = draw_evenly(self.generator, n, self.n_negative)
            known.append(self.negatives[negatives])
        unlabeled = draw_evenly(self.generator, n_all_unlabeled, self.n_unlabeled)
        runs = np.searchsorted(self.n_unlabeled_before, unlabeled, side="right")
        unlabeled += self.n_skipped[runs]
        return np.concatenate([*known, unlabeled])


def mark_kinds(
    n_positive: int, n_negative: int | None, n_unlabeled: int, device: torch.device
) -> Target:
    """Return the masks of a batch's kinds, in the order in which these are drawn."""
    n = n_positive + (n_negative or 0) + n_unlabeled
    row = torch.arange(n, device=device)
    is_positive = lasting(row < n_positive)
    if n_negative is None:
        return is_positive
    is_negative = ~is_positive & (row < n_positive + n_negative)
    return {"is_positive": is_positive, "is_negative": is_negative}


def with_weights(
    kinds: Target, weights: NDArray | None, rows: NDArray, device: torch.device
) -> Target:
    """Return the target of a batch, with the weights of its samples if these differ."""
    if weights is None:
        return kinds
    if not isinstance(kinds, dict):
        kinds = {"is_positive": kinds}
    return {
        **kinds,
        "sample_weight": send(weights[rows].astype(np.float32), device),
    }


def draw_evenly(generator: np.random.Generator, n: int, size: int) -> NDArray[np.intp]:
    """Draw `size` of the numbers below `n`, each equally often to within one."""
    rest = generator.choice(n, size % n, replace=False)
    n_rounds = size // n
    # Numbers up to `n` are listed only if all of them are drawn.
    rounds = [np.tile(np.arange(n), n_rounds)] if n_rounds else []
    return np.concatenate([*rounds, rest]).astype(np.intp)
