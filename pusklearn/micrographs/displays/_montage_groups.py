"""Which picks a montage shows."""

import numpy as np
from numpy.typing import NDArray


def choose_groups(
    score: NDArray[np.floating], threshold: float, n_best: int, n_cut: int
) -> dict[str, NDArray[np.intp]]:
    """Choose the best picks, and those whose scores are nearest to a threshold.

    Parameters
    ----------
    score : ndarray of shape (n_picks,)
        The scores of all picks.
    threshold : float
        The threshold. If no score is below it, the second group is that of the lowest
        scores.
    n_best : int
        Number of the best picks, at most. They are above the threshold, unless none is.
    n_cut : int
        Number of the other picks, at most: half of them above the threshold, and the
        other half below.

    Returns
    -------
    dict of str to ndarray of int
        Picks of each group in the order of their scores, the best first; no pick is in
        both groups, and no group is empty.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.micrographs.displays._montage_groups import choose_groups
    >>> score = np.array([5, 1, 4, 2, 3])
    >>> groups = choose_groups(score, threshold=2.5, n_best=1, n_cut=2)
    >>> {name: score[rows].tolist() for name, rows in groups.items()}
    {'best': [5], 'around the cut': [3, 2]}
    """
    order = np.argsort(-score, kind="stable")
    # Those that are left out are not the best, unless all are.
    n_best = min(n_best, int(np.sum(score > threshold)) or n_best)
    best, rest = order[:n_best], order[n_best:]
    n_kept = int(np.sum(score[rest] > threshold))
    if n_kept == len(rest):
        groups = {"best": best, "lowest": rest[len(rest) - min(n_cut, len(rest)) :]}
    else:
        first = max(n_kept - (n_cut + 1) // 2, 0)
        groups = {"best": best, "around the cut": rest[first : n_kept + n_cut // 2]}
    return {name: rows for name, rows in groups.items() if len(rows)}
