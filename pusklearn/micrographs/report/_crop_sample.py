"""Crops of picks of every score, from all micrographs."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.report._grey_png import grey_levels, grey_png, grey_range
from pusklearn.micrographs.report._micrograph_view import (
    IN_CROPS,
    MicrographView,
    SmallImage,
)
from pusklearn.micrographs.report._pick_looks import suspected_picks
from pusklearn.micrographs.report._smoothed_image import smoothed_image

# Edge of a crop in pixels, of which a particle spans `IN_CROPS`.
EDGE = 40
# The scores of the first micrographs are divided into so many parts. Each part has the
# same number of crops, so that there are crops around every cut.
N_PARTS = 32
PER_PART = 16
# So many of the best picks, and of the odd ones, are shown too.
N_BEST = 32
N_ODD = 32
MOST_CROPS = 1000
COLUMNS = 32


class Crop(NamedTuple):
    """A crop of a pick.

    Attributes
    ----------
    micrograph : int
        The number of its micrograph.
    x, y, score : float
        The pick.
    levels : ndarray of uint8 of shape (40, 40)
        Its pixels in 16 levels of grey.
    """

    micrograph: int
    x: float
    y: float
    score: float
    levels: NDArray[np.uint8]


class CropSample:
    """A sample of crops that is kept small while micrographs come one by one.

    Parameters
    ----------
    lowest : float, default=-inf
        Picks of lower scores are left out.
    """

    def __init__(self, lowest: float = -np.inf) -> None:
        self.lowest = lowest
        self.random = np.random.default_rng(0)
        self.width: float | None = None
        self.parts: dict[int, list[tuple[float, Crop]]] = {}
        self.best: list[tuple[float, Crop]] = []
        self.odd: list[tuple[float, Crop]] = []

    def add(self, number: int, view: MicrographView, image: SmallImage) -> None:
        """Take crops from a micrograph.

        Parameters
        ----------
        number : int
            Its number.
        view : MicrographView
            Its picks.
        image : SmallImage
            Its pixels.
        """
        peaks = view.peaks[view.peaks[:, 2] >= self.lowest]
        if not len(peaks):
            return
        if self.width is None:
            self.width = max(float(np.ptp(peaks[:, 2])) / N_PARTS, 1e-3)
        cutter = _Cutter(number, peaks, view.scale, image)
        turns = self.random.random(len(peaks))
        parts = np.floor(peaks[:, 2] / self.width).astype(int)
        for part in np.unique(parts):
            chosen = np.flatnonzero(parts == part)
            kept = self.parts.setdefault(int(part), [])
            _keep(kept, turns[chosen], chosen, cutter, PER_PART)
        # Among picks of one score, and those without a score, chance decides.
        every = np.arange(len(peaks))
        _keep(self.best, 1e-9 * turns - peaks[:, 2], every, cutter, N_BEST)
        # How odd a pick is among all shows later; these are odd in their micrograph.
        looks = view.looks[: len(peaks)]
        usual = looks[: max(1, len(looks) // 2)]
        deviations = suspected_picks(looks, usual).astype(float)
        _keep(self.odd, -deviations, every, cutter, N_ODD)

    def crops(self) -> list[Crop]:
        """Return the crops, by descending score."""
        kept = [crop for part in self.parts.values() for _, crop in part]
        kept = kept[:: max(1, -(-len(kept) // MOST_CROPS))]
        kept += [crop for _, crop in [*self.best, *self.odd]]
        distinct = {(crop.micrograph, crop.x, crop.y): crop for crop in kept}
        return sorted(distinct.values(), key=lambda crop: -crop.score)


def sprite(crops: list[Crop]) -> bytes:
    """Return the PNG of all crops, 32 in a row."""
    n_rows = max(1, -(-len(crops) // COLUMNS))
    sheet = np.zeros((n_rows * EDGE, COLUMNS * EDGE), np.uint8)
    for place, crop in enumerate(crops):
        row, column = divmod(place, COLUMNS)
        top, left = row * EDGE, column * EDGE
        sheet[top : top + EDGE, left : left + EDGE] = crop.levels
    return grey_png(sheet)


class _Cutter:
    """Cuts crops from a micrograph, in its range of grey."""

    def __init__(self, number, peaks, scale, image):
        self.number = number
        self.peaks = peaks
        self.scale = scale
        self.image = image
        self.pixels = smoothed_image(image.pixels, IN_CROPS)
        self.low, self.high = grey_range(self.pixels)
        self.middle = (self.low + self.high) / 2

    def __call__(self, row):
        x, y, score = (float(value) for value in self.peaks[row])
        levels = grey_levels(self._pixels(x, y), self.low, self.high)
        return Crop(self.number, x, y, score, levels)

    def _pixels(self, x, y):
        """Return the square around a pick; grey where it leaves the micrograph."""
        pixels = self.pixels
        height, width = pixels.shape
        # From the centre of a pixel of the original to an edge of these pixels.
        half = self.scale / 2
        left = int(np.rint((x + half) / self.image.factor - EDGE / 2))
        top = int(np.rint((y + half) / self.image.factor - EDGE / 2))
        square = np.full((EDGE, EDGE), self.middle, np.float32)
        rows = slice(max(0, top), min(height, top + EDGE))
        columns = slice(max(0, left), min(width, left + EDGE))
        if rows.start < rows.stop and columns.start < columns.stop:
            inside = np.s_[
                rows.start - top : rows.stop - top,
                columns.start - left : columns.stop - left,
            ]
            square[inside] = pixels[rows, columns]
        return square


def _keep(kept, turns, rows, cutter, most):
    """Keep those whose turn comes first, and cut only what is kept."""
    limit = kept[-1][0] if len(kept) == most else np.inf
    order = np.argsort(turns, kind="stable")[:most]
    new = [(float(turns[i]), cutter(rows[i])) for i in order if turns[i] < limit]
    kept.extend(new)
    kept.sort(key=lambda pair: pair[0])
    del kept[most:]
