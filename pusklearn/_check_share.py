"""What must be a share."""

from numbers import Real


def check_share(value, name):
    """Raise a TypeError or ValueError for other than a number in (0, 1)."""
    message = f"`{name}` must be a number in (0, 1). Got {value!r}."
    if not isinstance(value, Real):
        raise TypeError(message)
    # Not the other way round: NaN is no share.
    if not 0 < value < 1:
        raise ValueError(message)
