"""A few regions that stand for all of a training."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.regions._tiled_regions import TiledRegions
from pusklearn.pu._missing_rows import count_rows, rows_outside

N_REGIONS = 2048
N_LABELLED = 256


def example_regions(regions: TiledRegions, labels: Any) -> NDArray[np.float32]:
    """Return regions from everywhere, and labelled ones, as one array.

    The same regions are drawn each time, so that equal trainings stay equal.

    Parameters
    ----------
    regions : TiledRegions
        The regions of the training.
    labels : array of shape (n_regions,) or sparse array of shape (n_regions, 1)
        1 for labelled regions.

    Returns
    -------
    ndarray of float32 of shape (n, size, size)
        Their centres are not missing. Other missing pixels hold the background, as in
        all regions.
    """
    rng = np.random.default_rng(0)
    missing = regions.missing_runs()
    n = len(regions) - count_rows(missing)
    anywhere = rng.choice(n, min(n, N_REGIONS), replace=False, shuffle=True)
    labelled = labels.nonzero()[0]
    labelled = rng.permutation(labelled)[:N_LABELLED]
    rows = np.concatenate([rows_outside(anywhere, missing), labelled])
    return np.asarray(regions[rng.permutation(rows)])
