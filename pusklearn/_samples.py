"""Samples on the device, gathered a batch at a time."""

import numpy as np
import torch
from torch.utils.data import Dataset

from pusklearn._tiled_regions import TiledRegions


def place_samples(X, device):
    """Put samples, an array or `TiledRegions`, on a device."""
    place = RegionSamples if isinstance(X, TiledRegions) else ArraySamples
    return place(X, device)


class ArraySamples(Dataset):
    """Samples of an array of shape (n, ...), float32; images get a channel axis."""

    def __init__(self, X, device):
        values = torch.from_numpy(np.require(X, np.float32, ["C", "W"]))
        self.values = (values[:, None] if values.ndim == 3 else values).to(device)

    def __len__(self):
        return len(self.values)

    def gather(self, rows, turns=None):
        """Return the samples of those rows, images turned by matrices if given."""
        batch = self.values[torch.from_numpy(rows).to(self.values.device)]
        if turns is None:
            return batch
        size = batch.shape[-1]
        dy, dx = turned_offsets(size, turns.to(batch.device))
        pixels = (dy + size // 2) * size + dx + size // 2
        pixels = pixels.flatten(1)[:, None].expand(*batch.shape[:2], -1)
        return batch.flatten(2).gather(2, pixels).view_as(batch)


class RegionSamples(Dataset):
    """Regions of micrographs, cut from one zero-padded stack on the device.

    The micrographs lie end to end in one flat array, so that a batch of regions from
    any of them, each turned in its own way, is a single gather.
    """

    def __init__(self, regions, device):
        self.regions = regions
        # Room for the corners of a region turned around a pixel of the edge.
        margin = int(np.ceil(regions.size * 0.75)) + 1
        images = [np.pad(np.float32(m), margin) for m in regions.micrographs]
        starts = np.cumsum([0, *(image.size for image in images)])[:-1]
        self.widths = np.array([image.shape[1] for image in images])
        self.origins = starts + margin * (self.widths + 1)
        self.pixels = torch.from_numpy(np.concatenate([m.ravel() for m in images]))
        self.pixels = self.pixels.to(device)

    def __len__(self):
        return len(self.regions)

    def gather(self, rows, turns=None):
        """Return the regions of those rows, turned by matrices if given."""
        which, y, x = self.regions.locate(rows)
        widths = self.widths[which]
        centres = torch.from_numpy(self.origins[which] + y * widths + x)
        widths = torch.from_numpy(widths)
        device = self.pixels.device
        turns = torch.eye(2)[None] if turns is None else turns
        dy, dx = turned_offsets(self.regions.size, turns.to(device))
        widths, centres = (v.to(device)[:, None, None] for v in (widths, centres))
        return self.pixels[centres + dy * widths + dx][:, None]


def turned_offsets(size, turns):
    """Offsets ``dy, dx`` from the centre of a turned region's pixels, nearest ones.

    `turns` are matrices on ``(dy, dx)`` of shape (n, 2, 2); both results have shape
    (n, size, size).
    """
    middle = (size - 1) / 2
    reach = torch.arange(size, device=turns.device) - middle
    grid = torch.stack(torch.meshgrid(reach, reach, indexing="ij"), -1)
    turned = torch.einsum("nij,yxj->niyx", turns, grid) + middle
    return (turned.round().long() - size // 2).unbind(1)


def random_turns(generator, n):
    """Draw `n` of the eight symmetries of a square, shape (n, 2, 2)."""
    signs = generator.choice([-1.0, 1.0], (n, 2))
    turns = np.zeros((n, 2, 2), np.float32)
    swap = generator.integers(2, size=n)
    turns[np.arange(n), 0, swap] = signs[:, 0]
    turns[np.arange(n), 1, 1 - swap] = signs[:, 1]
    return torch.from_numpy(turns)
