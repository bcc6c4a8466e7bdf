"""What may have happened to coordinates on their way into Python."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._micrograph import Micrograph

# A transform is a candidate if this share of the labels stays inside.
LEAST_INSIDE = 0.6


class LabelTransform(NamedTuple):
    """A way to put wrong labels right.

    Attributes
    ----------
    name : str
        What is wrong with the labels.
    code : str
        A Python expression that makes right `coordinates` of wrong ones.
    apply : callable
        ``apply(xy, height, width)`` returns the right coordinates of a micrograph, all
        in pixels of the original.
    """

    name: str
    code: str
    apply: Callable[[NDArray, float, float], NDArray]


def of_each(
    name: str, code: str, apply: Callable[[NDArray, float, float], NDArray]
) -> LabelTransform:
    """Return a transform, given the code for points `xy` of a micrograph `m`."""
    return LabelTransform(
        name, f"[{code} for m, xy in zip(micrographs, coordinates)]", apply
    )


def from_right_and_bottom(
    name: str, *, exchange: bool, flip_x: bool, flip_y: bool
) -> LabelTransform:
    """Return the transform that exchanges x and y, and then flips them."""
    x, y = ("xy[:, 1]", "xy[:, 0]") if exchange else ("xy[:, 0]", "xy[:, 1]")
    x = f"m.shape[1] - 1 - {x}" if flip_x else x
    y = f"m.shape[0] - 1 - {y}" if flip_y else y

    def apply(xy, height, width):
        x, y = xy.T[::-1] if exchange else xy.T
        return np.c_[width - 1 - x if flip_x else x, height - 1 - y if flip_y else y]

    return of_each(name, f"np.c_[{x}, {y}]", apply)


def scaling(factor: float, *, flip_y: bool = False) -> LabelTransform:
    """Return the transform that multiplies coordinates, and then flips y."""
    if factor > 1:
        name = (
            f"they are multiplied by {factor:g}, as if they belonged to micrographs "
            f"after binning by {factor:g}"
        )
        code = f"{factor:g} * xy"
    else:
        name = (
            f"they are divided by {1 / factor:g}, as if they belonged to micrographs "
            f"before binning by {1 / factor:g}"
        )
        code = f"xy / {1 / factor:g}"
    if not flip_y:
        return of_each(name, code, lambda xy, height, width: factor * xy)
    x, y = code.replace("xy", "xy[:, 0]"), code.replace("xy", "xy[:, 1]")
    return of_each(
        f"{name}, and {FROM_BOTTOM}",
        f"np.c_[{x}, m.shape[0] - 1 - {y}]",
        lambda xy, height, width: np.c_[
            factor * xy[:, 0], height - 1 - factor * xy[:, 1]
        ],
    )


def shift(dx: float, dy: float) -> LabelTransform:
    """Return the transform that moves all coordinates by as much."""
    return of_each(
        f"all are moved by x={dx:g} and y={dy:g} pixels (they may be corners of boxes)",
        f"np.asarray(xy) + [{dx:g}, {dy:g}]",
        lambda xy, height, width: xy + np.array([dx, dy]),
    )


FROM_BOTTOM = "y is counted from the bottom of the image"
FROM_RIGHT = "x is counted from the right of the image"
FROM_BOTH = "x and y are counted from the right and from the bottom of the image"
EXCHANGED = "x and y are exchanged"
TRANSFORMS = (
    from_right_and_bottom(FROM_BOTTOM, exchange=False, flip_x=False, flip_y=True),
    from_right_and_bottom(EXCHANGED, exchange=True, flip_x=False, flip_y=False),
    *(scaling(factor) for factor in (2, 1 / 2, 3, 1 / 3, 4, 1 / 4, 8, 1 / 8)),
    from_right_and_bottom(FROM_RIGHT, exchange=False, flip_x=True, flip_y=False),
    from_right_and_bottom(FROM_BOTH, exchange=False, flip_x=True, flip_y=True),
    from_right_and_bottom(
        f"{EXCHANGED}, and {FROM_BOTTOM}", exchange=True, flip_x=False, flip_y=True
    ),
    from_right_and_bottom(
        f"{EXCHANGED}, and {FROM_RIGHT}", exchange=True, flip_x=True, flip_y=False
    ),
    from_right_and_bottom(
        f"{EXCHANGED}, and {FROM_BOTH}", exchange=True, flip_x=True, flip_y=True
    ),
    *(scaling(factor, flip_y=True) for factor in (2, 1 / 2, 4, 1 / 4)),
)


def transformed(
    transform: LabelTransform,
    micrographs: Sequence[Micrograph],
    points: Sequence[NDArray],
) -> list[NDArray] | None:
    """Transform labels, and leave out those that fall outside.

    Parameters
    ----------
    transform : LabelTransform
        The transform.
    micrographs : sequence of Micrograph
        The micrographs.
    points : sequence of ndarray of shape (k, 2)
        The labels of each, ``x, y`` in pixels of the micrographs given here.

    Returns
    -------
    list of ndarray of shape (k, 2) or None
        The labels, in pixels of the micrographs given here; None if fewer than 60 %
        stay inside.
    """
    moved = []
    for m, xy in zip(micrographs, points, strict=True):
        height, width = m.scale * m.shape[0], m.scale * m.shape[1]
        new = transform.apply(m.scale * xy, height, width) / m.scale
        moved.append(inside(m, new))
    if sum(map(len, moved)) < LEAST_INSIDE * sum(map(len, points)):
        return None
    return moved


def inside(micrograph: Micrograph, points: NDArray) -> NDArray:
    """Return the points that lie inside a micrograph, in its own pixels."""
    last = np.array(micrograph.shape[::-1]) - 1
    return points[((points >= 0) & (points <= last)).all(axis=1)]
