"""Pixel sizes in the tables of a STAR file, of its rows or of their optics groups."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

GROUP = "rlnOpticsGroup"
# The columns of each kind of pixel size.
_SIZES = {
    "micrograph": "rlnMicrographPixelSize",
    "movie": "rlnMicrographOriginalPixelSize",
    "image": "rlnImagePixelSize",
}
# Tables of micrographs and particles have these.
_ITEMS = {"rlnMicrographName", "rlnCoordinateX"}
_DETECTOR, _MAGNIFICATION = "rlnDetectorPixelSize", "rlnMagnification"
OPTICS_COLUMNS = (GROUP, *_SIZES.values(), _DETECTOR, _MAGNIFICATION)


def find_pixel_sizes(
    table: pd.DataFrame, tables: Sequence[pd.DataFrame]
) -> pd.DataFrame:
    """Return the pixel sizes that a STAR file gives the rows of one of its tables.

    Parameters
    ----------
    table : DataFrame
        The table of micrographs or particles, as `read_tables` gives it, with
        ``OPTICS_COLUMNS`` if the file has them.
    tables : sequence of DataFrame
        All tables of the file; one of them may describe optics groups.

    Returns
    -------
    DataFrame
        One row for each row of `table`, in angstrom, NaN if unknown:

        - ``micrograph``: of the micrograph, after motion correction;
        - ``movie``: of the movie, before motion correction, which may have binned it;
        - ``image``: of the image of a particle, after it was rescaled;
        - ``detector``: that of the detector by the magnification, as RELION before 3.1
          has it: of the micrograph in a table of micrographs, and of the image in a
          table of particles.

    Raises
    ------
    ValueError
        If a row is of an optics group that the file does not describe, or an optics
        group has two pixel sizes.
    """
    optics = _find_optics(table, tables)
    rows = None if optics is None else _rows_of(table, optics)
    sizes = pd.DataFrame(index=table.index)
    for kind, column in _SIZES.items():
        sizes[kind] = _lengths(table, column)
        if rows is not None:
            of_group = _lengths(optics, column).to_numpy()[rows]
            sizes[kind] = sizes[kind].fillna(pd.Series(of_group, sizes.index))
    # The pixel of a detector is given in micrometres.
    detector, times = _lengths(table, _DETECTOR), _lengths(table, _MAGNIFICATION)
    sizes["detector"] = 1e4 * detector / times
    return sizes


def _find_optics(table, tables):
    """Return the table of optics groups, each once, or None."""
    for other in tables:
        names = [name for name in (GROUP, *_SIZES.values()) if name in other]
        is_optics = names[:1] == [GROUP] and len(names) > 1
        if other is not table and is_optics and _ITEMS.isdisjoint(other):
            return other.drop_duplicates(names)
    return None


def _rows_of(table, optics):
    """Return the row of the table of optics groups for each row of the other table."""
    groups = _numbers(optics[GROUP])
    twice = groups[groups.duplicated()]
    if len(twice):
        raise ValueError(
            f"its optics group {twice.iloc[0]:g} is described twice, with different "
            f"pixel sizes. Give each group a {GROUP} of its own."
        )
    if GROUP not in table:
        # It does not matter which group a row is of if there is one.
        return np.zeros(len(table), dtype=int) if len(optics) == 1 else None
    row_of = {group: row for row, group in enumerate(groups)}
    asked = _numbers(table[GROUP])
    missing = ~asked.isin(list(row_of))
    if missing.any():
        line = missing.idxmax()
        raise ValueError(
            f"{GROUP} {table[GROUP][line]!r} of line {line} is none of the optics "
            f"groups that the file describes: {', '.join(optics[GROUP][:5])}."
        )
    return asked.map(row_of).to_numpy(dtype=int)


def _numbers(column):
    return pd.to_numeric(column, errors="coerce").astype(float)


def _lengths(table, column):
    """Return a column of lengths; what is no length, such as 0, is unknown."""
    if column not in table:
        return pd.Series(np.nan, table.index)
    lengths = _numbers(table[column])
    return lengths.where((lengths > 0) & np.isfinite(lengths))
