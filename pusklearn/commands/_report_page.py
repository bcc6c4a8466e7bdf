"""The page of HTML that shows the picks of a run."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sklearn.pipeline import Pipeline

from pusklearn.commands._errors import describe_error, print_warning
from pusklearn.commands._pick_journal import Entry
from pusklearn.commands._task import Task, open_micrograph
from pusklearn.micrographs.images._stand_ins import UNUSABLE, is_fault_of_system
from pusklearn.micrographs.io._listed_file import listed_path
from pusklearn.micrographs.report._describe_picker import (
    PickerDescription,
    describe_picker,
)
from pusklearn.micrographs.report._micrograph_view import ReportRow
from pusklearn.micrographs.report._write_report import write_report
from pusklearn.pu._progress_bar import progress_bar, without_bars

REPORT = "report.html"
# What a page tells of a run, by its name in run.json.
TOLD = {
    "model": "Model",
    "model_sha256": "Checksum of the model (SHA-256)",
    "pusklearn": "Version that picked",
    "count": "Particles per micrograph, as told",
    "margin": "Margin",
    "mask": "Masks",
    "given_pixel_size": "Pixel size, as told",
    "device": "Device",
}


def about_run(picker: Pipeline, record: Mapping[str, Any]) -> PickerDescription:
    """Return what a page tells of a picker and its run.

    Parameters
    ----------
    picker : Pipeline
        The picker. Its threshold becomes the rule of the run.
    record : mapping
        The record of the run.
    """
    rule = record["threshold"]
    picker.set_params(extract__threshold=None if rule == "none" else rule)
    about = describe_picker(
        picker, diameter=record.get("diameter"), threshold=record["threshold_value"]
    )
    told = {
        words: str(record[name])
        for name, words in TOLD.items()
        if record.get(name) is not None
    }
    return about._replace(parameters={**about.parameters, **told})


def write_page(
    path: Path,
    tasks: Sequence[Task],
    entries: Sequence[Entry],
    about: PickerDescription,
) -> None:
    """Write the page of some micrographs, whole or not at all.

    Parameters
    ----------
    path : Path
        The file.
    tasks : sequence of Task
        The micrographs. They are read one after the other.
    entries : sequence of Entry
        All peaks of each of them. The page leaves out those that could not be used.
    about : PickerDescription
        What the page tells of the picker.

    Warns
    -----
    UserWarning
        If a micrograph cannot be read any more; the page leaves it out.
    """
    write_report(path, _rows(tasks, entries), about)


def _rows(tasks, entries):
    bar = progress_bar(
        description="writing the report", unit="micrograph", total=len(tasks)
    )
    with bar:
        for task, entry in zip(tasks, entries, strict=True):
            bar.update()
            if entry.error is not None:
                continue
            try:
                with without_bars():
                    micrograph = open_micrograph(task)
            except UNUSABLE as error:
                if is_fault_of_system(error):
                    raise
                print_warning(
                    f"The report leaves out micrograph {listed_path(task.file)}: "
                    f"{describe_error(error)}"
                )
            else:
                yield ReportRow(micrograph, entry.points, entry.defocus)
