"""The file ``run.json``, which says how the picks in a folder were made."""

import json
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pusklearn
from pusklearn.commands._output import json_text

RECORD = "run.json"
# A run goes on only if these are what they were; the options that set them.
FIXED = {
    "model_sha256": "MODEL",
    "diameter": "--diameter",
    "count": "--count",
    "threshold": "--threshold",
    "format": "--format",
    "margin": "--margin",
    "box_size": "--box-size",
    "given_pixel_size": "--pixel-size",
    "mask": "--mask",
}
# These choose from all peaks.
OF_THRESHOLD = ("threshold", "count")


def versions() -> dict[str, str]:
    """Return the versions of the programs that make the picks."""
    return {
        "pusklearn": pusklearn.__version__,
        "torch": version("torch"),
        "numpy": version("numpy"),
        "python": platform.python_version(),
    }


def read_record(folder: Path) -> dict[str, Any] | None:
    """Return the record of a folder, or None if there is none.

    Raises
    ------
    ValueError
        If its ``run.json`` is not that of picks.
    """
    path = folder / RECORD
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        record = None
    if not isinstance(record, dict) or record.get("command") != "pick":
        raise ValueError(
            f"{path} was not written by `pusklearn pick`. Give another --output."
        )
    return record


def write_record(folder: Path, record: Mapping[str, Any]) -> None:
    """Write the record of a folder, whole or not at all."""
    from pusklearn.micrographs.io._draft_files import write_files

    write_files({folder / RECORD: json_text(dict(record)) + "\n"})


def check_goes_on(
    before: Mapping[str, Any],
    now: Mapping[str, Any],
    folder: Path,
    *,
    has_all: bool = False,
) -> None:
    """Raise a ValueError if a run with these settings cannot go on with an earlier one.

    Parameters
    ----------
    before, now : mapping
        The records of both.
    folder : Path
        Their folder.
    has_all : bool, default=False
        Whether every peak is known, so that another threshold may be applied.

    Raises
    ------
    ValueError
        It names the settings that differ.
    """
    differing = [
        f"{option} ({before.get(key)!r} then, {now[key]!r} now)"
        for key, option in FIXED.items()
        if before.get(key) != now[key] and not (has_all and key in OF_THRESHOLD)
    ]
    if differing:
        raise ValueError(
            f"{folder} holds picks that were made with other settings: "
            f"{', '.join(differing)}. Give another --output, or --overwrite to pick "
            "everything again."
        )
