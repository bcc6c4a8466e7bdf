"""The report of picks in files."""

import os
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pusklearn.commands._coordinate_paths import read_all
from pusklearn.commands._errors import print_warning
from pusklearn.commands._general_model import GENERAL, Particle
from pusklearn.commands._output import say
from pusklearn.commands._pick_journal import Entry
from pusklearn.commands._pick_tasks import make_tasks
from pusklearn.commands._picker_file import open_picker, sha256_of
from pusklearn.commands._report_page import write_page
from pusklearn.commands._scored_again import scored_again
from pusklearn.commands._task import Task, entry_of, failed_entry, open_micrograph
from pusklearn.commands._training import only_one
from pusklearn.commands._written_picks import check_any_used, without_pixels
from pusklearn.micrographs.images._stand_ins import UNUSABLE, is_fault_of_system
from pusklearn.micrographs.io._list_files import list_files
from pusklearn.micrographs.io._picks_for import picks_for
from pusklearn.micrographs.io._with_pixel_sizes import with_pixel_sizes


class Settings(NamedTuple):
    """What the user wants of a report, see the options of ``pusklearn report``."""

    model: Path | str
    particle: Particle | None
    threshold: float | str | None
    rescore: bool
    mask: Path | None
    pixel_size: float | None
    device: str
    jobs: int = 1


def report_picks(
    paths: Sequence[str], picks: Sequence[str], path: Path, settings: Settings
) -> list[Entry]:
    """Write the page of picks in files, and return what it shows.

    Parameters
    ----------
    paths : sequence of str
        Files, folders, patterns or lists of micrographs.
    picks : sequence of str
        Coordinate files.
    path : Path
        The file for the page.
    settings : Settings
        What the user wants.

    Returns
    -------
    list of Entry
        The picks of each micrograph.

    Raises
    ------
    ValueError
        If a file cannot be read, no pick belongs to a micrograph, or only some picks
        have scores.
    """
    picker = open_picker(
        settings.model, settings.threshold, None, settings.device, settings.particle
    )
    threshold = picker.named_steps["extract"].threshold
    files = list_files(only_one(paths), "micrograph", "warn")
    if settings.pixel_size is None:
        files = with_pixel_sizes(files)
    tasks = make_tasks(files, path.parent, settings.mask, settings.pixel_size)
    entries = [look_at(task) for task in tasks]
    used = [row for row, entry in enumerate(entries) if entry.error is None]
    check_any_used(entries)
    points = picks_for(
        read_all(picks, pixel_size=settings.pixel_size),
        [without_pixels(entries[row]) for row in used],
        outside="warn",
    )
    if not sum(map(len, points)):
        print_warning(
            f"There is no pick to show: {', '.join(picks)} hold none in these "
            "micrographs. Of a file of corrections, right picks and missed particles "
            "are shown."
        )
    if settings.rescore or points[0].shape[1] == 2:
        if not settings.rescore:
            say("The picks have no scores: the model scores them.")
        points = scored_again(picker, [tasks[row] for row in used], points)
    for row, one in zip(used, points, strict=True):
        scored = array("d", one.ravel())
        entries[row] = entries[row]._replace(picks=scored)
    record = record_of(settings, threshold)
    write_page(path, tasks, entries, picker, record, settings.jobs)
    return entries


def look_at(task: Task) -> Entry:
    """Return what is known of a micrograph, and print a warning if it is unusable."""
    try:
        return entry_of(task, open_micrograph(task))
    except UNUSABLE as error:
        if is_fault_of_system(error):
            raise
        entry = failed_entry(task, error)
        print_warning(f"The report leaves out micrograph {entry.path}: {entry.error}")
        return entry


def record_of(settings: Settings, threshold: float) -> dict[str, Any]:
    """Return what a page tells of picks, in the form of the record of a run."""
    is_general = settings.model == GENERAL
    return {
        "model": GENERAL if is_general else os.path.abspath(settings.model),
        "model_sha256": sha256_of(settings.model),
        "diameter": settings.particle and settings.particle.diameter,
        "threshold": "none" if settings.threshold is None else settings.threshold,
        "threshold_value": None if threshold == -np.inf else threshold,
        "mask": None if settings.mask is None else os.path.abspath(settings.mask),
        "given_pixel_size": settings.pixel_size,
    }
