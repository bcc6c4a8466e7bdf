"""Picking many micrographs: what is done, what is to do, and what is written."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sklearn.pipeline import Pipeline

from pusklearn.commands._cluster import check_reachable
from pusklearn.commands._errors import Interrupted, print_warning
from pusklearn.commands._expected_picks import expected_picks
from pusklearn.commands._expected_quality import is_calibrated, quality_of
from pusklearn.commands._general_model import GENERAL, doubt_of_sizes
from pusklearn.commands._pick_cluster import picked_on_cluster
from pusklearn.commands._pick_files import (
    check_files,
    files_of,
    remove_files,
    written,
)
from pusklearn.commands._pick_folder import folder_of_run, prepare
from pusklearn.commands._pick_journal import Entry, PickJournal
from pusklearn.commands._pick_settings import Settings
from pusklearn.commands._pick_summary import summary, threshold_of
from pusklearn.commands._pick_tasks import make_tasks
from pusklearn.commands._pick_workers import Setup, Task, finite, picked
from pusklearn.commands._picker_file import check_model, sha256_of
from pusklearn.commands._plural import count
from pusklearn.commands._report_page import REPORT, write_page
from pusklearn.commands._run_record import (
    read_record,
    versions,
    write_record,
)
from pusklearn.commands._written_picks import check_any_used, write_picks
from pusklearn.micrographs.general._general_network import read_general_network
from pusklearn.micrographs.images._lengths import in_angstrom
from pusklearn.micrographs.io._list_files import list_files
from pusklearn.micrographs.io._with_pixel_sizes import with_pixel_sizes
from pusklearn.pu._progress_bar import progress_bar

# More warnings are not shown on the screen.
MOST_WARNINGS = 10
NO_PICKS = (
    "There is no pick at all: no peak has a score above the threshold. Are these "
    "micrographs such as the model has learnt from, and is their pixel size right? A "
    "smaller --threshold keeps more, and --threshold none every peak."
)
STOPPED_REPORT = (
    "Interrupted. The picks are written; the same command goes on with the report."
)


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
    # The devices of a cluster are not those of this host.
    device = settings.device if settings.cluster is None else "cpu"
    picker = check_model(settings.model, device, settings.particle)
    if settings.pixel_size is None:
        files = with_pixel_sizes(files)
    tasks = make_tasks(files, folder, settings.mask, settings.pixel_size)
    record = record_of(settings) | {"calibrated": is_calibrated(picker)}
    setup = setup_of(settings, record["model_sha256"])
    with folder_of_run(folder) as journal:
        before = None if settings.overwrite else read_record(folder)
        if settings.cluster is not None and before is None:
            # Before anything is replaced. An earlier run may have nothing left to do.
            check_reachable(settings.cluster)
        entries = prepare(
            journal,
            before,
            record,
            tasks,
            overwrite=settings.overwrite,
            needs_all=settings.report,
        )
        # These tell which files are to be removed, whenever this run is stopped.
        there = {"state": "running", "micrographs": written(before or {})}
        write_record(folder, record | there)
        try:
            threshold = find_threshold(picker, settings)
            entries |= pick_missing(journal, entries, tasks, settings, setup)
        except KeyboardInterrupt as error:
            raise Interrupted(describe_stop(journal, tasks, settings)) from error
        in_order = [entries[task.key] for task in tasks]
        check_any_used(in_order)
        if settings.n_expected is None:
            kept = [entry.above(threshold) for entry in in_order]
        else:
            kept = expected_picks(in_order, settings.n_expected)
        expected = quality_of(picker, threshold_of(kept), in_order)
        record |= summary(kept, time.perf_counter() - start, expected)
        used = [row["path"] for row in written(record) if row["error"] is None]
        keep = files_of(used, folder, settings.format)
        remove_files(folder, there | {"format": settings.format}, keep)
        write_record(folder, record | {"state": "running"})
        write_picks(kept, folder, settings)
        write_record(folder, record)
        if settings.report:
            try:
                write_page(
                    folder / REPORT, tasks, in_order, picker, record, settings.jobs
                )
            except KeyboardInterrupt as error:
                raise Interrupted(STOPPED_REPORT) from error
    doubt = doubt_of_sizes(
        settings.particle, [entry.pixel_size for entry in kept if not entry.error]
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
        "cluster": None if settings.cluster is None else settings.cluster.place,
        "report": REPORT if settings.report else None,
    }


def setup_of(settings: Settings, sha256: str) -> Setup:
    """Return the picker of a run, which gives every peak."""
    return Setup(
        settings.model,
        sha256,
        # The threshold is applied at the end, so that another one picks nothing again.
        None,
        settings.margin,
        settings.device,
        in_angstrom(settings.box_size),
        settings.particle,
    )


def find_threshold(picker: Pipeline, settings: Settings) -> float | None:
    """Return the threshold of a run; None if there is none, or it is chosen later.

    Raises
    ------
    ValueError
        If its rule cannot be followed.
    """
    if settings.n_expected is not None:
        return None
    extractor = picker.named_steps["extract"].set_params(threshold=settings.threshold)
    return finite(extractor.find_threshold())


def pick_missing(
    journal: PickJournal,
    finished: Mapping[str, Entry],
    tasks: Sequence[Task],
    settings: Settings,
    setup: Setup,
) -> dict[str, Entry]:
    """Pick the micrographs that are not finished, and write down each of them."""
    todo = [task for task in tasks if task.key not in finished]
    if not todo:
        return {}
    entries: dict[str, Entry] = {}
    known: set[str] = set()
    if settings.cluster is None:
        jobs = min(settings.jobs, len(todo))
        results = picked(setup, todo, jobs, settings.threads or 1)
    else:
        results = picked_on_cluster(setup, todo, settings.cluster, settings.threads)
    bar = progress_bar(
        description="picking particles", unit="micrograph", total=len(todo)
    )
    # Whatever goes wrong here, the processes or the connection end with it.
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
