"""How files and tables name a micrograph, and what two names have in common."""

import os
import re
from pathlib import PureWindowsPath

from pusklearn.micrographs.images._micrograph import Micrograph

# Names hold dots of their own ("May08_03.05.02"), so only known extensions go.
_EXTENSION = re.compile(
    r"\.(mrcs?|tiff?|eer|png|jpe?g|star|txt|box)(\.(gz|bz2))?$", re.IGNORECASE
)


def micrograph_stem(name):
    """Return a name without folders and extension: "raw/a.mrc.gz" is "a"."""
    # A Windows path splits at both kinds of slash.
    return _EXTENSION.sub("", PureWindowsPath(os.fspath(name)).name)


def micrograph_names(micrographs):
    """Return the name of each micrograph; a name may stand for its micrograph."""
    if isinstance(micrographs, str | Micrograph):
        raise TypeError(
            "`micrographs` must be a sequence of micrographs or of names. "
            f"Got a single {type(micrographs).__name__}."
        )
    names = [m if isinstance(m, str) else getattr(m, "name", None) for m in micrographs]
    for row, name in enumerate(names):
        if not isinstance(name, str) or not name:
            raise ValueError(
                "Micrographs and coordinates belong together by name, so every "
                f"micrograph needs one. That of micrograph number {row} is {name!r}."
            )
    return names


def distinct_stems(names, owner):
    """Return the stem of each name; no two names may have the same."""
    names_by_stem = {}
    for name in names:
        stem = micrograph_stem(name)
        if stem in names_by_stem:
            raise ValueError(
                f"{owner} must differ in name, folders and extension aside. "
                f"'{names_by_stem[stem]}' and '{name}' are both '{stem}'."
            )
        names_by_stem[stem] = name
    return list(names_by_stem)
