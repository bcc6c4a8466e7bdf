"""One-to-one matching of predicted with true coordinates."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching
from scipy.spatial import cKDTree
from sklearn.utils import check_array

from pusklearn.micrographs.images._check_coordinates import by_name
from pusklearn.pu._checks import check_number

# What a prediction costs that stays without a particle; one with a particle at distance
# d costs 1 + (d / radius)**2. This is a little more than the greatest cost of a pair,
# so that a tie goes to the matching with more hits.
ALONE = 2 + 1e-9


def match_coordinates(
    true: ArrayLike, predicted: ArrayLike, radius: float
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Match predicted with true coordinates one to one.

    The matching is the linear assignment of least total cost, in which a pair at
    distance ``d`` costs ``min(d**2 - radius**2, 0)``. A prediction is a hit if it is
    assigned to a particle at ``d < radius``. Each particle is hit once at most.

    Parameters
    ----------
    true : array-like of shape (m, >=2)
        Particle centres ``x, y``. Further columns are ignored; ``m`` may be 0. A
        DataFrame, here and below, must have columns ``x`` and ``y``.
    predicted : array-like of shape (k, >=2)
        Predicted centres ``x, y`` in the same unit. Further columns, such as a score,
        are ignored; ``k`` may be 0.
    radius : float
        A hit has a smaller distance than this, in the unit of the coordinates. Must be
        > 0 and finite.

    Returns
    -------
    hit : ndarray of bool, shape (k,)
        Whether the prediction is assigned to a particle.
    distance : ndarray of float, shape (k,)
        Distance of each hit to its particle; infinity for the other predictions.

    Raises
    ------
    ValueError
        If `radius` is not > 0 and finite, or a coordinate is not finite.
    TypeError
        If `radius` is not a number.

    Notes
    -----
    This is the rule by which Topaz scores picks [1]_. It ignores the scores: if two
    predictions compete for one particle, distances decide. Among assignments of
    equal cost the one with more hits is taken, so the number of hits does not depend
    on the order of the rows.

    Only pairs within the radius can lower the cost. The assignment is therefore
    solved on the sparse graph of these pairs. It has the same cost as that of the dense
    ``k`` by ``m`` problem and takes a fraction of its time.

    References
    ----------
    .. [1] T. Bepler et al., "Positive-unlabeled convolutional neural networks for
       particle picking in cryo-electron micrographs", Nature Methods 16, 2019.

    Examples
    --------
    The nearer of two predictions takes the particle; the other is not a hit:

    >>> from pusklearn.metrics import match_coordinates
    >>> true = [[10, 10], [50, 20]]
    >>> predicted = [[13, 14], [10, 11], [50, 25]]
    >>> hit, distance = match_coordinates(true, predicted, radius=5.5)
    >>> hit
    array([False,  True,  True])
    >>> distance
    array([inf,  1.,  5.])
    """
    check_number(radius, "radius", "(0, inf)")
    true, predicted = _points(true, "true"), _points(predicted, "predicted")
    prediction, particle = _assign(*pairs_within(predicted, true, radius))
    distance = np.full(len(predicted), np.inf)
    distance[prediction] = _lengths(predicted[prediction], true[particle])
    return np.isfinite(distance), distance


def _points(points: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return columns x, y as floats."""
    points = np.asarray(by_name(points), dtype=float)
    if points.size == 0:
        return np.empty((0, 2))
    return check_array(points[..., :2], ensure_min_features=2, input_name=name)


def _lengths(start: NDArray, end: NDArray) -> NDArray:
    """Return the distance of each start from its end."""
    return np.linalg.norm(start - end, axis=1)


def pairs_within(
    predicted: NDArray, true: NDArray, radius: float
) -> tuple[NDArray, NDArray, NDArray, tuple[int, int]]:
    """Return the pairs closer than `radius`: rows, columns, d / radius, shape."""
    # The tree rounds in its own way, so it searches a little further, and d < radius
    # is decided here.
    near = cKDTree(predicted).sparse_distance_matrix(
        cKDTree(true), radius * (1 + 1e-9), output_type="ndarray"
    )
    row, column = near["i"], near["j"]
    length = _lengths(predicted[row], true[column])
    inside = length < radius
    shape = len(predicted), len(true)
    return row[inside], column[inside], length[inside] / radius, shape


def _assign(
    row: NDArray, column: NDArray, length: NDArray, shape: tuple[int, int]
) -> tuple[NDArray, NDArray]:
    """Return rows and columns of the assignment of least cost, hits only."""
    if not len(row):
        return row, column
    # Every prediction may also take a column of its own and stay alone, so that a
    # matching of all rows exists (. stands for a pair within the radius):
    #                particles A B C   alone 1 2 3
    #   prediction 1           .   .         2        weight of a pair:
    #   prediction 2             .             2      1 + (d / radius)**2
    #   prediction 3           . .               2    = cost / radius**2 + 2
    # The 2 is added because a sparse graph holds no zeros.
    n_rows, n_columns = shape
    alone = np.arange(n_rows)
    weight = np.append(1 + length**2, np.full(n_rows, ALONE))
    entries = np.append(row, alone), np.append(column, n_columns + alone)
    graph = csr_array((weight, entries), shape=(n_rows, n_columns + n_rows))
    row, column = min_weight_full_bipartite_matching(graph)
    matched = column < n_columns
    return row[matched], column[matched]
