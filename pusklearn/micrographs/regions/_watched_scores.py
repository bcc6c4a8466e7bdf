"""Score maps that come with one warning if micrographs are inverted."""

from collections.abc import Callable, Sequence
from typing import Any

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.pu._warn_caller import warn_caller

MOST_NAMES = 5


class WatchedScores:
    """Scores micrographs one by one, and warns once if some of them are inverted.

    The warning comes with the last of the micrographs, in whatever order and in
    whatever threads they are scored. A pickled copy, as the processes of joblib get
    them, scores only some of them, and warns of each one.

    Parameters
    ----------
    score : callable
        Returns the score map of a micrograph.
    is_inverted : callable
        Tells whether a micrograph is inverted.
    n_micrographs : int
        The number of micrographs.
    """

    def __init__(
        self,
        score: Callable[[Micrograph], Micrograph],
        is_inverted: Callable[[Micrograph], bool],
        n_micrographs: int,
    ) -> None:
        self.score = score
        self.is_inverted = is_inverted
        self.n_micrographs = n_micrographs
        self.is_copy = False
        self.inverted: list[Any] = []
        # Threads may append to a list and pop from it at the same time.
        self.to_come = list(range(n_micrographs))

    def __call__(self, micrograph: Micrograph) -> Micrograph:
        """Return the score map of a micrograph."""
        if self.to_come:
            self._watch(micrograph)
        return self.score(micrograph)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, is_copy=True)

    def _watch(self, micrograph):
        inverted = bool(self.is_inverted(micrograph))
        if self.is_copy:
            warn_of_inverted([micrograph.name] * inverted, self.n_micrographs)
            return
        if inverted:
            self.inverted.append(micrograph.name)
        try:
            left = self.to_come.pop()
        except IndexError:  # Another thread has watched the last one.
            return
        if left == 0:
            warn_of_inverted(self.inverted, self.n_micrographs)


def warn_of_inverted(names: Sequence[str | None], n_micrographs: int) -> None:
    """Warn of inverted micrographs, if there are any.

    Parameters
    ----------
    names : sequence of str or None
        The names of the inverted micrographs.
    n_micrographs : int
        The number of all micrographs.

    Warns
    -----
    UserWarning
        If there is a name.
    """
    if not names:
        return
    known = [name for name in names if name]
    if known:
        which = f"These micrographs are {_listed(known, len(names))}."
    else:
        which = "They have no names; `Micrograph(image, name=...)` would tell which."
    warn_caller(
        f"{len(names)} of {n_micrographs} micrographs look inverted: their particles "
        "seem to be light if those of the training micrographs are dark, or dark if "
        f"those are light, so few of them are found. {which} If so, multiply them by "
        "-1 before they are given to the picker. If not, look whether the diameter is "
        "right; if it is, silence this with "
        '`warnings.filterwarnings("ignore", message=".*micrographs look inverted")`.'
    )


def _listed(names, n_all):
    """Return some names, and how many more there are, with or without a name."""
    shown = names[:MOST_NAMES]
    more = f" and {n_all - len(shown)} more" if n_all > len(shown) else ""
    return ", ".join(shown) + more
