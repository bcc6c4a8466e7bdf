"""The page of HTML that shows the picks of a run."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from joblib import parallel_config
from sklearn.pipeline import Pipeline

from pusklearn.commands._pick_journal import Entry
from pusklearn.commands._task import Task, open_micrograph
from pusklearn.micrographs.report._picks_report import PicksReport
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


def write_page(
    path: Path,
    tasks: Sequence[Task],
    entries: Sequence[Entry],
    picker: Pipeline,
    record: Mapping[str, Any],
    jobs: int = 1,
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
    picker : Pipeline
        The picker. Its threshold becomes the rule of the record.
    record : mapping
        How the picks were made.
    jobs : int, default=1
        How many micrographs are read at the same time.

    Warns
    -----
    UserWarning
        If a micrograph cannot be read any more; the page leaves it out.
    """
    rows = [row for row, entry in enumerate(entries) if entry.error is None]
    rule = record["threshold"]
    picker.set_params(extract__threshold=None if rule == "none" else rule)
    bar = progress_bar(
        description="writing the report", unit="micrograph", total=len(rows)
    )
    with bar, parallel_config("threading", n_jobs=jobs):
        PicksReport(
            picker,
            OpenedMicrographs([tasks[row] for row in rows], bar),
            [entries[row].points for row in rows],
            threshold=record["threshold_value"],
            diameter=record.get("diameter"),
            defocus=[entries[row].defocus for row in rows],
            names=[entries[row].name for row in rows],
            notes={
                words: str(record[name])
                for name, words in TOLD.items()
                if record.get(name) is not None
            },
        ).save(path)


class OpenedMicrographs(Sequence):
    """Micrographs that are opened when they are asked for, which a bar shows.

    Parameters
    ----------
    tasks : sequence of Task
        The micrographs.
    bar : tqdm
        The bar.
    """

    def __init__(self, tasks: Sequence[Task], bar: Any) -> None:
        self.tasks = tasks
        self.bar = bar

    def __len__(self) -> int:
        return len(self.tasks)

    def __getitem__(self, key: Any) -> Any:
        """Open a micrograph."""
        self.bar.update()
        with without_bars():
            return open_micrograph(self.tasks[key])
