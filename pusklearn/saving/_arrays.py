"""Arrays of NumPy and SciPy, and tensors, in a document."""

from math import prod
from typing import Any

import numpy as np
import scipy.sparse
import torch

from pusklearn.saving._kind import Kind, Reader, Writer, take
from pusklearn.saving._numbers import read_dtype, write_dtype

# The dtypes that tensors have too; arrays of others are stored as bytes.
AS_TENSORS = ("?", "b", "h", "i", "l", "q", "B", "e", "f", "d")
SPARSE = ("csr_array", "csr_matrix", "csc_array", "csc_matrix")
PARTS = ("data", "indices", "indptr")
MOST_AXES = 32


def is_array(value: Any) -> bool:
    """Tell whether a value is an array of numbers or text, and not masked."""
    return type(value) in (np.ndarray, np.memmap) and not value.dtype.hasobject


def encode_array(value: np.ndarray, writer: Writer) -> dict[str, Any]:
    """Return the node of an array, and store its values."""
    dtype = write_dtype(value.dtype)
    if dtype is None:
        raise writer.refuse(value, f" of type {value.dtype}")
    # Sums in another order would round differently.
    by_columns = value.flags.f_contiguous and not value.flags.c_contiguous
    data = np.array(value.T if by_columns else value, order="C")
    if not (data.dtype.char in AS_TENSORS and data.dtype.isnative):
        data = np.frombuffer(bytearray(data.tobytes()), np.uint8)
    return {
        "tensor": writer.store(torch.from_numpy(data)),
        "dtype": dtype,
        "shape": list(value.shape),
        "order": "F" if by_columns else "C",
    }


def decode_array(node: dict[str, Any], reader: Reader) -> np.ndarray:
    """Return the array of a node."""
    dtype = read_dtype(node.get("dtype"))
    shape = read_shape(node)
    data = reader.tensor(node.get("tensor")).numpy().tobytes()
    # Items of no length would make a shape of any size of nothing.
    if len(data) != prod(shape) * dtype.itemsize or (not data and 0 not in shape):
        raise ValueError(
            f"An array of shape {shape} and type {dtype} cannot have {len(data)} B."
        )
    by_columns = node.get("order") == "F"
    # A copy is aligned, and can be written to.
    values = np.ndarray(shape[::-1] if by_columns else shape, dtype, data).copy()
    return values.T if by_columns else values


def read_shape(node: dict[str, Any]) -> tuple[int, ...]:
    """Return the shape of a node, or raise a ValueError if it is none."""
    shape = take(node, "shape", list)
    is_shape = len(shape) <= MOST_AXES and all(
        type(length) is int and 0 <= length < 2**48 for length in shape
    )
    if not is_shape:
        raise ValueError(f"An array cannot have the shape {shape}.")
    return tuple(shape)


def is_object_array(value: Any) -> bool:
    """Tell whether a value is an array of objects, such as strings or estimators."""
    return type(value) is np.ndarray and value.dtype == object


def encode_object_array(value: np.ndarray, writer: Writer) -> dict[str, Any]:
    """Return the node of an array of objects."""
    items = [writer.write(item, f"[{i}]") for i, item in enumerate(value.flat)]
    return {"shape": list(value.shape), "items": items}


def decode_object_array(node: dict[str, Any], reader: Reader) -> np.ndarray:
    """Return the array of objects."""
    shape, items = read_shape(node), take(node, "items", list)
    if prod(shape) != len(items):
        raise ValueError(f"An array of shape {shape} cannot have {len(items)} objects.")
    array = np.empty(len(items), object)
    for i, item in enumerate(items):
        array[i] = reader.read(item)
    return array.reshape(shape)


def is_masked(value: Any) -> bool:
    """Tell whether a value is a masked array."""
    return type(value) is np.ma.MaskedArray


def encode_masked(value: np.ma.MaskedArray, writer: Writer) -> dict[str, Any]:
    """Return the node of a masked array."""
    return {
        "data": writer.write(value.data, ".data"),
        "mask": writer.write(np.ma.getmaskarray(value), ".mask"),
        "fill_value": writer.write(np.asarray(value.fill_value), ".fill_value"),
    }


def decode_masked(node: dict[str, Any], reader: Reader) -> np.ma.MaskedArray:
    """Return the masked array."""
    data, mask, fill_value = (
        check_array(reader.read(node.get(name)))
        for name in ("data", "mask", "fill_value")
    )
    if mask.shape != data.shape:
        raise ValueError(
            f"An array of {data.shape} cannot have a mask of {mask.shape}."
        )
    filled: Any = fill_value[()]
    return np.ma.MaskedArray(data, mask.astype(bool), fill_value=filled)


def check_array(value: Any) -> np.ndarray:
    """Return an array, or raise a ValueError for anything else."""
    if type(value) is not np.ndarray:
        raise ValueError(f"An array is needed here. Got {type(value).__name__}.")
    return value


def is_sparse(value: Any) -> bool:
    """Tell whether a value is a sparse array or matrix of SciPy, by rows or columns."""
    return type(value) in [getattr(scipy.sparse, name) for name in SPARSE]


def encode_sparse(value: Any, writer: Writer) -> dict[str, Any]:
    """Return the node of a sparse array."""
    parts = {name: writer.write(getattr(value, name), f".{name}") for name in PARTS}
    return {"class": type(value).__name__, "shape": list(value.shape), "parts": parts}


def decode_sparse(node: dict[str, Any], reader: Reader) -> Any:
    """Return the sparse array, whose indices are within its shape."""
    name, parts = take(node, "class", str), take(node, "parts", dict)
    if name not in SPARSE:
        raise ValueError(f"{name!r} is no sparse array.")
    arrays = tuple(check_array(reader.read(parts.get(part))) for part in PARTS)
    value = getattr(scipy.sparse, name)(arrays, shape=read_shape(node))
    value.check_format(full_check=True)  # SciPy follows the indices without looking
    return value


ARRAYS = (
    Kind("array", is_array, encode_array, decode_array),
    Kind("object array", is_object_array, encode_object_array, decode_object_array),
    Kind("masked array", is_masked, encode_masked, decode_masked),
    Kind("sparse array", is_sparse, encode_sparse, decode_sparse),
)
