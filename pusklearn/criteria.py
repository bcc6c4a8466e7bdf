"""Objectives for positive-unlabeled learning, usable in plain PyTorch too."""

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
from pusklearn.pu.criteria._upu import UPU
from pusklearn.pu.criteria._vpu import VPU
from pusklearn.pu.priors._priors import Priors

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
    "MeanPriorVPU",
    "Priors",
]
