"""Labels of which none is missing."""

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse


def known_labels(y: Any) -> Any:
    """Return labels as they are; objects that are all numbers become numbers.

    Parameters
    ----------
    y : array-like or sparse array
        The labels as the user gives them.

    Returns
    -------
    array-like or sparse array
        The labels.

    Raises
    ------
    ValueError
        If a label is missing (None, NaN, NaT, ``pandas.NA`` or masked), or if there are
        both text and numbers.
    """
    if y is None or issparse(y):
        return y
    try:
        values = np.asarray(y)
    except ValueError:
        return y  # rows of several lengths, which scikit-learn refuses
    if np.ma.isMaskedArray(y):
        refuse_missing("masked values", int(np.ma.getmaskarray(y).sum()), values.size)
    if values.dtype.kind in "fcmM":
        refuse_missing("NaN", int(np.sum(values != values)), values.size)
    return known_objects(y, values) if values.dtype.kind == "O" else y


def known_objects(y: Any, values: NDArray) -> Any:
    """Return labels that are objects; ``values`` is their array."""
    try:
        kinds = set(values.flat)
    except TypeError:
        return y  # lists and the like, which scikit-learn refuses
    missing = [label for label in kinds if is_missing(label)]
    if missing:
        n_missing = sum(map(is_missing, values.flat))
        name = "NaN" if isinstance(missing[0], float) else str(missing[0])
        refuse_missing(name, n_missing, values.size)
    numbers = [label for label in kinds if isinstance(label, Real | np.bool_)]
    texts = [label for label in kinds if isinstance(label, str)]
    if numbers and texts:
        raise ValueError(
            "`y` must hold labels of one type. Got the text "
            f"{texts[0]!r} and the number {numbers[0]!r}; mark labelled positives by 1 "
            "and unlabeled samples by 0."
        )
    return np.array(values.tolist()) if len(numbers) == len(kinds) else y


def is_missing(label: Any) -> bool:
    """Tell whether a label is None, or does not equal itself, as NaN does not."""
    if label is None:
        return True
    try:
        return bool(label != label)
    except TypeError:  # pandas.NA is neither equal nor different
        return True


def refuse_missing(name: str, n_missing: int, n: int) -> None:
    """Raise a ValueError if there are missing labels."""
    if n_missing:
        raise ValueError(
            f"Input y contains {name} for {n_missing} of {n} samples. No label may be "
            "missing; mark unlabeled samples by 0 and labelled positives by 1."
        )
