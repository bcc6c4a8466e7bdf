"""Score maps of training micrographs, which know held-out maps of these."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from numpy.typing import NDArray

from pusklearn.micrographs.images._lazy_rows import LazyRows


class HeldOutMaps(NamedTuple):
    """Score maps by classifiers that have not learnt from these micrographs.

    Attributes
    ----------
    maps : sequence of Micrograph
        The maps. Of a micrograph that is cut into bands, there are several, which are
        NaN outside their band.
    numbers : list of int
        The micrograph that each map shows, a row of the training maps.
    folds : list of int
        The classifier that each map is by.
    counts : list of bool
        Whether the micrograph belongs to a random sample of all training micrographs.
    labels : list of ndarray of shape (k, 2)
        The labelled particles of its micrograph, in pixels of the original.
    n_micrographs : int
        The number of micrographs in the random sample.
    number_is_known : bool
        Whether the number of particles that the training maps tell was given.
    """

    maps: Sequence
    numbers: list[int]
    folds: list[int]
    counts: list[bool]
    labels: list[NDArray]
    n_micrographs: int
    number_is_known: bool


class TrainingMaps(LazyRows):
    """Lazy score maps of the training micrographs, with held-out maps.

    A part of them is a `LazyRows` without held-out maps.

    Parameters
    ----------
    function, rows, keep, instead, bar
        As the parameters of `LazyRows`.
    held_out : HeldOutMaps or None, default=None
        The maps by classifiers that have not learnt from these micrographs.
    count_interval : tuple of float or None, default=None
        The interval of the mean number of particles in a micrograph, if that number was
        estimated.
    """

    def __init__(
        self,
        function: Callable[[Any], Any],
        rows: Sequence,
        keep: bool = False,
        instead: Callable[[Any, str, Exception], Any] | None = None,
        bar: str | None = None,
        held_out: HeldOutMaps | None = None,
        count_interval: tuple[float, float] | None = None,
    ) -> None:
        super().__init__(function, rows, keep, instead, bar)
        self.held_out = held_out
        self.count_interval = count_interval
