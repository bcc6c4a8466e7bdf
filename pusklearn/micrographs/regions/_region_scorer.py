"""From micrographs to score maps, through a classifier of regions."""

from collections.abc import Sequence
from copy import copy

from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from pusklearn.micrographs.images._check_labelled_particles import (
    check_labelled_particles,
)
from pusklearn.micrographs.images._check_micrographs import check_micrographs
from pusklearn.micrographs.images._lazy_rows import (
    PREPARING,
    LazyRows,
    is_large,
    map_now_or_lazily,
)
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.images._particles_there import labels_there
from pusklearn.micrographs.images._pixel_sizes import (
    WarnOfSizes,
    find_pixel_sizes,
    warn_of_other_sizes,
)
from pusklearn.micrographs.images._stand_ins import stand_in
from pusklearn.micrographs.images._usable_micrographs import (
    take_micrographs,
    usable_micrographs,
    usable_rows,
)
from pusklearn.micrographs.peaks._training_maps import TrainingMaps
from pusklearn.micrographs.regions._contrast import is_inverted, learn_contrast
from pusklearn.micrographs.regions._estimated_count import (
    cross_fit_of,
    given_prior,
    held_out_maps,
    is_estimated,
    sets_prior,
)
from pusklearn.micrographs.regions._example_regions import example_regions
from pusklearn.micrographs.regions._expected_particles import (
    expect_particles,
    known_prior,
    mean_places,
)
from pusklearn.micrographs.regions._mean_over_turns import check_can_turn
from pusklearn.micrographs.regions._rejected_picks import (
    check_rejected,
    mark_rejected,
)
from pusklearn.micrographs.regions._scorer_settings import (
    check_scorer,
    find_module,
    find_region_size,
)
from pusklearn.micrographs.regions._scores_of import score_map_of, scores_at
from pusklearn.micrographs.regions._short_training import learn
from pusklearn.micrographs.regions._suspicious_labels import (
    warn_of_suspicious_labels,
)
from pusklearn.micrographs.regions._tiled_regions import TiledRegions
from pusklearn.micrographs.regions._watched_scores import (
    WatchedScores,
    warn_of_inverted,
)
from pusklearn.pu._inner_estimators import parameter_names
from pusklearn.pu._progress_bar import progress_bar
from pusklearn.pu._whole_or_unfitted import whole_or_unfitted
from pusklearn.pu.modules._blueprint import check_step
from pusklearn.pu.network._dense_network import can_be_dense
from pusklearn.pu.network._dense_scores import subspaces_of
from pusklearn.pu.network._pu_classifier import PUClassifier

SCORING = "scoring micrographs"


class RegionScorer(TransformerMixin, BaseEstimator):
    """Score the region around every pixel with a classifier of regions.

    `fit` labels the regions within a radius of a particle, and trains a clone of the
    classifier on all regions of all micrographs. `transform` gives one score map per
    micrograph: the log-odds that a pixel's region holds a particle.

    Pixels that are missing, because they are masked (see `Micrograph`), NaN or
    infinite, are not there: no region around them is learnt or counted, their score is
    NaN, and around them regions are scored as if they held the background. A micrograph
    that is masked as a whole is left out of the training.

    Parameters
    ----------
    classifier : classifier
        The classifier that is trained on `TiledRegions`, such as
        ``PUClassifier(ConvNet(31))``. Any classifier that takes arrays of shape
        (n, size, size) works too, for small micrographs; its scores are its
        ``decision_function``, or else the log-odds of its ``predict_proba``, within
        -16 and 16.
    label_radius : float or str, default=3.0
        Regions whose centre is at this distance from a particle, or nearer, are
        labelled positives. A number is in pixels of the original micrograph, at least
        0; "6A" is in angstrom. Clicks that are nearer to each other than this are one
        particle, and the first of them counts.
    region_size : int, str or None, default=None
        Smallest edge of the regions, in pixels of the micrographs given here, at least
        1. Regions are never smaller than the receptive field of the classifier's
        ``module``. None takes that field; it is 31 for the module "auto". A length with
        its unit, such as "180A" or "45px", is usually the diameter of a particle: it
        takes 31, 63 or 127 pixels, the first that covers it, and so does the module
        "auto".
    step : int, default=1
        Score every `step`-th pixel of every `step`-th row, and interpolate the others;
        see `PUClassifier.score_map`. It must be at least 1; a step of 1 scores every
        pixel, in float32. If the classifier is not a `PUClassifier` with a network of
        `pusklearn.modules`, every pixel is scored whatever the step. A step of 2 takes
        an eighth of the time; on real micrographs it changes the average precision by
        less than 0.002.
    turns : {1, 4, 8}, default=1
        Each score is a mean over turns of the micrograph: 1 takes it as it is, 4 turns
        it by right angles, 8 mirrors it, too. Scoring takes 4 or 8 times as long, and
        the average precision rises a little, above all from few labels; see the guide.
        More than 1 needs a `PUClassifier` with a network of `pusklearn.modules`, and
        regions of an odd edge. If a rule chooses the threshold, set it before the fit.
    low_rank : bool, default=False
        Whether the outputs of convolutions are confined to the few directions that the
        logits depend on, if the `step` is above 1, see Notes. In the benchmarks,
        scoring then took two fifths to three quarters of the time, and the average
        precision changed by less than 0.002. False may also be set after the fit. Other
        classifiers than a `PUClassifier` with a network of `pusklearn.modules` are left
        as they are.
    particles_per_micrograph : float, "estimate" or None, default=None
        The mean number of particles in a micrograph, labelled or not. It sets the
        classifier's ``prior``, the share of pixels that lie within the label radius of
        a particle:
        ``particles_per_micrograph * n_micrographs * pixels_in_disc / n_pixels``,
        without missing pixels and micrographs that are masked as a whole.
        "estimate" estimates the number from micrographs that are held out, see Notes.
        It sets no prior if `classifier` has none, or has one already. None leaves the
        prior of `classifier`.
    calibrate : bool, default=False
        Whether `fit_transform` brings score maps of held-out micrographs, see Notes,
        from which a `PeakExtractor` learns how probable it is that a peak is a
        particle.
    verbose : int, default=0
        1 or more shows a bar with the time left while micrographs are prepared and
        scored, and so does 0 if the ``verbose`` of `classifier` is not 0.
    outside : {"raise", "warn"}, default="raise"
        What happens if a labelled particle lies outside its micrograph: an error, or it
        is left out with a warning.
    on_error : {"raise", "warn"}, default="raise"
        What happens if a micrograph cannot be used: an error, or a warning that names
        it and says why. In the second case, `fit` leaves it out with its labels, and
        its map is NaN.

    Attributes
    ----------
    classifier_ : classifier
        The fitted classifier.
    region_size_ : int
        Edge of the regions, in pixels of the micrographs given here.
    expected_share_ : float or None
        The share of pixels within the label radius of a particle, from which score maps
        know how many particles to expect; None if nothing tells it.
    prior_ : float or None
        The prior that follows from `particles_per_micrograph`; None if that is None.
    particles_per_micrograph_ : float or None
        The mean number of particles in a training micrograph, which was given or
        follows from the prior of ``classifier_``, given or estimated. It does not count
        those on missing pixels. None if the classifier has no prior.
    particles_per_micrograph_interval_ : tuple of float or None
        Lower and upper end of that number, which hold it with a probability of 0.9, if
        it or the prior was estimated; otherwise None.
    label_radius_ : float or str
        The `label_radius` of the fit.
    pixel_sizes_ : tuple of float or None
        The smallest and the greatest pixel size of the training micrographs given here,
        in angstrom; None if none is known.
    subspaces_ : list of tuple
        For each convolution but the first: the subspace of its inputs, and that of its
        outputs. Each is None, if they are left as they are, or the mean, of shape
        (c,), the matrix that takes values to coordinates in the subspace, (r, c), and
        the one that takes these back, (c, r). Empty if `low_rank` is False, the `step`
        is 1, or all convolutions are left as they are.
    contrast_ : tuple or None
        How labelled particles differ from the background. Its ``grey`` is negative if
        they are dark, positive if they are light. None if noise or few labels hide it.

    Notes
    -----
    If the number of particles is to be estimated, or scores are to be calibrated, the
    micrographs are divided into three folds first. For each one, a clone of the
    classifier learns from the other two, in a sixth of the updates, and scores it. If
    only one or two micrographs have labels, these are cut into bands. Labelled
    particles stand among the peaks of these maps as the others do, which tells how many
    there are. This takes about half the time of the training itself, and both share it.
    A classifier that is not a `PUClassifier`, also one that wraps it, has no updates
    that could be left out: three clones of it learn in full from two thirds each.

    With `low_rank`, a convolution of `c` outputs becomes one of `r` and a matrix of
    ``c`` x ``r``, and its inputs become fewer in the same way. A subspace of `r`
    dimensions holds the principal directions of the values, weighted by the gradients
    of the logits. A thousand regions of the training tell it, and `r` is the smallest
    multiple of 32 that loses less than 1/256 of the variance of the logits. If a
    thousand other regions say that more than 1/64 is lost in all, nothing is confined;
    the interpolation of every second pixel alone loses 0.004 to 0.07. Micrographs that
    are unlike those of the training may lose more; `low_rank` = False gives their exact
    scores. A network of few ``units``, or with layers of your own, stays as it is.

    Examples
    --------
    >>> from pusklearn import PUClassifier, RegionScorer
    >>> from pusklearn.datasets import make_micrographs
    >>> from pusklearn.modules import ConvNet
    >>> micrographs, coordinates = make_micrographs(2, random_state=0)
    >>> classifier = PUClassifier(
    ...     ConvNet(31, units=4), max_epochs=1, steps_per_epoch=5, random_state=0
    ... )
    >>> scorer = RegionScorer(classifier, label_radius=2)
    >>> maps = scorer.fit_transform(micrographs, coordinates)
    >>> maps[0].shape == micrographs[0].shape
    True
    """

    def __init__(
        self,
        classifier,
        *,
        label_radius=3.0,
        region_size=None,
        step=1,
        turns=1,
        low_rank=False,
        particles_per_micrograph=None,
        calibrate=False,
        verbose=0,
        outside="raise",
        on_error="raise",
    ):
        self.classifier = classifier
        self.label_radius = label_radius
        self.region_size = region_size
        self.step = step
        self.turns = turns
        self.low_rank = low_rank
        self.particles_per_micrograph = particles_per_micrograph
        self.calibrate = calibrate
        self.verbose = verbose
        self.outside = outside
        self.on_error = on_error

    @whole_or_unfitted
    def fit(
        self,
        X: Sequence[ArrayLike],
        y: Sequence[ArrayLike],
        rejected: Sequence[ArrayLike] | None = None,
    ) -> "RegionScorer":
        """Train the classifier on the regions of micrographs.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            The micrographs.
        y : sequence of array-like of shape (k, 2)
            Labelled particles of each micrograph, ``x, y`` in pixels of the original.
            Those on missing pixels are left out.
        rejected : sequence of array-like of shape (k, 2) or None, default=None
            Picks of each micrograph that are known to be wrong, ``x, y`` in pixels of
            the original; ``k`` may be 0. Regions within the label radius of one are
            known negatives of the `classifier`, unless they are labelled positives, see
            `PUClassifier.fit`. None stands for none.

        Returns
        -------
        RegionScorer
            The fitted scorer.

        Raises
        ------
        ValueError
            If a parameter is out of range, `X` and `y` differ in length, no particle is
            labelled, all lie on missing pixels, one lies outside its micrograph,
            `particles_per_micrograph` is not greater than the mean number of labelled
            particles, the classifier has another positive label than 1, or neither the
            classifier nor `region_size` tells how large a region is. If a rejected pick
            is nearer to a labelled particle than the label radius, or lies outside its
            micrograph.
        TypeError
            If a parameter is not a number, or picks are rejected and the ``fit`` of the
            classifier takes no ``known_negative``.

        Warns
        -----
        UserWarning
            If the micrographs have several pixel sizes, labelled particles or rejected
            picks lie on missing pixels or outside their micrograph, or micrographs
            cannot be used, as `outside` and `on_error` say.
            If no labelled particle can be held out, since there is only one or all lie
            in one row of a single micrograph, but the number of particles is to be
            estimated or scores are to be calibrated: neither can be done.
            If the labels do not lie on particles, because their y is counted from the
            bottom of the image, for example. Up to 200 labels are looked at, and the
            warning names the transform that puts them right, if there is one. With
            fewer than 8 labels, or in strong noise, nothing is said.
        """
        self._fit(X, y, rejected)
        return self

    def _fit(self, X, y, rejected):
        """Fit, and return what classifiers say that have not learnt from all of it."""
        check_scorer(self)
        micrographs = take_micrographs(X, self.on_error, self._bar(PREPARING))
        coordinates = check_labelled_particles(y, len(micrographs))
        rejected = check_rejected(rejected, len(micrographs), self.classifier)
        rows = usable_rows(micrographs, self.on_error)
        micrographs, coordinates = usable_micrographs(
            micrographs,
            coordinates,
            self.label_radius,
            self.outside,
            self.on_error,
        )
        rejected = rejected and [rejected[row] for row in rows]
        self.pixel_sizes_ = find_pixel_sizes(micrographs)
        self.region_size_ = find_region_size(
            self.classifier, self.region_size, micrographs
        )
        module = find_module(self.classifier, (self.region_size_, self.region_size_))
        if can_be_dense(module, self.region_size_):
            check_step(self.step, module)
        check_can_turn(self.turns, module, self.region_size_)
        regions = TiledRegions(micrographs, self.region_size_)
        names = [m.name for m in micrographs]
        # Large micrographs are read from their file once more.
        shown = progress_bar(
            range(len(micrographs)),
            description="checking micrographs",
            unit="micrograph",
            verbose=is_large(micrographs) and self._bar("") is not None,
        )
        all_gaps = [regions.gaps(number) for number in shown]
        coordinates = labels_there(coordinates, all_gaps, names)
        # Other classifiers take no sparse labels.
        sparse = is_large(micrographs) and isinstance(self.classifier, PUClassifier)
        labels = regions.labels(coordinates, self.label_radius, sparse_output=sparse)
        known_negative = mark_rejected(
            regions, labels, rejected, coordinates, all_gaps, self
        )
        self.prior_ = given_prior(self, regions, coordinates)
        held_out = cross_fit_of(self, regions, labels, self.prior_, known_negative)
        classifier = clone(self.classifier)
        if held_out and is_estimated(self.particles_per_micrograph):
            self.prior_ = held_out.prior if sets_prior(classifier) else None
        if self.prior_ is not None:
            classifier.set_params(prior=self.prior_)
        self.classifier_ = learn(classifier, regions, labels, known_negative)
        self.subspaces_ = self._find_subspaces(regions, labels)
        self._expect(micrographs, all_gaps, held_out)
        self.contrast_ = learn_contrast(micrographs, coordinates, self.region_size_)
        warn_of_suspicious_labels(
            micrographs, coordinates, self.region_size_, self._scores_at
        )
        return held_out_maps(held_out, self, coordinates, rows)

    @whole_or_unfitted
    def fit_transform(
        self,
        X: Sequence[ArrayLike],
        y: Sequence[ArrayLike],
        rejected: Sequence[ArrayLike] | None = None,
    ) -> Sequence[Micrograph]:
        """Train, and return the score map of each micrograph.

        The maps are computed when they are asked for, as a next step does in its fit.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            The micrographs.
        y : sequence of array-like of shape (k, 2)
            Labelled particles of each micrograph, ``x, y`` in pixels of the original.
        rejected : sequence of array-like of shape (k, 2) or None, default=None
            Picks of each micrograph that are known to be wrong, see `fit`.

        Returns
        -------
        sequence of Micrograph of float32
            The log-odds, one map of the same shape for each micrograph.
        """
        check_scorer(self)
        micrographs = take_micrographs(X, self.on_error, self._bar(PREPARING))
        held_out = self._fit(micrographs, y, rejected)
        # The fit has warned of other pixel sizes.
        return TrainingMaps(
            copy(self)._score,
            micrographs,
            keep=not is_large(micrographs),
            instead=stand_in if self.on_error == "warn" else None,
            bar=self._bar(SCORING),
            held_out=held_out,
            count_interval=self.particles_per_micrograph_interval_,
        )

    def transform(self, X: Sequence[ArrayLike]) -> Sequence[Micrograph]:
        """Return the score map of each micrograph.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            The micrographs.

        Returns
        -------
        sequence of Micrograph of float32
            The log-odds, one map of the same shape for each micrograph. This is a
            list; for more than 2**26 pixels in all, it is a sequence whose rows are
            computed each time they are asked for.

        Warns
        -----
        UserWarning
            If particles of some micrographs seem to be light and those of the training
            micrographs were dark, or the other way round. It names the micrographs, and
            comes once, with the last of the rows if these are computed later.
        """
        check_is_fitted(self)
        micrographs, scorer = check_micrographs(X, self.on_error), copy(self)
        if is_large(micrographs):
            watched = WatchedScores(
                scorer._score, scorer._is_inverted, len(micrographs)
            )
            return LazyRows(
                WarnOfSizes(watched, self.pixel_sizes_, self.label_radius),
                micrographs,
                instead=stand_in if self.on_error == "warn" else None,
                bar=self._bar(SCORING),
            )
        warn_of_other_sizes(micrographs, self.pixel_sizes_, self.label_radius)
        maps = map_now_or_lazily(
            scorer._score, micrographs, self.on_error, self._bar(SCORING)
        )
        inverted = [m.name for m in micrographs if scorer._is_inverted(m)]
        warn_of_inverted(inverted, len(micrographs))
        return maps

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.target_tags.required = True
        # The target of a micrograph is an array of coordinates.
        tags.target_tags.single_output = False
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    def _find_subspaces(self, regions, labels):
        """Return the subspaces of the network, none if they are not asked for."""
        module = getattr(self.classifier_, "module_", None)
        if not self.low_rank or self.step == 1:
            return []
        if not isinstance(self.classifier_, PUClassifier):
            return []
        if not can_be_dense(module, self.region_size_):
            return []
        return subspaces_of(self.classifier_, example_regions(regions, labels))

    def _expect(self, micrographs, all_gaps, held_out):
        """Set how many particles are expected in a micrograph."""
        prior, interval = known_prior(self.classifier_)
        self.label_radius_ = self.label_radius
        count = self.particles_per_micrograph
        self.particles_per_micrograph_ = None if is_estimated(count) else count
        self.particles_per_micrograph_interval_ = None
        self.expected_share_ = prior
        if held_out and is_estimated(count) and (prior is None or self.prior_):
            self.expected_share_ = held_out.prior
            self.particles_per_micrograph_, *ends = held_out.n_particles.times(
                1 / held_out.n_micrographs
            )
            self.particles_per_micrograph_interval_ = tuple(ends)
        elif prior is not None:
            places = mean_places(micrographs, all_gaps, self.label_radius)
            if self.particles_per_micrograph_ is None:
                self.particles_per_micrograph_ = prior * places
            if interval is not None:
                low, high = interval
                ends = (low * places, high * places)
                self.particles_per_micrograph_interval_ = ends

    def _score(self, micrograph):
        scores = score_map_of(
            self.classifier_,
            micrograph,
            self.region_size_,
            self.step,
            self.turns,
            # Earlier versions did not have these attributes.
            getattr(self, "subspaces_", ()) if self.low_rank else (),
        )
        radius = getattr(self, "label_radius_", self.label_radius)
        if hasattr(self, "expected_share_"):
            share = self.expected_share_
        else:
            share, _ = known_prior(self.classifier_)
        return expect_particles(scores, share, radius)

    def _bar(self, description):
        """Return what a bar says; None if none is to be shown."""
        names = parameter_names(self, "verbose")
        shown = [value for name, value in self.get_params().items() if name in names]
        return description if any(shown) else None

    def _is_inverted(self, micrograph):
        if self.contrast_ is None or is_left_out(micrograph):
            return False
        return is_inverted(micrograph, self.contrast_, self._scores_at)

    def _scores_at(self, micrographs, points):
        return scores_at(self.classifier_, micrographs, points, self.region_size_)
