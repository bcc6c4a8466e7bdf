"""Matching of picks with particles against the dense assignment.

python benchmarks/matching_speed.py
"""

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist
from speed_row import Row, as_table, seconds

from pusklearn.metrics import match_coordinates

N = 1000
SIZE = 1024
RADIUS = 15.0


def reference(true, predicted, radius):
    """Least cost of the assignment over all pairs, and its number of hits."""
    cost = np.minimum(cdist(predicted, true, "sqeuclidean") - radius**2, 0)
    rows, columns = linear_sum_assignment(cost)
    cost = cost[rows, columns]
    return cost.sum(), np.count_nonzero(cost)


def make_points():
    """Particles, and picks of which 7 in 10 belong to one."""
    rng = np.random.default_rng(0)
    true = rng.uniform(0, SIZE, (N, 2))
    n_found = 7 * N // 10
    found = true[:n_found] + rng.normal(0, 4, (n_found, 2))
    return true, np.concatenate([found, rng.uniform(0, SIZE, (N - n_found, 2))])


def find_pairs(true, predicted, radius):
    """Find the pairs within the radius, which no matching can do without."""
    cKDTree(predicted).sparse_distance_matrix(
        cKDTree(true), radius, output_type="ndarray"
    )


def measure():
    """Return the row."""
    true, predicted = make_points()
    cost, n_hits = reference(true, predicted, RADIUS)
    hit, distance = match_coordinates(true, predicted, RADIUS)
    found = np.sum(distance[hit] ** 2 - RADIUS**2)
    same = np.isclose(found, cost, rtol=1e-9) and hit.sum() == n_hits
    row = Row(
        f"matching {N:,} picks with {N:,} particles",
        seconds(lambda: match_coordinates(true, predicted, RADIUS)),
        seconds(lambda: reference(true, predicted, RADIUS)),
        "the Hungarian method on the full matrix",
        seconds(lambda: find_pairs(true, predicted, RADIUS)),
        "the pairs within the radius from a k-d tree",
        "<= 20 ms",
        "the same optimum" if same else "DIFFERENT OPTIMA",
    )
    return [row]


if __name__ == "__main__":
    print(as_table(measure()))
