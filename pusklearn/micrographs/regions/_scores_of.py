"""Scores of regions by any classifier."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._gaps import map_where_there, with_gaps
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.regions._mean_over_turns import (
    check_can_turn,
    mean_over_turns,
)
from pusklearn.micrographs.regions._tiled_regions import TiledRegions
from pusklearn.pu._log_odds import SINGLE, log_odds
from pusklearn.pu.network._dense_network import can_be_dense


def scores_at(
    classifier: Any,
    micrographs: Sequence[Micrograph],
    points: Sequence[NDArray],
    size: int,
) -> NDArray[np.float32]:
    """Return the log-odds of the regions around points, in one array.

    Parameters
    ----------
    classifier : classifier
        A fitted classifier of regions.
    micrographs : sequence of Micrograph
        The micrographs.
    points : sequence of ndarray of shape (k, 2)
        The points of each, ``x, y`` in pixels of the micrographs given here.
    size : int
        Edge of a region, in pixels of the micrographs given here.
    """
    crops = [
        np.asarray(TiledRegions([m], size)[rows_at(m, xy)])
        for m, xy in zip(micrographs, points, strict=True)
    ]
    # Pixels that are not there count as background.
    return scores_of(
        classifier, np.nan_to_num(np.concatenate(crops), posinf=0, neginf=0)
    )


def score_map_of(
    classifier: Any,
    micrograph: Micrograph,
    size: int,
    step: int,
    turns: int = 1,
    subspaces: Sequence[Any] = (),
) -> Micrograph:
    """Return the log-odds of the region around every pixel.

    Parameters
    ----------
    classifier : classifier
        A fitted classifier of regions.
    micrograph : Micrograph
        The micrograph.
    size : int
        Edge of a region, in pixels of the micrograph.
    step : int
        Every `step`-th pixel of every `step`-th row is scored, if the classifier can.
    turns : {1, 4, 8}, default=1
        The scores are means over so many turns, see `mean_over_turns`.
    subspaces : sequence of tuple or None, default=()
        What `subspaces_of` found for the classifier. They are used if the step is
        above 1.
    """
    module = getattr(classifier, "module_", None)
    # They may be set after the fit.
    check_can_turn(turns, module, size)
    if turns > 1 or (step > 1 and can_be_dense(module, size)):
        score = partial(classifier.score_map, step=step)
        if subspaces and step > 1:
            score = partial(score, subspaces=subspaces)
        if turns > 1:
            score = partial(mean_over_turns, score=score, turns=turns)
        return map_where_there(score, micrograph)
    regions = TiledRegions([micrograph], size)
    gaps = regions.gaps(0)
    if not gaps.n_there:
        return with_gaps(np.zeros(gaps.shape, np.float32), micrograph, gaps)
    if gaps.n_missing:
        regions = regions[~regions.missing]
    return regions.maps(scores_of(classifier, regions))[0]


def rows_at(micrograph: Micrograph, points: NDArray) -> NDArray[np.intp]:
    """Return the rows of the regions around points, in pixels of this micrograph."""
    last = np.array(micrograph.shape[::-1]) - 1
    x, y = np.clip(np.rint(points), 0, last).astype(np.intp).T
    return y * micrograph.shape[1] + x


def scores_of(classifier: Any, regions: TiledRegions | NDArray) -> NDArray[np.float32]:
    """Return the log-odds of the greater class, for each region."""
    if hasattr(classifier, "decision_function"):
        return np.asarray(classifier.decision_function(regions), np.float32)
    # Forests and calibrated classifiers may be certain: maps must stay smooth there.
    probability = classifier.predict_proba(regions)[:, 1]
    return np.asarray(log_odds(probability, least=SINGLE), np.float32)
