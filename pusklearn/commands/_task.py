"""A micrograph of a run, and what is known of it once it is opened."""

from typing import TYPE_CHECKING, Any, NamedTuple

from pusklearn.commands._pick_journal import Entry

# The library is imported inside functions, so that a process starts fast.
if TYPE_CHECKING:
    from pusklearn.micrographs.images._micrograph import Micrograph


class Task(NamedTuple):
    """A micrograph to be picked.

    Attributes
    ----------
    key : str
        The file, as a path from the folder of the run.
    stamp : list
        What tells whether the file has changed.
    file : path-like
        The file.
    mask : path-like or None
        The file of its mask.
    pixel_size : float or None
        Its pixel size in place of any other, in angstrom.
    """

    key: str
    stamp: list
    file: Any
    mask: Any = None
    pixel_size: float | None = None


def open_micrograph(task: Task, needs_pixel_size: bool = False) -> "Micrograph":
    """Return the micrograph of a task, with its mask."""
    from pusklearn.io import read_micrographs

    masks = None if task.mask is None else [task.mask]
    (micrograph,) = read_micrographs(
        [task.file], masks=masks, pixel_size=task.pixel_size
    )
    if needs_pixel_size and micrograph.pixel_size is None:
        raise ValueError(
            "--box-size is in angstrom, and the pixel size is unknown. Give it, as in "
            "--pixel-size 1.2, or give --box-size in pixels."
        )
    return micrograph


def entry_of(task: Task, micrograph: "Micrograph") -> Entry:
    """Return what is known of a micrograph without any pick."""
    from pusklearn.micrographs.images._missing_pixels import is_left_out
    from pusklearn.micrographs.io._names import micrograph_stem

    return Entry(
        task.key,
        task.stamp,
        micrograph_stem(task.file),
        micrograph.path,
        micrograph.uid,
        list(micrograph.shape),
        micrograph.pixel_size,
        is_there=not is_left_out(micrograph),
        defocus=getattr(task.file, "defocus", None),
    )


def failed_entry(task: Task, error: Exception) -> Entry:
    """Return what is known of a micrograph that cannot be used."""
    from pusklearn.commands._errors import describe_error
    from pusklearn.micrographs.io._listed_file import listed_path
    from pusklearn.micrographs.io._names import micrograph_stem

    return Entry(
        task.key,
        task.stamp,
        micrograph_stem(task.file),
        listed_path(task.file),
        error=describe_error(error),
    )
