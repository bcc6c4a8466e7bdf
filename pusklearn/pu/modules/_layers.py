"""Convolutions without padding, with strides or with dilations in their place."""

from typing import Any

import torch
from torch import nn
from torch.nn.functional import conv2d

from pusklearn.pu._checks import check_flag, check_integer, check_number
from pusklearn.pu.modules._batch_norm import BatchNorm2d
from pusklearn.pu.modules._convolution import Convolution
from pusklearn.pu.modules._fading_dropout import FadingDropout, find_input_dropout
from pusklearn.pu.modules._seeded_dropout import SeededDropout

PIXEL_DROPOUT = 0.2  # share of the pixels of an image


class LayerStack:
    """Collects layers, in the strided form or in one that gives denser outputs.

    A layer of stride 2 gives outputs at every second pixel. In the dense form it gives
    one at every pixel, and the kernels after it skip every other output. So each output
    of the strided form is also one of the dense form::

        strided  a . b . c . d    a kernel of 3 pixels takes a b c, then b c d
        dense    a p b q c r d    dilated by 2, it takes a b c, then p q r, then b c d

    In general, strides are taken as they come until outputs lie `step` pixels apart.
    Each later stride is left out, and every kernel after it is dilated by that stride.

    Parameters
    ----------
    channels : int
        Channels of the input.
    batch_norm : bool
        Whether batch norm follows each layer.
    dropout : float
        Share of units dropped after each layer, in [0, 1).
    step : int or None
        Pixels between neighbouring outputs, a power of 2; None takes every stride.
    """

    def __init__(self, channels: int, batch_norm: bool, dropout: float, step: Any):
        self.width = channels
        self.batch_norm = check_flag(batch_norm, "batch_norm")
        self.dropout = check_number(dropout, "dropout", "[0, 1)")
        self.step = step
        # The product of all strides so far, and of those that were taken.
        self.full_stride = 1
        self.stride_taken = 1
        self.layers: list[nn.Module] = []

    @property
    def dilation(self) -> int:
        """What the next kernels are dilated by: the product of strides left out."""
        return self.full_stride // self.stride_taken

    def halve(self) -> None:
        """Add a smoothing that halves the image."""
        self.layers.append(Smoothing(self.width, self._part_taken(2), self.dilation))
        self._advance(2)

    def drop_pixels(self, share: float | str) -> None:
        """Add dropout of a share of the pixels, which ends before the training does."""
        share = find_input_dropout(share, PIXEL_DROPOUT)
        if share:
            self.layers.append(FadingDropout(share))

    def convolve(
        self, width: int, kernel: int, stride: int, activation: nn.Module
    ) -> None:
        """Add convolution, batch norm, activation and dropout."""
        check_integer(width, "units")
        self.layers.append(self._convolution(self.width, width, kernel, stride))
        self._close(width, stride, activation)

    def residual(self, width: int, dilation: int = 1, stride: int = 1) -> None:
        """Add a residual block of two 3 x 3 convolutions; see `ResidualBlock`."""
        first = self._convolution(self.width, self.width, 3)
        second = self._convolution(self.width, width, 3, stride, dilation)
        project = None
        if width != self.width:
            project = Convolution(self.width, width, 1, bias=False)
        norm = BatchNorm2d(self.width) if self.batch_norm else nn.Identity()
        crop = (1 + dilation) * self.dilation
        step = self._part_taken(stride)
        self.layers.append(ResidualBlock(first, norm, second, project, crop, step))
        self._close(width, stride, nn.ReLU())

    def finish(self) -> tuple[nn.Sequential, int]:
        """Return the layers in sequence and the width of the last."""
        return nn.Sequential(*self.layers), self.width

    def _convolution(self, width_in, width_out, kernel, stride=1, dilation=1):
        return Convolution(
            width_in,
            width_out,
            kernel,
            stride=self._part_taken(stride),
            dilation=dilation * self.dilation,
            bias=not self.batch_norm,
        )

    def _part_taken(self, stride):
        """Return the part of a stride that is taken; the rest becomes dilation."""
        if self.step is None:
            return stride
        return min(stride, self.step // self.stride_taken)

    def _close(self, width, stride, activation):
        if self.batch_norm:
            self.layers.append(BatchNorm2d(width))
        self.layers.append(activation)
        if self.dropout:
            self.layers.append(SeededDropout(self.dropout))
        self.width = width
        self._advance(stride)

    def _advance(self, stride):
        self.full_stride *= stride
        self.stride_taken *= self._part_taken(stride)


class Smoothing(nn.Module):
    """Weighted means of 3 x 3 pixels in each channel, which are not learnt.

    Parameters
    ----------
    channels : int
        Channels of the input, and of the output.
    stride, dilation : int
        Stride and dilation of the convolution.
    """

    kernel: torch.Tensor

    def __init__(self, channels: int, stride: int, dilation: int):
        super().__init__()
        self.stride = stride
        self.dilation = dilation
        weights = torch.tensor([0.25, 0.5, 0.25])
        kernel = torch.outer(weights, weights).expand(channels, 1, 3, 3).clone()
        self.register_buffer("kernel", kernel)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return images of half the size, if the stride is 2."""
        return conv2d(
            images,
            self.kernel,
            stride=self.stride,
            dilation=self.dilation,
            groups=len(self.kernel),
        )


class ResidualBlock(nn.Module):
    """Two convolutions beside a cropped and, if the widths differ, projected shortcut.

    Parameters
    ----------
    first, second : Convolution
        The convolutions; ReLU lies between them.
    norm : nn.Module
        Batch norm after the first.
    project : Convolution or None
        1 x 1 convolution of the shortcut, if the widths differ.
    crop : int
        Pixels that the convolutions take off each side.
    step : int
        Stride of the convolutions.
    """

    def __init__(
        self,
        first: nn.Module,
        norm: nn.Module,
        second: nn.Module,
        project: nn.Module | None,
        crop: int,
        step: int,
    ):
        super().__init__()
        self.first = first
        self.norm = norm
        self.second = second
        self.project = project
        self.crop = crop
        self.step = step

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return convolutions plus shortcut."""
        inside = slice(self.crop, -self.crop, self.step)
        shortcut = images[:, :, inside, inside]
        if self.project is not None:
            shortcut = self.project(shortcut)
        return self.second(self.norm(self.first(images)).relu()) + shortcut
