"""Which columns of a table are those that are looked for."""

from collections.abc import Collection, Sequence

# Shorter names, such as "x" and "z", differ by one letter without being misspelt.
_SHORTEST = 5
# Shorter names may be whole words of their own, such as "image".
_SHORTEST_CUT = 8


def find_columns(names: Sequence[str], wanted: Collection[str]) -> dict[int, str]:
    """Return the columns that are looked for, by their places in a table.

    Upper and lower case do not matter unless a name also stands there as it is wanted.

    Parameters
    ----------
    names : sequence of str
        The names of the columns.
    wanted : collection of str
        The names that are looked for.

    Returns
    -------
    dict of int to str
        The wanted name of each place.

    Raises
    ------
    ValueError
        If a wanted name is misspelt; see `check_spelling`.
    """
    exact = {index: name for index, name in enumerate(names) if name in wanted}
    missing = {name.casefold(): name for name in set(wanted).difference(names)}
    found = {
        index: missing[name.casefold()]
        for index, name in enumerate(names)
        if index not in exact and name.casefold() in missing
    }
    present = {**exact, **found}
    others = [name for index, name in enumerate(names) if index not in present]
    check_spelling([*present.values(), *others], wanted)
    return dict(sorted(present.items()))


def check_spelling(names: Sequence[str], wanted: Collection[str]) -> None:
    """Raise an error if a name is that of a missing column but for one letter.

    Or it is the beginning of such a name, as if it were cut off. Such a column would be
    left out in silence, and a damaged file has one.

    Parameters
    ----------
    names : sequence of str
        The names of the columns.
    wanted : collection of str
        The names that are looked for; those of four letters or fewer are not compared.

    Raises
    ------
    ValueError
        If a name has one letter that differs, is missing or is too many, or is cut off.
    """
    for missing in sorted(set(wanted).difference(names)):
        for name in names:
            is_long = len(missing) >= _SHORTEST and name not in wanted
            is_cut = len(name) >= _SHORTEST_CUT and missing.startswith(name)
            if is_long and (is_cut or _differ_by_one_letter(name, missing)):
                raise ValueError(
                    f"its column {name!r} seems to be a misspelt {missing!r}. Rename "
                    "it, or leave it out."
                )


def _differ_by_one_letter(name, other):
    start = _n_same(name, other)
    end = _n_same(name[start:][::-1], other[start:][::-1])
    return max(len(name), len(other)) - start - end == 1


def _n_same(name, other):
    """Return how many letters are the same from the start."""
    pairs = enumerate(zip(name, other, strict=False))
    shorter = min(len(name), len(other))
    return next((place for place, (a, b) in pairs if a != b), shorter)
