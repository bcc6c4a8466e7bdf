"""Numbers of things in words."""


def count(number: int, noun: str) -> str:
    """Return a number and what it counts, in the plural unless it is one.

    Examples
    --------
    >>> from pusklearn.commands._plural import count
    >>> count(1, "micrograph"), count(0, "pick")
    ('1 micrograph', '0 picks')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"
