"""Scores, the threshold, and the predicted share beside the prior."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pusklearn.pu._checks import check_choice, check_number
from pusklearn.pu._pu_collapse_warning import PUCollapseWarning
from pusklearn.pu._warn_caller import warn_caller
from pusklearn.pu.displays._display_tools import (
    SCORES,
    adopt_settings,
    check_matplotlib,
    estimator_with_prior,
    find_method,
    get_responses,
    make_axes,
)
from pusklearn.pu.displays._predicted_share import (
    describe,
    draw_histograms,
    is_far,
    measure_share,
    threshold_between,
)
from pusklearn.pu.metrics._values_by_label import scores_by_label

# The threshold of `predict` for each method, and what the axis of its scores is called.
NATURAL = {"predict_proba": 0.5, "decision_function": 0.0}
TITLES = {
    "predict_proba": "probability of the positive class",
    "decision_function": "decision function",
}


class PredictedShareDisplay:
    """Scores of labelled positives and of unlabeled samples, and the threshold.

    The histogram of the labelled positives has the area that positives have among the
    unlabeled samples. If labels are random and the prior is right, the two histograms
    agree at the highest scores, and the excess of unlabeled samples elsewhere is
    negatives.

    A network that learns from positives and unlabeled samples may collapse: it predicts
    almost nothing, or everything, as positive. A `PUCollapseWarning` is given if the
    odds of the predicted share differ from those of the prior by more than a factor of
    two, even at the nearer end of its interval. A classifier that has not collapsed may
    cause it too, if its positives are hard to tell from negatives: at a threshold of
    0.5 it then predicts the rarer class less often than it occurs.

    Use `from_estimator` or `from_predictions` to make and draw a display. The
    parameters below say what is drawn.

    Parameters
    ----------
    positives : array-like of shape (n_positives,)
        Scores of the labelled positives.
    unlabeled : array-like of shape (n_unlabeled,)
        Scores of the unlabeled samples.
    threshold : float
        Samples with this score or a greater one are predicted positive.
    prior : float
        Share of positives in the population.
    unlabeled_prior : float
        Share of positives among the unlabeled samples; in the case-control scheme it
        equals `prior`.
    predicted_share : float
        Share of the population that is predicted positive.
    predicted_interval : tuple of float
        Lower and upper end of its interval, at a confidence of 0.95 (Clopper and
        Pearson).
    prior_interval : tuple of float or None, default=None
        Lower and upper end of the interval of an estimated prior.
    score_name : str, default="score"
        Label of the axis of the scores.

    Attributes
    ----------
    collapsed : bool
        Whether the predicted share is far from the prior.
    ax_ : matplotlib Axes
        The axes that hold the drawing.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    See Also
    --------
    pusklearn.PUThresholdClassifier : With ``threshold="prior"`` it predicts as many
        positives as the prior says.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> from sklearn.datasets import make_classification
    >>> from pusklearn import PUClassifier
    >>> from pusklearn.datasets import make_pu
    >>> from pusklearn.metrics import PredictedShareDisplay
    >>> X, y = make_classification(2000, class_sep=2, random_state=0)
    >>> X, y_pu, _ = make_pu(X, y, label_frequency=0.3, random_state=0)
    >>> classifier = PUClassifier(prior=0.5, max_epochs=3, random_state=0)
    >>> classifier = classifier.fit(X[::2], y_pu[::2])
    >>> display = PredictedShareDisplay.from_estimator(
    ...     classifier, X[1::2], y_pu[1::2]
    ... )
    >>> low, high = display.predicted_interval
    >>> low < display.prior < high, display.collapsed
    (True, False)
    >>> display.ax_.get_xlabel()
    'decision function'
    """

    def __init__(
        self,
        positives: ArrayLike,
        unlabeled: ArrayLike,
        threshold: float,
        prior: float,
        unlabeled_prior: float,
        predicted_share: float,
        predicted_interval: tuple[float, float],
        *,
        prior_interval: tuple[float, float] | None = None,
        score_name: str = "score",
    ):
        self.positives = positives
        self.unlabeled = unlabeled
        self.threshold = threshold
        self.prior = prior
        self.unlabeled_prior = unlabeled_prior
        self.predicted_share = predicted_share
        self.predicted_interval = predicted_interval
        self.prior_interval = prior_interval
        self.score_name = score_name

    @property
    def collapsed(self) -> bool:
        """Whether the predicted share is far from the prior."""
        return is_far(self.predicted_interval, self.prior)

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: ArrayLike,
        *,
        prior: float | None = None,
        scheme: str | None = None,
        pos_label: Any = None,
        response_method: str = "auto",
        ax: Any = None,
        bins: int = 50,
    ) -> "PredictedShareDisplay":
        """Compare the predictions of a classifier with the prior.

        Parameters
        ----------
        estimator : classifier
            A fitted classifier.
        X : array-like, sparse matrix, DataFrame, list or TiledRegions of length n
            The samples, preferably not those that it was trained on.
        y : array-like of shape (n,)
            Two labels: one for labelled positives, one for unlabeled samples.
        prior : float or None, default=None
            Share of positives in the population, in (0, 1). None takes ``prior_`` and
            ``prior_interval_`` of the estimator if it has them, and the labelled share
            otherwise.
        scheme : {"single", "case-control"} or None, default=None
            How the samples were drawn. "single": one sample was drawn from the
            population, and some of its positives are labelled. "case-control": the
            unlabeled samples were drawn from the population, and the labelled positives
            separately from the positives. None takes the scheme of the estimator if it
            has one, and "single" otherwise.
        pos_label : label or None, default=None
            The label of the positives. None takes that of the estimator if it has one,
            and the plainly positive one, or the greater, otherwise.
        response_method : {"auto", "decision_function", "predict_proba"}, \
default="auto"
            The scores that are drawn. "auto" takes ``decision_function`` if there is
            one, and ``predict_proba`` otherwise.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.
        bins : int, default=50
            Number of bins of the histograms; see `plot`.

        Returns
        -------
        PredictedShareDisplay
            The display, already drawn; its `plot` draws it again.

        Raises
        ------
        ValueError
            If there are not two labels, a score is not finite, or the prior is
            impossible.
        TypeError
            If the estimator has no scores.
        ImportError
            If matplotlib is missing.

        Warns
        -----
        PUCollapseWarning
            If the predicted share is far from the prior.
        """
        check_matplotlib(cls)
        check_choice(response_method, "response_method", ("auto", *SCORES))
        method = find_method(estimator, response_method)
        settings = adopt_settings(estimator, y, prior, scheme, pos_label)
        responses = get_responses(
            estimator, X, {"predict", method}, settings["pos_label"]
        )
        scores = responses[method]
        predicted = responses["predict"] == settings["pos_label"]
        interval = None
        if prior is None:
            with_prior = estimator_with_prior(estimator)
            interval = getattr(with_prior, "prior_interval_", None)
        return cls._from_predicted(
            y,
            scores,
            predicted,
            settings,
            threshold=threshold_between(scores, predicted, NATURAL[method]),
            prior_interval=interval,
            score_name=TITLES[method],
        ).plot(ax, bins=bins)

    @classmethod
    def from_predictions(
        cls,
        y: ArrayLike,
        y_score: ArrayLike,
        *,
        prior: float | None = None,
        scheme: str = "single",
        pos_label: Any = None,
        threshold: float = 0.5,
        ax: Any = None,
        bins: int = 50,
    ) -> "PredictedShareDisplay":
        """Compare the predictions of scores with the prior.

        Parameters
        ----------
        y : array-like of shape (n,)
            Two labels: one for labelled positives, one for unlabeled samples.
        y_score : array-like of shape (n,)
            Finite scores, greater for positives.
        prior : float or None, default=None
            Share of positives in the population, in (0, 1); in the single scheme it
            must exceed the labelled share of `y`. None says that every positive is
            labelled.
        scheme : {"single", "case-control"}, default="single"
            How the samples were drawn. "single": one sample was drawn from the
            population, and some of its positives are labelled. "case-control": the
            unlabeled samples were drawn from the population, and the labelled positives
            separately from the positives.
        pos_label : label or None, default=None
            The label of the positives. None takes the plainly positive one, or
            the greater.
        threshold : float, default=0.5
            Samples with this score or a greater one are predicted positive.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.
        bins : int, default=50
            Number of bins of the histograms; see `plot`.

        Returns
        -------
        PredictedShareDisplay
            The display, already drawn; its `plot` draws it again.

        Raises
        ------
        ValueError
            If there are not two labels, a score is not finite, the threshold is NaN, or
            the prior is impossible.
        TypeError
            If the threshold is not a number.
        ImportError
            If matplotlib is missing.

        Warns
        -----
        PUCollapseWarning
            If the predicted share is far from the prior.
        """
        check_matplotlib(cls)
        check_number(threshold, "threshold", "[-inf, inf]")
        settings = {"prior": prior, "scheme": scheme, "pos_label": pos_label}
        predicted = np.asarray(y_score) >= threshold
        display = cls._from_predicted(
            y, y_score, predicted, settings, threshold=threshold
        )
        return display.plot(ax, bins=bins)

    def plot(self, ax: Any = None, *, bins: int = 50) -> "PredictedShareDisplay":
        """Draw the display, also on other axes.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.
        bins : int, default=50
            Number of bins of the histograms. The first and the last bin also hold the
            samples beyond them, at most 0.005 of all samples on each side.

        Returns
        -------
        PredictedShareDisplay
            The display itself.
        """
        ax = make_axes(self, ax)
        # An area of 0, without positives among the unlabeled, would not be visible.
        area = self.unlabeled_prior or 1
        draw_histograms(
            ax, self.positives, self.unlabeled, self.threshold, area=area, bins=bins
        )
        ax.axvline(
            self.threshold,
            color="tab:red",
            linestyle="--",
            linewidth=1,
            label=f"threshold {self.threshold:.3g}",
        )
        ax.set(
            xlabel=self.score_name,
            ylabel="share of the unlabeled samples",
            title="\n".join(self._summary()),
        )
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), frameon=False)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    @classmethod
    def _from_predicted(cls, y, y_score, predicted, settings, threshold, **drawn):
        """Measure the predicted share, and warn if it is far from the prior."""
        samples = scores_by_label(y, y_score, **settings)
        share, interval = measure_share(y, predicted, settings)
        display = cls(
            samples.positives,
            samples.unlabeled,
            threshold,
            samples.priors.population,
            samples.priors.unlabeled,
            share,
            interval,
            **drawn,
        )
        if display.collapsed:
            warn_caller(
                f"The {' is far from the '.join(display._summary())}. The training "
                "may have collapsed, the prior may be wrong, or positives may be hard "
                "to tell from negatives. PUThresholdClassifier(threshold='prior') "
                "predicts as many positives as the prior says.",
                PUCollapseWarning,
            )
        return display

    def _summary(self):
        yield describe("predicted share", self.predicted_share, self.predicted_interval)
        yield describe("prior", self.prior, self.prior_interval)
