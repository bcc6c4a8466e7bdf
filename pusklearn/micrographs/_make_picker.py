"""The whole way from micrographs to picks as one pipeline."""

from typing import Any, Literal, NamedTuple

from numpy.random import RandomState
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import Pipeline
from sklearn.utils import check_random_state

from pusklearn.micrographs.images._lengths import Length, parse_length
from pusklearn.micrographs.peaks._peak_extractor import PeakExtractor
from pusklearn.micrographs.peaks._pick_thresholds import (
    CLASSIFIER_TELLS,
    check_threshold_needs,
)
from pusklearn.micrographs.preprocessing._fourier_downsampler import FourierDownsampler
from pusklearn.micrographs.preprocessing._micrograph_normalizer import (
    MicrographNormalizer,
)
from pusklearn.micrographs.regions._check_prior_can_be_set import (
    check_prior_can_be_set,
)
from pusklearn.micrographs.regions._covering_field import (
    covering_field,
    warn_of_small_particle,
)
from pusklearn.micrographs.regions._region_scorer import RegionScorer
from pusklearn.pu._checks import (
    check_choice,
    check_is_estimator,
    check_number,
    check_verbose,
)
from pusklearn.pu._inner_estimators import parameter_names, random_state_names
from pusklearn.pu.modules._conv_net import ConvNet
from pusklearn.pu.network._pu_classifier import PUClassifier


class Lengths(NamedTuple):
    """The lengths of a picker: pixels of the original micrograph, or angstrom.

    Attributes
    ----------
    label_radius : float or str
        Pixels within this distance of a labelled particle are positives. It is also the
        standard deviation of the Gaussian that smooths score maps.
    match_radius : float or str
        A pick within this distance of a particle is a hit.
    peak_distance : float or str
        Picks are further apart than this.
    """

    label_radius: float | str
    match_radius: float | str
    peak_distance: float | str


def make_picker(
    diameter: float | str,
    *,
    classifier: BaseEstimator | None = None,
    downsample: float = 1,
    particles_per_micrograph: float | None = None,
    prior: float | str | None = None,
    label_radius: float | str | None = None,
    threshold: float | str | None = None,
    random_state: int | RandomState | None = None,
    verbose: int = 0,
    outside: Literal["raise", "warn"] = "raise",
    on_error: Literal["raise", "warn"] = "raise",
) -> Pipeline:
    """Make a particle picker, a `Pipeline` from micrographs to picks.

    Its steps are ``downsample`` (`FourierDownsampler`), ``normalize``
    (`MicrographNormalizer`), ``score`` (`RegionScorer`) and ``extract``
    (`PeakExtractor`). Fit it with micrographs and the coordinates of some of their
    particles; ``predict`` picks, and ``score`` gives the average precision against
    all true particles. All lengths and coordinates are in pixels of the original
    micrographs, whatever the downsampling.

    Parameters
    ----------
    diameter : float or str
        Diameter of a particle. If the particle is not round, this is its longest
        diameter. Must be > 0. A number and "45px" are in pixels of the original
        micrograph. "180A" is in angstrom: then every micrograph needs a pixel size, and
        all are brought to the coarsest one of the training.
    classifier : classifier or None, default=None
        The classifier of regions. None makes a `PUClassifier` with the GE-binomial
        criterion and the smallest `ConvNet` that sees a whole particle; a `ConvNet`
        that sees more than 31 pixels halves images first. If the classifier wraps
        another one, as `PUCalibratedClassifier` does, the prior below is set for the
        outer one only; give the inner one its own prior, or give it without a wrapper.
    downsample : float, default=1
        How many times smaller each micrograph is made first, at least 1; with a
        diameter in angstrom, how many times smaller the coarsest is made. A particle
        should keep a diameter of 15 to 60 pixels.
    particles_per_micrograph : float or None, default=None
        The mean number of particles in a micrograph, labelled or not. Must be > 0. It
        sets the prior of the classifier; a moderate error does little harm.
    prior : float, "estimate" or None, default=None
        The share of pixels that lie within the label radius of a particle. It takes
        the place of `particles_per_micrograph`. "estimate" estimates the share from
        the labels, see `PUClassifier`. If neither is given, the unlabeled pixels are
        taken for negatives, unless `classifier` has a prior.
    label_radius : float, str or None, default=None
        Pixels at this distance from a labelled particle, or nearer, are positives.
        The score maps are smoothed with a Gaussian of this standard deviation before
        their peaks are sought. A length as `diameter`, at least 0. None takes a ninth
        of the diameter. Clicks that are nearer to each other than this are one
        particle, which counts once everywhere.
    threshold : float, str or None, default=None
        Picks have a score greater than this threshold, see `PeakExtractor`. None
        keeps every peak with its score; the scores rank the picks of all micrographs.
        The thresholds "prior" and "fdr" need to know how many particles to expect: by
        `particles_per_micrograph`, by `prior`, or by the prior of `classifier`. Every
        threshold may also be set after the fit:
        ``picker.set_params(extract__threshold="recall:0.9")``.
    random_state : int, RandomState instance or None, default=None
        Seeds the classifier and all that it holds. None leaves the random state of
        `classifier` as it is.
    verbose : int, default=0
        1 or more shows a bar with the time left for every phase of ``fit`` and
        ``predict``. 0 leaves the ``verbose`` of `classifier` as it is.
    outside : {"raise", "warn"}, default="raise"
        What happens if a labelled particle lies outside its micrograph: an error, or it
        is left out with a warning.
    on_error : {"raise", "warn"}, default="raise"
        What happens if a micrograph cannot be used, because its file is missing, cut
        short or has changed, or its pixels are all equal or all missing: an error, or a
        warning that names it and says why. In the second case ``fit`` leaves it out
        with its labels, ``predict`` gives it an empty array of shape (0, 3), and
        ``score`` judges the others.

    Returns
    -------
    sklearn.pipeline.Pipeline
        The picker, not yet fitted.

    Raises
    ------
    ValueError
        If a length or number is out of range, the particle is larger than the largest
        network sees, both `particles_per_micrograph` and `prior` are given,
        `classifier` has no `prior` or has one already, or `threshold` is of no known
        form or needs the number of particles and nothing tells it.
    TypeError
        If a length or `particles_per_micrograph` is not a number, or a string is no
        length.

    Warns
    -----
    UserWarning
        If a particle is less than 8 pixels wide after downsampling.

    Notes
    -----
    The normalisation whitens the micrographs and removes slow changes across them.
    Without it, a network with few labels learns where the ice is thick.
    ``normalize__whiten=False`` turns the whitening off. ``docs/label_study.md`` shows
    the effect of each default.

    The other lengths follow from `diameter` once, when the picker is made. To search
    over one of them, name it in its step: ``score__label_radius``,
    ``extract__radius``, ``extract__smoothing``. Set
    ``score__particles_per_micrograph`` and ``extract__particles_per_micrograph``
    together. The network is sized for micrographs of scale 1. If your micrographs have
    been made smaller before, give a `classifier` with a network of the right size.
    If the diameter is in angstrom, ``fit`` chooses the network, since pixel sizes are
    not known earlier. The picker warns of micrographs of several pixel sizes if the
    diameter is in pixels. Micrographs without a pixel size bring no warning.

    More than 2**26 pixels in all, such as 64 micrographs of 1024 x 1024, are not kept
    in memory: the picker takes one micrograph after another from its file to its picks,
    and learns from a temporary file. With
    ``joblib.parallel_config("threading", n_jobs=4)`` it works on four at a time.

    Carbon, gold and ice may be masked: give micrographs that know their mask,
    ``Micrograph(pixels, mask=...)`` or ``io.read_micrographs(paths, masks=...)``, to
    ``fit`` and ``predict``. Masked pixels, and those that are NaN or infinite, are not
    there: no particle is learnt or picked at them, and their surroundings are scored as
    if they held the background. `particles_per_micrograph` does not count particles
    there.

    ``GridSearchCV`` and the like judge by the labels that they are given. If only some
    particles are labelled, picks of the others count as wrong: the scores still rank
    the settings, but they are too low. Every fold needs micrographs with labels.

    Examples
    --------
    >>> from pusklearn import PUClassifier, make_picker
    >>> from pusklearn.datasets import make_micrographs
    >>> micrographs, coordinates = make_micrographs(3, random_state=0)
    >>> picker = make_picker(24, particles_per_micrograph=40, random_state=0)
    >>> picker.set_params(
    ...     score__classifier__max_epochs=1, score__classifier__steps_per_epoch=20
    ... ).fit(micrographs[:2], coordinates[:2])
    Pipeline(...)
    >>> picks = picker.predict(micrographs[2:])
    >>> picks[0].shape[1]  # x, y, score
    3
    """
    size = check_lengths(diameter, downsample, label_radius)
    check_priors(prior, particles_per_micrograph, classifier)
    check_counted(threshold, particles_per_micrograph, prior, classifier)
    check_random_state(random_state)
    check_choice(outside, "outside", ["raise", "warn"])
    check_choice(on_error, "on_error", ["raise", "warn"])
    lengths = lengths_from(size, label_radius)
    # A diameter in angstrom shows its pixels when the micrographs are there.
    width = None if size.is_angstrom else size.value / downsample
    scorer = RegionScorer(
        prepare_classifier(classifier, width, prior, random_state),
        label_radius=lengths.label_radius,
        region_size=region_size_for(classifier, size, width),
        step=2,
        particles_per_micrograph=particles_per_micrograph,
        outside=outside,
        on_error=on_error,
    )
    extractor = PeakExtractor(
        lengths.peak_distance,
        match_radius=lengths.match_radius,
        smoothing=lengths.label_radius,
        particles_per_micrograph=particles_per_micrograph,
        threshold=threshold,
        on_error=on_error,
    )
    downsampler = FourierDownsampler(
        downsample,
        target_pixel_size="coarsest" if size.is_angstrom else None,
        on_error=on_error,
    )
    picker = Pipeline(
        [
            ("downsample", downsampler),
            ("normalize", MicrographNormalizer(whiten=True, on_error=on_error)),
            ("score", scorer),
            ("extract", extractor),
        ]
    )
    if check_verbose(verbose):
        # A pipeline prints the seconds of its steps, which bars make needless.
        names = [n for n in parameter_names(picker, "verbose") if n != "verbose"]
        picker.set_params(**dict.fromkeys(names, verbose))
    return picker


def check_lengths(
    diameter: float | str, downsample: float, label_radius: float | str | None
) -> Length:
    """Return the diameter, or raise an error for a wrong length.

    If the diameter is in pixels and little is left of a particle, this is warned of.
    """
    size = parse_length(diameter, "diameter", "(0, inf)")
    check_number(downsample, "downsample", "[1, inf)")
    if label_radius is not None:
        parse_length(label_radius, "label_radius")
    if not size.is_angstrom:
        warn_of_small_particle(size.value / downsample)
    return size


def check_priors(
    prior: float | str | None,
    particles_per_micrograph: float | None,
    classifier: BaseEstimator | None,
) -> None:
    """Raise an error if the prior is wrong, given twice, or the classifier has none."""
    if prior is not None:
        check_number(prior, "prior", "(0, 1)", words=("estimate",))
    if particles_per_micrograph is not None:
        check_number(particles_per_micrograph, "particles_per_micrograph", "(0, inf)")
    given = {"prior": prior, "particles_per_micrograph": particles_per_micrograph}
    given = {name: value for name, value in given.items() if value is not None}
    if len(given) == 2:
        raise ValueError(
            "`prior` and `particles_per_micrograph` say the same thing; give one. "
            f"Got {prior!r} and {particles_per_micrograph!r}."
        )
    for name, value in given.items():
        check_prior_can_be_set(classifier, name, value)


def check_counted(
    threshold: float | str | None,
    particles_per_micrograph: float | None,
    prior: float | str | None,
    classifier: BaseEstimator | None,
) -> None:
    """Raise an error if a threshold is wrong, or nothing tells the count it needs."""
    told = [particles_per_micrograph, prior]
    if classifier is not None:
        check_is_estimator(classifier, "classifier")
        # A classifier inside another one may have the prior.
        parameters = classifier.get_params()
        told += [parameters[name] for name in parameter_names(classifier, "prior")]
    count = next((value for value in told if value is not None), None)
    check_threshold_needs(threshold, count, CLASSIFIER_TELLS)


def lengths_from(diameter: Length, label_radius: float | str | None) -> Lengths:
    """Return the lengths that follow from the diameter of a particle."""
    # From a particle's centre outwards, in diameters:
    #   centre |-- 1/9 --|-------------- 0.375 --| 0.4 --|-------- 0.5: its edge
    #          labels, smoothing     a pick hits   next pick
    size = diameter.value
    lengths = Lengths(size / 9, 0.375 * size, 0.4 * size)
    if diameter.is_angstrom:
        lengths = Lengths(*(f"{length!r}A" for length in lengths))
    if label_radius is None:
        return lengths
    given = parse_length(label_radius, "label_radius")
    radius = label_radius if given.is_angstrom else given.value
    return lengths._replace(label_radius=radius)


def prepare_classifier(
    classifier: BaseEstimator | None,
    width: float | None,
    prior: float | str | None,
    random_state: int | RandomState | None,
) -> BaseEstimator:
    """Return a clone of the classifier, or the default, with prior and random state.

    Parameters
    ----------
    classifier : classifier or None
        The classifier of regions; None makes a `PUClassifier` that sees a whole
        particle.
    width : float or None
        Diameter of a particle after downsampling, in pixels. If it is None, the size of
        the regions will tell the size of the network.
    prior : float, "estimate" or None
        None leaves the prior of the classifier.
    random_state : int, RandomState instance or None
        None leaves the random state of the classifier.
    """
    if classifier is None:
        module = "auto" if width is None else ConvNet(covering_field(width), halve=True)
        classifier = PUClassifier(module)
    classifier = clone(check_is_estimator(classifier, "classifier"))
    if prior is not None:
        classifier.set_params(prior=prior)
    if random_state is not None:
        names = random_state_names(classifier)
        classifier.set_params(**dict.fromkeys(names, random_state))
    return classifier


def region_size_for(
    classifier: BaseEstimator | None, diameter: Length, width: float | None
) -> int | str | None:
    """Return the size of regions if the classifier does not tell it, else None."""
    if width is None:
        is_known = classifier is not None and receptive_field(classifier) is not None
        return None if is_known else f"{diameter.value!r}A"
    if classifier is None or receptive_field(classifier) is not None:
        return None
    return covering_field(width)


def receptive_field(classifier: Any) -> int | None:
    """Return how wide a classifier sees, or None if its module does not tell."""
    return getattr(getattr(classifier, "module", None), "receptive_field", None)
