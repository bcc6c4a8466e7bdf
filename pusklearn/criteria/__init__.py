"""Objectives for positive-unlabeled learning, usable in plain PyTorch too."""

from pusklearn.criteria._criterion import Criterion
from pusklearn.criteria._ge_binomial import GEBinomial
from pusklearn.criteria._ge_kl import GEKL
from pusklearn.criteria._nnpu import NNPU
from pusklearn.criteria._pn import PN
from pusklearn.criteria._priors import Priors
from pusklearn.criteria._upu import UPU

__all__ = ["GEKL", "NNPU", "PN", "UPU", "Criterion", "GEBinomial", "Priors"]
