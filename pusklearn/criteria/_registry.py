"""Criteria by name."""

from pusklearn.criteria._ge_binomial import GEBinomial
from pusklearn.criteria._ge_kl import GEKL
from pusklearn.criteria._nnpu import NNPU
from pusklearn.criteria._pn import PN
from pusklearn.criteria._upu import UPU

CRITERIA = {
    "pn": PN,
    "upu": UPU,
    "nnpu": NNPU,
    "ge-kl": GEKL,
    "ge-binomial": GEBinomial,
}


def as_criterion(criterion):
    """Return the criterion of that name with its defaults, or the object itself."""
    if callable(criterion) and not isinstance(criterion, type):
        return criterion
    if isinstance(criterion, str) and criterion.lower() in CRITERIA:
        return CRITERIA[criterion.lower()]()
    raise ValueError(
        f"`criterion` must be one of {sorted(CRITERIA)} or an object called with "
        f"(logits, is_positive, priors). Got {criterion!r}."
    )
