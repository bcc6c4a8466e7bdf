"""Convolutions without padding, with strides or with dilations in their place."""

from numbers import Integral

import torch
from sklearn.utils.validation import check_scalar
from torch import nn
from torch.nn.functional import conv2d

from pusklearn.pu.modules._convolution import Convolution
from pusklearn.pu.modules._fading_dropout import FadingDropout, find_input_dropout

PIXEL_DROPOUT = 0.2  # share of the pixels of an image


class LayerStack:
    """Collects layers while it keeps the width and the stride so far.

    Strides are taken until they come to `step` pixels. A later one is left out, and
    every kernel after it is dilated in its place: so the layers compute, every `step`
    pixels, what the strided form computes on the region around that pixel.

    Parameters
    ----------
    channels : int
        Channels of the input.
    batch_norm : bool
        Follow each layer with batch norm.
    dropout : float
        Share of units dropped after each layer.
    step : int or None
        Pixels between neighbouring outputs, a power of 2; None takes every stride.
    """

    def __init__(self, channels, batch_norm, dropout, step):
        self.width = channels
        self.batch_norm = batch_norm
        self.dropout = dropout
        self.step = step
        self.jump = 1
        self.taken = 1
        self.layers = []

    def halve(self):
        """Add a smoothing that halves the image."""
        dilation = self.jump // self.taken
        self.layers.append(Smoothing(self.width, self._stride_taken(2), dilation))
        self._advance(2)

    def drop_pixels(self, share):
        """Add the dropout of a share of the pixels, that ends before the training."""
        share = find_input_dropout(share, PIXEL_DROPOUT)
        if share:
            self.layers.append(FadingDropout(share))

    def convolve(self, width, kernel, stride, activation):
        """Add convolution, batch norm, activation and dropout."""
        check_scalar(width, "units", Integral, min_val=1)
        self.layers.append(self._convolution(self.width, width, kernel, stride))
        self._close(width, stride, activation)

    def residual(self, width, dilation=1, stride=1):
        """Add a residual block of two 3 x 3 convolutions; see `ResidualBlock`."""
        first = self._convolution(self.width, self.width, 3)
        second = self._convolution(self.width, width, 3, stride, dilation)
        project = None
        if width != self.width:
            project = Convolution(self.width, width, 1, bias=False)
        norm = nn.BatchNorm2d(self.width) if self.batch_norm else nn.Identity()
        crop = (1 + dilation) * (self.jump // self.taken)
        step = self._stride_taken(stride)
        self.layers.append(ResidualBlock(first, norm, second, project, crop, step))
        self._close(width, stride, nn.ReLU())

    def finish(self):
        """Return the layers in sequence and the width of the last."""
        return nn.Sequential(*self.layers), self.width

    def _convolution(self, width_in, width_out, kernel, stride=1, dilation=1):
        return Convolution(
            width_in,
            width_out,
            kernel,
            stride=self._stride_taken(stride),
            dilation=dilation * self.jump // self.taken,
            bias=not self.batch_norm,
        )

    def _stride_taken(self, stride):
        """Return what is taken of a stride: the rest of it is left to dilation."""
        if self.step is None:
            return stride
        return min(stride, self.step // self.taken)

    def _close(self, width, stride, activation):
        if self.batch_norm:
            self.layers.append(nn.BatchNorm2d(width))
        self.layers.append(activation)
        if self.dropout:
            self.layers.append(nn.Dropout(self.dropout))
        self.width = width
        self._advance(stride)

    def _advance(self, stride):
        self.jump *= stride
        self.taken *= self._stride_taken(stride)


class Smoothing(nn.Module):
    """Weighted means of 3 x 3 pixels in each channel, which are not learnt.

    Parameters
    ----------
    channels : int
        Channels of the input, and of the output.
    stride, dilation : int
        Of the convolution.
    """

    def __init__(self, channels, stride, dilation):
        super().__init__()
        self.stride = stride
        self.dilation = dilation
        weights = torch.tensor([0.25, 0.5, 0.25])
        kernel = torch.outer(weights, weights).expand(channels, 1, 3, 3).clone()
        self.register_buffer("kernel", kernel)

    def forward(self, images):
        """Return images of half the size, if the stride is 2."""
        return conv2d(
            images,
            self.kernel,
            stride=self.stride,
            dilation=self.dilation,
            groups=len(self.kernel),
        )


class ResidualBlock(nn.Module):
    """Two convolutions beside a cropped, and where needed projected, shortcut.

    Parameters
    ----------
    first, second : Convolution
        The convolutions; ReLU lies between them.
    norm : nn.Module
        Batch norm after the first.
    project : Convolution or None
        1 x 1 convolution of the shortcut, where the widths differ.
    crop : int
        Pixels that the convolutions take off each side.
    step : int
        Stride of the convolutions.
    """

    def __init__(self, first, norm, second, project, crop, step):
        super().__init__()
        self.first = first
        self.norm = norm
        self.second = second
        self.project = project
        self.crop = crop
        self.step = step

    def forward(self, images):
        """Return convolutions plus shortcut."""
        inside = slice(self.crop, -self.crop, self.step)
        shortcut = images[:, :, inside, inside]
        if self.project is not None:
            shortcut = self.project(shortcut)
        return self.second(self.norm(self.first(images)).relu()) + shortcut
