"""Write picks to the coordinate files of other programs."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pusklearn.micrographs.images._like import like
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._box_sizes import WITH_BOXES, box_sizes
from pusklearn.micrographs.io._checked_picks import checked_picks
from pusklearn.micrographs.io._coordinate_file import named_after
from pusklearn.micrographs.io._cs_picks import cs_picks
from pusklearn.micrographs.io._delimited_text import csv_text, topaz_text
from pusklearn.micrographs.io._distinct_names import distinct_names
from pusklearn.micrographs.io._draft_files import make_folders, write_files
from pusklearn.micrographs.io._names import check_is_sequence, listed_name
from pusklearn.micrographs.io._pick_files import ENDINGS, pick_files
from pusklearn.micrographs.io._pick_format import OF_ONE, pick_format
from pusklearn.micrographs.io._pick_text import pick_text
from pusklearn.micrographs.io._star_entries import star_entries
from pusklearn.micrographs.io._star_text import star_text
from pusklearn.micrographs.io._write_relion_job import write_relion_job


def write_coordinates(
    path: str | os.PathLike,
    picks: Sequence[ArrayLike | pd.DataFrame],
    micrographs: Sequence[Micrograph | str],
    format: str = "auto",
    *,
    box_size: float | str | None = None,
    star_name: str | None = None,
) -> None:
    """Write picks to the coordinate files of other programs.

    Coordinates are written as they are, in pixels of the original micrograph
    (zero-based pixel centres), neither flipped nor scaled; scores likewise. Files are
    first written in a new folder beside them and put in place when all are complete, so
    that a failure leaves no half-written file. A file keeps the mode of the one that it
    replaces, and a link in its place is replaced, not followed.

    Micrographs of the same name are told apart by the folders of their ``path``:
    ``"grid1/stack_0001"`` and ``"grid2/stack_0001"`` in the formats that have one file
    for all, and files in such folders in the others.

    Parameters
    ----------
    path : str or path-like
        The file, or a folder for one file per micrograph. A path that ends in a slash
        is a folder, which is made if it does not exist.
    picks : sequence of array-like of shape (k, 3) or (k, 2)
        The columns ``x, y, score`` or ``x, y`` of each micrograph; ``k`` may be 0.
        Either all of them have scores or none has. The columns of a DataFrame are found
        by these names.
    micrographs : sequence of Micrograph or str
        The micrographs of the picks, or their names, in the same order.
    format : str, default="auto"
        One of

        - "star": the format of RELION. A file has the column ``rlnMicrographName``; a
          folder has one ``<name>_autopick.star`` per micrograph, without that column.
          The score is ``rlnAutopickFigureOfMerit``; ``rlnClassNumber`` and
          ``rlnAnglePsi`` are 0, because RELION expects these columns when it joins
          files.
        - "relion": a picking job of RELION, whose folder is `path`:
          ``autopick.star`` lists the micrographs and their files of picks, such as
          ``AutoPick/job012/Movies/a_autopick.star`` for
          ``MotionCorr/job002/Movies/a.mrc``. It goes into the field "Input coordinates"
          of RELION's Extract job. A micrograph without picks has no file and is not
          listed; the file that an earlier run left of it is removed.
        - "topaz": the columns ``image_name``, ``x_coord``, ``y_coord`` and ``score``,
          separated by tabs; the names have no extension.
        - "csv": the columns ``micrograph``, ``x``, ``y`` and ``score``, separated by
          commas.
        - "box": the format of EMAN1, one ``<name>.box`` per micrograph in a folder,
          without scores.
        - "cbox": the format of crYOLO, one ``<name>.cbox`` per micrograph in a folder.
          The score is the confidence. That of crYOLO itself lies between 0 and 1.
        - "eman2": one ``<name>_info.json`` per micrograph in a folder. The picks
          replace the boxes of a file that exists; all else in it is kept. The score is
          the fourth value of a box.
        - "cs": the format of cryoSPARC, a file of particles with the slots ``location``
          and, if there are scores, ``pick_stats``: the score is ``ncc_score``. The
          micrographs must have a ``uid``, as those have that were read from the
          ``.cs`` file of exposures.
        - "auto": the suffix decides between "star" (``.star``), "topaz" (``.txt`` or
          ``.tsv``), "csv" (``.csv``), "box" (``.box``), "cbox" (``.cbox``), "eman2"
          (``.json``) and "cs" (``.cs``); a folder means "box".

        The picks of a single micrograph may go to a ``.box``, ``.cbox`` or
        ``_info.json`` file of its name.
    box_size : float, str or None, default=None
        Edge of the boxes in pixels of the original micrograph, > 0; "240A" is in
        angstrom and needs micrographs with a pixel size. The formats "box" and "cbox"
        need it, since they give the corner of each box, ``centre - box_size / 2``.
    star_name : str or None, default=None
        Value of ``rlnMicrographName``, with ``{name}`` in place of the name of the
        micrograph. None writes the ``path`` of the micrograph if it is known, else
        ``"{name}.mrc"``. RELION looks for exactly the names that its own micrographs
        have: their paths from the folder of the project, which micrographs have that
        were read from a list of RELION. For others, give the path:
        ``"MotionCorr/job002/Movies/{name}.mrc"``.

    Raises
    ------
    ValueError
        If picks and micrographs differ in number, a name is missing, has a tab or
        another control character or is not unique even with its folders, a number is
        not finite, `format` is unknown or does not fit `path`, `box_size` is missing or
        not > 0, `star_name` has no ``{name}`` or a name in a STAR file a blank, or
        there is a folder or pipe in the place of a file. For "relion" also if the
        folder of the project cannot be found or a micrograph lies outside of it, for
        "eman2" if a file that exists is no JSON of EMAN2, and for "cs" if a micrograph
        with picks has no ``uid``, two have the same, or a pick lies outside.
    TypeError
        If `micrographs` is a single micrograph or name, or `box_size` is not a number.
    FileNotFoundError
        If the folder of a file does not exist.

    See Also
    --------
    read_coordinates : Reads all of these files.

    Notes
    -----
    The project of a RELION job is the nearest folder above it in which one of the
    micrographs is found by its path, or that has the ``default_pipeline.star`` of a
    project; else the folder above ``<type>/job<number>``; else the working directory.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from pusklearn.io import write_coordinates
    >>> picks = [[[30.5, 4.0, 0.9]], [[7.0, 8.0, 0.8], [1.0, 2.0, 0.1]]]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "picks.csv")
    ...     write_coordinates(path, picks, ["a", "b"])
    ...     print(path.read_text())
    micrograph,x,y,score
    a,30.5,4.0,0.9
    b,7.0,8.0,0.8
    b,1.0,2.0,0.1
    """
    check_is_sequence(micrographs)
    # One pass: micrographs that are read when they are asked for are slow.
    micrographs = [_without_pixels(micrograph) for micrograph in micrographs]
    listed = [
        listed_name(micrograph, row) for row, micrograph in enumerate(micrographs)
    ]
    names = distinct_names(listed)
    tables = checked_picks(picks, len(names))
    format, is_folder = pick_format(path, format)
    path = Path(path)
    if format == "relion":
        write_relion_job(path, tables, micrographs, star_name)
        return
    if is_folder or format in OF_ONE:
        files = pick_files(path, micrographs, format) if is_folder else [path]
        if not is_folder:
            _check_is_of_one(path, format, names)
        texts = _texts_of_files(files, tables, micrographs, format, box_size)
    elif format == "cs":
        texts = {path: cs_picks(tables, micrographs)}
    else:
        texts = {path: _joined_text(tables, names, micrographs, format, star_name)}
    if is_folder:
        make_folders(texts)
    elif not path.parent.is_dir():
        raise FileNotFoundError(
            f"The folder of {path} does not exist. Make {path.parent} first."
        )
    write_files(texts)


def _without_pixels(micrograph):
    """Return a micrograph whose pixels take no memory, and anything else as it is."""
    if not isinstance(micrograph, Micrograph):
        return micrograph
    blank = np.broadcast_to(np.float32(0), micrograph.shape)
    return like(blank, micrograph, mask=None)


def _check_is_of_one(path, format, names):
    if names != [named_after(path)]:
        raise ValueError(
            f"A {ENDINGS[format]} file holds the picks of one micrograph and has its "
            "name. For several micrographs, `path` must be a folder. "
            f"Got {path} for micrographs {names[:3]} ({len(names)} in all)."
        )


def _texts_of_files(files, tables, micrographs, format, box_size):
    """Return the text of each file, which holds the picks of one micrograph."""
    sizes = [0.0] * len(files)
    if format in WITH_BOXES:
        sizes = box_sizes(box_size, micrographs, format)
    return {
        file: pick_text(table, file, format, size)
        for file, table, size in zip(files, tables, sizes, strict=True)
    }


def _joined_text(tables, names, micrographs, format, star_name):
    """Return the picks of all micrographs as one table."""
    if format == "star":
        names = star_entries(micrographs, star_name)
    table = pd.concat(tables, ignore_index=True)
    owners = [name for name, one in zip(names, tables, strict=True) for _ in one.index]
    if format == "star":
        return star_text(table, owners)
    return (csv_text if format == "csv" else topaz_text)(table, owners)
