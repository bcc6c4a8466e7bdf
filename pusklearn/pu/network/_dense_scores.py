"""Logits of samples, and of every region of an image at once."""

from functools import singledispatch

import numpy as np
import torch
from torch import nn
from torch.nn.functional import interpolate
from torch.nn.utils.fusion import fuse_conv_bn_eval

from pusklearn.pu.modules._architecture import Architecture
from pusklearn.pu.modules._layers import ResidualBlock
from pusklearn.pu.network._network import one_logit

# Edge of the tiles in logits; at 128 channels one layer's output takes 134 MB.
TILE = 512


@singledispatch
def compute_logits(samples, network, module, device, batch_size):
    """Return one logit per sample.

    Parameters
    ----------
    samples : Samples
        Checked ones; a kind of samples with a faster way is registered here.
    network : torch.nn.Module
        The trained network, in evaluation mode.
    module : specification or callable
        What the network was made from.
    device : torch.device
        Where the network is.
    batch_size : int
        Samples to score at a time.

    Returns
    -------
    ndarray of float32 of shape (n,)
    """
    return score_batches(network, samples.on(device), batch_size)


def can_be_dense(module, size):
    """Tell whether the dense form exists and sees no more than a region."""
    field = getattr(module, "receptive_field", None)
    return isinstance(module, Architecture) and bool(field) and field <= size


def dense_form(network, module, size, step=1):
    """Return the network that gives a logit every `step` pixels, for images."""
    # Built without storage, so that no random number is drawn for the weights.
    with torch.device("meta"):
        dense = module.build((size, size), step=step)
    dense.load_state_dict(network.state_dict(), assign=True)
    dense.eval()
    fold_batch_norm(dense)
    steps = (size - module.receptive_field) // module.stride + 1
    dense = nn.Sequential(dense, MeanOverRegion(steps, module.stride // step))
    return dense.to(memory_format=torch.channels_last)


def fold_batch_norm(network):
    """Give every batch norm after a convolution to the weights of that."""
    for layers in list(network.modules()):
        if isinstance(layers, ResidualBlock):
            layers.first, layers.norm = folded(layers.first, layers.norm)
        if isinstance(layers, nn.Sequential):
            for i in range(len(layers) - 1):
                layers[i], layers[i + 1] = folded(layers[i], layers[i + 1])


def folded(layer, after):
    """Return two layers, a convolution with its batch norm as one and nothing."""
    if isinstance(layer, nn.Conv2d) and isinstance(after, nn.BatchNorm2d):
        return fuse_conv_bn_eval(layer, after), nn.Identity()
    return layer, after


class MeanOverRegion(nn.Module):
    """Mean over the logits that the strided form gives for one region."""

    def __init__(self, steps, stride):
        super().__init__()
        self.steps = steps
        self.stride = stride

    def forward(self, logits):
        """Average `steps` x `steps` logits, `stride` pixels apart."""
        if self.steps == 1:
            return logits
        kernel = logits.new_full((1, 1, self.steps, self.steps), self.steps**-2)
        return nn.functional.conv2d(logits, kernel, dilation=self.stride)


def score_map(dense, image, size, device, step=1, tile=TILE):
    """Return the logit of the region around every pixel, shape of the image.

    Tile by tile, each with the surroundings that its regions reach into. With a
    `step`, pixels between those that have a logit get a cubic interpolation.
    """
    height, width = image.shape
    # The last logit lies on the last pixel or beyond, so that none is extrapolated.
    rows, columns = (-(-(length - 1) // step) + 1 for length in image.shape)
    before = size // 2
    after = [
        (n - 1) * step + size - before - length
        for n, length in zip((rows, columns), image.shape, strict=True)
    ]
    padded = np.pad(np.float32(image), [(before, rest) for rest in after])
    logits = np.empty((rows, columns), np.float32)
    reach = (tile - 1) * step + size
    for y in range(0, rows, tile):
        for x in range(0, columns, tile):
            part = padded[y * step :, x * step :][:reach, :reach]
            scores = dense(torch.from_numpy(part)[None, None].to(device))[0, 0]
            part = logits[y : y + tile, x : x + tile]
            part[:] = scores[: part.shape[0], : part.shape[1]].float().cpu().numpy()
    if step == 1:
        return logits
    size = [(n - 1) * step + 1 for n in (rows, columns)]
    every = interpolate(
        torch.from_numpy(logits)[None, None], size, mode="bicubic", align_corners=True
    )
    return every[0, 0, :height, :width].numpy()


def score_batches(network, samples, batch_size):
    """Return one logit per sample, a batch at a time."""
    logits = np.empty(len(samples), np.float32)
    for start in range(0, len(samples), batch_size):
        rows = np.arange(start, min(start + batch_size, len(samples)))
        batch = samples.gather(rows)
        if batch.ndim == 2:
            # Products of matrices round in another way where there are fewer rows;
            # so a sample would get another score beside other ones.
            batch = nn.functional.pad(batch, (0, 0, 0, batch_size - len(rows)))
        output = one_logit(network(batch), len(batch))[: len(rows)]
        logits[rows] = output.cpu().numpy()
    return logits
