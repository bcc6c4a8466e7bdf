"""Precision of picks against their recall, with the threshold that was chosen."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pusklearn.micrographs.displays._comparable_picks import comparable_picks
from pusklearn.micrographs.displays._opened import open_micrographs
from pusklearn.micrographs.displays._picked import extractor_of, peaks_of_maps
from pusklearn.micrographs.metrics._picking_curve import picking_curve
from pusklearn.pu._checks import check_number
from pusklearn.pu.displays._display_tools import check_matplotlib, make_axes


class PickingCurveDisplay:
    """Precision of picks against their recall, with the threshold that was chosen.

    A full circle marks the threshold on the curve. If the picker tells what precision
    and recall it expects there, an empty circle with lines in both directions shows
    these and their intervals.

    `from_picks` and `from_picker` make a display and draw it. The parameters here say
    what is drawn. Several displays may be drawn on the same axes.

    Parameters
    ----------
    precision : array-like of shape (n_thresholds,)
        Share of hits among the picks whose score is at least the threshold.
    recall : array-like of shape (n_thresholds,)
        Share of the particles that these picks find, ascending.
    thresholds : array-like of shape (n_thresholds,)
        The scores, descending.
    threshold : float or None, default=None
        Picks of a greater score are kept; None marks no threshold.
    expected : mapping or None, default=None
        What is expected at the threshold: "precision" and "recall", and their
        intervals, "precision_interval" and "recall_interval", pairs of the lower and
        the upper end, which may be missing. Other entries are left out.
    name : str or None, default=None
        What the legend calls the curve.

    Attributes
    ----------
    average_precision : float
        The area under the curve: the sum of precision times step of recall.
    chosen : tuple of float or None
        The recall and the precision of the picks above `threshold`; None if there is
        no threshold, or no pick above it.
    line_ : matplotlib Line2D
        The curve.
    ax_ : matplotlib Axes
        The axes with the drawing.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    See Also
    --------
    picking_curve : The numbers, and how picks are matched with particles.
    picking_average_precision : The area alone.
    ReliabilityDisplay : Shows whether the probabilities of picks are right.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> from pusklearn.metrics import PickingCurveDisplay
    >>> true = [[[10, 10], [40, 40]]]
    >>> picks = [[[10, 10, 2.0], [80, 80, 1.5], [40, 41, 1.0]]]
    >>> display = PickingCurveDisplay.from_picks(true, picks, radius=5, threshold=1.8)
    >>> round(display.average_precision, 4)
    0.8333
    >>> display.chosen
    (0.5, 1.0)
    """

    def __init__(
        self,
        precision: ArrayLike,
        recall: ArrayLike,
        thresholds: ArrayLike,
        *,
        threshold: float | None = None,
        expected: Mapping[str, Any] | None = None,
        name: str | None = None,
    ) -> None:
        self.precision = precision
        self.recall = recall
        self.thresholds = thresholds
        self.threshold = threshold
        self.expected = expected
        self.name = name

    @property
    def average_precision(self) -> float:
        """The area under the curve."""
        steps = np.diff(np.asarray(self.recall), prepend=0)
        return float(np.sum(np.asarray(self.precision) * steps))

    @property
    def chosen(self) -> tuple[float, float] | None:
        """The recall and the precision of the picks above the threshold."""
        if self.threshold is None:
            return None
        n_above = int(np.sum(np.asarray(self.thresholds) > self.threshold))
        if not n_above:
            return None
        recall, precision = np.asarray(self.recall), np.asarray(self.precision)
        return float(recall[n_above - 1]), float(precision[n_above - 1])

    @classmethod
    def from_picks(
        cls,
        true_list: Sequence[ArrayLike],
        picks_list: Sequence[ArrayLike] | NDArray[np.object_],
        radius: float,
        *,
        threshold: float | None = None,
        expected: Mapping[str, Any] | None = None,
        name: str | None = None,
        ax: Any = None,
    ) -> "PickingCurveDisplay":
        """Match picks with true particles, and draw the curve.

        Parameters
        ----------
        true_list : sequence of array-like of shape (m, >=2)
            All particles ``x, y`` of each micrograph. A pick on a particle that is not
            among them counts as wrong.
        picks_list : sequence of array-like of shape (k, >=3)
            Picks ``x, y, score`` of each micrograph, in the unit of the particles.
            Those below the threshold should be among them.
        radius : float
            A hit has a smaller distance than this, > 0, in the unit of the coordinates.
        threshold : float or None, default=None
            Picks of a greater score are kept; None marks no threshold.
        expected : mapping or None, default=None
            What is expected at the threshold, see `PickingCurveDisplay`.
        name : str or None, default=None
            What the legend calls the curve.
        ax : matplotlib Axes or None, default=None
            The axes to draw on; None makes a figure.

        Returns
        -------
        PickingCurveDisplay
            The display, already drawn; its `plot` draws it again.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        ValueError
            If the lists differ in length, there is no true particle at all, a score or
            the threshold is NaN, or `radius` is not > 0 and finite.
        TypeError
            If `radius` or `threshold` is not a number.
        """
        check_matplotlib(cls)
        if threshold is not None:
            check_number(threshold, "threshold", "[-inf, inf]")
        curve = picking_curve(true_list, picks_list, radius)
        display = cls(*curve, threshold=threshold, expected=expected, name=name)
        return display.plot(ax)

    @classmethod
    def from_picker(
        cls,
        picker: Any,
        micrographs: Any,
        coordinates: Any,
        *,
        expected: Mapping[str, Any] | None = None,
        name: str | None = None,
        ax: Any = None,
    ) -> "PickingCurveDisplay":
        """Let a picker pick, match its peaks with true particles, and draw the curve.

        The curve is that of all peaks, as ``picker.score`` judges them: particles on
        missing pixels are left out, and clicks on the same particle count once. If the
        picker tells what it expects at its threshold, as a calibrated one does, this is
        drawn, too.

        Parameters
        ----------
        picker : Pipeline
            A fitted picker, as `make_picker` and `general_picker` make them.
        micrographs : sequence of array-like of shape (height, width), or path
            Micrographs that the picker was not trained on, or what
            `pusklearn.io.read_micrographs` reads, such as a folder.
        coordinates : sequence of array-like of shape (m, >=2), or DataFrame
            All true particles ``x, y`` of each micrograph, or a table that
            `pusklearn.io.coordinates_for` splits.
        expected : mapping or None, default=None
            What is expected at the threshold, see `PickingCurveDisplay`. None asks the
            picker.
        name : str or None, default=None
            What the legend calls the curve.
        ax : matplotlib Axes or None, default=None
            The axes to draw on; None makes a figure.

        Returns
        -------
        PickingCurveDisplay
            The display, already drawn; its `plot` draws it again.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        ValueError
            If micrographs and coordinates do not fit, or there is no true particle.
        TypeError
            If `picker` is not a picker.
        """
        check_matplotlib(cls)
        extract = extractor_of(picker)
        # Without any coordinates the error says how many are expected.
        known = () if coordinates is None else coordinates
        images, particles, _ = open_micrographs(micrographs, known)
        maps = picker[:-1].transform(images)
        peaks, threshold, calibrated = peaks_of_maps(picker, maps)
        if expected is None and calibrated and threshold > -np.inf:
            expected = extract.expected_quality(threshold, picks=peaks)
        return cls.from_picks(
            *comparable_picks(extract, maps, peaks, particles or []),
            threshold=None if threshold == -np.inf else threshold,
            expected=expected,
            name=name,
            ax=ax,
        )

    def plot(self, ax: Any = None, *, name: str | None = None) -> "PickingCurveDisplay":
        """Draw the curve, also on axes with other curves.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            The axes to draw on; None makes a figure.
        name : str or None, default=None
            What the legend calls the curve; None takes the `name` of the display.

        Returns
        -------
        PickingCurveDisplay
            The display itself.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        """
        name = self.name if name is None else name
        ax = make_axes(self, ax, figsize=(5.5, 5.2))
        label = f"average precision {self.average_precision:.3f}"
        (self.line_,) = ax.plot(
            self.recall, self.precision, label=f"{name}: {label}" if name else label
        )
        color = self.line_.get_color()
        if self.chosen is not None:
            recall, precision = self.chosen
            label = f"threshold {self.threshold:.2f}: precision {precision:.2f}"
            label += f", recall {recall:.2f}"
            ax.plot(recall, precision, "o", color=color, ms=7, label=label, zorder=3)
        # Without any pick, nothing is expected of picks.
        if self.expected is not None and np.isfinite(self.expected["precision"]):
            _draw_expected(ax, self.expected, color)
        ax.set(xlabel="recall", ylabel="precision", xlim=(0, 1.02), ylim=(0, 1.02))
        ax.legend(
            loc="lower center", bbox_to_anchor=(0.5, 1), frameon=False, fontsize="small"
        )
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _draw_expected(ax, expected, color):
    """Draw the precision and the recall that are expected, and their intervals."""
    values: dict[str, float] = {}
    errors: dict[str, NDArray | None] = {}
    told: dict[str, str] = {}
    for word in ("precision", "recall"):
        values[word] = float(expected[word])
        ends = expected.get(f"{word}_interval")
        told[word] = f"{word} {values[word]:.2f}"
        errors[word] = None
        if ends is not None and np.isfinite(ends).all():
            told[word] += f" ({ends[0]:.2f} to {ends[1]:.2f})"
            errors[word] = np.abs(np.reshape(ends, (2, 1)) - values[word])
    ax.errorbar(
        values["recall"],
        values["precision"],
        xerr=errors["recall"],
        yerr=errors["precision"],
        fmt="o",
        ms=7,
        mfc="white",
        color=color,
        elinewidth=1.2,
        label=f"expected: {told['precision']}, {told['recall']}",
    )
