"""From micrographs to score maps, through a classifier of regions."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils.validation import check_is_fitted, check_scalar

from pusklearn._score_maps import ScoreMaps
from pusklearn._tiled_regions import TiledRegions, disc
from pusklearn._validation import check_coordinates, check_finite, check_micrographs


class RegionScorer(TransformerMixin, BaseEstimator):
    """Score the region around every pixel with a classifier of regions.

    `fit` labels the regions within a radius of a particle, and trains a clone of the
    classifier on all regions of all micrographs. `transform` gives one score map per
    micrograph: the log-odds that a pixel's region holds a particle.

    Parameters
    ----------
    classifier : classifier
        Trained on `TiledRegions`, such as ``PUClassifier(ConvNet(31))``. Only its
        ``fit`` and its ``decision_function`` are called.
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
        Edge of the regions in pixels of the micrographs given here. None is the
        receptive field of the classifier's ``module``.

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
    ):
        self.classifier = classifier
        self.label_radius = label_radius
        self.particles_per_micrograph = particles_per_micrograph
        self.region_size = region_size

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
            Where no particle is labelled, one lies outside its micrograph, or the
            number of particles expected is not above that of the labelled ones.
        """
        micrographs = [check_finite(m) for m in check_micrographs(X)]
        coordinates = check_coordinates(y, len(micrographs))
        check_scalar(self.label_radius, "label_radius", Real, min_val=0)
        if not sum(map(len, coordinates)):
            raise ValueError("At least 1 particle must be labelled. Got 0.")
        self.region_size_ = self._find_region_size()
        classifier = clone(self.classifier)
        self.prior_ = None
        if self.particles_per_micrograph is not None:
            self._check_count(coordinates)
            self.prior_ = share_of_pixels(
                self.particles_per_micrograph, micrographs, self.label_radius
            )
            classifier.set_params(prior=self.prior_)
        regions = TiledRegions(micrographs, self.region_size_)
        labels = regions.labels(coordinates, self.label_radius)
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
        return ScoreMaps(self.fit(X, y), check_micrographs(X))

    def transform(self, X):
        """Return the score map of each micrograph.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            The micrographs.

        Returns
        -------
        list of Micrograph of float32
            Log-odds, of the shape of each micrograph.
        """
        check_is_fitted(self)
        maps = []
        for micrograph in check_micrographs(X):
            regions = TiledRegions([micrograph], self.region_size_)
            maps += regions.maps(self.classifier_.decision_function(regions))
        return maps

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.target_tags.required = True
        return tags

    def _find_region_size(self):
        size = self.region_size
        if size is None:
            size = getattr(
                getattr(self.classifier, "module", None), "receptive_field", None
            )
        if size is None:
            raise ValueError(
                "`region_size` must be given, because the classifier's module tells no "
                f"receptive field. Got the classifier {self.classifier!r}."
            )
        return check_scalar(size, "region_size", Integral, min_val=1)

    def _check_count(self, coordinates):
        check_scalar(
            self.particles_per_micrograph, "particles_per_micrograph", Real, min_val=0
        )
        labeled = np.mean([len(points) for points in coordinates])
        if self.particles_per_micrograph <= labeled:
            raise ValueError(
                "`particles_per_micrograph` counts all particles, so it must exceed "
                f"the mean number of labelled ones. Got "
                f"{self.particles_per_micrograph:g} with {labeled:g} labelled. Where "
                "every particle is labelled, leave it None."
            )


def share_of_pixels(particles_per_micrograph, micrographs, radius):
    """Share of the pixels that lie within a radius of one of the particles."""
    labelled = [len(disc(radius / m.scale)) for m in micrographs]
    n_pixels = sum(m.size for m in micrographs)
    return particles_per_micrograph * sum(labelled) / n_pixels
