"""Numbers that JSON does not have, and the types of numbers, in a document."""

import re
from math import isfinite
from typing import Any

import numpy as np

from pusklearn.saving._kind import Kind, Reader, Writer, take

SPECIAL = ("nan", "inf", "-inf")
PYTHON_TYPES = {cls.__name__: cls for cls in (bool, int, float, complex, str, object)}
# Numbers, text, bytes and times, but not "O", which holds objects.
PLAIN_DTYPE = re.compile(r"[<>|][biufcSUmM]\d{1,9}(\[\d{0,4}[A-Za-z]{1,2}\])?")
FIELD = ("names", "formats", "offsets")


def is_special(value: Any) -> bool:
    """Tell whether a number is NaN or infinite."""
    return type(value) is float and not isfinite(value)


def encode_special(value: float, writer: Writer) -> dict[str, Any]:
    """Return the node of NaN or an infinity."""
    return {"value": str(value)}


def decode_special(node: dict[str, Any], reader: Reader) -> float:
    """Return NaN or an infinity."""
    if node.get("value") not in SPECIAL:
        raise ValueError(
            f"A float must be one of {SPECIAL}. Got {node.get('value')!r}."
        )
    return float(node["value"])


def is_scalar(value: Any) -> bool:
    """Tell whether a value is a number or a text of NumPy."""
    return isinstance(value, np.generic) and value.dtype.kind in "biufU"


def encode_scalar(value: np.generic, writer: Writer) -> dict[str, Any]:
    """Return the node of a number or a text of NumPy."""
    if value.dtype.char == "g":
        raise writer.refuse(value)  # a Python float would be less precise
    dtype = write_dtype(value.dtype)
    return {"dtype": dtype, "value": writer.write(value.item(), "")}


def decode_scalar(node: dict[str, Any], reader: Reader) -> np.generic:
    """Return the number or the text of NumPy."""
    dtype = read_dtype(node.get("dtype"))
    value = reader.read(node.get("value"))
    wanted = {"b": bool, "i": int, "u": int, "f": float, "U": str}.get(dtype.kind)
    if type(value) is not wanted:
        raise ValueError(f"A scalar of type {dtype} cannot be {value!r}.")
    return dtype.type(value)


def write_dtype(dtype: np.dtype) -> Any:
    """Return a dtype as JSON; it is None if the dtype is not allowed."""
    if dtype.names is None:
        return dtype.str if PLAIN_DTYPE.fullmatch(dtype.str) else None
    own: Any = dtype.fields
    fields = [own[name] for name in dtype.names]
    formats = [None if f[0].names else write_dtype(f[0]) for f in fields]
    if None in formats:
        return None
    offsets = [field[1] for field in fields]
    parts = zip(FIELD, (list(dtype.names), formats, offsets), strict=True)
    return {**dict(parts), "itemsize": dtype.itemsize}


def read_dtype(node: Any) -> np.dtype:
    """Return a dtype, or raise a ValueError for one that is not allowed."""
    is_plain = isinstance(node, str) and PLAIN_DTYPE.fullmatch(node)
    if is_plain:
        return np.dtype(node)
    if not isinstance(node, dict) or node.keys() != {*FIELD, "itemsize"}:
        raise ValueError(f"The dtype {node!r} is not allowed.")
    formats = [np.dtype(check_plain(text)) for text in take(node, "formats", list)]
    fields: Any = {**node, "formats": formats}
    return np.dtype(fields)


def check_plain(text: Any) -> str:
    """Return the text of a dtype, or raise a ValueError if it is not allowed."""
    if not isinstance(text, str) or not PLAIN_DTYPE.fullmatch(text):
        raise ValueError(f"The dtype {text!r} is not allowed.")
    return text


def is_dtype(value: Any) -> bool:
    """Tell whether a value is a dtype that is allowed."""
    return isinstance(value, np.dtype) and write_dtype(value) is not None


def is_type(value: Any) -> bool:
    """Tell whether a value is a type of numbers, of Python or of NumPy."""
    if not isinstance(value, type):
        return False
    return value in PYTHON_TYPES.values() or numpy_type(value.__name__) is value


def numpy_type(name: str) -> Any:
    """Return the type of NumPy of that name, or None."""
    cls = getattr(np, name, None)
    return cls if isinstance(cls, type) and issubclass(cls, np.generic) else None


def encode_type(value: type, writer: Writer) -> dict[str, Any]:
    """Return the node of a type of numbers."""
    return {"python" if value in PYTHON_TYPES.values() else "numpy": value.__name__}


def decode_type(node: dict[str, Any], reader: Reader) -> Any:
    """Return the type of numbers."""
    cls: Any = PYTHON_TYPES.get(node.get("python", ""))
    cls = cls or numpy_type(take(node, "numpy", str))
    if cls is None:
        raise ValueError(f"NumPy has no type {node['numpy']!r}.")
    return cls


NUMBERS = (
    Kind("float", is_special, encode_special, decode_special),
    Kind("scalar", is_scalar, encode_scalar, decode_scalar),
    Kind(
        "dtype",
        is_dtype,
        lambda value, _: {"dtype": write_dtype(value)},
        lambda node, _: read_dtype(node.get("dtype")),
    ),
    Kind("type", is_type, encode_type, decode_type),
)
