"""Logits of samples, a batch at a time."""

from copy import deepcopy
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import pad

from pusklearn.pu._samples import PlacedSamples, Samples
from pusklearn.pu.network._automatic_settings import scoring_batch
from pusklearn.pu.network._devices import full_precision
from pusklearn.pu.network._network import one_logit

# Images are computed in batches of exactly this many. More at once are hardly faster on
# a CPU, and fewer make a single image cheaper.
IMAGES_AT_ONCE = 16

# Products of matrices compute this many rows, or a divisor of it, at once. The rows
# that are left over are rounded in another way.
ROWS_AT_ONCE = 8


def quick_logits(classifier: Any, samples: Samples) -> NDArray[np.float32]:
    """Return the logits of a trained `PUClassifier` in float32, for its own use.

    They may differ by rounding from what `decision_function` gives. Of sparse samples,
    a batch at a time is made dense.
    """
    network = classifier.net_.module_.network.eval()
    device = next(network.parameters()).device
    with torch.inference_mode(), full_precision(device):
        return score_batches(
            network, samples.on(device), scoring_batch(classifier.batch_size)
        )


def score_alone(
    network: nn.Module, samples: PlacedSamples, device: torch.device, batch_size: int
) -> NDArray[np.float32]:
    """Return one logit per sample, the same whatever other samples are given.

    Sums of float32 numbers depend on their order, which depends on the number of
    samples in a batch and on the kernels of the machine. So flat samples are computed
    in float64 and rounded in the end: the order then changes a logit with a chance of
    about one in ten million. A network of the user that mixes in float32 numbers is
    computed in float32, in batches of one size. So are images, for which float64 is
    slow.

    Parameters
    ----------
    network : torch.nn.Module
        The trained network, in evaluation mode.
    samples : PlacedSamples
        The samples on the device.
    device : torch.device
        The device that holds the network.
    batch_size : int
        Samples to score at a time.

    Returns
    -------
    ndarray of float32 of shape (n,)
        The logits.
    """
    if not len(samples):
        return np.empty(0, np.float32)
    if samples.gather(np.zeros(1, int)).ndim > 2:
        n_rows = IMAGES_AT_ONCE if device.type == "cpu" else batch_size
        return score_chunks(network, samples, n_rows)
    if device.type == "mps":  # it has no float64
        return score_batches(network, samples, batch_size)
    try:
        return score_doubles(deepcopy(network).double(), samples, batch_size)
    except (RuntimeError, TypeError):
        # float32 and float64 were mixed, or the network cannot be copied. Any other
        # error comes again.
        return score_batches(network, samples, batch_size)


def score_doubles(
    network: nn.Module, samples: PlacedSamples, batch_size: int
) -> NDArray[np.float32]:
    """Return the logits of a network in float64, rounded to float32."""
    logits = torch.empty(len(samples), dtype=torch.float32, device=samples.device)
    for start in range(0, len(samples), batch_size):
        rows = np.arange(start, min(start + batch_size, len(samples)))
        output = one_logit(network(samples.gather(rows).double()), len(rows))
        logits[rows[0] : rows[-1] + 1] = output
    return logits.cpu().numpy()


def score_chunks(
    network: nn.Module, samples: PlacedSamples, n_rows: int
) -> NDArray[np.float32]:
    """Return the logits of batches of exactly `n_rows`, the last filled with zeros."""
    logits = torch.empty(len(samples), dtype=torch.float32, device=samples.device)
    for start in range(0, len(samples), n_rows):
        rows = np.arange(start, min(start + n_rows, len(samples)))
        batch = samples.gather(rows)
        missing = n_rows - len(rows)
        batch = pad(batch, (0, 0) * (batch.ndim - 1) + (0, missing))
        output = one_logit(network(batch), n_rows)[: len(rows)]
        logits[rows[0] : rows[-1] + 1] = output
    return logits.cpu().numpy()


def score_batches(
    network: nn.Module, samples: PlacedSamples, batch_size: int
) -> NDArray[np.float32]:
    """Return one logit per sample, a batch at a time.

    Flat samples get the same bits whatever other samples are in the batch: every batch
    is filled up to the same number of rows, a multiple of those computed at once.
    """
    logits = torch.empty(len(samples), dtype=torch.float32, device=samples.device)
    n_rows = -(-batch_size // ROWS_AT_ONCE) * ROWS_AT_ONCE
    for start in range(0, len(samples), batch_size):
        rows = np.arange(start, min(start + batch_size, len(samples)))
        batch = samples.gather(rows)
        if batch.ndim == 2:
            batch = pad(batch, (0, 0, 0, n_rows - len(rows)))
        output = one_logit(network(batch), len(batch))[: len(rows)]
        logits[rows[0] : rows[-1] + 1] = output
    return logits.cpu().numpy()
