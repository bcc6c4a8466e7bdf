"""Names by which a file of coordinates tells micrographs apart."""

import re
from collections.abc import Sequence

from pusklearn.micrographs.io._names import (
    micrograph_key,
    micrograph_stem,
    path_parts,
)

# What ends a line or a value, or cannot be written as UTF-8.
_UNWRITABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def distinct_names(names: Sequence[str]) -> list[str]:
    """Return names by which files of other programs tell micrographs apart.

    They are stems; micrographs of one stem have as many of their folders before it as
    are needed: "raw/grid1/a.mrc" and "raw/grid2/a.mrc" become "grid1/a" and "grid2/a".

    Raises
    ------
    ValueError
        If two micrographs have the same name and the same folders, or a name has a
        character that ends a line or a value, or is no text.
    """
    groups: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        groups.setdefault(micrograph_key(name), []).append(row)
    stems = [micrograph_stem(name) for name in names]
    for rows in groups.values():
        if len(rows) > 1:
            paths = _shortest_ends([names[row] for row in rows])
            for row, path in zip(rows, paths, strict=True):
                stems[row] = path
    for stem in stems:
        if not stem or _UNWRITABLE.search(stem):
            raise ValueError(
                "The name of a micrograph in a file must have letters, and neither "
                f"tabs nor other control characters. Got {stem!r}."
            )
    return stems


def _shortest_ends(names):
    """Return the shortest ends of paths that differ, all with as many folders."""
    stem = micrograph_stem(names[0])
    folders = [path_parts(name)[:-1] for name in names]
    stems = [micrograph_stem(name) for name in names]
    for depth in range(1, max(map(len, folders)) + 1):
        ends = ["/".join([*f[-depth:], s]) for f, s in zip(folders, stems, strict=True)]
        if len(set(ends)) == len(names):
            return ends
    first = next(n for i, n in enumerate(names) if folders.count(folders[i]) > 1)
    same = [n for n in names if path_parts(n)[:-1] == path_parts(first)[:-1]]
    raise ValueError(
        "Micrographs must have different names without folders and extension, or "
        f"different folders in their `path`. '{same[0]}' and '{same[1]}' are both "
        f"'{stem}'. Give one of them another name."
    )
