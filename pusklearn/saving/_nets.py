"""Trained nets, and what else is torch's, in a document."""

from typing import Any

import torch
from torch import nn

from pusklearn.pu.network._restored_net import NetParts, parts_of_net, restored_net
from pusklearn.pu.network._training_net import TrainingNet
from pusklearn.saving._kind import Kind, Reader, Unfinished, Writer, take

OTHERS = ("criterion", "priors", "settings", "history")
LOSSES = ("BCEWithLogitsLoss", "HuberLoss", "L1Loss", "MSELoss", "SmoothL1Loss")
LOSS_PARAMETERS = ("reduction", "beta", "delta", "weight", "pos_weight")


def encode_net(value: TrainingNet, writer: Writer) -> dict[str, Any]:
    """Return the node of a net, and store its weights."""
    parts = parts_of_net(value)
    states = {
        name: {key: writer.store(t, f".{name}.{key}") for key, t in state.items()}
        for name, state in (("network", parts.network), ("decoder", parts.decoder))
        if state is not None
    }
    return {
        "decoder": None,
        **states,
        "in_half": parts.in_half,
        **{name: writer.write(getattr(parts, name), f".{name}") for name in OTHERS},
    }


def decode_net(node: dict[str, Any], reader: Reader) -> Unfinished:
    """Return the net, which is made for its classifier."""
    states = {
        name: {key: reader.tensor(t) for key, t in take(node, name, dict).items()}
        for name in ("network", "decoder")
        if node.get(name) is not None
    }
    others = {name: reader.read(node.get(name)) for name in OTHERS}
    in_half = take(node, "in_half", bool)
    parts = NetParts(**{"decoder": None, **states, "in_half": in_half, **others})
    return Unfinished(lambda owner: restored_net(owner, parts))


def encode_tensor(value: torch.Tensor, writer: Writer) -> dict[str, Any]:
    """Return the node of a tensor."""
    return {"tensor": writer.store(value)}


def decode_tensor(node: dict[str, Any], reader: Reader) -> torch.Tensor:
    """Return the tensor."""
    return reader.tensor(node.get("tensor"))


def is_loss(value: Any) -> bool:
    """Tell whether a value is a loss of torch that a criterion may be."""
    return type(value) in [getattr(nn, name) for name in LOSSES]


def encode_loss(value: nn.Module, writer: Writer) -> dict[str, Any]:
    """Return the node of a loss of torch."""
    found = {n: getattr(value, n) for n in LOSS_PARAMETERS if hasattr(value, n)}
    return {"class": type(value).__name__, "parameters": writer.write(found, "")}


def decode_loss(node: dict[str, Any], reader: Reader) -> nn.Module:
    """Return the loss of torch."""
    name = take(node, "class", str)
    if name not in LOSSES:
        raise ValueError(f"The loss {name!r} is not allowed.")
    return getattr(nn, name)(**reader.read(node.get("parameters")))


NETS = (
    Kind("net", lambda value: type(value) is TrainingNet, encode_net, decode_net),
    Kind(
        "tensor",
        lambda value: type(value) is torch.Tensor,
        encode_tensor,
        decode_tensor,
    ),
    Kind(
        "device",
        lambda value: type(value) is torch.device,
        lambda value, _: {"name": str(value)},
        lambda node, _: torch.device(take(node, "name", str)),
    ),
    Kind("torch loss", is_loss, encode_loss, decode_loss),
)
