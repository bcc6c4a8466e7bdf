"""What the kinds of values have in common."""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import torch


class Writer(Protocol):
    """What a kind needs in order to write a value."""

    def write(self, value: Any, place: str) -> Any:
        """Return the node of a value that lies at a place within this one."""

    def store(self, tensor: torch.Tensor, place: str = "") -> str:
        """Keep a tensor that lies at a place within this value; return its name."""

    def number(self, value: Any) -> tuple[int, bool]:
        """Return the number of an object that may be shared, and if it is new."""

    def refuse(self, value: Any, why: str = "") -> TypeError:
        """Return the error for a value that cannot be carried."""


class Reader(Protocol):
    """What a kind needs in order to read a value."""

    shared: dict[int, Any]

    def read(self, node: Any, *, has_owner: bool = False) -> Any:
        """Return the value of a node, `Unfinished` only if it has an owner."""

    def tensor(self, name: Any) -> torch.Tensor:
        """Return the tensor of that name."""


class Kind(NamedTuple):
    """Values of one kind, and their nodes in a document.

    A node is a dict whose "kind" is the name.

    Attributes
    ----------
    name : str
        The name in the document.
    holds : callable
        ``holds(value)`` tells whether a value is of this kind.
    encode : callable
        ``encode(value, writer)`` returns the node without its "kind".
    decode : callable
        ``decode(node, reader)`` returns the value, or raises an error if the node is
        not one that `encode` returns.
    """

    name: str
    holds: Callable[[Any], bool]
    encode: Callable[[Any, Writer], dict[str, Any]]
    decode: Callable[[dict[str, Any], Reader], Any]


class Unfinished(NamedTuple):
    """A value that can be made only once the object that holds it is there.

    Attributes
    ----------
    finish : callable
        ``finish(owner)`` returns the value.
    """

    finish: Callable[[Any], Any]


def take(node: dict[str, Any], key: str, kind: type) -> Any:
    """Return an entry of a node, or raise a ValueError if it is of another type."""
    value = node.get(key)
    if type(value) is not kind:
        raise ValueError(
            f"{key!r} of a {node.get('kind')} must be of type {kind.__name__}. Got "
            f"{type(value).__name__}."
        )
    return value
