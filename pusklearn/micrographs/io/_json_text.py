"""JSON in which every key and every number counts."""

import json
import math
from typing import Any


def parse_json(text: str) -> Any:
    """Return what a JSON text says.

    Parameters
    ----------
    text : str
        The text of a file.

    Returns
    -------
    object

    Raises
    ------
    ValueError
        If it is no JSON, has a key twice in one object, of which JSON would keep the
        last, or is nested too deeply.

    Examples
    --------
    >>> from pusklearn.micrographs.io._json_text import parse_json
    >>> parse_json('{"boxes": [[30, 4, "manual"]]}')
    {'boxes': [[30, 4, 'manual']]}
    """
    try:
        return json.loads(text, object_pairs_hook=_without_doubles)
    except RecursionError as error:
        raise ValueError("its brackets are nested too deeply.") from error


def is_finite_number(value: Any) -> bool:
    """Tell whether a value of JSON is a finite number; true and false are none."""
    try:
        return type(value) in (int, float) and math.isfinite(value)
    except OverflowError:  # an integer of more than 308 digits
        return False


def shown(value: Any, most: int = 80) -> str:
    """Return a value for a message, shortened if it is long."""
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}..."


def _without_doubles(pairs):
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError(f"it has a key twice. Its keys are {[k for k, _ in pairs]}.")
    return content
