"""Score maps that are means over the turns of a micrograph."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pusklearn.pu._checks import check_choice
from pusklearn.pu.network._dense_network import can_be_dense


def mean_over_turns(
    image: NDArray[np.float32],
    score: Callable[[NDArray[np.float32]], NDArray[np.float32]],
    turns: int,
) -> NDArray[np.float32]:
    """Score an image turned by right angles and mirrored, and return the mean map.

    Parameters
    ----------
    image : ndarray of shape (height, width)
        The image.
    score : callable
        It takes an image and returns its score map, of the same shape.
    turns : {1, 4, 8}
        1 scores the image as it is, 4 the four quarter turns, 8 the mirrored ones, too.

    Returns
    -------
    ndarray of shape (height, width), float32
        The mean of the maps, each turned back.
    """
    total = np.zeros(image.shape, np.float32)
    for turn in range(turns):
        is_mirrored, quarters = divmod(turn, 4)
        side = slice(None, None, -1 if is_mirrored else 1)
        scores = score(np.ascontiguousarray(np.rot90(image[side], quarters)))
        total += np.rot90(scores, -quarters)[side]
    return total / np.float32(turns)


def check_can_turn(turns: int, module: Any, region_size: int) -> None:
    """Raise a ValueError if scores cannot be averaged over so many turns."""
    if check_choice(turns, "turns", [1, 4, 8]) == 1:
        return
    if not can_be_dense(module, region_size):
        raise ValueError(
            "`turns` above 1 needs a PUClassifier with a network of pusklearn.modules "
            f"that sees no more than a region of {region_size} pixels. Got "
            f"turns={turns} and the module {module!r}."
        )
    if region_size % 2 == 0:
        raise ValueError(
            "`turns` above 1 needs regions of an odd edge, which turn around a pixel. "
            f"Got turns={turns} and regions of {region_size} pixels; give another "
            "`region_size`."
        )
