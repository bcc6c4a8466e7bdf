"""Read which picks are right and which are wrong."""

import os
from collections.abc import Sequence

import pandas as pd

from pusklearn.micrographs.io._corrections_file import (
    VERDICTS,
    check_not_both,
    read_corrections_file,
)
from pusklearn.micrographs.io._list_coordinate_files import list_coordinate_files


def read_corrections(
    path: str | os.PathLike | Sequence[str | os.PathLike],
) -> pd.DataFrame:
    """Read which picks are right and which are wrong, and what was missed.

    The page of a `PicksReport` saves a file of corrections, ``corrections.json``: picks
    that somebody has marked right or wrong, and particles that were missed. A picker
    learns from them: what is right or missed is a labelled particle, and what is wrong
    is known not to be one.

    Parameters
    ----------
    path : str, path-like, or sequence of them
        A file of corrections, a pattern such as ``"round*.json"``, or several of them,
        whose rows are joined.

    Returns
    -------
    DataFrame
        A table with the columns

        - ``micrograph`` (str): the path of the micrograph if the file tells it, else
          its name;
        - ``x`` and ``y`` (float64): pixels of the original micrograph, zero-based pixel
          centres;
        - ``verdict`` (str): "right" for a pick that is a particle, "wrong" for one that
          is none, "missed" for a particle that was no pick;
        - ``uid`` (UInt64), if a file tells any: the number by which cryoSPARC knows the
          micrograph.

        `coordinates_for` gives each micrograph its rows.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a file is none of corrections, is cut short or of another version, a value
        has a wrong type, a coordinate is negative or no finite number, a micrograph
        stands twice in a file, or a point is right or missed and also wrong. The
        message names the file, the micrograph and the entry.
    TypeError
        If `path` is neither a path nor a sequence.

    See Also
    --------
    read_coordinates : Gives the particles of such a file, that is what is right or
        missed.
    corrections_of_selection : Corrections from picks of which somebody has kept some.

    Examples
    --------
    >>> import json
    >>> import tempfile
    >>> from pathlib import Path
    >>> from pusklearn.io import coordinates_for, read_corrections
    >>> content = {
    ...     "format": "pusklearn corrections",
    ...     "version": 1,
    ...     "micrographs": [
    ...         {"name": "a", "right": [[30.5, 4]], "wrong": [[9, 9]], "missed": []}
    ...     ],
    ... }
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "corrections.json")
    ...     _ = path.write_text(json.dumps(content))
    ...     corrections = read_corrections(path)
    >>> corrections
      micrograph     x    y verdict
    0          a  30.5  4.0   right
    1          a   9.0  9.0   wrong

    What is known not to be a particle, for ``picker.fit(..., score__rejected=...)``:

    >>> is_wrong = corrections["verdict"] == "wrong"
    >>> coordinates_for(corrections[is_wrong], ["a"])
    [array([[9., 9.]])]
    """
    files = list_coordinate_files(path)
    if not files:
        raise ValueError(
            f"At least 1 file of corrections is needed. Found none: {path}."
        )
    tables = []
    for file in files:
        try:
            tables.append(read_corrections_file(file))
        except ValueError as error:
            raise ValueError(
                f"{file} cannot be read as a file of corrections: {error}"
            ) from error
    joined = pd.concat(tables, ignore_index=True)
    if len(files) > 1:
        _check_agree(joined, files)
    return joined


def _check_agree(table, files):
    """Raise an error if a file calls right what another one calls wrong."""
    for name, rows in table.groupby("micrograph", sort=False):
        points = {
            verdict: rows.loc[rows["verdict"] == verdict, ["x", "y"]].to_numpy()
            for verdict in VERDICTS
        }
        try:
            check_not_both(points, str(name))
        except ValueError as error:
            raise ValueError(
                f"The files {', '.join(map(str, files))} do not agree: {error}"
            ) from error
