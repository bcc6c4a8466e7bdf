"""Samples on the device, gathered a batch at a time."""

from copy import copy
from math import cos, radians, sin

import numpy as np
import torch
from torch.utils.data import Dataset

from pusklearn._lazy_rows import is_large
from pusklearn._memory_maps import release
from pusklearn._tiled_regions import TiledRegions

# Beside quarter turns, which move pixels exactly. At other angles, the corners of an
# array's images would be missing. Finer ones gave regions no more average precision.
IMAGE_ANGLES = (0,)
REGION_ANGLES = (0, 45)


def place_samples(X, device):
    """Put samples, an array or `TiledRegions`, on a device."""
    if not isinstance(X, TiledRegions):
        return ArraySamples(X, device)
    if device.type == "cpu" and is_large(X.micrographs):
        return MappedSamples(X)
    return RegionSamples(X, device)


class ArraySamples(Dataset):
    """Samples of an array of shape (n, ...), float32; images get a channel axis."""

    n_turns = 8 * len(IMAGE_ANGLES)

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

    n_turns = 8 * len(REGION_ANGLES)

    def __init__(self, regions):
        self.regions = regions
        self.offsets = turned_offsets(regions.size, REGION_ANGLES)
        # With what the corners reach when they turn.
        self.wide = copy(regions)
        self.wide.size = 2 * reach(self.offsets) + 1

    def __len__(self):
        return len(self.regions)

    def gather(self, rows, turns=None):
        """Return the regions of those rows, turned if turns are given."""
        if turns is None:
            return self._cut(self.regions, rows)
        return turned(self._cut(self.wide, rows), self.offsets, turns)

    def _cut(self, regions, rows):
        # Reading a region may bring in megabytes around it.
        parts = [
            self._cut_few(regions[rows[i : i + 32]]) for i in range(0, len(rows), 32)
        ]
        return torch.from_numpy(np.concatenate(parts))[:, None]

    def _cut_few(self, regions):
        crops = np.asarray(regions)
        release(*(regions.micrographs[number] for number in np.unique(regions.groups)))
        return crops


class RegionSamples(Dataset):
    """Regions of micrographs, cut from one zero-padded stack on the device.

    The micrographs lie end to end in one flat array, so that a batch of regions from
    any of them, each turned in its own way, is a single gather.
    """

    n_turns = 8 * len(REGION_ANGLES)

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
        self.pixels = torch.empty(int(ends[-1]), dtype=torch.float32, device=device)
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


def turned_offsets(size, angles):
    """Offsets ``dy, dx`` of a turned region's pixels from its centre, nearest ones.

    Both have shape (8 * len(angles), size, size): turned by those angles in degrees and
    by them and quarter turns, then the same mirrored. The first is the identity.
    """
    middle = (size - 1) / 2
    at = torch.arange(size, dtype=torch.double) - middle
    y, x = torch.meshgrid(at, at, indexing="ij")
    images = []
    for angle in map(radians, angles):
        image = torch.stack(
            [cos(angle) * y - sin(angle) * x, sin(angle) * y + cos(angle) * x]
        )
        images.append((image + middle).round().long() - size // 2)
    plain = [image.rot90(-turn, (1, 2)) for turn in range(4) for image in images]
    mirrored = [image.transpose(1, 2) for image in plain]
    return torch.stack(plain + mirrored, 1)


def reach(offsets):
    """Return how far the pixels of turned regions lie from the centre."""
    return int(offsets.abs().max())
