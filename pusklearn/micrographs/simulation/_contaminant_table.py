"""Where the contaminants of a micrograph lie."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pusklearn.micrographs.simulation._block_means import block_coordinates


def contaminant_table(
    discs: Sequence[tuple[str, NDArray[np.float64]]],
    shape: tuple[int, int],
    binning: int = 1,
) -> pd.DataFrame:
    """Return the discs that reach into an image, one per row.

    Parameters
    ----------
    discs : sequence of (str, ndarray of shape (n, 3))
        A kind, and ``x, y, radius`` of discs that cover contaminants of it, in
        pixels before binning.
    shape : tuple of int
        (height, width) of the image, after binning.
    binning : int, default=1
        Side of the blocks of pixels that become one.

    Returns
    -------
    DataFrame
        Columns x, y and radius, in pixels of the image, and kind.
    """
    rows = np.concatenate([np.empty((0, 3)), *(rows for _, rows in discs)])
    centres = block_coordinates(rows[:, :2], binning)
    kinds = [kind for kind, rows in discs for _ in rows]
    table = pd.DataFrame(
        {
            "x": centres[:, 0],
            "y": centres[:, 1],
            "radius": rows[:, 2] / binning,
            "kind": pd.Series(kinds, dtype="str"),
        }
    )
    beyond_x, beyond_y = (
        (table[axis] - table[axis].clip(-0.5, side - 0.5)).to_numpy()
        for axis, side in zip(("x", "y"), shape[::-1], strict=True)
    )
    reaches = np.hypot(beyond_x, beyond_y) < table["radius"].to_numpy()
    return table[reaches].reset_index(drop=True)
