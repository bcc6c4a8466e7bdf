"""Which name of a table is that of which micrograph."""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pusklearn.micrographs.io._names import micrograph_key, path_parts

# cryoSPARC puts the 21 digits of a uid before the names of micrographs, and what its
# jobs did behind them. A time stamp has at most 14 digits at the start of a name, which
# does no harm, since the rest must agree with one name alone.
_UID = re.compile(r"(\d{12,})_(?=.)")
_DONE = re.compile(r"(?<=.)_(patch|rigid)_aligned(_doseweighted)?(_particles)?$")

Folders = tuple[str, ...]


@dataclass(frozen=True)
class Named:
    """A micrograph by all that tells it from others: its name or path, and its uid."""

    name: str
    uid: int | None = None

    @cached_property
    def key(self) -> str:
        return micrograph_key(self.name)

    @cached_property
    def folders(self) -> Folders:
        """Return the folders, the innermost first."""
        return tuple(reversed(path_parts(self.name)[:-1]))

    def may_be(self, other: "Named") -> bool:
        """Whether no folder denies that both are the same, if their keys agree."""
        return all(a == b for a, b in zip(self.folders, other.folders, strict=False))


def match_names(
    listed: Iterable[str], micrographs: Iterable[Named]
) -> dict[Named, str]:
    """Return the listed name of each micrograph that has one.

    Names agree without folders and extension. If several do, those belong together that
    have more of their last folders in common than with any other. A micrograph with a
    uid of cryoSPARC belongs to the name that begins with it. What is then left over is
    compared without the uids and endings that cryoSPARC adds.

    Parameters
    ----------
    listed : iterable of str
        The different names of a table, perhaps with folders and extension.
    micrographs : iterable of Named
        The different micrographs.

    Returns
    -------
    dict of Named to str

    Raises
    ------
    ValueError
        If a name may be that of several micrographs, or a micrograph may have several
        names.
    """
    names = [Named(name, _uid_of(name)) for name in listed]
    micrographs = list(micrographs)
    matches = _match_uids(names, micrographs)
    matches |= _match_paths(*_rest(names, micrographs, matches))
    matches |= _match_cryosparc(*_rest(names, micrographs, matches))
    return {micrograph: name.name for micrograph, name in matches.items()}


def _uid_of(name):
    found = _UID.match(micrograph_key(name))
    return int(found[1]) if found else None


def _rest(names, micrographs, matches):
    """Return the names and the micrographs that have no match yet."""
    taken = set(matches.values())
    return (
        [name for name in names if name not in taken],
        [micrograph for micrograph in micrographs if micrograph not in matches],
    )


def _match_uids(names, micrographs):
    by_uid = _group(names, lambda name: name.uid)
    return {
        micrograph: by_uid[micrograph.uid][0]
        for micrograph in micrographs
        if micrograph.uid is not None and len(by_uid[micrograph.uid]) == 1
    }


def _match_paths(names, micrographs):
    names_by_key = _group(names, lambda name: name.key)
    micrographs_by_key = _group(micrographs, lambda micrograph: micrograph.key)
    matches: dict[Named, Named] = {}
    for key in [key for key in micrographs_by_key if key in names_by_key]:
        matches |= _match_folders(names_by_key[key], micrographs_by_key[key])
    groups = [*names_by_key.values(), *micrographs_by_key.values()]
    if max(map(len, groups), default=0) > 1:
        # Names alone do not tell micrographs apart here, so folders must.
        matches = _drop_foreign(matches, names, micrographs)
    return matches


def _match_folders(names, micrographs):
    """Match what shares one key: by the ends of paths that only one of each has."""
    if len(names) == len(micrographs) == 1:
        return {micrographs[0]: names[0]}
    names_by_end = ends_of(names)
    micrographs_by_end = ends_of(micrographs)
    matches = {
        micrographs_by_end[end][0]: names_by_end[end][0]
        for end in micrographs_by_end
        if len(micrographs_by_end[end]) == len(names_by_end.get(end, ())) == 1
    }
    for name in set(names) - set(matches.values()):
        _check_is_foreign(name, micrographs, names, of_table=True)
    for micrograph in set(micrographs) - set(matches):
        _check_is_foreign(micrograph, names, micrographs, of_table=False)
    return matches


def ends_of(items: Sequence[Named]) -> Mapping[Folders, list[Named]]:
    """Return which items have each end of a path, as their innermost folders."""
    groups: dict[Folders, list[Named]] = {}
    for item in items:
        for length in range(len(item.folders) + 1):
            groups.setdefault(item.folders[:length], []).append(item)
    return groups


def _check_is_foreign(item, others, rivals, of_table):
    """Raise an error unless the folders of an item deny that it is one of the others.

    Folders deny nothing if those of one are the end of those of the other.
    """
    possible = sorted(other.name for other in others if item.may_be(other))
    if not possible:
        return
    if len(possible) > 1:
        pair, end = possible[:2], f"{item.name!r} may be either"
    else:
        rival = next(r.name for r in rivals if r is not item)
        pair, end = sorted([item.name, rival]), f"either may be {possible[0]!r}"
    owner = "Micrographs" if of_table == (len(possible) > 1) else "Names of the table"
    raise ValueError(
        f"{owner} must differ in more than their folders and extension, or the folders "
        f"must tell which is which. {pair[0]!r} and {pair[1]!r} are both "
        f"{item.key!r}, and {end}. Give the table the folders that differ, and read "
        "the micrographs by `read_micrographs`, which keeps theirs as `path`."
    )


def _drop_foreign(matches, names, micrographs):
    """Leave out pairs that disagree in a folder, if others agree with it better."""
    name_ends = set(ends_of(names))
    micrograph_ends = set(ends_of(micrographs))
    return {
        micrograph: name
        for micrograph, name in matches.items()
        if not is_foreign(micrograph.folders, name.folders, name_ends)
        and not is_foreign(name.folders, micrograph.folders, micrograph_ends)
    }


def is_foreign(
    folders: Folders, other: Folders, other_ends: Container[Folders]
) -> bool:
    """Whether folders differ from the other's at a place where some others agree.

    `other_ends` are the ends of all paths on the other's side, as `ends_of` gives them.
    """
    n_common = 0
    while folders[: n_common + 1] == other[: n_common + 1] and n_common < len(folders):
        n_common += 1
    if n_common in (len(folders), len(other)):
        return False
    return folders[: n_common + 1] in other_ends


def _match_cryosparc(names, micrographs):
    names_by_core = _group(names, _core)
    micrographs_by_core = _group(micrographs, _core)
    matches = {}
    for core, group in micrographs_by_core.items():
        others = names_by_core.get(core, [])
        if len(group) == len(others) == 1:
            [micrograph], [name] = group, others
            uids = {micrograph.uid, _uid_of(micrograph.name), name.uid} - {None}
            # Two uids are two micrographs, whose files had the same name. Names that
            # agree as they are have been told apart by their folders.
            if len(uids) < 2 and micrograph.key != name.key:
                matches[micrograph] = name
    return matches


def _core(named):
    return _DONE.sub("", _UID.sub("", named.key, count=1))


def _group(items, key):
    groups = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups
