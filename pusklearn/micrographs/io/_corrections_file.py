"""Files of corrections, which the report of a picker saves.

Such a file says which picks are right and which are wrong, and where particles are that
were missed::

    {"format": "pusklearn corrections", "version": 1,
     "micrographs": [{"name": "a", "path": "Movies/a.mrc", "uid": null,
                      "right": [[30.5, 4]], "wrong": [], "missed": [[70, 8.5]]}]}
"""

import os
import re
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from pusklearn.micrographs.io._json_text import is_finite_number, parse_json, shown
from pusklearn.micrographs.io._names import micrograph_key
from pusklearn.micrographs.io._text_file import MOST_BYTES, read_text

FORMAT = "pusklearn corrections"
VERSION = 1
VERDICTS = ("right", "wrong", "missed")
# The first pixel reaches from -0.5 to 0.5.
_FIRST = -0.5
# Points that are nearer to each other than this, in pixels, are one.
SAME_POINT = 0.5
_MOST_UID = 2**64 - 1
_SAYS_FORMAT = re.compile(rb'"format"\s*:\s*"pusklearn\b')


class _Owner(NamedTuple):
    """The micrograph of an entry: its path or else its name, and perhaps its uid."""

    name: str
    uid: int | None


def is_corrections(path: str | os.PathLike) -> bool:
    """Tell whether a file is one of corrections, whatever its name."""
    with open(path, "rb") as file:
        if not file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
            return False
        if os.path.getsize(path) > MOST_BYTES:
            return False
        file.seek(0)
        return _SAYS_FORMAT.search(file.read()) is not None


def read_corrections_file(path: str | os.PathLike) -> pd.DataFrame:
    """Read one file of corrections.

    Parameters
    ----------
    path : path-like
        The file.

    Returns
    -------
    DataFrame
        Columns ``micrograph`` (its path if the file tells it, else its name), ``x``,
        ``y`` and ``verdict``, which is one of `VERDICTS`; and ``uid`` (that of the
        micrograph) if the file tells any.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is cut short, of another format or version, a value has a wrong
        type, a coordinate is negative or no finite number, a micrograph stands twice,
        or a point is right or missed and also wrong. The message names the micrograph
        and the entry.
    """
    entries = _entries_of(_parse(read_text(path)))
    tables = [_table_of(entry, number) for number, entry in enumerate(entries, 1)]
    owners = [owner for owner, _ in tables]
    _check_differ(owners)
    frame = pd.concat([_EMPTY, *(table for _, table in tables)], ignore_index=True)
    if any(owner.uid is not None for owner in owners):
        uids = [uid for (_, uid), table in tables for _ in range(len(table))]
        frame["uid"] = pd.array(uids, dtype="UInt64")
    return frame


_EMPTY = pd.DataFrame(
    {
        "micrograph": pd.Series(dtype=object),
        "x": pd.Series(dtype=float),
        "y": pd.Series(dtype=float),
        "verdict": pd.Series(dtype=object),
    }
)


def _parse(text):
    try:
        return parse_json(text)
    except ValueError as error:
        place = getattr(error, "pos", None)
        is_at_end = place is not None and place >= len(text.rstrip())
        # The place of such an error is where the string begins.
        if is_at_end or str(error).startswith("Unterminated string"):
            raise ValueError(
                f"it is cut short: its JSON text ends too early ({error})."
            ) from error
        raise


def _entries_of(content):
    """Return the entries of the micrographs."""
    known = content if isinstance(content, dict) else {}
    if known.get("format") != FORMAT:
        raise ValueError(
            f"its `format` must be {FORMAT!r}, as in the file that the report of a "
            f"picker saves. It is {shown(known.get('format'))}."
        )
    version = known.get("version")
    if type(version) is not int or version != VERSION:
        raise ValueError(
            f"its `version` must be {VERSION}, the one that is read here. It is "
            f"{shown(version)}. Was it saved by another version of pusklearn?"
        )
    diameter = known.get("diameter")
    if diameter is not None and not (is_finite_number(diameter) and diameter > 0):
        raise ValueError(
            "its `diameter` must be a number of pixels > 0, or null. It is "
            f"{shown(diameter)}."
        )
    entries = known.get("micrographs")
    if not isinstance(entries, list):
        raise ValueError(
            "its `micrographs` must be a list with an entry for each micrograph. It is "
            f"{shown(entries)}."
        )
    return entries


def _table_of(entry, number):
    """Return the micrograph of an entry, and its points as a table."""
    if not isinstance(entry, dict):
        raise ValueError(
            f"its micrograph number {number} must be an object with a `name`. It is "
            f"{shown(entry)}."
        )
    owner = _owner_of(entry, number)
    points = {
        verdict: _points_of(entry.get(verdict), verdict, owner.name)
        for verdict in VERDICTS
    }
    check_not_both(points, owner.name)
    table = pd.DataFrame(np.concatenate(list(points.values())), columns=["x", "y"])
    table.insert(0, "micrograph", owner.name)
    table["verdict"] = [verdict for verdict in VERDICTS for _ in points[verdict]]
    return owner, table.astype({"micrograph": object, "verdict": object})


def _owner_of(entry, number):
    """Return the path of a micrograph if it is known, or else its name, and its uid."""
    name, path = entry.get("name"), entry.get("path")
    for key, value in (("name", name), ("path", path)):
        is_missing = value is None and key == "path"
        if not is_missing and not (isinstance(value, str) and value.strip()):
            or_null = ", or null" if key == "path" else ""
            raise ValueError(
                f"the `{key}` of its micrograph number {number} must be a text{or_null}"
                f". It is {shown(value)}."
            )
    uid = entry.get("uid")
    is_uid = isinstance(uid, str) and re.fullmatch("[0-9]{1,30}", uid)
    if uid is not None and not (is_uid and int(uid) <= _MOST_UID):
        raise ValueError(
            f"the `uid` of its micrograph {name!r} must be a text of digits, the "
            f"number of cryoSPARC, or null. It is {shown(uid)}."
        )
    # The path of a micrograph that has another name since says nothing.
    is_listed = path is not None and micrograph_key(path) == micrograph_key(name)
    return _Owner(path if is_listed else name, None if uid is None else int(uid))


def _points_of(points, verdict, name):
    if not isinstance(points, list):
        raise ValueError(
            f"the micrograph {name!r} must have a list `{verdict}`, which may be "
            f"empty. It is {shown(points)}."
        )
    for number, point in enumerate(points, start=1):
        fault = _fault_of(point)
        if fault:
            raise ValueError(
                f"a point must be a list of two finite numbers x and y, {_FIRST:g} or "
                f"greater. In micrograph {name!r}, entry {number} of `{verdict}` "
                f"{fault}: {shown(point)}."
            )
    return np.array(points, dtype=float).reshape(-1, 2)


def _fault_of(point: Any) -> str | None:
    """Return what is wrong with a point, None if nothing is."""
    if not isinstance(point, list) or len(point) != 2:
        return "is none"
    if not all(map(is_finite_number, point)):
        return "has something else"
    return "is outside" if min(point) < _FIRST else None


def check_not_both(points: dict[str, np.ndarray], name: str) -> None:
    """Raise a ValueError if a point is right or missed, and also wrong.

    Parameters
    ----------
    points : dict of str to ndarray of shape (k, 2)
        The points of each verdict.
    name : str
        The micrograph.
    """
    for verdict in ("right", "missed"):
        if not len(points[verdict]) or not len(points["wrong"]):
            continue
        distance, nearest = cKDTree(points["wrong"]).query(points[verdict])
        if (distance < SAME_POINT).any():
            row = int((distance < SAME_POINT).argmax())
            x, y = points[verdict][row]
            raise ValueError(
                "a point must have one verdict. In micrograph "
                f"{name!r}, x = {x:g}, y = {y:g} is both {verdict} (entry {row + 1} of "
                f"`{verdict}`) and wrong (entry {nearest[row] + 1} of `wrong`). Leave "
                "one of them out."
            )


def _check_differ(owners):
    """Raise an error if two entries are of one micrograph."""
    known: dict[_Owner, int] = {}
    for number, owner in enumerate(owners, start=1):
        first = known.setdefault(owner, number)
        if first != number:
            raise ValueError(
                "each micrograph must have one entry. "
                f"{owner.name!r} has two, those with the numbers {first} and {number}."
            )
