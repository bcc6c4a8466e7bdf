"""From micrographs to score maps, through a classifier of regions."""

from copy import copy
from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils.validation import check_is_fitted, check_scalar

from pusklearn.micrographs.images._check_coordinates import check_coordinates
from pusklearn.micrographs.images._check_micrographs import (
    check_finite,
    check_micrographs,
)
from pusklearn.micrographs.images._discs import disc
from pusklearn.micrographs.images._lazy_rows import (
    LazyRows,
    in_memory_or_on_disk,
    is_large,
    map_now_or_lazily,
)
from pusklearn.micrographs.images._micrograph import Micrograph, length_in_pixels
from pusklearn.micrographs.regions._check_prior_can_be_set import check_prior_can_be_set
from pusklearn.micrographs.regions._tiled_regions import TiledRegions
from pusklearn.pu._checks import check_number
from pusklearn.pu._log_odds import SINGLE, log_odds
from pusklearn.pu.modules._architecture import check_step
from pusklearn.pu.network._automatic_settings import resolve_module
from pusklearn.pu.network._dense_scores import can_be_dense
from pusklearn.pu.network._pu_classifier import PUClassifier


class RegionScorer(TransformerMixin, BaseEstimator):
    """Score the region around every pixel with a classifier of regions.

    `fit` labels the regions within a radius of a particle, and trains a clone of the
    classifier on all regions of all micrographs. `transform` gives one score map per
    micrograph: the log-odds that a pixel's region holds a particle.

    Parameters
    ----------
    classifier : classifier
        Trained on `TiledRegions`, such as ``PUClassifier(ConvNet(31))``. Any other
        that takes arrays of shape (n, size, size) will do for small micrographs; its
        scores are its ``decision_function``, or the log-odds of ``predict_proba``,
        within -16 and 16.
    label_radius : float, default=3.0
        Regions whose centre lies that close to a particle are labelled positives; in
        pixels of the original micrograph, at least 0.
    particles_per_micrograph : float or None, default=None
        The mean number of particles that a micrograph holds, labelled or not. It
        sets the classifier's ``prior``, the share of pixels that lie within the label
        radius of a particle:
        ``particles_per_micrograph * n_micrographs * pixels_in_disc / n_pixels``.
        None leaves the prior of `classifier`.
    region_size : int or None, default=None
        Least edge of the regions in pixels of the micrographs given here. They are
        never smaller than the receptive field of the classifier's ``module``; None
        takes that, and 31 for "auto".
    step : int, default=1
        Score every `step`-th pixel of every `step`-th row, and interpolate the others;
        see `PUClassifier.score_map`. 1 scores every pixel, in float32. So does any
        other value for classifiers that are no `PUClassifier` with a network of
        `pusklearn.modules`. 2 takes an eighth of the time; on real micrographs it
        moves average precision by less than 0.002.

    Attributes
    ----------
    classifier_ : classifier
        The fitted one.
    region_size_ : int
        Edge of the regions, in pixels.
    prior_ : float or None
        The prior that `particles_per_micrograph` comes to; None without it.

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
        particles_per_micrograph=None,
        region_size=None,
        step=1,
    ):
        self.classifier = classifier
        self.label_radius = label_radius
        self.particles_per_micrograph = particles_per_micrograph
        self.region_size = region_size
        self.step = step

    def fit(self, X, y):
        """Train the classifier on the regions of micrographs.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            The micrographs.
        y : sequence of array-like of shape (k, 2)
            Labelled particles of each, ``x, y`` in pixels of the original.

        Returns
        -------
        RegionScorer
            The fitted scorer.

        Raises
        ------
        ValueError
            Where a pixel is not finite, the numbers of micrographs and of arrays of
            coordinates differ, no particle is labelled, one lies outside its
            micrograph, the number of particles expected is not above that of the
            labelled ones, the classifier has another positive label than 1, or neither
            it nor `region_size` tells how large a region is.
        TypeError
            Where a parameter is no number.
        """
        check_scalar(self.step, "step", Integral, min_val=1)
        check_number(self.label_radius, "label_radius")
        micrographs = [
            check_finite(m) for m in in_memory_or_on_disk(check_micrographs(X))
        ]
        coordinates = check_coordinates(y, len(micrographs))
        if not sum(map(len, coordinates)):
            raise ValueError("At least 1 particle must be labelled. Got 0.")
        pos_label = getattr(self.classifier, "pos_label", None)
        if pos_label not in (None, 1):
            raise ValueError(
                "Regions of particles are labelled 1, so the classifier's `pos_label` "
                f"must be 1 or None. Got {pos_label!r}."
            )
        self.region_size_ = self._find_region_size()
        module = self._find_module((self.region_size_, self.region_size_))
        if can_be_dense(module, self.region_size_):
            check_step(self.step, module)
        classifier = clone(self.classifier)
        self.prior_ = None
        if self.particles_per_micrograph is not None:
            self.prior_ = self._prior_of_count(micrographs, coordinates)
            classifier.set_params(prior=self.prior_)
        regions = TiledRegions(micrographs, self.region_size_)
        # Other classifiers take no sparse labels.
        sparse = is_large(micrographs) and isinstance(classifier, PUClassifier)
        labels = regions.labels(coordinates, self.label_radius, sparse_output=sparse)
        self.classifier_ = classifier.fit(regions, labels)
        return self

    def fit_transform(self, X, y):
        """Train, and return the score map of each micrograph.

        The maps are computed when they are asked for, since the next step may need
        none of them to be fitted.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            The micrographs.
        y : sequence of array-like of shape (k, 2)
            Labelled particles of each, ``x, y`` in pixels of the original.

        Returns
        -------
        sequence of Micrograph of float32
            Log-odds, of the shape of each micrograph.
        """
        micrographs = in_memory_or_on_disk(check_micrographs(X))
        scorer = copy(self.fit(micrographs, y))
        return LazyRows(scorer._score, micrographs, keep=not is_large(micrographs))

    def transform(self, X):
        """Return the score map of each micrograph.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            The micrographs.

        Returns
        -------
        sequence of Micrograph of float32
            Log-odds, of the shape of each micrograph. A list; for more than 2**26
            pixels, rows that are computed each time they are asked for.
        """
        check_is_fitted(self)
        return map_now_or_lazily(copy(self)._score, check_micrographs(X))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.target_tags.required = True
        return tags

    def _score(self, micrograph):
        check_finite(micrograph)
        classifier, size = self.classifier_, self.region_size_
        module = getattr(classifier, "module_", None)
        if self.step > 1 and can_be_dense(module, size):
            scores = classifier.score_map(micrograph, self.step)
            return Micrograph(
                scores, micrograph.name, micrograph.pixel_size, micrograph.scale
            )
        regions = TiledRegions([micrograph], size)
        return regions.maps(scores_of(classifier, regions))[0]

    def _find_module(self, shape=(1, 1)):
        """Return the module of the classifier for regions of a shape, if it has one."""
        if isinstance(self.classifier, PUClassifier):
            return resolve_module(self.classifier.module, shape)
        return getattr(self.classifier, "module", None)

    def _find_region_size(self):
        field = getattr(self._find_module(), "receptive_field", None)
        sizes = [size for size in (self.region_size, field) if size is not None]
        if not sizes:
            raise ValueError(
                "`region_size` must be given, because the classifier's module tells no "
                f"receptive field. Got the classifier {self.classifier!r}."
            )
        return check_scalar(max(sizes), "region_size", Integral, min_val=1)

    def _prior_of_count(self, micrographs, coordinates):
        name, count = "particles_per_micrograph", self.particles_per_micrograph
        check_prior_can_be_set(self.classifier, name, count)
        check_number(count, name)
        n_labels = np.mean([len(points) for points in coordinates])
        if self.particles_per_micrograph <= n_labels:
            raise ValueError(
                "`particles_per_micrograph` counts all particles, so it must exceed "
                f"the mean number of labelled ones. Got "
                f"{self.particles_per_micrograph:g} with {n_labels:g} labelled. Where "
                "every particle is labelled, leave it None."
            )
        radius = self.label_radius
        sizes = [len(disc(length_in_pixels(radius, m))) for m in micrographs]
        n_pixels = sum(m.size for m in micrographs)
        prior = self.particles_per_micrograph * sum(sizes) / n_pixels
        if prior >= 1:
            raise ValueError(
                f"{self.particles_per_micrograph:g} particles per micrograph, with "
                f"discs of radius {self.label_radius:g} pixels, are more than the "
                f"{n_pixels / len(micrographs):.0f} pixels of a micrograph hold."
            )
        return prior


def scores_of(classifier, regions):
    """Return the log-odds of the greater class, of each region."""
    if hasattr(classifier, "decision_function"):
        return np.asarray(classifier.decision_function(regions), np.float32)
    # Where forests and calibrated classifiers are certain, a map must stay smooth.
    return np.float32(log_odds(classifier.predict_proba(regions)[:, 1], least=SINGLE))
