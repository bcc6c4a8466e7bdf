"""As many picks as particles are expected, the best of all micrographs."""

from collections.abc import Sequence

import numpy as np

from pusklearn.commands._pick_journal import Entry
from pusklearn.micrographs.peaks._pick_thresholds import prior_threshold


def expected_picks(entries: Sequence[Entry], count: float) -> list[Entry]:
    """Return entries with the best of their picks.

    The general picker of the library chooses in the same way from the micrographs that
    one call of its ``predict`` is given.

    Parameters
    ----------
    entries : sequence of Entry
        What is known of each micrograph, with every peak.
    count : float
        The number of particles expected in an average micrograph.

    Returns
    -------
    list of Entry
        The same with the picks above one threshold, which each of them tells.

    Warns
    -----
    UserWarning
        If there are fewer peaks than particles expected; every peak is kept.
    """
    picks = [entry.points for entry in entries]
    n_there = sum(entry.error is None and entry.is_there for entry in entries)
    if not n_there:
        return list(entries)
    scores = np.sort(np.concatenate([points[:, 2] for points in picks]))[::-1]
    threshold = prior_threshold(scores, count * n_there)
    known = None if threshold == -np.inf else threshold
    return [entry.above(known) for entry in entries]
