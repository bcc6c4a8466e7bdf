"""The picker that the options of ``train`` ask for, not yet fitted."""

from typing import Any

import torch
from sklearn.pipeline import Pipeline
from skorch.callbacks import Callback

from pusklearn.micrographs._make_picker import make_picker
from pusklearn.micrographs.regions._covering_field import (
    LEAST_DIAMETER,
    RECEPTIVE_FIELDS,
    covering_field,
)
from pusklearn.pu.criteria._ge_binomial import GEBinomial
from pusklearn.pu.criteria._ge_kl import GEKL
from pusklearn.pu.criteria._nnpu import NNPU
from pusklearn.pu.criteria._pn import PN
from pusklearn.pu.modules._architecture import Architecture
from pusklearn.pu.modules._conv_net import ConvNet
from pusklearn.pu.modules._resnet8 import ResNet8
from pusklearn.pu.modules._resnet16 import ResNet16
from pusklearn.pu.network._pu_classifier import PUClassifier

LABEL_RADIUS = 3.0
# RELION labels an eighth of the particle's diameter.
RADII_PER_DIAMETER = 8
SEED = 0
RESIDUAL = {"resnet8": ResNet8, "resnet16": ResNet16}
PLAIN = {f"conv{field}": field for field in RECEPTIVE_FIELDS}
CRITERIA = {"PN": PN, "PU": NNPU, "GE-KL": GEKL, "GE-binomial": GEBinomial}
# By the option, the parameter of a network, and of a `PUClassifier`.
OF_NETWORK = {"units": "units", "dropout": "dropout", "bn": "batch_norm"}
OF_CLASSIFIER = {
    "minibatch_size": "batch_size",
    "minibatch_balance": "positive_share",
    "l2": "weight_decay",
    "autoencoder": "reconstruction_weight",
}


class StartFrom(Callback):
    """Give a network the weights of another one before its training.

    Parameters
    ----------
    weights : dict of str to torch.Tensor
        The weights.
    """

    def __init__(self, weights: dict[str, torch.Tensor]):
        self.weights = weights

    def on_train_begin(self, net, **kwargs):
        """Load the weights."""
        net.module_.network.load_state_dict(self.weights)


def label_radius(options: dict[str, Any]) -> float:
    """Return the radius of the labels, in pixels of the images."""
    return options.get("radius", LABEL_RADIUS)


def diameter_of(options: dict[str, Any]) -> float:
    """Return the diameter of a particle that the label radius tells."""
    return max(RADII_PER_DIAMETER * label_radius(options), LEAST_DIAMETER)


def find_module(options: dict[str, Any]) -> Architecture:
    """Return the network that the options ask for.

    Without a name, it is the smallest network that sees a whole particle. RELION rounds
    the radius, so a particle may be wider than the radius tells by half a step.

    Raises
    ------
    ValueError
        If there is no network of that name.
    """
    changes = {new: options[old] for old, new in OF_NETWORK.items() if old in options}
    if "bn" in options:
        changes["batch_norm"] = options["bn"] == "on"
    name = options.get("model")
    if name in RESIDUAL:
        return RESIDUAL[name](**changes)
    if name is None:
        width = diameter_of(options) + RADII_PER_DIAMETER / 2
        field = covering_field(min(width, RECEPTIVE_FIELDS[-1]))
    elif name in PLAIN:
        field = PLAIN[name]
    else:
        raise ValueError(
            f"--model must be {', '.join([*RESIDUAL, *PLAIN])} or the file of a model. "
            f"Got {name!r}, and there is no such file."
        )
    return ConvNet(field, halve=True, **changes)


def find_criterion(options: dict[str, Any]) -> Any:
    """Return the objective that the options ask for."""
    kind = CRITERIA[options.get("method", "GE-binomial")]
    slack = options.get("slack", -1)
    return kind(slack=slack) if slack >= 0 and kind in (GEKL, GEBinomial) else kind()


def new_picker(
    options: dict[str, Any],
    module: Architecture,
    mean_count: float,
    device: str,
    callbacks: list[Callback],
) -> Pipeline:
    """Return the picker, not yet fitted.

    Parameters
    ----------
    options : dict of str to object
        The options of ``train``.
    module : Architecture
        The network.
    mean_count : float
        The mean number of labelled particles in an image.
    device : str
        The device that computes.
    callbacks : list of Callback
        The callbacks of the training.

    Raises
    ------
    ValueError
        If an option is out of range.
    """
    given = {new: options[old] for old, new in OF_CLASSIFIER.items() if old in options}
    classifier = PUClassifier(
        module, find_criterion(options), device=device, callbacks=callbacks, **given
    )
    prior, count = find_prior(options, mean_count)
    classifier.set_params(prior=prior)
    picker = make_picker(
        diameter_of(options),
        classifier=classifier,
        label_radius=label_radius(options),
        random_state=SEED,
        outside="warn",
        on_error="warn",
        particles_per_micrograph=count,
        # Scores have a zero of their own, see `zeros_of`.
        calibrate=False,
    )
    # A model scores every pixel.
    return picker.set_params(score__low_rank=False)


def find_prior(
    options: dict[str, Any], mean_count: float
) -> tuple[float | str | None, float | None]:
    """Return what the options say of the prior, and of the number of particles.

    One of them is None, or both if all particles are labelled.
    """
    count = options.get("num_particles", -1)
    if count > mean_count:
        return None, count
    if count > 0:
        return None, None
    return options.get("pi", "estimate"), None
