"""Read particle coordinates from the files of other programs."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pusklearn.micrographs.io._coordinate_file import (
    named_after,
    read_coordinate_file,
)
from pusklearn.micrographs.io._cs_join import join_cs
from pusklearn.micrographs.io._distinct_names import distinct_names
from pusklearn.micrographs.io._list_coordinate_files import list_coordinate_files
from pusklearn.micrographs.io._match_names import Named
from pusklearn.micrographs.io._names import micrograph_key
from pusklearn.micrographs.io._shifts import SHIFTS
from pusklearn.pu._checks import check_flag, check_number
from pusklearn.pu._warn_caller import warn_caller

# Suffixes of text that a folder of other things has as well.
_TABLES = (".csv", ".tsv", ".txt")
_SAID = {
    "left_out": "What is not selected (rlnSelected or rlnEnabled 0) is left out",
    "assumed": "Shifts are in pixels of the images of particles",
    "cut": "The last row seems to be cut off",
    "corners": "x and y are taken for centres, but may be corners, as sizes are given",
    "repeated": "Rows stand twice, the same in micrograph, x, y and score, and stay so",
}


def read_coordinates(
    path: str | os.PathLike | Sequence[str | os.PathLike],
    *,
    apply_shifts: bool = False,
    pixel_size: float | None = None,
) -> pd.DataFrame:
    r"""Read particle coordinates from the files of other programs.

    The suffix of a file tells its format:

    ============ ============================================================
    suffix       what is read
    ============ ============================================================
    ``.star``    A file of RELION, of any version from 3.0. It contains one
                 table with the columns ``rlnCoordinateX``,
                 ``rlnCoordinateY`` and optionally ``rlnMicrographName`` and
                 ``rlnAutopickFigureOfMerit`` (the score; -999, as clicks have
                 it, and -9999 are none).
                 Without micrograph names, the stacks in its column
                 ``rlnImageName`` stand for the micrographs. Without these
                 either, all rows belong to the micrograph that the file is
                 named after, with or without an ending such as ``_autopick``
                 or ``_manualpick``.

                 Or it is the index of a picking job (``autopick.star``,
                 ``manualpick.star``; in RELION 3,
                 ``coords_suffix_autopick.star``): then the files of all its
                 micrographs are read. Their paths start at the RELION
                 project, which is the nearest folder above the index in
                 which the file is found.

                 Rows whose ``rlnSelected``, or ``rlnEnabled`` of Scipion, is
                 0 are left out, and so are micrographs that
                 ``local_selection.star`` beside an index takes out; that file
                 stands for the index, too.
    ``.cs``      Particles of cryoSPARC, a NumPy array whatever its name, such
                 as ``picked_particles.cs``. The fractions in its columns
                 ``location/...`` become pixels; ``pick_stats/ncc_score``, or
                 else ``pick_stats/power``, is the score. If a file has no
                 locations, the passthrough file given with it, or that beside
                 it, has those of the same particles. Python objects in such a
                 file are not opened.
    ``.box``     A file of EMAN for one micrograph, which the file is named
                 after. Each row gives the corner and the size of a box; its
                 centre is the coordinate. A fifth number is the score if it
                 has decimals. Ends of filaments and helices are refused.
    ``.cbox``    A file of crYOLO, of any version, for one micrograph, which
                 the file is named after. The centres of its boxes are the
                 coordinates, and their confidence is the score.
    ``.json``    EMAN2's ``<name>_info.json`` for one micrograph. The centres of
                 its ``boxes`` are the coordinates; a fourth value of all boxes
                 is the score. Or it is a file of corrections, which the report
                 of a picker saves: what is right or missed, without the wrong
                 picks, which `read_corrections` gives.
    ``.mod``     A model of IMOD for one micrograph, which the file is named
                 after: all points of all contours. The package imodmodel
                 reads it, which ``pip install pusklearn[imod]`` installs.
    any other    A table, separated by tabs (as Topaz writes it:
                 ``image_name``, ``x_coord``, ``y_coord``), by commas or by
                 blanks. The columns may also be called ``micrograph`` or
                 ``micrograph_name``, ``x`` and ``y``; ``score`` is optional, and
                 may be blank in some rows, which is a gap then. A
                 ``.csv`` without micrograph names, such as one with the
                 columns ``X-Coordinate`` and ``Y-Coordinate``, belongs to the
                 micrograph that it is named after.

                 Without a header, the columns are ``x``, ``y`` and perhaps
                 ``score`` of the micrograph that the file is named after, or
                 these behind a name. A third number that is whole and the
                 same in all rows is no score. Rows that may be read in two
                 ways are refused.
    ============ ============================================================

    Parameters
    ----------
    path : str, path-like, or sequence of them
        One of

        - a file;
        - the folder of a job of RELION, such as ``AutoPick/job012``: the index in it
          is read, or else ``particles.star``, the ``_data.star`` of the last iteration,
          or all STAR files with coordinates;
        - any other folder: its ``.star``, ``.box``, ``.cbox`` and ``_info.json`` files
          are read, and those of the folders in it, sorted; hidden ones are left out;
        - a pattern such as ``"clicks/*.star"``: the files that match are read, sorted;
          ``**`` stands for any folders;
        - a sequence of any of these, whose order is kept. Files of cryoSPARC that have
          particles in common are parts of one set: ``[particles, passthrough]``.

        Files of one name in different folders are those of different micrographs, and
        get the folders that differ before their name: ``"grid1/stack_0001"``.
    apply_shifts : bool, default=False
        Whether to subtract from the coordinates of a STAR or .cs file the shifts that
        an alignment found. Those in ``rlnOriginXAngst`` and ``rlnOriginYAngst`` are in
        angstrom, and are divided by the pixel size of the micrograph. Those in
        ``rlnOriginX`` and ``rlnOriginY``, of RELION before 3.1, are in pixels of the
        image of the particle, which may have been rescaled. Those of cryoSPARC, in
        ``alignments3D/shift`` or else ``alignments2D/shift``, are in pixels of the
        image as well, whose size the file tells.
    pixel_size : float or None, default=None
        The pixel size of all micrographs in angstrom, to apply shifts. None takes
        ``rlnMicrographPixelSize`` of the file; else that in the list of the job which
        made the micrographs; else that in their headers; else
        ``rlnMicrographOriginalPixelSize`` of the file, which is that of the movies.

    Returns
    -------
    DataFrame
        A table with the columns

        - ``micrograph`` (str): the name as it stands in the file, perhaps with folders
          and extension; it is never turned into a number;
        - ``x`` and ``y`` (float64): pixels of the original micrograph, zero-based pixel
          centres, neither flipped nor scaled;
        - ``score`` (float64), if a file has scores: NaN in the rows of other files and
          where it is missing;
        - ``uid`` (UInt64), if a file is one of cryoSPARC: the number of the micrograph,
          a gap in the rows of other files.

    Raises
    ------
    FileNotFoundError
        If there is no such file, or one that an index lists is missing.
    ValueError
        If a file cannot be understood, is a folder, a pipe or compressed, its suffix is
        that of a format that is not read, a column is missing or stands twice, a
        coordinate is not a finite number, particles lie in tomograms, a STAR file holds
        several tables of coordinates or tells of several micrographs without naming
        them, parts of particles from cryoSPARC do not belong together, shifts are to
        be applied and a pixel size is unknown, or a folder or pattern has no file to
        read or two files for the same micrograph. The message names the file and, if
        there is one, the line.
    TypeError
        If `path` is neither a path nor a sequence, `apply_shifts` is not True or False,
        or `pixel_size` is not a number.
    ImportError
        If a file is a model of IMOD, and the package imodmodel is not installed.

    Warns
    -----
    UserWarning
        If a file has shifts that are not zero and `apply_shifts` is False; if
        shifts are in pixels of images, and it is unknown whether these were rescaled;
        if rows or micrographs that are not selected are left out; if rows repeat other
        rows; if x and y stand beside a width and a height, as those of corners do; or
        if the last row seems to be cut off.

    Notes
    -----
    Nothing is flipped: y = 0 is the first row of an MRC file for all of these programs,
    though some display it at the bottom. Fractions of cryoSPARC count from that row,
    too; its own example with crYOLO divides the coordinates of a STAR file by width and
    height. Its motion correction may write the rows of a micrograph in the reverse
    order of what another program writes; picks of one then need a flip in the other. In
    IMOD the centre of the first pixel is at 0.5, here it is at 0.

    See Also
    --------
    coordinates_for : Gives each micrograph its rows of the table.
    write_coordinates : Writes such files.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from pusklearn.io import read_coordinates
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "particles.txt")
    ...     _ = path.write_text("image_name\tx_coord\ty_coord\n0012\t30.5\t4\n")
    ...     read_coordinates(path)
      micrograph     x    y
    0       0012  30.5  4.0
    """
    check_flag(apply_shifts, "apply_shifts")
    if pixel_size is not None:
        check_number(pixel_size, "pixel_size", "(0, inf)")
    files = list_coordinate_files(path)
    if not files:
        hint = _tell_of_cs(path)
        raise ValueError(
            f"At least 1 coordinate file is needed. Found none in {path}.{hint}"
        )
    joined = join_cs(files)
    files = [file for file, _ in joined]
    tables = [
        read_coordinate_file(
            file, others, apply_shifts=apply_shifts, pixel_size=pixel_size
        )
        for file, others in joined
    ]
    tables = _add_folders(tables, files)
    if isinstance(path, str | os.PathLike):
        _check_owners(tables, files, path)
    if not apply_shifts:
        _warn_of_shifts(tables, files)
    _warn_of_attrs(tables, files)
    for table in tables:
        table.attrs.clear()
    return pd.concat(tables, ignore_index=True)


def _warn_of_shifts(tables, files):
    shifted = [
        str(file)
        for table, file in zip(tables, files, strict=True)
        if table.attrs.get("is_shifted")
    ]
    if shifted:
        warn_caller(
            "Coordinates are read without the shifts of an alignment "
            f"({', '.join(SHIFTS)}, or those of cryoSPARC) in "
            f"{', '.join(shifted[:3])} ({len(shifted)} in all). `apply_shifts=True` "
            "subtracts them, and the Extract jobs of RELION and cryoSPARC can "
            "re-centre particles on them."
        )


def _warn_of_attrs(tables, files):
    """Warn of what is left out, and of what is assumed about shifts."""
    for key, start in _SAID.items():
        said = [
            f"{table.attrs[key]} ({file})"
            for table, file in zip(tables, files, strict=True)
            if table.attrs.get(key)
        ]
        if said:
            more = f"; {len(said)} files in all" if len(said) > 1 else ""
            warn_caller(f"{start}: {said[0]}{more}.")


def _tell_of_cs(path):
    """Say which files of cryoSPARC a folder has: which one is meant is not known."""
    is_path = isinstance(path, str | os.PathLike)
    names = sorted(file.name for file in Path(path).glob("*.cs")) if is_path else []
    if not names:
        return _tell_of_tables(Path(path)) if is_path else ""
    return (
        f" It has files of cryoSPARC: {', '.join(names[:5])} ({len(names)} in all). "
        "Give the one that has the particles."
    )


def _tell_of_tables(folder):
    """Say which tables a folder has: they may be those of anything."""
    names = sorted(f.name for f in folder.glob("*") if f.suffix.lower() in _TABLES)
    if not names:
        return ""
    return (
        f" It has tables: {', '.join(names[:3])} ({len(names)} in all). Give those of "
        f"coordinates, as in '{folder / '*'}{Path(names[0]).suffix}'."
    )


def _add_folders(tables, files):
    """Put folders before the names of files that are named alike but lie apart."""
    owns = {
        row: file.absolute().parent / named_after(file)
        for row, file in enumerate(files)
        if tables[row].attrs["is_named_after_file"]
    }
    paths = list(dict.fromkeys(map(os.fspath, owns.values())))
    counts = Counter(map(micrograph_key, paths))
    shared = [path for path in paths if counts[micrograph_key(path)] > 1]
    names = dict(zip(shared, distinct_names(shared), strict=True))
    return [
        table.assign(micrograph=names[os.fspath(owns[row])])
        if row in owns and os.fspath(owns[row]) in names
        else table
        for row, table in enumerate(tables)
    ]


def _check_owners(tables, files, path):
    """Raise an error if two files of a folder or pattern have the same micrograph."""
    found: dict[str, list[tuple[Named, Path]]] = {}
    for table, file in zip(tables, files, strict=True):
        owners = [Named(name) for name in table["micrograph"].unique()]
        for owner in owners:
            for other, other_file in found.get(owner.key, []):
                if other.may_be(owner):
                    raise ValueError(
                        f"No two coordinate files in {path} may hold the same "
                        f"micrograph. {other_file} and {file} both hold {owner.key!r}; "
                        "give a sequence of files to read both."
                    )
        for owner in owners:
            found.setdefault(owner.key, []).append((owner, file))
