"""A picker that needs no labels."""

import os
from typing import Literal

import numpy as np
from numpy.random import RandomState
from sklearn.pipeline import Pipeline

from pusklearn.micrographs._picker_steps import assembled_picker
from pusklearn.micrographs.general._general_calibration import GeneralCalibration
from pusklearn.micrographs.general._general_classifier import general_classifier
from pusklearn.micrographs.general._general_contrast import general_contrast
from pusklearn.micrographs.general._general_network import (
    SMOOTHING,
    read_general_network,
)
from pusklearn.micrographs.images._lengths import scaled_length
from pusklearn.micrographs.peaks._pick_calibration import PickCalibration
from pusklearn.micrographs.peaks._without_training import (
    check_needs_no_labels,
    fit_without_maps,
)
from pusklearn.micrographs.regions._without_training import fit_with_classifier
from pusklearn.pu.network._pu_classifier import PUClassifier


def general_picker(
    diameter: float | str,
    *,
    particles_per_micrograph: float | None = None,
    downsample: float | Literal["auto"] = "auto",
    threshold: float | str | None = None,
    weights: str | os.PathLike | None = None,
    random_state: int | RandomState | None = None,
    verbose: int = 0,
    outside: Literal["raise", "warn"] = "raise",
    on_error: Literal["raise", "warn"] = "raise",
    calibrate: bool = True,
) -> Pipeline:
    """Return a fitted particle picker that has learnt from simulation alone.

    It picks at once, without any label: ``predict`` works, and ``score`` gives the
    average precision. It is the `Pipeline` that `make_picker` makes, with the same four
    steps. Its network has seen simulated micrographs of many shapes of particles, and
    no others; `benchmarks/train_general.py` has made it. ``fit`` with micrographs and
    the coordinates of some of their particles trains a picker for these, which starts
    from the general network.

    Parameters
    ----------
    diameter : float or str
        Diameter of a particle, the longest if it is not round. Must be > 0. A number
        and "45px" are in pixels of the original micrograph. "180A" is in angstrom:
        then every micrograph needs a pixel size.
    particles_per_micrograph : float or None, default=None
        The mean number of particles in a micrograph. Must be > 0. The threshold "prior"
        needs it, and it sets the prior of the classifier in a later ``fit``.
    downsample : float or "auto", default="auto"
        "auto" makes every micrograph so much smaller that a particle spans 22 pixels,
        as in the simulation. One that spans fewer stays as it is, and must span at
        least 12. A number is how many times smaller every micrograph is made, at least
        1; then a particle must span 12 to 33 pixels.
    threshold : float, "prior" or None, default=None
        Picks have a score greater than this threshold. None keeps every peak with its
        score, and a number is a score, that is log-odds: 0 keeps the picks that are
        more likely particles than not. "prior" keeps as many picks as particles are
        expected, the best of all micrographs that one call of ``predict`` is given.
        "recall" and "fdr", see `PeakExtractor`, need labels: they may be set after
        ``fit``.
    weights : str, path-like or None, default=None
        The file of another network, which `benchmarks/train_general.py` has made. None
        is the network that comes with this library.
    random_state : int, RandomState instance or None, default=None
        Seeds a later ``fit``.
    verbose : int, default=0
        1 or more shows a bar with the time left for every phase of ``fit`` and
        ``predict``.
    outside : {"raise", "warn"}, default="raise"
        What happens in ``fit`` if a labelled particle lies outside its micrograph: an
        error, or it is left out with a warning.
    on_error : {"raise", "warn"}, default="raise"
        What happens if a micrograph cannot be used: an error, or a warning that names
        it and says why. In the second case ``predict`` gives it an empty array of shape
        (0, 3), and ``score`` judges the others.
    calibrate : bool, default=True
        Whether scores are log-odds, see Notes. If not, they are those of the network.
        The order of the picks is the same. A later ``fit`` calibrates anew.

    Returns
    -------
    sklearn.pipeline.Pipeline
        The fitted picker. Its steps are ``downsample``, ``normalize``, ``score`` and
        ``extract``.

    Raises
    ------
    ValueError
        If a parameter is out of range, a particle spans too few or too many pixels, the
        threshold needs labels or the number of particles, or `weights` holds anything
        else than a network. A diameter in angstrom, and the pixel sizes, are checked
        when micrographs are picked.
    TypeError
        If a parameter is of a wrong type.

    See Also
    --------
    make_picker : A picker that is trained with labels.

    Notes
    -----
    Particles are dark on light ground, as cryo-EM shows them before the contrast is
    inverted. Multiply others, such as those in negative stain, by -1. ``predict`` warns
    of some micrographs whose particles seem to be light, but not of all.

    The score of a pick is the log-odds that it is a particle:
    ``scipy.special.expit(score)`` is the probability. They are learnt from simulated
    micrographs that the network has not learnt from, so they hold on average for
    micrographs such as these, and are a guess for yours: on a single one, an even
    chance may be anything from 0.02 to 0.96. ``picker["extract"].expected_quality``
    tells intervals. A fit with some labels learns the log-odds of your micrographs.

    A diameter that is off by a tenth does little harm. One that is off by a quarter
    costs some precision, and changes how many picks have a score above a number: a
    diameter that is too small gives more picks, and one that is too large gives fewer.

    ``clone`` gives a picker that is not fitted, as for every estimator, so that a grid
    search trains from the general network for every setting, as the picker of
    ``make_picker(diameter, initial="general")`` does. To judge the general
    picker itself in a cross-validation, wrap it in `sklearn.frozen.FrozenEstimator`.

    Examples
    --------
    >>> from pusklearn import general_picker
    >>> from pusklearn.datasets import make_micrographs
    >>> micrographs, coordinates = make_micrographs(2, random_state=0)
    >>> picker = general_picker(24, particles_per_micrograph=40, threshold="prior")
    >>> picks = picker.predict(micrographs)
    >>> sum(map(len, picks)), picks[0].shape[1]  # x, y, score
    (80, 3)
    """
    check_needs_no_labels(threshold)
    network = read_general_network(weights)
    fitted = general_classifier(network)
    picker = assembled_picker(
        diameter,
        classifier=PUClassifier(fitted.module, initial=fitted),
        downsample=downsample,
        spans=network.spans,
        particles_per_micrograph=particles_per_micrograph,
        threshold=threshold,
        step=network.step,
        random_state=random_state,
        verbose=verbose,
        outside=outside,
        on_error=on_error,
        calibrate=calibrate,
    )
    # A training starts from weights that nobody moves to another device.
    scorer = fit_with_classifier(picker["score"], general_classifier(network))
    scorer.contrast_ = general_contrast(scorer.region_size_)
    extractor = picker["extract"]
    extractor.set_params(smoothing=scaled_length(diameter, SMOOTHING))
    calibration = network.calibration if calibrate else None
    fit_without_maps(extractor, calibration and pick_calibration(calibration))
    return picker


def pick_calibration(calibration: GeneralCalibration) -> PickCalibration:
    """Return the map from scores to log-odds; its draws are single micrographs.

    Parameters
    ----------
    calibration : GeneralCalibration
        What the file of the network tells.
    """
    scores, log_odds, offsets, slopes = map(np.array, calibration)
    draws = offsets[:, None] + slopes[:, None] * log_odds
    return PickCalibration(scores, log_odds, draws)
