"""How files and tables name a micrograph, and what two names have in common."""

import os
import re
import unicodedata
from collections.abc import Iterable

from pusklearn.micrographs.images._micrograph import Micrograph

# A name may contain dots ("May08_03.05.02"), so only known extensions are cut off.
_EXTENSION = re.compile(
    r"(?<=.)\.(mrcs?|tiff?|eer|hdf|dm[34]|png|jpe?g|star|txt|c?box|[ct]sv)(\.(gz|bz2))?$",
    re.IGNORECASE,
)


def path_parts(name: str | os.PathLike) -> list[str]:
    """Return the folders and the last name of a path, with slashes of either kind."""
    return [p for p in re.split(r"[/\\]", os.fspath(name)) if p not in ("", ".")]


def micrograph_stem(name: str | os.PathLike) -> str:
    """Return a name without folders and extension: "raw/a.mrc.gz" is "a"."""
    parts = path_parts(name)
    return _EXTENSION.sub("", parts[-1]) if parts else ""


def micrograph_key(name: str | os.PathLike) -> str:
    """Return what two names of one micrograph have in common.

    It is the name without folders and without any known extension: "a.tif.mrc" and
    "raw/a.tif" are both "a". Letters with accents have their composed form, which some
    file systems take apart.
    """
    key, stem = micrograph_stem(name), None
    while key != stem:
        key, stem = _EXTENSION.sub("", key), key
    return unicodedata.normalize("NFC", key)


def check_is_sequence(micrographs: Iterable[Micrograph | str]) -> None:
    """Raise a TypeError if there is a single micrograph or name."""
    if isinstance(micrographs, str | Micrograph):
        raise TypeError(
            "`micrographs` must be a sequence of micrographs or of names. "
            f"Got a single {type(micrographs).__name__}."
        )


def micrograph_name(micrograph: Micrograph | str, row: int) -> str:
    """Return the name of one micrograph, or raise an error that tells its row."""
    is_name = isinstance(micrograph, str)
    name = micrograph if is_name else getattr(micrograph, "name", None)
    if not isinstance(name, str) or not name:
        raise ValueError(
            "Micrographs and coordinates belong together by name, so every "
            f"micrograph needs one. That of micrograph number {row} is {name!r}."
        )
    return name


def listed_name(micrograph: Micrograph | str, row: int) -> str:
    """Return the path of a micrograph, as far as it is known, or else its name.

    The path of a micrograph that has been given another name since does not count.
    """
    path = getattr(micrograph, "path", None)
    if path and not getattr(micrograph, "name", None):
        return os.fspath(path)
    name = micrograph_name(micrograph, row)
    if path and micrograph_key(path) == micrograph_key(name):
        return os.fspath(path)
    return name
