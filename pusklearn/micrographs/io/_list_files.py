"""Which files are micrographs, given folders, patterns, lists and files."""

import glob
import os
from collections.abc import Sequence
from pathlib import Path

from pusklearn.micrographs.io._cs_exposures import read_cs_exposures
from pusklearn.micrographs.io._list_folder import (
    leave_out_spectra,
    list_folder,
    tell_of_folders_below,
    warn_of_spectra,
)
from pusklearn.micrographs.io._listed_file import ListedFile, find_listed
from pusklearn.micrographs.io._names import micrograph_stem
from pusklearn.micrographs.io._relion_job import (
    check_is_not_of_jobs,
    is_job_folder,
    is_suffix_index,
    micrograph_lists,
)
from pusklearn.micrographs.io._settled_pixel_sizes import TOLERANCE
from pusklearn.micrographs.io._star_micrographs import list_star_micrographs
from pusklearn.pu._warn_caller import warn_caller

# The suffixes of files that list micrographs.
_LISTS = (".star", ".cs")
_MOST_NAMED = 3


def list_files(
    paths: str | os.PathLike | Sequence[str | os.PathLike], noun: str, on_error: str
) -> list:
    """Return the files that `read_micrographs` reads.

    Parameters
    ----------
    paths : str, path-like, or sequence of them
        A folder, a pattern, a list of micrographs, a file, or several of these, as
        `read_micrographs` takes them.
    noun : str
        What they are, for messages.
    on_error : {"raise", "warn"}
        With "warn", a file that a STAR file lists may be missing.

    Returns
    -------
    list of str or path-like
        The files, at least one.

    Raises
    ------
    ValueError
        If there is none, also in a folder or pattern among several, or two of one
        folder have the same name without extension.
    FileNotFoundError
        If a file that a STAR file lists is missing.

    Warns
    -----
    UserWarning
        If files of a folder or a pattern are left out, or micrographs of a list that
        are not selected. If all files of one are called like power spectra.
    """
    files, reason, left_out = _list_all(paths, on_error)
    if not files:
        raise ValueError(
            f"At least 1 {noun} is needed. Found none in {_shown(paths)}{reason}."
        )
    _check_distinct(files, noun)
    if left_out:
        warn_caller(
            f"Some files of {paths} are left out: {'; '.join(left_out)}. To read them "
            "too, give a list of files."
        )
    return files


def _list_all(paths, on_error):
    """Return the files, why there are none, and which ones are left out."""
    if isinstance(paths, str | os.PathLike):
        return _list(paths, on_error)
    files: list = []
    left_out: list[str] = []
    places: dict[str, tuple[int, bool]] = {}
    for element in paths:
        is_list = _is_list(element)
        found, reason, others = (
            _list(element, on_error) if is_list else ([element], "", [])
        )
        if not found and os.path.isdir(element) and not reason:
            found = [element]  # Reading it tells that it is a folder.
        elif not found:
            raise ValueError(
                f"Found none in {_shown(element)}{reason}, one of {paths!r}."
            )
        _add(files, found, places, is_list)
        left_out += others
    return files, "", left_out


def _add(files, found, places, is_listed):
    """Add files that are not there yet.

    A file that is given twice by its own path is a mistake of the caller, who may have
    given something else with each path; `_check_distinct` raises an error then.
    """
    for file in found:
        # The folder of a job has aliases; links to one file may be many micrographs.
        folder, name = os.path.split(os.path.abspath(file))
        place = os.path.join(os.path.realpath(folder), name)
        number, was_listed = places.get(place, (len(files), False))
        if number == len(files) or not (is_listed or was_listed):
            places[place] = len(files), is_listed
            files.append(file)
        elif not isinstance(files[number], ListedFile):
            files[number] = file  # A list tells more than the path alone.
        else:
            _check_same_size(files[number], file)


def _check_same_size(file, other):
    size = file.pixel_size
    other_size = other.pixel_size if isinstance(other, ListedFile) else None
    if size is None or other_size is None:
        return
    if abs(size - other_size) > TOLERANCE * other_size:
        raise ValueError(
            f"Lists must give {file} one pixel size. They give {size:.4g} and "
            f"{other_size:.4g} angstrom. Leave one of the lists out."
        )


def _is_list(path):
    """Tell whether a path stands for files: a folder, a pattern, a list of files."""
    if os.path.exists(path):
        return os.path.isdir(path) or _lists_files(Path(path))
    return glob.has_magic(os.fspath(path))


def _lists_files(path):
    return path.suffix.lower() in _LISTS or is_suffix_index(path)


def _list(paths, on_error):
    """Return the files that one path stands for, as `_list_all` does."""
    path = Path(paths)
    if path.is_dir():
        return _list_folder(path, on_error)
    if path.is_file():
        return _list_file(paths, on_error)
    if os.path.exists(path):
        return [paths], "", []  # A named pipe, which reading refuses.
    matches = sorted(glob.glob(os.fspath(paths), recursive=True))
    found, left_out = leave_out_spectra(list(filter(os.path.isfile, matches)))
    warn_of_spectra(found)
    jobs = [] if found else [m for m in map(Path, matches) if _has_lists(m)]
    lists = [_list(one, on_error) for one in jobs or found]
    files: list = []
    places: dict[str, tuple[int, bool]] = {}
    for group, _, others in lists:
        _add(files, group, places, is_listed=True)
        left_out += others
    is_missing = not glob.has_magic(os.fspath(paths))
    return files, ", which does not exist" if is_missing else "", left_out


def _has_lists(path):
    return path.is_dir() and bool(micrograph_lists(path))


def _list_folder(folder, on_error):
    """Return the micrographs in a folder, or those that the job lists whose it is."""
    files, reason, left_out = list_folder(folder)
    if files and not is_job_folder(folder):
        warn_of_spectra(files)
        return files, reason, left_out
    lists = micrograph_lists(folder)
    if not files and not lists:
        check_is_not_of_jobs(folder)
    if not files and not lists:
        reason = (reason or _tell_of_cs(folder)) + tell_of_folders_below(folder)
    if not lists:
        warn_of_spectra(files)
        return files, reason, left_out
    return _list_all(lists, on_error)


def _tell_of_cs(folder):
    """Say which files of cryoSPARC a folder has: which one is meant is not known."""
    names = sorted(file.name for file in folder.glob("*.cs"))
    if not names:
        return ""
    return f", which has files of cryoSPARC ({_shorten(names)}); give that of exposures"


def _list_file(path, on_error):
    if not _lists_files(Path(path)):
        return [path], "", []
    if Path(path).suffix.lower() == ".cs":
        return _list_exposures(Path(path), on_error), "", []
    files, names, columns = list_star_micrographs(Path(path), on_error)
    if not names:
        return files, "", []
    deselected = f"micrographs with {columns} 0 in {path} ({_shorten(names)})"
    return files, f", which has {deselected}", [deselected]


def _list_exposures(path, on_error):
    return [
        find_listed(
            exposure.listed,
            path,
            on_error,
            pixel_size=exposure.pixel_size,
            uid=exposure.uid,
            defocus=exposure.defocus,
        )
        for exposure in read_cs_exposures(path)
    ]


def _shown(paths):
    """Return a path as text between quotes, and a sequence as it is."""
    return repr(os.fspath(paths) if isinstance(paths, os.PathLike) else paths)


def _shorten(names):
    more = f", ... {len(names)} in all" if len(names) > _MOST_NAMED else ""
    return f"{', '.join(names[:_MOST_NAMED])}{more}"


def _check_distinct(files, noun):
    """Raise a ValueError if two files of one folder have the same name.

    Masks belong to micrographs by name alone, whatever their folder.
    """
    known: dict[tuple[str, str], str | os.PathLike] = {}
    for file in files:
        folder = "" if noun == "mask" else os.path.dirname(os.path.abspath(file))
        key = folder, micrograph_stem(file)
        if key in known:
            where = " in one folder" if folder else ""
            raise ValueError(
                f"{noun.capitalize()}s must have different names without extension"
                f"{where}. '{known[key]}' and '{file}' are both '{key[1]}'."
            )
        known[key] = file
