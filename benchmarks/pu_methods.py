"""The methods of the benchmark of PU learning, ours and those of other libraries."""

import re
from importlib.util import find_spec
from pkgutil import resolve_name

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
BAGGING = "bagging of trees"
# Ten minutes to half an hour for one fit on 10,000 images.
TOO_SLOW = {
    ("PU-Toolbox: nnPU (network of the same size)", "MNIST"),
    ("PU-Toolbox: Dist-PU (300 hidden units)", "MNIST"),
    ("CVIR of boosted trees", "MNIST"),
    ("Elkan-Noto of boosted trees", "MNIST"),
}


def logistic(draw):
    return LogisticRegression(max_iter=1000)


def boosted(draw):
    return HistGradientBoostingClassifier(random_state=draw.seed)


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


# A meta-estimator of ours, and what it is around.
AROUND_CLASSIFIERS = {
    "Elkan-Noto of logistic regression": (ElkanNotoClassifier, logistic),
    "Elkan-Noto of boosted trees": (ElkanNotoClassifier, boosted),
    "CVIR of logistic regression": (CVIRClassifier, logistic),
    "CVIR of boosted trees": (CVIRClassifier, boosted),
}
OURS = (*CRITERIA, ESTIMATED, *AROUND_CLASSIFIERS, BAGGING, CEILING)
# Where the class of a method is, and how it is called.
PEERS = {
    "pulearn: nnPU (linear)": (
        "pulearn:NNPUClassifier",
        # Its prior is documented as the share among the unlabeled samples.
        lambda peer, draw: peer(draw.unlabeled_prior, random_state=draw.seed),
    ),
    "pulearn: Elkan-Noto of logistic regression": (
        "pulearn:ElkanotoPuClassifier",
        lambda peer, draw: peer(logistic(draw), random_state=draw.seed),
    ),
    "pulearn: bagging of trees": (
        "pulearn:BaggingPuClassifier",
        lambda peer, draw: peer(
            DecisionTreeClassifier(),
            n_estimators=50,
            max_samples=int(draw.y_pu.sum()),
            random_state=draw.seed,
        ),
    ),
    "PU-Toolbox: nnPU (network of the same size)": (
        "pu_toolbox.estimators.risk.nnpu:NonNegativePUClassifier",
        lambda peer, draw: peer(
            network(draw), class_prior=draw.prior, random_state=draw.seed
        ),
    ),
    "PU-Toolbox: Dist-PU (300 hidden units)": (
        "pu_toolbox.estimators.risk.dist_pu:DistPUClassifier",
        lambda peer, draw: peer(draw.prior, hidden_dim=300, random_state=draw.seed),
    ),
    "PU-Toolbox: uPU (linear)": (
        "pu_toolbox.estimators.risk.upu:UPUClassifier",
        lambda peer, draw: peer(draw.prior, random_state=draw.seed),
    ),
    "PU-Toolbox: Elkan-Noto of logistic regression": (
        "pu_toolbox.estimators.classic.elkan_noto:ElkanNotoClassifier",
        lambda peer, draw: peer(logistic(draw), random_state=draw.seed),
    ),
}
INSTALLED_PEERS = [
    name for name, (path, _) in PEERS.items() if find_spec(re.match(r"\w+", path)[0])
]


def new_classifier(method, draw):
    """Return the classifier of a method, with its default settings."""
    known = {"prior": draw.prior, "scheme": draw.scheme, "random_state": draw.seed}
    if method in CRITERIA:
        return PUClassifier(criterion=method, **known)
    if method == ESTIMATED:
        return PUClassifier(**known | {"prior": "estimate"})
    if method == CEILING:
        return PUClassifier(criterion="pn", random_state=draw.seed)
    if method == BAGGING:
        return BaggingPUClassifier(DecisionTreeClassifier(), random_state=draw.seed)
    if method in AROUND_CLASSIFIERS:
        meta_estimator, make_classifier = AROUND_CLASSIFIERS[method]
        return meta_estimator(make_classifier(draw), **known)
    path, call = PEERS[method]
    return call(resolve_name(path), draw)
