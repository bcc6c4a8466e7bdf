"""Functions and classes that parameters name, in a document.

Only the name is written. Each rule says which names are allowed: those of pure
functions, and of classes of torch and scikit-learn that are parameters elsewhere.
"""

from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from pusklearn.pu.metrics._pu_scorer import METRICS
from pusklearn.pu.network._with_parameters import WithParameters
from pusklearn.saving._allowed import SKORCH, bases_of
from pusklearn.saving._kind import Kind, Reader, Writer, take

NAMED = (
    *(f"numpy.{name}" for name in ("mean", "median", "min", "max", "sum")),
    *(
        f"sklearn.feature_selection.{name}"
        for name in ("chi2", "f_classif", "f_regression", "mutual_info_classif")
    ),
    "sklearn.utils.check_array",
    "skorch.utils.to_numpy",
    "builtins.print",
    "torch.nn.functional.binary_cross_entropy_with_logits",
    *SKORCH,
)
# Modules, and what they may hold.
CLASSES = {
    "torch.optim": "torch.optim.optimizer.Optimizer",
    "torch.optim.lr_scheduler": "torch.optim.lr_scheduler.LRScheduler",
    "sklearn.model_selection": "sklearn.model_selection._split.BaseCrossValidator",
}
METRIC_ENDS = ("_score", "_loss", "_error")


def named(name: str) -> Any:
    """Return the function or class of a name, or None if it is not allowed."""
    module, _, own = name.rpartition(".")
    if module == "pusklearn.metrics":
        functions = {metric.function for metric in METRICS.values()}
        return {function.__name__: function for function in functions}.get(own)
    if name in NAMED:
        return getattr(import_module(module), own)
    if module == "sklearn.metrics" and own.endswith(METRIC_ENDS):
        metrics = import_module(module)
        return getattr(metrics, own) if own in metrics.__all__ else None
    if module == "numpy":
        function = getattr(np, own, None)
        return function if isinstance(function, np.ufunc) else None
    if module in CLASSES:
        cls = getattr(import_module(module), own, None)
        is_kind = isinstance(cls, type) and CLASSES[module] in bases_of(cls)
        return cls if is_kind else None
    return None


def name_of_function(value: Any) -> str | None:
    """Return the name of a function or class that is allowed, or None."""
    own = getattr(value, "__name__", None)
    if not isinstance(own, str) or not callable(value):
        return None
    where = getattr(value, "__module__", None) or "numpy"  # ufuncs may have none
    parts = where.split(".")
    # A function may be public in any module above its own.
    modules = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
    modules += ["pusklearn.metrics"] if parts[0] == "pusklearn" else []
    names = [f"{module}.{own}" for module in modules]
    return next((name for name in names if named(name) is value), None)


def encode_name(value: Any, writer: Writer) -> dict[str, Any]:
    """Return the node of a function or class."""
    return {"name": name_of_function(value)}


def decode_name(node: dict[str, Any], reader: Reader) -> Any:
    """Return the function or class."""
    name = take(node, "name", str)
    value = named(name)
    if value is None:
        raise ValueError(f"The function or class {name!r} is not allowed.")
    return value


def is_partial(value: Any) -> bool:
    """Tell whether a value is a function or class with some of its parameters."""
    return type(value) is WithParameters or (
        type(value) is partial and not value.args and not vars(value)
    )


def encode_partial(value: Any, writer: Writer) -> dict[str, Any]:
    """Return the node of a function or class with some of its parameters."""
    is_own = type(value) is WithParameters
    return {
        "set": is_own,
        "function": writer.write(value.function if is_own else value.func, ""),
        "parameters": writer.write(value.parameters if is_own else value.keywords, ""),
    }


def decode_partial(node: dict[str, Any], reader: Reader) -> Any:
    """Return the function or class with some of its parameters."""
    function = reader.read(node.get("function"))
    if not callable(function):
        raise ValueError("Parameters need a function or a class.")
    kind: Any = WithParameters if take(node, "set", bool) else partial
    return kind(function, **reader.read(node.get("parameters")))


FUNCTIONS = (
    Kind(
        "name",
        lambda value: name_of_function(value) is not None,
        encode_name,
        decode_name,
    ),
    Kind("partial", is_partial, encode_partial, decode_partial),
)
