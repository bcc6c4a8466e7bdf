"""From latent features back to samples."""

from math import ceil, log2, prod

import torch
from torch import nn

from pusklearn.pu.modules._batch_norm import BatchNorm2d


class Decoder(nn.Module):
    """Network that gives a sample back from the latent features of a `Network`.

    Parameters
    ----------
    width : int
        Number of latent features.
    sample_shape : tuple of int
        Shape of one sample as the network takes it: (features,) or
        (channels, height, width).
    """

    def __init__(self, width: int, sample_shape: tuple[int, ...]):
        super().__init__()
        self.sample_shape = sample_shape
        if len(sample_shape) == 3:
            self.layers = image_layers(width, sample_shape)
        else:
            self.layers = nn.Sequential(
                nn.Linear(width, width),
                nn.LeakyReLU(),
                nn.Linear(width, prod(sample_shape)),
            )

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return samples of shape (n, *sample_shape)."""
        if len(self.sample_shape) == 1:
            return self.layers(features)
        latent = features.reshape(*features.shape[:2], -1).mean(2)[..., None, None]
        height, width = self.sample_shape[1:]
        images = self.layers(latent)
        top = (images.shape[2] - height) // 2
        left = (images.shape[3] - width) // 2
        return images[:, :, top : top + height, left : left + width]


def image_layers(
    width: int, sample_shape: tuple[int, ...], units: int = 8
) -> nn.Sequential:
    """Return the layers that make an image from one pixel of latent features.

    The first layer makes 4 x 4 pixels. The next ones double the size, until the image
    is at least as large as a sample, and halve the channels down to `units`.
    """
    doublings = max(0, ceil(log2(max(sample_shape[1:]) / 4)))
    units = units * 2 ** min(doublings, 3)
    layers: list[nn.Module] = [nn.ConvTranspose2d(width, units, 4, bias=False)]
    for _ in range(doublings):
        layers += [BatchNorm2d(units), nn.LeakyReLU()]
        narrower = max(units // 2, 8)
        layers.append(
            nn.ConvTranspose2d(units, narrower, 4, stride=2, padding=1, bias=False)
        )
        units = narrower
    layers += [BatchNorm2d(units), nn.LeakyReLU()]
    layers.append(nn.Conv2d(units, sample_shape[0], 3, padding=1))
    return nn.Sequential(*layers)
