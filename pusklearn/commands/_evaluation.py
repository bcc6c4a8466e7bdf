"""How good picks are: what the subcommand ``evaluate`` computes."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pusklearn.commands._expected_quality import n_right
from pusklearn.metrics import match_coordinates, picking_curve
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._match_names import Named, match_names
from pusklearn.micrographs.io._name_mismatch import describe_no_match
from pusklearn.micrographs.io._names import listed_name
from pusklearn.micrographs.io._rows_by_name import rows_by_name

# The recall at which the precision is told, too.
HIGH_RECALL = 0.9


class Judged(NamedTuple):
    """Particles and picks of the micrographs that picks are judged on.

    Attributes
    ----------
    names : list of str
        The micrographs.
    particles : list of ndarray of shape (m, 2)
        Columns ``x, y``.
    picks : list of ndarray of shape (k, 3)
        Columns ``x, y, score``; a score that is not known is NaN.
    left_out : dict of str to int
        The number of picks on each micrograph that is not judged.
    """

    names: list[str]
    particles: list[NDArray[np.float64]]
    picks: list[NDArray[np.float64]]
    left_out: dict[str, int]


def judge_on(
    picks: pd.DataFrame,
    truth: pd.DataFrame,
    micrographs: Sequence[Micrograph] | None = None,
) -> Judged:
    """Give each micrograph its particles and its picks.

    Parameters
    ----------
    picks : DataFrame
        Columns ``micrograph``, ``x``, ``y`` and perhaps ``score`` and ``uid``.
    truth : DataFrame
        All particles: the same columns.
    micrographs : sequence of Micrograph or None, default=None
        The micrographs to judge on, which may have no particle. None means those that
        `truth` names.

    Returns
    -------
    Judged

    Raises
    ------
    ValueError
        If there is no particle, or there are picks, or particles of given micrographs,
        and none of them is on any of the micrographs.
    """
    if micrographs is None:
        rows = rows_by_name(truth)
        named = list(rows)
        centres = _columns(truth)
        particles = [centres[group] for group in rows.values()]
    else:
        named = [
            Named(listed_name(micrograph, row), micrograph.uid)
            for row, micrograph in enumerate(micrographs)
        ]
        particles, _ = _share_out(truth, named)
    if not any(map(len, particles)):
        raise ValueError("TRUTH must hold at least 1 particle. Got 0.")
    points, left_out = _share_out(picks, named)
    return Judged(
        [name.name for name in named], [p[:, :2] for p in particles], points, left_out
    )


def _share_out(table, named):
    """Return the rows of each micrograph, and how many have none, by their name."""
    rows = rows_by_name(table)
    matches = match_names(rows, named)
    if rows and not matches:
        raise ValueError(
            describe_no_match([n.name for n in named], [n.name for n in rows])
        )
    values = _columns(table)
    points = [values[rows[matches[name]] if name in matches else []] for name in named]
    taken = set(matches.values())
    left_out: Counter[str] = Counter()
    for name, group in rows.items():
        if name not in taken:
            left_out[name.name] += len(group)
    return points, dict(left_out)


def _columns(table):
    """Return the columns x, y and score; a score that is not known is NaN."""
    return table.reindex(columns=["x", "y", "score"]).to_numpy(dtype=float)


class Evaluation(NamedTuple):
    """How good picks are.

    Attributes
    ----------
    micrographs : DataFrame
        One row per micrograph: ``micrograph``, ``particles``, ``picks`` and ``hits``.
    average_precision : float or None
        None if a pick has no score.
    precision, recall : float or None, and float
        Of all picks. The precision is None if there is no pick.
    precision_at_high_recall : float or None
        The best precision at a recall of `HIGH_RECALL` or more. None if no threshold
        reaches it, or a pick has no score.
    expected_precision : float or None, default=None
        The mean probability of all picks. None if their scores are no log-odds, or
        there is no pick.
    """

    micrographs: pd.DataFrame
    average_precision: float | None
    precision: float | None
    recall: float
    precision_at_high_recall: float | None
    expected_precision: float | None = None

    def total(self, column: str) -> int:
        """Return the sum of a column of `micrographs`."""
        return int(self.micrographs[column].sum())

    def to_dict(self) -> dict[str, Any]:
        """Return all numbers, for JSON."""
        return {
            "micrographs": len(self.micrographs),
            "particles": self.total("particles"),
            "picks": self.total("picks"),
            "hits": self.total("hits"),
            "precision": self.precision,
            "expected_precision": self.expected_precision,
            "recall": self.recall,
            "average_precision": self.average_precision,
            "precision_at_90_recall": self.precision_at_high_recall,
            "per_micrograph": self.micrographs.to_dict("records"),
        }


def evaluate_picks(
    judged: Judged,
    radius: float,
    pixel_sizes: Sequence[float] | None = None,
    *,
    are_log_odds: bool = False,
) -> Evaluation:
    """Judge picks by the true particles.

    Parameters
    ----------
    judged : Judged
        The particles and picks, in pixels.
    radius : float
        A pick hits a particle that is closer than this: in angstrom if there are pixel
        sizes, else in pixels.
    pixel_sizes : sequence of float or None, default=None
        Angstrom per pixel of each micrograph.
    are_log_odds : bool, default=False
        Whether the scores are log-odds that a pick is a particle.

    Returns
    -------
    Evaluation
    """
    if pixel_sizes is not None:
        # Lengths are in pixels of the first micrograph, so that equal pixel sizes
        # leave the coordinates as they are.
        factors = np.asarray(pixel_sizes) / pixel_sizes[0]
        radius = radius / pixel_sizes[0]
        judged = judged._replace(
            particles=[p * f for p, f in zip(judged.particles, factors, strict=True)],
            picks=[p * [f, f, 1] for p, f in zip(judged.picks, factors, strict=True)],
        )
    hits = [
        int(match_coordinates(particles, picks[:, :2], radius)[0].sum())
        for particles, picks in zip(judged.particles, judged.picks, strict=True)
    ]
    table = pd.DataFrame(
        {
            "micrograph": judged.names,
            "particles": list(map(len, judged.particles)),
            "picks": list(map(len, judged.picks)),
            "hits": hits,
        }
    )
    n_picks, n_particles = int(table["picks"].sum()), int(table["particles"].sum())
    average_precision = high = expected = None
    if not any(np.isnan(picks[:, 2]).any() for picks in judged.picks):
        precision, recall, _ = picking_curve(judged.particles, judged.picks, radius)
        average_precision = float(np.sum(precision * np.diff(recall, prepend=0)))
        reached = precision[recall >= HIGH_RECALL]
        high = float(reached.max()) if len(reached) else None
        if are_log_odds and n_picks:
            expected = sum(map(n_right, judged.picks)) / n_picks
    return Evaluation(
        table,
        average_precision,
        sum(hits) / n_picks if n_picks else None,
        sum(hits) / n_particles,
        high,
        expected,
    )
