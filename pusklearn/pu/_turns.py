"""Square images turned by angles and mirrored, as offsets of pixels."""

from collections.abc import Iterable
from math import cos, radians, sin

import torch
from numpy.typing import NDArray

from pusklearn.pu._send import send


def turned(images: torch.Tensor, offsets: torch.Tensor, turns: NDArray) -> torch.Tensor:
    """Turn square images of shape (n, channels, size, size).

    Each pixel of a turned image is taken from another place of the image. `offsets`
    holds these places for every turn, as `turned_offsets` returns them, and `turns`
    tells the turn of each image.
    """
    dy, dx = offsets
    size = images.shape[-1]
    pixels = (dy + size // 2) * size + dx + size // 2
    pixels = send(pixels.flatten(1)[turns], images.device)
    pixels = pixels[:, None].expand(*images.shape[:2], -1)
    return images.flatten(2).gather(2, pixels).unflatten(2, dy.shape[1:])


def turned_offsets(size: int, angles: Iterable[float]) -> torch.Tensor:
    """Return offsets ``dy, dx`` from the centre to the pixels of a turned region.

    Both have shape (8 * len(angles), size, size) and lead to the nearest pixels. A
    region is turned by those angles in degrees, and by them and quarter turns; the
    second half is the first half mirrored. The first is the identity.
    """
    middle = (size - 1) / 2
    positions = torch.arange(size, dtype=torch.double) - middle
    y, x = torch.meshgrid(positions, positions, indexing="ij")
    images = []
    for angle in map(radians, angles):
        image = torch.stack(
            [cos(angle) * y - sin(angle) * x, sin(angle) * y + cos(angle) * x]
        )
        images.append((image + middle).round().long() - size // 2)
    plain = [image.rot90(-turn, (1, 2)) for turn in range(4) for image in images]
    mirrored = [image.transpose(1, 2) for image in plain]
    return torch.stack(plain + mirrored, 1)


def reach(offsets: torch.Tensor) -> int:
    """Return how far the pixels of turned regions lie from the centre."""
    return int(offsets.abs().max())
