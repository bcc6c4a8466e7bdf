"""From an architecture and samples to logits."""

import torch
from torch import nn

from pusklearn.pu.modules._architecture import Architecture

DECODED = 64  # samples of a batch, or up to twice as many


def build_network(module, sample_shape):
    """Build a network for samples of that shape from a specification or a class."""
    if isinstance(module, nn.Module):
        raise TypeError(
            "`module` must be a class or a function that builds a network, not a "
            f"network: give {type(module).__name__} itself, or a function that returns "
            "a new one."
        )
    if isinstance(module, Architecture):
        network = module.build(sample_shape)
    else:
        network = module()
    if not isinstance(network, nn.Module):
        raise TypeError(
            "`module` must be 'auto', a specification such as ConvNet(31), or a "
            f"callable that returns a torch.nn.Module. It returned {type(network)}."
        )
    return network


def one_logit(output, n):
    """Bring a network's output to one float32 logit per sample.

    A sample larger than the receptive field gives several logits; theirs is the mean.
    """
    if output.ndim < 4 and output.numel() != n:
        raise ValueError(
            "A network must return one logit per sample. For "
            f"{n} samples it returned shape {tuple(output.shape)}."
        )
    if output.ndim == 4 and output.shape[1] != 1:
        raise ValueError(
            "A convolutional network must return 1 channel of logits. It returned "
            f"{output.shape[1]}."
        )
    return output.float().reshape(n, -1).mean(1)


class TrainedNetwork(nn.Module):
    """What is trained: the network, in the precision chosen, with its decoder.

    Its output is the logits and the squared reconstruction errors, or None without a
    decoder. About 64 samples of a larger batch, evenly spaced, are decoded: they have
    about the mean error of all, in a part of the time.

    Parameters
    ----------
    network : nn.Module
        Gives logits.
    decoder : nn.Module or None
        Gives samples back from the latent features of a `Network`.
    half : bool
        Compute in bfloat16 where torch's autocast does.
    """

    def __init__(self, network, decoder, half):
        super().__init__()
        self.network = network
        self.decoder = decoder
        self.half = half

    def forward(self, samples):
        """Return logits of shape (n,) and the errors of the samples decoded."""
        with torch.autocast(samples.device.type, torch.bfloat16, enabled=self.half):
            if self.decoder is None:
                return one_logit(self.network(samples), len(samples)), None
            features = self.network.features(samples)
            logits = one_logit(self.network.head(features), len(samples))
            step = max(1, len(samples) // DECODED)
            decoded = self.decoder(features[::step])
        error = (decoded.float() - samples[::step]).square().flatten(1).sum(1)
        return logits, error


class Objective(nn.Module):
    """The criterion with its priors, and the reconstruction error with its weight."""

    def __init__(self, criterion, priors, reconstruction_weight):
        super().__init__()
        self.criterion = criterion
        self.priors = priors
        self.reconstruction_weight = reconstruction_weight

    def forward(self, output, is_positive):
        """Return the objective of one batch."""
        logits, error = output
        loss = self.criterion(logits, is_positive, self.priors)
        if error is None:
            return loss
        return loss + self.reconstruction_weight * error.mean()
