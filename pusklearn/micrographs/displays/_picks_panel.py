"""One micrograph with its picks, as it is drawn."""

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from pusklearn.micrographs.displays._grey_levels import (
    SMOOTHING,
    grey_limits,
    smoothed_pixels,
)
from pusklearn.micrographs.images._micrograph import Micrograph

# Bluish green, vermilion and yellow differ for nearly all eyes; lines help the others.
COLORS = {"hit": "#19cf9f", "false": "#ff6a2b", "missed": "#ffe14d", "pick": "#58a6ff"}
LINES: dict[str, Literal["-", "--", "-."]] = {
    "hit": "-",
    "false": "-.",
    "missed": "--",
    "pick": "-",
}
# The part of the colour map that is seen on grey.
COLOR_MAP, VISIBLE = "plasma", (0.3, 1.0)


class Panel(NamedTuple):
    """One micrograph and the circles on it.

    Attributes
    ----------
    micrograph : Micrograph
        The micrograph.
    points : dict of str to ndarray of shape (k, 2)
        The centres of the circles, ``x, y`` in pixels of the original, by their kind.
    diameter : float
        Diameter of the circles, in pixels of the original.
    scores : dict of str to ndarray of shape (k,)
        The scores of the circles, by their kind; kinds without scores are left out.
    """

    micrograph: Micrograph
    points: dict[str, NDArray]
    diameter: float
    scores: dict[str, NDArray]


def draw_panel(
    ax: Any,
    panel: Panel,
    *,
    line_width: float,
    sigma: float | None = None,
    longest: int | None = None,
    scale: Any = None,
    word: str = "score",
) -> None:
    """Draw the micrograph and the circles of a panel.

    Parameters
    ----------
    ax : matplotlib Axes
        The axes to draw on.
    panel : Panel
        The panel.
    line_width : float
        Width of the circles' lines, in points.
    sigma : float or None, default=None
        As for `draw_micrograph`; None takes a fourteenth of the diameter.
    longest : int or None, default=None
        As for `draw_micrograph`.
    scale, word : object
        As for `draw_circles`.
    """
    micrograph = panel.micrograph
    if sigma is None:
        sigma = SMOOTHING * panel.diameter / micrograph.scale
    draw_micrograph(ax, micrograph, sigma, longest)
    draw_circles(ax, panel, line_width=line_width, scale=scale, word=word)


def draw_micrograph(
    ax: Any, micrograph: Micrograph, sigma: float, longest: int | None = None
) -> None:
    """Draw a micrograph in pixels of the original, whose centres are whole numbers.

    Parameters
    ----------
    ax : matplotlib Axes
        The axes to draw on.
    micrograph : Micrograph
        The micrograph. Missing pixels stay blank.
    sigma : float
        Standard deviation of the Gaussian that smooths it, in pixels of the micrograph.
    longest : int or None, default=None
        The longer side of the picture has this number of pixels at least, and less than
        twice as many, if the micrograph has more; None draws every pixel.
    """
    image = smoothed_pixels(micrograph, sigma)
    step = 1 if longest is None else max(max(image.shape) // longest, 1)
    low, high = grey_limits(image)
    # The middle one of so many pixels stands for all of them.
    drawn = image[step // 2 :: step, step // 2 :: step]
    ax.imshow(drawn, cmap="gray", vmin=low, vmax=high, extent=extent_of(micrograph))


def extent_of(micrograph: Micrograph) -> NDArray[np.float64]:
    """Return the left, right, lower and upper edge, in pixels of the original."""
    height, width = micrograph.shape
    edges = np.array([-0.5, width - 0.5, height - 0.5, -0.5])
    return edges * micrograph.scale


def draw_circles(
    ax: Any,
    panel: Panel,
    *,
    line_width: float,
    scale: Any = None,
    word: str = "score",
    colors: dict[str, str] = COLORS,
) -> None:
    """Draw the circles of a panel.

    Parameters
    ----------
    ax : matplotlib Axes
        The axes to draw on.
    panel : Panel
        The panel.
    line_width : float
        Width of the lines, in points.
    scale : matplotlib ScalarMappable or None, default=None
        The colours of the scores; None colours circles by their kind.
    word : {"score", "probability"}, default="score"
        What the colours of the scores tell.
    colors : dict of str to color
        The colour of each kind.
    """
    from matplotlib.collections import EllipseCollection

    for name, points in panel.points.items():
        color = colors[name]
        if scale is not None and name in panel.scores:
            color = scale.to_rgba(in_word(panel.scores[name], word))
        ax.add_collection(
            EllipseCollection(
                np.full(len(points), panel.diameter),
                np.full(len(points), panel.diameter),
                np.zeros(len(points)),
                units="x",
                offsets=points,
                offset_transform=ax.transData,
                facecolors="none",
                edgecolors=color,
                linewidths=line_width,
                linestyles=LINES[name],
                label=name,
            )
        )


def in_word(scores: NDArray, word: str) -> NDArray:
    """Return probabilities in the place of log-odds if the word is "probability"."""
    return expit(scores) if word == "probability" else scores


def color_scale(panels: list[Panel], word: str) -> Any:
    """Return the colours of the scores of all panels together."""
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, Normalize

    colors = ListedColormap(colormaps[COLOR_MAP](np.linspace(*VISIBLE, 256)))
    limits = (0.0, 1.0)
    if word != "probability":
        known = [scores for panel in panels for scores in panel.scores.values()]
        limits = grey_limits(np.concatenate([[], *known]))
    return ScalarMappable(Normalize(*limits), colors)


def legend_lines(panels: list[Panel], *, colored: bool) -> list[Any]:
    """Return a line of the legend for each kind, with its number in all panels."""
    from matplotlib.lines import Line2D

    kinds = list(dict.fromkeys(name for panel in panels for name in panel.points))
    lines = []
    for name in kinds:
        n_points = sum(len(panel.points.get(name, ())) for panel in panels)
        has_scores = colored and any(name in panel.scores for panel in panels)
        lines.append(
            Line2D(
                [],
                [],
                color="0.5" if has_scores else COLORS[name],
                ls=LINES[name],
                label=f"{name} ({n_points})",
            )
        )
    return lines


def short_name(name: str | None, longest: int = 28) -> str:
    """Return a name without its middle if it is long.

    Examples
    --------
    >>> from pusklearn.micrographs.displays._picks_panel import short_name
    >>> short_name("14sep05c_00024sq_00003hl_00002es", 15)
    '14sep0...0002es'
    """
    name = name or ""
    if len(name) <= longest:
        return name
    end = (longest - 3) // 2
    return f"{name[: longest - 3 - end]}...{name[len(name) - end :]}"
