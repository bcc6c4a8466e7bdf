"""Some of many candidates, unlike each other."""

import numpy as np
from numpy.typing import NDArray

FAR_OUT = 4.0


def diverse_choice(
    weights: NDArray[np.float64],
    features: NDArray[np.float64],
    groups: NDArray[np.intp],
    n_chosen: int,
) -> NDArray[np.intp]:
    """Choose candidates of great weight that are spread over groups and features.

    The first is that of the greatest weight. Each further one is the one whose weight
    times its distance from the nearest that is chosen already is greatest, among the
    groups of which the fewest are chosen. This is the greedy way to centres that leave
    no candidate far from all of them.

    Parameters
    ----------
    weights : ndarray of shape (n,)
        The weights, > 0.
    features : ndarray of shape (n, n_features)
        What each candidate looks like. A gap (NaN) is taken for the median.
    groups : ndarray of int of shape (n,)
        The group of each candidate.
    n_chosen : int
        How many to choose.

    Returns
    -------
    ndarray of int of shape (min(n, n_chosen),)
        The candidates, in the order in which they are chosen. Equal ones are chosen in
        their order.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.micrographs.suggestions._diverse_choice import diverse_choice
    >>> features = np.array([[0.0], [0.1], [5.0], [9.0]])
    >>> diverse_choice(np.ones(4), features, np.zeros(4, int), 3)
    array([0, 3, 2])
    """
    features = standardized(features)
    n_left = min(n_chosen, len(weights))
    distance = np.ones(len(weights))
    is_free = np.ones(len(weights), dtype=bool)
    counts = np.zeros(groups.max(initial=-1) + 1, dtype=int)
    chosen = np.empty(n_left, dtype=np.intp)
    for place in range(n_left):
        fewest = counts[groups[is_free]].min()
        is_next = is_free & (counts[groups] == fewest)
        best = int(np.where(is_next, weights * distance, -1.0).argmax())
        chosen[place] = best
        is_free[best] = False
        counts[groups[best]] += 1
        away = np.linalg.norm(features - features[best], axis=1)
        distance = np.minimum(distance, away) if place else away
    return chosen


def standardized(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return features with a median of 0 and half of the values from -1 to 1.

    None is beyond `FAR_OUT`, so that a single odd feature does not decide. A gap
    becomes 0, and so does a feature that is the same for most.
    """
    if not len(features):
        return features
    is_gap = ~np.isfinite(features)
    known = np.ma.masked_array(features, is_gap)
    middle = np.ma.median(known, axis=0).filled(0)
    spread = np.ma.median(np.abs(known - middle), axis=0).filled(0)
    # They are clipped first: what is far beyond a tiny spread would overflow.
    clipped = np.clip(features - middle, -FAR_OUT * spread, FAR_OUT * spread)
    has_scale = (spread > 0) & ~is_gap
    return np.divide(clipped, spread, out=np.zeros_like(clipped), where=has_scale)
