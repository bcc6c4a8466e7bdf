"""Tuples, dicts, sets and slices in a document."""

from typing import Any

from sklearn.utils import Bunch

from pusklearn.saving._allowed import class_of, name_of
from pusklearn.saving._kind import Kind, Reader, Writer, take

SETS: dict[str, type] = {"set": set, "frozenset": frozenset}


def encode_items(values: Any, writer: Writer) -> dict[str, Any]:
    """Return the node of a tuple."""
    return {"items": [writer.write(v, f"[{i}]") for i, v in enumerate(values)]}


def decode_items(node: dict[str, Any], reader: Reader) -> tuple:
    """Return the tuple of a node."""
    return tuple(reader.read(item) for item in take(node, "items", list))


def encode_set(values: Any, writer: Writer) -> dict[str, Any]:
    """Return the node of a set, in an order that does not depend on the process."""
    return encode_items(sorted(values, key=repr), writer)


def encode_mapping(values: dict, writer: Writer) -> dict[str, Any]:
    """Return the node of a dict; JSON takes keys that are strings alone."""
    if all(type(key) is str for key in values):
        return {"values": {k: writer.write(v, f"[{k!r}]") for k, v in values.items()}}
    pairs = [
        [writer.write(key, f"[{key!r}]"), writer.write(value, f"[{key!r}]")]
        for key, value in values.items()
    ]
    return {"items": pairs}


def decode_mapping(node: dict[str, Any], reader: Reader) -> dict:
    """Return the dict or the `Bunch` of a node."""
    if "values" in node:
        values = take(node, "values", dict)
        result = {key: reader.read(value) for key, value in values.items()}
    else:
        pairs = take(node, "items", list)
        result = {reader.read(key): reader.read(value) for key, value in pairs}
    return Bunch(**result) if node["kind"] == "bunch" else result


def decode_set(node: dict[str, Any], reader: Reader) -> Any:
    """Return the set of a node."""
    return SETS[node["kind"]](decode_items(node, reader))


def encode_slice(value: slice, writer: Writer) -> dict[str, Any]:
    """Return the node of a slice."""
    return encode_items((value.start, value.stop, value.step), writer)


def decode_slice(node: dict[str, Any], reader: Reader) -> slice:
    """Return the slice of a node."""
    start, stop, step = decode_items(node, reader)
    return slice(start, stop, step)


def is_named_tuple(value: Any) -> bool:
    """Tell whether a value is a named tuple of pusklearn that is allowed."""
    is_tuple = isinstance(value, tuple) and hasattr(value, "_fields")
    return is_tuple and name_of(type(value)) is not None


def encode_named_tuple(values: Any, writer: Writer) -> dict[str, Any]:
    """Return the node of a named tuple."""
    items = [
        writer.write(value, f".{name}")
        for name, value in zip(values._fields, values, strict=True)
    ]
    return {"class": name_of(type(values)), "items": items}


def decode_named_tuple(node: dict[str, Any], reader: Reader) -> tuple:
    """Return the named tuple of a node."""
    cls: Any = class_of(take(node, "class", str))
    if not issubclass(cls, tuple):
        raise ValueError(f"{cls.__name__} is no named tuple.")
    return cls._make(decode_items(node, reader))


CONTAINERS = (
    Kind("tuple", lambda value: type(value) is tuple, encode_items, decode_items),
    Kind("slice", lambda value: type(value) is slice, encode_slice, decode_slice),
    Kind("named tuple", is_named_tuple, encode_named_tuple, decode_named_tuple),
    Kind("set", lambda value: type(value) is set, encode_set, decode_set),
    Kind("frozenset", lambda value: type(value) is frozenset, encode_set, decode_set),
    Kind("dict", lambda value: type(value) is dict, encode_mapping, decode_mapping),
    Kind("bunch", lambda value: type(value) is Bunch, encode_mapping, decode_mapping),
)
