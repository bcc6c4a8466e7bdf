"""Picks drawn over a micrograph."""

import numpy as np
from scipy.ndimage import gaussian_filter

from pusklearn.micrographs.images._check_coordinates import check_coordinates
from pusklearn.micrographs.images._check_micrographs import check_micrographs
from pusklearn.micrographs.metrics._match_coordinates import match_coordinates
from pusklearn.pu.displays._display_tools import check_matplotlib, make_axes

COLORS = {"hit": "#3fb950", "false": "#ff5b4f", "missed": "#ffd33d", "pick": "#58a6ff"}
LINES = {"hit": "-", "false": "-", "missed": "--", "pick": "-"}


class PicksDisplay:
    """A micrograph with the picks on it, coloured by whether they hit.

    `from_predictions` makes one and draws it; the parameters here are what is drawn.

    Parameters
    ----------
    micrograph : Micrograph
        The image below.
    points : dict of str to ndarray of shape (k, 2)
        What to draw, ``x, y`` in pixels of the original: "hit", "false" and "missed",
        or only "pick".
    diameter : float
        Of the circles, in pixels of the original.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
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

    def __init__(self, micrograph, points, diameter):
        self.micrograph = micrograph
        self.points = points
        self.diameter = diameter

    @classmethod
    def from_predictions(
        cls,
        micrograph,
        picks,
        true=None,
        *,
        radius=10.0,
        diameter=None,
        ax=None,
        sigma=1.0,
    ):
        """Match picks with true particles, and draw them.

        Parameters
        ----------
        micrograph : array-like of shape (height, width)
            The micrograph.
        picks : array-like of shape (k, >=2)
            ``x, y`` in pixels of the original.
        true : array-like of shape (m, >=2) or None, default=None
            All true particles; None draws the picks alone.
        radius : float, default=10.0
            A pick hits at a smaller distance, in pixels of the original.
        diameter : float or None, default=None
            Of the circles, in pixels of the original; None is twice `radius`.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a figure.
        sigma : float, default=1.0
            Standard deviation of the Gaussian that the image is smoothed with for
            the eye, in pixels of the image.

        Returns
        -------
        PicksDisplay
            Drawn; its `plot` draws it again.

        Raises
        ------
        ImportError
            Where matplotlib is missing.
        """
        check_matplotlib(cls)
        (micrograph,) = check_micrographs([micrograph])
        (picks,) = check_coordinates([picks], 1)
        diameter = 2 * radius if diameter is None else diameter
        if true is None:
            display = cls(micrograph, {"pick": picks}, diameter)
            return display.plot(ax, sigma=sigma)
        (true,) = check_coordinates([true], 1)
        hit, _ = match_coordinates(true, picks, radius)
        found, _ = match_coordinates(picks[hit], true, radius)
        points = {"hit": picks[hit], "false": picks[~hit], "missed": true[~found]}
        return cls(micrograph, points, diameter).plot(ax, sigma=sigma)

    def plot(self, ax=None, *, sigma=1.0):
        """Draw, also a second time.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a figure.
        sigma : float, default=1.0
            Standard deviation of the Gaussian that the image is smoothed with for
            the eye, in pixels of the image.

        Returns
        -------
        PicksDisplay
            Itself.
        """
        ax = make_axes(self, ax, figsize=(9, 9))
        from matplotlib import pyplot as plt
        from matplotlib.collections import EllipseCollection

        scale = self.micrograph.scale
        image = gaussian_filter(np.asarray(self.micrograph, np.float32), sigma)
        low, high = np.percentile(image, [0.5, 99.5])
        height, width = image.shape
        extent = np.array([-0.5, width - 0.5, height - 0.5, -0.5]) * scale
        ax.imshow(image, cmap="gray", vmin=low, vmax=high, extent=extent)
        for name, points in self.points.items():
            circles = EllipseCollection(
                np.full(len(points), self.diameter),
                np.full(len(points), self.diameter),
                np.zeros(len(points)),
                units="x",
                offsets=points,
                offset_transform=ax.transData,
                facecolors="none",
                edgecolors=COLORS[name],
                linewidths=1.3,
                linestyles=LINES[name],
                label=f"{name} ({len(points)})",
            )
            ax.add_collection(circles)
        ax.set(xlabel="x / pixels", ylabel="y / pixels", title=self.micrograph.name)
        ax.legend(
            handles=[
                plt.Line2D(
                    [],
                    [],
                    color=COLORS[name],
                    linestyle=LINES[name],
                    label=f"{name} ({len(points)})",
                )
                for name, points in self.points.items()
            ],
            loc="upper center",
            bbox_to_anchor=(0.5, -0.07),
            ncols=len(self.points),
            frameon=False,
        )
        self.ax_, self.figure_ = ax, ax.figure
        return self
