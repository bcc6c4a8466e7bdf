"""A score map beside its micrograph, or over it."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from pusklearn.micrographs.displays._contact_sheet import sheet_axes
from pusklearn.micrographs.displays._grey_levels import SMOOTHING
from pusklearn.micrographs.displays._opened import open_micrographs
from pusklearn.micrographs.displays._picked import (
    diameter_of,
    extractor_of,
    is_calibrated,
)
from pusklearn.micrographs.displays._picks_panel import (
    Panel,
    draw_circles,
    draw_micrograph,
    extent_of,
)
from pusklearn.micrographs.displays._seen_map import seen_map
from pusklearn.micrographs.images._check_coordinates import check_coordinates
from pusklearn.micrographs.images._check_micrographs import check_micrographs
from pusklearn.micrographs.images._lengths import original_pixels, parse_length
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import missing_pixels
from pusklearn.pu._checks import check_choice, check_flag, check_number
from pusklearn.pu.displays._display_tools import check_matplotlib, make_axes

LAYOUTS = ("beside", "over")
# The shares of the pixels whose colours are the ends of the colour bar.
LEAST, GREATEST = 0.01, 0.999
# How much of the micrograph a map over it hides, at most.
MOST_OPAQUE = 0.75


class ScoreMapDisplay:
    """A score map, with the micrograph that it was made from and the picks.

    The map tells how a picker comes to its picks: these are its peaks. `from_picker`
    computes the map and draws it, and `from_map` draws a given one. The parameters here
    say what is drawn. Lengths are in pixels of the original micrograph. Pixels without
    a score are blank.

    Parameters
    ----------
    score_map : Micrograph
        The scores.
    micrograph : Micrograph or None, default=None
        The micrograph; None draws the map alone.
    picks : array-like of shape (k, >=2) or None, default=None
        Picks ``x, y`` in pixels of the original.
    diameter : float or None, default=None
        Diameter of the circles around picks, in pixels of the original. None draws
        crosses.
    calibrated : bool, default=False
        Whether scores are the log-odds that there is a particle.
    sigma : float or None, default=None
        Standard deviation of the Gaussian that smooths the drawn micrograph, in pixels
        of the micrograph, at least 0. None takes a fourteenth of the diameter, or 1.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes with the map.
    axes_ : list of matplotlib Axes
        All axes: those of the micrograph beside the map come first.
    colorbar_ : matplotlib Colorbar
        The colour bar.
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
    >>> from pusklearn import Micrograph
    >>> from pusklearn.metrics import ScoreMapDisplay
    >>> scores = Micrograph(np.random.default_rng(0).normal(size=(40, 60)), scale=2.0)
    >>> display = ScoreMapDisplay.from_map(scores, picks=[(30, 20), (90, 50)])
    >>> [float(end) for end in display.ax_.get_xlim()]  # pixels of the original
    [-1.0, 119.0]
    """

    def __init__(
        self,
        score_map: Micrograph,
        micrograph: Micrograph | None = None,
        picks: ArrayLike | None = None,
        *,
        diameter: float | None = None,
        calibrated: bool = False,
        sigma: float | None = None,
    ) -> None:
        self.score_map = score_map
        self.micrograph = micrograph
        self.picks = picks
        self.diameter = diameter
        self.calibrated = calibrated
        self.sigma = sigma

    @classmethod
    def from_map(
        cls,
        score_map: ArrayLike,
        micrograph: ArrayLike | None = None,
        picks: ArrayLike | None = None,
        *,
        diameter: float | str | None = None,
        calibrated: bool = False,
        values: str = "score",
        layout: str = "beside",
        sigma: float | None = None,
        ax: Any = None,
    ) -> "ScoreMapDisplay":
        """Draw a given score map.

        Parameters
        ----------
        score_map : array-like of shape (height, width)
            The scores, such as a row of ``picker[:-1].transform(micrographs)``. A plain
            array has one score for each pixel of the original.
        micrograph : array-like of shape (height, width) or None, default=None
            The micrograph; None draws the map alone.
        picks : array-like of shape (k, >=2) or None, default=None
            Picks ``x, y`` in pixels of the original.
        diameter : float, str or None, default=None
            Diameter of the circles around picks, > 0: in pixels of the original, or
            with a unit, such as "180A" for angstrom. None draws crosses.
        calibrated : bool, default=False
            Whether scores are the log-odds that there is a particle.
        values : {"score", "probability"}, default="score"
            What the colours tell. Probabilities need calibrated scores.
        layout : {"beside", "over"}, default="beside"
            Where the map is: beside the micrograph, or over it, where low scores are
            transparent.
        sigma : float or None, default=None
            Standard deviation of the Gaussian that smooths the drawn micrograph, in
            pixels of the micrograph, at least 0. None takes a fourteenth of the
            diameter, or 1.
        ax : matplotlib Axes or None, default=None
            The axes to draw on, which the layout "beside" divides; None makes a figure.

        Returns
        -------
        ScoreMapDisplay
            The display, already drawn; its `plot` draws it again.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        ValueError
            If a parameter is out of range, a coordinate is not finite, probabilities
            are asked for though the scores are not calibrated, or a length is in
            angstrom though the map has no pixel size.
        TypeError
            If a parameter is of a wrong type.
        """
        check_matplotlib(cls)
        (scores,) = check_micrographs([score_map], are_maps=True)
        if micrograph is not None:
            (micrograph,) = check_micrographs([micrograph])
        if picks is not None:
            (picks,) = check_coordinates([picks], 1)
        if diameter is not None:
            parse_length(diameter, "diameter", "(0, inf)")
            diameter = original_pixels(diameter, scores, "diameter")
        check_flag(calibrated, "calibrated")
        display = cls(
            scores,
            micrograph,
            picks,
            diameter=diameter,
            calibrated=calibrated,
            sigma=sigma,
        )
        return display.plot(ax, values=values, layout=layout)

    @classmethod
    def from_picker(
        cls,
        picker: Any,
        micrograph: Any,
        *,
        diameter: float | str | None = None,
        values: str | None = None,
        layout: str = "beside",
        sigma: float | None = None,
        ax: Any = None,
    ) -> "ScoreMapDisplay":
        """Let a picker score a micrograph, and draw the map and its picks.

        The map is smoothed, and calibrated if the picker is, as the scores of picks
        are: the value at a pick is its score.

        Parameters
        ----------
        picker : Pipeline
            A fitted picker, as `make_picker` and `general_picker` make them.
        micrograph : array-like of shape (height, width) or path
            The micrograph, or its file.
        diameter : float, str or None, default=None
            Diameter of the circles, as for `from_map`. None takes that of the picker.
        values : {"score", "probability"} or None, default=None
            What the colours tell. None tells probabilities if the scores of the picker
            are calibrated, and scores otherwise.
        layout, sigma, ax : object
            As for `from_map`.

        Returns
        -------
        ScoreMapDisplay
            The display, already drawn; its `plot` draws it again.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        ValueError
            If a parameter is out of range, there is more than one micrograph, or
            probabilities are asked for though the scores are not calibrated.
        TypeError
            If `picker` is not a picker, or a parameter is of a wrong type.
        """
        check_matplotlib(cls)
        extract = extractor_of(picker)
        calibrated = is_calibrated(extract)
        if values is None:
            values = "probability" if calibrated else "score"
        images, *_ = open_micrographs(micrograph)
        if len(images) != 1:
            raise ValueError(
                f"A score map is drawn of 1 micrograph. Got {len(images)}. "
                "PicksDisplay draws several."
            )
        if diameter is None:
            diameter = diameter_of(picker)
        (scores,) = picker[:-1].transform(images)
        (picks,) = extract.predict([scores])
        return cls.from_map(
            seen_map(extract, scores),
            images[0],
            picks,
            diameter=diameter,
            calibrated=calibrated,
            values=values,
            layout=layout,
            sigma=sigma,
            ax=ax,
        )

    def plot(
        self, ax: Any = None, *, values: str = "score", layout: str = "beside"
    ) -> "ScoreMapDisplay":
        """Draw the map. This may be called again.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            The axes to draw on, which the layout "beside" divides; None makes a figure.
        values : {"score", "probability"}, default="score"
            What the colours tell. Probabilities need calibrated scores.
        layout : {"beside", "over"}, default="beside"
            Where the map is: beside the micrograph, or over it.

        Returns
        -------
        ScoreMapDisplay
            The display itself.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        ValueError
            If probabilities are asked for though the scores are not calibrated, or a
            parameter is out of its range.
        """
        check_choice(values, "values", ("score", "probability"))
        check_choice(layout, "layout", LAYOUTS)
        if self.sigma is not None:
            check_number(self.sigma, "sigma")
        if values == "probability" and not self.calibrated:
            raise ValueError(
                "values='probability' needs calibrated scores, the log-odds of a "
                "particle. Those of this map are not; give values='score'."
            )
        self.axes_ = self._axes(ax, layout)
        self.ax_ = self.axes_[-1]
        self.figure_ = self.ax_.figure
        is_over = self.micrograph is not None and layout == "over"
        if self.micrograph is not None:
            sigma = self._sigma(self.micrograph.scale)
            draw_micrograph(self.axes_[0], self.micrograph, sigma)
            self.axes_[0].set_title(self.micrograph.name or "micrograph")
        drawn = self._draw_map(values, is_over)
        word = {"score": "score", "probability": "probability of a particle"}[values]
        if values == "score" and self.calibrated:
            word = "log-odds of a particle"
        bar = {"shrink": 0.8, "aspect": 30, "pad": 0.02, "label": word}
        beside = self.ax_ if ax is None else ax
        self.colorbar_ = self.figure_.colorbar(drawn, ax=beside, **bar)
        for one in self.axes_:
            one.set(xlabel="x / pixels")
            self._draw_picks(one)
        self.axes_[0].set_ylabel("y / pixels")
        return self

    def _axes(self, ax, layout):
        if self.micrograph is None or layout == "over":
            return [make_axes(self, ax, figsize=(8, 7))]
        height, width = self.micrograph.shape
        space = {"ratio": height / width, "beside": 1.2, "panel": 5.0}
        axes = sheet_axes(self, ax, 2, 2, **space)
        axes[1].tick_params(labelleft=False)
        axes[1].set_title("score map")
        return axes

    def _draw_map(self, values, is_over):
        image = np.asarray(self.score_map, dtype=float).copy()
        missing = missing_pixels(self.score_map)
        if missing is not None:
            image[missing] = np.nan
        limits: tuple[float, float] = (0.0, 1.0)
        if values == "probability":
            image = expit(image)
        elif np.isfinite(image).any():
            low, high = np.nanquantile(image, [LEAST, GREATEST])
            limits = (float(low), float(high))
        alpha = None
        if is_over:
            low, high = limits
            share = (image - low) / ((high - low) or 1)
            # Squared, so that the background is left as it is.
            alpha = MOST_OPAQUE * np.nan_to_num(share).clip(0, 1) ** 2
        return self.ax_.imshow(
            image,
            cmap="plasma" if is_over else "viridis",
            vmin=limits[0],
            vmax=limits[1],
            alpha=alpha,
            extent=extent_of(self.score_map),
            interpolation="none",
        )

    def _draw_picks(self, ax):
        if self.picks is None:
            return
        (points,) = check_coordinates([self.picks], 1)
        color = "#58a6ff" if ax is not self.ax_ else "white"
        if self.diameter is None:
            ax.plot(*points.T, "+", ms=6, mew=1, color=color)
        else:
            panel = Panel(self.score_map, {"pick": points}, self.diameter, {})
            draw_circles(ax, panel, line_width=0.9, colors={"pick": color})

    def _sigma(self, scale):
        if self.sigma is not None:
            return self.sigma
        if self.diameter is None:
            return 1.0
        return SMOOTHING * self.diameter / scale
