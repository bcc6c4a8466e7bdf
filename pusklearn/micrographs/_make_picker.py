"""The whole way from micrographs to picks as one pipeline."""

from typing import Literal

from numpy.random import RandomState
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline

from pusklearn.micrographs._initial_network import (
    classifier_from,
    find_initial_network,
)
from pusklearn.micrographs._picker_steps import assembled_picker


def make_picker(
    diameter: float | str,
    *,
    classifier: BaseEstimator | None = None,
    initial: Literal["general"] | Pipeline | None = None,
    downsample: float | str | None = None,
    particles_per_micrograph: float | Literal["estimate"] | None = "estimate",
    prior: float | str | None = None,
    label_radius: float | str | None = None,
    threshold: float | str | None = None,
    calibrate: bool = True,
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
        that sees more than 31 pixels halves images first. Its `lr` and `batch_size` are
        "auto": from 80 to 300 labelled particles, it learns in about 0.6 of the time.
        If the classifier wraps another one, as `PUCalibratedClassifier` does, the prior
        below is set for the outer one only; give the inner one its own prior, or give
        it without a wrapper.
    initial : "general", Pipeline or None, default=None
        Where the training starts. "general" is the network of `general_picker`, which
        has learnt from simulated micrographs of many shapes of particles; a fitted
        picker gives its own network, and its kind of normalisation. `classifier`, if
        it is given, is a `PUClassifier` with the same network or the module "auto".
        None draws the weights at random.
    downsample : float, "auto" or None, default=None
        How many times smaller each micrograph is made first, at least 1; with a
        diameter in angstrom, how many times smaller the coarsest is made. A particle
        should keep a diameter of 15 to 60 pixels. "auto" makes every micrograph so
        much smaller that a particle spans 27 pixels, and leaves it as it is if a
        particle spans fewer; then it must span at least 8. With `initial` it is the
        number of pixels that a particle spans for that network, and every particle must
        span 0.72 to 1.5 times as many; for the general network it is 24, and every
        particle must span 12 to 33. None is 1, or "auto" with `initial`.
    particles_per_micrograph : float, "estimate" or None, default="estimate"
        The mean number of particles in a micrograph, labelled or not. Must be > 0. It
        sets the prior of the classifier; a moderate error does little harm. "estimate"
        estimates it in ``fit`` from micrographs that are held out, see `RegionScorer`;
        ``picker["extract"]`` then knows it as ``n_expected_`` with
        ``n_expected_interval_``. It is not estimated if `prior` is given, or
        `classifier` has a prior already. None takes unlabeled pixels for negatives.
    prior : float, "estimate" or None, default=None
        The share of pixels that lie within the label radius of a particle. A number
        takes the place of `particles_per_micrograph`; "estimate" is the same as
        ``particles_per_micrograph="estimate"``.
    label_radius : float, str or None, default=None
        Pixels at this distance from a labelled particle, or nearer, are positives.
        The score maps are smoothed with a Gaussian of this standard deviation before
        their peaks are sought. A length as `diameter`, at least 0. None takes a ninth
        of the diameter. Clicks that are nearer to each other than this are one
        particle, which counts once everywhere.
    threshold : float, str or None, default=None
        Picks have a score greater than this threshold, see `PeakExtractor`. None
        keeps every peak with its score; the scores rank the picks of all micrographs.
        A number is log-odds: 0 keeps what is a particle with a probability above 0.5,
        and so does "probability:0.5". "prior" keeps as many picks of the training
        micrographs as particles are expected, "recall:0.9" so many that they are
        expected to hold 0.9 of the particles, and "fdr:0.1" so many that 0.1 of them
        are expected to be wrong. Every threshold may also be set after the fit:
        ``picker.set_params(extract__threshold="recall:0.9")``.
    calibrate : bool, default=True
        Whether the score of a pick is the log-odds that it is a particle. They are
        learnt from micrographs that are held out, which takes about half the time of
        the training, together with the estimate of the number; see `RegionScorer`.
        ``picker["extract"].expected_quality()`` tells what to expect of a threshold.
        False leaves the scores raw; "probability" is an error then, and "recall" and
        "fdr" are read off the labels that were learnt, see `PeakExtractor`.
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
        network sees, both `particles_per_micrograph` and `prior` are numbers,
        `classifier` has no `prior` or has one already, or `threshold` is of no known
        form or needs the number of particles and nothing tells it.
    TypeError
        If a length or `particles_per_micrograph` is not a number, or a string is no
        length.

    Warns
    -----
    UserWarning
        If a particle is less than 8 pixels wide after downsampling. ``fit`` warns if
        only one particle is labelled, since nothing is estimated or calibrated then.

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
    >>> picks[0].shape[1]  # x, y, log-odds
    3
    """
    network = find_initial_network(initial)
    if network is not None:
        classifier = classifier_from(network, classifier)
    picker = assembled_picker(
        diameter,
        classifier=classifier,
        downsample=downsample,
        spans=network and network.spans,
        step=network.step if network else 2,
        particles_per_micrograph=particles_per_micrograph,
        prior=prior,
        label_radius=label_radius,
        threshold=threshold,
        calibrate=calibrate,
        random_state=random_state,
        verbose=verbose,
        outside=outside,
        on_error=on_error,
    )
    if network is not None:
        picker["normalize"].set_params(**network.normalization)
    return picker
