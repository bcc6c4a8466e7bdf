"""Write the report of picks."""

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import logit

from pusklearn.micrographs.io._draft_files import write_files
from pusklearn.micrographs.report._describe_picker import PickerDescription
from pusklearn.micrographs.report._gather_views import gather_views
from pusklearn.micrographs.report._micrograph_view import (
    Look,
    ReportRow,
    view_micrograph,
)
from pusklearn.micrographs.report._page_html import page_html
from pusklearn.micrographs.report._report_content import find_content
from pusklearn.micrographs.report._score_histogram import LEAST_PROBABILITY


def write_report(
    path: str | os.PathLike,
    rows: Iterable[ReportRow | Sequence[Any]],
    about: PickerDescription,
) -> None:
    """Write the report of picks as one HTML page.

    Parameters
    ----------
    path : str or path-like
        The file. It is written whole or not at all.
    rows : iterable of ReportRow
        Each micrograph with all its peaks. They are taken once, one after the other,
        so that a generator may read them from files.
    about : PickerDescription
        The picker.

    Raises
    ------
    ValueError
        If there is no micrograph, or one or its peaks cannot be used.
    FileNotFoundError
        If the folder of the file does not exist.
    """
    looks = (
        view_micrograph(row, about.diameter, number) for number, row in enumerate(rows)
    )
    write_page(path, looks, about)


def write_page(
    path: str | os.PathLike, looks: Iterable[Look], about: PickerDescription
) -> None:
    """Write the report of micrographs that were looked at, as `write_report` does."""
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"The folder of {path} does not exist. Make {path.parent} first."
        )
    lowest = float(logit(LEAST_PROBABILITY)) if about.calibrated else -np.inf
    gathered = gather_views(looks, lowest)
    try:
        content = find_content(gathered, about)
        created = datetime.now().astimezone().isoformat(timespec="seconds")
        write_files({path: page_html(content, "Picks", created)})
    finally:
        gathered.large.close()
