"""The micrographs that a STAR file of RELION lists, with their pixel sizes."""

from pathlib import Path

from pusklearn.micrographs.io._defocus import STAR_DEFOCUS, star_defocus
from pusklearn.micrographs.io._listed_file import ListedFile, find_listed
from pusklearn.micrographs.io._optics import OPTICS_COLUMNS
from pusklearn.micrographs.io._relion_job import is_suffix_index
from pusklearn.micrographs.io._selected import (
    SELECTIONS,
    is_deselected,
    selections_of,
)
from pusklearn.micrographs.io._sizes_in_project import (
    sizes_in_project,
    sizes_of_micrographs,
)
from pusklearn.micrographs.io._star import read_tables
from pusklearn.micrographs.io._suffix_index import find_suffix_list, micrographs_of

_NAME = "rlnMicrographName"
_PARTICLE = "rlnCoordinateX"
# What a file without the names of micrographs is, by a column.
_HINTS = {
    "rlnMicrographMovieName": (
        " It lists movies: give the list that motion correction writes, such as "
        "MotionCorr/job002/corrected_micrographs.star."
    ),
    _PARTICLE: " It holds coordinates, which `read_coordinates` reads.",
}
_WANTED = (_NAME, *SELECTIONS, _PARTICLE, *OPTICS_COLUMNS, *STAR_DEFOCUS)


def list_star_micrographs(
    path: Path, on_error: str
) -> tuple[list[ListedFile], list[str], str]:
    """Return the files of the micrographs that a STAR file lists, each once.

    Parameters
    ----------
    path : Path
        A list of micrographs, of particles or of coordinate files.
    on_error : {"raise", "warn"}
        With "warn", a file that is listed may be missing; reading it will fail.

    Returns
    -------
    list of ListedFile
        The files, with the pixel sizes that the project knows, in their order.
    list of str
        The names of those that are left out, since they are not selected.
    str
        The columns that tell so.

    Raises
    ------
    ValueError
        If the file lists no micrographs.
    FileNotFoundError
        If a file that is listed is missing.
    """
    if is_suffix_index(path):
        return _list_of_suffix_index(path, on_error)
    tables = read_tables(path, _WANTED)
    table = _only_list(tables, path)
    try:
        sizes = sizes_of_micrographs(table, tables)
    except ValueError as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    kept = ~is_deselected(table)
    first = kept & ~table[_NAME].where(kept).duplicated()
    left_out = list(dict.fromkeys(table[_NAME][~kept]))
    if _PARTICLE in table:
        # A particle that is not selected says nothing about its micrograph.
        first, left_out = ~table[_NAME].duplicated(), []
    names, sizes = table[_NAME][first], sizes[first]
    in_project = sizes_in_project(names[sizes["micrograph"].isna()], path)
    known = zip(
        names,
        sizes["micrograph"],
        sizes["movie"],
        star_defocus(table[first]),
        strict=True,
    )
    files = [
        find_listed(
            name,
            path,
            on_error,
            pixel_size=_known(size) or in_project.get(name),
            movie_pixel_size=_known(movie),
            defocus=defocus,
        )
        for name, size, movie, defocus in known
    ]
    return files, left_out, " or ".join(selections_of(table))


def _list_of_suffix_index(path, on_error):
    try:
        index = find_suffix_list(path)
        names = micrographs_of(path) if index is None else []
    except ValueError as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    if index is not None:
        return list_star_micrographs(index, on_error)
    return [find_listed(name, path, on_error) for name in names], [], ""


def _only_list(tables, path):
    lists = [table for table in tables if _NAME in table]
    if len(lists) == 1:
        return lists[0]
    columns = {name for table in tables for name in table.attrs["columns"]}
    hints = [hint for name, hint in _HINTS.items() if name in columns]
    raise ValueError(
        f"{path} must contain one table with a column {_NAME}. Got {len(lists)}."
        f"{''.join(hints[:1])}"
    )


def _known(size):
    return float(size) if size == size else None
