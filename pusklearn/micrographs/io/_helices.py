"""Clicks on the two ends of helices, which are no particles."""

import re
from pathlib import Path

from pusklearn.micrographs.io._relion_job import job_of

# How a job of manual picking in RELION was set, by the file that keeps its settings.
_SETTINGS = {
    "job.star": re.compile(rb"^\s*do_startend\s+Yes\b", re.MULTILINE),
    "run.job": re.compile(
        rb"^Pick start-end coordinates helices\?\s*==\s*Yes\b", re.MULTILINE
    ),
}


def is_of_manual_picking(path: Path) -> bool:
    """Tell whether a file is one of manual picking in RELION, by its name."""
    return path.suffix == ".star" and path.stem.endswith("manualpick")


def check_are_no_ends(path: Path) -> None:
    """Raise a ValueError if clicks are the ends of helices, two for each.

    Nothing in the coordinates themselves tells it, but the settings of the job do.

    Parameters
    ----------
    path : Path
        A STAR file in the folder of a job of RELION, or below it.
    """
    job = job_of(str(path.absolute()))
    for folder in dict.fromkeys([path.parent, *([] if job is None else [Path(job)])]):
        for name, is_set in _SETTINGS.items():
            file = folder / name
            if file.is_file() and is_set.search(file.read_bytes()):
                raise ValueError(
                    "its clicks are the start and the end of helices, as "
                    f"{file} says. They are no particles: extract the segments along "
                    "the helices in RELION, and give their particles.star."
                )
