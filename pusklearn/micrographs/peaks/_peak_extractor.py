"""Picks from score maps."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Bunch, Tags
from sklearn.utils.validation import check_is_fitted

from pusklearn.micrographs.images._check_coordinates import check_coordinates
from pusklearn.micrographs.images._check_micrographs import check_micrographs
from pusklearn.micrographs.images._gaps import find_gaps
from pusklearn.micrographs.images._lazy_rows import LazyRows, compute_in_parallel
from pusklearn.micrographs.images._lengths import original_pixels, parse_length
from pusklearn.micrographs.metrics._picking_average_precision import (
    picking_average_precision,
)
from pusklearn.micrographs.peaks._calibrated_evidence import calibrate
from pusklearn.micrographs.peaks._chosen_labels import compare_labels
from pusklearn.micrographs.peaks._expected_quality import (
    expected_quality,
    scores_of_picks,
)
from pusklearn.micrographs.peaks._extracted_peaks import (
    ExtractedPeaks,
    labels_inside,
    no_peaks,
    particles_of_maps,
    picks_above,
    with_one_radius,
)
from pusklearn.micrographs.peaks._map_peaks import map_peaks
from pusklearn.micrographs.peaks._peak_evidence import PeakEvidence, gather_evidence
from pusklearn.micrographs.peaks._peak_settings import (
    check_same_peaks,
    check_same_scores,
    peak_settings,
)
from pusklearn.micrographs.peaks._pick_thresholds import (
    RULES,
    choose_threshold,
    refuse_raw_scores,
)
from pusklearn.micrographs.peaks._without_training import (
    has_no_maps,
    refuse_without_picking,
)
from pusklearn.pu._checks import check_choice, check_flag, check_number, check_verbose
from pusklearn.pu._threshold_rules import parse_threshold
from pusklearn.pu._whole_or_unfitted import whole_or_unfitted


class PeakExtractor(TransformerMixin, BaseEstimator):
    """Pick the peaks of score maps that keep a distance from one another.

    A pick is a local maximum: a pixel that is the greatest of its 3 x 3
    neighbourhood. The best one suppresses every other within `radius`, then the best
    that is left does, and so on. One row is one score map. Lengths and coordinates
    are in pixels of the original micrograph, whatever the ``scale`` of the maps. Each
    length may also be given in angstrom, such as "80A", if micrographs have a pixel
    size.

    Parameters
    ----------
    radius : float or str, default=10.0
        Picks of one micrograph are further apart than this. Must be > 0; the
        particle radius is a good start.
    match_radius : float, str or None, default=None
        A pick matches a labelled particle if their distance is smaller than this.
        Must be > 0. None takes `radius`.
    smoothing : float or str, default=0.0
        Standard deviation of the Gaussian that each map is smoothed with first, >= 0.
        The regions beside a particle's centre hold the particle too, so their scores
        are evidence for the same particle; the pick's score is their weighted mean.
    margin : float or str, default=0.0
        Least distance of a pick from the outermost pixels of the map, >= 0.
    refine : bool, default=False
        Whether to move each pick to the maximum of a quadratic through its 3 x 3
        neighbourhood, by half a pixel of the map at most in x and in y. The score and
        the suppression stay those of the pixel.
    particles_per_micrograph : float or None, default=None
        Mean number of particles in a micrograph, labelled or not, without those on
        missing pixels. Must be > 0. The thresholds "prior" and "fdr" need it. None
        takes the number that the score maps tell: those of a `RegionScorer` do if its
        classifier has a prior, given or estimated.
    threshold : None, float or str, default=None
        The rule by which the threshold is chosen. Picks have a greater score:

        - None: every peak is a pick;
        - a number: the threshold is this number, which is log-odds if the scores are
          calibrated: 0 is an even chance;
        - "probability:LEVEL", such as "probability:0.5": picks are particles with a
          greater probability than this. It needs calibrated scores;
        - "prior": the training maps have as many picks as particles are expected;
        - "recall:LEVEL", such as "recall:0.95": the highest threshold at which at
          least this share of the particles is expected among the picks;
        - "fdr:LEVEL", such as "fdr:0.05": the lowest threshold at which the expected
          share of wrong picks is not above the level;
        - "precision:LEVEL", such as "precision:0.95", is "fdr" with 1 - LEVEL: at least
          this share of the picks is expected to be right.

        Every rule may also be set after the fit, see Notes.
    verbose : int, default=0
        0 shows nothing; 1 or more shows a bar with the time left.
    on_error : {"raise", "warn"}, default="raise"
        What happens if a score map cannot be computed or used: an error, or a warning
        that names the micrograph and says why. In the second case, it has no picks.

    Attributes
    ----------
    threshold_ : float
        The threshold that `fit` has chosen; -inf if every peak is a pick. It is NaN if
        there were no training maps and `predict` chooses it, see Notes.
    rule_ : None, float or str
        The `threshold` from which ``threshold_`` was chosen.
    peak_scores_ : ndarray of float64 of shape (n_peaks,) or None
        The scores of all peaks of the training maps, in descending order; None if there
        were no training maps.
    match_scores_ : ndarray of float64 of shape (n_matched,) or None
        The scores at which one labelled particle more is matched, in descending order;
        None if `fit` got no labels.
    n_labels_ : int or None
        The number of labelled particles; None if `fit` got no labels.
    n_micrographs_ : int
        The number of training maps that have a pixel that is not missing.
    n_expected_ : float or None
        The number of particles in all training maps: `particles_per_micrograph` times
        their number, or what the maps tell, or an estimate by held-out maps; None if
        nothing tells it.
    n_expected_interval_ : tuple of float or None
        Lower and upper end of that number, which hold it with a probability of 0.9, if
        it was estimated; otherwise None.
    calibration_ : PickCalibration or None
        The map from raw scores of peaks, those of the smoothed score maps, to the
        log-odds that a peak is a particle. None if the scores are raw, see Notes.
    labels_at_random_ : dict or None
        How the labelled particles compare with all likely particles of their
        micrographs, as `pusklearn.metrics.LabelsAtRandomDisplay.from_picker` draws it.
        None if the scores are not calibrated, or fewer than 20 labels can be compared.
    peak_settings_ : dict
        The parameters by which `fit` found the peaks and matched the labels.

    See Also
    --------
    pusklearn.metrics.picking_average_precision : The score.

    Notes
    -----
    If a grid search compares radii, give `match_radius`, so that it judges all of them
    by the same distance.

    A pixel that is masked, NaN or infinite is missing: it is never picked, and it takes
    no part in the smoothing and the comparison of its neighbours. Particles on missing
    pixels count neither for the threshold nor in `score`, and a map without any other
    pixel not as a micrograph. A constant neighbourhood has no peak. At equal scores the
    smaller y, then the smaller x, is taken first.

    Particles that are nearer to each other than a third of `match_radius` count once,
    since they are clicks on the same one.

    If the training maps come from the `fit_transform` of a `RegionScorer` with
    ``calibrate=True``, as in a pipeline, they bring maps of held-out micrographs. Then
    the score of a pick is the log-odds that it is a particle, learnt from the labels;
    the ranks of the peaks stay as they were. `expected_quality` says what to expect of
    a threshold. "recall" and "fdr" follow from the probabilities, and hold on average,
    if the labelled particles are a random sample of all.

    Otherwise scores are those of the smoothed maps. "recall" then counts labelled
    particles that are matched by a pick. Let ``r`` be the share of them, ``n`` the
    number of picks and ``N`` the number of particles expected on all training maps;
    "fdr" takes ``1 - r * N / n``, because the precision of a PU classifier is
    prior * recall / rate of positive predictions. Labelled particles that trained the
    scores are found more easily than others, so that both are optimistic.

    `fit` finds and judges all peaks of the training maps, whatever the rule, and keeps
    their scores. A rule that is set later gives the threshold that a fit with it would
    have given, and so does another `particles_per_micrograph` if the scores are raw;
    log-odds were learnt with the number of the fit, and stay as they are. If `radius`,
    `smoothing`, `match_radius` or `refine` is set later and a rule depends on it, this
    is an error, since the peaks of the fit were others; and so it is to pick with
    another `radius` or `smoothing` if the scores are calibrated. `margin` may be set
    later: the threshold stays.

    The extractor of a `general_picker` is fitted without training maps. `predict` then
    chooses the threshold "prior" from all maps that it is given; "recall" and "fdr" are
    errors.

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

    Another rule after the fit:

    >>> extractor.set_params(particles_per_micrograph=2).find_threshold() < 1
    True

    Average precision ranks every peak, also those below the threshold:

    >>> extractor.score([scores], [[[50, 21], [11, 60]]])
    1.0
    """

    def __init__(
        self,
        radius=10.0,
        *,
        match_radius=None,
        smoothing=0.0,
        margin=0.0,
        refine=False,
        particles_per_micrograph=None,
        threshold=None,
        verbose=0,
        on_error="raise",
    ):
        self.radius = radius
        self.match_radius = match_radius
        self.smoothing = smoothing
        self.margin = margin
        self.refine = refine
        self.particles_per_micrograph = particles_per_micrograph
        self.threshold = threshold
        self.verbose = verbose
        self.on_error = on_error

    @whole_or_unfitted
    def fit(
        self, X: Sequence[ArrayLike], y: Sequence[ArrayLike] | None = None
    ) -> "PeakExtractor":
        """Choose the threshold, and keep what every other rule needs.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            Score maps, one per micrograph.
        y : sequence of array-like of shape (m, >=2), default=None
            Labelled particles ``x, y`` of each micrograph. The thresholds "recall" and
            "fdr" need them, also if they are set later.

        Returns
        -------
        PeakExtractor
            The fitted object.

        Raises
        ------
        ValueError
            If a parameter is out of range, the threshold needs `y` or the number of
            particles and it is not known, or the level of "fdr" is out of reach.
        TypeError
            If a parameter is not a number, or `refine` is not True or False.

        Warns
        -----
        UserWarning
            If there are fewer peaks than "prior" expects, or all peaks together do not
            reach the level of "recall"; every peak is kept.
            If scores are to be calibrated, but held-out maps or the training maps have
            no peak.
            If the labelled particles are plainly no random sample of the particles, by
            their places, their looks, or, if the number of particles is given, their
            scores on held-out maps. The warning says what they prefer.
        """
        self._check_parameters()
        parse_threshold(self.threshold, RULES)
        maps = self._check_maps(X)
        labels = None if y is None else check_coordinates(y, len(maps))
        trained = self._extract_all(maps, -np.inf)
        held_out = getattr(X, "held_out", None)
        if held_out is not None and labels is not None:
            # What has trained the scores has told of the others, and left them out.
            labels = labels_inside(labels, trained)
        evidence = gather_evidence(trained, labels)
        extracted = []
        if held_out is not None:
            extracted = self._extract_all(held_out.maps, -np.inf)
        self.calibration_, evidence, count = calibrate(
            self._counted(evidence),
            held_out,
            extracted,
            self._given_number(evidence),
        )
        self.peak_scores_ = evidence.peak_scores
        self.match_scores_ = evidence.match_scores
        self.n_labels_ = evidence.n_labels
        self.n_micrographs_ = evidence.n_micrographs
        self.n_expected_ = evidence.n_expected
        self.n_expected_interval_ = self._interval(X, count)
        self.peak_settings_ = peak_settings(self)
        self.threshold_ = self._choose(self.threshold)
        self.rule_ = self.threshold
        self.labels_at_random_ = None
        if held_out is not None and self.calibration_ is not None:
            self.labels_at_random_ = compare_labels(
                held_out, extracted, maps.rows, self.radius, evidence, count is None
            )
        return self

    def find_threshold(self, rule: float | str | None = None) -> float:
        """Return the threshold of a rule.

        Parameters
        ----------
        rule : float, str or None, default=None
            A rule, as the parameter `threshold` takes it; None takes that parameter.

        Returns
        -------
        float
            Picks have a greater score. It is -inf if every peak is a pick.

        Raises
        ------
        ValueError
            If the rule is of no known form, needs labels or the number of particles and
            `fit` has learnt of none, depends on a parameter that was changed after
            `fit`, or the level of "fdr" is out of reach.

        Warns
        -----
        UserWarning
            As `fit` does.

        Examples
        --------
        >>> import numpy as np
        >>> from pusklearn import PeakExtractor
        >>> scores = np.zeros((20, 30))
        >>> scores[10, 12], scores[10, 25] = 3.0, 2.0
        >>> extractor = PeakExtractor(radius=4).fit([scores], [[[12, 10], [25, 9]]])
        >>> [round(extractor.find_threshold(f"recall:{r}"), 3) for r in (0.5, 1)]
        [3.0, 2.0]
        """
        check_is_fitted(self)
        self._check_parameters()
        threshold = self.threshold if rule is None else rule
        if parse_threshold(threshold, RULES).name in ("number", "probability"):
            return self._choose(threshold)
        if has_no_maps(self):
            refuse_without_picking(threshold)
        then = getattr(self, "peak_settings_", None)  # None in pickles from before
        if threshold == self.rule_ and then in (None, peak_settings(self)):
            return self.threshold_  # `fit` has warned if there was a reason.
        check_same_peaks(self, threshold)
        return self._choose(threshold)

    def predict(self, X: Sequence[ArrayLike]) -> NDArray[np.object_]:
        """Pick particles from score maps.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            Score maps, one per micrograph.

        Returns
        -------
        ndarray of object, shape (n_micrographs,)
            One array of shape (k, 3), float64, per micrograph: ``x, y, score`` by
            descending score; ``k`` may be 0.

        Raises
        ------
        ValueError
            If the threshold cannot be found, see `find_threshold`, or the scores are
            calibrated and `radius` or `smoothing` was changed after `fit`.
        """
        check_is_fitted(self)
        maps = self._check_maps(X)
        rule = parse_threshold(self.threshold, RULES).name
        if rule == "prior" and has_no_maps(self):
            return self._extract_expected(maps)
        return self._extract(maps, self.find_threshold())

    def expected_quality(
        self,
        rule: float | str | None = None,
        picks: Sequence[ArrayLike] | None = None,
    ) -> Bunch:
        """Return how many picks are expected to be particles, and how many are missed.

        Parameters
        ----------
        rule : float, str or None, default=None
            A rule, as the parameter `threshold` takes it; None takes that parameter.
        picks : sequence of array-like of shape (k, 3) or None, default=None
            All peaks of some micrographs, as `peaks` returns them. None takes those of
            the training maps.

        Returns
        -------
        sklearn.utils.Bunch
            The ``threshold`` of the rule, ``n_picks``, the number of peaks above it,
            and what is expected on average: ``n_particles``, the number of particles,
            picked or not; ``precision``, the share of picks that are particles; and
            ``recall``, the share of particles that are picked. Each has an interval
            that holds it with a probability of 0.9, such as ``precision_interval``, or
            None if the calibration tells none.

        Raises
        ------
        ValueError
            If the scores are not calibrated, the threshold cannot be found, see
            `find_threshold`, or `picks` are no arrays of shape (k, 3) with scores.
        """
        check_is_fitted(self)
        calibration = getattr(self, "calibration_", None)
        if calibration is None:
            refuse_raw_scores("`expected_quality`")
        scores = self.peak_scores_
        if picks is not None:
            scores = scores_of_picks(picks)
        elif scores is None:
            raise ValueError(
                "`picks` must be given, because this picker has not been trained. Give "
                "all peaks of the micrographs: extractor.peaks(maps)."
            )
        return expected_quality(scores, self.find_threshold(rule), calibration)

    def peaks(self, X: Sequence[ArrayLike]) -> NDArray[np.object_]:
        """Find every peak, whatever the threshold.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            Score maps, one per micrograph.

        Returns
        -------
        ndarray of object, shape (n_micrographs,)
            One array of shape (k, 3) per micrograph, as `predict` returns it.
        """
        check_is_fitted(self)
        return self._extract(self._check_maps(X), -np.inf)

    def transform(self, X: Sequence[ArrayLike]) -> NDArray[np.object_]:
        """Pick particles from score maps, as `predict` does.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            Score maps, one per micrograph.

        Returns
        -------
        ndarray of object, shape (n_micrographs,)
            One array of shape (k, 3) per micrograph.
        """
        return self.predict(X)

    def score(
        self,
        X: Sequence[ArrayLike],
        y: Sequence[ArrayLike],
        sample_weight: None = None,
    ) -> float:
        """Return the average precision of all peaks, a measure of their ranking.

        The threshold is not applied: peaks below it count too.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            Score maps, one per micrograph.
        y : sequence of array-like of shape (m, >=2)
            All particles ``x, y`` of each micrograph; those on missing pixels are left
            out.
        sample_weight : None, default=None
            Weights are not supported; pipelines pass this argument.

        Returns
        -------
        float
            `pusklearn.metrics.picking_average_precision` at `match_radius`.

        Raises
        ------
        ValueError
            If `sample_weight` is not None, `X` and `y` differ in length, or there is no
            particle at all.
        """
        check_is_fitted(self)
        if sample_weight is not None:
            raise ValueError("`sample_weight` must be None: weights are not supported.")
        maps = self._check_maps(X)
        labels = check_coordinates(y, len(maps))
        extracted = self._extract_all(maps, -np.inf)
        labels = particles_of_maps(labels, extracted)
        return picking_average_precision(*with_one_radius(labels, extracted))

    def _check_maps(self, X):
        check_choice(self.on_error, "on_error", ["raise", "warn"])
        return check_micrographs(X, self.on_error, are_maps=True)

    def _extract(self, maps, threshold):
        calibration = getattr(self, "calibration_", None)
        if calibration is None or not np.isfinite(threshold):
            return self._above(self._extract_all(maps, threshold))
        # A little lower, since the inverse is not exact; `_above` is.
        lowest = calibration.inverse(threshold - 1e-6 * (1 + abs(threshold)))
        return self._above(self._extract_all(maps, float(lowest)), threshold)

    def _extract_expected(self, maps):
        """Return as many picks of these maps as particles are expected in them."""
        extracted = self._extract_all(maps, -np.inf)
        evidence = gather_evidence(extracted, None)
        if not evidence.n_micrographs:
            return self._above(extracted)
        calibration = getattr(self, "calibration_", None)
        if calibration is not None:
            scores = calibration(evidence.peak_scores)
            evidence = evidence._replace(peak_scores=scores)
        threshold = choose_threshold(self.threshold, self._counted(evidence))
        return self._above(extracted, threshold)

    def _above(self, extracted, threshold=-np.inf):
        # Old files have no calibration.
        calibration = getattr(self, "calibration_", None)
        if calibration is not None:
            check_same_scores(self)
        return picks_above(extracted, threshold, calibration)

    def _extract_all(self, maps, threshold):
        """Return the `ExtractedPeaks` of all maps."""
        self._check_parameters()
        extract = partial(self._extract_one, threshold=threshold)
        instead = no_peaks if self.on_error == "warn" else None
        bar = "picking particles" if self.verbose else None
        return compute_in_parallel(LazyRows(extract, maps, instead=instead, bar=bar))

    def _extract_one(self, scores, threshold):
        gaps = find_gaps(scores)
        if not gaps.n_there:
            return ExtractedPeaks(np.empty((0, 3)), gaps, np.nan, name=scores.name)

        def length(name):
            return original_pixels(getattr(self, name), scores, name)

        picks = map_peaks(
            scores,
            gaps,
            radius=length("radius"),
            smoothing=length("smoothing"),
            margin=length("margin"),
            refine=self.refine,
            threshold=threshold,
        )
        name = "radius" if self.match_radius is None else "match_radius"
        return ExtractedPeaks(picks, gaps, length(name), scores.n_expected, scores.name)

    def _choose(self, threshold):
        """Return the threshold of a rule on the peaks of the fit."""
        rule, level = parse_threshold(threshold, RULES)
        calibration = getattr(self, "calibration_", None)
        if rule == "number":
            return level
        if rule == "probability":
            if calibration is None:
                refuse_raw_scores(f"threshold={threshold!r}")
            return float(logit(level))
        evidence = PeakEvidence(
            self.peak_scores_,
            self.match_scores_,
            self.n_labels_,
            self.n_micrographs_,
            self.n_expected_,
        )
        return choose_threshold(threshold, self._counted(evidence), calibration)

    def _counted(self, evidence):
        """Return evidence whose number of particles is the parameter, if given."""
        number = self._given_number(evidence)
        return evidence if number is None else evidence._replace(n_expected=number)

    def _given_number(self, evidence):
        """Return the number of particles by the parameter, or None."""
        count = self.particles_per_micrograph
        return None if count is None else count * evidence.n_micrographs

    def _interval(self, maps, count):
        """Return the interval of the number of particles, if that was estimated."""
        if count is not None:
            return count.low, count.high
        ends = getattr(maps, "count_interval", None)
        number = self.n_expected_
        is_given = self.particles_per_micrograph is not None
        if ends is None or number is None or is_given:
            return None
        low, high = (end * self.n_micrographs_ for end in ends)
        # Every label is a particle.
        return max(low, min(self.n_labels_ or 0.0, number)), high

    def _check_parameters(self):
        parse_length(self.radius, "radius", "(0, inf)")
        if self.match_radius is not None:
            parse_length(self.match_radius, "match_radius", "(0, inf)")
        count = self.particles_per_micrograph
        if count is not None:
            check_number(count, "particles_per_micrograph", "(0, inf)")
        for name in ("smoothing", "margin"):
            parse_length(getattr(self, name), name)
        check_flag(self.refine, "refine")
        check_verbose(self.verbose)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.input_tags.allow_nan = True
        # The target of a micrograph is an array of coordinates, and so are its picks.
        tags.target_tags.single_output = False
        tags.transformer_tags.preserves_dtype = []
        return tags
