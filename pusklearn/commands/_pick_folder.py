"""The folder of a run: what an earlier run has left in it."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pusklearn.commands._errors import print_warning
from pusklearn.commands._output import say
from pusklearn.commands._pick_files import JOINED, remove_files, written
from pusklearn.commands._pick_journal import JOURNAL, Entry, PickJournal
from pusklearn.commands._plural import count
from pusklearn.commands._run_record import RECORD, check_goes_on, read_record
from pusklearn.commands._task import Task


@contextmanager
def folder_of_run(folder: Path) -> Iterator[PickJournal]:
    """Make the folder of a run, and give its journal.

    If there is an error before the first micrograph, such as a wrong address, the files
    and folders that the run has made are removed.

    Parameters
    ----------
    folder : Path
        The folder.
    """
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    own = [path for path in (folder / JOURNAL, folder / RECORD) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with PickJournal(folder) as journal:
            yield journal
    except Exception:
        with suppress(OSError):  # What is wrong with the folder has been said.
            # Another run may write to the journal if this one has not made it.
            if folder / JOURNAL in own and not os.path.getsize(folder / JOURNAL):
                for path in own:
                    path.unlink(missing_ok=True)
                for path in made:
                    path.rmdir()
        raise


def prepare(
    journal: PickJournal,
    before: Mapping[str, Any] | None,
    record: Mapping[str, Any],
    tasks: Sequence[Task],
    *,
    overwrite: bool,
    needs_all: bool = False,
) -> dict[str, Entry]:
    """Return the finished entries of an earlier run, or make room for a new one.

    Parameters
    ----------
    journal : PickJournal
        The journal in the folder.
    before : mapping or None
        The record of an earlier run that may go on; None if there is none.
    record : mapping
        The record of this run.
    tasks : sequence of Task
        The micrographs of this run.
    overwrite : bool
        Whether picks that are there are replaced.
    needs_all : bool, default=False
        Whether entries that lack the peaks below the threshold are not finished.

    Returns
    -------
    dict of str to Entry
        What is finished, by the key of its task.

    Raises
    ------
    ValueError
        If the earlier run had other settings or other micrographs, or there are picks
        in the folder that no run has written.
    """
    folder = journal.folder
    known = {} if before is None else journal.read()
    # A run that ended before its first picks, such as one with a wrong model.
    is_empty = before is not None and not known and not written(before)
    if before is None or is_empty:
        if overwrite:
            remove_picks(folder)
        else:
            check_nothing_is_lost(folder, record["format"])
        journal.clear()
        say(f"{count(len(tasks), 'micrograph')} to pick.")
        return {}
    entries = {k: e for k, e in known.items() if e.error is None}
    has_all = all(entry.is_complete for entry in entries.values())
    check_goes_on(before, record, folder, has_all=has_all)
    remove_drafts(folder)
    others = sorted(entries.keys() - {task.key for task in tasks})
    if others:
        raise ValueError(
            f"{folder} holds picks of micrographs that are not among these "
            f"({len(others)} in all), such as {os.path.normpath(folder / others[0])}. "
            "Give them too, or another --output, or --overwrite to pick all again."
        )
    if before.get("pusklearn") != record["pusklearn"]:
        print_warning(
            f"{folder} was begun with pusklearn {before.get('pusklearn')}; version "
            f"{record['pusklearn']} goes on."
        )
    unchanged = {
        task.key: entries[task.key]
        for task in tasks
        if task.key in entries and entries[task.key].stamp == task.stamp
    }
    finished = {
        key: entry
        for key, entry in unchanged.items()
        if entry.is_complete or not needs_all
    }
    again = len(unchanged) - len(finished)
    say(
        f"{count(len(tasks), 'micrograph')}: {len(finished)} picked before, "
        f"{len(tasks) - len(finished)} to pick"
        + (f", {again} of them again, since the report needs more peaks." * bool(again))
        + "." * (not again)
    )
    return finished


def patterns_of(format: str) -> list[str]:
    """Return patterns of the files that a format has in the folder of a run."""
    if format in JOINED:
        return [f"picks.{JOINED[format]}"]
    if format == "relion":
        return ["autopick.star", "**/*_autopick.star"]
    # Picks go into the files of EMAN2 that are there; all else in these is kept.
    return [] if format == "eman2" else [f"**/*.{format}"]


def check_nothing_is_lost(folder: Path, format: str) -> None:
    """Raise a ValueError if picks would replace those that no run has written."""
    for pattern in patterns_of(format):
        for file in folder.glob(pattern):
            raise ValueError(
                f"{file} is there already, and no run.json says how it was made. Give "
                "another --output, or --overwrite to replace it."
            )


def remove_picks(folder: Path) -> None:
    """Remove the picks that an earlier run has left in a folder."""
    try:
        before = read_record(folder)
    except ValueError:
        return
    if before is None:
        return
    remove_files(folder, before, [])
    if before.get("report") is not None:
        (folder / before["report"]).unlink(missing_ok=True)
    remove_drafts(folder)


def remove_drafts(folder: Path) -> None:
    """Remove files that were never finished, because a run was killed."""
    for draft in list(folder.glob("**/.pusklearn-*")):
        shutil.rmtree(draft, ignore_errors=True)
