"""Picking many micrographs: what is done, what is to do, and what is written."""

import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from pusklearn import io
from pusklearn.commands._errors import Interrupted, print_warning
from pusklearn.commands._output import say
from pusklearn.commands._pick_journal import Entry, PickJournal, stamp_of
from pusklearn.commands._pick_workers import Setup, Task, picked
from pusklearn.commands._run_record import (
    check_goes_on,
    read_record,
    versions,
    write_record,
)
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._list_files import list_files
from pusklearn.micrographs.io._masks import match_masks
from pusklearn.micrographs.io._names import micrograph_stem
from pusklearn.micrographs.io._with_pixel_sizes import with_pixel_sizes
from pusklearn.pu._progress_bar import progress_bar

# The formats that have one file for all micrographs.
JOINED = {"star": "star", "csv": "csv", "topaz": "txt", "cs": "cs"}
# More rows of a table, or warnings, are not shown on the screen.
MOST_ROWS = 20
MOST_WARNINGS = 10


class Settings(NamedTuple):
    """What the user wants, see the options of ``pusklearn pick``."""

    model: Path
    format: str
    threshold: float | str | None
    margin: str | None
    box_size: str | None
    mask: Path | None
    pixel_size: float | None
    on_error: str
    overwrite: bool
    jobs: int
    threads: int
    device: str


def pick_all(paths: Sequence[str], folder: Path, settings: Settings) -> dict[str, Any]:
    """Pick micrographs, go on with an earlier run, and write the picks.

    Parameters
    ----------
    paths : sequence of str
        Files, folders, patterns or lists of micrographs.
    folder : Path
        The folder of the run.
    settings : Settings
        What the user wants.

    Returns
    -------
    dict
        The record of the run, which is in ``run.json`` too.

    Raises
    ------
    ValueError
        If the run does not go with what is in the folder, or no micrograph can be used.
    """
    start = time.perf_counter()
    files = list_files(
        paths[0] if len(paths) == 1 else list(paths), "micrograph", settings.on_error
    )
    check_format(files, settings)
    if settings.pixel_size is None:
        files = with_pixel_sizes(files)
    tasks = make_tasks(files, folder, settings)
    record = record_of(settings)
    folder.mkdir(parents=True, exist_ok=True)
    with PickJournal(folder) as journal:
        before = None if settings.overwrite else read_record(folder)
        entries = prepare(journal, before, record, tasks, settings)
        write_record(folder, record | {"state": "running"})
        try:
            entries |= pick_missing(journal, entries, tasks, settings)
        except KeyboardInterrupt as error:
            n_done = sum(task.key in journal.read() for task in tasks)
            raise Interrupted(
                f"Interrupted. {n_done} of {len(tasks)} micrographs are done; the same "
                "command goes on with the others."
            ) from error
        in_order = [entries[task.key] for task in tasks]
        write_picks(in_order, folder, settings)
        record |= summary(in_order, time.perf_counter() - start)
        write_record(folder, record)
    return record


def check_format(files: Sequence[Any], settings: Settings) -> None:
    """Raise an error if the picks of these files could not be written at the end."""
    if settings.format != "cs":
        return
    without = [file for file in files if getattr(file, "uid", None) is None]
    if without:
        raise ValueError(
            "--format cs needs the numbers by which cryoSPARC knows the micrographs: "
            f"give its exposures, a .cs file, as MICROGRAPHS. {len(without)} of "
            f"{len(files)} have none, such as {without[0]}."
        )


def make_tasks(files: Sequence[Any], folder: Path, settings: Settings) -> list[Task]:
    """Return what is to be done for each file, with its mask."""
    masks = masks_of(files, settings.mask)
    return [
        Task(
            # A project that is moved as a whole keeps these paths.
            os.path.relpath(os.path.abspath(file), os.path.abspath(folder)),
            stamp_of(file, mask),
            file,
            mask,
            settings.pixel_size,
        )
        for file, mask in zip(files, masks, strict=True)
    ]


def masks_of(files: Sequence[Any], folder: Path | None) -> list[Any]:
    """Return the mask of each file, or None."""
    if folder is None:
        return [None] * len(files)
    masks = list_files(folder, "mask", "raise")
    numbers = match_masks(_named(files), _named(masks))
    return [None if number is None else masks[number] for number in numbers]


def _named(files):
    return [SimpleNamespace(name=micrograph_stem(file)) for file in files]


def record_of(settings: Settings) -> dict[str, Any]:
    """Return how picks are made, as far as it is known before the first one."""
    from pusklearn.commands._picker_file import sha256_of

    known = versions()
    threshold = "none" if settings.threshold is None else settings.threshold
    return {
        "command": "pick",
        "pusklearn": known["pusklearn"],
        "versions": known,
        "model": os.path.abspath(settings.model),
        "model_sha256": sha256_of(settings.model),
        "threshold": threshold,
        "format": settings.format,
        "margin": settings.margin,
        "box_size": settings.box_size,
        "mask": None if settings.mask is None else os.path.abspath(settings.mask),
        "given_pixel_size": settings.pixel_size,
        "on_error": settings.on_error,
        "device": settings.device,
        "jobs": settings.jobs,
        "threads": settings.threads,
    }


def prepare(
    journal: PickJournal,
    before: Mapping[str, Any] | None,
    record: Mapping[str, Any],
    tasks: Sequence[Task],
    settings: Settings,
) -> dict[str, Entry]:
    """Return the finished entries of an earlier run, or make room for a new one.

    Raises
    ------
    ValueError
        If the earlier run had other settings or other micrographs, or there are picks
        in the folder that no run has written.
    """
    folder = journal.folder
    if before is None:
        if settings.overwrite:
            remove_picks(folder)
        else:
            check_nothing_is_lost(folder, settings.format)
        journal.clear()
        say(f"{len(tasks)} micrographs are to be picked.")
        return {}
    check_goes_on(before, record, folder)
    remove_drafts(folder)
    entries = {k: e for k, e in journal.read().items() if e.error is None}
    others = sorted(entries.keys() - {task.key for task in tasks})
    if others:
        raise ValueError(
            f"{folder} holds the picks of {len(others)} micrographs that are not among "
            f"these, such as {os.path.normpath(folder / others[0])}. Give them too, or "
            "another --output, or --overwrite to pick everything again."
        )
    if before.get("pusklearn") != record["pusklearn"]:
        print_warning(
            f"{folder} was begun with pusklearn {before.get('pusklearn')}; version "
            f"{record['pusklearn']} goes on."
        )
    finished = {
        task.key: entries[task.key]
        for task in tasks
        if task.key in entries and entries[task.key].stamp == task.stamp
    }
    say(
        f"{len(finished)} of {len(tasks)} micrographs were picked before; "
        f"{len(tasks) - len(finished)} are to be picked."
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
    for pattern in patterns_of(str(before.get("format"))):
        for file in list(folder.glob(pattern)):
            file.unlink()
    remove_drafts(folder)


def remove_drafts(folder: Path) -> None:
    """Remove files that were never finished, because a run was killed."""
    for draft in list(folder.glob("**/.pusklearn-*")):
        shutil.rmtree(draft, ignore_errors=True)


def pick_missing(
    journal: PickJournal,
    finished: Mapping[str, Entry],
    tasks: Sequence[Task],
    settings: Settings,
) -> dict[str, Entry]:
    """Pick the micrographs that are not finished, and write down each of them."""
    todo = [task for task in tasks if task.key not in finished]
    if not todo:
        return {}
    from pusklearn.commands._picker_file import sha256_of

    setup = Setup(
        settings.model,
        sha256_of(settings.model),
        settings.threshold,
        settings.margin,
        settings.device,
    )
    entries: dict[str, Entry] = {}
    known: set[str] = set()
    results = picked(setup, todo, min(settings.jobs, len(todo)), settings.threads)
    with progress_bar(
        description="picking particles", unit="micrograph", total=len(todo)
    ) as bar:
        for entry in results:
            if entry.error is not None and settings.on_error == "raise":
                raise ValueError(entry.error)
            journal.add(entry)
            entries[entry.file] = entry
            for text in told(entry):
                # What is wrong with the model comes from each process.
                if text not in known and len(known) < MOST_WARNINGS:
                    print_warning(text)
                known.add(text)
            bar.update()
    if len(known) > MOST_WARNINGS:
        n_more = len(known) - MOST_WARNINGS
        print_warning(f"run.json holds {n_more} more warnings like these.")
    return entries


def told(entry: Entry) -> Iterator[str]:
    """Yield what is to be said about a micrograph."""
    yield from entry.warnings
    if entry.error is not None:
        yield (
            f"Micrograph {entry.path or entry.name} cannot be used and is left out: "
            f"{entry.error}"
        )


def write_picks(entries: Sequence[Entry], folder: Path, settings: Settings) -> None:
    """Write the picks of all micrographs that could be used.

    Raises
    ------
    ValueError
        If there is none.
    """
    used = [entry for entry in entries if entry.error is None]
    if not used:
        raise ValueError(
            f"At least 1 micrograph must be usable. Got 0 of {len(entries)}; the first "
            f"one: {entries[0].error}"
        )
    suffix = JOINED.get(settings.format)
    io.write_coordinates(
        f"{folder}/" if suffix is None else folder / f"picks.{suffix}",
        [np.reshape(entry.picks, (-1, 3)) for entry in used],
        [without_pixels(entry) for entry in used],
        settings.format,
        box_size=settings.box_size,
    )


def without_pixels(entry: Entry) -> Micrograph:
    """Return a micrograph of the same shape and names, which takes no memory."""
    return Micrograph(
        np.broadcast_to(np.float32(0), entry.shape),
        entry.name,
        entry.pixel_size,
        path=entry.path,
        uid=entry.uid,
    )


def summary(entries: Sequence[Entry], seconds: float) -> dict[str, Any]:
    """Return what came out of a run, for its record."""
    used = [entry for entry in entries if entry.error is None]
    sizes = {entry.pixel_size for entry in used}
    return {
        "state": "finished",
        "threshold_value": used[0].threshold,
        "pixel_size": sizes.pop() if len(sizes) == 1 else None,
        "n_micrographs": len(entries),
        "n_failed": len(entries) - len(used),
        "n_picks": sum(len(entry.picks) for entry in used),
        "seconds": round(seconds, 1),
        "micrographs": [
            {
                "path": entry.path or entry.name,
                "picks": None if entry.error is not None else len(entry.picks),
                "pixel_size": entry.pixel_size,
                "error": entry.error,
                "warnings": entry.warnings,
            }
            for entry in entries
        ],
    }


def describe(record: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """Yield lines that say what came out of a run: a table, and the sum."""
    rows = record["micrographs"]
    failed = [row for row in rows if row["error"] is not None]
    shown = rows if len(rows) <= MOST_ROWS else failed[:MOST_ROWS]
    if shown:
        yield f"{'picks':>7}  micrograph"
    for row in shown:
        if row["error"] is None:
            yield f"{row['picks']:7d}  {row['path']}"
        else:
            yield f"{'failed':>7}  {row['path']}: {row['error']}"
    if len(failed) > MOST_ROWS and len(rows) > MOST_ROWS:
        yield f"         and {len(failed) - MOST_ROWS} more that failed"
    counts = [row["picks"] for row in rows if row["error"] is None]
    value = record["threshold_value"]
    above = "every peak" if value is None else f"scores above {value:.4g}"
    yield (
        f"{record['n_picks']} picks in {len(counts)} micrographs ({min(counts)} to "
        f"{max(counts)} in each, the median is {median(counts):g}); "
        f"threshold {record['threshold']}: {above}."
    )
    if failed:
        yield f"{len(failed)} of {len(rows)} micrographs failed."
    suffix = JOINED.get(record["format"])
    name = f"picks.{suffix}" if suffix else ""
    yield f"Wrote {os.path.join(folder, name)} and {folder / 'run.json'}."
