"""Scores, the threshold, and the share predicted positive beside the prior."""

import warnings
from numbers import Real

import numpy as np

from pusklearn.pu.displays._display_tools import (
    adopt_settings,
    check_matplotlib,
    estimator_with_prior,
    find_method,
    get_responses,
    make_axes,
)
from pusklearn.pu.displays._predicted_share import (
    describe,
    find_edges,
    is_far,
    measure_share,
    threshold_between,
)
from pusklearn.pu.displays._pu_collapse_warning import PUCollapseWarning
from pusklearn.pu.metrics._values_by_label import scores_by_label

NATURAL = {"predict_proba": 0.5, "decision_function": 0.0}

TITLES = {
    "predict_proba": "probability of the positive class",
    "decision_function": "decision function",
}


class PredictedShareDisplay:
    """Scores of labelled positives and of unlabeled samples, and the decision on them.

    The labelled positives are drawn with the area that positives have among the
    unlabeled samples. Where labels were drawn at random and the prior is right, the
    two then agree at the highest scores, and what is above them is negatives.

    A network that learns from positives and unlabeled samples may collapse: it predicts
    next to nothing, or everything, as positive. A `PUCollapseWarning` is raised where
    the odds of the predicted share differ from those of the prior by more than a
    factor of two, even at the nearer end of its interval. A classifier whose positives
    are hard to tell may do so too, without having collapsed: at a threshold of 0.5
    fewer than the rarer class has are then predicted.

    `from_estimator` and `from_predictions` make one and draw it; the parameters here
    are what is drawn.

    Parameters
    ----------
    positives : array-like of shape (n_positives,)
        Scores of the labelled positives.
    unlabeled : array-like of shape (n_unlabeled,)
        Scores of the unlabeled samples.
    threshold : float
        Positive is predicted of this score and above.
    prior : float
        Share of positives in the population.
    unlabeled_prior : float
        Share of positives among the unlabeled samples; in the case-control scheme it
        is `prior`.
    predicted_share : float
        Share of the population that is predicted positive.
    predicted_interval : tuple of float
        Its lower and upper end, at a confidence of 0.95 (Clopper and Pearson).
    prior_interval : tuple of float or None, default=None
        Lower and upper end of an estimated prior.
    score_name : str, default="score"
        Below the scores.

    Attributes
    ----------
    collapsed : bool
        Whether the predicted share is far from the prior.
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    See Also
    --------
    pusklearn.PUThresholdClassifier : ``threshold="prior"`` predicts the share that the
        prior says.

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
    >>> classifier = PUClassifier(prior=0.5, random_state=0).fit(X[::2], y_pu[::2])
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
        positives,
        unlabeled,
        threshold,
        prior,
        unlabeled_prior,
        predicted_share,
        predicted_interval,
        *,
        prior_interval=None,
        score_name="score",
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
    def collapsed(self):
        """Whether the predicted share is far from the prior."""
        return is_far(self.predicted_interval, self.prior)

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y,
        *,
        prior=None,
        scheme=None,
        pos_label=None,
        response_method="auto",
        ax=None,
        bins=50,
    ):
        """Compare what a classifier predicts with the prior.

        Parameters
        ----------
        estimator : classifier
            A fitted one.
        X : array-like, sparse matrix, DataFrame, list or TiledRegions of length n
            Samples, best those that it was not trained on.
        y : array-like of shape (n,)
            Two labels: the labelled positives' and that of the unlabeled.
        prior : float or None, default=None
            Share of positives in the population, in (0, 1). None is the ``prior_`` of
            the estimator where it has one, with its ``prior_interval_``, and otherwise
            the labelled share.
        scheme : {"single", "case-control"} or None, default=None
            How the samples were drawn. "single": one sample of the population, some of
            whose positives are labelled. "case-control": the unlabeled samples are a
            sample of the population, and the positives were drawn apart. None is that
            of the estimator where it has one, and otherwise "single".
        pos_label : label or None, default=None
            The label of the positives. None is that of the estimator where it has
            one, and otherwise the greater of the two.
        response_method : {"auto", "decision_function", "predict_proba"}, \
default="auto"
            What is drawn. "auto" is ``decision_function`` where there is one.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a figure.
        bins : int, default=50
            Number of bins of the histograms; see `plot`.

        Returns
        -------
        PredictedShareDisplay
            Drawn; its `plot` draws it again.

        Raises
        ------
        ValueError
            For other than two labels, scores that are not finite, or a prior that
            cannot be.
        TypeError
            Where the estimator has no scores.
        ImportError
            Where matplotlib is missing.

        Warns
        -----
        PUCollapseWarning
            Where the predicted share is far from the prior.
        """
        check_matplotlib(cls)
        method = find_method(estimator, response_method)
        settings = adopt_settings(estimator, y, prior, scheme, pos_label)
        found = get_responses(estimator, X, {"predict", method}, settings["pos_label"])
        predicted = found["predict"] == settings["pos_label"]
        interval = None
        if prior is None:
            own = estimator_with_prior(estimator)
            interval = getattr(own, "prior_interval_", None)
        return cls._build(
            y,
            found[method],
            predicted,
            settings,
            threshold=threshold_between(found[method], predicted, NATURAL[method]),
            prior_interval=interval,
            score_name=TITLES[method],
        ).plot(ax, bins=bins)

    @classmethod
    def from_predictions(
        cls,
        y,
        y_score,
        *,
        threshold=0.5,
        prior=None,
        scheme="single",
        pos_label=None,
        ax=None,
        bins=50,
    ):
        """Compare what scores predict with the prior.

        Parameters
        ----------
        y : array-like of shape (n,)
            Two labels: the labelled positives' and that of the unlabeled.
        y_score : array-like of shape (n,)
            Finite scores, higher for the positives.
        threshold : float, default=0.5
            Positive is predicted of this score and above.
        prior : float or None, default=None
            Share of positives in the population, in (0, 1); in the single scheme it
            must exceed the labelled share of `y`. None: every positive is labelled.
        scheme : {"single", "case-control"}, default="single"
            "single": one sample of the population, some of whose positives are
            labelled. "case-control": the unlabeled samples are a sample of the
            population, and the positives were drawn apart.
        pos_label : label or None, default=None
            The label of the positives; None is the greater of the two.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a figure.
        bins : int, default=50
            Number of bins of the histograms; see `plot`.

        Returns
        -------
        PredictedShareDisplay
            Drawn; its `plot` draws it again.

        Raises
        ------
        ValueError
            For other than two labels, scores that are not finite, a threshold that is
            no number, or a prior that cannot be.
        ImportError
            Where matplotlib is missing.

        Warns
        -----
        PUCollapseWarning
            Where the predicted share is far from the prior.
        """
        check_matplotlib(cls)
        if not isinstance(threshold, Real) or np.isnan(threshold):
            raise ValueError(f"`threshold` must be a number. Got {threshold!r}.")
        settings = {"prior": prior, "scheme": scheme, "pos_label": pos_label}
        predicted = np.asarray(y_score) >= threshold
        display = cls._build(y, y_score, predicted, settings, threshold=threshold)
        return display.plot(ax, bins=bins)

    def plot(self, ax=None, *, bins=50):
        """Draw, also a second time.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a figure.
        bins : int, default=50
            Number of bins of the histograms. The outer ones hold whatever is beyond
            them, at most 0.005 of the samples on each side.

        Returns
        -------
        PredictedShareDisplay
            Itself.
        """
        ax = make_axes(self, ax)
        positives, unlabeled = self.positives, self.unlabeled
        edges = find_edges(positives, unlabeled, self.threshold, bins)
        # Without positives among the unlabeled they would not be seen.
        area = self.unlabeled_prior or 1
        ax.hist(
            np.clip(unlabeled, edges[0], edges[-1]),
            edges,
            weights=np.full(len(unlabeled), 1 / len(unlabeled)),
            color="0.75",
            label=f"unlabeled ({len(unlabeled)}), of area 1",
        )
        ax.hist(
            np.clip(positives, edges[0], edges[-1]),
            edges,
            weights=np.full(len(positives), area / len(positives)),
            histtype="step",
            linewidth=1.5,
            color="tab:blue",
            label=f"labelled positives ({len(positives)}), of area {area:.2g}",
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
    def _build(cls, y, y_score, predicted, settings, threshold, **drawn):
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
            warnings.warn(
                f"The {' is far from the '.join(display._summary())}. The training "
                "may have collapsed, the prior be wrong, or positives hard to tell; "
                "PUThresholdClassifier(threshold='prior') predicts the share that the "
                "prior says.",
                PUCollapseWarning,
                stacklevel=3,
            )
        return display

    def _summary(self):
        yield describe("predicted share", self.predicted_share, self.predicted_interval)
        yield describe("prior", self.prior, self.prior_interval)
