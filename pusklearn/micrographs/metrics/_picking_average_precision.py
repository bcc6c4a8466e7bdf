"""One number for the quality of ranked picks."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pusklearn.micrographs.metrics._picking_curve import picking_curve


def picking_average_precision(
    true_list: Sequence[ArrayLike],
    picks_list: Sequence[ArrayLike] | NDArray[np.object_],
    radius: float,
) -> float:
    """Return the average precision of picks: the area under precision over recall.

    This is the sum of precision times step of recall over the distinct scores, without
    interpolation. It is 1 if every particle is hit before the first wrong pick, and it
    never exceeds the recall of all picks.

    Parameters
    ----------
    true_list : sequence of array-like of shape (m, >=2)
        Particle centres ``x, y`` of each micrograph. ``m`` may be 0.
    picks_list : sequence of array-like of shape (k, >=3)
        Picks ``x, y, score`` of each micrograph, in the unit of the true centres.
        ``k`` may be 0.
    radius : float
        A hit has a smaller distance than this, in the unit of the coordinates. Must be
        > 0 and finite.

    Returns
    -------
    float
        The average precision, between 0 (no hit) and 1.

    Raises
    ------
    ValueError
        If the lists differ in length, there is no true particle at all, a score is NaN,
        or `radius` is not > 0 and finite.

    See Also
    --------
    picking_curve : The curve; its page says how picks are matched with particles.

    Notes
    -----
    The labels must be complete: a pick on a particle that is not in `true_list`
    counts as wrong.

    Examples
    --------
    >>> from pusklearn.metrics import picking_average_precision
    >>> true = [[[10, 10], [40, 40]]]
    >>> picking_average_precision(true, [[[10, 10, 2.0], [40, 41, 1.0]]], radius=5)
    1.0

    A wrong pick between the two lowers the precision at the second from 1 to 2/3:

    >>> picks = [[[10, 10, 2.0], [80, 80, 1.5], [40, 41, 1.0]]]
    >>> round(picking_average_precision(true, picks, radius=5), 4)
    0.8333
    """
    precision, recall, _ = picking_curve(true_list, picks_list, radius)
    return float(np.sum(precision * np.diff(recall, prepend=0)))
