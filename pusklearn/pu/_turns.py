"""Square images turned by angles and mirrored, as offsets of pixels."""

from math import cos, radians, sin

import torch


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
