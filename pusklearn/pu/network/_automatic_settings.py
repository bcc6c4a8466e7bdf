"""What "auto" and None stand for in the settings of a `PUClassifier`."""

from math import ceil
from typing import Any, NamedTuple

from sklearn.base import clone
from torch import nn

from pusklearn.pu._samples import MOST_STEPS, Samples
from pusklearn.pu.criteria._ge_binomial import GEBinomial
from pusklearn.pu.criteria._registry import as_criterion
from pusklearn.pu.modules._architecture import Architecture
from pusklearn.pu.modules._conv_net import ConvNet
from pusklearn.pu.modules._mlp import MLP


class Learning(NamedTuple):
    """How a network learns.

    Attributes
    ----------
    lr : float
        The highest learning rate.
    batch_size : int
        The samples in a batch.
    rise : float
        The share of the updates over which the learning rate rises.
    is_smooth_at_first : bool
        Whether the kernels of the first layer begin smooth.
    """

    lr: float
    batch_size: int
    rise: float = 0.3
    is_smooth_at_first: bool = False


USUAL = Learning(3e-3, 256)
# Batch norm bears so high a rate. From 100 labels, a picker finds particles in about
# two fifths of the time.
FAST = Learning(0.01, 128, 0.15, True)

ALLOWED_MODULES = (
    "`module` must be 'auto', a specification such as ConvNet(31), or a class or "
    "function that returns a torch.nn.Module."
)


def resolve_module(module: Any, sample_shape: tuple[int, ...]) -> Any:
    """Return the specification that "auto" stands for, or the module itself.

    Raises
    ------
    TypeError
        If no network can be built from `module`.
    ValueError
        If `module` is a word other than "auto".
    """
    if isinstance(module, str) and module == "auto":
        return default_module(sample_shape)
    check_module(module)
    return module


def default_module(sample_shape: tuple[int, ...]) -> Architecture:
    """Return the specification that suits samples of that shape."""
    if len(sample_shape) == 1:
        return MLP()
    side = min(sample_shape[-2:])
    field = max([31, *(field for field in (63, 127) if field <= side)])
    return ConvNet(field, halve=True)


def check_module(module: Any) -> None:
    """Raise an error for anything that is neither a specification nor a callable."""
    if isinstance(module, str):
        raise ValueError(f"{ALLOWED_MODULES} Got {module!r}.")
    if isinstance(module, type) and issubclass(module, Architecture):
        name = module.__name__
        raise TypeError(
            f"{ALLOWED_MODULES} Got the class {name}; give {name}(), an object."
        )
    if isinstance(module, nn.Module):
        raise TypeError(
            "`module` must be a class or a function that builds a network, not a "
            f"network: give {type(module).__name__} itself, or a function that returns "
            "a new one."
        )
    if not isinstance(module, Architecture) and not callable(module):
        raise TypeError(f"{ALLOWED_MODULES} Got {module!r}.")


def has_open_dropout(module: Any) -> bool:
    """Tell whether a specification does not say how many pixels are dropped."""
    return (
        isinstance(module, Architecture)
        and module.receptive_field is not None
        and getattr(module, "input_dropout", None) == "auto"
    )


def resolve_input_dropout(module: Any, samples: Samples, n_labels: int) -> Any:
    """Return the specification with the dropout of pixels that suits the samples."""
    if not has_open_dropout(module):
        return module
    share = samples.default_dropout(n_labels)
    return module if share is None else clone(module).set_params(input_dropout=share)


def resolve_reconstruction_weight(weight: float | str, n_labels: int) -> float:
    """Return the weight that "auto" stands for, or the weight itself."""
    return 10 / n_labels if weight == "auto" else weight  # type: ignore[return-value]


def resolve_steps(
    steps: int | None, samples: Samples, n_labels: int, share: float = 1.0
) -> int:
    """Return the updates of an epoch that None stands for, or their number itself.

    None stands for a share of the usual number.
    """
    if steps is not None:
        return steps
    return ceil(share * min(samples.default_steps(n_labels), MOST_STEPS))


def resolve_learning(
    classifier: Any, module: Any, samples: Samples, n_labels: int
) -> Learning:
    """Return how a classifier learns, with what "auto" stands for.

    Parameters
    ----------
    classifier : PUClassifier
        A classifier whose parameters are checked, and that has
        ``reconstruction_weight_``.
    module : specification or callable
        The network, "auto" resolved.
    samples : Samples
        The samples to learn from.
    n_labels : int
        The number of their labels.
    """
    automatic = USUAL
    if (
        samples.bears_high_rates(n_labels)
        and classifier.initial is None
        and classifier.optimizer == "adam"
        and isinstance(module, ConvNet)
        and module.batch_norm
        and isinstance(as_criterion(classifier.criterion), GEBinomial)
        and not classifier.reconstruction_weight_
    ):
        automatic = FAST
    batch_size = classifier.batch_size
    if is_auto(batch_size):
        batch_size = automatic.batch_size
    if not is_auto(classifier.lr):
        automatic = USUAL._replace(lr=classifier.lr)
    return automatic._replace(batch_size=batch_size)


def scoring_batch(batch_size: int | str) -> int:
    """Return how many samples are scored at a time."""
    return USUAL.batch_size if is_auto(batch_size) else batch_size  # type: ignore[return-value]


def is_auto(value: Any) -> bool:
    """Tell whether a setting is left open."""
    return isinstance(value, str) and value == "auto"
