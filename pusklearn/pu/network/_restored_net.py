"""The net of a classifier that was saved, made again from its parts."""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import torch
from skorch import NeuralNet
from skorch.history import History

from pusklearn.pu._warn_caller import warn_caller
from pusklearn.pu.modules._architecture import Architecture
from pusklearn.pu.network._devices import as_device
from pusklearn.pu.network._load_state import load_state
from pusklearn.pu.network._network import Objective
from pusklearn.pu.network._training import assemble_network
from pusklearn.pu.network._training_net import TrainingNet, both_probabilities
from pusklearn.pu.network._with_parameters import WithParameters
from pusklearn.pu.priors._class_priors import AnyPriors

SETTINGS = ("optimizer", "lr", "max_epochs", "batch_size")


class NetParts(NamedTuple):
    """What a fitted net is made from again.

    Attributes
    ----------
    network : mapping of str to torch.Tensor
        The state of the network that gives logits.
    decoder : mapping of str to torch.Tensor or None
        The state of the decoder, if there is one.
    in_half : bool
        Whether the training computes in bfloat16.
    criterion : callable
        The criterion, called with logits, labels and priors.
    priors : Priors or PriorsWithNegatives
        The priors that it was called with.
    settings : dict
        Parameters of the net: its optimizer with its parameters, ``lr``,
        ``max_epochs`` and ``batch_size``.
    history : list of dict
        The rows of the history.
    """

    network: Mapping[str, torch.Tensor]
    decoder: Mapping[str, torch.Tensor] | None
    in_half: bool
    criterion: Any
    priors: AnyPriors
    settings: dict[str, Any]
    history: list[dict[str, Any]]


def parts_of_net(net: NeuralNet) -> NetParts:
    """Return the parts of a fitted net. The state of its optimizer is none of them."""
    trained, objective = net.module_, net.criterion_
    decoder = trained.decoder
    return NetParts(
        trained.network.state_dict(),
        None if decoder is None else decoder.state_dict(),
        trained.in_half,
        objective.criterion,
        objective.priors,
        {name: value for name, value in vars(net).items() if is_setting(name)},
        [dict(row) for row in net.history],
    )


def restored_net(classifier: Any, parts: NetParts) -> NeuralNet:
    """Make the net of a classifier from its parts.

    Parameters
    ----------
    classifier : PUClassifier
        A classifier with the other attributes of its fit.
    parts : NetParts
        The parts of its net.

    Returns
    -------
    skorch.NeuralNet
        The net, with a new optimizer.

    Raises
    ------
    ValueError
        If the weights do not fit the network, or the network or the optimizer is none
        that can be made without code of a user.

    Warns
    -----
    UserWarning
        If the device of the classifier is not here. Then the network is on the CPU.
    """
    if not isinstance(classifier.module_, Architecture):
        raise ValueError(f"The network cannot be made from {classifier.module_!r}.")
    if not all(map(is_setting, parts.settings)):
        raise ValueError(f"A net has no settings {sorted(parts.settings)}.")
    check_is_optimizer(parts.settings.get("optimizer"))
    # It is built without storage, so that no random number is drawn for the weights.
    with torch.device("meta"):
        trained = assemble_network(classifier, parts.decoder is not None, parts.in_half)
    load_state(trained.network, parts.network)
    if trained.decoder is not None and parts.decoder is not None:
        load_state(trained.decoder, parts.decoder)
    # The weights get the order in memory that the training has given them.
    trained = trained.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    weight = classifier.reconstruction_weight_
    net = TrainingNet(
        trained,
        Objective(parts.criterion, parts.priors, weight),
        train_split=None,
        predict_nonlinearity=both_probabilities,
        callbacks__print_log=None,
        device=find_device(classifier.device),
        verbose=0,
        **parts.settings,
    )
    net.initialize()
    net.history = History(parts.history)
    return net


def is_setting(name: str) -> bool:
    """Tell whether a parameter of a net is one that is kept."""
    return name in SETTINGS or name.startswith("optimizer__")


def check_is_optimizer(optimizer: Any) -> None:
    """Raise a ValueError for anything but an optimizer of torch."""
    if isinstance(optimizer, WithParameters):
        optimizer = optimizer.function
    if isinstance(optimizer, partial):
        optimizer = optimizer.func
    is_class = isinstance(optimizer, type)
    if not is_class or not issubclass(optimizer, torch.optim.Optimizer):
        raise ValueError(f"{optimizer!r} is no optimizer of torch.")


def find_device(device: Any) -> torch.device:
    """Return the device of a classifier, or the CPU with a warning."""
    try:
        return as_device(device)
    except (TypeError, ValueError) as error:
        warn_caller(f"The network is loaded to the CPU. {error}")
        return torch.device("cpu")
