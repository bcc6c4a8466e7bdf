"""Samples on the device, gathered a batch at a time."""

from copy import copy
from math import pi

import numpy as np
import torch
from torch.utils.data import Dataset

from pusklearn._lazy_rows import is_large
from pusklearn._memory_maps import release
from pusklearn._tiled_regions import TiledRegions

# Of an array's images, whose corners would be missing at other angles, and of regions.
# Finer steps gave the same average precision, and no further exact copies of pixels.
IMAGE_ANGLES = 4
REGION_ANGLES = 8


def place_samples(X, device):
    """Put samples, an array or `TiledRegions`, on a device."""
    if not isinstance(X, TiledRegions):
        return ArraySamples(X, device)
    if device.type == "cpu" and is_large(X.micrographs):
        return MappedSamples(X)
    return RegionSamples(X, device)


class ArraySamples(Dataset):
    """Samples of an array of shape (n, ...), float32; images get a channel axis."""

    n_turns = 2 * IMAGE_ANGLES

    def __init__(self, X, device):
        values = torch.from_numpy(np.require(X, np.float32, ["C", "W"]))
        self.values = (values[:, None] if values.ndim == 3 else values).to(device)

    def __len__(self):
        return len(self.values)

    def gather(self, rows, turns=None):
        """Return the samples of those rows, images turned if turns are given."""
        batch = self.values[torch.from_numpy(rows).to(self.values.device)]
        if turns is None:
            return batch
        return turned(batch, turned_offsets(batch.shape[-1], IMAGE_ANGLES), turns)


class MappedSamples(Dataset):
    """Regions of micrographs that are not held in memory, cut out one by one."""

    n_turns = 2 * REGION_ANGLES

    def __init__(self, regions):
        self.offsets = turned_offsets(regions.size, REGION_ANGLES)
        # With what the corners reach when they turn.
        self.regions = copy(regions)
        self.regions.size = 2 * reach(self.offsets) + 1

    def __len__(self):
        return len(self.regions)

    def gather(self, rows, turns=None):
        """Return the regions of those rows, turned if turns are given."""
        # Reading a region may bring in megabytes around it.
        parts = [self._cut(rows[i : i + 32]) for i in range(0, len(rows), 32)]
        batch = torch.from_numpy(np.concatenate(parts))[:, None]
        turns = np.zeros(len(rows), int) if turns is None else turns
        return turned(batch, self.offsets, turns)

    def _cut(self, rows):
        crops = np.asarray(self.regions[rows])
        used = np.unique(self.regions.locate(rows)[0])
        release(*(self.regions.micrographs[number] for number in used))
        return crops


class RegionSamples(Dataset):
    """Regions of micrographs, cut from one zero-padded stack on the device.

    The micrographs lie end to end in one flat array, so that a batch of regions from
    any of them, each turned in its own way, is a single gather.
    """

    n_turns = 2 * REGION_ANGLES

    def __init__(self, regions, device):
        self.regions = regions
        dy, dx = offsets = turned_offsets(regions.size, REGION_ANGLES)
        # Room for the corners of a region turned around a pixel of the edge.
        margin = reach(offsets)
        shapes = np.array([m.shape for m in regions.micrographs]) + 2 * margin
        self.strides = widths = shapes[:, 1]
        ends = shapes.prod(1).cumsum()
        starts = ends - shapes.prod(1)
        self.origins = starts + margin * (widths + 1)
        self.pixels = torch.empty(int(ends[-1]), device=device)
        for start, end, m in zip(starts, ends, regions.micrographs, strict=True):
            image = np.pad(np.float32(m), margin).ravel()
            self.pixels[start:end] = torch.from_numpy(image)
            release(m)
        # Of every width and turn; the first turn is none.
        widths, self.kinds = np.unique(widths, return_inverse=True)
        widths = torch.from_numpy(widths)[:, None, None, None]
        self.offsets = (dy * widths + dx).flatten(2).to(device)

    def __len__(self):
        return len(self.regions)

    def gather(self, rows, turns=None):
        """Return the regions of those rows, turned if turns are given."""
        which, y, x = self.regions.locate(rows)
        centres = self.origins[which] + y * self.strides[which] + x
        turns = np.zeros(len(rows), int) if turns is None else turns
        places = self.offsets[self.kinds[which], turns]
        places += torch.from_numpy(centres).to(places.device)[:, None]
        return self.pixels[places].view(-1, 1, *self.regions.shape[1:])


def turned(images, offsets, turns):
    """Turn square images of shape (n, channels, size, size), by offsets of pixels."""
    dy, dx = offsets
    size = images.shape[-1]
    pixels = (dy + size // 2) * size + dx + size // 2
    pixels = pixels.flatten(1)[turns].to(images.device)
    pixels = pixels[:, None].expand(*images.shape[:2], -1)
    return images.flatten(2).gather(2, pixels).unflatten(2, dy.shape[1:])


def turned_offsets(size, n_angles):
    """Offsets ``dy, dx`` of a turned region's pixels from its centre.

    Both have shape (2 * n_angles, size, size): turned by every angle, and mirrored and
    turned. The first is the identity. Pixels are the nearest ones, so that noise stays
    as it is, and those of right angles exact.
    """
    middle = (size - 1) / 2
    at = torch.arange(size, dtype=torch.double) - middle
    y, x = torch.meshgrid(at, at, indexing="ij")
    images = torch.stack([torch.stack([y, x]), torch.stack([x, y])], 1)[:, :, None]
    angles = torch.arange(n_angles, dtype=torch.double) * (2 * pi / n_angles)
    cos, sin = (wave[:, None, None] for wave in (angles.cos(), angles.sin()))
    y, x = images
    turned = torch.stack([cos * y - sin * x, sin * y + cos * x]).flatten(1, 2)
    return (turned + middle).round().long() - size // 2


def reach(offsets):
    """Return how far the pixels of turned regions lie from the centre."""
    return int(offsets.abs().max())
