"""Columns that a classifier cannot take, and what turns them into numbers."""

from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import issparse

PAGE = "The guide has a page on it, 'Text, categories and missing values'."
SHOWN = 5
# A column is read as text and not as categories if its values have so many words.
WORDS_OF_TEXT = 4
# What scikit-learn and NumPy say of values that are no numbers, or are missing.
COMPLAINTS = (
    *("could not convert string", "could not convert", "float() argument"),
    *("dtype='numeric'", "Cannot cast", "Cannot convert", "could not be promoted"),
    "Input X contains",
)


def check_numbers_only(X: Any, name: str = "PUClassifier") -> None:
    """Raise a ValueError for text, categories or times, even if they read as numbers.

    Parameters
    ----------
    X : object
        What a user gives as samples.
    name : str, default="PUClassifier"
        The classifier that the recipe ends with.

    Raises
    ------
    ValueError
        It names the columns, says what is in them, and gives a recipe. Masked values
        are refused, too.
    """
    check_not_masked(X)
    if issparse(X) or getattr(getattr(X, "dtype", None), "kind", "O") in "biufc":
        return
    advice = advice_on_words(X, name)
    if advice is not None:
        raise ValueError(f"`X` must hold numbers. {advice}")


def check_not_masked(X: Any) -> None:
    """Raise a ValueError for a masked array with masked values, which are missing."""
    if not isinstance(X, np.ma.MaskedArray):
        return
    is_masked = np.ma.getmaskarray(X)
    if is_masked.any():
        rows = is_masked.reshape(len(X), -1).any(axis=1)
        raise ValueError(
            f"`X` must hold numbers without a mask. Got masked values in {rows.sum()} "
            f"of {len(X)} samples. Give X.filled(np.nan), with "
            f"SimpleImputer(add_indicator=True) before the classifier. {PAGE}"
        )


@contextmanager
def naming_columns(X: Any, name: str) -> Iterator[None]:
    """Add to an error about values of `X` which columns hold them, and a recipe.

    Parameters
    ----------
    X : object
        What a user gives as samples.
    name : str
        The classifier that is fitted or that predicts.
    """
    try:
        yield
    except (TypeError, ValueError) as error:
        message = str(error)
        is_new = not any(word in message for word in ("make_pipeline(", "`X` must"))
        if not is_new or not any(part in message for part in COMPLAINTS):
            raise
        is_about_values = message.startswith("Input X contains")
        advise = advice_on_missing if is_about_values else advice_on_words
        advice = advise(X, name)
        if advice is None:
            raise
        first = message.splitlines()[0].rstrip(".")
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{first}. {advice}") from error


def advice_on_words(X: Any, name: str) -> str | None:
    """Say which columns hold no numbers, with a recipe; None if all do."""
    columns = columns_of(X)
    kinds = {key: kind_of(values, dtype) for key, dtype, values in columns}
    if set(kinds.values()) <= {"number", "other"}:
        return None
    if len(columns) == 1 and columns[0][0] is None:
        return (
            f"Got text, such as {example_of(columns[0][2])}; turn it into features "
            f"first, as in make_pipeline(TfidfVectorizer(), {name}(...)). {PAGE}"
        )
    dtypes = {key: dtype for key, dtype, _ in columns}
    parts = [
        f"{noun} in {listed(keys, dtypes)}"
        for kind, noun in NOUNS.items()
        if (keys := [key for key in kinds if kinds[key] == kind])
    ]
    return f"Got {' and '.join(parts)}. {recipe(kinds, name)} {PAGE}"


NOUNS = {"category": "text or categories", "text": "text", "time": "times"}


def recipe(kinds: dict[Any, str], name: str) -> str:
    """Return the line that turns columns of these kinds into numbers."""
    by_kind = {
        kind: [key for key in kinds if kinds[key] == kind] for kind in {*kinds.values()}
    }
    steps = []
    if categories := by_kind.get("category"):
        encoder = "OneHotEncoder(handle_unknown='ignore')"
        steps.append(f"({encoder}, {shortened(categories)})")
    steps += [f"(TfidfVectorizer(), {key!r})" for key in by_kind.get("text", [])[:2]]
    sentence = ""
    if steps:
        if by_kind.get("number"):
            steps.append("remainder=StandardScaler()")
        transformer = f"make_column_transformer({', '.join(steps)})"
        sentence = (
            "Turn them into numbers first, as in "
            f"make_pipeline({transformer}, {name}(...))."
        )
    if times := by_kind.get("time"):
        sentence += (
            " Give times as numbers, such as the days since a date: "
            f"(X[{times[0]!r}] - pd.Timestamp('2000-01-01')).dt.days."
        )
    return sentence.strip()


def advice_on_missing(X: Any, name: str) -> str | None:
    """Say which columns hold values that are not finite, with a recipe."""
    if issparse(X) or np.ndim(X) > 2:
        return None
    n_missing, n_infinite = {}, {}
    for key, dtype, values in columns_of(X):
        if kind_of(values, dtype) == "number":
            numbers = as_numbers(values)
            n_missing[key] = int(np.isnan(numbers).sum())
            n_infinite[key] = int(np.isinf(numbers).sum())
    for counts, what, cure in (
        (
            n_missing,
            "missing values",
            "Fill them first, as in make_pipeline(SimpleImputer(add_indicator=True), "
            f"StandardScaler(), {name}(...)).",
        ),
        (
            n_infinite,
            "infinite or too large values",
            "Replace them by numbers, or by NaN that SimpleImputer fills: "
            f"make_pipeline(SimpleImputer(), {name}(...)).",
        ),
    ):
        found = {key: n for key, n in counts.items() if n}
        if found:
            parts = [f"column {key!r} ({n})" for key, n in list(found.items())[:SHOWN]]
            more = ", ..." if len(found) > SHOWN else ""
            where = f"{', '.join(parts)}{more}"
            return f"{name} takes no {what}. They are in {where}. {cure} {PAGE}"
    return None


def columns_of(X: Any) -> list[tuple[Any, Any, Any]]:
    """Return the name, dtype and values of each column; None names a single list.

    Columns of an array are named by their number.
    """
    if hasattr(X, "columns") and hasattr(X, "dtypes"):
        numbers = range(len(X.columns))
        # Two columns may have one name.
        values = X.iloc if isinstance(X, pd.DataFrame) else X
        return [
            (key, dtype, values[:, i])
            for i, key, dtype in zip(numbers, X.columns, X.dtypes, strict=True)
        ]
    try:
        values = np.asarray(X)
    except ValueError:
        return []  # rows of several lengths, which scikit-learn refuses
    if values.ndim < 2:
        return [(None, values.dtype, values)]
    flat = values.reshape(len(values), -1)
    return [(i, values.dtype, flat[:, i]) for i in range(flat.shape[1])]


def kind_of(values: Any, dtype: Any) -> str:
    """Return what a column holds.

    Returns
    -------
    {"number", "category", "text", "time", "other"}
        "text" has several words in each value; "other" is left to scikit-learn.
    """
    if isinstance(dtype, pd.CategoricalDtype):
        is_number = dtype.categories.dtype.kind in "biuf"
        return "number" if is_number else "category"
    kind = getattr(dtype, "kind", None) or kind_by_name(str(dtype))
    if kind in "biuf":
        return "number"
    if kind in "mM":
        return "time"
    if kind not in "OSUT":
        return "other"
    there = [value for value in list(values)[:1000] if not is_absent(value)]
    if not there:
        return "number"
    if any(isinstance(value, str | bytes) for value in there):
        words = np.mean([len(value.split()) for value in there if is_text(value)])
        return "text" if words >= WORDS_OF_TEXT else "category"
    if all(isinstance(value, Real | np.bool_) for value in there):
        return "number"
    is_time = all(hasattr(value, "isoformat") for value in there)
    return "time" if is_time else "other"


def kind_by_name(name: str) -> str:
    """Return the letter of NumPy for a dtype of another library, such as polars."""
    if name.startswith(("Int", "UInt", "Float", "Decimal", "Boolean")):
        return "f"
    return "M" if name.startswith(("Date", "Time", "Duration")) else "O"


def is_text(value: Any) -> bool:
    """Tell whether a value is text."""
    return isinstance(value, str | bytes)


def is_absent(value: Any) -> bool:
    """Tell whether a value is None, NaN, NaT or NA."""
    return value is None or value is pd.NA or value is pd.NaT or value != value


def as_numbers(values: Any) -> NDArray[np.float32]:
    """Return a column of numbers, NaN for those that are missing."""
    with np.errstate(over="ignore"):
        if hasattr(values, "to_numpy"):
            return np.asarray(pd.to_numeric(pd.Series(values.to_numpy())), np.float32)
        return np.asarray(values, np.float64).astype(np.float32)


def example_of(values: Any) -> str:
    """Return the beginning of the first text, as code."""
    text = next(value for value in values if is_text(value))
    shown = repr(bytes(text) if isinstance(text, bytes) else str(text))
    return shown if len(shown) <= 40 else shown[:36] + "..." + shown[0]


def listed(keys: list, dtypes: dict[Any, Any]) -> str:
    """Return a few columns with their dtypes."""
    more = f" and {len(keys) - SHOWN} more" if len(keys) > SHOWN else ""
    names = ", ".join(f"{key!r} ({dtypes[key]})" for key in keys[:SHOWN])
    return f"the column{'s' if len(keys) > 1 else ''} {names}{more}"


def shortened(keys: list) -> str:
    """Return a list of columns as code, cut if it is long."""
    if len(keys) <= SHOWN:
        return repr(keys)
    return f"[{', '.join(map(repr, keys[:SHOWN]))}, ...]"
