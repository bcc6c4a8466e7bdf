"""What a criterion is told about the class priors."""

from typing import NamedTuple


class Priors(NamedTuple):
    """Shares of positives that a criterion is called with.

    Let ``pi`` be the share of positives in the population, and ``h`` the labelled
    share of the sample that represents the population. The share of positives among
    the unlabeled samples is then ``(pi - h) / (1 - h)``.

    Parameters
    ----------
    population : float
        The class prior ``pi``, in (0, 1).
    labeled : float, default=0.0
        The labelled share ``h``. In the case-control scheme the unlabeled samples
        alone represent the population, and it is 0. In the single scheme it is the
        labelled share of the whole data set (never of a batch), at most `population`.

    Attributes
    ----------
    unlabeled : float
        Share of positives among the unlabeled samples, in [0, 1).

    Examples
    --------
    >>> from pusklearn.criteria import Priors
    >>> Priors(0.3).unlabeled
    0.3
    >>> Priors(0.3, labeled=0.3).unlabeled
    0.0
    """

    population: float
    labeled: float = 0.0

    @property
    def unlabeled(self) -> float:
        """Share of positives among the unlabeled samples."""
        return (self.population - self.labeled) / (1 - self.labeled)


def as_priors(priors: Priors | float) -> Priors:
    """Return checked priors; a plain number belongs to the case-control scheme."""
    if not isinstance(priors, Priors):
        priors = Priors(float(priors))
    if not 0 < priors.population < 1 or not 0 <= priors.labeled <= priors.population:
        raise ValueError(
            "The population's share of positives must be in (0, 1), and the labelled "
            f"share of the samples between 0 and it. Got {priors}."
        )
    return priors
