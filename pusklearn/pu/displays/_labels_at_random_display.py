"""A look at whether labels were drawn at random among the positives."""

from numbers import Real

import numpy as np
from sklearn.utils import check_consistent_length, check_random_state

from pusklearn.pu._labels import labeled_positives
from pusklearn.pu.displays._display_tools import (
    adopt_settings,
    check_matplotlib,
    find_method,
    held_out_responses,
    make_axes,
)
from pusklearn.pu.displays._labels_at_random import measure_labels, split_groups
from pusklearn.pu.metrics._values_by_label import scores_by_label

# More groups than this are drawn grey, but for those that stand out.
N_COLORS = 6


class LabelsAtRandomDisplay:
    """The labelled share of the highest scores, and the most that it can be.

    PU learning takes the labelled positives for a random sample of all positives. If
    they are, then no part of the data, however chosen, can have a greater labelled
    share than the positives themselves: the label frequency ``c``, which the prior
    tells. Here the parts are the samples with the highest scores, in all data or within
    groups, such as micrographs, hospitals or years. A labelled share above the limit
    says that labels prefer these samples, or that the prior is too great.

    `from_estimator` and `from_predictions` make one and draw it; the parameters here
    are what is drawn.

    Parameters
    ----------
    curves : dict of str to pair of ndarray
        Of each group, or of "all samples", numbers of samples with the highest scores
        and the labelled share of these.
    limit : pair of ndarray
        Numbers of samples, and the labelled share that no curve exceeds anywhere, with
        a probability of `confidence`, where labels are random.
    label_frequency : float
        Share of the positives here that are labelled, by the prior.
    pvalues : dict of str to float
        Of each group, adjusted for the number of groups.
    confidence : float, default=0.95
        Of the limit.

    Attributes
    ----------
    pvalue : float
        The least of `pvalues`: the probability, where labels are random and the prior
        is right, of a curve that exceeds the label frequency as clearly as this. It is
        at most that.
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    See Also
    --------
    PredictedShareDisplay : Scores of both kinds of samples.

    Notes
    -----
    *What it detects.* Labels that prefer positives which the scores put on top, such
    as the clearest ones; with groups, labels that some groups have too many of. Nearly
    all of the samples preferred must be positives, as negatives among them hide the
    excess.

    *What it cannot detect.* Labels that prefer the positives which look like
    negatives: too few labels at the highest scores look the same as negatives there. No
    test can tell these from PU data: where no part of the data has a labelled share
    above ``c``, a population with this prior exists whose labels are random. For the
    same reason a prior estimated from such scores, which is the greatest one that
    agrees with random labels, leaves next to nothing to be detected: give one that is
    known from elsewhere. A `pvalue` that is not small is no proof of random labels.

    *How.* Among the ``m`` highest scores the labelled share ``k / m`` is compared with
    ``c`` by the deviance ``k log(k / mc) + (m - k) log((m - k) / (m - mc))``, where
    ``k > mc``, as in the test of Berk and Jones. The greatest over a hundred ``m`` and
    over all groups is compared with draws in which all of the highest scores are
    positives, labelled at random; in the single scheme with a frequency two standard
    errors above ``c``, as chance may have made ``c`` too low, so that a hundred samples
    show little. Negatives among them only lower it, so the test holds its level for any
    classifier, if the samples were not used to train it and are independent. Regions of
    a micrograph that overlap are not.

    References
    ----------
    Berk and Jones, "Goodness-of-fit test statistics that dominate the Kolmogorov
    statistics", Zeitschrift fuer Wahrscheinlichkeitstheorie 47 (1979).

    Examples
    --------
    Labels drawn at random, and labels that prefer the positives furthest from the
    negatives:

    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from pusklearn.metrics import LabelsAtRandomDisplay
    >>> rng = np.random.default_rng(0)
    >>> is_positive = rng.random(2000) < 0.4
    >>> X = rng.normal(3 * is_positive)[:, np.newaxis]
    >>> at_random = is_positive & (rng.random(2000) < 0.3)
    >>> clearest = is_positive & (rng.random(2000) < 0.3 * (X[:, 0] > 3) + 0.15)
    >>> for y in at_random, clearest:
    ...     display = LabelsAtRandomDisplay.from_estimator(
    ...         LogisticRegression(), X, y, prior=0.4, random_state=0
    ...     )
    ...     print(display.pvalue)
    0.81
    0.001
    >>> display.ax_.get_ylabel()
    'labelled share of them'
    """

    def __init__(self, curves, limit, label_frequency, pvalues, *, confidence=0.95):
        self.curves = curves
        self.limit = limit
        self.label_frequency = label_frequency
        self.pvalues = pvalues
        self.confidence = confidence

    @property
    def pvalue(self):
        """The least of the p-values."""
        return min(self.pvalues.values())

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y,
        *,
        prior,
        by=None,
        scheme=None,
        pos_label=None,
        confidence=0.95,
        n_resamples=999,
        cv=0.5,
        n_jobs=None,
        random_state=None,
        ax=None,
    ):
        """Test labels by the scores of a classifier that was trained on other samples.

        Parameters
        ----------
        estimator : classifier
            With a ``decision_function`` or ``predict_proba``. A clone of it is
            trained on a part of the samples, and scores the others. The better it
            tells labelled positives from unlabeled samples, the more it shows.
        X : array-like, sparse matrix, DataFrame, list or TiledRegions of length n
            The samples, labelled positives and unlabeled together.
        y : array-like of shape (n,)
            Two labels: the labelled positives' and that of the unlabeled.
        prior : float
            Share of positives in the population, in (0, 1); in the single scheme it
            must exceed the labelled share of `y`.
        by : array-like of shape (n,) or None, default=None
            The group of each sample; None takes all as one.
        scheme : {"single", "case-control"} or None, default=None
            How the samples were drawn. "single": one sample of the population, some of
            whose positives are labelled. "case-control": the unlabeled samples are a
            sample of the population, and the positives were drawn apart. None is that
            of the estimator where it has one, and otherwise "single".
        pos_label : label or None, default=None
            The label of the positives. None is that of the estimator where it has
            one, and otherwise the greater of the two.
        confidence : float, default=0.95
            Of the limit, in (0, 1).
        n_resamples : int, default=999
            Number of draws; a p-value is at least ``1 / (n_resamples + 1)``.
        cv : float, int, splitter or iterable, default=0.5
            What is held out. A float: one random share of the samples. Otherwise folds
            that hold out every sample once, whose scores are pooled; an int stands for
            stratified, shuffled ones. Folds detect more, but each label has a say in
            the scores of the others: with forests and 150 labels, p-values of at most
            0.05 came for labels drawn at random in 0.09 of the cases.
        n_jobs : int or None, default=None
            Folds fitted at once; see joblib.
        random_state : int, RandomState instance or None, default=None
            Of the folds and the draws. An `estimator` that draws has its own.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        LabelsAtRandomDisplay
            Drawn; its `plot` draws it again.

        Raises
        ------
        ValueError
            For other than two labels, a prior that cannot be, or a parameter out of
            its range.
        TypeError
            Where `prior` is not a number, or the estimator has no scores.
        ImportError
            Where matplotlib is missing.
        """
        check_matplotlib(cls)
        _check_prior_is_number(prior)
        if by is not None:
            check_consistent_length(y, by)
        method = find_method(estimator, "auto")
        settings = adopt_settings(estimator, y, prior, scheme, pos_label)
        random_state = check_random_state(random_state)
        rows, scores = held_out_responses(
            estimator,
            X,
            y,
            [method],
            settings["pos_label"],
            cv=cv,
            n_jobs=n_jobs,
            random_state=random_state,
        )
        return cls.from_predictions(
            np.asarray(y)[rows],
            scores[method],
            by=None if by is None else np.asarray(by)[rows],
            confidence=confidence,
            n_resamples=n_resamples,
            random_state=random_state,
            ax=ax,
            **settings,
        )

    @classmethod
    def from_predictions(
        cls,
        y,
        y_score,
        *,
        prior,
        by=None,
        scheme="single",
        pos_label=None,
        confidence=0.95,
        n_resamples=999,
        random_state=None,
        ax=None,
    ):
        """Test labels by scores.

        Parameters
        ----------
        y : array-like of shape (n,)
            Two labels: the labelled positives' and that of the unlabeled.
        y_score : array-like of shape (n,)
            Finite scores, higher for the positives, of a classifier that was not
            trained on these samples. Any other order of them is allowed as well.
        prior : float
            Share of positives in the population, in (0, 1); in the single scheme it
            must exceed the labelled share of `y`.
        by : array-like of shape (n,) or None, default=None
            The group of each sample; None takes all as one.
        scheme : {"single", "case-control"}, default="single"
            "single": one sample of the population, some of whose positives are
            labelled. "case-control": the unlabeled samples are a sample of the
            population, and the positives were drawn apart.
        pos_label : label or None, default=None
            The label of the positives; None is the greater of the two.
        confidence : float, default=0.95
            Of the limit, in (0, 1).
        n_resamples : int, default=999
            Number of draws; a p-value is at least ``1 / (n_resamples + 1)``.
        random_state : int, RandomState instance or None, default=None
            Of the draws.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        LabelsAtRandomDisplay
            Drawn; its `plot` draws it again.

        Raises
        ------
        ValueError
            For other than two labels, scores that are not finite, a prior that cannot
            be, or a parameter out of its range.
        TypeError
            Where `prior` is not a number.
        ImportError
            Where matplotlib is missing.
        """
        check_matplotlib(cls)
        _check_prior_is_number(prior)
        samples = scores_by_label(y, y_score, prior, scheme, pos_label)
        is_positive, _, _ = labeled_positives(y, pos_label)
        scores = np.ravel(y_score).astype(float)
        groups = split_groups(scores, is_positive, by)
        found = measure_labels(
            groups, samples.priors, confidence, n_resamples, random_state
        )
        return cls(*found, confidence=confidence).plot(ax)

    def plot(self, ax=None):
        """Draw, also a second time.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a figure. Where there are more than six groups,
            those within the limit are grey.

        Returns
        -------
        LabelsAtRandomDisplay
            Itself.
        """
        ax = make_axes(self, ax)
        ax.fill_between(*self.limit, 1, color="tab:red", alpha=0.12, linewidth=0)
        ax.plot(
            *self.limit,
            color="tab:red",
            linewidth=1,
            label=f"limit of random labels ({self.confidence:.0%})",
        )
        ax.axhline(
            self.label_frequency,
            color="0.3",
            linestyle="--",
            linewidth=1,
            label=f"label frequency {self.label_frequency:.3g}",
        )
        few, level = len(self.curves) <= N_COLORS, 1 - self.confidence
        for name, curve in self.curves.items():
            style = {"label": f"{name} (p = {self.pvalues[name]:.3g})"}
            if not few and self.pvalues[name] > level:
                style = {"color": "0.7", "linewidth": 0.8}
            ax.plot(*curve, **style)
        ax.set(
            xscale="log",
            # A group of one sample has one point.
            xlim=(1, max(2, self.limit[0][-1])),
            ylim=(0, 1),
            xlabel="number of samples with the highest scores",
            ylabel="labelled share of them",
        )
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), frameon=False)
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _check_prior_is_number(prior):
    if not isinstance(prior, Real):
        raise TypeError(
            "`prior` must be a number, known from elsewhere than these scores. "
            f"Got {prior!r}."
        )
