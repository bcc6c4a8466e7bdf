"""Score maps that are computed when they are asked for."""

from collections.abc import Sequence


class ScoreMaps(Sequence):
    """One score map per micrograph, each computed once, when first asked for.

    Parameters
    ----------
    scorer : RegionScorer
        The fitted scorer.
    micrographs : list of Micrograph
        What to score.
    """

    def __init__(self, scorer, micrographs):
        self.scorer = scorer
        self.micrographs = micrographs
        self.maps = {}

    def __len__(self):
        return len(self.micrographs)

    def __getitem__(self, key):
        if isinstance(key, slice):
            return [self[row] for row in range(len(self))[key]]
        row = range(len(self))[key]
        if row not in self.maps:
            (self.maps[row],) = self.scorer.transform([self.micrographs[row]])
        return self.maps[row]
