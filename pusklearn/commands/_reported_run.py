"""The report of a run that is finished."""

import os
from pathlib import Path

from pusklearn.commands._errors import print_warning
from pusklearn.commands._general_model import GENERAL, Particle
from pusklearn.commands._pick_journal import (
    JOURNAL,
    Entry,
    PickJournal,
    stamp_of,
)
from pusklearn.commands._pick_tasks import make_tasks
from pusklearn.commands._picker_file import pipeline_of, sha256_of
from pusklearn.commands._report_page import write_page
from pusklearn.commands._run_record import read_record
from pusklearn.micrographs.io._listed_file import ListedFile


def report_run(folder: Path, path: Path, jobs: int = 1) -> list[Entry]:
    """Write the page of a finished run, and return what it shows.

    Parameters
    ----------
    folder : Path
        The folder that ``pusklearn pick`` has written.
    path : Path
        The file for the page.
    jobs : int, default=1
        How many micrographs are read at the same time.

    Raises
    ------
    ValueError
        If the run is not finished, or its model is another one now.
    FileNotFoundError
        If its model is not there any more.
    """
    record = read_record(folder)
    if record is None or record.get("state") != "finished":
        raise ValueError(
            f"{folder} holds a run that is not finished. `pusklearn pick` goes on with "
            "it, and writes the report with --report."
        )
    picker = _picker_of(record, folder)
    entries = _entries_of(folder, record)
    mask = record.get("mask")
    files = [_listed_again(folder, entry) for entry in entries]
    tasks = make_tasks(files, folder, None if mask is None else Path(mask))
    checked = [
        _checked(task, entry) for task, entry in zip(tasks, entries, strict=True)
    ]
    if not all(entry.is_complete for entry in entries):
        print_warning(
            f"{folder} does not hold the peaks below the threshold, so that the page "
            "does not show them, and cannot tell how many particles were missed. "
            "`pusklearn pick` with --report finds them."
        )
    write_page(path, tasks, checked, picker, record, jobs)
    return checked


def _entries_of(folder, record):
    """Return the entries of the micrographs that were used, in their order."""
    used = [row["path"] for row in record["micrographs"] if row["error"] is None]
    with PickJournal(folder) as journal:
        known = {
            one.path or one.name: one
            for one in journal.read().values()
            if one.error is None
        }
    missing = [name for name in used if name not in known]
    if missing:
        raise ValueError(
            f"{folder / JOURNAL} does not hold the picks of {missing[0]}, which "
            "`pusklearn pick` keeps there. Give the model and the micrographs, and the "
            f"picks in {folder} as --picks."
        )
    return [known[name] for name in used]


def _checked(task, entry):
    """Return an entry, which has an error if its micrograph is not what it was."""
    now = stamp_of(task.file, task.mask)
    # What the list of the project says of the file is not known any more.
    if [*now[:2], *now[5:]] == [*entry.stamp[:2], *entry.stamp[5:]]:
        return entry
    error = "it or its mask has changed since it was picked, or is not there"
    print_warning(f"The report leaves out micrograph {entry.path}: {error}.")
    return entry._replace(error=error)


def _picker_of(record, folder):
    """Return the picker of a run, if its model is the same as then."""
    is_general = record["model"] == GENERAL
    model = GENERAL if is_general else Path(record["model"])
    if isinstance(model, Path) and not model.is_file():
        raise FileNotFoundError(
            f"The model of {folder} is not there any more: {model}. Give the model and "
            f"the micrographs, and the picks in {folder} as --picks."
        )
    if sha256_of(model) != record["model_sha256"]:
        raise ValueError(
            f"The model of {folder} is another one now: {model}. Give that which was "
            f"used and the micrographs, and the picks in {folder} as --picks."
        )
    particle = Particle(record["diameter"], record["count"]) if is_general else None
    return pipeline_of(model, particle)


def _listed_again(folder, entry):
    """Return the file of an entry, with what its project says about it."""
    file = Path(os.path.normpath(folder / entry.file))
    return ListedFile(
        file, entry.path or str(file), entry.pixel_size, None, entry.uid, True
    )
