"""Coordinates from one format to another: what the subcommand ``convert`` does."""

import glob
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import click
import numpy as np
from numpy.typing import NDArray

from pusklearn.commands._coordinate_paths import read_all
from pusklearn.commands._picks_record import recorded_pixel_sizes
from pusklearn.commands._plural import count
from pusklearn.io import write_coordinates
from pusklearn.micrographs.images._lengths import parse_length
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._match_names import Named, match_names
from pusklearn.micrographs.io._names import listed_name
from pusklearn.micrographs.io._picks_for import picks_for
from pusklearn.micrographs.io._rows_by_name import rows_by_name

# The suffixes of images, which may stand in the place of OUT by accident.
IMAGES = (".mrc", ".mrcs", ".tif", ".tiff", ".eer", ".gz", ".bz2")
SUFFIXES = (".box", ".cbox", ".cs", ".csv", ".json", ".star", ".tsv", ".txt")
IN_FOLDERS = ("relion", "box", "cbox", "eman2")
MOST_SHOWN = 3


def check_paths(
    coordinates: Sequence[str],
    output: str,
    overwrite: bool = False,
    name: str = "OUT",
) -> None:
    """Raise an error if OUT is not what a user can have meant.

    A pattern of the shell without quotes may put any file in its place, such as the
    last of the files to read, or a micrograph. `name` is what messages call it.
    """
    path = Path(output)
    if path.suffix.lower() in IMAGES:
        hint = " IN and OUT stand before --micrographs." if name == "OUT" else ""
        raise click.UsageError(
            f"{name} is {output}, which is the name of an image.{hint}"
        )
    files = [file for one in coordinates for file in glob.glob(one) or [one]]
    if any(os.path.exists(file) and _are_same(file, path) for file in files):
        raise click.UsageError(
            f"{name} is {output}, which is also to be read. Is {name} missing?"
        )
    is_taken = path.is_file() or (path.is_dir() and any(path.iterdir()))
    if is_taken and not overwrite:
        what = "is a folder with files" if path.is_dir() else "exists"
        raise click.UsageError(
            f"{name} is {output}, which {what}. Give --overwrite to replace "
            f"{'those of the same names' if path.is_dir() else 'it'}."
        )


def _are_same(file, path):
    return path.exists() and os.path.samefile(file, path)


def choose_format(
    output: str, format: str | None, name: str = "OUT"
) -> tuple[str, str]:
    """Return the path of OUT, with a slash if it is a folder, and its format."""
    path = Path(output)
    is_folder = path.is_dir() or output.endswith(("/", os.sep)) or not path.suffix
    if format is None and is_folder:
        raise click.UsageError(
            f"{name} is the folder {output}, so --format is needed, such as --format "
            "relion."
        )
    if format is None and path.suffix.lower() not in SUFFIXES:
        raise click.UsageError(
            f"The suffix of {output} tells no format. Let {name} end in "
            f"{', '.join(SUFFIXES)}, or give --format."
        )
    if format is None:
        format = "cs" if path.suffix.lower() == ".cs" else "auto"
    if format in IN_FOLDERS and not path.suffix and not output.endswith("/"):
        output = f"{output}/"
    return output, format


def recorded_pixel_size(
    coordinates: Sequence[str], names: Sequence[str]
) -> float | None:
    """Return the pixel size that is recorded beside picks, if there is just one."""
    sizes = recorded_pixel_sizes(coordinates, names) if len(coordinates) == 1 else None
    return sizes[0] if sizes and len(set(sizes)) == 1 else None


def in_pixels(length: str, pixel_size: float | None) -> str:
    """Return a length in pixels, where only the given pixel size is known."""
    value, is_angstrom = parse_length(length, "length")
    if not is_angstrom:
        return length
    if pixel_size is None:
        raise click.UsageError(
            f"--box-size {length} is in angstrom, and the pixel size of the "
            "micrographs is not known. Give it, as in --pixel-size 1.2, or name the "
            "micrographs by --micrographs, or give the box size in pixels, as in "
            "--box-size 200px."
        )
    return f"{value / pixel_size!r}px"


class Conversion(NamedTuple):
    """Coordinates on their way from one format to another.

    Attributes
    ----------
    micrographs : sequence of Micrograph or str
        The micrographs, or their names.
    points : list of ndarray of shape (k, 3) or (k, 2)
        The columns ``x, y, score`` or ``x, y`` of each.
    left_out : dict of str to int
        The number of rows of each micrograph that was not asked for.
    """

    micrographs: Sequence[Micrograph | str]
    points: list[NDArray[np.float64]]
    left_out: dict[str, int]

    def write(self, output: str, format: str, box_size: str | None) -> None:
        """Write the coordinates."""
        write_coordinates(
            output, self.points, self.micrographs, format, box_size=box_size
        )

    def describe(self, output: str, format: str) -> list[str]:
        """Return the lines that tell what was written."""
        n_with = sum(map(bool, map(len, self.points)))
        lines = [
            f"Wrote {count(sum(map(len, self.points)), 'coordinate')} of "
            f"{count(n_with, 'micrograph')} to {output}."
        ]
        if self.left_out:
            names = list(self.left_out)
            shown = ", ".join(names[:MOST_SHOWN]) + ", ..." * (len(names) > MOST_SHOWN)
            lines.append(
                f"Left out {count(sum(self.left_out.values()), 'coordinate')} of "
                f"{count(len(names), 'micrograph')} that --micrographs does not name: "
                f"{shown}."
            )
        if format == "relion":
            lines.append(
                "Give its autopick.star to RELION's Extract job, in the field "
                "'Input coordinates'."
            )
        return lines


def convert_coordinates(
    coordinates: Sequence[str],
    images: Sequence[Micrograph] | None = None,
    *,
    scale: float = 1.0,
    flip_y: bool = False,
    shifts: bool = False,
    pixel_size: float | None = None,
    outside: Literal["raise", "warn"] = "raise",
) -> Conversion:
    """Read coordinates, and bring them to the pixels of the micrographs asked for.

    Parameters
    ----------
    coordinates : sequence of str
        Files, folders and patterns.
    images : sequence of Micrograph or None, default=None
        The micrographs asked for. None means those that the coordinates are of.
    scale : float, default=1.0
        Pixels of these micrographs per pixel of the coordinates.
    flip_y : bool, default=False
        Whether y counts from the last row, in pixels of these micrographs.
    shifts : bool, default=False
        Whether shifts of an alignment are applied.
    pixel_size : float or None, default=None
        Angstrom per pixel of the coordinates, for such shifts.
    outside : {"raise", "warn"}, default="raise"
        What happens if a row lies outside its micrograph.

    Returns
    -------
    Conversion

    Raises
    ------
    ValueError
        If there are no coordinates, and no micrographs are asked for.
    """
    table = read_all(coordinates, apply_shifts=shifts, pixel_size=pixel_size)
    table[["x", "y"]] *= scale
    if images is None:
        names = list(dict.fromkeys(table["micrograph"]))
        if not names:
            raise ValueError(
                f"{', '.join(coordinates)}: no coordinates, and no micrograph whose "
                "file could be written without any. --micrographs names some."
            )
        return Conversion(names, picks_for(table, names), {})
    points = picks_for(table, images, outside=outside)
    if flip_y:
        for image, xys in zip(images, points, strict=True):
            xys[:, 1] = image.shape[0] - 1 - xys[:, 1]
    return Conversion(images, points, _left_out(table, images))


def _left_out(table, images):
    """Return the number of rows of each name that is that of no micrograph."""
    rows = rows_by_name(table)
    named = [
        Named(listed_name(image, row), image.uid) for row, image in enumerate(images)
    ]
    taken = set(match_names(rows, dict.fromkeys(named)).values())
    return {name.name: len(group) for name, group in rows.items() if name not in taken}
