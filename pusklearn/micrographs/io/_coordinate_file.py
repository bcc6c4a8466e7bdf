"""Read one file of particle coordinates."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from pusklearn.micrographs.io._boxes import read_boxes
from pusklearn.micrographs.io._cbox import read_cbox
from pusklearn.micrographs.io._coordinate_columns import (
    NAMES,
    find_numbers,
    find_owners,
    has_column,
)
from pusklearn.micrographs.io._coordinate_format import PLAIN, coordinate_format
from pusklearn.micrographs.io._corrections_file import (
    is_corrections,
    read_corrections_file,
)
from pusklearn.micrographs.io._cs_particles import read_cs_particles
from pusklearn.micrographs.io._cut_off import describe_cut
from pusklearn.micrographs.io._delimited import read_delimited
from pusklearn.micrographs.io._eman_info import read_eman_info
from pusklearn.micrographs.io._find_in_project import find_in_project
from pusklearn.micrographs.io._helices import check_are_no_ends, is_of_manual_picking
from pusklearn.micrographs.io._imod_model import read_imod_model
from pusklearn.micrographs.io._names import micrograph_stem
from pusklearn.micrographs.io._relion_job import is_suffix_index
from pusklearn.micrographs.io._selected import deselected_in_job
from pusklearn.micrographs.io._star_coordinates import (
    DEPTHS,
    LISTED,
    NO_SCORES,
    SCORE,
    check_is_flat,
    read_star_coordinates,
)
from pusklearn.micrographs.io._star_owners import check_is_of_one
from pusklearn.micrographs.io._suffix_index import read_suffix_index
from pusklearn.micrographs.io._text_file import check_is_file

# Programs name files of these suffixes after the micrograph and what they did.
_WITH_ENDINGS = (".star", ".box")
# What a table tells about its file, and says if it does not.
_ATTRS = {
    "is_shifted": False,
    "is_named_after_file": False,
    "assumed": None,
    "left_out": None,
    "cut": None,
    "corners": None,
    "repeated": None,
}
# What the columns of sizes are called beside x and y, if these may be corners.
_SIZES = ({"width", "height"}, {"w", "h"}, {"box_width", "box_height"})


def read_coordinate_file(
    path: Path,
    others: Sequence[Path] | None = None,
    *,
    apply_shifts: bool = False,
    pixel_size: float | None = None,
) -> pd.DataFrame:
    """Read one file of coordinates; an index of RELION stands for the files it lists.

    Parameters
    ----------
    path : Path
        A file in one of the formats of `read_coordinates`.
    others : sequence of Path or None, default=None
        For a .cs file, those that may have other columns of the same particles. None
        means the passthrough files beside it.
    apply_shifts : bool, default=False
        Whether to subtract the shifts of a STAR or .cs file.
    pixel_size : float or None, default=None
        The pixel size of the micrographs for shifts in angstrom, see
        `read_coordinates`.

    Returns
    -------
    DataFrame
        Columns ``micrograph``, ``x``, ``y`` and, if the file has scores, ``score``. Its
        ``attrs["is_shifted"]`` is true if the file has shifts that are not zero, and
        ``attrs["is_named_after_file"]`` if the file's own name is that of the
        micrograph; ``attrs["assumed"]``, ``"left_out"``, ``"cut"``, ``"corners"`` and
        ``"repeated"`` say what was assumed about shifts, what is left out or seems to
        be cut off, which columns tell that x and y may be corners, and how many rows
        repeat others, if anything.

    Raises
    ------
    FileNotFoundError
        If there is no such file, or one that an index lists is missing.
    ValueError
        If the file cannot be understood, a column is missing or stands twice, the
        particles lie in tomograms, or a coordinate is not a finite number. The message
        names the file and the line.
    """
    options = {"apply_shifts": apply_shifts, "pixel_size": pixel_size}
    table = _read_columns(path, options | {"others": others})
    if LISTED in table:
        return _read_listed(table, path, options)
    return _tidy(table, path)


def named_after(file: Path) -> str:
    """Return the name of the micrograph that a file is named after."""
    stem = micrograph_stem(file)
    if file.suffix.lower() == ".json":
        return re.sub("_info$", "", file.stem)
    if file.suffix.lower() in _WITH_ENDINGS:
        return re.sub("_((auto|manual|topaz)?picks?|automatch)$", "", stem)
    if file.suffix.lower() in PLAIN:
        return micrograph_stem(file.stem)
    return stem


def _read_columns(path, options):
    of_relion = {name: options[name] for name in ("apply_shifts", "pixel_size")}
    readers: dict[str, Callable[[Path], pd.DataFrame]] = {
        ".star": partial(_read_star, options=of_relion),
        ".box": _read_box,
        ".cbox": _read_cbox,
        ".json": _read_eman_info,
        ".cs": partial(read_cs_particles, **options),
        ".mod": _read_imod_model,
    }
    try:
        check_is_file(path)
        if is_of_manual_picking(path):
            check_are_no_ends(path)
        if is_suffix_index(path):
            return read_suffix_index(path)
        if is_corrections(path):
            return _read_particles(path)
        return readers.get(coordinate_format(path), _read_text)(path)
    except ValueError as error:
        if str(error).startswith(str(path)):
            raise
        raise ValueError(
            f"{path} cannot be read as a file of coordinates: {error}"
        ) from error


def _read_listed(index, path, options):
    """Read the coordinate file that RELION's index lists for each micrograph."""
    owners = find_owners(index, path)
    if not len(owners):
        # A job that picked nothing.
        return _tidy(pd.DataFrame(columns=["micrograph", "x", "y"]), path)
    is_out = deselected_in_job(owners, path)
    if is_out.all():
        raise ValueError(
            f"All micrographs that {path} lists are deselected in its job. Select some "
            "of them, or give their coordinate files."
        )
    tables = []
    pairs = zip(owners[~is_out], index[LISTED][~is_out], strict=True)
    # Lists that were joined may have a file of one micrograph twice.
    for owner, listed in dict.fromkeys(pairs):
        file = find_in_project(listed, path)
        table = _tidy(_read_columns(file, options), file)
        if table["micrograph"].nunique() > 1:
            raise ValueError(
                f"{path} must list a file of one micrograph for {owner}. {file} has "
                f"rows for {', '.join(table['micrograph'].unique()[:3])}."
            )
        tables.append(table.assign(micrograph=owner))
    attrs = [dict(table.attrs) for table in tables]
    for table in tables:
        table.attrs.clear()
    listed = pd.concat(tables)
    listed.attrs = {
        "is_shifted": any(one["is_shifted"] for one in attrs),
        "is_named_after_file": False,
        "assumed": _first("assumed", attrs),
        "left_out": _describe_left_out(
            owners[is_out],
            [index.attrs.get("left_out"), *(one["left_out"] for one in attrs)],
        ),
        **{key: _first(key, attrs) for key in ("cut", "corners", "repeated")},
    }
    return listed


def _first(key, attrs):
    """Return the first thing of a kind that tables tell, None if none does."""
    return next((one[key] for one in attrs if one[key]), None)


def _describe_left_out(owners, of_files):
    """Say which micrographs and rows are left out, None if all are there."""
    said = [one for one in of_files if one]
    if len(owners):
        more = f", ... {len(owners)} in all" if len(owners) > 3 else ""
        said.insert(0, f"micrographs {', '.join(owners[:3])}{more}")
    return "; ".join(said[:3]) or None


def _read_star(path, options):
    frame = read_star_coordinates(path, **options)
    is_named = not {"rlnMicrographName", LISTED}.isdisjoint(frame)
    return frame if is_named else _name_after(path, frame)


def _read_box(path):
    boxes = read_boxes(path)
    frame = pd.DataFrame(index=boxes.index)
    frame["x"] = boxes["x"] + boxes["width"] / 2
    frame["y"] = boxes["y"] + boxes["height"] / 2
    if "score" in boxes:
        frame["score"] = boxes["score"]
    return _name_after(path, frame)


def _read_cbox(path):
    return _name_after(path, read_cbox(path))


def _read_eman_info(path):
    return _name_after(path, read_eman_info(path))


def _read_imod_model(path):
    return _name_after(path, read_imod_model(path))


def _read_particles(path):
    """Return the particles in a file of corrections, without the wrong picks."""
    frame = read_corrections_file(path)
    return frame[frame["verdict"] != "wrong"].drop(columns="verdict")


def _read_text(path):
    """Read a table that may be one of a single micrograph, without its name.

    Tables of Topaz, which are separated by tabs or commas, must name micrographs.
    """
    frame = read_delimited(path, [*NAMES, *DEPTHS])
    frame.attrs["cut"] = describe_cut(path, frame)
    frame.attrs["corners"] = _describe_corners(frame.attrs["columns"])
    may_be_of_one = (
        path.suffix.lower() == ".csv"
        or frame.attrs["separator"] == " "
        or not frame.attrs["has_header"]
    )
    names = [name for name in ("micrograph", "x", "y") if has_column(frame, name)]
    if not may_be_of_one or names != ["x", "y"]:
        return frame  # A column that is missing will be named.
    check_is_of_one(read_delimited(path), "micrograph")
    return _name_after(path, frame)


def _describe_corners(columns):
    """Say which columns tell that x and y may be corners of boxes, None if none do."""
    names = {name.casefold() for name in columns}
    sizes = next((sizes for sizes in _SIZES if sizes <= names), None)
    return None if sizes is None else f"columns {' and '.join(sorted(sizes))}"


def _name_after(path, frame):
    """Give all rows to the micrograph that the file is named after."""
    frame.insert(0, "micrograph", named_after(path))
    frame.attrs["is_named_after_file"] = True
    return frame


def _tidy(frame, path):
    """Return the columns micrograph, x, y and score, all checked."""
    try:
        check_is_flat(frame)
    except ValueError as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    owners = find_owners(frame, path)
    names = [
        name
        for name in ("x", "y", "score")
        if name != "score" or has_column(frame, name)
    ]
    numbers = {name: find_numbers(frame, name, path) for name in names}
    if "score" in numbers and numbers["score"].name == SCORE:
        numbers["score"] = numbers["score"].mask(numbers["score"].isin(NO_SCORES))
    for name in ("x", "y"):
        if f"shift_{name}" in frame:
            numbers[name] = numbers[name] - frame[f"shift_{name}"]
    table = pd.DataFrame({"micrograph": owners, **numbers}).reset_index(drop=True)
    if "uid" in frame:
        table["uid"] = frame["uid"].array
    table.attrs = {key: frame.attrs.get(key, value) for key, value in _ATTRS.items()}
    n_repeated = int(table.duplicated().sum())
    if n_repeated:
        table.attrs["repeated"] = f"{n_repeated} of {len(table)} rows"
    return table
