"""First kernels that begin smooth, where noise is as strong as in micrographs."""

import torch
from torch import nn
from torch.nn.functional import conv2d

# The weights of a mean over 5 pixels, nearly a Gaussian of a standard deviation of 1.
TAPS = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)


@torch.no_grad()
def smooth_start(network: nn.Module) -> None:
    """Smooth the kernels of the first convolution, and keep their spread.

    Noise has as much power in fine detail as in coarse, but particles have little in
    fine detail. A kernel that is drawn at random passes both alike, so that nearly all
    that a fresh network sees is noise, and its first updates are spent on finding
    smooth kernels. Kernels that begin smooth may still become fine.

    Parameters
    ----------
    network : nn.Module
        The network, freshly initialised. It is left as it is if it has no convolution.

    Examples
    --------
    >>> import torch
    >>> from torch import nn
    >>> from pusklearn.pu.network._smooth_start import smooth_start
    >>> layer = nn.Conv2d(1, 1, 5)
    >>> _ = nn.init.zeros_(layer.weight)
    >>> layer.weight.data[0, 0, 2, 2] = 1
    >>> smooth_start(layer)
    >>> weights = layer.weight.detach()[0, 0]
    >>> (weights / weights[0, 0]).round().int().tolist()[2]
    [6, 24, 36, 24, 6]
    """
    first = next((m for m in network.modules() if isinstance(m, nn.Conv2d)), None)
    if first is None:
        return
    weight = first.weight
    kernels = weight.flatten(0, 1)[:, None]
    taps = weight.new_tensor(TAPS)
    mean = torch.outer(taps, taps)[None, None]
    smooth = conv2d(kernels, mean, padding=2).view_as(weight)
    weight.copy_(smooth * (weight.std() / smooth.std()))
