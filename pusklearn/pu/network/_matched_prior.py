"""Predictions of a network that are too few for the prior."""

from math import ceil
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from pusklearn.pu._samples import ArraySamples
from pusklearn.pu.criteria._pn import PN
from pusklearn.pu.criteria._registry import as_criterion
from pusklearn.pu.network._batch_scores import quick_logits
from pusklearn.pu.network._hold_out import Part
from pusklearn.pu.network._output_bias import output_bias
from pusklearn.pu.priors._class_priors import AnyPriors

# The predictions are left as they are if they are at least this share of the positives
# that are expected.
ENOUGH = 0.75
# Unlabeled samples that are looked at: so many at least, and so many positives.
LEAST_SAMPLES, LEAST_POSITIVES = 2000, 200


def match_prior(classifier: Any, learnt: Part, priors: AnyPriors) -> None:
    """Raise the bias of a network that predicts far fewer positives than expected.

    Where classes overlap, few samples are more likely positive than not, and a network
    that has not learnt its labels by heart is sure of none: it would predict next to
    nothing. The bias of its head is raised until the share of the unlabeled samples
    that it predicts positive is the share of positives among them. The order of the
    samples stays.

    This is done for tables and images, but not for regions of micrographs, whose picks
    have thresholds of their own; for networks that end in a layer of one output with
    a bias; and for all criteria but `PN`, which takes the unlabeled samples for
    negatives.

    Parameters
    ----------
    classifier : PUClassifier
        The classifier, just trained.
    learnt : Part
        The samples that it was trained on.
    priors : Priors or PriorsWithNegatives
        The priors of the training.
    """
    bias = output_bias(classifier.net_.module_.network)
    if (
        bias is None
        or not isinstance(learnt.samples, ArraySamples)
        or isinstance(as_criterion(classifier.criterion), PN)
        or priors.unlabeled <= 0
    ):
        return
    rows = some_unlabeled(learnt, priors.unlabeled)
    samples = learnt.samples.part(rows)
    logits = quick_logits(classifier, samples)
    weights = None if learnt.weights is None else learnt.weights[rows]
    if not np.isfinite(logits).all():
        return
    share = np.average(logits > 0, weights=weights)
    if share >= ENOUGH * priors.unlabeled:
        return
    cut = threshold_of_share(logits, priors.unlabeled, weights)
    before = bias.detach().clone()
    with torch.no_grad():
        bias -= cut
        # A network of the user may go on after that layer.
        after = quick_logits(classifier, samples)
        if not np.allclose(after, logits - cut, atol=1e-3):
            bias.copy_(before)


def threshold_of_share(
    logits: NDArray[np.float32], share: float, weights: NDArray | None = None
) -> float:
    """Return the logit above which a share of the samples lies, or a little less.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.pu.network._matched_prior import threshold_of_share
    >>> threshold_of_share(np.array([0.5, 2.0, 1.0, -1.0]), 0.5)
    0.5
    """
    order = np.argsort(-logits, kind="stable")
    above = np.cumsum(np.ones(len(logits)) if weights is None else weights[order])
    # The sum of the weights has rounding errors, which must not leave a sample out.
    first_below = np.searchsorted(above, share * above[-1] * (1 + 1e-9), side="right")
    return float(logits[order[min(first_below, len(logits) - 1)]])


def some_unlabeled(learnt: Part, unlabeled_prior: float) -> NDArray[np.intp]:
    """Return rows of unlabeled samples, which are evenly spaced and enough to count."""
    is_unlabeled = np.ones(len(learnt.samples), bool)
    is_unlabeled[learnt.positives] = False
    is_unlabeled[learnt.negatives] = False
    rows = np.flatnonzero(is_unlabeled)
    n = max(LEAST_SAMPLES, ceil(LEAST_POSITIVES / unlabeled_prior))
    return rows[np.unique(np.linspace(0, len(rows) - 1, min(n, len(rows))).astype(int))]
