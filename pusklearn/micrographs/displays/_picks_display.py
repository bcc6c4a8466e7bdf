"""Picks drawn over micrographs."""

from typing import Any

from numpy.typing import ArrayLike, NDArray

from pusklearn.micrographs.displays._contact_sheet import finish_sheet, sheet_axes
from pusklearn.micrographs.displays._opened import open_micrographs, spread_rows
from pusklearn.micrographs.displays._picked import (
    diameter_of,
    extractor_of,
    is_calibrated,
)
from pusklearn.micrographs.displays._picks_panel import (
    Panel,
    color_scale,
    draw_panel,
    legend_lines,
    short_name,
)
from pusklearn.micrographs.displays._sorted_picks import sort_picks
from pusklearn.micrographs.images._check_micrographs import check_micrographs
from pusklearn.micrographs.images._lengths import original_pixels, parse_length
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.pu._checks import check_choice, check_integer, check_number
from pusklearn.pu.displays._display_tools import check_matplotlib, make_axes

COLORED_BY = ("kind", "score", "probability")
# The longer side of a micrograph has so many pixels in a contact sheet, at least.
LONGEST = 400


class PicksDisplay:
    """Micrographs with the picks on them, coloured by whether they hit.

    `from_predictions` draws given picks on one micrograph. `from_picker` lets a picker
    pick, and draws one micrograph or a contact sheet of several. The parameters here
    say what is drawn.

    Parameters
    ----------
    micrograph : Micrograph or list of Micrograph
        The image under the circles. A list makes a contact sheet.
    points : dict of str to ndarray of shape (k, 2), or list of such
        The centres of the circles, ``x, y`` in pixels of the original, by their kind:
        "hit", "false" and "missed", or only "pick".
    diameter : float or list of float
        Diameter of the circles, in pixels of the original.
    scores : dict of str to ndarray of shape (k,), list of such, or None, default=None
        The scores of the circles by their kind, if they shall colour them.
    color_by : {"kind", "score", "probability"}, default="kind"
        What the colour of a circle tells; "probability" takes scores as log-odds.
    sigma : float or None, default=1.0
        Standard deviation of the Gaussian that smooths the drawn image, in pixels of
        the image, at least 0. None takes a fourteenth of the diameter.
    title : str or None, default=None
        The title; None takes the name of the micrograph.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes with the drawing; the first ones of a contact sheet.
    axes_ : list of matplotlib Axes
        The axes of every micrograph.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    See Also
    --------
    ParticleMontage : Shows the picks alone, the best and those around the threshold.
    ScoreMapDisplay : Shows the map that the picks come from.

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
        self,
        micrograph: Micrograph | list[Micrograph],
        points: dict[str, NDArray] | list[dict[str, NDArray]],
        diameter: float | list[float],
        *,
        scores: dict[str, NDArray] | list[dict[str, NDArray]] | None = None,
        color_by: str = "kind",
        sigma: float | None = 1.0,
        title: str | None = None,
    ) -> None:
        self.micrograph = micrograph
        self.points = points
        self.diameter = diameter
        self.scores = scores
        self.color_by = color_by
        self.sigma = sigma
        self.title = title

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
        color_by: str = "kind",
        ax: Any = None,
    ) -> "PicksDisplay":
        """Match picks with true particles, and draw them.

        Parameters
        ----------
        micrograph : array-like of shape (height, width)
            The micrograph.
        picks : array-like of shape (k, >=2)
            The picks, ``x, y`` in pixels of the original, and their scores if these
            shall colour them.
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
        color_by : {"kind", "score", "probability"}, default="kind"
            What the colour of a circle tells: whether the pick hits, its score, or the
            probability of a score that is the log-odds of a particle.
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
            pixel size, a coordinate is not finite, or scores shall colour picks that
            have none.
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
        diameter = 2 * radius if diameter is None else diameter
        check_choice(color_by, "color_by", COLORED_BY)
        points, scores = sort_picks(picks, true, radius)
        if color_by != "kind" and not scores:
            raise ValueError(
                f"color_by={color_by!r} needs picks with three columns, x, y and score."
            )
        display = cls(
            image, points, diameter, scores=scores, color_by=color_by, sigma=sigma
        )
        return display.plot(ax)

    @classmethod
    def from_picker(
        cls,
        picker: Any,
        micrographs: Any,
        coordinates: Any = None,
        *,
        color_by: str | None = None,
        max_micrographs: int = 12,
        n_columns: int = 4,
        diameter: float | str | None = None,
        sigma: float | None = None,
        ax: Any = None,
    ) -> "PicksDisplay":
        """Let a picker pick, and draw its picks on one micrograph or on several.

        Parameters
        ----------
        picker : Pipeline
            A fitted picker, as `make_picker` and `general_picker` make them.
        micrographs : array-like of shape (height, width), sequence of such, or path
            One micrograph; or several, which make a contact sheet; or what
            `pusklearn.io.read_micrographs` reads, such as a folder.
        coordinates : array-like, sequence of such, DataFrame or None, default=None
            All true particles ``x, y`` of the micrograph, or of each micrograph, or a
            table that `pusklearn.io.coordinates_for` splits. Picks within the match
            radius of the picker are hits. None draws only the picks.
        color_by : {"kind", "score", "probability"} or None, default=None
            What the colour of a circle tells. None tells the probability if there are
            no `coordinates` and the scores of the picker are calibrated, and the kind
            otherwise.
        max_micrographs : int, default=12
            The greatest number of micrographs. Of more, so many are picked and drawn at
            equal distances from the first to the last, and the title says so.
        n_columns : int, default=4
            Number of micrographs in a row of the contact sheet.
        diameter : float, str or None, default=None
            Diameter of the circles, > 0: in pixels of the original, or with a unit,
            such as "180A" for angstrom. None takes that of the picker.
        sigma : float or None, default=None
            Standard deviation of the Gaussian that smooths the drawn images, in pixels
            of the image, at least 0. None takes a fourteenth of the diameter.
        ax : matplotlib Axes or None, default=None
            The axes to draw on, which a contact sheet divides; None makes a figure.

        Returns
        -------
        PicksDisplay
            The display, already drawn; its `plot` draws it again.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        ValueError
            If a parameter is out of range, the coordinates do not fit the micrographs,
            or probabilities are asked for and the scores are no log-odds.
        TypeError
            If `picker` is not a picker, or a parameter is of a wrong type.
        """
        check_matplotlib(cls)
        extract = extractor_of(picker)
        calibrated = is_calibrated(extract)
        if color_by is None:
            color_by = "probability" if calibrated and coordinates is None else "kind"
        check_choice(color_by, "color_by", COLORED_BY)
        if color_by == "probability" and not calibrated:
            raise ValueError(
                "color_by='probability' needs calibrated scores, and those of this "
                "picker are not: they are no log-odds. Give 'score' or 'kind'."
            )
        check_integer(max_micrographs, "max_micrographs")
        if diameter is None:
            diameter = diameter_of(picker)
        parse_length(diameter, "diameter", "(0, inf)")
        images, particles, is_single = open_micrographs(micrographs, coordinates)
        rows = spread_rows(len(images), max_micrographs)
        chosen = [images[row] for row in rows]
        radius = extract.match_radius
        radius = extract.radius if radius is None else radius
        diameters, points, scores = [], [], []
        all_picks = picker.predict(chosen)
        for row, image, picks in zip(rows, chosen, all_picks, strict=True):
            true = None if particles is None else particles[row]
            length = original_pixels(radius, image, "match_radius", row)
            kinds, their_scores = sort_picks(picks, true, length)
            points.append(kinds)
            scores.append(their_scores)
            diameters.append(original_pixels(diameter, image, "diameter", row))
        settings: dict[str, Any] = {"color_by": color_by, "sigma": sigma}
        if is_single:
            display = cls(
                chosen[0], points[0], diameters[0], scores=scores[0], **settings
            )
        else:
            if len(rows) < len(images):
                settings["title"] = f"{len(rows)} of {len(images)} micrographs"
            display = cls(chosen, points, diameters, scores=scores, **settings)
        return display.plot(ax, n_columns=n_columns)

    def plot(
        self, ax: Any = None, *, sigma: float | None = None, n_columns: int = 4
    ) -> "PicksDisplay":
        """Draw the micrographs and the circles. This may be called again.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            The axes to draw on, which a contact sheet divides; None makes a figure.
        sigma : float or None, default=None
            Standard deviation of the Gaussian that smooths the drawn image, in pixels
            of the image, at least 0. None takes the `sigma` of the display.
        n_columns : int, default=4
            Number of micrographs in a row of a contact sheet.

        Returns
        -------
        PicksDisplay
            The display itself.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        """
        sigma = self.sigma if sigma is None else sigma
        if sigma is not None:
            check_number(sigma, "sigma")
        check_integer(n_columns, "n_columns")
        panels, word = self._panels(), self.color_by
        is_sheet = isinstance(self.micrograph, list)
        scale = None if word == "kind" else color_scale(panels, word)
        if is_sheet:
            height, width = panels[0].micrograph.shape
            space = {"ratio": height / width, "beside": 0.0 if scale is None else 0.9}
            self.axes_ = sheet_axes(self, ax, len(panels), n_columns, **space)
        else:
            self.axes_ = [make_axes(self, ax, figsize=(9, 9))]
        self.ax_ = self.axes_[0]
        self.figure_ = self.ax_.figure
        look: dict[str, Any] = {"line_width": 1.3}
        if is_sheet:
            look = {"line_width": 0.8, "longest": LONGEST}
        for one, panel in zip(self.axes_, panels, strict=True):
            draw_panel(one, panel, sigma=sigma, scale=scale, word=word, **look)
        lines = legend_lines(panels, colored=scale is not None)
        if is_sheet:
            for one, panel in zip(self.axes_, panels, strict=True):
                one.set(xticks=[], yticks=[])
                one.set_title(short_name(panel.micrograph.name), fontsize="small")
            finish_sheet(self.axes_, ax, lines, scale, word, self.title)
        else:
            self._finish(panels[0].micrograph.name, lines, scale)
        return self

    def _panels(self):
        given: list[Any] = [self.micrograph, self.points, self.diameter, self.scores]
        if not isinstance(self.micrograph, list):
            given = [[one] for one in given]
        *required, scores = given
        scores = scores or [None] * len(given[0])
        return [
            Panel(image, points, diameter, some or {})
            for image, points, diameter, some in zip(*required, scores, strict=True)
        ]

    def _finish(self, name, lines, scale):
        """Write the labels of one micrograph, and draw its colour bar."""
        self.ax_.set(
            xlabel="x / pixels",
            ylabel="y / pixels",
            title=name if self.title is None else self.title,
        )
        if scale is not None:
            bar = {"shrink": 0.8, "aspect": 30, "pad": 0.02, "label": self.color_by}
            self.figure_.colorbar(scale, ax=self.ax_, **bar)
        self.ax_.legend(
            handles=lines,
            loc="upper center",
            bbox_to_anchor=(0.5, 0),
            borderaxespad=3.5,  # letters: below the label of the axis at any size
            ncols=len(lines),
            frameon=False,
        )
