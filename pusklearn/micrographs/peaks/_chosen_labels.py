"""Whether the labelled particles were chosen, or are a random sample."""

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.peaks._compared_picks import (
    ComparedMap,
    ComparedPicks,
    picks_of_maps,
)
from pusklearn.micrographs.peaks._extracted_peaks import (
    ExtractedPeaks,
    particles_of_maps,
)
from pusklearn.micrographs.peaks._peak_evidence import PeakEvidence
from pusklearn.micrographs.peaks._training_maps import HeldOutMaps
from pusklearn.pu._warn_caller import warn_caller
from pusklearn.pu.displays._label_preferences import (
    LEVEL,
    SHARES,
    Curve,
    both_ends,
    measure_preferences,
)

# Fewer labels can prove nothing.
FEWEST_LABELS = 20
# Picks count as likely particles while at least this share of them should be some.
LEAST_PURITY = 0.8
# The purity may be wrong by the first factor, a number that was given by the second.
PURITY_ERROR = 1.1
COUNT_ERROR = 1.25
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


# The p-values are adjusted for all orders, also those that are left out.
N_ORDERS = len(WORDS)


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


def compare_labels(
    held_out: HeldOutMaps,
    extracted: Sequence[ExtractedPeaks],
    micrographs: Sequence[Micrograph],
    radius: float | str,
    evidence: PeakEvidence,
    number_is_known: bool,
) -> dict[str, Any] | None:
    """Compare labels with all likely particles, and warn if they were plainly chosen.

    Parameters
    ----------
    held_out : HeldOutMaps
        Score maps by classifiers that have not learnt from these micrographs.
    extracted : sequence of ExtractedPeaks
        The peaks of these maps.
    micrographs : sequence of Micrograph
        The normalised micrographs of the training.
    radius : float or str
        As the parameter of a `PeakExtractor`.
    evidence : PeakEvidence
        What the training maps tell; it knows the number of particles.
    number_is_known : bool
        Whether that number was given. An estimate takes the labels for a random sample,
        so that no order of scores can contradict it.

    Returns
    -------
    dict or None
        The parameters of a `LabelsAtRandomDisplay`; None if too few labels can be
        compared.

    Warns
    -----
    UserWarning
        As `warn_of_preferences` does.
    """
    particles = particles_of_maps(held_out.labels, extracted)
    maps = [
        ComparedMap(
            number,
            fold,
            counts,
            one.picks,
            points,
            one.match_radius,
            partial(micrographs.__getitem__, number),
        )
        for number, fold, counts, one, points in zip(
            held_out.numbers,
            held_out.folds,
            held_out.counts,
            extracted,
            particles,
            strict=True,
        )
    ]
    share = held_out.n_micrographs / evidence.n_micrographs
    picks = picks_of_maps(maps, (evidence.n_expected or 0.0) * share, radius)
    found = None if picks is None else find_preferences(picks, number_is_known)
    if found is None:
        return None
    warn_of_preferences(found)
    return found._asdict()


def find_preferences(
    picks: ComparedPicks, number_is_known: bool = True
) -> Preferences | None:
    """Compare the labelled particles with all that seem to be particles.

    In the order of the scores, ``n`` of ``N`` expected particles hold at most the share
    ``n / N`` of random labels. In the order of any other property, the likely particles
    of the same micrographs are compared: of the ``N`` highest peaks, so many that at
    least 80 % should be particles, by the share of the labels that stands among them.

    Parameters
    ----------
    picks : ComparedPicks
        The peaks.
    number_is_known : bool, default=True
        Whether the number of particles is known from elsewhere. If not, the order of
        the scores is left out.

    Returns
    -------
    Preferences or None
        None if fewer than 20 labels can be compared.
    """
    order = np.argsort(-picks.heights, kind="stable")
    found = picks.is_labelled[order]
    ranks, n_expected = np.arange(1, len(order) + 1), len(order)
    purity = np.cumsum(found) / picks.n_labels * n_expected / ranks
    (pure,) = np.nonzero(purity >= LEAST_PURITY)
    likely = order[: pure[-1] + 1] if len(pure) else order[:0]
    likely = likely[picks.is_inside[likely]]
    is_labelled = picks.is_labelled[likely]
    n_compared = int(is_labelled.sum())
    if n_compared < FEWEST_LABELS:
        return None
    frequency = min(picks.n_labels / n_expected, 1)
    properties = {name: values[likely] for name, values in picks.properties.items()}
    shares = both_ends(properties, is_labelled, picks.groups[likely])
    share = min(purity[pure[-1]], 1.0) / PURITY_ERROR
    looks = _measured(shares, n_compared, share, frequency)
    if not number_is_known:
        return looks
    before = {SCORE: ranks[found] / n_expected}
    scores = _measured(before, picks.n_labels, 1 / COUNT_ERROR, frequency)
    return looks._replace(
        curves={**scores.curves, **looks.curves},
        pvalues={**scores.pvalues, **looks.pvalues},
    )


def _measured(shares, n_labels, purity, frequency):
    return Preferences(
        *measure_preferences(shares, n_labels, purity, frequency, CONFIDENCE, N_ORDERS)
    )


def warn_of_preferences(found: Preferences) -> None:
    """Warn if the labels plainly prefer some particles, and say which.

    Warns
    -----
    UserWarning
        If a p-value is at most 0.01.
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
