"""Picks from score maps."""

from functools import partial

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from pusklearn.micrographs.images._check_coordinates import check_coordinates
from pusklearn.micrographs.images._check_micrographs import check_micrographs
from pusklearn.micrographs.images._lazy_rows import LazyRows, compute_in_parallel
from pusklearn.micrographs.images._micrograph import length_in_pixels
from pusklearn.micrographs.metrics._picking_average_precision import (
    picking_average_precision,
)
from pusklearn.micrographs.peaks._peaks import find_peaks, smooth
from pusklearn.micrographs.peaks._pick_thresholds import (
    RULES,
    check_threshold_needs,
    fdr_threshold,
    prior_threshold,
    recall_threshold,
)
from pusklearn.pu._checks import check_number
from pusklearn.pu._threshold_rules import parse_threshold


class PeakExtractor(TransformerMixin, BaseEstimator):
    """Pick the peaks of score maps that keep a distance from one another.

    A pick is a local maximum: a pixel that is the greatest of its 3 x 3
    neighbourhood. The best one suppresses every other within `radius`, then the best
    that is left does, and so on. One row is one score map. Lengths and coordinates
    are in pixels of the original micrograph, whatever the maps' ``scale``.

    Parameters
    ----------
    radius : float, default=10.0
        Picks of one micrograph are further apart than this. Must be > 0; the
        particle radius is a good start.
    threshold : None, float or str, default=None
        Picks have a score greater than ``threshold_``, which `fit` sets from what
        follows; None and a number also act when they are set later:

        - None: every peak is a pick;
        - a number: that score;
        - "prior": as many picks on the training maps as `particles_per_micrograph`
          makes expect;
        - "recall:LEVEL", such as "recall:0.95": the highest threshold at which at
          least that share of the labelled particles is matched by a pick;
        - "fdr:LEVEL", such as "fdr:0.05": the lowest threshold at which the
          estimated share of wrong picks is within the level, see Notes.
    match_radius : float or None, default=None
        A pick matches a labelled particle at a smaller distance. None takes
        `radius`.
    particles_per_micrograph : float or None, default=None
        Mean number of particles in a micrograph, labelled or not. "prior" and "fdr"
        need it.
    smoothing : float, default=0.0
        Standard deviation of the Gaussian that each map is smoothed with first, >= 0.
        The regions beside a particle's centre hold it too, so their scores bear
        witness to the same particle; their weighted mean is the pick's score.
    margin : float, default=0.0
        Least distance of a pick from the outermost pixels of the map.
    refine : bool, default=False
        Whether to move each pick to the maximum of a quadratic through its 3 x 3
        neighbourhood, by half a pixel of the map at most in x and in y. Score and
        suppression stay those of the pixel.

    Attributes
    ----------
    threshold_ : float
        Picks have a greater score; -inf where every peak is a pick.
    rule_ : None, float or str
        The `threshold` that it was set from.

    See Also
    --------
    pusklearn.metrics.picking_average_precision : The score.

    Notes
    -----
    `match_radius` follows `radius` unless it is given; give it where a grid search
    compares radii, so that all are judged alike.

    A pixel that is NaN is masked: it is never picked. A constant neighbourhood has
    no peak. At equal scores the smaller y, then the smaller x, is taken first.

    With ``r`` the share of the labelled particles that is matched, ``n`` the number
    of picks and ``N`` the number of particles expected on all training maps, the
    false discovery rate is estimated as ``1 - r * N / n``: the precision of a PU
    classifier is prior * recall / rate of positive predictions. It holds where the
    labelled particles are a fair sample of all.

    Labels that trained the scores are found more easily than other particles. A
    threshold from "recall" or "fdr" is then optimistic; labels of micrographs that
    were kept out of training avoid that.

    Examples
    --------
    The map has half the size of its micrograph, so picks have twice its coordinates:

    >>> import numpy as np
    >>> from pusklearn import Micrograph, PeakExtractor
    >>> scores = Micrograph(np.zeros((40, 60)), scale=2.0)
    >>> scores[10, 25], scores[10, 28], scores[30, 5] = 3.0, 2.0, 1.0
    >>> PeakExtractor(radius=8).fit([scores]).predict([scores])[0]
    array([[50., 20.,  3.],
           [10., 60.,  1.]])

    A threshold that keeps one pick per map:

    >>> extractor = PeakExtractor(8, threshold="prior", particles_per_micrograph=1)
    >>> extractor.fit_transform([scores])[0]
    array([[50., 20.,  3.]])

    Average precision ranks every peak, also those below the threshold:

    >>> extractor.score([scores], [[[50, 21], [11, 60]]])
    1.0
    """

    def __init__(
        self,
        radius=10.0,
        *,
        threshold=None,
        match_radius=None,
        particles_per_micrograph=None,
        smoothing=0.0,
        margin=0.0,
        refine=False,
    ):
        self.radius = radius
        self.threshold = threshold
        self.match_radius = match_radius
        self.particles_per_micrograph = particles_per_micrograph
        self.smoothing = smoothing
        self.margin = margin
        self.refine = refine

    def fit(self, X, y=None):
        """Set the threshold.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            Score maps, one per micrograph.
        y : sequence of array-like of shape (m, >=2), default=None
            Labelled particles ``x, y`` of each micrograph. "recall" and "fdr" need
            them.

        Returns
        -------
        PeakExtractor
            The fitted object.

        Raises
        ------
        ValueError
            Where a parameter is out of range, the threshold needs `y` or
            `particles_per_micrograph` and has none, or its level is out of reach.
        TypeError
            Where a parameter is no number.
        """
        self._check_parameters()
        rule, level = parse_threshold(self.threshold, RULES)
        maps = check_micrographs(X)
        labels = None if y is None else check_coordinates(y, len(maps))
        self.threshold_ = (
            level if rule == "number" else self._choose(rule, level, maps, labels)
        )
        self.rule_ = self.threshold
        return self

    def predict(self, X):
        """Pick.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            Score maps, one per micrograph.

        Returns
        -------
        ndarray of object, shape (n_micrographs,)
            Of each micrograph an array of shape (k, 3), float64: ``x, y, score`` by
            descending score; ``k`` may be 0.

        Raises
        ------
        ValueError
            Where a map is infinite somewhere and `smoothing` is not 0, or another
            rule has been set as `threshold` since `fit`.
        """
        check_is_fitted(self)
        maps = check_micrographs(X)
        return self._extract(maps, self._find_threshold())

    def peaks(self, X):
        """Find every peak, whatever the threshold.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            Score maps, one per micrograph.

        Returns
        -------
        ndarray of object, shape (n_micrographs,)
            Of each micrograph an array of shape (k, 3), as `predict` gives.
        """
        return self._extract(check_micrographs(X), -np.inf)

    def transform(self, X):
        """Pick, as `predict` does.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            Score maps, one per micrograph.

        Returns
        -------
        ndarray of object, shape (n_micrographs,)
            Of each micrograph an array of shape (k, 3).
        """
        return self.predict(X)

    def score(self, X, y, sample_weight=None):
        """Average precision of all peaks, a measure of their ranking.

        The threshold is not applied: a peak below it counts too.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            Score maps, one per micrograph.
        y : sequence of array-like of shape (m, >=2)
            All particles ``x, y`` of each micrograph.
        sample_weight : None, default=None
            Weights are not supported; the argument is there for pipelines.

        Returns
        -------
        float
            `pusklearn.metrics.picking_average_precision` at `match_radius`.
        """
        check_is_fitted(self)
        if sample_weight is not None:
            raise ValueError("`sample_weight` must be None: weights are not supported.")
        maps = check_micrographs(X)
        labels = check_coordinates(y, len(maps))
        return picking_average_precision(labels, self.peaks(maps), self._match_radius())

    def _extract(self, maps, threshold):
        extract = partial(self._extract_one, threshold=threshold)
        picks = np.empty(len(maps), dtype=object)
        for row, found in enumerate(compute_in_parallel(LazyRows(extract, maps))):
            picks[row] = found
        return picks

    def _extract_one(self, scores, threshold):
        if self.smoothing and np.isinf(scores).any():
            raise ValueError(
                "A score map that is smoothed must not be infinite anywhere; NaN marks "
                f"pixels without a score. Micrograph {scores.name or '(no name)'} is."
            )
        picks = find_peaks(
            smooth(scores, self.smoothing / scores.scale),
            length_in_pixels(self.radius, scores),
            threshold=threshold,
            margin=self.margin / scores.scale,
            refine=self.refine,
        )
        picks[:, :2] *= scores.scale
        return picks

    def _find_threshold(self):
        """Return that of the fit, or a number that was set since."""
        rule, level = parse_threshold(self.threshold, RULES)
        if rule == "number":
            return level
        if self.threshold != self.rule_:
            raise ValueError(
                f"threshold={self.threshold!r} is chosen while fitting, and was set "
                "since. Fit the PeakExtractor again, to score maps."
            )
        return self.threshold_

    def _match_radius(self):
        return self.radius if self.match_radius is None else self.match_radius

    def _choose(self, rule, level, maps, labels):
        """Return the threshold of a rule that looks at the training maps."""
        check_threshold_needs(self.threshold, self.particles_per_micrograph)
        if rule in ("recall", "fdr") and labels is None:
            raise ValueError(
                f"threshold={self.threshold!r} needs labelled particles `y`. Got None."
            )
        picks = self._extract(maps, -np.inf)
        if rule == "recall":
            return recall_threshold(picks, labels, self._match_radius(), level)
        n_expected = self.particles_per_micrograph * len(maps)
        if rule == "prior":
            return prior_threshold(picks, n_expected)
        return fdr_threshold(picks, labels, self._match_radius(), level, n_expected)

    def _check_parameters(self):
        positive = {
            "radius": self.radius,
            "match_radius": self._match_radius(),
            "particles_per_micrograph": self.particles_per_micrograph,
        }
        for name, value in positive.items():
            if value is not None:
                check_number(value, name, "(0, inf)")
        for name in ("smoothing", "margin"):
            check_number(getattr(self, name), name)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.input_tags.allow_nan = True
        return tags
