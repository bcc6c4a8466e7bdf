"""From an architecture and samples to logits."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from pusklearn.pu.modules._architecture import Architecture
from pusklearn.pu.priors._class_priors import AnyPriors

DECODED = 64  # samples of a batch, or up to twice as many


def build_network(module: Any, sample_shape: tuple[int, ...]) -> nn.Module:
    """Build a network for samples of that shape from a specification or a callable."""
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


def check_learns(network: nn.Module) -> None:
    """Raise a ValueError if a network has no parameter that can be trained."""
    parameters = list(network.parameters())
    if any(parameter.requires_grad for parameter in parameters):
        return
    found = "it has none"
    if parameters:
        found = f"the {len(parameters)} that it has are frozen by `requires_grad=False`"
    raise ValueError(
        "`module` must return a network with parameters to train. Got a "
        f"{type(network).__name__}; {found}."
    )


def check_takes(
    network: nn.Module, sample_shape: tuple[int, ...], device: torch.device
) -> None:
    """Raise a ValueError if a network cannot take samples of that shape.

    It is called after a training has failed, so that the network is changed no more.
    """
    one_channel = (1, *sample_shape) if len(sample_shape) == 2 else sample_shape
    try:
        with torch.no_grad():
            network.eval()(torch.zeros((2, *one_channel), device=device))
    except (RuntimeError, ValueError, IndexError) as error:
        sizes = ", ".join(map(str, one_channel))
        raise ValueError(
            f"`module` must return a network that takes batches of shape (n, {sizes}), "
            f"as the samples are. The {type(network).__name__} does not: {error}"
        ) from error


def one_logit(output: torch.Tensor, n: int) -> torch.Tensor:
    """Bring a network's output to one float32 logit per sample.

    A sample larger than the receptive field gives several logits. Their mean is taken.
    """
    if not isinstance(output, torch.Tensor):
        raise TypeError(
            "A network must return one tensor, a logit per sample. It returned a "
            f"{type(output).__name__}; let `forward` return the logits alone."
        )
    if output.ndim < 4 and output.numel() != n:
        raise ValueError(
            "A network must return one logit per sample. For "
            f"{n} samples it returned shape {tuple(output.shape)}."
            + hint_of_shape(output, n)
        )
    if output.ndim == 4 and output.shape[1] != 1:
        raise ValueError(
            "A convolutional network must return 1 channel of logits. It returned "
            f"{output.shape[1]}."
        )
    logits = output.float()
    return logits.reshape(n) if logits.numel() == n else logits.reshape(n, -1).mean(1)


def hint_of_shape(output: torch.Tensor, n: int) -> str:
    """Say what to do about an output of two classes, or nothing."""
    if output.shape != (n, 2):
        return ""
    return (
        " For two outputs per sample, return that of the positives less the other, as "
        "(n, 1)."
    )


class TrainedNetwork(nn.Module):
    """The network that is trained, in the precision chosen, with its decoder.

    Its output is the logits and the squared reconstruction errors, which are None
    without a decoder. About 64 samples of a larger batch, evenly spaced, are decoded:
    their mean error is about that of all samples, and they take a part of the time.

    Parameters
    ----------
    network : nn.Module
        The network that gives logits.
    decoder : nn.Module or None
        The decoder that gives samples back from the latent features of a `Network`.
    in_half : bool
        Whether torch's autocast computes in bfloat16.
    """

    def __init__(self, network: Any, decoder: nn.Module | None, in_half: bool):
        super().__init__()
        self.network = network
        self.decoder = decoder
        self.in_half = in_half

    def forward(
        self, samples: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Return logits of shape (n,) and the errors of the samples decoded."""
        with torch.autocast(samples.device.type, torch.bfloat16, enabled=self.in_half):
            if self.decoder is None:
                return one_logit(self.network(samples), len(samples)), None
            features = self.network.features(samples)
            logits = one_logit(self.network.head(features), len(samples))
            step = max(1, len(samples) // DECODED)
            decoded = self.decoder(features[::step])
        error = (decoded.float() - samples[::step]).square().flatten(1).sum(1)
        return logits, error


class Objective(nn.Module):
    """The criterion with its priors, and the reconstruction error with its weight.

    Parameters
    ----------
    criterion : callable
        The criterion, which is called with logits, labels and priors.
    priors : Priors or PriorsWithNegatives
        The priors that the criterion is called with.
    reconstruction_weight : float
        Weight of the mean reconstruction error.
    """

    def __init__(
        self, criterion: Callable, priors: AnyPriors, reconstruction_weight: float
    ):
        super().__init__()
        self.criterion = criterion
        self.priors = priors
        self.reconstruction_weight = reconstruction_weight

    def forward(
        self,
        output: tuple[torch.Tensor, torch.Tensor | None],
        target: torch.Tensor | dict[str, torch.Tensor],
    ) -> torch.Tensor:
        """Return the objective of one batch.

        The target tells which samples are labelled positives. If the weights of samples
        differ, or negatives are known, it is a mapping of the names of the criterion's
        arguments to their values.
        """
        logits, error = output
        if isinstance(target, torch.Tensor):
            target = {"is_positive": target}
        others = dict(target)
        is_positive = others.pop("is_positive")
        loss = self.criterion(logits, is_positive, self.priors, **others)
        check_loss(loss, self.criterion, logits)
        if error is None:
            return loss
        return loss + self.reconstruction_weight * error.mean()


def check_loss(loss: Any, criterion: Any, logits: torch.Tensor) -> None:
    """Raise a TypeError if there is no scalar tensor to learn from."""
    if isinstance(loss, torch.Tensor) and loss.ndim == 0 and loss.is_floating_point():
        if loss.requires_grad or not torch.is_grad_enabled():
            return
        if not logits.requires_grad:
            raise TypeError(
                "A network must return logits that depend on its parameters. The "
                "output has no gradient; leave `detach`, `no_grad` and NumPy out of "
                "`forward`, and do not freeze all parameters."
            )
        returned = "a tensor that does not depend on the logits"
    elif isinstance(loss, torch.Tensor):
        returned = f"a tensor of shape {tuple(loss.shape)} and type {loss.dtype}"
    else:
        returned = repr(loss)
    raise TypeError(
        "`criterion` must return a scalar tensor that depends on the logits, such as "
        f"the mean of the losses of a batch. {criterion!r} returned {returned}."
    )
