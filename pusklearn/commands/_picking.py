"""Picking many micrographs: what is done, what is to do, and what is written."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from pusklearn import io
from pusklearn.commands._errors import Interrupted, print_warning
from pusklearn.commands._expected_picks import expected_picks
from pusklearn.commands._general_model import GENERAL, Particle, doubt_of_sizes
from pusklearn.commands._pick_files import (
    JOINED,
    check_files,
    files_of,
    remove_files,
    written,
)
from pusklearn.commands._pick_folder import prepare
from pusklearn.commands._pick_journal import Entry, PickJournal, stamp_of
from pusklearn.commands._pick_summary import summary
from pusklearn.commands._pick_workers import Setup, Task, picked
from pusklearn.commands._picker_file import check_model, sha256_of
from pusklearn.commands._plural import count
from pusklearn.commands._run_record import (
    read_record,
    versions,
    write_record,
)
from pusklearn.micrographs.general._general_network import read_general_network
from pusklearn.micrographs.images._lengths import in_angstrom
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._list_files import list_files
from pusklearn.micrographs.io._masks import match_masks
from pusklearn.micrographs.io._names import micrograph_stem
from pusklearn.micrographs.io._with_pixel_sizes import with_pixel_sizes
from pusklearn.pu._progress_bar import progress_bar

# More warnings are not shown on the screen.
MOST_WARNINGS = 10
NO_PICKS = (
    "There is no pick at all: no peak has a score above the threshold. Are these "
    "micrographs such as the model has learnt from, and is their pixel size right? A "
    "smaller --threshold keeps more, and --threshold none every peak."
)


class Settings(NamedTuple):
    """What the user wants, see the options of ``pusklearn pick``."""

    model: Path | str
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
    particle: Particle | None = None

    @property
    def n_expected(self) -> float | None:
        """Particles of a micrograph, if they set the threshold after all are picked."""
        if self.particle is None or self.threshold != "prior":
            return None
        return self.particle.per_micrograph


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
    check_files(files, folder, settings.format)
    check_model(settings.model, settings.device, settings.particle)
    if settings.pixel_size is None:
        files = with_pixel_sizes(files)
    tasks = make_tasks(files, folder, settings)
    record = record_of(settings)
    folder.mkdir(parents=True, exist_ok=True)
    with PickJournal(folder) as journal:
        before = None if settings.overwrite else read_record(folder)
        entries = prepare(journal, before, record, tasks, overwrite=settings.overwrite)
        # These tell which files are to be removed, whenever this run is stopped.
        there = {"state": "running", "micrographs": written(before or {})}
        write_record(folder, record | there)
        try:
            entries |= pick_missing(
                journal, entries, tasks, settings, record["model_sha256"]
            )
        except KeyboardInterrupt as error:
            raise Interrupted(describe_stop(journal, tasks, settings)) from error
        in_order = [entries[task.key] for task in tasks]
        check_any_used(in_order)
        if settings.n_expected is not None:
            in_order = expected_picks(in_order, settings.n_expected)
        record |= summary(in_order, time.perf_counter() - start)
        used = [row["path"] for row in written(record) if row["error"] is None]
        keep = files_of(used, folder, settings.format)
        remove_files(folder, there | {"format": settings.format}, keep)
        write_record(folder, record | {"state": "running"})
        write_picks(in_order, folder, settings)
        write_record(folder, record)
    doubt = doubt_of_sizes(
        settings.particle, [entry.pixel_size for entry in in_order if not entry.error]
    )
    if doubt:
        print_warning(doubt)
    if not record["n_picks"]:
        print_warning(NO_PICKS)
    return record


def describe_stop(
    journal: PickJournal, tasks: Sequence[Task], settings: Settings
) -> str:
    """Return what is said if the user has stopped a run."""
    done = journal.read()
    n_done = sum(task.key in done for task in tasks)
    same = "the same command"
    if settings.overwrite:
        same += ", without --overwrite,"
    return (
        f"Interrupted. {n_done} of {count(len(tasks), 'micrograph')} done; {same} goes "
        "on with the others."
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
    known = versions()
    is_general = settings.model == GENERAL
    diameter, count = settings.particle or (None, None)
    threshold = "none" if settings.threshold is None else settings.threshold
    return {
        "command": "pick",
        "pusklearn": known["pusklearn"],
        "versions": known,
        "model": GENERAL if is_general else os.path.abspath(settings.model),
        "model_sha256": sha256_of(settings.model),
        "network": read_general_network().made_by if is_general else None,
        "diameter": diameter,
        "count": count,
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


def pick_missing(
    journal: PickJournal,
    finished: Mapping[str, Entry],
    tasks: Sequence[Task],
    settings: Settings,
    sha256: str,
) -> dict[str, Entry]:
    """Pick the micrographs that are not finished, and write down each of them."""
    todo = [task for task in tasks if task.key not in finished]
    if not todo:
        return {}
    setup = Setup(
        settings.model,
        sha256,
        # The best of all micrographs are not known while one of them is picked.
        None if settings.n_expected is not None else settings.threshold,
        settings.margin,
        settings.device,
        in_angstrom(settings.box_size),
        settings.particle,
    )
    entries: dict[str, Entry] = {}
    known: set[str] = set()
    results = picked(setup, todo, min(settings.jobs, len(todo)), settings.threads)
    bar = progress_bar(
        description="picking particles", unit="micrograph", total=len(todo)
    )
    # Whatever goes wrong here, the processes end with it.
    with closing(results), bar:
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


def check_any_used(entries: Sequence[Entry]) -> None:
    """Raise a ValueError if no micrograph could be used."""
    if all(entry.error is not None for entry in entries):
        raise ValueError(
            f"At least 1 micrograph must be usable. Got 0 of {len(entries)}; the first "
            f"one: {entries[0].error}"
        )


def write_picks(entries: Sequence[Entry], folder: Path, settings: Settings) -> None:
    """Write the picks of all micrographs that could be used."""
    used = [entry for entry in entries if entry.error is None]
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
