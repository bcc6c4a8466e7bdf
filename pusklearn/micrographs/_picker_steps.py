"""The steps of a picker."""

from typing import Any

from numpy.random import RandomState
from sklearn.base import BaseEstimator, clone
from sklearn.utils import check_random_state

from pusklearn.micrographs._picker_lengths import (
    OF_SMALLEST_NETWORK,
    Spans,
    lengths_from,
    width_after,
)
from pusklearn.micrographs._pipeline import Pipeline
from pusklearn.micrographs.images._lengths import Length, in_angstrom, parse_length
from pusklearn.micrographs.peaks._peak_extractor import PeakExtractor
from pusklearn.micrographs.peaks._pick_thresholds import (
    CLASSIFIER_TELLS,
    check_threshold_needs,
)
from pusklearn.micrographs.preprocessing._fourier_downsampler import (
    FourierDownsampler,
    is_auto,
)
from pusklearn.micrographs.preprocessing._micrograph_normalizer import (
    MicrographNormalizer,
)
from pusklearn.micrographs.preprocessing._particle_span import (
    check_span,
    factor_to_span,
)
from pusklearn.micrographs.regions._check_prior_can_be_set import (
    check_prior_can_be_set,
)
from pusklearn.micrographs.regions._covering_field import (
    covering_field,
    warn_of_small_particle,
)
from pusklearn.micrographs.regions._estimated_count import is_estimated
from pusklearn.micrographs.regions._region_scorer import RegionScorer
from pusklearn.pu._checks import (
    check_choice,
    check_flag,
    check_is_estimator,
    check_number,
    check_verbose,
)
from pusklearn.pu._inner_estimators import parameter_names, random_state_names
from pusklearn.pu.modules._conv_net import ConvNet
from pusklearn.pu.network._pu_classifier import PUClassifier

# How the default classifier learns.
LEARNING = {"lr": "auto", "batch_size": "auto"}


def assembled_picker(
    diameter: float | str,
    *,
    classifier: BaseEstimator | None = None,
    downsample: float | str | None = None,
    spans: Spans | None = None,
    particles_per_micrograph: float | str | None = None,
    prior: float | str | None = None,
    label_radius: float | str | None = None,
    threshold: float | str | None = None,
    calibrate: bool = False,
    step: int = 2,
    random_state: int | RandomState | None = None,
    verbose: int = 0,
    outside: str = "raise",
    on_error: str = "raise",
) -> Pipeline:
    """Put the steps of a picker together.

    Parameters
    ----------
    diameter, classifier, particles_per_micrograph, prior, label_radius, threshold, \
calibrate, random_state, verbose, outside, on_error : object
        As the parameters of `make_picker`.
    downsample : float, "auto" or None, default=None
        None is "auto" if `spans` are given, and else 1.
    spans : tuple of 3 float or None, default=None
        The least, the best and the greatest number of pixels that a particle spans if
        it suits the network that the training starts from; None if it starts anew.
    step : int, default=2
        The step of the score maps, see `RegionScorer`.

    Returns
    -------
    sklearn.pipeline.Pipeline
        The picker, not yet fitted.

    Raises
    ------
    ValueError
        If a parameter is out of range, or particles span too few or too many pixels.
    TypeError
        If a parameter is of a wrong type.
    """
    if downsample is None:
        downsample = 1 if spans is None else "auto"
    check_number(downsample, "downsample", "[1, inf)", words=["auto"])
    if is_auto(downsample):
        spans = spans or OF_SMALLEST_NETWORK
    size = check_lengths(diameter, downsample, spans, label_radius)
    check_flag(calibrate, "calibrate")
    prior, count = settled_priors(prior, particles_per_micrograph, classifier)
    check_counted(threshold, count, prior, classifier)
    check_random_state(random_state)
    check_choice(outside, "outside", ["raise", "warn"])
    check_choice(on_error, "on_error", ["raise", "warn"])
    lengths = lengths_from(size, label_radius)
    width = width_after(size, downsample, spans)
    scorer = RegionScorer(
        prepare_classifier(classifier, width, prior, random_state),
        label_radius=lengths.label_radius,
        region_size=region_size_for(classifier, size, width),
        step=step,
        low_rank=True,
        particles_per_micrograph=count,
        calibrate=calibrate,
        outside=outside,
        on_error=on_error,
    )
    extractor = PeakExtractor(
        lengths.peak_distance,
        match_radius=lengths.match_radius,
        smoothing=lengths.label_radius,
        particles_per_micrograph=None if is_estimated(count) else count,
        threshold=threshold,
        on_error=on_error,
    )
    picker = Pipeline(
        [
            ("downsample", downsampler_for(diameter, downsample, spans, on_error)),
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


def downsampler_for(
    diameter: float | str, downsample: float | str, spans: Spans | None, on_error: str
) -> FourierDownsampler:
    """Return the step that makes micrographs smaller.

    If `spans` are given, they hold for every micrograph by itself. Otherwise a diameter
    in angstrom brings all to the coarsest of the training.
    """
    if spans is not None:
        return FourierDownsampler(
            downsample, diameter=diameter, spans=spans, on_error=on_error
        )
    target = "coarsest" if in_angstrom(diameter) else None
    return FourierDownsampler(downsample, target_pixel_size=target, on_error=on_error)


def check_lengths(
    diameter: float | str,
    downsample: float | str,
    spans: Spans | None,
    label_radius: float | str | None,
) -> Length:
    """Return the diameter, or raise an error for a wrong length.

    If the diameter is in pixels, what a particle spans after downsampling is checked
    already. If there are no `spans` and little is left of it, this is warned of.
    """
    size = parse_length(diameter, "diameter", "(0, inf)")
    if label_radius is not None:
        parse_length(label_radius, "label_radius")
    if size.is_angstrom:
        return size
    if spans is None:
        warn_of_small_particle(size.value / float(downsample))
        return size
    is_word = isinstance(downsample, str)
    factor = factor_to_span(size.value, spans) if is_word else float(downsample)
    check_span(size.value, factor, spans, diameter)
    return size


def settled_priors(
    prior: float | str | None,
    particles_per_micrograph: float | str | None,
    classifier: BaseEstimator | None,
) -> tuple[float | str | None, float | str | None]:
    """Return the prior and the number of particles, at most one of which is given.

    An estimate of the prior is that of the number, and gives way to a prior.

    Raises
    ------
    ValueError
        If one of them is wrong, both are numbers, or the classifier takes none.
    """
    words = ("estimate",)
    if prior is not None:
        check_number(prior, "prior", "(0, 1)", words=words)
    count = particles_per_micrograph
    if count is not None:
        check_number(count, "particles_per_micrograph", "(0, inf)", words=words)
    given = {"prior": prior, "particles_per_micrograph": count}
    given = {name: value for name, value in given.items() if is_told(value)}
    if len(given) == 2:
        raise ValueError(
            "`prior` and `particles_per_micrograph` say the same thing; give one. "
            f"Got {prior!r} and {count!r}."
        )
    if prior is not None and not is_told(prior):
        check_prior_can_be_set(classifier, "prior", prior)
        return None, count if is_told(count) else prior
    for name, value in given.items():
        check_prior_can_be_set(classifier, name, value)
    return prior, None if is_told(prior) else count


def is_told(value: float | str | None) -> bool:
    """Tell whether a prior or a number of particles is a number, and no estimate."""
    return value is not None and not is_estimated(value)


def check_counted(
    threshold: float | str | None,
    particles_per_micrograph: float | str | None,
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
        classifier = PUClassifier(module, **LEARNING)
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
