"""The picks of several micrographs."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.summaries._picks_summary import picks_summary


class Picks(np.ndarray):
    """An array of the picks of each micrograph, with a short summary for notebooks.

    It is an ordinary one-dimensional ``numpy.ndarray`` of objects, one array of shape
    (k, 3) per micrograph. A part of it, such as ``picks[:5]``, knows its names; what
    any other operation gives is not named.

    Parameters
    ----------
    picks : sequence of ndarray of shape (k, 3)
        ``x, y, score`` of the picks of each micrograph.
    names : sequence of str or None, or None, default=None
        The name of each micrograph. None stands for micrographs without names.
    is_calibrated : bool, default=False
        Whether the scores are the log-odds that a pick is a particle.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.micrographs.peaks._picks import Picks
    >>> picks = Picks([np.zeros((2, 3)), np.zeros((0, 3))], ["grid1", "grid2"])
    >>> [len(one) for one in picks], picks[1:].names
    ([2, 0], ('grid2',))
    """

    names: tuple[str | None, ...] | None
    is_calibrated: bool

    def __new__(
        cls,
        picks: Sequence[NDArray],
        names: Sequence[str | None] | None = None,
        is_calibrated: bool = False,
    ) -> Self:
        """Make an array of objects of the picks."""
        array = np.empty(len(picks), dtype=object)
        for row, one in enumerate(picks):
            array[row] = one
        result = array.view(cls)
        result.names = None if names is None else tuple(names)
        result.is_calibrated = is_calibrated
        return result

    def __array_finalize__(self, source: Any) -> None:
        # A copy may have its rows in another order, so it does not take the names.
        self.names = None
        self.is_calibrated = getattr(source, "is_calibrated", False)

    def __array_wrap__(self, array, context=None, return_scalar=False):
        # What a function makes of picks, such as their numbers, are no picks.
        return array[()] if return_scalar else np.asarray(array)

    def __getitem__(self, key):
        part = super().__getitem__(key)
        if isinstance(part, Picks) and part.ndim == 1 and self.names is not None:
            part.names = tuple(np.array(self.names, dtype=object)[key])
        return part

    def __reduce__(self):
        rebuild, arguments, state = super().__reduce__()  # type: ignore[str-unpack]
        return rebuild, arguments, (state, self.names, self.is_calibrated)

    def __setstate__(self, state):
        state, self.names, self.is_calibrated = state
        super().__setstate__(state)

    def _repr_html_(self) -> str | None:
        if self.ndim != 1 or not all(_are_picks(one) for one in self):
            return None
        names = self.names
        if names is None or len(names) != len(self):
            names = (None,) * len(self)
        return picks_summary(list(self), names, self.is_calibrated)


def _are_picks(one: Any) -> bool:
    return isinstance(one, np.ndarray) and one.ndim == 2 and one.shape[1] == 3
