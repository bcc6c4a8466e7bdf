"""How odd a micrograph is among the others, and why."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from pusklearn.micrographs.report._pick_looks import middle_and_spread

# Fewer micrographs do not tell what is usual.
LEAST_MICROGRAPHS = 5
# What is less odd than so many robust deviations is not said.
REMARKABLE = 3.0
# A difference below this is never odd, however alike all other micrographs are: as a
# share of what is usual, or as a number.
LEAST_SHARE = {"brightness": 0.02, "contrast": 0.05, "unevenness": 0.1, "n_picks": 0.1}
LEAST_NUMBER = {
    "mean_probability": 0.02,
    "mean_score": 0.1,
    "uncertain": 0.02,
    "suspected": 0.02,
    "missing": 0.02,
}
# What is said of a micrograph that has less of something than the others, and more.
# Nothing is said of less of what nobody wants.
WORDS = {
    "n_picks": ("few picks", "many picks"),
    "mean_probability": ("low probabilities", "high probabilities"),
    "mean_score": ("low scores", "high scores"),
    "uncertain": ("", "many uncertain picks"),
    "suspected": ("", "many picks that look unlike the others"),
    "brightness": ("dark (thick ice or carbon?)", "bright"),
    "contrast": ("low contrast", "high contrast"),
    "unevenness": ("", "uneven (carbon edge, gradient or large ice?)"),
    "missing": ("", "many missing pixels"),
}
SHARES = ("mean_probability", "uncertain", "suspected", "missing")


class Oddness(NamedTuple):
    """How odd a micrograph is.

    Attributes
    ----------
    value : float
        The greatest of the robust deviations from what is usual.
    reasons : list of str
        What is remarkable, the oddest first.
    """

    value: float
    reasons: list[str]


def find_oddness(rows: Sequence[Mapping[str, float]]) -> list[Oddness]:
    """Return how odd each micrograph is among all.

    The deviation of a number is its distance from the median of all micrographs, in
    units of their robust standard deviation. A count deviates by chance, so that its
    unit is at least the square root of the median.

    Parameters
    ----------
    rows : sequence of dict of str to float
        The numbers of each micrograph, by the names in `WORDS`; NaN if a number is not
        known.

    Returns
    -------
    list of Oddness
        One for each micrograph. Fewer than 5 cannot be compared: all have oddness 0.
    """
    deviations: list[dict[str, tuple[float, str]]] = [{} for _ in rows]
    names = list(rows[0]) if len(rows) >= LEAST_MICROGRAPHS else []
    for name in names:
        values = np.array([row[name] for row in rows], float)
        known = np.isfinite(values)
        if known.sum() < LEAST_MICROGRAPHS:
            continue
        middle, spread = middle_and_spread(values[known])
        unit = max(spread, _least_spread(name, middle))
        for row in np.flatnonzero(known):
            distance = (values[row] - middle) / unit
            if not WORDS[name][int(distance > 0)]:
                continue
            text = _reason(name, values[row], middle, distance)
            deviations[row][name] = (abs(distance), text)
    return [_oddness(found) for found in deviations]


def _least_spread(name, middle):
    least = LEAST_NUMBER.get(name, 0.0) or abs(middle) * LEAST_SHARE[name] or 1.0
    return max(least, middle**0.5) if name == "n_picks" else least


def _reason(name, value, middle, distance):
    word = WORDS[name][int(distance > 0)]
    if name in SHARES:
        return f"{word} ({value:.0%}; usual {middle:.0%})"
    if name == "n_picks":
        return f"{word} ({value:.0f}; usual {middle:.0f})"
    if name == "mean_score":
        return f"{word} (mean {value:.2g}; usual {middle:.2g})"
    return word


def _oddness(found):
    ordered = sorted(found.values(), reverse=True)
    value = ordered[0][0] if ordered else 0.0
    return Oddness(value, [text for size, text in ordered if size >= REMARKABLE])
