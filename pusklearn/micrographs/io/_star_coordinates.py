"""Read the coordinates in one STAR file, or the index of a picking job."""

from pathlib import Path

import pandas as pd

from pusklearn.micrographs.io._column_names import check_spelling
from pusklearn.micrographs.io._cut_off import describe_cut
from pusklearn.micrographs.io._optics import OPTICS_COLUMNS
from pusklearn.micrographs.io._selected import SELECTIONS, is_deselected, selections_of
from pusklearn.micrographs.io._shifts import SHIFTS, find_shifts, is_shifted
from pusklearn.micrographs.io._star import read_tables
from pusklearn.micrographs.io._star_owners import stacks_of

# The column of RELION's index that names a coordinate file for each micrograph.
LISTED = "rlnMicrographCoordinates"
_OWNER, _X, _Y = "rlnMicrographName", "rlnCoordinateX", "rlnCoordinateY"
SCORE = "rlnAutopickFigureOfMerit"
NAMES = (_OWNER, _X, _Y, SCORE)
# A click of RELION has the first of these scores, and a STAR file of crYOLO the second
# one in every row. Both mean that there is none.
NO_SCORES = (-999, -9999)
# Columns of particles in tomograms.
DEPTHS = ("rlnCoordinateZ", "z", "z_coord")
# Columns of picks that hold numbers by their nature, and so name no micrographs.
_NUMBERS = {
    _X,
    _Y,
    SCORE,
    *SELECTIONS,
    *SHIFTS,
    "rlnClassNumber",
    "rlnAnglePsi",
    "rlnParticleSelectionType",
    "rlnHelicalTubeID",
}
_TOMOGRAM = ("rlnTomo", "rlnCenteredCoordinate")


def read_star_coordinates(
    path: Path, apply_shifts: bool = False, pixel_size: float | None = None
) -> pd.DataFrame:
    """Read the table of coordinates, or of coordinate files, in a STAR file.

    Parameters
    ----------
    path : Path
        The file.
    apply_shifts : bool, default=False
        Whether to find the shifts of an alignment.
    pixel_size : float or None, default=None
        The pixel size of the micrographs, in angstrom, for shifts; None takes that of
        the project.

    Returns
    -------
    DataFrame
        The columns of the table that are known here, as text, without rows that are not
        selected. ``rlnMicrographName`` is missing if the file is named after its only
        micrograph. If `apply_shifts` is true, ``shift_x`` and ``shift_y`` are in pixels
        of the micrograph. In its ``attrs``, ``is_shifted`` tells whether the file has
        shifts that are not zero, ``left_out`` which rows are left out, ``cut`` how the
        last value is cut off, and ``assumed`` what was assumed about shifts, if
        anything.

    Raises
    ------
    ValueError
        If there is no such table or several ones, particles lie in tomograms, the rows
        are those of several micrographs without naming them, or the pixel size that
        shifts need is unknown.
    """
    if not path.stat().st_size:
        # RELION writes an empty file for a micrograph without particles.
        return pd.DataFrame(columns=[_X, _Y])
    wanted = [*NAMES, *SHIFTS, *DEPTHS, LISTED, *SELECTIONS]
    if apply_shifts:
        wanted += OPTICS_COLUMNS
    frames = read_tables(path, wanted)
    for frame in frames:
        check_is_flat(frame)
    frame = _only_table(frames)
    check_spelling(frame.attrs["columns"], NAMES)
    # The pixel size of a stack of images is not that of the micrograph it stands for.
    if apply_shifts and _X in frame:
        found = find_shifts(frame, frames, path, pixel_size)
        frame["shift_x"], frame["shift_y"] = found.x, found.y
        frame.attrs["assumed"] = found.assumed
    frame.attrs["is_shifted"] = is_shifted(frame)
    frame.attrs["cut"] = describe_cut(path, frame)
    frame = _with_owners(frame, path)
    return _without_deselected(frame, path) if selections_of(frame) else frame


def check_is_flat(frame: pd.DataFrame) -> None:
    """Raise a ValueError if the columns of a table are those of tomograms."""
    columns = frame.attrs.get("columns", ())
    depths = [c for c in columns if c in DEPTHS or c.startswith(_TOMOGRAM)]
    if depths:
        raise ValueError(
            f"its column {depths[0]} tells of particles in a tomogram, with three "
            "coordinates. Particles of micrographs have x and y alone; leave the "
            "column out if these are such."
        )


def _only_table(frames):
    columns = [list(frame.attrs["columns"][:20]) for frame in frames]
    tables = [frame for frame in frames if not {_X, _Y, LISTED}.isdisjoint(frame)]
    if len(tables) > 1:
        raise ValueError(
            "a STAR file must contain one table of coordinates or of coordinate files. "
            f"Got {len(tables)}; the columns of its tables are {columns}. If it was "
            "joined from several files, give these as a sequence instead."
        )
    if not tables or not ("rlnCoordinateX" in tables[0] or LISTED in tables[0]):
        is_list = any(_OWNER in frame for frame in frames)
        hint = " A list of micrographs stands where micrographs are asked for."
        raise ValueError(
            f"a STAR file must contain one table with a column {_X} or {LISTED}. "
            f"Got 0; the columns of its tables are {columns}.{hint if is_list else ''}"
        )
    return tables[0]


def _without_deselected(frame, path):
    is_out = is_deselected(frame)
    kept = frame[~is_out]
    kept.attrs = dict(frame.attrs)
    if is_out.any():
        kept.attrs["left_out"] = f"{is_out.sum()} of {len(is_out)} rows of {path.name}"
    return kept


def _with_owners(frame, path):
    """Return the table with the micrographs that its stacks of images stand for."""
    columns = frame.attrs["columns"]
    if _OWNER in frame or LISTED in frame or _NUMBERS.issuperset(columns):
        return frame
    [table] = [table for table in read_tables(path) if _X in table]
    stacks = stacks_of(table)
    if stacks is not None:
        frame.insert(0, _OWNER, stacks)
    return frame
