"""What commands print: lines for people, or one JSON document for programs."""

import json
import shutil
import sys
from math import isfinite
from numbers import Integral, Real
from typing import Any

import click

# Less of a path tells nothing.
LEAST_ROOM = 20


def say(text: str = "") -> None:
    """Print a line for people.

    It goes to standard output, or to standard error if the option ``--json`` is given.
    """
    context = click.get_current_context(silent=True)
    as_json = context is not None and bool(context.params.get("as_json"))
    click.echo(text, err=as_json)


def table_row(before: str, path: str) -> str:
    """Return a row of a table that ends with a path.

    The beginning of a path that is too long for the terminal is left out, since most
    paths differ at their ends. Files keep it whole.
    """
    if not sys.stdout.isatty():
        return before + path
    room = max(shutil.get_terminal_size().columns - len(before), LEAST_ROOM)
    return before + (path if len(path) <= room else f"...{path[3 - room :]}")


def print_json(document: Any) -> None:
    """Print a document for programs on standard output, see `json_text`."""
    click.echo(json_text(document))


def json_text(document: Any) -> str:
    """Return a document of dicts, lists, texts and numbers as JSON.

    Numbers that JSON does not know, such as infinity, are null. Paths and everything
    else become text.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.commands._output import json_text
    >>> print(json_text({"threshold": -np.inf, "picks": np.int64(3)}))
    {
      "threshold": null,
      "picks": 3
    }
    """
    return json.dumps(_plain(document), indent=2, ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value) if isfinite(value) else None
    # An array, or a number of NumPy that is no `Real`, such as a truth value.
    return _plain(value.tolist()) if hasattr(value, "tolist") else str(value)
