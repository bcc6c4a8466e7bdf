"""The dense form of a network, which scores every region of an image at once."""

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import interpolate
from torch.nn.utils.fusion import fuse_conv_bn_eval

from pusklearn.pu._send import send
from pusklearn.pu.modules._blueprint import Blueprint, check_step
from pusklearn.pu.modules._layers import ResidualBlock
from pusklearn.pu.modules._thread_team import ThreadTeam, own_threads
from pusklearn.pu.network._devices import computes_in_half, full_precision
from pusklearn.pu.network._low_rank_form import Confinement, confine
from pusklearn.pu.network._mean_over_region import MeanOverRegion
from pusklearn.pu.network._strips import in_strips

# Edge of the tiles in logits; at 128 channels one layer's output takes 134 MB.
TILE = 512

#: The last dense form of each network on a GPU, and what it was made of.
DENSE_FORMS: WeakKeyDictionary[nn.Module, tuple[tuple, Any, nn.Sequential]]
DENSE_FORMS = WeakKeyDictionary()


def score_pixels(
    network: nn.Module,
    module: Blueprint,
    size: int,
    micrograph: NDArray[np.float32],
    step: int,
    precision: str,
    subspaces: Sequence[Confinement] = (),
) -> NDArray[np.float32]:
    """Return the logit of the region around every pixel of a micrograph.

    Parameters
    ----------
    network : torch.nn.Module
        The trained network, in evaluation mode.
    module : Blueprint
        What built the network.
    size : int
        Edge of a region.
    micrograph : ndarray of float32 of shape (height, width)
        The checked micrograph.
    step : int
        Pixels between two logits that the network computes.
    precision : {"auto", "float32", "bfloat16"}
        The precision of the training.
    subspaces : sequence of tuple, default=()
        What `confine` confines the convolutions to.

    Returns
    -------
    ndarray of float32 of shape (height, width)
        The logits.
    """
    check_step(step, module)
    device = next(network.parameters()).device
    half = computes_in_half(precision, device, is_image=True)
    with (
        torch.inference_mode(),
        full_precision(device),
        torch.autocast(device.type, torch.bfloat16, enabled=half),
    ):
        dense = known_dense_form(network, module, size, step, subspaces)
        if not subspaces or device.type != "cpu":
            return score_map(dense, micrograph, size, device, step)
        with ThreadTeam(own_threads()) as team:
            strips = in_strips(dense, team)
            return score_map(strips, micrograph, size, device, step)


def can_be_dense(module: Any, size: int) -> bool:
    """Tell whether the dense form exists and sees no more than a region."""
    if not isinstance(module, Blueprint) or module.receptive_field is None:
        return False
    return module.receptive_field <= size


def known_dense_form(
    network: nn.Module,
    module: Blueprint,
    size: int,
    step: int,
    subspaces: Sequence[Confinement] = (),
) -> nn.Sequential:
    """Return `dense_form`, on a GPU the last one if the network has not changed.

    To build it takes as long as a GPU needs for the scores of a micrograph.
    """
    weights = [*network.parameters(), *network.buffers()]
    # Changes of tensors that are made for inference are not counted.
    if weights[0].device.type == "cpu" or weights[0].is_inference():
        return dense_form(network, module, size, step, subspaces)
    # What a weight is, where it is, and how often it was changed.
    state = [(weight.data_ptr(), weight._version) for weight in weights]
    asked = (module.receptive_field, module.stride, size, step, id(subspaces), state)
    known = DENSE_FORMS.get(network)
    if known is None or known[0] != asked:
        dense = dense_form(network, module, size, step, subspaces)
        # As long as the subspaces are kept, no others have their number.
        known = DENSE_FORMS[network] = (asked, subspaces, dense)
    return known[2]


def dense_form(
    network: nn.Module,
    module: Blueprint,
    size: int,
    step: int = 1,
    subspaces: Sequence[Confinement] = (),
) -> nn.Sequential:
    """Return the network that gives a logit every `step` pixels, for images.

    Its convolutions are confined to the subspaces, if there are any.
    """
    # It is built without storage, so that no random number is drawn for the weights.
    with torch.device("meta"):
        dense = module.build((size, size), step=step)
    dense.load_state_dict(network.state_dict(), assign=True)
    dense.eval()
    fold_batch_norm(dense)
    confine(dense, subspaces)
    steps = (size - module.receptive_field) // module.stride + 1
    averaged = nn.Sequential(dense, MeanOverRegion(steps, module.stride // step))
    return averaged.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def fold_batch_norm(network: nn.Module) -> None:
    """Merge every batch norm into the weights of the convolution before it."""
    for layers in list(network.modules()):
        if isinstance(layers, ResidualBlock):
            layers.first, layers.norm = fold_pair(layers.first, layers.norm)
        if isinstance(layers, nn.Sequential):
            for i in range(len(layers) - 1):
                layers[i], layers[i + 1] = fold_pair(layers[i], layers[i + 1])


def fold_pair(first: nn.Module, second: nn.Module) -> tuple[nn.Module, nn.Module]:
    """Return two layers that compute the same, the second an identity if possible."""
    if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d):
        return fuse_conv_bn_eval(first, second), nn.Identity()
    return first, second


def score_map(
    dense: nn.Module,
    image: NDArray,
    size: int,
    device: torch.device,
    step: int = 1,
    tile: int = TILE,
) -> NDArray[np.float32]:
    """Return the logit of the region around every pixel, in the shape of the image.

    The image is scored tile by tile, each with the surroundings that its regions reach
    into. With a `step` above 1, a cubic interpolation gives the logits of the pixels in
    between. A GPU is sent the image once, and waited for once.
    """
    height, width = image.shape
    # The last logit lies on the last pixel or beyond, so that no logit is extrapolated.
    rows, columns = (-(-(length - 1) // step) + 1 for length in image.shape)
    before = size // 2
    after = [
        (n - 1) * step + size - before - length
        for n, length in zip((rows, columns), image.shape, strict=True)
    ]
    padded = np.pad(np.float32(image), [(before, rest) for rest in after])
    pixels = send(padded, device)
    logits = torch.empty((rows, columns), dtype=torch.float32, device=device)
    reach = (tile - 1) * step + size
    for y in range(0, rows, tile):
        for x in range(0, columns, tile):
            seen = pixels[y * step :, x * step :][:reach, :reach]
            scores = dense(seen[None, None])[0, 0]
            part = logits[y : y + tile, x : x + tile]
            part.copy_(scores[: part.shape[0], : part.shape[1]])
    if step == 1:
        return logits.cpu().numpy()
    scored_shape = [(n - 1) * step + 1 for n in (rows, columns)]
    interpolated = interpolate(
        logits[None, None],
        scored_shape,
        mode="bicubic",
        align_corners=True,
    )
    return interpolated[0, 0, :height, :width].cpu().numpy()
