"""What to say when names of a table and of micrographs do not agree."""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pusklearn.micrographs.io._match_names import Named, ends_of, is_foreign
from pusklearn.micrographs.io._names import micrograph_key

_ADVICE = (
    "If they are of the same micrographs, make the names agree: rename the files, or "
    "change the names in the table, as by `table['micrograph'].str.replace(old, new)`."
)
# The share of rows without a micrograph from which on names are doubted although none
# of them resembles that of a micrograph.
_MANY = 0.9
# Names with more sets of words than these have letters at random.
_MOST_FORMS = 3
# Parts of a name that are compared; more belong to no micrograph.
_MOST_PARTS = 30


def describe_no_match(wanted: Sequence[str], listed: Sequence[str]) -> str:
    """Return what to say if no name of a table is that of a micrograph.

    It shows the first names that were looked for and the nearest names of the table.

    Parameters
    ----------
    wanted : sequence of str
        The names of the micrographs, at least one.
    listed : sequence of str
        The names of the table, at least one.

    Returns
    -------
    str
    """
    keys = list(dict.fromkeys(map(micrograph_key, listed)))
    shown = [micrograph_key(name) for name in wanted[:3]]
    near = [name for want in shown for name in difflib.get_close_matches(want, keys)]
    found = list(dict.fromkeys(near or keys[:3]))
    if set(found) & set(shown):
        # The names agree, so only their folders can differ.
        shown = list(wanted[:3])
        found = [name for name in listed if micrograph_key(name) in found]
    return (
        "The table has no row for any of the micrographs. Looked for "
        f"{_enumerate(shown)} ({len(wanted)} in all). The table has "
        f"{_enumerate(found[:9])} ({len(listed)} in all). {_ADVICE}"
    )


def describe_mismatch(
    n_rows: Mapping[str, int], matched: Iterable[str], wanted: Mapping[str, bool]
) -> str | None:
    """Return what to say if some names of a table should be those of micrographs.

    Rows of micrographs that were not loaded are ordinary, and so are micrographs
    without particles. So there is something to say only if both exist and resemble each
    other: the name of a micrograph without rows differs from that of rows without a
    micrograph by what stands before or behind it, by upper and lower case, by its
    separators, by leading zeros, or by folders that the other side does not know. Or if
    hardly any row has a micrograph, most micrographs have no rows, and the names are
    built in another way.

    Parameters
    ----------
    n_rows : mapping of str to int
        The number of rows of each name of the table.
    matched : iterable of str
        The names of the table that are those of micrographs.
    wanted : mapping of str to bool
        Whether each micrograph got rows, by its name.

    Returns
    -------
    str or None
    """
    known = set(matched)
    lost = [name for name in n_rows if name not in known]
    empty = [name for name, has_rows in wanted.items() if not has_rows]
    if not lost or not empty:
        return None
    pair = _find_in_other_folder(lost, empty, n_rows, wanted) or _find_alike(
        lost, empty, wanted
    )
    n_lost, n_all = sum(n_rows[name] for name in lost), sum(n_rows.values())
    counts = (
        f"{n_lost} of {n_all} rows of the table are left out because their names are "
        f"those of no micrograph, and {len(empty)} of {len(wanted)} micrographs got "
        "no rows. "
    )
    if pair:
        name, micrograph, reason = pair
        return (
            f"{counts}{name!r} ({n_rows[name]} rows) looks like the micrograph "
            f"{micrograph!r} {reason}. {_ADVICE}"
        )
    is_most = n_lost >= _MANY * n_all and 2 * len(empty) >= len(wanted)
    if is_most and _are_built_otherwise(lost, wanted):
        return (
            f"{counts}The table has names such as {_enumerate(lost[:3])}, the "
            f"micrographs such as {_enumerate(empty[:3])}. {_ADVICE}"
        )
    return None


def _find_in_other_folder(lost, empty, listed, wanted):
    """Find names that agree but for folders of which the other side knows none."""
    empties = defaultdict(list)
    for item in map(Named, empty):
        empties[item.key].append(item)
    names = [name for name in map(Named, lost) if name.key in empties]
    pairs = [(name, other) for name in names for other in empties[name.key]]
    if not pairs:
        return None
    name_ends = ends_of(list(map(Named, listed)))
    micrograph_ends = ends_of(list(map(Named, wanted)))
    for name, micrograph in pairs:
        if not (
            is_foreign(micrograph.folders, name.folders, name_ends)
            or is_foreign(name.folders, micrograph.folders, micrograph_ends)
        ):
            return name.name, micrograph.name, "but for its folders"
    return None


def _find_alike(lost, empty, wanted):
    """Return a name of the table, one of a micrograph and what tells them apart."""
    for fold, reason in (
        (str.casefold, "but for upper and lower case"),
        (_without_separators, "but for the characters between its parts"),
        (_without_zeros, "but for leading zeros"),
    ):
        found = {fold(micrograph_key(name)): name for name in empty}
        for name in lost:
            key = micrograph_key(name)
            if (micrograph := found.get(fold(key))) and key != micrograph_key(
                micrograph
            ):
                return name, micrograph, reason
    return _find_extended(lost, empty, wanted)


def _find_extended(lost, empty, wanted):
    """Find a name that is another one with more before or behind it."""
    # Names built like those of other micrographs are such, and were not loaded.
    known = set(map(_build, wanted))
    empties = {micrograph_key(name): name for name in empty}
    others = {micrograph_key(name): name for name in lost if _build(name) not in known}
    for key, name in others.items():
        for part in _parts(key):
            if part in empties:
                return name, empties[part], _describe_rest(key, part)
    for key, name in empties.items():
        for part in _parts(key):
            if part in others:
                return others[part], name, f"without {key.replace(part, '...')!r}"
    return None


def _describe_rest(key, part):
    before, _, behind = key.partition(part)
    rest = [f"{before!r} before it"] * bool(before)
    rest += [f"{behind!r} behind it"] * bool(behind)
    return f"with {' and '.join(rest)}"


def _parts(key):
    """Return what a name has between its separators, but for the whole name."""
    bounds = [0, *(m.start() for m in re.finditer(r"[\W_]+", key)), len(key)]
    bounds = bounds[: _MOST_PARTS + 1]
    parts = {
        key[start:stop].strip("_-. ")
        for start in bounds
        for stop in bounds
        if start < stop
    }
    return sorted(parts - {"", key}, key=len, reverse=True)


def _build(name):
    """Return how a name is built: letters become A, digits 0."""
    return re.sub(r"[^\W\d_]+", "A", re.sub(r"\d+", "0", micrograph_key(name)))


def _words(name):
    """Return the words of a name: digits become 0."""
    return re.sub(r"\d+", "0", micrograph_key(name).casefold())


def _are_built_otherwise(names, others):
    """Tell whether no name is built as one of the others, or all have other words."""
    if set(map(_build, names)).isdisjoint(map(_build, others)):
        return True
    words = set(map(_words, names))
    return len(words) <= _MOST_FORMS and words.isdisjoint(map(_words, others))


def _without_separators(key):
    # "1_12" and "11_2" are two micrographs.
    key = re.sub(r"(?<=\d)[\W_]+(?=\d)", "/", key)
    return re.sub(r"[^\w/]|_", "", key)


def _without_zeros(key):
    return re.sub(r"(?<!\d)0+(?=\d)", "", key)


def _enumerate(names):
    return ", ".join(repr(name) for name in names)
