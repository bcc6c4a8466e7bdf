"""How conclusions depend on the prior."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pusklearn.pu.displays._display_tools import (
    adopt_settings,
    check_matplotlib,
    estimator_with_prior,
    get_responses,
    make_axes,
)
from pusklearn.pu.displays._prior_sensitivity import (
    find_metrics,
    judge,
    mark_prior,
    number_inside,
    plan_priors,
    refit_responses,
    resolve_methods,
)

DEFAULT_METRICS = ("accuracy", "f1", "precision", "recall", "predicted_share")


class PriorSensitivityDisplay:
    """Metrics from PU data over the prior that they assume.

    A prior is rarely known well, and most metrics from PU data depend on it. This
    display shows how much. If a conclusion holds at all possible priors, no better
    estimate of the prior is needed.

    Use `from_estimator` or `from_predictions` to make and draw a display. The
    parameters below say what is drawn.

    Parameters
    ----------
    priors : ndarray of shape (n,)
        Assumed shares of positives in the population, ascending.
    values : dict of str to ndarray of shape (n,)
        Metrics at these priors, by name.
    prior : float or None, default=None
        The prior to mark.
    prior_interval : tuple of float or None, default=None
        Lower and upper end of the interval of the marked prior.
    refit : bool, default=False
        Whether the classifier was trained again for each prior.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes that hold the drawing.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    See Also
    --------
    pusklearn.PriorEstimator : Estimates a prior, with its interval.

    Examples
    --------
    The recall and the predicted share follow from the labels alone, but the precision
    depends on the prior:

    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> from pusklearn.metrics import PriorSensitivityDisplay
    >>> y = [1] * 20 + [0] * 80
    >>> y_pred = [1] * 15 + [0] * 5 + [1] * 15 + [0] * 65
    >>> display = PriorSensitivityDisplay.from_predictions(
    ...     y, y_pred, prior=0.3, priors=[0.25, 0.3, 0.35]
    ... )
    >>> for name, values in display.values.items():
    ...     print(name, values.round(3))
    accuracy [0.825 0.85  0.875]
    f1 [0.682 0.75  0.808]
    precision [0.625 0.75  0.875]
    recall [0.75 0.75 0.75]
    predicted_share [0.3 0.3 0.3]
    >>> display.ax_.get_xlabel()
    'assumed prior'
    """

    def __init__(
        self,
        priors: NDArray[Any],
        values: dict[str, NDArray[Any]],
        *,
        prior: float | None = None,
        prior_interval: tuple[float, float] | None = None,
        refit: bool = False,
    ):
        self.priors = priors
        self.values = values
        self.prior = prior
        self.prior_interval = prior_interval
        self.refit = refit

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
        metrics: Sequence[str] = DEFAULT_METRICS,
        priors: ArrayLike | None = None,
        refit: bool = False,
        cv: Any = 5,
        n_jobs: int | None = None,
        random_state: int | np.random.RandomState | None = None,
        ax: Any = None,
    ) -> "PriorSensitivityDisplay":
        """Judge a classifier at each prior.

        Parameters
        ----------
        estimator : classifier
            A fitted classifier, whose predictions are the same at all priors. With
            `refit`, a classifier that has a parameter ``prior``, itself or in one of
            its parts.
        X : array-like, sparse matrix, DataFrame, list or TiledRegions of length n
            Samples that it was not trained on. With `refit`, clones are also trained
            on parts of them.
        y : array-like of shape (n,)
            Two labels: one for labelled positives, one for unlabeled samples.
        prior : float or None, default=None
            The prior to mark, in (0, 1). None takes ``prior_`` of the estimator if it
            has one, and the labelled share otherwise.
        scheme : {"single", "case-control"} or None, default=None
            How the samples were drawn. "single": one sample was drawn from the
            population, and some of its positives are labelled. "case-control": the
            unlabeled samples were drawn from the population, and the labelled positives
            separately from the positives. None takes the scheme of the estimator if it
            has one, and "single" otherwise.
        pos_label : label or None, default=None
            The label of the positives. None takes that of the estimator if it has one,
            and the plainly positive one, or the greater, otherwise.
        metrics : sequence of str, default=("accuracy", "f1", "precision", "recall", \
"predicted_share")
            Names as `pu_scorer` takes them, and "predicted_share", the share of the
            population that is predicted positive.
        priors : array-like of float or None, default=None
            The priors to assume. None takes 50 priors, or 7 with `refit`, from half to
            twice the odds of `prior`; in the single scheme only priors above the
            labelled share.
        refit : bool, default=False
            Whether to train clones on folds with each prior, and to judge what they
            predict for the samples that were held out.
        cv : int, float, splitter or iterable, default=5
            The samples that `refit` holds out. A float is one random share of the
            samples. An int is a number of stratified, shuffled folds, which hold out
            every sample once.
        n_jobs : int or None, default=None
            Number of folds fitted in parallel; see joblib.
        random_state : int, RandomState instance or None, default=None
            Seeds the folds. If the `estimator` is random, it has a seed of its own.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        PriorSensitivityDisplay
            The display, already drawn; its `plot` draws it again.

        Raises
        ------
        ValueError
            If a metric is unknown, there are not two labels, a prior is impossible, or
            `refit` is True and the estimator has no parameter ``prior``.
        TypeError
            If the estimator does not have the scores that a metric needs.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls)
        functions = resolve_methods(find_metrics(metrics), estimator)
        methods = {method for _, _, method in functions.values()}
        interval = None
        if prior is None and refit:
            prior = number_inside(estimator)
        elif prior is None:
            with_prior = estimator_with_prior(estimator)
            interval = getattr(with_prior, "prior_interval_", None)
        settings = adopt_settings(estimator, y, prior, scheme, pos_label)
        prior, assumed = plan_priors(y, priors, 7 if refit else 50, settings)
        if refit:
            folds = {"cv": cv, "n_jobs": n_jobs, "random_state": random_state}
            responses = [
                refit_responses(estimator, X, y, methods, value, settings, folds)
                for value in assumed
            ]
        else:
            fixed = get_responses(estimator, X, methods, settings["pos_label"])
            responses = [(slice(None), fixed)] * len(assumed)
        values = judge(functions, y, responses, assumed, settings)
        return cls(
            assumed, values, prior=prior, prior_interval=interval, refit=refit
        ).plot(ax)

    @classmethod
    def from_predictions(
        cls,
        y: ArrayLike,
        y_pred: ArrayLike,
        *,
        prior: float | None = None,
        scheme: str = "single",
        pos_label: Any = None,
        metrics: Sequence[str] = DEFAULT_METRICS,
        priors: ArrayLike | None = None,
        ax: Any = None,
    ) -> "PriorSensitivityDisplay":
        """Judge predictions at each prior.

        Parameters
        ----------
        y : array-like of shape (n,)
            Two labels: one for labelled positives, one for unlabeled samples.
        y_pred : array-like of shape (n,)
            Predicted labels, scores or probabilities, as the metrics take them.
        prior : float or None, default=None
            The prior to mark, in (0, 1). None takes the labelled share.
        scheme : {"single", "case-control"}, default="single"
            How the samples were drawn. "single": one sample was drawn from the
            population, and some of its positives are labelled. "case-control": the
            unlabeled samples were drawn from the population, and the labelled positives
            separately from the positives.
        pos_label : label or None, default=None
            The label of the positives. None takes the plainly positive one, or
            the greater.
        metrics : sequence of str, default=("accuracy", "f1", "precision", "recall", \
"predicted_share")
            Names as `pu_scorer` takes them, and "predicted_share", the share of the
            population that is predicted positive.
        priors : array-like of float or None, default=None
            The priors to assume. None takes 50 priors from half to twice the odds of
            `prior`; in the single scheme only priors above the labelled share.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        PriorSensitivityDisplay
            The display, already drawn; its `plot` draws it again.

        Raises
        ------
        ValueError
            If a metric is unknown, there are not two labels, the predictions are of
            another kind, or a prior is impossible.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls)
        functions = {
            name: (function, sign, "given")
            for name, (function, sign, _) in find_metrics(metrics).items()
        }
        settings = {"prior": prior, "scheme": scheme, "pos_label": pos_label}
        prior, assumed = plan_priors(y, priors, 50, settings)
        responses = [(slice(None), {"given": y_pred})] * len(assumed)
        values = judge(functions, y, responses, assumed, settings)
        return cls(assumed, values, prior=prior).plot(ax)

    def plot(self, ax: Any = None) -> "PriorSensitivityDisplay":
        """Draw the display, also on other axes.

        A metric above 1 is impossible. It says that the prior is too great, or that
        the labels were not drawn at random.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        PriorSensitivityDisplay
            The display itself.
        """
        ax = make_axes(self, ax)
        titles = "same predictions at every prior", "trained again with every prior"
        marker = "o" if self.refit or len(self.priors) < 10 else None
        style: dict[str, Any]
        for name, values in self.values.items():
            style = {"marker": marker, "markersize": 4, "label": name.replace("_", " ")}
            if name == "predicted_share":
                style |= {"color": "0.4"}
            ax.plot(self.priors, values, **style)
        if "predicted_share" in self.values:
            style = {"color": "0.6", "linewidth": 1, "label": "share = prior"}
            ax.plot(self.priors, self.priors, ":", **style)
        bounded = [v.max() for name, v in self.values.items() if name != "lee_liu"]
        if max(bounded, default=0) > 1:
            top = ax.get_ylim()[1]
            style = {"color": "tab:red", "alpha": 0.12, "linewidth": 0}
            ax.axhspan(1, top, label="not possible", **style)
            ax.set_ylim(top=top)
        mark_prior(ax, self.prior, self.prior_interval)
        ax.set(
            xlabel="assumed prior",
            ylabel="value of the metric",
            title=titles[self.refit],
        )
        ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
        self.ax_, self.figure_ = ax, ax.figure
        return self
