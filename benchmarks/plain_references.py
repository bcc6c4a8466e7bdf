"""Straightforward implementations that the report on speed compares with."""

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from scipy.special import xlog1py, xlogy
from scipy.stats import norm
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

ALPHA, BETA = 900.0, 1.0  # of the prior of the weight of the bright pixels
STARTS = (0.5, 0.8, 0.95)


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
    return max(two_gaussians(pixels, start) for start in STARTS)[1:]


def two_gaussians(pixels, start, *, most_steps=200, tolerance=1e-7):
    """Return the log posterior, mean and standard deviation, from a share of pixels."""
    n = pixels.size
    bright = (pixels > np.quantile(pixels, 1 - start)).astype(float)
    before = np.inf
    for _ in range(most_steps):
        count = bright.sum()
        mean = bright @ pixels / count
        dark = (1 - bright) @ pixels / (n - count)
        variance = bright @ (pixels - mean) ** 2 + (1 - bright) @ (pixels - dark) ** 2
        std = np.sqrt(variance / n)
        weight = (ALPHA + count - 1) / (ALPHA + BETA + n - 2)
        density = weight * norm.pdf(pixels, mean, std)
        total = density + (1 - weight) * norm.pdf(pixels, dark, std)
        bright = density / total
        if abs(mean - before) < tolerance * std:
            break
        before = mean
    prior = xlogy(ALPHA - 1, weight) + xlog1py(BETA - 1, -weight)
    return np.log(total).sum() + prior, mean, std


def conv_net():
    """Return the network of `ConvNet(31)`."""
    layers, width_in = [], 1
    for width, kernel, stride in ((32, 7, 2), (64, 5, 2), (128, 5, 1)):
        layers.append(nn.Conv2d(width_in, width, kernel, stride, bias=False))
        layers += [nn.BatchNorm2d(width), nn.PReLU()]
        width_in = width
    return nn.Sequential(*layers, nn.Conv2d(width_in, 1, 1))


class ResidualBlock(nn.Module):
    """Two convolutions beside a shortcut."""

    def __init__(self, width_in, width, dilation, stride):
        super().__init__()
        self.first = nn.Conv2d(width_in, width_in, 3, bias=False)
        self.norm = nn.BatchNorm2d(width_in)
        options = {"dilation": dilation, "bias": False}
        self.second = nn.Conv2d(width_in, width, 3, stride, **options)
        self.project = nn.Identity()
        if width != width_in:
            self.project = nn.Conv2d(width_in, width, 1, bias=False)
        self.inside = slice(1 + dilation, -1 - dilation, stride)

    def forward(self, images):
        shortcut = self.project(images[:, :, self.inside, self.inside])
        return self.second(self.norm(self.first(images)).relu()) + shortcut


def resnet8():
    """Return the network of `ResNet8`."""
    return nn.Sequential(
        *(nn.Conv2d(1, 32, 7, 2, bias=False), nn.BatchNorm2d(32), nn.ReLU()),
        *(ResidualBlock(32, 32, 2, 1), nn.BatchNorm2d(32), nn.ReLU()),
        *(ResidualBlock(32, 64, 2, 2), nn.BatchNorm2d(64), nn.ReLU()),
        *(ResidualBlock(64, 64, 2, 1), nn.BatchNorm2d(64), nn.ReLU()),
        *(nn.Conv2d(64, 128, 5, bias=False), nn.BatchNorm2d(128), nn.ReLU()),
        nn.Conv2d(128, 1, 1),
    )


def new_update(network, size, batch_size, half):
    """Return a function that does one update of a plain loop on a ready batch."""
    optimizer = torch.optim.Adam(network.train().parameters())
    samples = torch.randn(batch_size, 1, size, size)
    target = (torch.arange(batch_size) < batch_size // 16).float()

    def update():
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            logits = network(samples).flatten()
        binary_cross_entropy_with_logits(logits.float(), target).backward()
        optimizer.step()

    return update
