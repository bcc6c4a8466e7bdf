"""The network that the training of a picker starts from."""

from typing import Any, NamedTuple

from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from pusklearn.micrographs._picker_lengths import Spans, spans_of
from pusklearn.micrographs.general._general_classifier import general_classifier
from pusklearn.micrographs.general._general_network import read_general_network
from pusklearn.micrographs.peaks._peak_extractor import PeakExtractor
from pusklearn.micrographs.preprocessing._fourier_downsampler import FourierDownsampler
from pusklearn.micrographs.preprocessing._micrograph_normalizer import (
    MicrographNormalizer,
)
from pusklearn.micrographs.regions._region_scorer import RegionScorer
from pusklearn.pu.network._initial import resolve_module_of, without_own_start
from pusklearn.pu.network._pu_classifier import PUClassifier

ALLOWED = "`initial` must be None, 'general' or a fitted picker of `make_picker`."
STEPS = {
    "downsample": FourierDownsampler,
    "normalize": MicrographNormalizer,
    "score": RegionScorer,
    "extract": PeakExtractor,
}


class InitialNetwork(NamedTuple):
    """A network that a training starts from, and what its micrographs were like.

    Attributes
    ----------
    classifier : PUClassifier
        The fitted classifier of regions that holds the network.
    spans : tuple of 3 float
        The least, the best and the greatest number of pixels that a particle spans.
    step : int
        The step of the score maps.
    normalization : dict
        Parameters of the `MicrographNormalizer`.
    """

    classifier: PUClassifier
    spans: Spans
    step: int
    normalization: dict[str, Any]


def find_initial_network(initial: Any) -> InitialNetwork | None:
    """Return the network that the parameter `initial` of `make_picker` names.

    Parameters
    ----------
    initial : None, "general" or Pipeline
        None gives None.

    Raises
    ------
    TypeError
        If it is neither a word nor a picker that has a network.
    ValueError
        If it is another word.
    NotFittedError
        If the picker is not fitted.
    """
    while isinstance(initial, FrozenEstimator):
        initial = initial.estimator
    if initial is None:
        return None
    if isinstance(initial, str):
        if initial != "general":
            raise ValueError(f"{ALLOWED} Got {initial!r}.")
        network = read_general_network()
        classifier = general_classifier(network)
        return InitialNetwork(classifier, network.spans, network.step, {})
    steps = initial.named_steps if isinstance(initial, Pipeline) else {}
    if not all(isinstance(steps.get(name), kind) for name, kind in STEPS.items()):
        raise TypeError(f"{ALLOWED} Got {initial!r}.")
    scorer = steps["score"]
    if not hasattr(scorer, "classifier_"):
        raise NotFittedError(f"{ALLOWED} Got {initial!r}, which is not fitted.")
    if not isinstance(scorer.classifier_, PUClassifier):
        raise TypeError(
            "`initial` must be a picker whose classifier is a PUClassifier, so that "
            f"there is a network to start from. Got {scorer.classifier_!r}."
        )
    normalizer = steps["normalize"].get_params()
    kept = {key: normalizer[key] for key in ("method", "alpha", "beta", "whiten")}
    classifier = without_own_start(scorer.classifier_)
    return InitialNetwork(classifier, spans_of(initial), scorer.step, kept)


def classifier_from(
    network: InitialNetwork, classifier: BaseEstimator | None
) -> PUClassifier:
    """Return a classifier whose training starts from a network.

    Parameters
    ----------
    network : InitialNetwork
        The network.
    classifier : PUClassifier or None
        The classifier that a user gave; None stands for the default one.

    Raises
    ------
    TypeError
        If the classifier is no `PUClassifier`.
    ValueError
        If it names what its training starts from already.
    """
    if classifier is None:
        classifier = PUClassifier()
    if not isinstance(classifier, PUClassifier):
        raise TypeError(
            "`initial` gives its weights to a PUClassifier, so `classifier` must be "
            f"one, or None. Got {classifier!r}."
        )
    if classifier.initial is not None:
        raise ValueError(
            "`initial` and the classifier's own `initial` say the same thing; give "
            f"one. Got {classifier!r}."
        )
    classifier = clone(classifier).set_params(initial=network.classifier)
    # The size of the regions follows from the module.
    module = resolve_module_of(classifier, network.classifier.sample_shape_)
    return classifier.set_params(module=module)
