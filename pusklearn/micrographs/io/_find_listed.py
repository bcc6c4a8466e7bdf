"""Find a file that a project lists."""

from pathlib import Path
from typing import Any

from pusklearn.micrographs.io._listed_file import ListedFile
from pusklearn.micrographs.io._star import find_in_project


def find_listed(listed: str, index: Path, on_error: str, **known: Any) -> ListedFile:
    """Find a file that a project lists.

    Parameters
    ----------
    listed : str
        Its path in the list.
    index : Path
        The list.
    on_error : {"raise", "warn"}
        With "warn", the file may be missing, and reading it will fail.
    **known : object
        What the list tells about the file, as `ListedFile` takes it.

    Returns
    -------
    ListedFile

    Raises
    ------
    FileNotFoundError
        If the file is in none of the folders above the list.
    """
    try:
        file = find_in_project(listed, index)
    except FileNotFoundError:
        if on_error == "raise":
            raise
        file = Path(listed)
    return ListedFile(file, listed, **known)
