"""Straightforward implementations that the report on speed compares with."""

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from scipy.special import xlog1py, xlogy
from scipy.stats import norm
from sklearn.base import clone
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits


def best_matching(true, predicted, radius):
    """Return the least cost of an assignment over all pairs, and its number of hits."""
    cost = np.minimum(cdist(predicted, true, "sqeuclidean") - radius**2, 0)
    cost = cost[linear_sum_assignment(cost)]
    return cost.sum(), np.count_nonzero(cost)


def greedy_peaks(scores, radius):
    """Take the best local maximum, blot out the disc around it, and so on."""
    left = np.full(scores.shape, -np.inf)
    for y, x in np.ndindex(scores.shape):
        near = scores[max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2]
        if scores[y, x] == near.max() and scores[y, x] > near.min():
            left[y, x] = scores[y, x]
    rows, columns = np.ogrid[: scores.shape[0], : scores.shape[1]]
    peaks = []
    while left.max() > -np.inf:
        y, x = np.unravel_index(left.argmax(), left.shape)
        peaks.append((x, y, left[y, x]))
        left[(rows - y) ** 2 + (columns - x) ** 2 <= radius**2] = -np.inf
    return np.array(peaks, float)


def mean_and_std(pixels):
    """Return those of the bright pixels, by EM over every pixel from the best start."""
    pixels = pixels.ravel().astype(float)
    return max(two_gaussians(pixels, share) for share in (0.5, 0.8, 0.95))[1:]


def two_gaussians(pixels, share, alpha=900.0, beta=1.0):
    """Return the log posterior, mean and deviation, from a share of bright pixels."""
    n = pixels.size
    bright = (pixels > np.quantile(pixels, 1 - share)).astype(float)
    before = np.inf
    for _ in range(200):
        count = bright.sum()
        mean = bright @ pixels / count
        dark = (1 - bright) @ pixels / (n - count)
        variance = bright @ (pixels - mean) ** 2 + (1 - bright) @ (pixels - dark) ** 2
        std = np.sqrt(variance / n)
        weight = (alpha + count - 1) / (alpha + beta + n - 2)
        density = weight * norm.pdf(pixels, mean, std)
        total = density + (1 - weight) * norm.pdf(pixels, dark, std)
        bright = density / total
        if abs(mean - before) < 1e-7 * std:
            break
        before = mean
    prior = xlogy(alpha - 1, weight) + xlog1py(beta - 1, -weight)
    return np.log(total).sum() + prior, mean, std


def plain_network(specification):
    """Return the network of a specification with the layers of PyTorch alone."""
    size = specification.receptive_field
    plain = clone(specification).set_params(input_dropout=0.0)
    network = plain.build((size, size))
    for layer in network.modules():
        for kind in (nn.Conv2d, nn.PReLU):
            if isinstance(layer, kind):
                layer.__class__ = kind  # ours have a faster forward
    return network


def new_update(network, size, n, half):
    """Return a function that does one update of a plain loop on a batch of n."""
    optimizer = torch.optim.Adam(network.train().parameters())
    samples = torch.randn(n, 1, size, size)
    target = (torch.arange(n) < n // 16).float()

    def update():
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            logits = network(samples).flatten()
        binary_cross_entropy_with_logits(logits.float(), target).backward()
        optimizer.step()

    return update
