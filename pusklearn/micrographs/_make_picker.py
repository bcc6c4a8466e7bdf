"""The whole way from micrographs to picks as one pipeline."""

import warnings
from numbers import Real

from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_scalar

from pusklearn.micrographs.peaks._peak_extractor import PeakExtractor
from pusklearn.micrographs.peaks._pick_thresholds import check_threshold_needs
from pusklearn.micrographs.preprocessing._fourier_downsampler import FourierDownsampler
from pusklearn.micrographs.preprocessing._micrograph_normalizer import (
    MicrographNormalizer,
)
from pusklearn.micrographs.regions._check_prior_can_be_set import check_prior_can_be_set
from pusklearn.micrographs.regions._region_scorer import RegionScorer
from pusklearn.pu._inner_estimators import random_state_names
from pusklearn.pu.modules._conv_net import ConvNet
from pusklearn.pu.network._pu_classifier import PUClassifier

RECEPTIVE_FIELDS = (31, 63, 127)
LEAST_DIAMETER = 8


def make_picker(
    diameter,
    *,
    classifier=None,
    downsample=1,
    particles_per_micrograph=None,
    prior=None,
    label_radius=None,
    threshold=None,
    random_state=None,
):
    """Make a particle picker, a `Pipeline` from micrographs to picks.

    Its steps are ``downsample`` (`FourierDownsampler`), ``normalize``
    (`MicrographNormalizer`), ``score`` (`RegionScorer`) and ``extract``
    (`PeakExtractor`). Fit it with micrographs and the coordinates of some of their
    particles; ``predict`` picks, and ``score`` gives the average precision against
    all true particles. All lengths and coordinates are in pixels of the original
    micrographs, whatever the downsampling.

    Parameters
    ----------
    diameter : float
        Diameter of a particle, in pixels of the original micrograph; the longest one
        of a particle that is not round.
    classifier : classifier or None, default=None
        Of the regions. None is a `PUClassifier` with the GE-binomial criterion and
        the smallest `ConvNet` that sees a whole particle; above 31 pixels it halves
        images first. Of one around another, such as a `PUCalibratedClassifier`, the
        prior below is the outer one's; give the inner one its own, or give it alone.
    downsample : float, default=1
        How many times smaller to make each micrograph first. A particle should keep
        a diameter of 15 to 60 pixels.
    particles_per_micrograph : float or None, default=None
        The mean number of particles that a micrograph holds, labelled or not. It
        sets the prior of the classifier; a moderate error does little harm.
    prior : float, "estimate" or None, default=None
        The share of pixels that lie within the label radius of a particle, instead
        of `particles_per_micrograph`; "estimate" finds it from the labels, see
        `PUClassifier`. Without either, the unlabeled pixels are taken for negatives.
    label_radius : float or None, default=None
        Pixels that close to a labelled particle are positives; the score maps are
        smoothed as widely before their peaks are sought. None is a ninth of the
        diameter.
    threshold : float, str or None, default=None
        A pick scores more than this, see `PeakExtractor`. None keeps every peak, with
        its score, which ranks picks, also between micrographs.
    random_state : int, RandomState instance or None, default=None
        Of the classifier, and of what it holds. None leaves that of `classifier`.

    Returns
    -------
    sklearn.pipeline.Pipeline
        To be fitted.

    Raises
    ------
    ValueError
        Where the particle is larger than the largest network sees, both
        `particles_per_micrograph` and `prior` are given, `classifier` has another
        `prior`, or `threshold` is of no known form.
    TypeError
        Where `diameter` or `downsample` is no number.

    Warns
    -----
    UserWarning
        Where a particle is less than 8 pixels wide after downsampling.

    Notes
    -----
    The normalisation whitens the micrographs, and takes off what changes slowly across
    them: from few labels, a network else learns where the ice is thick.
    ``normalize__whiten=False`` leaves it out. ``docs/label_study.md`` shows what each
    default brings.

    The lengths follow from `diameter` once, here; the network is sized for micrographs
    that come at scale 1, so give those that were made smaller before a `classifier`
    with a network of its own. To search over one of them, name it
    where it acts: ``score__label_radius``, ``extract__radius``,
    ``extract__smoothing``; and set ``score__particles_per_micrograph`` and
    ``extract__particles_per_micrograph`` together.

    Micrographs of more than 2**26 pixels together, 64 of 1024 x 1024, are not held in
    memory: the picker takes one after another from its file to its picks, and learns
    from a temporary file. With ``joblib.parallel_config("threading", n_jobs=4)`` it
    works on four at a time.

    ``GridSearchCV`` and the like judge by the labels they are given. Where only some
    particles are labelled, picks of the others count as wrong: scores rank settings,
    but are too low, and every fold needs labelled micrographs.

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
    check_lengths(diameter, downsample)
    if prior is not None and particles_per_micrograph is not None:
        raise ValueError(
            "`prior` and `particles_per_micrograph` say the same thing; give one. "
            f"Got {prior!r} and {particles_per_micrograph!r}."
        )
    check_threshold_needs(threshold, particles_per_micrograph)
    if prior is not None:
        check_prior_can_be_set(classifier, "prior", prior)
    if particles_per_micrograph is not None:
        check_prior_can_be_set(
            classifier, "particles_per_micrograph", particles_per_micrograph
        )
    region_size = None
    if classifier is None:
        classifier = PUClassifier(
            ConvNet(covering_field(diameter / downsample), halve=True)
        )
    elif receptive_field(classifier) is None:
        region_size = covering_field(diameter / downsample)
    classifier = clone(classifier)
    if prior is not None:
        classifier.set_params(prior=prior)
    if random_state is not None:
        names = random_state_names(classifier)
        classifier.set_params(**dict.fromkeys(names, random_state))
    label_radius = diameter / 9 if label_radius is None else label_radius
    return Pipeline(
        [
            ("downsample", FourierDownsampler(downsample)),
            ("normalize", MicrographNormalizer(whiten=True)),
            (
                "score",
                RegionScorer(
                    classifier,
                    label_radius=label_radius,
                    particles_per_micrograph=particles_per_micrograph,
                    region_size=region_size,
                    step=2,
                ),
            ),
            (
                "extract",
                PeakExtractor(
                    0.4 * diameter,
                    threshold=threshold,
                    match_radius=0.375 * diameter,
                    particles_per_micrograph=particles_per_micrograph,
                    smoothing=label_radius,
                ),
            ),
        ]
    )


def check_lengths(diameter, downsample):
    """Raise an error where a length is none, warn where little is left of particles."""
    check_scalar(diameter, "diameter", Real, min_val=0, include_boundaries="neither")
    check_scalar(downsample, "downsample", Real, min_val=1)
    if diameter / downsample < LEAST_DIAMETER:
        warnings.warn(
            f"A particle should be at least {LEAST_DIAMETER} pixels wide after "
            f"downsampling, better 15. Got {diameter / downsample:.3g}; give a smaller "
            "`downsample`, and `diameter` in pixels of the original micrograph.",
            UserWarning,
            stacklevel=3,
        )


def receptive_field(classifier):
    """Return how wide a classifier sees, None where its module does not tell."""
    return getattr(getattr(classifier, "module", None), "receptive_field", None)


def covering_field(diameter):
    """Return the smallest receptive field that covers a particle."""
    for field in RECEPTIVE_FIELDS:
        if diameter <= field:
            return field
    raise ValueError(
        f"A particle must be at most {RECEPTIVE_FIELDS[-1]} pixels wide after "
        f"downsampling. Got {diameter:g}; give a larger `downsample`, or `diameter` in "
        "pixels if this was angstrom."
    )
