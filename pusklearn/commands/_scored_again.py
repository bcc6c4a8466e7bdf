"""Scores that a picker gives to picks that are there already."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from sklearn.pipeline import Pipeline

from pusklearn.commands._task import Task, open_micrograph
from pusklearn.micrographs.images._lengths import original_pixels
from pusklearn.pu._progress_bar import progress_bar, without_bars


def scored_again(
    picker: Pipeline, tasks: Sequence[Task], points: Sequence[NDArray[np.float64]]
) -> list[NDArray[np.float64]]:
    """Return picks with the scores that a picker gives them.

    Parameters
    ----------
    picker : Pipeline
        The picker.
    tasks : sequence of Task
        The micrographs.
    points : sequence of ndarray of shape (k, >=2)
        The picks of each, in pixels.

    Returns
    -------
    list of ndarray of shape (k, 3)
        Columns ``x, y, score``, see `scores_at`.
    """
    extractor = picker.named_steps["extract"]
    length = extractor.match_radius
    length = extractor.radius if length is None else length
    scored = []
    bar = progress_bar(description="scoring picks", unit="micrograph", total=len(tasks))
    with bar:
        for task, own in zip(tasks, points, strict=True):
            with without_bars():
                micrograph = open_micrograph(task)
                maps = picker[:-1].transform([micrograph])
                (peaks,) = extractor.peaks(maps)
            radius = original_pixels(length, micrograph, "match_radius")
            scores = scores_at(own[:, :2], peaks, radius)
            scored.append(np.column_stack([own[:, :2], scores]))
            bar.update()
    return without_gaps(scored)


def without_gaps(
    picks: Sequence[NDArray[np.float64]],
) -> list[NDArray[np.float64]]:
    """Return picks whose unknown scores are the least one of all.

    There is none on a micrograph without a peak, where nothing looks like a particle.
    """
    scores = np.concatenate([points[:, 2] for points in picks])
    least = np.nanmin(scores) if np.isfinite(scores).any() else np.nan
    return [
        np.column_stack(
            [points[:, :2], np.where(np.isnan(points[:, 2]), least, points[:, 2])]
        )
        for points in picks
    ]


def scores_at(
    points: NDArray[np.float64], peaks: NDArray[np.float64], radius: float
) -> NDArray[np.float64]:
    """Return the score of the peak that is nearest to each point.

    Parameters
    ----------
    points : ndarray of shape (k, 2)
        Columns ``x, y``.
    peaks : ndarray of shape (m, 3)
        All peaks of the micrograph, ``x, y, score``.
    radius : float
        A point that has no peak within this distance has the score of the least peak,
        since nothing there looks like a particle.

    Returns
    -------
    ndarray of shape (k,)
        NaN if there is no peak at all.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.commands._scored_again import scores_at
    >>> peaks = np.array([[10.0, 10.0, 2.5], [30.0, 10.0, -4.0]])
    >>> scores_at(np.array([[11.0, 9.0], [50.0, 50.0]]), peaks, radius=5)
    array([ 2.5, -4. ])
    """
    if not len(peaks):
        return np.full(len(points), np.nan)
    _, nearest = cKDTree(peaks[:, :2]).query(points, distance_upper_bound=radius)
    # The tree gives its size as the number of a neighbour that is not there.
    return np.append(peaks[:, 2], peaks[:, 2].min())[nearest]
