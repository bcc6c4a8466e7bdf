"""What a fitted picker needs to score micrographs, for its file."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from pusklearn.micrographs.images._gaps import find_gaps
from pusklearn.micrographs.images._lengths import parse_length
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.peaks._map_peaks import map_peaks
from pusklearn.micrographs.peaks._pick_thresholds import prior_threshold
from pusklearn.pu.network._dense_network import can_be_dense
from pusklearn.pu.network._pu_classifier import PUClassifier
from pusklearn.topaz._scoring import BLUEPRINTS

STEPS = ["downsample", "normalize", "score", "extract"]


def scoring_document(
    picker: Pipeline,
    estimator: Any,
    zeros: Sequence[tuple[float, float]] | None = None,
) -> dict[str, Any]:
    """Return the settings that `Scoring` takes.

    Parameters
    ----------
    picker : Pipeline
        A fitted picker, as `make_picker` makes it.
    estimator : object
        The document "estimator.json" of the picker, which names the tensors.
    zeros : sequence of (float, float) or None, default=None
        Distances of picks and the threshold for each; None takes the distance of the
        picker, and its threshold "prior".

    Returns
    -------
    dict
        The settings, as JSON holds them.

    Raises
    ------
    ValueError
        If the picker makes micrographs smaller, has no network of `pusklearn.modules`,
        or has no count of particles.
    """
    check_can_score(picker)
    _, normalizer, scorer, extractor = picker.named_steps.values()
    classifier = scorer.classifier_
    return {
        "module": type(classifier.module_).__name__,
        "parameters": classifier.module_.get_params(deep=False),
        "weights": names_of_weights(estimator),
        "region_size": int(scorer.region_size_),
        "step": int(scorer.step),
        "precision": classifier.precision,
        "normalize": {
            name: getattr(normalizer, name)
            for name in ("method", "alpha", "beta", "whiten")
        },
        "peaks": {
            "smoothing": _in_pixels(extractor.smoothing),
            "margin": _in_pixels(extractor.margin),
            "refine": bool(extractor.refine),
        },
        "zeros": [
            [float(radius), float(zero)]
            for radius, zero in zeros or [_zero_of(extractor)]
        ],
    }


def check_can_score(picker: Pipeline) -> None:
    """Raise a ValueError for a picker that `Scoring` cannot stand for."""
    steps = dict(getattr(picker, "steps", []))
    if list(steps) != STEPS:
        raise ValueError(
            f"The steps of a picker are {', '.join(STEPS)}. Got {picker!r:.200}."
        )
    downsampler, scorer = steps["downsample"], steps["score"]
    if downsampler.factor != 1 or downsampler.target_pixel_size is not None:
        raise ValueError(
            "The command line of topaz is given micrographs that have been made "
            f"smaller already, but this picker makes them smaller itself: "
            f"{downsampler!r}. Pick with `pusklearn pick`."
        )
    classifier = getattr(scorer, "classifier_", None)
    module: Any = getattr(classifier, "module_", None)
    kind = type(module).__name__
    if (
        not isinstance(classifier, PUClassifier)
        or kind not in BLUEPRINTS
        or not can_be_dense(module, scorer.region_size_)
        or scorer.step == 1
        or scorer.turns > 1
        or classifier.pos_label_ != classifier.classes_[1]
    ):
        raise ValueError(
            "The command line of topaz takes a PUClassifier with one of the networks "
            f"{', '.join(BLUEPRINTS)}, a step of 2 or more and turns=1. "
            f"Got {scorer!r:.300}."
        )


def names_of_weights(node: Any) -> dict[str, str]:
    """Return the tensor of each weight of the net in a document, by its name."""
    if isinstance(node, dict):
        if node.get("kind") == "net":
            return node["network"]
        node = list(node.values())
    if not isinstance(node, list):
        return {}
    return next(filter(None, map(names_of_weights, node)), {})


def _zero_of(extractor):
    zero = extractor.find_threshold("prior")
    # Every peak is kept if there are fewer than particles expected.
    return _in_pixels(extractor.radius), zero if np.isfinite(zero) else 0.0


def _in_pixels(length):
    size = parse_length(length, "length")
    if size.is_angstrom:
        raise ValueError(
            "The command line of topaz knows no pixel sizes, but a length of this "
            f"picker is in angstrom: {length!r}. Pick with `pusklearn pick`."
        )
    return float(size.value)


def find_zeros(
    maps: Iterable[Micrograph],
    radii: Sequence[float],
    particles_per_micrograph: float,
    peaks: dict[str, Any],
) -> list[tuple[float, float]]:
    """Return the threshold that keeps as many picks as particles are expected.

    Parameters
    ----------
    maps : iterable of Micrograph
        Score maps of training micrographs.
    radii : sequence of float
        Distances of picks, ascending.
    particles_per_micrograph : float
        The particles expected in each.
    peaks : dict of str to object
        The other settings of the peaks.

    Returns
    -------
    list of (float, float)
        Each distance with its threshold. If there are fewer peaks than particles
        expected, the threshold is just below the lowest peak.
    """
    found: dict[float, list[NDArray]] = {radius: [] for radius in radii}
    for scores in maps:
        gaps = find_gaps(scores)
        if not gaps.n_there:
            continue
        for radius, picks in found.items():
            picks.append(map_peaks(scores, gaps, radius=radius, **peaks))
    return [
        (radius, threshold_of(picks, particles_per_micrograph))
        for radius, picks in found.items()
    ]


def threshold_of(picks: Sequence[NDArray], particles_per_micrograph: float) -> float:
    """Return the threshold for the peaks of some micrographs, 0 if there are none."""
    scores = np.concatenate([np.empty(0), *(points[:, 2] for points in picks)])
    n_expected = min(particles_per_micrograph * len(picks), len(scores))
    return prior_threshold(np.sort(scores)[::-1], n_expected) if len(scores) else 0.0
