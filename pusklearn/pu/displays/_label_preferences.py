"""A test of whether labels prefer positives with some property."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binom

# The shares of the positives that are looked at, from each end of a property.
SHARES = np.linspace(0.1, 0.9, 9)
# A p-value of at most this is strong evidence. It is cautious where the purity is taken
# for less than it should be.
LEVEL = 0.01

Curve = tuple[NDArray[Any], NDArray[Any]]


def check_properties(
    properties: Mapping[str, ArrayLike], n_samples: int
) -> dict[str, NDArray[np.float64]]:
    """Return properties as arrays of floats, or raise a ValueError."""
    checked = {
        str(name): np.asarray(values, float) for name, values in properties.items()
    }
    if not checked:
        raise ValueError("`properties` must hold at least 1 property. Got none.")
    for name, values in checked.items():
        if values.shape != (n_samples,):
            raise ValueError(
                f"The property {name!r} must have the shape ({n_samples},), as `y`. "
                f"Got {values.shape}."
            )
        if not np.isfinite(values).all():
            raise ValueError(
                f"The property {name!r} must be finite. Got "
                f"{values[~np.isfinite(values)][0]}."
            )
    return checked


def shares_before(
    values: NDArray[Any], is_positive: NDArray[np.bool_], groups: NDArray[Any]
) -> NDArray[np.float64]:
    """Return which share of its group lies at or before each labelled positive.

    The lowest values come first. If labels are random, a share of at most ``t`` has a
    probability of at most ``t``, whatever the groups and however many are labelled in
    each.

    Parameters
    ----------
    values : ndarray of shape (n,)
        The property of each sample.
    is_positive : ndarray of bool of shape (n,)
        Which samples are labelled positives.
    groups : ndarray of shape (n,)
        The group of each sample.

    Returns
    -------
    ndarray of float64
        The share of each labelled positive, in (0, 1], group by group.
    """
    shares = [np.empty(0)]
    for group in np.unique(groups[is_positive]):
        inside = groups == group
        ordered = np.sort(values[inside])
        at_labels = values[inside & is_positive]
        shares.append(np.searchsorted(ordered, at_labels, side="right") / len(ordered))
    return np.concatenate(shares)


def both_ends(
    properties: Mapping[str, NDArray[Any]],
    is_positive: NDArray[np.bool_],
    groups: NDArray[Any],
) -> dict[str, NDArray[np.float64]]:
    """Return the shares before labels from both ends of each property, by its name."""
    shares = {}
    for name, values in properties.items():
        shares[f"low {name}"] = shares_before(values, is_positive, groups)
        shares[f"high {name}"] = shares_before(-values, is_positive, groups)
    return shares


def measure_preferences(
    shares: Mapping[str, NDArray[Any]],
    n_labeled: int,
    purity: float,
    frequency: float,
    confidence: float,
    n_orders: int | None = None,
) -> tuple[dict[str, Curve], Curve, float, dict[str, float]]:
    """Compare how many labels come first, in several orders, with random labels.

    The share of the positives among the first samples cannot exceed the share ``t`` of
    the samples by more than the factor ``1 / purity``. So if labels are random, the
    number of labels among them is at most binomial with ``t / purity``. The least
    p-value over all shares and orders is multiplied by their number.

    Parameters
    ----------
    shares : dict of str to ndarray
        The share of the samples that lie at or before each label, in each order. There
        may be fewer than `n_labeled`, if some labels are not among the samples.
    n_labeled : int
        The number of labels.
    purity : float
        The share of positives among the samples, in (0, 1].
    frequency : float
        The share of positives that are labelled.
    confidence : float
        The confidence of the limit.
    n_orders : int or None, default=None
        The number of orders that are looked at; None takes those given here.

    Returns
    -------
    curves : dict of str to pair of ndarray
        Numbers of positives, and the labelled share among so many that come first.
    limit : pair of ndarray
        Numbers of positives, and the labelled share that no curve should exceed.
    frequency : float
        The parameter.
    pvalues : dict of str to float
        The p-value of each order, adjusted for the number of shares and orders.
    """
    chances = np.minimum(SHARES / purity, 1)
    n_tests = (n_orders or len(shares)) * len(SHARES)
    numbers = SHARES * n_labeled / frequency
    curves, pvalues = {}, {}
    for name, before in shares.items():
        counts = np.searchsorted(np.sort(before), SHARES * (1 + 1e-12), side="right")
        tails = binom.sf(counts - 1, n_labeled, chances)
        pvalues[name] = float(min(n_tests * tails.min(), 1))
        curves[name] = numbers, counts / numbers
    least = binom.isf((1 - confidence) / n_tests, n_labeled, chances)
    limit = numbers, np.minimum(least / numbers, 1)
    return curves, limit, frequency, pvalues
