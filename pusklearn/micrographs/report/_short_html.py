"""A short version of the report, for notebooks."""

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pusklearn.micrographs.report._describe_picker import PickerDescription
from pusklearn.micrographs.report._expected_numbers import Cut, ScoreTable
from pusklearn.micrographs.report._micrograph_view import ReportRow, view_micrograph
from pusklearn.micrographs.report._page_data import text_of
from pusklearn.micrographs.report._page_words import probability_text
from pusklearn.micrographs.report._report_content import are_all_peaks
from pusklearn.micrographs.report._score_histogram import (
    histogram_svg,
    score_histogram,
)
from pusklearn.micrographs.summaries._html_parts import panel, side_by_side, table


def short_html(
    peaks: Sequence[NDArray], about: PickerDescription, micrograph: ArrayLike
) -> str:
    """Return the numbers of picks, their histogram and one micrograph.

    Parameters
    ----------
    peaks : sequence of ndarray of shape (k, 3)
        All peaks of each micrograph, by descending score.
    about : PickerDescription
        The picker.
    micrograph : array-like of shape (height, width)
        The first micrograph.

    Returns
    -------
    str
        HTML without a script.
    """
    scores = ScoreTable(peaks, about, are_all_peaks(peaks, about.threshold))
    start = scores.cuts()[0]
    histogram = score_histogram(scores.scores, about.calibrated, 48)
    numbers = table(["", ""], numbers_in_words(scores, start).items())
    pictures = [picks_svg(micrograph, peaks[0], about.diameter, start.score)]
    if about.scored:
        pictures.insert(0, histogram_svg(histogram, start.score, width="22em"))
    return panel("Report of picks", side_by_side(numbers, *pictures))


def numbers_in_words(scores: ScoreTable, start: Cut) -> dict[str, str]:
    """Return what a threshold gives, in words by their names."""
    about = scores.about
    said = {"micrographs": f"{len(scores.peaks):,}", "picks": f"{start.n_picks:,}"}
    if not about.scored:
        return said
    if not about.calibrated:
        said["cut"] = "none" if start.score == -np.inf else f"score {start.score:.4g}"
        said["probabilities"] = "none: the picker is not calibrated"
        return said
    said["cut"] = f"probability {probability_text(start.score)}"
    if scores.n_particles is not None:
        said["particles expected"] = f"{scores.n_particles:,.0f}"
    for name, share in (("precision", start.precision), ("recall", start.recall)):
        if share is not None:
            said[f"{name} expected"] = f"{share:.0%}"
    return said


def picks_svg(
    micrograph: ArrayLike, peaks: ArrayLike, diameter: float | str, cut: float = -np.inf
) -> str:
    """Draw a small micrograph and the picks above a threshold on it.

    Parameters
    ----------
    micrograph : array-like of shape (height, width)
        The micrograph.
    peaks : array-like of shape (k, 3)
        ``x, y, score`` in pixels of the original.
    diameter : float or str
        The diameter of a particle, in pixels of the original or with its unit.
    cut : float, default=-inf
        Peaks of greater scores are drawn.

    Returns
    -------
    str
        An element ``svg``.
    """
    view, png, _ = view_micrograph(ReportRow(micrograph, peaks), diameter, 0)
    points = view.peaks[view.peaks[:, 2] > cut, :2] + view.scale / 2
    width, height = (edge * view.large_factor * view.scale for edge in view.large_size)
    radius = view.diameter / 2
    circles = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>' for x, y in points
    )
    return (
        f'<svg viewBox="0 0 {width:.1f} {height:.1f}" style="width:22em" role="img" '
        f'aria-label="{escape(view.name)} with {len(points)} picks">'
        f'<image width="{width:.1f}" height="{height:.1f}" '
        f'href="data:image/png;base64,{text_of(png)}"/>'
        f'<g fill="none" stroke="#4aa3ff" stroke-width="{width / 300:.2f}">'
        f"{circles}</g></svg>"
    )
