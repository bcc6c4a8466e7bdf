"""What a criterion is told about the class priors."""

from typing import Any, NamedTuple


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

    def with_negatives(self, negative: float, counted: float) -> "PriorsWithNegatives":
        """Return the priors of a data set some of whose samples are known negatives.

        Parameters
        ----------
        negative : float
            The share ``c`` of the known negatives in the sample that represents the
            population, at least 0 and below ``1 - pi``. The share of positives among
            the unlabeled samples becomes ``(pi - h) / (1 - h - c)``.
        counted : float
            The share of the population that the known negatives count as in the
            objective, at least 0. It is `negative` if they count as any other sample.

        Returns
        -------
        PriorsWithNegatives
            What a criterion is called with if it is given known negatives. It has the
            attributes ``population``, ``labeled``, ``negative``, ``counted`` and
            ``unlabeled``, and the ``rest``, the priors of the population without them.

        Examples
        --------
        >>> from pusklearn.criteria import Priors
        >>> Priors(0.3, labeled=0.1).with_negatives(0.4, counted=0.5).unlabeled
        0.4
        """
        return PriorsWithNegatives(*self, negative, counted)


class PriorsWithNegatives(NamedTuple):
    """Shares in a data set, some of whose samples are known to be negative.

    A criterion is called with them if it is given known negatives. The rest of the
    sample that represents the population is positives, labelled or not, and other
    negatives. The share of positives among its unlabeled samples is
    ``(pi - h) / (1 - h - c)``.

    Parameters
    ----------
    population : float
        The class prior ``pi``, in (0, 1).
    labeled : float
        The labelled share ``h`` of the sample that represents the population; see
        `Priors`.
    negative : float
        The share ``c`` of the known negatives in that sample, at least 0 and below
        ``1 - pi``.
    counted : float
        The share of the population that the known negatives count as in the
        objective, at least 0. It is `negative` if they count as any other sample does.

    Attributes
    ----------
    unlabeled : float
        Share of positives among the unlabeled samples, in [0, 1).
    rest : Priors
        The priors of the population without the known negatives.

    Examples
    --------
    >>> from pusklearn.criteria import Priors
    >>> priors = Priors(0.3, labeled=0.1).with_negatives(0.4, 0.4)
    >>> round(priors.unlabeled, 3)
    0.4
    >>> priors.rest.population
    0.5
    """

    population: float
    labeled: float
    negative: float
    counted: float

    @property
    def unlabeled(self) -> float:
        """Share of positives among the unlabeled samples."""
        return self.rest.unlabeled

    @property
    def rest(self) -> Priors:
        """The priors of the population without the known negatives."""
        share = 1 - self.negative
        return Priors(self.population / share, self.labeled / share)


def as_priors(priors: Priors | float) -> Priors:
    """Return checked priors; a plain number belongs to the case-control scheme."""
    if not isinstance(priors, Priors):
        priors = Priors(float(priors))
    check_shares(priors)
    return priors


def check_shares(priors: Any) -> None:
    """Raise a ValueError if the shares of positives or of labels are impossible."""
    if not 0 < priors.population < 1 or not 0 <= priors.labeled <= priors.population:
        raise ValueError(
            "The population's share of positives must be in (0, 1), and the labelled "
            f"share of the samples between 0 and it. Got {priors}."
        )


def as_priors_with_negatives(
    priors: Priors | PriorsWithNegatives | float,
) -> PriorsWithNegatives:
    """Return checked priors that tell what known negatives count.

    Without such a share, they count as much as the labelled positives, but not more
    than all negatives do, and the unlabeled samples alone are the population.
    """
    if not isinstance(priors, Priors | PriorsWithNegatives):
        priors = Priors(float(priors))
    check_shares(priors)
    if isinstance(priors, Priors):
        counted = min(priors.population, 1 - priors.population)
        return priors.with_negatives(0.0, counted)
    if not 0 <= priors.negative < 1 - priors.population or not priors.counted >= 0:
        raise ValueError(
            "The share of the known negatives must be at least 0, and below 1 minus "
            f"that of the positives, and they must count as at least 0. Got {priors}."
        )
    return priors
