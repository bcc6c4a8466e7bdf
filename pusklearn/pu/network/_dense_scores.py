"""Logits of samples, and of every region of an image at once."""

from functools import singledispatch
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import interpolate
from torch.nn.utils.fusion import fuse_conv_bn_eval

from pusklearn.pu._progress_bar import progress_bar
from pusklearn.pu._samples import PlacedSamples, Samples
from pusklearn.pu.modules._architecture import Architecture, check_step
from pusklearn.pu.modules._layers import ResidualBlock
from pusklearn.pu.network._batch_scores import score_alone
from pusklearn.pu.network._devices import computes_in_half, full_precision

# Edge of the tiles in logits; at 128 channels one layer's output takes 134 MB.
TILE = 512


@singledispatch
def compute_logits(
    samples: Samples,
    network: nn.Module,
    module: Any,
    device: torch.device,
    batch_size: int,
    verbose: int = 0,
) -> NDArray[np.float32]:
    """Return one logit per sample.

    A kind of samples that can be scored faster is registered here.

    Parameters
    ----------
    samples : Samples
        The checked samples.
    network : torch.nn.Module
        The trained network, in evaluation mode.
    module : specification or callable
        The specification or callable that built the network.
    device : torch.device
        The device that holds the network.
    batch_size : int
        Samples to score at a time.
    verbose : int, default=0
        1 or more shows a bar.

    Returns
    -------
    ndarray of float32 of shape (n,)
    """
    placed = samples.on(device)
    with progress_bar(
        description="predicting", unit="sample", verbose=verbose, total=len(placed)
    ) as bar:
        counted = CountedSamples(placed, bar) if verbose else placed
        return score_alone(network, counted, device, batch_size)


class CountedSamples(PlacedSamples):
    """Samples that move a bar when they are gathered.

    Parameters
    ----------
    placed : PlacedSamples
        The samples.
    bar : tqdm.tqdm
        The bar; its total is the number of samples.
    """

    def __init__(self, placed: PlacedSamples, bar: Any):
        self.placed = placed
        self.bar = bar

    def __len__(self) -> int:
        return len(self.placed)

    def gather(self, rows: NDArray, turns: NDArray | None = None) -> torch.Tensor:
        """Return the samples of those rows."""
        # A sample may be gathered twice: to see its shape, and in a second attempt.
        self.bar.update(min(len(rows), len(self) - self.bar.n))
        return self.placed.gather(rows, turns)


def score_micrograph(
    classifier: Any, micrograph: NDArray[np.float32], step: int
) -> NDArray[np.float32]:
    """Return the logit of the region around every pixel of a micrograph.

    Parameters
    ----------
    classifier : PUClassifier
        A fitted classifier.
    micrograph : ndarray of float32 of shape (height, width)
        The checked micrograph.
    step : int
        Pixels between two logits that the network computes.

    Returns
    -------
    ndarray of float32 of shape (height, width)
        The logits.

    Raises
    ------
    ValueError
        If the network has no dense form, or none for that step.
    """
    module, shape = classifier.module_, classifier.sample_shape_
    size = shape[-1]
    if shape != (size, size) or not can_be_dense(module, size):
        raise ValueError(
            "Only a network of pusklearn.modules, trained on square regions that "
            "hold its whole receptive field, can score a micrograph at once. "
            f"Got {module!r} and regions of shape {shape}."
        )
    check_step(step, module)
    network = classifier.net_.module_.network.eval()
    device = next(network.parameters()).device
    half = computes_in_half(classifier.precision, device, is_image=True)
    with (
        torch.inference_mode(),
        full_precision(device),
        torch.autocast(device.type, torch.bfloat16, enabled=half),
    ):
        dense = dense_form(network, module, size, step).to(device)
        return score_map(dense, micrograph, size, device, step)


def can_be_dense(module: Any, size: int) -> bool:
    """Tell whether the dense form exists and sees no more than a region."""
    if not isinstance(module, Architecture) or module.receptive_field is None:
        return False
    return module.receptive_field <= size


def dense_form(
    network: nn.Module, module: Architecture, size: int, step: int = 1
) -> nn.Sequential:
    """Return the network that gives a logit every `step` pixels, for images."""
    # It is built without storage, so that no random number is drawn for the weights.
    with torch.device("meta"):
        dense = module.build((size, size), step=step)
    dense.load_state_dict(network.state_dict(), assign=True)
    dense.eval()
    fold_batch_norm(dense)
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


class MeanOverRegion(nn.Module):
    """Mean over the logits that the strided form gives for one region.

    Parameters
    ----------
    steps : int
        Logits of a region in each direction.
    stride : int
        Pixels between two of them.
    """

    def __init__(self, steps: int, stride: int):
        super().__init__()
        self.steps = steps
        self.stride = stride

    def forward(self, logits: torch.Tensor) -> torch.Tensor:
        """Average `steps` x `steps` logits, `stride` pixels apart."""
        if self.steps == 1:
            return logits
        kernel = logits.new_full((1, 1, self.steps, self.steps), self.steps**-2)
        return nn.functional.conv2d(logits, kernel, dilation=self.stride)


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
    between.
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
    logits = np.empty((rows, columns), np.float32)
    reach = (tile - 1) * step + size
    for y in range(0, rows, tile):
        for x in range(0, columns, tile):
            pixels = padded[y * step :, x * step :][:reach, :reach]
            scores = dense(torch.from_numpy(pixels)[None, None].to(device))[0, 0]
            part = logits[y : y + tile, x : x + tile]
            part[:] = scores[: part.shape[0], : part.shape[1]].float().cpu().numpy()
    if step == 1:
        return logits
    scored_shape = [(n - 1) * step + 1 for n in (rows, columns)]
    interpolated = interpolate(
        torch.from_numpy(logits)[None, None],
        scored_shape,
        mode="bicubic",
        align_corners=True,
    )
    return interpolated[0, 0, :height, :width].numpy()
