"""Picks whose label helps a picker most."""

from collections.abc import Sequence
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from pusklearn.micrographs.images._check_coordinates import check_coordinates
from pusklearn.micrographs.images._check_micrographs import check_micrographs
from pusklearn.micrographs.images._distance_to_nearest import distance_to_nearest
from pusklearn.micrographs.images._lengths import original_pixels
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.peaks._peak_extractor import PeakExtractor
from pusklearn.micrographs.peaks._without_training import has_no_maps
from pusklearn.micrographs.regions._ring_features import (
    LEAST_RADIUS,
    N_FEATURES,
    ring_features,
)
from pusklearn.micrographs.suggestions._diverse_choice import diverse_choice
from pusklearn.pu._checks import check_integer

# The candidates are this many times as many as are chosen: the more, the less alike
# those that are chosen, and the less doubtful.
CANDIDATES_PER_PICK = 10
# The weight of the least doubtful candidate; that of the most doubtful one is 1.
LEAST_WEIGHT = 0.5
# The radius of a particle, in least distances of two picks, see `make_picker`.
PARTICLE_RADIUS = 1.25
# The rings of a place reach to this many times the least distance of two picks, which
# is a little beyond the edge of a particle.
RINGS_PER_RADIUS = 1.5


def suggest_picks(
    picker: Pipeline,
    micrographs: Sequence[ArrayLike],
    n_picks: int = 10,
    *,
    known: Sequence[ArrayLike] | None = None,
) -> NDArray[np.object_]:
    """Suggest the picks whose label helps a picker most.

    These are peaks of which the picker is least certain, of different micrographs, that
    look unlike each other. Say of each of them whether it is a particle, and fit the
    picker again: what is one is a further label, and what is none goes into
    ``score__rejected``.

    Parameters
    ----------
    picker : Pipeline
        A fitted picker, such as one of `make_picker` or `general_picker`.
    micrographs : sequence of array-like of shape (height, width)
        The micrographs, as ``picker.predict`` takes them. They may be those of the
        training.
    n_picks : int, default=10
        How many picks are suggested in all, > 0. There are fewer if the micrographs
        have no more peaks.
    known : sequence of array-like of shape (k, >=2) or None, default=None
        Points ``x, y`` of each micrograph of which it is known what they are: labels,
        and what was rejected. No peak is suggested that is nearer to one of them than
        the least distance of two picks. None means that there are none.

    Returns
    -------
    ndarray of object, shape (n_micrographs,)
        One array of shape (k, 3) per micrograph: ``x, y, score`` by descending score,
        as ``picker.predict`` gives them; ``k`` is 0 for most if there are many
        micrographs.

    Raises
    ------
    ValueError
        If the last step of the picker is no `PeakExtractor`, `n_picks` is not > 0, or
        `known` has not one array of coordinates for each micrograph.
    TypeError
        If `n_picks` is not an integer.

    See Also
    --------
    pusklearn.io.read_corrections : Reads which picks are right and which are wrong.

    Notes
    -----
    A peak is the less certain, the nearer its score is to an even chance. This is 0 if
    the scores are log-odds, that is if the picker is calibrated. Scores that are not
    calibrated have no such point; the threshold stands for it, or that of the rule
    "prior" if there is none.

    The candidates are the ten times as many peaks that are least certain, without those
    at which a particle would be cut off by the edge. They are described by the means
    and the powers of the grey values in rings around them, whatever way they are
    turned. From each micrograph one is chosen before any gives two. Of the others, the
    one is next that is furthest from all that are chosen; the least certain candidate
    counts twice as much as the most certain one. Nothing is drawn at random.

    Examples
    --------
    >>> from pusklearn import general_picker, suggest_picks
    >>> from pusklearn.datasets import make_micrographs
    >>> micrographs, _ = make_micrographs(2, random_state=0)
    >>> picker = general_picker(24)
    >>> suggested = suggest_picks(picker, micrographs, 6)
    >>> [len(picks) for picks in suggested]
    [3, 3]
    """
    check_integer(n_picks, "n_picks")
    extractor = _extractor_of(picker)
    check_is_fitted(picker)
    points = None if known is None else check_coordinates(known, len(micrographs))
    originals = check_micrographs(micrographs, extractor.on_error)
    prepared = picker[:-2].transform(originals) if len(picker) > 2 else originals
    peaks = extractor.peaks(picker[-2].transform(prepared))
    if points is None:
        points = [np.empty((0, 2))] * len(peaks)
    peaks = [
        _suitable(some, points[row], originals[row], extractor.radius)
        if len(some)
        else some
        for row, some in enumerate(peaks)
    ]
    groups = np.repeat(np.arange(len(peaks)), [len(some) for some in peaks])
    candidates = np.concatenate([np.empty((0, 3)), *peaks])
    doubt = np.abs(candidates[:, 2] - even_score(extractor))
    pool = np.argsort(doubt, kind="stable")[: CANDIDATES_PER_PICK * n_picks]
    groups, candidates = groups[pool], candidates[pool]
    features = _features_of(candidates, groups, prepared, extractor.radius)
    weights = np.linspace(1, LEAST_WEIGHT, len(pool))
    chosen = diverse_choice(weights, features, groups, n_picks)
    suggested = np.empty(len(peaks), dtype=object)
    for row in range(len(peaks)):
        picks = candidates[chosen[groups[chosen] == row]]
        suggested[row] = picks[np.argsort(-picks[:, 2], kind="stable")]
    return suggested


def even_score(extractor: PeakExtractor) -> float:
    """Return the score of an even chance, or what stands for it.

    Parameters
    ----------
    extractor : PeakExtractor
        The last step of a fitted picker.

    Returns
    -------
    float
        0 if scores are calibrated; else the threshold, or that of "prior" if there is
        none and the number of particles is known; else 0.
    """
    # Extractors of earlier versions have no such attribute.
    if getattr(extractor, "calibration_", None) is not None:
        return 0.0
    rule = extractor.threshold
    if has_no_maps(extractor):
        return float(rule) if isinstance(rule, Real) else 0.0
    counts = (extractor.n_expected_, extractor.particles_per_micrograph)
    if rule is None and counts != (None, None):
        rule = "prior"
    threshold = extractor.find_threshold(rule)
    return threshold if np.isfinite(threshold) else 0.0


def _extractor_of(picker):
    extractor = picker[-1] if isinstance(picker, Pipeline) else None
    if not isinstance(extractor, PeakExtractor) or len(picker) < 2:
        raise ValueError(
            "`picker` must be a pipeline that makes score maps and picks their peaks, "
            f"such as one of `make_picker`. Got {type(picker).__name__}"
            f"{'' if extractor is None else f' that ends with {extractor!r}'}."
        )
    return extractor


def _suitable(peaks, known, micrograph, radius):
    """Return the peaks that can be judged and are not known yet."""
    length = original_pixels(radius, micrograph, "radius")
    last = np.array(micrograph.shape[::-1]) * micrograph.scale - 1
    to_edge = np.minimum(peaks[:, :2], last - peaks[:, :2]).min(axis=1)
    is_whole = to_edge >= PARTICLE_RADIUS * length
    return peaks[is_whole & (distance_to_nearest(peaks, known) >= length)]


def _features_of(candidates, groups, prepared, radius):
    """Describe what the places of candidates look like."""
    features = np.empty((len(candidates), N_FEATURES))
    for row in np.unique(groups):
        micrograph: Micrograph = prepared[row]
        length = original_pixels(radius, micrograph, "radius") / micrograph.scale
        reach = max(LEAST_RADIUS, round(RINGS_PER_RADIUS * length))
        is_here = groups == row
        places = candidates[is_here, :2] / micrograph.scale
        features[is_here] = ring_features(micrograph, places, reach)
    return features
