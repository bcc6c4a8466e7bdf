"""Logits of samples, and of every region of a micrograph."""

from collections.abc import Sequence
from functools import singledispatch
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.utils import assert_all_finite
from torch import nn

from pusklearn.pu._columns import naming_columns
from pusklearn.pu._large_samples import LargeSamples
from pusklearn.pu._progress_bar import progress_bar
from pusklearn.pu._samples import PlacedArray, PlacedSamples, Samples
from pusklearn.pu.network._batch_scores import IMAGES_AT_ONCE, score_alone
from pusklearn.pu.network._dense_network import can_be_dense, score_pixels
from pusklearn.pu.network._low_rank_form import Confinement
from pusklearn.pu.network._subspaces import find_subspaces


@singledispatch
def compute_logits(
    samples: Samples,
    network: nn.Module,
    module: Any,
    device: torch.device,
    batch_size: int,
    verbose: int = 0,
) -> NDArray[np.float32]:
    """Return one logit per sample.

    A kind of samples that can be scored faster is registered here.

    Parameters
    ----------
    samples : Samples
        The checked samples.
    network : torch.nn.Module
        The trained network, in evaluation mode.
    module : specification or callable
        The specification or callable that built the network.
    device : torch.device
        The device that holds the network.
    batch_size : int
        Samples to score at a time.
    verbose : int, default=0
        1 or more shows a bar.

    Returns
    -------
    ndarray of float32 of shape (n,)
    """
    placed = samples.on(device)
    with progress_bar(
        description="predicting", unit="sample", verbose=verbose, total=len(placed)
    ) as bar:
        counted = CountedSamples(placed, bar) if verbose else placed
        return score_alone(network, counted, device, batch_size)


@compute_logits.register
def _(
    samples: LargeSamples,
    network: nn.Module,
    module: Any,
    device: torch.device,
    batch_size: int,
    verbose: int = 0,
) -> NDArray[np.float32]:
    """Return one logit per sample, some MB of samples at a time.

    The batches are those of samples in memory, and so are the logits to the bit.
    """
    logits, n_done = np.empty(len(samples), np.float32), 0
    with progress_bar(
        description="predicting", unit="sample", verbose=verbose, total=len(samples)
    ) as bar:
        for X in samples.X.chunks(multiple=int(np.lcm(batch_size, IMAGES_AT_ONCE))):
            with naming_columns(X, "PUClassifier"):
                assert_all_finite(X, input_name="X")
            n, placed = len(X), PlacedArray(X, device)
            logits[n_done : n_done + n] = score_alone(
                network, placed, device, batch_size
            )
            n_done += n
            bar.update(n)
    return logits


class CountedSamples(PlacedSamples):
    """Samples that move a bar when they are gathered.

    Parameters
    ----------
    placed : PlacedSamples
        The samples.
    bar : tqdm.tqdm
        The bar; its total is the number of samples.
    """

    def __init__(self, placed: PlacedSamples, bar: Any):
        self.placed = placed
        self.device = placed.device
        self.bar = bar

    def __len__(self) -> int:
        return len(self.placed)

    def gather(self, rows: NDArray, turns: NDArray | None = None) -> torch.Tensor:
        """Return the samples of those rows."""
        # A sample may be gathered twice: to see its shape, and in a second attempt.
        self.bar.update(min(len(rows), len(self) - self.bar.n))
        return self.placed.gather(rows, turns)


def score_micrograph(
    classifier: Any,
    micrograph: NDArray[np.float32],
    step: int,
    subspaces: Sequence[Confinement] = (),
) -> NDArray[np.float32]:
    """Return the logit of the region around every pixel of a micrograph.

    Parameters
    ----------
    classifier : PUClassifier
        A fitted classifier.
    micrograph : ndarray of float32 of shape (height, width)
        The checked micrograph.
    step : int
        Pixels between two logits that the network computes.
    subspaces : sequence of tuple, default=()
        What `subspaces_of` found for the classifier.

    Returns
    -------
    ndarray of float32 of shape (height, width)
        The logits.

    Raises
    ------
    ValueError
        If the network has no dense form, or none for that step.
    """
    network, module, size = dense_parts(classifier)
    precision = classifier.precision
    return score_pixels(network, module, size, micrograph, step, precision, subspaces)


def subspaces_of(classifier: Any, regions: NDArray[np.float32]) -> list[Confinement]:
    """Return the subspaces in which the network of a classifier works, nearly.

    Parameters
    ----------
    classifier : PUClassifier
        A fitted classifier, the network of which has a dense form.
    regions : ndarray of float32 of shape (n, size, size)
        Regions of the training, finite everywhere.
    """
    network, module, _ = dense_parts(classifier)
    return find_subspaces(network, module, regions)


def dense_parts(classifier: Any) -> tuple[nn.Module, Any, int]:
    """Return the network, what built it, and the edge of regions.

    Raises
    ------
    ValueError
        If the network has no dense form.
    """
    module, shape = classifier.module_, classifier.sample_shape_
    size = shape[-1]
    if shape != (size, size) or not can_be_dense(module, size):
        raise ValueError(
            "Only a network of pusklearn.modules, trained on square regions that "
            "hold its whole receptive field, can score a micrograph at once. "
            f"Got {module!r} and regions of shape {shape}."
        )
    return classifier.net_.module_.network.eval(), module, size
