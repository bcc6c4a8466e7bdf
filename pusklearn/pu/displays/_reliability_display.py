"""A display of whether probabilities are right."""

from functools import partial
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pusklearn.pu.displays._display_tools import check_matplotlib, make_axes
from pusklearn.pu.displays._reliability import (
    check_probabilities,
    check_settings,
    check_truth,
    closed_edges,
    mean_above,
    pu_precision_above,
    pu_shares_in_bins,
    share_intervals,
)
from pusklearn.pu.metrics._pu_calibration_curve import (
    bin_edges,
    bin_means,
    is_in_bins,
)
from pusklearn.pu.metrics._pu_interval import pu_interval
from pusklearn.pu.metrics._values_by_label import probabilities_by_label
from pusklearn.pu.splits._cross_validated_scores import score_positives

HISTOGRAM = "numbers of probabilities"


class ReliabilityDisplay:
    """The true share of positives in bins of probability, beside the expected share.

    Probabilities are right on average if the points lie on the diagonal. A histogram
    below tells how many samples each point stands for.

    `from_predictions`, `from_estimator` and `from_pu_labels` make a display and draw
    it. The parameters here say what is drawn.

    Parameters
    ----------
    y_prob : array-like of shape (n,)
        Probabilities of the samples that represent the population.
    edges : array-like of shape (n_bins + 1,)
        Edges of the bins, from 0 to 1. A bin holds its upper edge.
    prob_true : array-like of shape (n_bins,)
        True share of positives in each bin; NaN if it holds no sample.
    interval : array-like of shape (n_bins, 2)
        Lower and upper end of the interval of each share.
    true_precision : float
        True share of positives among the samples above `threshold`; NaN if there are
        none.
    n_true : float
        True number of positives.
    threshold : float, default=0.5
        The probability above which precisions are told.
    name : str or None, default=None
        What the legend calls these probabilities.
    estimated : bool, default=False
        Whether the true shares are not known, but estimated from PU labels.

    Attributes
    ----------
    prob_pred : ndarray of shape (n_bins,)
        Expected share of positives in each bin: the mean of its probabilities.
    counts : ndarray of int of shape (n_bins,)
        Number of samples in each bin.
    expected_precision : float
        Expected share of positives among the samples above `threshold`: the mean of
        their probabilities.
    n_above : int
        Number of samples above `threshold`.
    n_expected : float
        Expected number of positives: the sum of all probabilities.
    calibration_error : float
        Mean distance of the true share from the expected one, over all samples.
    ax_ : matplotlib Axes
        The axes with the points.
    histogram_ax_ : matplotlib Axes
        The axes with the histogram.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    See Also
    --------
    sklearn.calibration.CalibrationDisplay : Draws the curve without intervals.
    pu_calibration_curve : The shares of positives from PU data.

    Examples
    --------
    A model that says 0.8 of ten samples, eight of which are positive, and 0.3 of ten
    others, none of which is:

    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> from pusklearn.metrics import ReliabilityDisplay
    >>> y_true = [1] * 8 + [0] * 2 + [0] * 10
    >>> display = ReliabilityDisplay.from_predictions(
    ...     y_true, [0.8] * 10 + [0.3] * 10, n_bins=2
    ... )
    >>> display.prob_pred.round(2), display.prob_true.round(2)
    (array([0.3, 0.8]), array([0. , 0.8]))
    >>> round(display.calibration_error, 2)
    0.15
    >>> round(display.n_expected, 2), display.n_true
    (11.0, 8.0)
    """

    def __init__(
        self,
        y_prob: ArrayLike,
        edges: ArrayLike,
        prob_true: ArrayLike,
        interval: ArrayLike,
        *,
        true_precision: float,
        n_true: float,
        threshold: float = 0.5,
        name: str | None = None,
        estimated: bool = False,
    ) -> None:
        self.y_prob = y_prob
        self.edges = edges
        self.prob_true = prob_true
        self.interval = interval
        self.true_precision = true_precision
        self.n_true = n_true
        self.threshold = threshold
        self.name = name
        self.estimated = estimated

    @property
    def prob_pred(self) -> NDArray[np.float64]:
        """The mean of the probabilities in each bin."""
        return bin_means(np.asarray(self.y_prob), self._members())

    @property
    def counts(self) -> NDArray[np.intp]:
        """The number of samples in each bin."""
        return self._members().sum(axis=1)

    @property
    def expected_precision(self) -> float:
        """The mean of the probabilities above the threshold."""
        y_prob = np.asarray(self.y_prob)
        return mean_above(y_prob, y_prob, self.threshold)

    @property
    def n_above(self) -> int:
        """The number of samples above the threshold."""
        return int(np.sum(np.asarray(self.y_prob) > self.threshold))

    @property
    def n_expected(self) -> float:
        """The sum of all probabilities."""
        return float(np.sum(self.y_prob))

    @property
    def calibration_error(self) -> float:
        """The mean distance of the true share from the expected one."""
        distance = np.abs(np.asarray(self.prob_true) - self.prob_pred)
        return float(np.nansum(self.counts * distance) / len(np.asarray(self.y_prob)))

    @classmethod
    def from_predictions(
        cls,
        y_true: ArrayLike,
        y_prob: ArrayLike,
        *,
        pos_label: Any = None,
        n_bins: int = 10,
        strategy: str = "uniform",
        threshold: float = 0.5,
        confidence: float = 0.95,
        name: str | None = None,
        ax: Any = None,
    ) -> Self:
        """Compare probabilities with true labels.

        Parameters
        ----------
        y_true : array-like of shape (n,)
            True labels. They may all be of one kind if they are 0 and 1.
        y_prob : array-like of shape (n,)
            Probabilities of the positive class, in [0, 1].
        pos_label : label or None, default=None
            The label of the positives. None takes the plainly positive one, or the
            greater.
        n_bins : int, default=10
            Number of bins, at least 1.
        strategy : {"uniform", "quantile"}, default="uniform"
            "uniform" takes bins of equal width, "quantile" bins that hold equal numbers
            of samples.
        threshold : float, default=0.5
            The probability above which precisions are told, in (0, 1).
        confidence : float, default=0.95
            Confidence of the intervals of the shares (Clopper and Pearson), in (0, 1).
            They hold for samples that are independent.
        name : str or None, default=None
            What the legend calls these probabilities.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        ReliabilityDisplay
            The display, already drawn; its `plot` draws it again.

        Raises
        ------
        ValueError
            If a label is unknown, a probability is outside [0, 1], the lengths differ,
            or a parameter is out of its range.
        TypeError
            If a parameter is of a wrong type.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls)
        check_settings(n_bins, strategy, threshold, confidence)
        is_positive = check_truth(y_true, pos_label).astype(float)
        y_prob = check_probabilities(y_prob, is_positive)
        inner = bin_edges(y_prob, n_bins, strategy)
        members = is_in_bins(y_prob, inner)
        n_positive = members @ is_positive
        display = cls(
            y_prob,
            closed_edges(inner),
            bin_means(is_positive, members),
            share_intervals(n_positive, members.sum(axis=1), confidence),
            true_precision=mean_above(is_positive, y_prob, threshold),
            n_true=float(is_positive.sum()),
            threshold=threshold,
            name=name,
        )
        return display.plot(ax)

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: ArrayLike,
        *,
        pos_label: Any = None,
        n_bins: int = 10,
        strategy: str = "uniform",
        threshold: float = 0.5,
        confidence: float = 0.95,
        name: str | None = None,
        ax: Any = None,
    ) -> Self:
        """Compare the probabilities of a classifier with true labels.

        Parameters
        ----------
        estimator : classifier
            A fitted classifier with ``predict_proba``.
        X : array-like, sparse matrix, DataFrame, list or TiledRegions of length n
            The samples, not those that it was trained on.
        y : array-like of shape (n,)
            True labels.
        pos_label : label or None, default=None
            The label of the positives. None takes that of the estimator if it has one,
            and its second class otherwise.
        n_bins, strategy, threshold, confidence, ax : object
            As for `from_predictions`.
        name : str or None, default=None
            What the legend calls the estimator; None takes the name of its class.

        Returns
        -------
        ReliabilityDisplay
            The display, already drawn; its `plot` draws it again.

        Raises
        ------
        ValueError
            As `from_predictions` does.
        TypeError
            If a parameter is of a wrong type.
        AttributeError
            If the estimator has no ``predict_proba``.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls)
        if pos_label is None:
            pos_label = getattr(estimator, "pos_label_", estimator.classes_[1])
        y_prob = score_positives(estimator, X, "predict_proba", pos_label)
        return cls.from_predictions(
            np.asarray(y) == pos_label,
            y_prob,
            n_bins=n_bins,
            strategy=strategy,
            threshold=threshold,
            confidence=confidence,
            name=type(estimator).__name__ if name is None else name,
            ax=ax,
        )

    @classmethod
    def from_pu_labels(
        cls,
        y: ArrayLike,
        y_prob: ArrayLike,
        *,
        prior: float | None,
        scheme: str = "single",
        pos_label: Any = None,
        n_bins: int = 5,
        strategy: str = "uniform",
        threshold: float = 0.5,
        confidence: float = 0.95,
        n_resamples: int = 200,
        random_state: int | np.random.RandomState | None = None,
        name: str | None = None,
        ax: Any = None,
    ) -> Self:
        """Compare probabilities with what labelled positives say of the true shares.

        Parameters
        ----------
        y : array-like of shape (n,)
            Two labels: one for labelled positives, one for unlabeled samples.
        y_prob : array-like of shape (n,)
            Probabilities of the positive class, in [0, 1].
        prior : float or None
            Share of positives in the population, in (0, 1); in the single scheme it
            must exceed the labelled share of `y`. None says that every positive is
            labelled.
        scheme : {"single", "case-control"}, default="single"
            How the samples were drawn. "single": one sample was drawn from the
            population, and some of its positives are labelled. "case-control": the
            unlabeled samples were drawn from the population, and the labelled positives
            separately from the positives.
        pos_label : label or None, default=None
            The label of the positives. None takes the plainly positive one, or the
            greater.
        n_bins : int, default=5
            Number of bins, at least 1.
        strategy : {"uniform", "quantile"}, default="uniform"
            "uniform" takes bins of equal width, "quantile" bins that hold equal shares
            of the population.
        threshold : float, default=0.5
            The probability above which precisions are told, in (0, 1).
        confidence : float, default=0.95
            Confidence of the intervals of the shares, in (0, 1); see `pu_interval`.
        n_resamples : int, default=200
            Number of resamples, from which the intervals come.
        random_state : int, RandomState instance or None, default=None
            Seeds the resamples.
        name : str or None, default=None
            What the legend calls these probabilities.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        ReliabilityDisplay
            The display, already drawn; its `plot` draws it again.

        Raises
        ------
        ValueError
            If there are not two labels, a probability is outside [0, 1], the prior is
            impossible, or a parameter is out of its range.
        TypeError
            If a parameter is of a wrong type.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls)
        check_settings(n_bins, strategy, threshold, confidence)
        labels = {"prior": prior, "scheme": scheme, "pos_label": pos_label}
        samples = probabilities_by_label(y, y_prob, prior, scheme, pos_label)
        population = samples.population()
        # Bins that follow from the samples would be others in each resample.
        inner = bin_edges(population, n_bins, strategy)
        curve = partial(pu_shares_in_bins, edges=inner)
        low, high = pu_interval(
            curve,
            y,
            y_prob,
            confidence=confidence,
            n_resamples=n_resamples,
            random_state=random_state,
            **labels,
        )
        display = cls(
            population,
            closed_edges(inner),
            curve(y, y_prob, **labels),
            np.column_stack([low, high]),
            true_precision=pu_precision_above(samples, threshold),
            n_true=samples.priors.population * len(population),
            threshold=threshold,
            name=name,
            estimated=True,
        )
        return display.plot(ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw the display. Several may be drawn on the same axes.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        ReliabilityDisplay
            The display itself.
        """
        ax, histogram_ax = self._axes(ax)
        middle, share = self.prob_pred, np.asarray(self.prob_true)
        low, high = np.asarray(self.interval).T
        (points,) = ax.plot(middle, share, "o", ms=5, label=self._summary())
        color = points.get_color()
        ax.vlines(middle, low, high, color=color, linewidth=1.2)
        histogram_ax.hist(
            np.asarray(self.y_prob),
            np.linspace(0, 1, 51),
            color=color,
            alpha=0.5,
        )
        highest = max(bar.get_height() for bar in histogram_ax.patches)
        # A bin with one sample is seen, too.
        histogram_ax.set_ylim(0.6, 1.7 * highest)
        ax.legend(
            loc="lower center", bbox_to_anchor=(0.5, 1), frameon=False, fontsize="small"
        )
        self.ax_, self.histogram_ax_, self.figure_ = ax, histogram_ax, ax.figure
        return self

    def _axes(self, ax):
        """Return axes for the points and axes for the histogram, ready to draw on."""
        shape = {"nrows": 2, "sharex": True, "height_ratios": (3.4, 1)}
        made = make_axes(self, ax, figsize=(5, 6), **shape)
        if ax is None:
            ax, below = made
            below.set_label(HISTOGRAM)
        else:
            sharing = ax.get_shared_x_axes().get_siblings(ax)
            found = [one for one in sharing if one.get_label() == HISTOGRAM]
            if found:
                return ax, found[0]
            below = ax.inset_axes([0, -0.27, 1, 0.24], sharex=ax, label=HISTOGRAM)
        _prepare(ax, below, self.threshold, self._truth())
        return ax, below

    def _truth(self):
        return "estimated" if self.estimated else "true"

    def _summary(self):
        truth = self._truth()
        lines = [
            f"precision above {self.threshold:g}: {self.expected_precision:.2f} "
            f"expected, {self.true_precision:.2f} {truth}",
            f"positives: {self.n_expected:.0f} expected, {self.n_true:.0f} {truth}",
        ]
        return "\n".join([self.name, *lines] if self.name else lines)

    def _members(self):
        edges = np.asarray(self.edges)[1:-1]
        return is_in_bins(np.asarray(self.y_prob), edges)


def _prepare(ax, below, threshold, truth):
    """Draw what all displays on these axes share."""
    ax.plot([0, 1], [0, 1], color="0.6", linewidth=1, linestyle="--", zorder=0)
    ax.set(xlim=(0, 1), ylim=(0, 1), ylabel=f"{truth} share of positives")
    ax.tick_params(labelbottom=False)
    below.set(xlabel="probability", ylabel="number", yscale="log")
    for one in (ax, below):
        one.axvline(threshold, color="0.8", linewidth=1, linestyle=":", zorder=0)
