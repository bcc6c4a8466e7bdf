"""What the scores of the general network tell, learnt from simulation.

Only the standard library is imported here, see `pusklearn.micrographs.general.\
_general_network`.
"""

import json
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import isfinite
from typing import NamedTuple


class GeneralCalibration(NamedTuple):
    """The log-odds that a pick is a particle, by its score.

    Between two scores, the log-odds are linear; beyond the first and the last score,
    the line goes on.

    Attributes
    ----------
    scores : tuple of float
        Scores of picks, in ascending order.
    log_odds : tuple of float
        The log-odds of each, on all simulated micrographs together, in ascending order.
    offsets, slopes : tuple of float
        What the log-odds are on single simulated micrographs, each of which shows
        another particle under other conditions: offset + slope * log-odds. Offsets are
        in ascending order, and slopes are > 0.

    Examples
    --------
    >>> from pusklearn.micrographs.general._general_calibration import (
    ...     GeneralCalibration,
    ... )
    >>> calibration = GeneralCalibration((-4, 0), (-3, 2.5), (-1, 1), (1.2, 0.9))
    >>> GeneralCalibration.from_text(calibration.to_text()) == calibration
    True
    """

    scores: tuple[float, ...]
    log_odds: tuple[float, ...]
    offsets: tuple[float, ...]
    slopes: tuple[float, ...]

    @classmethod
    def from_text(cls, text: str) -> "GeneralCalibration":
        """Return the calibration that `to_text` has written.

        Raises
        ------
        ValueError, KeyError, TypeError
            If it is none.
        """
        parts = json.loads(text)
        found = cls(*(tuple(map(float, parts[name])) for name in cls._fields))
        return found.checked()

    def to_text(self) -> str:
        """Return the calibration as JSON."""
        return json.dumps(self._asdict(), sort_keys=True)

    def checked(self) -> "GeneralCalibration":
        """Return the calibration, or raise a ValueError if it keeps no order."""
        if not len(self.scores) == len(self.log_odds) >= 2:
            raise ValueError(
                "A calibration needs at least 2 scores, and the log-odds of each. Got "
                f"{len(self.scores)} scores and {len(self.log_odds)} log-odds."
            )
        for name in ("scores", "log_odds", "offsets"):
            values = getattr(self, name)
            if not (values and is_ascending(values)):
                raise ValueError(
                    f"The {name} of a calibration must be finite numbers, each greater "
                    f"than the one before. Got {values}."
                )
        are_slopes = all(isfinite(slope) and slope > 0 for slope in self.slopes)
        if len(self.slopes) != len(self.offsets) or not are_slopes:
            raise ValueError(
                "The slopes of a calibration must be finite numbers > 0, one for each "
                f"of the {len(self.offsets)} offsets. Got {self.slopes}."
            )
        return self


def is_ascending(values: Sequence[float]) -> bool:
    """Tell whether numbers are finite, and each is greater than the one before."""
    return all(map(isfinite, values)) and all(a < b for a, b in pairwise(values))


def rounded(values: Iterable[float]) -> tuple[float, ...]:
    """Return numbers with four decimals: more would tell of the machine."""
    return tuple(round(float(value), 4) for value in values)
