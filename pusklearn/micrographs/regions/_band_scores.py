"""Score maps of what classifiers have not learnt from."""

from typing import Any

import numpy as np

from pusklearn.micrographs.images._lazy_rows import is_large
from pusklearn.micrographs.images._like import like
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.regions._fold_plan import HeldOutBand
from pusklearn.micrographs.regions._scores_of import score_map_of
from pusklearn.micrographs.regions._tiled_regions import TiledRegions


class BandScores:
    """Scores bands by the classifiers of their folds.

    Parameters
    ----------
    X : TiledRegions
        The regions.
    step, turns : int
        As the parameters of a `RegionScorer`.

    Attributes
    ----------
    classifiers : list of classifier
        The classifier of each fold.
    kept : dict of HeldOutBand to Micrograph
        The maps that are known already. Those of large micrographs are not kept.
    """

    def __init__(self, X: TiledRegions, step: int, turns: int) -> None:
        self.X = X
        self.step = step
        self.turns = turns
        self.keep = not is_large(X.micrographs)
        self.classifiers: list[Any] = []
        self.kept: dict[HeldOutBand, Micrograph] = {}

    def __call__(self, row: HeldOutBand) -> Micrograph:
        """Return the score map of a band, as large as its micrograph."""
        if row in self.kept:
            return self.kept[row]
        scores = self._score(row)
        if self.keep:
            self.kept[row] = scores
        return scores

    def _score(self, row):
        number, top, bottom = row.band
        micrograph = self.X.micrographs[number]
        classifier = self.classifiers[row.fold]
        scores = score_map_of(
            classifier, micrograph[top:bottom], self.X.size, self.step, self.turns
        )
        if len(scores) == len(micrograph):
            return scores
        whole = np.full(micrograph.shape, np.nan, np.float32)
        whole[top:bottom] = scores
        return like(whole, micrograph, mask=np.isnan(whole))
