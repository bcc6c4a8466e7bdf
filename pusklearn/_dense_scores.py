"""Logits of every region of a micrograph at once."""

import numpy as np
import torch
from torch import nn

from pusklearn._network import one_logit
from pusklearn.modules._architecture import Architecture

# Edge of the tiles in pixels; at 128 channels one layer's output takes 134 MB.
TILE = 512


def can_be_dense(module, size):
    """Tell whether the dense form exists and sees no more than a region."""
    field = getattr(module, "receptive_field", None)
    return isinstance(module, Architecture) and bool(field) and field <= size


def score_regions(network, module, regions, device):
    """Return one logit per region, as the network gives region by region."""
    dense = dense_form(network, module, regions.size).to(device)
    if not regions.is_view:
        maps = (score_map(dense, m, regions.size, device) for m in regions.micrographs)
        return np.concatenate([scores.ravel() for scores in maps])
    which, y, x = regions.locate()
    logits = np.empty(len(regions), np.float32)
    for number in np.unique(which):
        here = which == number
        image = regions.micrographs[number]
        logits[here] = score_map(dense, image, regions.size, device)[y[here], x[here]]
    return logits


def dense_form(network, module, size):
    """Return the network with strides turned into dilations, sharing its weights."""
    # Built without storage, so that no random number is drawn for the weights.
    with torch.device("meta"):
        dense = module.build((size, size), step=1)
    dense.load_state_dict(network.state_dict(), assign=True)
    steps = (size - module.receptive_field) // module.stride + 1
    return nn.Sequential(dense.eval(), MeanOverRegion(steps, module.stride))


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


def score_map(dense, image, size, device, tile=TILE):
    """Return the logit of the region around every pixel, shape of the image.

    Tile by tile, each with the surroundings that its regions reach into.
    """
    height, width = image.shape
    before = size // 2
    padded = np.pad(np.float32(image), (before, size - 1 - before))
    logits = np.empty((height, width), np.float32)
    for y in range(0, height, tile):
        for x in range(0, width, tile):
            part = padded[y : y + tile + size - 1, x : x + tile + size - 1]
            scores = dense(torch.from_numpy(part)[None, None].to(device))[0, 0]
            part = logits[y : y + tile, x : x + tile]
            part[:] = scores[: part.shape[0], : part.shape[1]].cpu().numpy()
    return logits


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
