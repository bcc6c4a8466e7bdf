"""The methods of the benchmark of PU learning, ours and those of other libraries.

A method is a function of a `Draw` that returns a classifier to be fitted on the
samples and their PU labels.
"""

from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from pusklearn import (
    BaggingPUClassifier,
    CVIRClassifier,
    ElkanNotoClassifier,
    PUClassifier,
)

DEFAULT = "ge-binomial"
CRITERIA = (
    DEFAULT,
    *("abs-pu", "count-loss", "dist-pu", "ge-kl", "imbalanced-nnpu", "nnpu", "pn"),
    *("upu", "vpu"),
)
ESTIMATED = "ge-binomial, prior estimated"
CEILING = "pn on the true labels"
# Ten minutes to half an hour for one fit on 10,000 images.
TOO_SLOW = {
    ("PU-Toolbox: nnPU (network of the same size)", "MNIST"),
    ("PU-Toolbox: Dist-PU (300 hidden units)", "MNIST"),
    ("CVIR of boosted trees", "MNIST"),
    ("Elkan-Noto of boosted trees", "MNIST"),
}


@dataclass
class Draw:
    """What a method is made for, and learns from."""

    X: np.ndarray
    y_pu: np.ndarray
    prior: float
    scheme: str
    seed: int

    @property
    def known(self):
        """What our methods with a prior are told."""
        return {
            "prior": self.prior,
            "scheme": self.scheme,
            "random_state": self.seed,
        }

    @property
    def unlabeled_prior(self):
        """Share of positives among the unlabeled samples."""
        labeled = self.y_pu.mean() if self.scheme == "single" else 0
        return (self.prior - labeled) / (1 - labeled)


def logistic():
    return LogisticRegression(max_iter=1000)


def boosted(draw):
    return HistGradientBoostingClassifier(random_state=draw.seed)


def with_criterion(name):
    """Return the method of a criterion: every setting is the default."""
    return lambda draw: PUClassifier(criterion=name, **draw.known)


OURS = {
    **{name: with_criterion(name) for name in CRITERIA},
    ESTIMATED: lambda draw: PUClassifier(**draw.known | {"prior": "estimate"}),
    "Elkan-Noto of logistic regression": lambda draw: ElkanNotoClassifier(
        logistic(), **draw.known
    ),
    "Elkan-Noto of boosted trees": lambda draw: ElkanNotoClassifier(
        boosted(draw), **draw.known
    ),
    "CVIR of logistic regression": lambda draw: CVIRClassifier(
        logistic(), **draw.known
    ),
    "CVIR of boosted trees": lambda draw: CVIRClassifier(boosted(draw), **draw.known),
    "bagging of trees": lambda draw: BaggingPUClassifier(
        DecisionTreeClassifier(), random_state=draw.seed
    ),
    CEILING: lambda draw: PUClassifier(criterion="pn", random_state=draw.seed),
}


def pulearn_methods():
    from pulearn import BaggingPuClassifier, ElkanotoPuClassifier, NNPUClassifier

    return {
        # Its prior is documented as the share among the unlabeled samples.
        "pulearn: nnPU (linear)": lambda draw: NNPUClassifier(
            draw.unlabeled_prior, random_state=draw.seed
        ),
        "pulearn: Elkan-Noto of logistic regression": lambda draw: ElkanotoPuClassifier(
            logistic(), random_state=draw.seed
        ),
        "pulearn: bagging of trees": lambda draw: BaggingPuClassifier(
            DecisionTreeClassifier(),
            n_estimators=50,
            max_samples=int(draw.y_pu.sum()),
            random_state=draw.seed,
        ),
    }


def toolbox_methods():
    from pu_toolbox.estimators.classic.elkan_noto import ElkanNotoClassifier
    from pu_toolbox.estimators.risk.dist_pu import DistPUClassifier
    from pu_toolbox.estimators.risk.nnpu import NonNegativePUClassifier
    from pu_toolbox.estimators.risk.upu import UPUClassifier

    return {
        "PU-Toolbox: nnPU (network of the same size)": (
            lambda draw: NonNegativePUClassifier(
                network(draw), class_prior=draw.prior, random_state=draw.seed
            )
        ),
        "PU-Toolbox: Dist-PU (300 hidden units)": lambda draw: DistPUClassifier(
            draw.prior, hidden_dim=300, random_state=draw.seed
        ),
        "PU-Toolbox: uPU (linear)": lambda draw: UPUClassifier(
            draw.prior, random_state=draw.seed
        ),
        "PU-Toolbox: Elkan-Noto of logistic regression": (
            lambda draw: ElkanNotoClassifier(logistic(), random_state=draw.seed)
        ),
    }


def network(draw):
    """Return a network of the size of `pusklearn.modules.MLP`'s default."""
    import torch
    from torch import nn

    torch.manual_seed(draw.seed)
    return nn.Sequential(
        *(nn.Linear(draw.X.shape[1], 300), nn.ReLU()),
        *(nn.Linear(300, 300), nn.ReLU()),
        nn.Linear(300, 1),
    )


PEERS = {"pulearn": pulearn_methods, "pu_toolbox": toolbox_methods}
METHODS = dict(OURS)
for library, methods_of_library in PEERS.items():
    if find_spec(library):
        METHODS |= methods_of_library()


def is_peer(method):
    """Tell whether a method is another library's."""
    return method.startswith(("pulearn:", "PU-Toolbox:"))
