"""The files that picks are written to, and those that an earlier run has written."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pusklearn.micrographs.io._distinct_names import distinct_names
from pusklearn.micrographs.io._listed_file import listed_path
from pusklearn.micrographs.io._pick_files import ENDINGS, pick_files
from pusklearn.micrographs.io._relion_files import relion_files
from pusklearn.micrographs.io._star_entries import star_entries

# The formats that have one file for all micrographs.
JOINED = {"star": "star", "csv": "csv", "topaz": "txt", "cs": "cs"}


def check_files(files: Sequence[Any], folder: Path, format: str) -> None:
    """Raise an error if the picks of these files could not be written at the end.

    Parameters
    ----------
    files : sequence of path-like
        The micrographs, as `list_files` returns them.
    folder : Path
        Where the picks will be written to.
    format : str
        The format of the picks, see ``pusklearn pick``.

    Raises
    ------
    ValueError
        If the format has no place for the name or the folder of a micrograph, or needs
        a number of cryoSPARC that a micrograph does not have.
    """
    files_of([listed_path(file) for file in files], folder, format)
    without = [file for file in files if getattr(file, "uid", None) is None]
    if format == "cs" and without:
        raise ValueError(
            "--format cs needs the numbers by which cryoSPARC knows the micrographs: "
            f"give its exposures, a .cs file, as MICROGRAPHS. {len(without)} of "
            f"{len(files)} have none, such as {without[0]}."
        )


def files_of(paths: Sequence[str], folder: Path, format: str) -> list[Path]:
    """Return the files that have the picks of micrographs, by their paths.

    Raises
    ------
    ValueError
        If the format has no place for the name or the folder of a micrograph.
    """
    if format == "relion":
        files = [one.file for one in relion_files(folder, paths, None)]
        return [*files, folder / "autopick.star"]
    if format not in JOINED:
        return pick_files(folder, paths, format)
    if format == "star":
        star_entries(paths, None)
    else:
        distinct_names(paths)
    return [folder / f"picks.{JOINED[format]}"]


def remove_files(folder: Path, before: Mapping[str, Any], keep: Sequence[Path]) -> None:
    """Remove the files of picks that the record of an earlier run tells of.

    Other files stay, and so do those of EMAN2, which hold more than picks.

    Parameters
    ----------
    folder : Path
        The folder of the run.
    before : mapping
        The record of the earlier run.
    keep : sequence of Path
        Files that stay.
    """
    format = before.get("format")
    paths = [row["path"] for row in written(before) if row["error"] is None]
    if not paths or format not in (*JOINED, *ENDINGS, "relion") or format == "eman2":
        return
    for file in set(files_of(paths, folder, format)) - set(keep):
        file.unlink(missing_ok=True)


def written(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what a record tells of the micrographs whose picks are in the folder."""
    return record.get("micrographs") or []
