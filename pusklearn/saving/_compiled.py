"""Objects of compiled code that estimators of scikit-learn hold, in a document."""

import re
from importlib import import_module
from typing import Any

import numpy as np

from pusklearn.saving._arrays import check_array
from pusklearn.saving._check_indices import check_tree
from pusklearn.saving._kind import Kind, Reader, Writer, take

LOSS = re.compile(
    r"sklearn\._loss\._loss\.Cy[A-Z]\w*|sklearn\.linear_model\._sgd_fast\.[A-Z]\w*"
)
# The classes of distances, by the name that finds the same neighbours.
DISTANCES = {
    "EuclideanDistance64": "euclidean",
    "ManhattanDistance64": "manhattan",
    "ChebyshevDistance64": "chebyshev",
}
TREE = "sklearn.tree._tree.Tree"
NEIGHBOURS = (
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.neighbors._ball_tree.BallTree",
)
# Where the state of a tree of neighbours has them.
DATA, LEAF_SIZE, DISTANCE, WEIGHTS = 0, 4, -2, -1


def full_name(value: Any) -> str:
    """Return the name of the class of a value."""
    return f"{type(value).__module__}.{type(value).__qualname__}"


def imported(name: str) -> type:
    """Return the class of that name, or raise a ValueError if it is no class."""
    module, _, own = name.rpartition(".")
    cls = getattr(import_module(module), own, None)
    if not isinstance(cls, type):
        raise ValueError(f"An object of {name!r} is not allowed.")
    return cls


def is_loss(value: Any) -> bool:
    """Tell whether a value is a compiled loss of scikit-learn."""
    return LOSS.fullmatch(full_name(value)) is not None


def encode_loss(value: Any, writer: Writer) -> dict[str, Any]:
    """Return the node of a compiled loss."""
    function, arguments = value.__reduce__()[:2]
    # A loss without parameters may be made by a function of Cython.
    arguments = arguments if function is type(value) else ()
    items = [writer.write(float(number), "") for number in arguments]
    return {"class": full_name(value), "arguments": items}


def decode_loss(node: dict[str, Any], reader: Reader) -> Any:
    """Return the compiled loss."""
    name = take(node, "class", str)
    if not LOSS.fullmatch(name):
        raise ValueError(f"An object of {name!r} is not allowed.")
    arguments = [reader.read(item) for item in take(node, "arguments", list)]
    if any(type(number) is not float for number in arguments):
        raise ValueError("The parameters of a loss are numbers.")
    return imported(name)(*arguments)


def encode_tree(value: Any, writer: Writer) -> dict[str, Any]:
    """Return the node of a decision tree."""
    _, (n_features, n_classes, n_outputs), state = value.__reduce__()
    return {
        "n_features": int(n_features),
        "n_classes": writer.write(np.asarray(n_classes), ".n_classes"),
        "n_outputs": int(n_outputs),
        "state": {key: writer.write(item, f".{key}") for key, item in state.items()},
    }


def decode_tree(node: dict[str, Any], reader: Reader) -> Any:
    """Return the decision tree, whose nodes lead to later nodes alone."""
    n_features, n_outputs = take(node, "n_features", int), take(node, "n_outputs", int)
    n_classes = check_array(reader.read(node.get("n_classes")))
    state = take(node, "state", dict)
    state = {key: reader.read(item) for key, item in state.items()}
    check_tree(state, n_features, n_classes, n_outputs)
    tree = imported(TREE)(n_features, n_classes.astype(np.intp), n_outputs)
    tree.__setstate__(state)
    return tree


def encode_neighbours(value: Any, writer: Writer) -> dict[str, Any]:
    """Return the node of a tree of neighbours: what it was made from."""
    state = value.__getstate__()
    distance = DISTANCES.get(type(state[DISTANCE]).__name__)
    if distance is None or state[WEIGHTS] is not None:
        raise writer.refuse(value, f" of {type(state[DISTANCE]).__name__}")
    return {
        "class": full_name(value),
        "data": writer.write(np.asarray(state[DATA]), ".data"),
        "leaf_size": int(state[LEAF_SIZE]),
        "distance": distance,
    }


def decode_neighbours(node: dict[str, Any], reader: Reader) -> Any:
    """Return the tree of neighbours, which is made anew."""
    data = check_array(reader.read(node.get("data")))
    if node.get("distance") not in DISTANCES.values():
        raise ValueError(f"There is no distance {node.get('distance')!r}.")
    name = take(node, "class", str)
    if name not in NEIGHBOURS:
        raise ValueError(f"An object of {name!r} is not allowed.")
    leaf_size = take(node, "leaf_size", int)
    return imported(name)(data, leaf_size=leaf_size, metric=node["distance"])


COMPILED = (
    Kind("loss", is_loss, encode_loss, decode_loss),
    Kind("tree", lambda value: full_name(value) == TREE, encode_tree, decode_tree),
    Kind(
        "neighbours",
        lambda value: full_name(value) in NEIGHBOURS,
        encode_neighbours,
        decode_neighbours,
    ),
)
