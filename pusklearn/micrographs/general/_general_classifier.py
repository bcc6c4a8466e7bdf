"""The classifier of regions that has learnt from simulated micrographs."""

import numpy as np
from sklearn.base import clone

from pusklearn.micrographs.general._general_network import GeneralNetwork
from pusklearn.pu.criteria._pn import PN
from pusklearn.pu.modules._architecture import Architecture
from pusklearn.pu.modules._conv_net import ConvNet
from pusklearn.pu.modules._resnet8 import ResNet8
from pusklearn.pu.modules._resnet16 import ResNet16
from pusklearn.pu.network._optimizers import as_optimizer
from pusklearn.pu.network._pu_classifier import PUClassifier
from pusklearn.pu.network._restored_net import NetParts, restored_net
from pusklearn.pu.priors._class_priors import set_priors
from pusklearn.pu.priors._priors import Priors

SPECIFICATIONS: dict[str, type[Architecture]] = {
    cls.__name__: cls for cls in (ConvNet, ResNet8, ResNet16)
}


def general_classifier(network: GeneralNetwork) -> PUClassifier:
    """Return the fitted classifier of a network.

    Its parameters are the defaults, by which a training goes on from it.

    Parameters
    ----------
    network : GeneralNetwork
        The network, as its file tells it.

    Returns
    -------
    PUClassifier
        The classifier. Every particle was labelled in its training, so that it expects
        none among the unlabeled regions.

    Raises
    ------
    ValueError
        If the weights or the parameters do not fit the network.
    """
    module = specification(network)
    # How many pixels a training drops depends on the number of its labels.
    open_module = clone(module).set_params(input_dropout="auto")
    classifier = PUClassifier(open_module)
    classifier.module_ = module
    classifier.sample_shape_ = (module.receptive_field,) * 2
    classifier.classes_ = np.arange(2)
    classifier.pos_label_ = classifier.classes_[1]
    priors = Priors(network.prior, network.prior)
    set_priors(classifier, priors, network.prior, 1)
    classifier.prior_interval_ = None
    classifier.prior_is_upper_bound_ = False
    classifier.reconstruction_weight_ = 0.0
    parts = NetParts(
        network={name: weight.clone() for name, weight in network.weights.items()},
        decoder=None,
        in_half=False,
        criterion=PN(),
        priors=priors,
        settings={
            "optimizer": as_optimizer(classifier.optimizer),
            "lr": classifier.lr,
            "max_epochs": classifier.max_epochs,
            "batch_size": classifier.batch_size,
        },
        history=[],
    )
    classifier.net_ = restored_net(classifier, parts)
    return classifier


def specification(network: GeneralNetwork) -> Architecture:
    """Return the specification of a network, or raise a ValueError."""
    try:
        return SPECIFICATIONS[network.module](**network.parameters)
    except TypeError as error:
        raise ValueError(
            f"{network.module} has other parameters than the file of the network says: "
            f"{network.parameters}. {error}"
        ) from None
