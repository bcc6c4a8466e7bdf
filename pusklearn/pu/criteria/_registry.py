"""Criteria by name."""

from typing import Any

from pusklearn.pu.criteria._abs_pu import AbsPU
from pusklearn.pu.criteria._count_loss import CountLoss
from pusklearn.pu.criteria._criterion import Criterion
from pusklearn.pu.criteria._dist_pu import DistPU
from pusklearn.pu.criteria._ge_binomial import GEBinomial
from pusklearn.pu.criteria._ge_kl import GEKL
from pusklearn.pu.criteria._imbalanced_nnpu import ImbalancedNNPU
from pusklearn.pu.criteria._mean_prior_vpu import MeanPriorVPU
from pusklearn.pu.criteria._nnpu import NNPU
from pusklearn.pu.criteria._pn import PN
from pusklearn.pu.criteria._two_argument_loss import with_priors
from pusklearn.pu.criteria._upu import UPU
from pusklearn.pu.criteria._vpu import VPU

CRITERIA: dict[str, type[Criterion]] = {
    "pn": PN,
    "upu": UPU,
    "nnpu": NNPU,
    "ge-kl": GEKL,
    "ge-binomial": GEBinomial,
    "abs-pu": AbsPU,
    "imbalanced-nnpu": ImbalancedNNPU,
    "vpu": VPU,
    "mean-prior-vpu": MeanPriorVPU,
    "dist-pu": DistPU,
    "count-loss": CountLoss,
}


def as_criterion(criterion: Any) -> Any:
    """Return the criterion of that name with its defaults, or the object itself.

    Parameters
    ----------
    criterion : str or callable
        A name, in any case of letters, or an object that is called with
        ``(logits, is_positive, priors)``, or with ``(logits, labels)``.

    Returns
    -------
    callable
        The object to call.

    Raises
    ------
    TypeError
        If `criterion` is a class, neither a name nor callable, or called with other
        arguments.
    ValueError
        If there is no criterion of that name.
    """
    if isinstance(criterion, type):
        name = criterion.__name__
        raise TypeError(
            f"`criterion` must be an object, not a class. Got the class {name}; give "
            f"{name}(), an object."
        )
    if callable(criterion):
        return with_priors(criterion)
    if isinstance(criterion, str) and criterion.lower() in CRITERIA:
        return CRITERIA[criterion.lower()]()
    error = ValueError if isinstance(criterion, str) else TypeError
    raise error(
        f"`criterion` must be one of {sorted(CRITERIA)} or an object called with "
        f"(logits, is_positive, priors). Got {criterion!r}."
    )
