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
# What microscopes put behind the names of movies.
_MOVIE = re.compile(r"(?<=.)_fractions$", re.IGNORECASE)

Folders = tuple[str, ...]


@dataclass(frozen=True)
class Named:
    """What tells a micrograph from others: its name or path, and perhaps its uid."""

    name: str
    uid: int | None = None

    @cached_property
    def key(self) -> str:
        return micrograph_key(self.name)

    @cached_property
    def folders(self) -> Folders:
        """Return the folders, the innermost first."""
        return tuple(reversed(path_parts(self.name)[:-1]))

    @cached_property
    def number(self) -> int | None:
        """Return the uid, or what stands in its place before the name."""
        if self.uid is not None:
            return self.uid
        found = _UID.match(self.key)
        return int(found[1]) if found else None

    def may_be(self, other: "Named") -> bool:
        """Whether no folder denies that both are the same, if their keys agree."""
        return all(a == b for a, b in zip(self.folders, other.folders, strict=False))


def match_names(
    listed: Iterable[Named], micrographs: Iterable[Named]
) -> dict[Named, Named]:
    """Return the listed name of each micrograph that has one.

    Names agree without folders and extension. If several do, those belong together that
    have more of their last folders in common than with any other. A micrograph with a
    uid of cryoSPARC belongs to the name that has it or begins with it. What is then
    left over is compared without the uids and endings that cryoSPARC adds, and then
    without the ending of a movie before these.

    Parameters
    ----------
    listed : iterable of Named
        The different names of a table, perhaps with folders and extension.
    micrographs : iterable of Named
        The different micrographs.

    Returns
    -------
    dict of Named to Named

    Raises
    ------
    ValueError
        If a name may be that of several micrographs, or a micrograph may have several
        names.
    """
    names, micrographs = list(listed), list(micrographs)
    matches = _match_uids(names, micrographs)
    matches |= _match_paths(*_rest(names, micrographs, matches))
    for core in (_core, _core_of_movie):
        matches |= _match_cores(core, *_rest(names, micrographs, matches))
    return matches


def _rest(names, micrographs, matches):
    """Return the names and the micrographs that have no match yet."""
    taken = set(matches.values())
    return (
        [name for name in names if name not in taken],
        [micrograph for micrograph in micrographs if micrograph not in matches],
    )


def _match_uids(names, micrographs):
    names_by_number = _group(names, lambda name: name.number)
    micrographs_by_number = _group(micrographs, lambda micrograph: micrograph.number)
    matches = {}
    for number in set(micrographs_by_number) - {None}:
        group, others = micrographs_by_number[number], names_by_number[number]
        # Two names may begin with one time, but a uid is that of one micrograph.
        is_uid = number in {one.uid for one in [*group, *others]}
        if is_uid and len(group) == len(others) == 1:
            matches[group[0]] = others[0]
    return matches


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
    """Match what shares one key: by paths, or ends of paths, that one of each has."""
    if len(names) == len(micrographs) == 1:
        return {micrographs[0]: names[0]}
    names_by_path = _group(names, lambda name: name.folders)
    micrographs_by_path = _group(micrographs, lambda micrograph: micrograph.folders)
    names_by_end = ends_of(names)
    micrographs_by_end = ends_of(micrographs)
    matches = {
        group[0]: names_by_path[path][0]
        for path, group in micrographs_by_path.items()
        if len(group) == len(names_by_path[path]) == 1
    }
    matches |= {
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


def _match_cores(core, names, micrographs):
    """Match names that agree without what programs add, if each is the only one."""
    names_by_core = _group(names, core)
    micrographs_by_core = _group(micrographs, core)
    matches = {}
    for key, group in micrographs_by_core.items():
        others = names_by_core.get(key, [])
        if len(group) == len(others) == 1:
            [micrograph], [name] = group, others
            # Two uids are two micrographs, whose files had the same name. Names that
            # agree as they are have been told apart by their folders.
            numbers = {micrograph.number, name.number} - {None}
            if len(numbers) < 2 and micrograph.key != name.key:
                matches[micrograph] = name
    return matches


def _core(named):
    return _DONE.sub("", _UID.sub("", named.key, count=1))


def _core_of_movie(named):
    core = _core(named)
    return core if core == named.key else _MOVIE.sub("", core)


def _group(items, key):
    groups = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups
