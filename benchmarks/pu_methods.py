"""The methods of the benchmark of PU learning, ours and those of other libraries.

A method is a function of a `Draw` that returns a classifier to be fitted on the
samples and their PU labels.
"""

from importlib.metadata import PackageNotFoundError, version

from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from pusklearn import (
    BaggingPUClassifier,
    CVIRClassifier,
    ElkanNotoClassifier,
    PUClassifier,
)
from pusklearn.pu.criteria._registry import CRITERIA

ESTIMATED = "ge-binomial, prior estimated"
ORACLE = "pn on the true labels"
# Ten minutes to half an hour for one fit on 10,000 images.
TOO_SLOW = {
    ("PU-Toolbox: nnPU (network of the same size)", "MNIST"),
    ("PU-Toolbox: Dist-PU (300 hidden units)", "MNIST"),
    ("CVIR of boosted trees", "MNIST"),
    ("Elkan-Noto of boosted trees", "MNIST"),
}


def with_criterion(criterion):
    """Return the method of a criterion: every setting is the default."""

    def make(draw):
        return PUClassifier(
            criterion=criterion,
            prior=draw.prior,
            scheme=draw.scheme,
            random_state=draw.seed,
        )

    return make


def estimated(draw):
    return PUClassifier(prior="estimate", scheme=draw.scheme, random_state=draw.seed)


def oracle(draw):
    return PUClassifier(criterion="pn", random_state=draw.seed)


def logistic():
    return LogisticRegression(max_iter=1000)


def boosted(draw):
    return HistGradientBoostingClassifier(random_state=draw.seed)


def around(meta, make_classifier):
    """Return the method of a meta-estimator that takes the prior."""

    def make(draw):
        return meta(
            make_classifier(draw),
            prior=draw.prior,
            scheme=draw.scheme,
            random_state=draw.seed,
        )

    return make


def bagging(draw):
    return BaggingPUClassifier(DecisionTreeClassifier(), random_state=draw.seed)


def default_first(name):
    return name != "ge-binomial", name


OURS = {
    **{name: with_criterion(name) for name in sorted(CRITERIA, key=default_first)},
    ESTIMATED: estimated,
    "Elkan-Noto of logistic regression": around(
        ElkanNotoClassifier, lambda draw: logistic()
    ),
    "Elkan-Noto of boosted trees": around(ElkanNotoClassifier, boosted),
    "CVIR of logistic regression": around(CVIRClassifier, lambda draw: logistic()),
    "CVIR of boosted trees": around(CVIRClassifier, boosted),
    "bagging of trees": bagging,
    ORACLE: oracle,
}


def network(draw):
    """Return a network of the size of `pusklearn.modules.MLP`'s default."""
    import torch
    from torch import nn

    torch.manual_seed(draw.seed)
    return nn.Sequential(
        nn.Linear(draw.X.shape[1], 300),
        nn.ReLU(),
        nn.Linear(300, 300),
        nn.ReLU(),
        nn.Linear(300, 1),
    )


def pulearn_nnpu(draw):
    from pulearn import NNPUClassifier

    # Its prior is documented as the share among the unlabeled samples.
    return NNPUClassifier(draw.unlabeled_prior, random_state=draw.seed)


def pulearn_elkan_noto(draw):
    from pulearn import ElkanotoPuClassifier

    return ElkanotoPuClassifier(logistic(), random_state=draw.seed)


def pulearn_bagging(draw):
    from pulearn import BaggingPuClassifier

    return BaggingPuClassifier(
        DecisionTreeClassifier(),
        n_estimators=50,
        max_samples=int(draw.y_pu.sum()),
        random_state=draw.seed,
    )


def toolbox_nnpu(draw):
    from pu_toolbox.estimators.risk.nnpu import NonNegativePUClassifier

    return NonNegativePUClassifier(
        network(draw), class_prior=draw.prior, random_state=draw.seed
    )


def toolbox_dist_pu(draw):
    from pu_toolbox.estimators.risk.dist_pu import DistPUClassifier

    return DistPUClassifier(draw.prior, hidden_dim=300, random_state=draw.seed)


def toolbox_upu(draw):
    from pu_toolbox.estimators.risk.upu import UPUClassifier

    return UPUClassifier(draw.prior, random_state=draw.seed)


def toolbox_elkan_noto(draw):
    from pu_toolbox.estimators.classic.elkan_noto import ElkanNotoClassifier

    return ElkanNotoClassifier(logistic(), random_state=draw.seed)


PEERS = {
    "pulearn": {
        "pulearn: nnPU (linear)": pulearn_nnpu,
        "pulearn: Elkan-Noto of logistic regression": pulearn_elkan_noto,
        "pulearn: bagging of trees": pulearn_bagging,
    },
    "pu-toolbox": {
        "PU-Toolbox: nnPU (network of the same size)": toolbox_nnpu,
        "PU-Toolbox: Dist-PU (300 hidden units)": toolbox_dist_pu,
        "PU-Toolbox: uPU (linear)": toolbox_upu,
        "PU-Toolbox: Elkan-Noto of logistic regression": toolbox_elkan_noto,
    },
}
PEER_NAMES = {name for methods in PEERS.values() for name in methods}


def peer_version(distribution):
    """Return the version of a library, None where it is not installed."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def all_methods():
    """Return ours, and the peers' that are installed."""
    methods = dict(OURS)
    for distribution, theirs in PEERS.items():
        if peer_version(distribution):
            methods.update(theirs)
    return methods
