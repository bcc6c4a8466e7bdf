"""One pass over the micrographs: what the report keeps of them."""

import tempfile
from collections.abc import Iterable
from typing import Any, NamedTuple

from pusklearn.micrographs.report._crop_sample import Crop, CropSample
from pusklearn.micrographs.report._micrograph_view import (
    Look,
    MicrographView,
)

# The images to click on wait here until it is known which are odd.
MOST_IN_MEMORY = 2**25


class Spool:
    """Keeps pieces of bytes, in a temporary file if they are many."""

    def __init__(self) -> None:
        self.file: Any = tempfile.SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115
        self.places: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return len(self.places)

    def add(self, piece: bytes) -> None:
        """Keep a piece."""
        self.file.seek(0, 2)
        self.places.append((self.file.tell(), len(piece)))
        self.file.write(piece)

    def size(self, number: int) -> int:
        """Return how many bytes a piece has."""
        return self.places[number][1]

    def read(self, number: int) -> bytes:
        """Return a piece."""
        start, size = self.places[number]
        self.file.seek(start)
        return self.file.read(size)

    def close(self) -> None:
        """Forget all pieces."""
        self.file.close()


class Gathered(NamedTuple):
    """All that is kept of the micrographs.

    Attributes
    ----------
    views : list of MicrographView
        One for each micrograph.
    large : Spool
        The PNG to click on of each micrograph.
    crops : list of Crop
        Some crops of picks, by descending score.
    """

    views: list[MicrographView]
    large: Spool
    crops: list[Crop]


def gather_views(looks: Iterable[Look], lowest: float) -> Gathered:
    """Keep what the report needs of each micrograph.

    Parameters
    ----------
    looks : iterable of Look
        One for each micrograph. They are taken one after the other.
    lowest : float
        Peaks of lower scores get no crop.

    Returns
    -------
    Gathered
        What is kept. The caller closes `large`.

    Raises
    ------
    ValueError
        If there is no micrograph, or one cannot be used.
    """
    views: list[MicrographView] = []
    large, sample = Spool(), CropSample(lowest)
    try:
        for number, look in enumerate(looks):
            large.add(look.large)
            sample.add(number, look.view, look.image)
            views.append(look.view)
        if not views:
            raise ValueError("At least 1 micrograph is needed. Got 0.")
    except BaseException:
        large.close()
        raise
    return Gathered(views, large, sample.crops())
