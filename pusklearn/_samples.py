"""Samples on the device, gathered a batch at a time."""

import numpy as np
import torch
from torch.utils.data import Dataset

from pusklearn._lazy_rows import is_large
from pusklearn._memory_maps import release
from pusklearn._tiled_regions import TiledRegions


def place_samples(X, device):
    """Put samples, an array or `TiledRegions`, on a device."""
    if not isinstance(X, TiledRegions):
        return ArraySamples(X, device)
    if device.type == "cpu" and is_large(X.micrographs):
        return MappedSamples(X)
    return RegionSamples(X, device)


class ArraySamples(Dataset):
    """Samples of an array of shape (n, ...), float32; images get a channel axis."""

    def __init__(self, X, device):
        values = torch.from_numpy(np.require(X, np.float32, ["C", "W"]))
        self.values = (values[:, None] if values.ndim == 3 else values).to(device)

    def __len__(self):
        return len(self.values)

    def gather(self, rows, turns=None):
        """Return the samples of those rows, images turned by symmetries if given."""
        batch = self.values[torch.from_numpy(rows).to(self.values.device)]
        return batch if turns is None else turned(batch, turns)


class MappedSamples(Dataset):
    """Regions of micrographs that are not held in memory, cut out one by one."""

    def __init__(self, regions):
        self.regions = regions

    def __len__(self):
        return len(self.regions)

    def gather(self, rows, turns=None):
        """Return the regions of those rows, turned by symmetries if given."""
        # Reading a region may bring in megabytes around it.
        parts = [self._cut(rows[i : i + 32]) for i in range(0, len(rows), 32)]
        batch = torch.from_numpy(np.concatenate(parts))[:, None]
        return batch if turns is None else turned(batch, turns)

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

    def __init__(self, regions, device):
        self.regions = regions
        # Room for the corners of a region turned around a pixel of the edge.
        margin = int(np.ceil(regions.size * 0.75)) + 1
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
        dy, dx = turned_offsets(regions.size)
        # Of every width and symmetry; the first symmetry is none.
        widths, self.kinds = np.unique(widths, return_inverse=True)
        widths = torch.from_numpy(widths)[:, None, None, None]
        self.offsets = (dy * widths + dx).flatten(2).to(device)

    def __len__(self):
        return len(self.regions)

    def gather(self, rows, turns=None):
        """Return the regions of those rows, turned by symmetries if given."""
        which, y, x = self.regions.locate(rows)
        centres = self.origins[which] + y * self.strides[which] + x
        turns = np.zeros(len(rows), int) if turns is None else turns
        places = self.offsets[self.kinds[which], turns]
        places += torch.from_numpy(centres).to(places.device)[:, None]
        return self.pixels[places].view(-1, 1, *self.regions.shape[1:])


def turned(images, turns):
    """Turn square images of shape (n, channels, size, size) by symmetries."""
    size = images.shape[-1]
    dy, dx = turned_offsets(size)
    pixels = (dy + size // 2) * size + dx + size // 2
    pixels = pixels.flatten(1)[turns].to(images.device)
    pixels = pixels[:, None].expand(*images.shape[:2], -1)
    return images.flatten(2).gather(2, pixels).view_as(images)


def turned_offsets(size):
    """Offsets ``dy, dx`` of a turned region's pixels from its centre, nearest ones.

    Both have shape (8, size, size), by symmetry; the first is the identity.
    """
    reach = torch.arange(size)
    dy, dx = torch.meshgrid(reach, reach, indexing="ij")
    turned = torch.stack([dy, dx])
    every = [
        image.rot90(turn, (1, 2))
        for image in (turned, turned.transpose(1, 2))
        for turn in range(4)
    ]
    return torch.stack(every, 1) - size // 2


def random_turns(generator, n):
    """Draw `n` of the eight symmetries of a square."""
    return generator.integers(8, size=n)
