"""From an estimator to a document with tensors, and back.

The document is made of nodes. None, True, False, integers, finite floats, text and
lists stand for themselves; everything else is a dict whose "kind" tells what it is,
such as ``{"kind": "object", "class": "pusklearn.PUClassifier", "state": {...}}`` with a
node for each attribute. Each file of this room that ends in a tuple of `Kind` knows a
few kinds. Arrays and weights are tensors beside the document, named by their place.

skops has the same aim for scikit-learn's estimators. It writes objects of NumPy, SciPy,
pandas and scikit-learn, but neither modules nor tensors of torch.
"""

from math import isfinite
from typing import Any

import torch

from pusklearn.saving._arrays import ARRAYS
from pusklearn.saving._compiled import COMPILED
from pusklearn.saving._containers import CONTAINERS
from pusklearn.saving._functions import FUNCTIONS
from pusklearn.saving._kind import Kind, Unfinished
from pusklearn.saving._nets import NETS
from pusklearn.saving._numbers import NUMBERS
from pusklearn.saving._objects import OBJECTS
from pusklearn.saving._random_states import RANDOM_STATES

KINDS: tuple[Kind, ...] = (
    *NUMBERS,
    *CONTAINERS,
    *ARRAYS,
    *RANDOM_STATES,
    *NETS,
    *COMPILED,
    *FUNCTIONS,
    *OBJECTS,
)
BY_NAME = {kind.name: kind for kind in KINDS}
PLAIN = (type(None), bool, int, str)


def pack(estimator: Any) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """Return the document and the tensors of an estimator.

    Raises
    ------
    TypeError
        If a parameter or an attribute cannot be carried.
    ValueError
        If an object holds itself, or has a `memory` of pickles.
    """
    packer = Packer(type(estimator).__name__)
    return {"estimator": packer.write(estimator, "")}, packer.tensors


def unpack(document: Any, tensors: dict[str, torch.Tensor]) -> Any:
    """Return the estimator of a document and its tensors.

    Raises
    ------
    Exception
        Any, if the document is not one that `pack` makes.
    """
    return Unpacker(tensors).read(document["estimator"])


class Packer:
    """Writes the nodes of values, and keeps where it is and which tensors there are.

    Parameters
    ----------
    root : str
        The name of the estimator, with which messages begin.
    """

    def __init__(self, root: str):
        self.places = [root]
        self.inside: list[Any] = []
        self.tensors: dict[str, torch.Tensor] = {}
        self.shared: list[Any] = []

    def write(self, value: Any, place: str) -> Any:
        """Return the node of a value that lies at a place within the one before."""
        if type(value) in PLAIN or (type(value) is float and isfinite(value)):
            return value
        if any(value is other for other in self.inside):
            raise ValueError(f"{''.join(self.places)}{place} holds itself.")
        self.places.append(place)
        self.inside.append(value)
        node = self._write(value)
        self.places.pop()
        self.inside.pop()
        return node

    def _write(self, value):
        if type(value) is list:
            return [self.write(item, f"[{i}]") for i, item in enumerate(value)]
        for kind in KINDS:
            if kind.holds(value):
                return {"kind": kind.name, **kind.encode(value, self)}
        raise self.refuse(value)

    def store(self, tensor: torch.Tensor, place: str = "") -> str:
        """Keep a tensor, and return its name."""
        name = f"{len(self.tensors)}{''.join(self.places[1:])}{place}"
        self.tensors[name] = tensor
        return name

    def number(self, value: Any) -> tuple[int, bool]:
        """Return the number of an object that may be shared, and if it is new."""
        for number, other in enumerate(self.shared):
            if value is other:
                return number, False
        self.shared.append(value)
        return len(self.shared) - 1, True

    def refuse(self, value: Any, why: str = "") -> TypeError:
        """Return the error for a value that cannot be carried."""
        cls = type(value)
        return TypeError(
            f"A file that runs no code cannot carry {''.join(self.places)}, a "
            f"{cls.__module__}.{cls.__qualname__}{why}. It carries what pusklearn and "
            "scikit-learn make, numbers, text and arrays. Set another value, or use "
            "joblib.dump, whose files run code when they are opened."
        )


class Unpacker:
    """Reads values from nodes.

    Parameters
    ----------
    tensors : dict of str to torch.Tensor
        The tensors that the nodes name.
    """

    def __init__(self, tensors: dict[str, torch.Tensor]):
        self.tensors = dict(tensors)
        self.shared: dict[int, Any] = {}

    def read(self, node: Any, *, has_owner: bool = False) -> Any:
        """Return the value of a node, `Unfinished` only if it has an owner."""
        if type(node) in (*PLAIN, float):
            return node
        if type(node) is list:
            return [self.read(item) for item in node]
        if type(node) is not dict or node.get("kind") not in BY_NAME:
            raise ValueError(f"Values of the kind {node.get('kind')!r} are not known.")
        value = BY_NAME[node["kind"]].decode(node, self)
        if isinstance(value, Unfinished) and not has_owner:
            raise ValueError(f"A {node['kind']} must be an attribute of an object.")
        return value

    def tensor(self, name: Any) -> torch.Tensor:
        """Return the tensor of that name, once: copies of one would fill the memory."""
        if name not in self.tensors:
            raise ValueError(f"There is no tensor {name!r}, or it is named twice.")
        return self.tensors.pop(name)
