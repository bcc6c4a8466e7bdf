"""Estimators, criteria, specifications and other objects in a document."""

import inspect
from functools import cached_property
from typing import Any

from sklearn.utils.metadata_routing import MetadataRequest

from pusklearn.saving._allowed import SKORCH, class_of, name_of
from pusklearn.saving._check_indices import check_indices
from pusklearn.saving._kind import Kind, Reader, Unfinished, Writer, take


def is_object(value: Any) -> bool:
    """Tell whether a value is an object of a class that is allowed."""
    return not isinstance(value, type | tuple) and name_of(type(value)) is not None


def encode_object(value: Any, writer: Writer) -> dict[str, Any]:
    """Return the node of an object: its class and its attributes."""
    state = value.__getstate__() or {}
    name = name_of(type(value))
    if name in SKORCH:
        # What a callback learns in a training is not needed for the next one.
        state = {key: item for key, item in state.items() if not key.endswith("_")}
    # What would be refused when it is read is not written.
    check_no_cache(state)
    check_indices(value)
    for key in state:
        check_attribute(type(value), key)
    return {
        "class": name,
        "state": {key: writer.write(item, f".{key}") for key, item in state.items()},
    }


def decode_object(node: dict[str, Any], reader: Reader) -> Any:
    """Return the object, without calling what makes it or any of its methods.

    scikit-learn's ``__setstate__`` is called, which warns of another version.
    """
    cls = class_of(take(node, "class", str))
    if issubclass(cls, tuple):
        raise ValueError(f"{cls.__name__} has no attributes.")
    state = take(node, "state", dict)
    for key in state:
        check_attribute(cls, key)
    state = {key: reader.read(item, has_owner=True) for key, item in state.items()}
    # A parameter may be younger than the file. The others keep their order.
    state |= {k: v for k, v in defaults_of(cls).items() if k not in state}
    check_no_cache(state)
    value = cls.__new__(cls)
    if hasattr(value, "__setstate__"):
        value.__setstate__(state)
    else:
        value.__dict__.update(state)
    for key, item in state.items():
        if isinstance(item, Unfinished):
            setattr(value, key, item.finish(value))
    check_indices(value)
    return value


def defaults_of(cls: type) -> dict[str, Any]:
    """Return the parameters of an estimator of pusklearn that have a default."""
    if not (cls.__module__.startswith("pusklearn.") and hasattr(cls, "get_params")):
        return {}
    parameters = inspect.signature(cls).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty}


def check_attribute(cls: type, name: str) -> None:
    """Raise a ValueError for an attribute that would take the place of a method."""
    own = inspect.getattr_static(cls, name, None)
    is_method = hasattr(own, "__get__") and not isinstance(own, cached_property)
    if not name.isidentifier() or name.startswith("__") or is_method:
        raise ValueError(f"An object of {cls.__name__} has no attribute {name!r}.")


def check_no_cache(state: dict[str, Any]) -> None:
    """Raise a ValueError for the `memory` of an estimator, a folder full of pickles."""
    if state.get("memory") is not None:
        raise ValueError(
            "A file cannot carry the parameter `memory` of an estimator of "
            "scikit-learn: the next fit would open the pickles in that folder. Got "
            f"{state['memory']!r}; give set_params(memory=None)."
        )


def encode_requests(value: MetadataRequest, writer: Writer) -> dict[str, Any]:
    """Return the node of the metadata that an object asks for."""
    requests = {
        method: dict(request.requests)
        for method, request in vars(value).items()
        if hasattr(request, "requests") and request.requests
    }
    return {"methods": requests}


def decode_requests(node: dict[str, Any], reader: Reader) -> Unfinished:
    """Return the metadata that an object asks for; they name the object."""
    methods = take(node, "methods", dict)

    def finish(owner: Any) -> MetadataRequest:
        value = MetadataRequest(owner=owner)
        for method, requests in methods.items():
            check_attribute(MetadataRequest, method)
            for param, alias in requests.items():
                getattr(value, method).add_request(param=param, alias=alias)
        return value

    return Unfinished(finish)


OBJECTS = (
    Kind(
        "requests",
        lambda value: type(value) is MetadataRequest,
        encode_requests,
        decode_requests,
    ),
    Kind("object", is_object, encode_object, decode_object),
)
