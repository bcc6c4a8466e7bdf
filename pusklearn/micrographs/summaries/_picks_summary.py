"""A short summary of picks."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from pusklearn.micrographs.summaries._html_parts import (
    histogram,
    panel,
    paragraph,
    side_by_side,
    table,
)

# Micrographs that the table names.
N_SHOWN = 8
# If most picks are less probable than this, their bar would hide the others.
LEAST_PROBABILITY = 0.05


def picks_summary(
    picks: Sequence[NDArray], names: Sequence[str | None], is_calibrated: bool
) -> str:
    """Return HTML that says how many picks there are, and how good they should be.

    Parameters
    ----------
    picks : sequence of ndarray of shape (k, 3)
        ``x, y, score`` of the picks of each micrograph.
    names : sequence of str or None
        The name of each micrograph; None stands for one without a name.
    is_calibrated : bool
        Whether the scores are the log-odds that a pick is a particle.
    """
    counts = [len(one) for one in picks]
    scores = np.concatenate([np.empty(0), *(one[:, 2] for one in picks)])
    columns = ["micrograph", "picks"]
    cells = [
        [f"number {number}" if name is None else name, f"{count:,}"]
        for number, (name, count) in enumerate(zip(names, counts, strict=True))
    ]
    if is_calibrated:
        columns.append("particles among them")
        for row, one in zip(cells, picks, strict=True):
            row.append(f"{expit(one[:, 2]).sum():,.0f}")
    n_more = len(cells) - N_SHOWN
    return panel(
        _headline(counts),
        _quality(scores, is_calibrated),
        side_by_side(
            table(columns, cells[:N_SHOWN], f"and {n_more:,} more" * (n_more > 0)),
            _picture(scores, is_calibrated),
        ),
    )


def _headline(counts):
    text = f"{_counted(sum(counts), 'pick')} on {_counted(len(counts), 'micrograph')}"
    if len(counts) > 1:
        text += (
            f", {min(counts):,} to {max(counts):,} on each (median "
            f"{np.median(counts):,.0f})"
        )
    return text


def _counted(number, noun):
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _quality(scores, is_calibrated):
    if not is_calibrated:
        return paragraph(
            "The scores rank the picks; it is not known how likely each pick is a "
            "particle."
        )
    if not len(scores):
        return ""
    probabilities = expit(scores)
    return paragraph(
        f"About {probabilities.sum():,.0f} of them are particles: the expected "
        f"precision is {probabilities.mean():.2f}."
    )


def _picture(scores, is_calibrated):
    if not is_calibrated:
        return histogram(scores, "score")
    probabilities = expit(scores)
    is_drawn = probabilities >= LEAST_PROBABILITY
    if 2 * is_drawn.sum() >= len(scores):
        # Nothing hides the other bars.
        return histogram(probabilities, "probability of a particle", (0, 1))
    return histogram(
        probabilities[is_drawn], "probability of a particle", (0, 1)
    ) + paragraph(
        f"Not drawn: {np.sum(~is_drawn):,} picks of a probability below "
        f"{LEAST_PROBABILITY}."
    )
