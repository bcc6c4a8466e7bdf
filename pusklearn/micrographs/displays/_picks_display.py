"""Picks drawn over a micrograph."""

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter

from pusklearn.micrographs.images._check_coordinates import check_coordinates
from pusklearn.micrographs.images._check_micrographs import check_micrographs
from pusklearn.micrographs.images._lengths import original_pixels, parse_length
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import missing_pixels
from pusklearn.micrographs.metrics._match_coordinates import match_coordinates
from pusklearn.pu._checks import check_number
from pusklearn.pu.displays._display_tools import check_matplotlib, make_axes

COLORS = {"hit": "#3fb950", "false": "#ff5b4f", "missed": "#ffd33d", "pick": "#58a6ff"}
LINES: dict[str, Literal["-", "--"]] = {
    "hit": "-",
    "false": "-",
    "missed": "--",
    "pick": "-",
}


# Hot pixels beyond so many robust standard deviations would hide all the rest.
MOST_DEVIATIONS = 8


class PicksDisplay:
    """A micrograph with the picks on it, coloured by whether they hit.

    `from_predictions` makes a display and draws it. The parameters here say what is
    drawn.

    Parameters
    ----------
    micrograph : Micrograph
        The image under the circles.
    points : dict of str to ndarray of shape (k, 2)
        The centres of the circles, ``x, y`` in pixels of the original, by their kind:
        "hit", "false" and "missed", or only "pick".
    diameter : float
        Diameter of the circles, in pixels of the original.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes with the drawing.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> from pusklearn.datasets import make_micrographs
    >>> from pusklearn.metrics import PicksDisplay
    >>> [micrograph], [points] = make_micrographs(1, random_state=0)
    >>> display = PicksDisplay.from_predictions(
    ...     micrograph, points + 1, points, radius=9, diameter=24
    ... )
    >>> len(display.points["hit"]) == len(points)
    True
    >>> display.ax_.get_title()
    'simulated_0000'
    """

    def __init__(
        self, micrograph: Micrograph, points: dict[str, NDArray], diameter: float
    ) -> None:
        self.micrograph = micrograph
        self.points = points
        self.diameter = diameter

    @classmethod
    def from_predictions(
        cls,
        micrograph: ArrayLike,
        picks: ArrayLike,
        true: ArrayLike | None = None,
        *,
        radius: float | str = 10.0,
        diameter: float | str | None = None,
        sigma: float = 1.0,
        ax: Any = None,
    ) -> "PicksDisplay":
        """Match picks with true particles, and draw them.

        Parameters
        ----------
        micrograph : array-like of shape (height, width)
            The micrograph.
        picks : array-like of shape (k, >=2)
            The picks, ``x, y`` in pixels of the original.
        true : array-like of shape (m, >=2) or None, default=None
            All true particles; None draws only the picks.
        radius : float or str, default=10.0
            A pick is a hit if its distance from a particle is smaller than this, > 0:
            in pixels of the original, or with a unit, such as "45A" for angstrom.
        diameter : float, str or None, default=None
            Diameter of the circles, > 0, given as `radius`. None takes twice `radius`.
        sigma : float, default=1.0
            Standard deviation of the Gaussian that smooths the drawn image, in pixels
            of the image, at least 0.
        ax : matplotlib Axes or None, default=None
            The axes to draw on; None makes a figure.

        Returns
        -------
        PicksDisplay
            The display, already drawn; its `plot` draws it again.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        ValueError
            If a length is out of range, or in angstrom though the micrograph has no
            pixel size, or a coordinate is not finite.
        TypeError
            If a length is not a number.
        """
        check_matplotlib(cls)
        parse_length(radius, "radius", "(0, inf)")
        if diameter is not None:
            parse_length(diameter, "diameter", "(0, inf)")
        (image,) = check_micrographs([micrograph])
        radius = original_pixels(radius, image, "radius")
        if diameter is not None:
            diameter = original_pixels(diameter, image, "diameter")
        (picked,) = check_coordinates([picks], 1)
        diameter = 2 * radius if diameter is None else diameter
        if true is None:
            return cls(image, {"pick": picked}, diameter).plot(ax, sigma=sigma)
        (particles,) = check_coordinates([true], 1)
        hit, _ = match_coordinates(particles, picked, radius)
        is_hit, _ = match_coordinates(picked[hit], particles, radius)
        points = {
            "hit": picked[hit],
            "false": picked[~hit],
            "missed": particles[~is_hit],
        }
        return cls(image, points, diameter).plot(ax, sigma=sigma)

    def plot(self, ax: Any = None, *, sigma: float = 1.0) -> "PicksDisplay":
        """Draw the micrograph and the circles. This may be called again.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            The axes to draw on; None makes a figure.
        sigma : float, default=1.0
            Standard deviation of the Gaussian that smooths the drawn image, in pixels
            of the image, at least 0.

        Returns
        -------
        PicksDisplay
            The display itself.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        """
        check_number(sigma, "sigma")
        self.ax_ = make_axes(self, ax, figsize=(9, 9))
        self.figure_ = self.ax_.figure
        self._draw_image(sigma)
        for name, points in self.points.items():
            self._draw_circles(name, points)
        self._draw_legend()
        return self

    def _draw_image(self, sigma):
        pixels = np.asarray(self.micrograph, np.float32)
        # Pixels that are missing stay blank, and the others are smoothed without them.
        missing = missing_pixels(self.micrograph)
        is_there = np.full(pixels.shape, True) if missing is None else ~missing
        image = gaussian_filter(_without_outliers(pixels, is_there), sigma)
        low, high = np.percentile(image, [0.5, 99.5])
        image[~is_there] = np.nan
        height, width = image.shape
        # Pixels of the original, whose centres are whole numbers.
        edges = np.array([-0.5, width - 0.5, height - 0.5, -0.5])
        extent = edges * self.micrograph.scale
        self.ax_.imshow(image, cmap="gray", vmin=low, vmax=high, extent=extent)
        self.ax_.set(
            xlabel="x / pixels", ylabel="y / pixels", title=self.micrograph.name
        )

    def _draw_circles(self, name, points):
        from matplotlib.collections import EllipseCollection

        circles = EllipseCollection(
            np.full(len(points), self.diameter),
            np.full(len(points), self.diameter),
            np.zeros(len(points)),
            units="x",
            offsets=points,
            offset_transform=self.ax_.transData,
            facecolors="none",
            edgecolors=COLORS[name],
            linewidths=1.3,
            linestyles=LINES[name],
            label=self._label(name),
        )
        self.ax_.add_collection(circles)

    def _draw_legend(self):
        from matplotlib.lines import Line2D

        lines = [
            Line2D([], [], color=COLORS[name], ls=LINES[name], label=self._label(name))
            for name in self.points
        ]
        self.ax_.legend(
            handles=lines,
            loc="upper center",
            bbox_to_anchor=(0.5, 0),
            borderaxespad=3.5,  # letters: below the label of the axis at any size
            ncols=len(lines),
            frameon=False,
        )

    def _label(self, name):
        return f"{name} ({len(self.points[name])})"


def _without_outliers(pixels, is_there):
    """Fill missing pixels with the median, and clip the others to what is usual."""
    middle = np.median(pixels[is_there])
    spread = 1.4826 * np.median(np.abs(pixels[is_there] - middle))
    filled = np.where(is_there, pixels, middle)
    if spread == 0:
        return filled
    most = MOST_DEVIATIONS * spread
    return np.clip(filled, middle - most, middle + most)
