"""What is to be done for each micrograph of a run."""

import os
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pusklearn.commands._pick_journal import stamp_of
from pusklearn.commands._task import Task
from pusklearn.micrographs.io._list_files import list_files
from pusklearn.micrographs.io._masks import match_masks
from pusklearn.micrographs.io._names import micrograph_stem


def make_tasks(
    files: Sequence[Any],
    folder: Path,
    mask: Path | None = None,
    pixel_size: float | None = None,
) -> list[Task]:
    """Return what is to be done for each file.

    Parameters
    ----------
    files : sequence of path-like
        The micrographs, as `list_files` returns them.
    folder : Path
        The folder of the run.
    mask : Path or None, default=None
        The folder of their masks.
    pixel_size : float or None, default=None
        Their pixel size in place of any other, in angstrom.
    """
    masks = masks_of(files, mask)
    return [
        Task(
            # A project that is moved as a whole keeps these paths.
            os.path.relpath(os.path.abspath(file), os.path.abspath(folder)),
            stamp_of(file, own),
            file,
            own,
            pixel_size,
        )
        for file, own in zip(files, masks, strict=True)
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
