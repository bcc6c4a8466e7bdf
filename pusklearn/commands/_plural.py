"""Numbers of things, and lists of them, in words."""

from collections.abc import Sequence


def count(number: int, noun: str) -> str:
    """Return a number and what it counts, in the plural unless it is one.

    Examples
    --------
    >>> from pusklearn.commands._plural import count
    >>> count(1, "micrograph"), count(0, "pick")
    ('1 micrograph', '0 picks')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def in_words(things: Sequence[object]) -> str:
    """Return a list of things in words.

    Examples
    --------
    >>> from pusklearn.commands._plural import in_words
    >>> in_words(["a"]), in_words(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    *others, last = map(str, things)
    return f"{', '.join(others)} and {last}" if others else last
