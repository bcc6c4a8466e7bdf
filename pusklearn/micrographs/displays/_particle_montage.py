"""Crops of picks, as microscopists judge them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from pusklearn.micrographs.displays._crops import MOST_PIXELS, crops_around
from pusklearn.micrographs.displays._grey_levels import (
    SMOOTHING,
    grey_limits,
    in_deviations,
    smoothed_pixels,
)
from pusklearn.micrographs.displays._montage_groups import choose_groups
from pusklearn.micrographs.displays._mosaic import mosaic
from pusklearn.micrographs.displays._picked import diameter_of, find_peaks
from pusklearn.micrographs.images._check_micrographs import check_micrographs
from pusklearn.micrographs.images._lengths import original_pixels, parse_length
from pusklearn.micrographs.metrics._matched_picks import check_picks
from pusklearn.pu._checks import check_flag, check_integer, check_number
from pusklearn.pu.displays._display_tools import check_matplotlib, make_axes

CROP_WIDTH = 1.6  # diameters of a particle
KEPT, LEFT_OUT = "#4aa3ff", "#ff8c1a"
CELL, LEGEND = 1.0, 3.6  # inches
# Space for text, in edges of a crop.
BESIDE, BELOW = 0.08, 0.24


class ParticleMontage:
    """Crops of the best picks, and of those around the threshold.

    This is how microscopists judge picks: the best must be particles, and around the
    threshold particles should give way to what is none. Below each crop stands the
    score of the pick, or its probability. A solid frame is around what is kept, and a
    dashed one around what has a score below the threshold. All crops have the same grey
    levels; each micrograph is first brought to a median of 0 and a robust standard
    deviation of 1. Pixels beyond the edge of a micrograph and missing pixels are blank.

    `from_picks` and `from_picker` make a montage and draw it. The parameters here say
    what is drawn.

    Parameters
    ----------
    crops : ndarray of shape (k, n, n)
        The crops; pixels that are NaN stay blank.
    scores : array-like of shape (k,)
        The score of each crop's pick.
    groups : dict of str to ndarray of int
        The crops of each group, in the order in which they are drawn, by the group's
        name.
    threshold : float, default=-inf
        Picks of a greater score are kept.
    calibrated : bool, default=False
        Whether scores are log-odds, so that their probabilities are written.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes with the drawing.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    See Also
    --------
    PicksDisplay : Draws picks on their micrograph.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import numpy as np
    >>> from pusklearn.datasets import make_micrographs
    >>> from pusklearn.metrics import ParticleMontage
    >>> micrographs, coordinates = make_micrographs(2, random_state=0)
    >>> picks = [np.insert(points, 2, range(len(points)), 1) for points in coordinates]
    >>> montage = ParticleMontage.from_picks(
    ...     micrographs, picks, diameter=24, threshold=10, n_best=8, n_cut=8
    ... )
    >>> {name: len(rows) for name, rows in montage.groups.items()}
    {'best': 8, 'around the cut': 8}
    """

    def __init__(
        self,
        crops: NDArray[np.floating],
        scores: ArrayLike,
        groups: dict[str, NDArray[np.intp]],
        *,
        threshold: float = -np.inf,
        calibrated: bool = False,
    ) -> None:
        self.crops = crops
        self.scores = scores
        self.groups = groups
        self.threshold = threshold
        self.calibrated = calibrated

    @classmethod
    def from_picks(
        cls,
        micrographs: Sequence[ArrayLike],
        picks: Sequence[ArrayLike] | NDArray[np.object_],
        *,
        diameter: float | str,
        threshold: float = -np.inf,
        calibrated: bool = False,
        n_best: int = 16,
        n_cut: int = 32,
        sigma: float | str | None = None,
        n_columns: int = 8,
        ax: Any = None,
    ) -> "ParticleMontage":
        """Cut picks out of their micrographs, and draw them.

        Parameters
        ----------
        micrographs : sequence of array-like of shape (height, width)
            The micrographs. Only those are read whose picks are drawn.
        picks : sequence of array-like of shape (k, >=3)
            Picks ``x, y, score`` of each micrograph, in pixels of the original. Those
            below the threshold should be among them.
        diameter : float or str
            Diameter of a particle, > 0: in pixels of the original, or with a unit, such
            as "180A" for angstrom. A crop is 1.6 times as wide.
        threshold : float, default=-inf
            Picks of a greater score are kept. If none has a lower one, the second group
            shows the lowest scores.
        calibrated : bool, default=False
            Whether scores are log-odds that a pick is a particle. Then probabilities
            are written below the crops.
        n_best : int, default=16
            Number of the best picks, at most; may be 0. They are above the threshold,
            unless none is.
        n_cut : int, default=32
            Number of the other picks, at most; may be 0. One half has the scores next
            above the threshold, the other half those next below.
        sigma : float, str or None, default=None
            Standard deviation of the Gaussian that smooths the drawn image, at least 0,
            given as `diameter`. None takes a fourteenth of the diameter.
        n_columns : int, default=8
            Number of crops in a row.
        ax : matplotlib Axes or None, default=None
            The axes to draw on; None makes a figure.

        Returns
        -------
        ParticleMontage
            The montage, already drawn; its `plot` draws it again.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        ValueError
            If there is no pick to draw, `micrographs` and `picks` differ in length, a
            score is NaN, a parameter is out of its range, or a length is in angstrom
            though a micrograph has no pixel size.
        TypeError
            If a parameter is of a wrong type.
        """
        check_matplotlib(cls)
        parse_length(diameter, "diameter", "(0, inf)")
        if sigma is not None:
            parse_length(sigma, "sigma")
        check_number(threshold, "threshold", "[-inf, inf]")
        check_flag(calibrated, "calibrated")
        check_integer(n_best, "n_best", "[0, inf)")
        check_integer(n_cut, "n_cut", "[0, inf)")
        images = check_micrographs(micrographs)
        if len(images) != len(picks):
            raise ValueError(
                "`picks` must have one array per micrograph. "
                f"Got {len(picks)} for {len(images)} micrographs."
            )
        points = [check_picks(one, row) for row, one in enumerate(picks)]
        pooled = np.concatenate(points)
        owner = np.repeat(np.arange(len(points)), [len(one) for one in points])
        groups = choose_groups(pooled[:, 2], threshold, n_best, n_cut)
        if not groups:
            raise ValueError(
                f"At least 1 pick must be drawn. Got {len(pooled)} picks, "
                f"n_best={n_best} and n_cut={n_cut}."
            )
        drawn = np.concatenate(list(groups.values()))
        crops = _cut_out(images, pooled[drawn], owner[drawn], diameter, sigma)
        ends = np.cumsum([len(rows) for rows in groups.values()])
        rows = np.split(np.arange(len(drawn)), ends[:-1])
        montage = cls(
            crops,
            pooled[drawn, 2],
            dict(zip(groups, rows, strict=True)),
            threshold=threshold,
            calibrated=calibrated,
        )
        return montage.plot(ax, n_columns=n_columns)

    @classmethod
    def from_picker(
        cls,
        picker: Any,
        micrographs: Sequence[ArrayLike],
        *,
        diameter: float | str | None = None,
        n_best: int = 16,
        n_cut: int = 32,
        sigma: float | str | None = None,
        n_columns: int = 8,
        ax: Any = None,
    ) -> "ParticleMontage":
        """Let a picker pick, and draw its picks around its threshold.

        If the picker keeps every peak and its scores are calibrated, the picks of an
        even chance are drawn in the place of those around the threshold.

        Parameters
        ----------
        picker : Pipeline
            A fitted picker, as `make_picker` and `general_picker` make them.
        micrographs : sequence of array-like of shape (height, width)
            The micrographs.
        diameter : float, str or None, default=None
            Diameter of a particle, as for `from_picks`. None takes that of the picker.
        n_best, n_cut, sigma, n_columns, ax : object
            As for `from_picks`.

        Returns
        -------
        ParticleMontage
            The montage, already drawn.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        ValueError
            If there is no pick, or a parameter is out of its range.
        TypeError
            If `picker` is not a picker, or a parameter is of a wrong type.
        """
        check_matplotlib(cls)
        if diameter is None:
            diameter = diameter_of(picker)
        peaks, threshold, calibrated = find_peaks(picker, micrographs)
        if calibrated and threshold == -np.inf:
            threshold = 0.0
        return cls.from_picks(
            micrographs,
            peaks,
            diameter=diameter,
            threshold=threshold,
            calibrated=calibrated,
            n_best=n_best,
            n_cut=n_cut,
            sigma=sigma,
            n_columns=n_columns,
            ax=ax,
        )

    def plot(self, ax: Any = None, *, n_columns: int = 8) -> "ParticleMontage":
        """Draw the crops. This may be called again.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            The axes to draw on; None makes a figure.
        n_columns : int, default=8
            Number of crops in a row.

        Returns
        -------
        ParticleMontage
            The montage itself.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        """
        check_integer(n_columns, "n_columns")
        check_matplotlib(type(self))
        from matplotlib import colormaps

        edge = self.crops.shape[-1]
        n_columns = min(n_columns, max(map(len, self.groups.values())))
        beside, below = (max(round(share * edge), 1) for share in (BESIDE, BELOW))
        crops = [self.crops[rows] for rows in self.groups.values()]
        drawn = mosaic(crops, n_columns=n_columns, beside=beside, below=below)
        height, width = drawn.image.shape
        size = CELL * n_columns
        figsize = (max(size, LEGEND), size * height / width + 0.3)
        ax = make_axes(self, ax, figsize=figsize)
        low, high = grey_limits(self.crops)
        grey = colormaps["gray"].with_extremes(bad=(0, 0, 0, 0))
        ax.imshow(drawn.image, cmap=grey, vmin=low, vmax=high, interpolation="none")
        # The frames are not cut in two.
        ax.set(xlim=(-2, width + 1), ylim=(height, -1))
        ax.set_axis_off()
        self._write(ax, drawn.corners, edge, below)
        self._draw_legend(ax)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _write(self, ax, corners, edge, below):
        """Write headings of groups and scores below crops, and draw frames."""
        from matplotlib.collections import PatchCollection
        from matplotlib.patches import Rectangle

        text = {"fontsize": _font_size(ax, edge), "color": "0.2"}
        order = np.concatenate(list(self.groups.values()))
        scores = np.asarray(self.scores)[order]
        for (x, y), score in zip(corners, scores, strict=True):
            middle = x + edge / 2 - 0.5, y + edge + 0.04 * edge
            ax.text(*middle, self._number(score), ha="center", va="top", **text)
        frames = [Rectangle((x - 0.5, y - 0.5), edge, edge) for x, y in corners]
        kept = scores > self.threshold
        for is_kept, style in ((True, "solid"), (False, "dashed")):
            chosen = [frames[k] for k in np.flatnonzero(kept == is_kept)]
            color = KEPT if is_kept else LEFT_OUT
            ax.add_collection(
                PatchCollection(
                    chosen, facecolor="none", edgecolor=color, linestyle=style
                )
            )
        blank = PatchCollection(frames, facecolor="0.93", zorder=-1)
        ax.add_collection(blank)
        firsts = np.cumsum([0, *map(len, self.groups.values())])[:-1]
        for first, name in zip(firsts, self.groups, strict=True):
            x, y = corners[first]
            ax.text(x - 0.5, y - 0.05 * edge, self._heading(name), va="bottom", **text)

    def _number(self, score):
        return f"{expit(score):.2f}" if self.calibrated else f"{score:+.2f}"

    def _heading(self, name):
        if name != "around the cut":
            return f"{name} picks"
        if not np.isfinite(self.threshold):
            return "next picks"
        word = "probability" if self.calibrated else "score"
        return f"{name} at {word} {self._number(self.threshold)}"

    def _draw_legend(self, ax):
        from matplotlib.lines import Line2D

        word = "probability" if self.calibrated else "score"
        lines = [
            Line2D([], [], color=KEPT, label="kept"),
            Line2D([], [], color=LEFT_OUT, ls="--", label="left out"),
            Line2D([], [], ls="", label=f"number: {word}"),
        ]
        ax.legend(
            handles=lines,
            loc="upper center",
            bbox_to_anchor=(0.5, 0),
            borderaxespad=0.2,
            ncols=len(lines),
            frameon=False,
            fontsize="small",
        )


def _font_size(ax, edge):
    """Return the size of letters that fit a crop, in points."""
    box = ax.get_window_extent()
    spans = [abs(np.diff(limits)[0]) for limits in (ax.get_xlim(), ax.get_ylim())]
    pixel = min(box.width / spans[0], box.height / spans[1]) / ax.figure.dpi * 72
    return float(np.clip(0.14 * edge * pixel, 3, 10))


def _cut_out(images, picks, owner, diameter, sigma):
    """Return the crops of picks; the owner is the number of a pick's micrograph."""
    crops = np.empty((len(picks), MOST_PIXELS, MOST_PIXELS), np.float32)
    for row in np.unique(owner):
        image = images[row]
        size = original_pixels(diameter, image, "diameter", row)
        smoothing = (
            SMOOTHING * size
            if sigma is None
            else original_pixels(sigma, image, "sigma")
        )
        pixels = in_deviations(smoothed_pixels(image, smoothing / image.scale))
        chosen = owner == row
        crops[chosen] = crops_around(
            pixels, picks[chosen], CROP_WIDTH * size, scale=image.scale
        )
    return crops
