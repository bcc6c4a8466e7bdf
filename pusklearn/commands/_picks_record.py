"""What ``pusklearn pick`` has recorded in the ``run.json`` beside its picks."""

import glob
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from pusklearn.commands._run_record import RECORD, read_record
from pusklearn.micrographs.io._match_names import Named, match_names


def folder_of_run(paths: Sequence[str | os.PathLike]) -> Path | None:
    """Return the folder of the run that wrote some picks, if there is one.

    Parameters
    ----------
    paths : sequence of str or path-like
        Files, folders and patterns. A record lies in such a folder, or beside a file.
    """
    for path in map(Path, paths):
        # A pattern may stand for folders; a record lies where it has none of its signs.
        folder = path if path.is_dir() else path.parent
        while glob.has_magic(os.fspath(folder)):
            folder = folder.parent
        if (folder / RECORD).is_file():
            return folder
    return None


def are_log_odds(paths: Sequence[str | os.PathLike]) -> bool:
    """Tell whether a run has recorded that the scores of its picks are log-odds.

    Parameters
    ----------
    paths : sequence of str or path-like
        The picks, as for `folder_of_run`.

    Raises
    ------
    ValueError
        If there is a ``run.json`` that is not that of picks.
    """
    folder = folder_of_run(paths)
    record = None if folder is None else read_record(folder)
    return record is not None and bool(record.get("calibrated"))


def recorded_pixel_sizes(
    paths: Sequence[str | os.PathLike], names: Sequence[str]
) -> list[float] | None:
    """Return the pixel size of each micrograph, if a run has recorded all of them.

    Parameters
    ----------
    paths : sequence of str or path-like
        The picks, as for `folder_of_run`.
    names : sequence of str
        The micrographs.

    Returns
    -------
    list of float, or None
        Angstrom per pixel of the original micrographs.

    Raises
    ------
    ValueError
        If there is a ``run.json`` that is not that of picks.
    """
    folder = folder_of_run(paths)
    record = None if folder is None else read_record(folder)
    if record is None:
        return None
    if _is_size(record.get("pixel_size")):
        return [record["pixel_size"]] * len(names)
    sizes = {
        Named(str(entry["path"])): entry["pixel_size"]
        for entry in record.get("micrographs") or ()
        if isinstance(entry, Mapping)
        and entry.get("path")
        and _is_size(entry.get("pixel_size"))
    }
    named = [Named(name) for name in names]
    matches = match_names(sizes, dict.fromkeys(named))
    found = [sizes[matches[name]] for name in named if name in matches]
    return found if len(found) == len(names) else None


def _is_size(value):
    return isinstance(value, int | float) and value > 0
