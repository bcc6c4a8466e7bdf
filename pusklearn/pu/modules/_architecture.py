"""The base of every architecture."""

from sklearn.base import BaseEstimator

# Pickles of fitted classifiers of earlier versions look for `Network` here.
from pusklearn.pu.modules._blueprint import (
    Blueprint,
    Network,  # noqa: F401
)


class Architecture(Blueprint, BaseEstimator):
    """Base class of the architecture specifications.

    A specification is a small clonable object with the hyper-parameters of a
    network; ``build`` makes the network. Grids reach inside it (``module__units``).
    A subclass implements ``features(channels, step)`` for images, or overrides
    ``build``.

    Attributes
    ----------
    receptive_field : int or None
        Edge of the region that one logit sees, in pixels; None if the network takes
        samples of any shape.
    stride : int or None
        Pixels between neighbouring logits; None if the network has no dense form.
    """
