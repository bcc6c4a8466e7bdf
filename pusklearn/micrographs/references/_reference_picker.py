"""Picking by reference images, the classical way without training a network."""

from collections.abc import Sequence
from copy import copy

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_is_fitted

from pusklearn.micrographs.images._check_labelled_particles import (
    check_labelled_particles,
)
from pusklearn.micrographs.images._check_micrographs import (
    check_micrographs,
    check_not_constant,
)
from pusklearn.micrographs.images._gaps import find_gaps, with_gaps, without_gaps
from pusklearn.micrographs.images._lazy_rows import (
    PREPARING,
    LazyRows,
    in_memory_or_on_disk,
    is_large,
    map_now_or_lazily,
)
from pusklearn.micrographs.images._lengths import (
    in_angstrom,
    original_pixels,
    scaled_length,
)
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._pixel_sizes import (
    WarnOfSizes,
    find_pixel_sizes,
    warn_of_other_sizes,
)
from pusklearn.micrographs.images._stand_ins import stand_in
from pusklearn.micrographs.images._usable_micrographs import (
    take_micrographs,
    usable_micrographs,
)
from pusklearn.micrographs.peaks._peak_extractor import PeakExtractor
from pusklearn.micrographs.preprocessing._fourier_downsampler import FourierDownsampler
from pusklearn.micrographs.preprocessing._whitening import (
    N_RINGS,
    background_spectrum,
)
from pusklearn.micrographs.preprocessing._without_outliers import without_outliers
from pusklearn.micrographs.references._picker_settings import (
    check_picker,
    check_scale,
)
from pusklearn.micrographs.references._reference_images import (
    average_aligned,
    disc_mask,
    match_references,
)
from pusklearn.micrographs.references._whitened_particles import (
    labelled_crops,
    leave_out_missing,
    whitened_image,
)
from pusklearn.pu._whole_or_unfitted import whole_or_unfitted

MATCHING = "matching references"


class ReferencePicker(TransformerMixin, BaseEstimator):
    """Pick by matching reference images, averages of the labelled particles.

    `fit` whitens the micrographs, rotates the labelled particles onto each other and
    averages them. `transform` correlates each micrograph with the rotated references,
    normalised by the local mean and standard deviation, and gives one score map.
    `predict` picks the peaks of the maps with a `PeakExtractor`, and `score` judges
    them. No network is trained, so ten labels are enough. A learned picker should be
    better than this one.

    Pixels that are missing, because they are masked (see `Micrograph`), NaN or
    infinite, count as background: nothing is learnt or picked there, and their score is
    NaN. A micrograph that is masked as a whole is left out of the fit. Outliers are
    found as `MicrographNormalizer` finds them: blank areas and holes far out count as
    missing, and specks, such as hot pixels, as the background around them.

    Parameters
    ----------
    diameter : float or str
        Diameter of a particle. If the particle is not round, this is its longest
        diameter. Must be > 0. A number and "45px" are in pixels of the original
        micrograph. "180A" is in angstrom: then every micrograph needs a pixel size, and
        all are brought to the coarsest one of the training.
    n_references : int, default=1
        Number of reference images, at least 1. More images show more views of a
        particle, and need more labels.
    n_rotations : int, default=24
        Number of angles, evenly spaced over the full circle, at least 1. With 1 the
        particles are not rotated, and the reference is their mean.
    whiten : bool, default=True
        Whether to divide out the power spectrum of the background of the training
        micrographs first, which makes their noise white and the correlation a matched
        filter. False removes only waves that are longer than two diameters and than
        128 pixels.
    particles_per_micrograph : float or None, default=None
        Mean number of particles in a micrograph, labelled or not. Must be > 0. The
        thresholds "prior" and "fdr" need it.
    threshold : None, float or str, default=None
        Picks have a score greater than this threshold, see `PeakExtractor`. None keeps
        every peak. Every rule may also be set after the fit, and so may
        `particles_per_micrograph`.
    random_state : int, RandomState instance or None, default=None
        Seeds the angles that the alignment starts from, and the choice of labels if
        they are too many for the memory.
    verbose : int, default=0
        0 shows nothing; 1 or more shows a bar with the time left.
    outside : {"raise", "warn"}, default="raise"
        What happens if a labelled particle lies outside its micrograph: an error, or it
        is left out with a warning.
    on_error : {"raise", "warn"}, default="raise"
        What happens if a micrograph cannot be used: an error, or a warning that names
        it and says why. In the second case, `fit` leaves it out with its labels, and it
        has no picks; neither has a constant one, which is no error otherwise.

    Attributes
    ----------
    references_ : ndarray of shape (n_references, size, size)
        Reference images in whitened pixels; 0 beyond 0.6 diameters from the centre.
    weights_ : ndarray of shape (n_references,)
        Share of the labelled particles that each reference stands for.
    spectrum_ : ndarray of shape (65,)
        Power of the background at 65 spatial frequencies from 0 to 1/2 per pixel.
    scale_ : float
        The scale of the micrographs. Micrographs to pick from must have it too, unless
        the diameter is in angstrom.
    width_ : float
        Diameter of a particle, in pixels of the micrographs that were learnt from.
    pixel_sizes_ : tuple of float or None
        The smallest and the greatest pixel size that was learnt from, in angstrom; None
        if none is known.
    downsampler_ : FourierDownsampler
        Brings micrographs to one pixel size, if the diameter is in angstrom.
    extractor_ : PeakExtractor
        The extractor that finds the peaks.

    See Also
    --------
    make_picker : The learned picker.
    RegionScorer : Score maps from a classifier, in place of reference images.

    Notes
    -----
    Let ``x`` be the whitened micrograph around a pixel within a disc of radius 0.6
    diameters, minus its mean and divided by its standard deviation, and ``t`` a rotated
    reference. ``x . t - t . t / 2`` is the log-likelihood ratio of the
    reference in white noise against noise alone; ``x . t`` is the normalised
    cross-correlation [1]_ up to a constant. The score is the logarithm of the mean
    likelihood ratio over all rotations, and over the references by their weights.

    The references come from expectation maximisation in the same model [2]_, over the
    unknown angle and reference of each labelled particle. If noise hides the angles,
    all angles have the same weight and a reference becomes a radial average.

    The computing time grows as rotations times pixels, so put a `FourierDownsampler`
    before the picker, as `make_picker` does.

    References
    ----------
    .. [1] A. M. Roseman. Particle finding in electron micrographs using a fast local
       correlation algorithm. Ultramicroscopy 94 (2003), 225-236.
    .. [2] F. J. Sigworth. A maximum-likelihood approach to single-particle image
       refinement. Journal of Structural Biology 122 (1998), 328-339.

    Examples
    --------
    >>> from pusklearn import ReferencePicker
    >>> from pusklearn.datasets import make_micrographs
    >>> micrographs, coordinates = make_micrographs(3, random_state=0)
    >>> labels = [points[:5] for points in coordinates[:2]]
    >>> picker = ReferencePicker(24, random_state=0).fit(micrographs[:2], labels)
    >>> picks = picker.predict(micrographs[2:])
    >>> picks[0].shape[1]  # x, y, score
    3
    >>> picker.score(micrographs[2:], coordinates[2:]) > 0.9
    True

    In a pipeline, on micrographs of half the size:

    >>> from sklearn.pipeline import make_pipeline
    >>> from pusklearn import FourierDownsampler
    >>> picker = make_pipeline(FourierDownsampler(2), picker)
    >>> picker = picker.fit(micrographs[:2], labels)
    >>> picker.score(micrographs[2:], coordinates[2:]) > 0.9
    True
    """

    def __init__(
        self,
        diameter,
        *,
        n_references=1,
        n_rotations=24,
        whiten=True,
        particles_per_micrograph=None,
        threshold=None,
        random_state=None,
        verbose=0,
        outside="raise",
        on_error="raise",
    ):
        self.diameter = diameter
        self.n_references = n_references
        self.n_rotations = n_rotations
        self.whiten = whiten
        self.particles_per_micrograph = particles_per_micrograph
        self.threshold = threshold
        self.random_state = random_state
        self.verbose = verbose
        self.outside = outside
        self.on_error = on_error

    @whole_or_unfitted
    def fit(self, X: Sequence[ArrayLike], y: Sequence[ArrayLike]) -> "ReferencePicker":
        """Make the reference images, and match them to choose a threshold.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            The micrographs, all of one scale.
        y : sequence of array-like of shape (k, 2)
            Labelled particles of each micrograph, ``x, y`` in pixels of the original.

        Returns
        -------
        ReferencePicker
            The fitted picker.

        Raises
        ------
        ValueError
            If a parameter is out of range, `X` and `y` differ in length, no particle is
            labelled, all lie on missing pixels, one lies outside its micrograph, or the
            scales differ.
        TypeError
            If a parameter is not a number, or `whiten` is not True or False.

        Warns
        -----
        UserWarning
            If labelled particles lie on missing pixels, a diameter in pixels meets
            several pixel sizes, or particles lie outside their micrograph or
            micrographs cannot be used, as `outside` and `on_error` say.
        """
        check_picker(self)
        return self._fit(self._take(X), y)

    def _take(self, X):
        """Return the training micrographs as arrays of one pixel size."""
        micrographs = take_micrographs(X, self.on_error, self._bar(PREPARING))
        if self.on_error == "warn":
            rows = LazyRows(check_not_constant, micrographs, instead=stand_in)
            micrographs = list(rows)
        if not in_angstrom(self.diameter):
            return micrographs
        self.downsampler_ = FourierDownsampler(
            target_pixel_size="coarsest", on_error=self.on_error
        ).fit(micrographs)
        return in_memory_or_on_disk(
            self.downsampler_.transform(micrographs),
            self.on_error,
            self._bar(PREPARING),
        )

    def _fit(self, micrographs, y):
        coordinates = check_labelled_particles(y, len(micrographs))
        micrographs, coordinates = usable_micrographs(
            micrographs,
            coordinates,
            scaled_length(self.diameter, 1 / 9),
            self.outside,
            self.on_error,
            name="diameter",
        )
        micrographs, coordinates = leave_out_missing(micrographs, coordinates)
        self.scale_ = micrographs[0].scale
        self.pixel_sizes_ = find_pixel_sizes(micrographs)
        self.width_ = (
            original_pixels(self.diameter, micrographs[0], "diameter") / self.scale_
        )
        for micrograph in micrographs:
            self._check_scale(micrograph)
        self.spectrum_ = (
            background_spectrum(map(_only_background, micrographs))
            if self.whiten
            else np.ones(N_RINGS + 1)
        )
        self.references_, self.weights_ = self._average(micrographs, coordinates)
        self.extractor_ = PeakExtractor(
            scaled_length(self.diameter, 0.4),
            match_radius=scaled_length(self.diameter, 0.375),
            smoothing=scaled_length(self.diameter, 0.04),
            particles_per_micrograph=self.particles_per_micrograph,
            threshold=self.threshold,
            verbose=self.verbose,
            on_error=self.on_error,
        ).fit(LazyRows(self._match, micrographs), coordinates)
        return self

    @whole_or_unfitted
    def fit_transform(
        self, X: Sequence[ArrayLike], y: Sequence[ArrayLike]
    ) -> Sequence[Micrograph]:
        """Make the reference images, and return the score map of each micrograph.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            The micrographs, all of one scale.
        y : sequence of array-like of shape (k, 2)
            Labelled particles of each micrograph, ``x, y`` in pixels of the original.

        Returns
        -------
        sequence of Micrograph of float32
            The score maps, which are computed when they are asked for.
        """
        check_picker(self)
        micrographs = self._take(X)
        picker = copy(self._fit(micrographs, y))
        return LazyRows(
            picker._match,
            micrographs,
            keep=not is_large(micrographs),
            instead=stand_in if self.on_error == "warn" else None,
            bar=self._bar(MATCHING),
        )

    def transform(self, X: Sequence[ArrayLike]) -> Sequence[Micrograph]:
        """Return the score map of each micrograph.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            The micrographs, of the same scale as those of `fit`.

        Returns
        -------
        sequence of Micrograph of float32
            The log-likelihood ratios, one map of the same shape for each micrograph.
            This is a list; for more than 2**26 pixels in all, it is a sequence whose
            rows are computed each time they are asked for.
        """
        check_is_fitted(self)
        micrographs = check_micrographs(X, self.on_error)
        match = copy(self)._match
        if in_angstrom(self.diameter):
            micrographs = self.downsampler_.transform(micrographs)
        elif isinstance(micrographs, LazyRows):
            match = WarnOfSizes(match, self.pixel_sizes_)
        else:
            warn_of_other_sizes(micrographs, self.pixel_sizes_)
        bar = self._bar(MATCHING)
        return map_now_or_lazily(match, micrographs, self.on_error, bar)

    def predict(self, X: Sequence[ArrayLike]) -> NDArray[np.object_]:
        """Pick particles from micrographs.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            The micrographs, of the same scale as those of `fit`.

        Returns
        -------
        ndarray of object, shape (n_micrographs,)
            One array of shape (k, 3), float64, per micrograph: ``x, y, score`` by
            descending score, in pixels of the original; ``k`` may be 0.

        Raises
        ------
        ValueError
            If the threshold cannot be found, see `PeakExtractor.find_threshold`.
        """
        maps = self.transform(X)
        return self._extractor().predict(maps)

    def score(
        self,
        X: Sequence[ArrayLike],
        y: Sequence[ArrayLike],
        sample_weight: None = None,
    ) -> float:
        """Return the average precision of all peaks, whatever the threshold.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            The micrographs, of the same scale as those of `fit`.
        y : sequence of array-like of shape (m, >=2)
            All particles ``x, y`` of each micrograph.
        sample_weight : None, default=None
            Weights are not supported; pipelines pass this argument.

        Returns
        -------
        float
            `pusklearn.metrics.picking_average_precision` at 0.375 diameters.
        """
        maps = self.transform(X)
        return self.extractor_.score(maps, y, sample_weight)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.target_tags.required = True
        # The target of a micrograph is an array of coordinates.
        tags.target_tags.single_output = False
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    def _bar(self, description):
        """Return what a bar says; None if none is to be shown."""
        return description if self.verbose else None

    def _extractor(self):
        """Return the extractor with the threshold that is set now."""
        return copy(self.extractor_).set_params(
            threshold=self.threshold,
            particles_per_micrograph=self.particles_per_micrograph,
        )

    def _average(self, micrographs, coordinates):
        """Return the references and weights of the labelled particles."""
        mask = disc_mask(0.6 * self.width_)
        return average_aligned(
            labelled_crops(
                micrographs,
                coordinates,
                self.spectrum_,
                self.width_,
                len(mask),
                self.verbose,
            ),
            mask,
            self.n_references,
            self.n_rotations,
            0.03 * self.width_,
            check_random_state(self.random_state),
        )

    def _check_scale(self, micrograph):
        # If the diameter is in angstrom, micrographs were brought to one pixel size.
        if not in_angstrom(self.diameter):
            check_scale(micrograph, self.scale_)

    def _match(self, micrograph):
        if self.on_error == "warn":
            check_not_constant(micrograph)
        micrograph = without_outliers(micrograph)
        gaps = find_gaps(micrograph)
        if not gaps.n_there:
            return with_gaps(np.zeros(gaps.shape, np.float32), micrograph, gaps)
        self._check_scale(micrograph)
        scores = match_references(
            whitened_image(micrograph, self.spectrum_, self.width_),
            self.references_,
            self.weights_,
            disc_mask(0.6 * self.width_),
            self.n_rotations,
            gaps.as_mask() if gaps.n_missing else None,
        )
        return with_gaps(scores, micrograph, gaps)


def _only_background(micrograph):
    """Return a micrograph with the background at outliers and missing pixels."""
    return without_gaps(without_outliers(micrograph))
