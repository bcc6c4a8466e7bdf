"""Objectives for positive-unlabeled learning, usable in plain PyTorch too."""

from pusklearn.criteria._abs_pu import AbsPU
from pusklearn.criteria._count_loss import CountLoss
from pusklearn.criteria._criterion import Criterion
from pusklearn.criteria._dist_pu import DistPU
from pusklearn.criteria._ge_binomial import GEBinomial
from pusklearn.criteria._ge_kl import GEKL
from pusklearn.criteria._imbalanced_nnpu import ImbalancedNNPU
from pusklearn.criteria._nnpu import NNPU
from pusklearn.criteria._pn import PN
from pusklearn.criteria._priors import Priors
from pusklearn.criteria._upu import UPU
from pusklearn.criteria._vpu import VPU

__all__ = [
    "GEKL",
    "NNPU",
    "PN",
    "UPU",
    "VPU",
    "AbsPU",
    "CountLoss",
    "Criterion",
    "DistPU",
    "GEBinomial",
    "ImbalancedNNPU",
    "Priors",
]
