"""A display of whether labels were drawn at random among the positives."""

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_consistent_length, check_random_state

from pusklearn.pu._checks import check_number, check_share
from pusklearn.pu._labels import labeled_positives
from pusklearn.pu.displays._display_tools import (
    adopt_settings,
    check_matplotlib,
    find_method,
    held_out_responses,
    make_axes,
)
from pusklearn.pu.displays._label_preferences import (
    both_ends,
    check_properties,
    measure_preferences,
)
from pusklearn.pu.displays._labels_at_random import measure_labels, split_groups
from pusklearn.pu.metrics._values_by_label import scores_by_label

# If there are more groups than this, only those that exceed the limit get a colour.
N_COLORS = 6


class LabelsAtRandomDisplay:
    """The labelled share of the highest scores, and the greatest share it can have.

    PU learning assumes that the labelled positives are a random sample of all
    positives. If they are, no part of the data, however chosen, is expected to have a
    greater labelled share than the positives themselves. That share is the label
    frequency ``c``, which follows from the prior. Here the parts are the samples with
    the highest scores, in all data or within groups such as micrographs, hospitals or
    years. A labelled share above the limit says that labels prefer these samples, or
    that the prior is too great.

    Use `from_estimator` or `from_predictions` to make and draw a display,
    `from_properties` for other orders than that of the scores, and `from_picker` for
    the labels of a picker. The parameters below say what is drawn.

    Parameters
    ----------
    curves : dict of str to pair of ndarray
        Two arrays for each group, or for "all samples": numbers of samples with the
        highest scores, and the labelled share of these samples.
    limit : pair of ndarray
        Numbers of samples and a labelled share for each. If labels are random, no
        curve exceeds these shares anywhere, with a probability of `confidence`.
    label_frequency : float
        Share of the positives in the data that are labelled; it follows from the prior.
    pvalues : dict of str to float
        The p-value of each group, adjusted for the number of groups.
    confidence : float, default=0.95
        The confidence of the limit.
    xlabel : str, default="number of samples with the highest scores"
        What is counted on the axis of numbers.

    Attributes
    ----------
    pvalue : float
        The smallest of `pvalues`. If labels are random and the prior is right, this is
        the greatest probability of a curve that exceeds the label frequency as clearly.
    ax_ : matplotlib Axes
        The axes that hold the drawing.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    See Also
    --------
    PredictedShareDisplay : Shows the scores of both kinds of samples.

    Notes
    -----
    *What it detects.* It detects labels that prefer positives with the highest scores,
    such as the clearest ones, and, with groups, labels that are too many in some
    groups. Nearly all of the preferred samples must be positives, since negatives among
    them hide the excess.

    *What it cannot detect.* It cannot detect labels that prefer positives which look
    like negatives: too few labels at the highest scores look the same as negatives
    there. No test can tell the two apart from PU data. If no part of the data has a
    labelled share above ``c``, there is a population with this prior whose labels are
    random. For the same reason, a prior that was estimated from such scores leaves
    almost nothing to detect, since it is the greatest prior that agrees with random
    labels. Give a prior that is known from elsewhere. A `pvalue` that is not small does
    not prove that labels are random.

    *How it works.* Among the ``m`` highest scores, ``k`` are labelled. If ``k > mc``,
    the labelled share ``k / m`` is compared with ``c`` by the deviance
    ``k log(k / mc) + (m - k) log((m - k) / (m - mc))``, as in the test of Berk and
    Jones. The greatest deviance over a hundred ``m`` and over all groups is compared
    with draws in which all of the highest scores are positives, labelled at random. In
    the single scheme, chance may have made ``c`` too low, so the draws take a frequency
    two standard errors above ``c``; a hundred samples therefore show little. Negatives
    among the highest scores only lower the deviance, so the test keeps its level for
    any classifier, provided that the samples are independent and were not used to train
    it. Regions of a micrograph that overlap are not independent.

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

    def __init__(
        self,
        curves: dict[str, tuple[NDArray[Any], NDArray[Any]]],
        limit: tuple[NDArray[Any], NDArray[Any]],
        label_frequency: float,
        pvalues: dict[str, float],
        *,
        confidence: float = 0.95,
        xlabel: str = "number of samples with the highest scores",
    ):
        self.curves = curves
        self.limit = limit
        self.label_frequency = label_frequency
        self.pvalues = pvalues
        self.confidence = confidence
        self.xlabel = xlabel

    @property
    def pvalue(self) -> float:
        """The least of the p-values of the groups."""
        return min(self.pvalues.values())

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: ArrayLike,
        *,
        prior: float,
        scheme: str | None = None,
        pos_label: Any = None,
        by: ArrayLike | None = None,
        confidence: float = 0.95,
        n_resamples: int = 999,
        cv: Any = 0.5,
        n_jobs: int | None = None,
        random_state: int | np.random.RandomState | None = None,
        ax: Any = None,
    ) -> "LabelsAtRandomDisplay":
        """Test the labels with scores of a classifier trained on other samples.

        Parameters
        ----------
        estimator : classifier
            A classifier with ``decision_function`` or ``predict_proba``. Clones of it
            are trained on a part of the samples and score the others. The better it
            tells labelled positives from unlabeled samples, the more the test detects.
        X : array-like, sparse matrix, DataFrame, list or TiledRegions of length n
            The samples, labelled positives and unlabeled together.
        y : array-like of shape (n,)
            Two labels: one for labelled positives, one for unlabeled samples.
        prior : float
            Share of positives in the population, in (0, 1); in the single scheme it
            must exceed the labelled share of `y`.
        scheme : {"single", "case-control"} or None, default=None
            How the samples were drawn. "single": one sample was drawn from the
            population, and some of its positives are labelled. "case-control": the
            unlabeled samples were drawn from the population, and the labelled positives
            separately from the positives. None takes the scheme of the estimator if it
            has one, and "single" otherwise.
        pos_label : label or None, default=None
            The label of the positives. None takes that of the estimator if it has one,
            and the plainly positive one, or the greater, otherwise.
        by : array-like of shape (n,) or None, default=None
            The group of each sample; None makes one group of all samples.
        confidence : float, default=0.95
            Confidence of the limit, in (0, 1).
        n_resamples : int, default=999
            Number of draws; a p-value is at least ``1 / (n_resamples + 1)``.
        cv : float, int, splitter or iterable, default=0.5
            The samples that are held out and scored. A float is one random share of the
            samples. An int is a number of stratified, shuffled folds, which hold out
            every sample once; their scores are pooled. Folds detect more, but each
            label then has an influence on the scores of the others: with forests and
            150 labels that were drawn at random, p-values were at most 0.05 in 0.09 of
            the cases.
        n_jobs : int or None, default=None
            Number of folds fitted in parallel; see joblib.
        random_state : int, RandomState instance or None, default=None
            Seeds the folds and the draws. If the `estimator` is random, it has a seed
            of its own.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        LabelsAtRandomDisplay
            The display, already drawn; its `plot` draws it again.

        Raises
        ------
        ValueError
            If there are not two labels, the prior is impossible, or a parameter is out
            of its range.
        TypeError
            If `prior` is not a number, or the estimator has no scores.
        ImportError
            If matplotlib is missing.
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
        y: ArrayLike,
        y_score: ArrayLike,
        *,
        prior: float,
        scheme: str = "single",
        pos_label: Any = None,
        by: ArrayLike | None = None,
        confidence: float = 0.95,
        n_resamples: int = 999,
        random_state: int | np.random.RandomState | None = None,
        ax: Any = None,
    ) -> "LabelsAtRandomDisplay":
        """Test the labels with given scores.

        Parameters
        ----------
        y : array-like of shape (n,)
            Two labels: one for labelled positives, one for unlabeled samples.
        y_score : array-like of shape (n,)
            Finite scores, greater for positives, from a classifier that was not trained
            on these samples. Any other scores that do not depend on the labels are
            valid as well.
        prior : float
            Share of positives in the population, in (0, 1); in the single scheme it
            must exceed the labelled share of `y`.
        scheme : {"single", "case-control"}, default="single"
            How the samples were drawn. "single": one sample was drawn from the
            population, and some of its positives are labelled. "case-control": the
            unlabeled samples were drawn from the population, and the labelled positives
            separately from the positives.
        pos_label : label or None, default=None
            The label of the positives. None takes the plainly positive one, or
            the greater.
        by : array-like of shape (n,) or None, default=None
            The group of each sample; None makes one group of all samples.
        confidence : float, default=0.95
            Confidence of the limit, in (0, 1).
        n_resamples : int, default=999
            Number of draws; a p-value is at least ``1 / (n_resamples + 1)``.
        random_state : int, RandomState instance or None, default=None
            Seeds the draws.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        LabelsAtRandomDisplay
            The display, already drawn; its `plot` draws it again.

        Raises
        ------
        ValueError
            If there are not two labels, a score is not finite, the prior is impossible,
            or a parameter is out of its range.
        TypeError
            If `prior` is not a number.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls)
        _check_prior_is_number(prior)
        samples = scores_by_label(y, y_score, prior, scheme, pos_label)
        is_positive, _, _ = labeled_positives(y, pos_label)
        scores = np.ravel(y_score).astype(float)
        groups = split_groups(scores, is_positive, by)
        measured = measure_labels(
            groups, samples.priors, confidence, n_resamples, random_state
        )
        return cls(*measured, confidence=confidence).plot(ax)

    @classmethod
    def from_properties(
        cls,
        y: ArrayLike,
        properties: Mapping[str, ArrayLike],
        *,
        by: ArrayLike | None = None,
        purity: float = 1.0,
        pos_label: Any = None,
        confidence: float = 0.95,
        ax: Any = None,
    ) -> "LabelsAtRandomDisplay":
        """Test whether labels prefer one end of any property of the positives.

        Parameters
        ----------
        y : array-like of shape (n,)
            Two labels: one for labelled positives, one for unlabeled samples. Leave out
            samples that are probably negative.
        properties : mapping of str to array-like of shape (n,), or DataFrame
            What may decide who is labelled, such as an age, a brightness or a place;
            finite numbers that do not depend on the labels.
        by : array-like of shape (n,) or None, default=None
            The group of each sample, such as a hospital. Only samples of the same group
            are compared, so that groups may have many labels or few. None makes one
            group of all samples.
        purity : float, default=1.0
            The share of the samples that are positives, in (0, 1]. Negatives may lie
            anywhere, so a lower purity detects less.
        pos_label : label or None, default=None
            The label of the positives. None takes the plainly positive one, or
            the greater.
        confidence : float, default=0.95
            Confidence of the limit, in (0, 1).
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        LabelsAtRandomDisplay
            The display, already drawn. Each curve starts at one end of a property, and
            is scaled as if all groups had the same share of labels. `pvalues` hold
            whatever the samples are, for they are binomial and multiplied by the number
            of all comparisons.

        Raises
        ------
        ValueError
            If there are not two labels, a property is not finite or of another length,
            there is none, or a parameter is out of its range.
        ImportError
            If matplotlib is missing.

        Examples
        --------
        Only the young are labelled:

        >>> import numpy as np
        >>> from pusklearn.metrics import LabelsAtRandomDisplay
        >>> rng = np.random.default_rng(0)
        >>> age, height = rng.uniform(20, 80, 300), rng.uniform(150, 200, 300)
        >>> y = (rng.random(300) < 0.4) & (age < 50)
        >>> display = LabelsAtRandomDisplay.from_properties(
        ...     y, {"age": age, "height": height}
        ... )
        >>> [name for name, pvalue in display.pvalues.items() if pvalue < 0.01]
        ['low age']
        """
        check_matplotlib(cls)
        check_number(purity, "purity", "(0, 1]")
        check_share(confidence, "confidence")
        is_positive, _, _ = labeled_positives(y, pos_label)
        n_labeled = int(is_positive.sum())
        groups = np.zeros(len(is_positive)) if by is None else np.asarray(by)
        check_consistent_length(is_positive, groups)
        measured = measure_preferences(
            both_ends(
                check_properties(properties, len(is_positive)), is_positive, groups
            ),
            n_labeled,
            purity,
            min(n_labeled / (purity * len(is_positive)), 1),
            confidence,
        )
        xlabel = "number of positives that come first"
        return cls(*measured, confidence=confidence, xlabel=xlabel).plot(ax)

    @classmethod
    def from_picker(cls, picker: Any, *, ax: Any = None) -> "LabelsAtRandomDisplay":
        """Draw what a picker has seen of its labels while it was trained.

        Parameters
        ----------
        picker : Pipeline or PeakExtractor
            A fitted picker, see `make_picker`, or its last step. It has compared its
            labels with all likely particles of the same micrographs, on score maps that
            were not learnt from them.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        LabelsAtRandomDisplay
            The display, already drawn. Its curves start with the highest scores, or at
            one end of the brightness, the contrast or the elongation of the particles,
            of their place in the micrograph, or of their distance from the next one.

        Raises
        ------
        ValueError
            If the picker has compared nothing, since its scores are not calibrated or
            fewer than 20 labels could be compared.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls)
        last = picker.steps[-1][1] if hasattr(picker, "steps") else picker
        found = getattr(last, "labels_at_random_", None)
        if found is None:
            raise ValueError(
                "This picker has not compared its labels with other particles. It does "
                "so in `fit` if its scores are calibrated and at least 20 labels lie "
                "among the likely particles."
            )
        xlabel = "number of particles that come first"
        return cls(**found, xlabel=xlabel).plot(ax)

    def plot(self, ax: Any = None) -> "LabelsAtRandomDisplay":
        """Draw the display, also on other axes.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure. If there are more than six groups,
            those within the limit are grey.

        Returns
        -------
        LabelsAtRandomDisplay
            The display itself.
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
            style: dict[str, Any] = {"label": f"{name} (p = {self.pvalues[name]:.3g})"}
            if not few and self.pvalues[name] > level:
                style = {"color": "0.7", "linewidth": 0.8}
            ax.plot(*curve, **style)
        ax.set(
            xscale="log",
            # A group of one sample has one point.
            xlim=(self.limit[0][0], max(2, self.limit[0][-1])),
            ylim=(0, 1),
            xlabel=self.xlabel,
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
