"""What conclusions become where the prior is another one."""

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
    number_inside,
    plan_priors,
    refit_responses,
    resolve_methods,
)

DEFAULT_METRICS = ("accuracy", "f1", "precision", "recall", "predicted_share")


class PriorSensitivityDisplay:
    """Metrics from PU data over the prior that they assume.

    A prior is rarely known well, and most metrics from PU data depend on it. This
    shows how much: a conclusion that holds at all priors that are possible needs no
    better one.

    `from_estimator` and `from_predictions` make one and draw it; the parameters here
    are what is drawn.

    Parameters
    ----------
    priors : ndarray of shape (n,)
        Assumed shares of positives in the population, rising.
    values : dict of str to ndarray of shape (n,)
        Metrics at these priors, by name.
    prior : float or None, default=None
        The prior to mark.
    prior_interval : tuple of float or None, default=None
        Its lower and upper end.
    refit : bool, default=False
        Whether the classifier was trained anew for each prior.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    See Also
    --------
    pusklearn.PriorEstimator : Estimates a prior, with its interval.

    Examples
    --------
    The labels alone tell the recall and the predicted share. What they say of the
    precision depends on the prior:

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

    def __init__(self, priors, values, *, prior=None, prior_interval=None, refit=False):
        self.priors = priors
        self.values = values
        self.prior = prior
        self.prior_interval = prior_interval
        self.refit = refit

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y,
        *,
        metrics=DEFAULT_METRICS,
        prior=None,
        priors=None,
        scheme=None,
        pos_label=None,
        refit=False,
        cv=5,
        n_jobs=None,
        random_state=None,
        ax=None,
    ):
        """Judge a classifier at each prior.

        Parameters
        ----------
        estimator : classifier
            A fitted one, whose predictions are the same at all priors. With `refit`,
            one with a parameter ``prior``, its own or of a part of it.
        X : array-like, sparse matrix, DataFrame, list or TiledRegions of length n
            Samples that it was not trained on. With `refit`, those to train on too.
        y : array-like of shape (n,)
            Two labels: the labelled positives' and that of the unlabeled.
        metrics : sequence of str, default=("accuracy", "f1", "precision", "recall", \
"predicted_share")
            Names as `pu_scorer` takes them, and "predicted_share", the share of the
            population that is predicted positive.
        prior : float or None, default=None
            The prior to mark, in (0, 1). None is the ``prior_`` of the estimator where
            it has one, and otherwise the labelled share.
        priors : array-like of float or None, default=None
            Those to assume. None takes 50, with `refit` 7, from half to twice the odds
            of `prior`; in the single scheme none below the labelled share.
        scheme : {"single", "case-control"} or None, default=None
            How the samples were drawn. "single": one sample of the population, some of
            whose positives are labelled. "case-control": the unlabeled samples are a
            sample of the population, and the positives were drawn apart. None is that
            of the estimator where it has one, and otherwise "single".
        pos_label : label or None, default=None
            The label of the positives. None is that of the estimator where it has
            one, and otherwise the greater of the two.
        refit : bool, default=False
            For each prior, train clones with it on folds, and judge by it what they
            predict of the samples held out.
        cv : int, float, splitter or iterable, default=5
            What is held out for `refit`. A float: one random share of the samples.
            Otherwise folds that hold out every sample once; an int stands for
            stratified, shuffled ones.
        n_jobs : int or None, default=None
            Folds fitted at once; see joblib.
        random_state : int, RandomState instance or None, default=None
            Of the folds. An `estimator` that draws has its own.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        PriorSensitivityDisplay
            Drawn; its `plot` draws it again.

        Raises
        ------
        ValueError
            For an unknown metric, other than two labels, a prior that cannot be, and
            with `refit` an estimator without a parameter ``prior``.
        TypeError
            Where the estimator lacks the scores that a metric needs.
        ImportError
            Where matplotlib is missing.
        """
        check_matplotlib(cls)
        metrics = resolve_methods(find_metrics(metrics), estimator)
        methods = {method for _, _, method in metrics.values()}
        interval = None
        if prior is None and refit:
            prior = number_inside(estimator)
        elif prior is None:
            own = estimator_with_prior(estimator)
            interval = getattr(own, "prior_interval_", None)
        settings = adopt_settings(estimator, y, prior, scheme, pos_label)
        prior, priors = plan_priors(y, priors, 7 if refit else 50, settings)
        if refit:
            folds = {"cv": cv, "n_jobs": n_jobs, "random_state": random_state}
            responses = [
                refit_responses(estimator, X, y, methods, value, settings, folds)
                for value in priors
            ]
        else:
            fixed = get_responses(estimator, X, methods, settings["pos_label"])
            responses = [(slice(None), fixed)] * len(priors)
        values = judge(metrics, y, responses, priors, settings)
        display = cls(priors, values, prior=prior, prior_interval=interval, refit=refit)
        return display.plot(ax)

    @classmethod
    def from_predictions(
        cls,
        y,
        y_pred,
        *,
        metrics=DEFAULT_METRICS,
        prior=None,
        priors=None,
        scheme="single",
        pos_label=None,
        ax=None,
    ):
        """Judge predictions at each prior.

        Parameters
        ----------
        y : array-like of shape (n,)
            Two labels: the labelled positives' and that of the unlabeled.
        y_pred : array-like of shape (n,)
            Predicted labels, scores or probabilities: what the metrics take.
        metrics : sequence of str, default=("accuracy", "f1", "precision", "recall", \
"predicted_share")
            Names as `pu_scorer` takes them, and "predicted_share", the share of the
            population that is predicted positive.
        prior : float or None, default=None
            The prior to mark, in (0, 1). None is the labelled share.
        priors : array-like of float or None, default=None
            Those to assume. None takes 50 from half to twice the odds of `prior`; in
            the single scheme none below the labelled share.
        scheme : {"single", "case-control"}, default="single"
            "single": one sample of the population, some of whose positives are
            labelled. "case-control": the unlabeled samples are a sample of the
            population, and the positives were drawn apart.
        pos_label : label or None, default=None
            The label of the positives; None is the greater of the two.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        PriorSensitivityDisplay
            Drawn; its `plot` draws it again.

        Raises
        ------
        ValueError
            For an unknown metric, other than two labels, predictions of another kind,
            or a prior that cannot be.
        ImportError
            Where matplotlib is missing.
        """
        check_matplotlib(cls)
        metrics = {
            name: (function, sign, "given")
            for name, (function, sign, _) in find_metrics(metrics).items()
        }
        settings = {"prior": prior, "scheme": scheme, "pos_label": pos_label}
        prior, priors = plan_priors(y, priors, 50, settings)
        responses = [(slice(None), {"given": y_pred})] * len(priors)
        values = judge(metrics, y, responses, priors, settings)
        return cls(priors, values, prior=prior).plot(ax)

    def plot(self, ax=None):
        """Draw, also a second time.

        A metric above 1 says that there cannot be so many positives: the prior is too
        great, or the labels were not drawn at random.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        PriorSensitivityDisplay
            Itself.
        """
        ax = make_axes(self, ax)
        titles = "same predictions at every prior", "trained anew with every prior"
        marker = "o" if self.refit or len(self.priors) < 10 else None
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
        if self.prior is not None:
            label = f"prior {self.prior:.3g}"
            ax.axvline(
                self.prior, color="0.2", linestyle="--", linewidth=1, label=label
            )
        if self.prior_interval is not None:
            low, high = self.prior_interval
            label = f"its interval, {low:.2g} to {high:.2g}"
            ax.axvspan(low, high, color="0.5", alpha=0.15, linewidth=0, label=label)
        ax.set(
            xlabel="assumed prior",
            ylabel="value of the metric",
            title=titles[self.refit],
        )
        ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
        self.ax_, self.figure_ = ax, ax.figure
        return self
