"""A first output of a network that is the log-odds of a small prior."""

from math import log
from typing import Any

import torch
from torch import nn

from pusklearn.pu._samples import Samples
from pusklearn.pu.network._output_bias import output_bias
from pusklearn.pu.priors._class_priors import AnyPriors

# Networks whose outputs begin near even odds soon come down to a prior above this.
RARE = 0.05


def start_at_prior(
    network: nn.Module, criterion: Any, priors: AnyPriors, samples: Samples
) -> None:
    """Add the log-odds of a small prior to the last bias, if a criterion asks for it.

    A network whose outputs begin near even odds, where positives are rare, spends the
    first updates on lowering all outputs. It does so by its weights, too, and then
    ranks those samples lowest that lie far from the others, such as the positives.
    Criteria that give the positives a weight of the size of the prior recover from it
    late, and with the sigmoid loss never. They ask for the start at the prior by an
    attribute ``starts_at_prior`` that is true.

    Parameters
    ----------
    network : nn.Module
        The network, freshly initialised. It is left as it is if its last layer has no
        bias of one output.
    criterion : callable
        The criterion.
    priors : Priors or PriorsWithNegatives
        The priors that the criterion is called with.
    samples : Samples
        The samples to learn from. Networks for regions of micrographs have batch norm,
        and are left as they are.
    """
    prior = priors.population
    asked = getattr(criterion, "starts_at_prior", False)
    if not asked or prior >= RARE or samples.groups is not None:
        return
    bias = output_bias(network)
    if bias is not None:
        with torch.no_grad():
            bias += log(prior / (1 - prior))
