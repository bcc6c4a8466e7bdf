"""How files and tables name a micrograph, and what two names have in common."""

import os
import re
from collections.abc import Iterable
from pathlib import PureWindowsPath

from pusklearn.micrographs.images._micrograph import Micrograph

# A name may contain dots ("May08_03.05.02"), so only known extensions are cut off.
_EXTENSION = re.compile(
    r"\.(mrcs?|tiff?|eer|png|jpe?g|star|txt|box)(\.(gz|bz2))?$", re.IGNORECASE
)


def micrograph_stem(name: str | os.PathLike) -> str:
    """Return a name without folders and extension: "raw/a.mrc.gz" is "a"."""
    # A Windows path splits at both kinds of slash.
    return _EXTENSION.sub("", PureWindowsPath(os.fspath(name)).name)


def micrograph_names(micrographs: Iterable[Micrograph | str]) -> list[str]:
    """Return the name of each micrograph; a string is taken for the name itself.

    Raises
    ------
    TypeError
        If there is a single micrograph or name in place of a sequence.
    ValueError
        If a micrograph has no name.
    """
    if isinstance(micrographs, str | Micrograph):
        raise TypeError(
            "`micrographs` must be a sequence of micrographs or of names. "
            f"Got a single {type(micrographs).__name__}."
        )
    names = []
    for row, micrograph in enumerate(micrographs):
        is_name = isinstance(micrograph, str)
        name = micrograph if is_name else getattr(micrograph, "name", None)
        if not isinstance(name, str) or not name:
            raise ValueError(
                "Micrographs and coordinates belong together by name, so every "
                f"micrograph needs one. That of micrograph number {row} is {name!r}."
            )
        names.append(name)
    return names


def distinct_stems(names: Iterable[str | os.PathLike], owner: str) -> list[str]:
    """Return the stem of each name, or raise a ValueError if two have the same.

    `owner` says in the message what has these names.
    """
    names_by_stem: dict[str, str | os.PathLike] = {}
    for name in names:
        stem = micrograph_stem(name)
        if stem in names_by_stem:
            raise ValueError(
                f"{owner} must have different names without folders and extension. "
                f"'{names_by_stem[stem]}' and '{name}' are both '{stem}'."
            )
        names_by_stem[stem] = name
    return list(names_by_stem)
