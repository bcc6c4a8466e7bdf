"""Whether the labelled particles were chosen, or are a random sample."""

from typing import NamedTuple

import numpy as np

from pusklearn.micrographs.peaks._compared_picks import ComparedPicks
from pusklearn.pu._warn_caller import warn_caller
from pusklearn.pu.displays._label_preferences import (
    SHARES,
    Curve,
    both_ends,
    measure_preferences,
)

# Fewer labels can prove nothing.
FEWEST_LABELS = 20
# Picks count as likely particles while at least this share of them should be some.
LEAST_PURITY = 0.8
# The number of particles, and so the purity, may be wrong by this factor.
MOST_ERROR = 1.2
# A warning needs a p-value of at most this.
LEVEL = 0.001
CONFIDENCE = 0.95
SCORE = "high score"
# What the first and the last picks in the order of a property are.
WORDS = {
    SCORE: "with the highest scores",
    "low x": "nearest to the left side of the micrograph",
    "high x": "nearest to the right side of the micrograph",
    "low y": "nearest to the side y = 0 of the micrograph",
    "high y": "nearest to the side opposite to y = 0",
    "low distance from the edges": "nearest to the edges of the micrograph",
    "high distance from the edges": "nearest to the middle of the micrograph",
    "low distance from the next pick": "nearest to other picks",
    "high distance from the next pick": "furthest from other picks",
    "low brightness": "with the lowest grey values",
    "high brightness": "with the highest grey values",
    "low contrast": "with the least contrast",
    "high contrast": "with the greatest contrast",
    "low elongation": "that look roundest",
    "high elongation": "that look most elongated",
}


class Preferences(NamedTuple):
    """What was found, as the parameters of a `LabelsAtRandomDisplay`.

    Attributes
    ----------
    curves : dict of str to pair of ndarray
        Numbers of particles that come first in each order, and their labelled share.
    limit : pair of ndarray
        Numbers of particles, and the share that random labels hardly exceed.
    label_frequency : float
        The share of the particles that is labelled.
    pvalues : dict of str to float
        The p-value of each order, adjusted for their number.
    """

    curves: dict[str, Curve]
    limit: Curve
    label_frequency: float
    pvalues: dict[str, float]


def find_preferences(picks: ComparedPicks) -> Preferences | None:
    """Compare the labelled particles with all that seem to be particles.

    In the order of the scores, ``n`` of ``N`` expected particles hold at most the share
    ``n / N`` of random labels. In the order of any other property, the likely particles
    of the same micrographs are compared: so many of the highest peaks that at least
    80 % should be particles, by the share of the labels that stands among them.

    Returns
    -------
    Preferences or None
        None if fewer than 20 labels can be compared.
    """
    order = np.argsort(-picks.heights, kind="stable")
    labels_above = np.cumsum(picks.is_labelled[order])
    ranks = np.arange(1, len(order) + 1)
    purity = labels_above / picks.n_labels * picks.n_expected / ranks
    (pure,) = np.nonzero(purity >= LEAST_PURITY)
    n_likely = int(pure[-1]) + 1 if len(pure) else 0
    likely = order[:n_likely]
    likely = likely[picks.is_inside[likely]]
    is_labelled = picks.is_labelled[likely]
    n_compared = int(is_labelled.sum())
    if n_compared < FEWEST_LABELS:
        return None
    frequency = min(picks.n_labels / picks.n_expected, 1)
    found = picks.is_labelled[order]
    shares_of_scores = ranks[found] / picks.n_expected
    properties = {name: values[likely] for name, values in picks.properties.items()}
    shares = both_ends(properties, is_labelled, picks.groups[likely])
    return _measured(shares, n_compared, shares_of_scores, picks.n_labels, frequency)


def _measured(shares, n_compared, shares_of_scores, n_labels, frequency):
    """Measure both kinds of orders, which have numbers of labels of their own."""
    n_orders = len(shares) + 1
    looks = measure_preferences(
        shares, n_compared, LEAST_PURITY / MOST_ERROR, frequency, CONFIDENCE, n_orders
    )
    scores = measure_preferences(
        {SCORE: shares_of_scores},
        n_labels,
        1 / MOST_ERROR,
        frequency,
        CONFIDENCE,
        n_orders,
    )
    return Preferences(
        {**scores[0], **looks[0]}, looks[1], frequency, {**scores[3], **looks[3]}
    )


def warn_of_preferences(found: Preferences) -> None:
    """Warn if the labels plainly prefer some particles, and say which.

    Warns
    -----
    UserWarning
        If a p-value is at most 0.001.
    """
    name = min(found.pvalues, key=lambda name: found.pvalues[name])
    if found.pvalues[name] > LEVEL:
        return
    _, labelled = found.curves[name]
    shares_of_labels = labelled * SHARES / found.label_frequency
    best = int(np.argmax(shares_of_labels - SHARES))
    warn_caller(
        "The labels are not a random sample of the particles: "
        f"{shares_of_labels[best]:.0%} of them are among the {SHARES[best]:.0%} of the "
        f"likely particles {WORDS[name]}. {_consequence(name)} "
        "`LabelsAtRandomDisplay.from_picker(picker)` shows more. If only these are to "
        'be picked, silence this with `warnings.filterwarnings("ignore", '
        'message="The labels are not a random")`.'
    )


def _consequence(name):
    if name == SCORE:
        return (
            "Either fainter particles were left out, or there are fewer particles than "
            "`particles_per_micrograph` says. If they were left out, they are missed "
            "more often than the labels tell, so that recall is less than promised, "
            "and the expected precision does not hold. Label faint particles too, or "
            "give the right number."
        )
    return (
        "If the others look different, they are missed more often than the labels "
        "tell: an estimated number of particles is too low, recall is less than "
        "promised, and the expected precision does not hold. Label particles of every "
        "kind, all over the micrographs."
    )
