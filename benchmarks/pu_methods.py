"""The methods of the benchmark of PU learning, ours and those of other libraries.

``pu_methods.toml`` says what each method other than the criteria is.
"""

from importlib.util import find_spec
from pkgutil import resolve_name

import torch
from pages import read_toml
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.tree import DecisionTreeClassifier
from torch import nn

from pusklearn import BaggingPUClassifier
from pusklearn.metrics import pu_scorer

DEFAULT = "ge-binomial"
ESTIMATED = "ge-binomial, prior estimated"
CEILING = "pn on the true labels"
# In the order in which they are run.
CRITERIA = (
    *(DEFAULT, "abs-pu", "count-loss", "dist-pu", "ge-kl"),
    *("imbalanced-nnpu", "mean-prior-vpu", "nnpu", "pn", "upu", "vpu"),
)
METHODS = {
    name: {
        "kind": "default" if name == DEFAULT else "criterion",
        "class": "pusklearn:PUClassifier",
        "named": {"prior": "prior", "scheme": "scheme"},
        "settings": {"criterion": name},
    }
    for name in CRITERIA
} | read_toml("pu_methods.toml")
# What kinds of methods there are, in the order of the tables, and their titles.
KINDS = {
    "default": "the default network",
    "criterion": "the same network, other criteria",
    "cut": "scikit-learn, cut at the prior",
    "wrapper": "PU wrappers around scikit-learn",
    "plain": "scikit-learn as it is",
    "peer": "other libraries",
    "ceiling": "every label known",
}
PEERS = [name for name in METHODS if METHODS[name]["kind"] == "peer"]
OURS = [name for name in METHODS if name not in PEERS]
TOO_SLOW = [
    (name, data) for name in METHODS for data in METHODS[name].get("too_slow_for", [])
]


def is_installed(method):
    """Tell whether the library of a method is at hand."""
    return find_spec(METHODS[method]["class"].partition(":")[0].partition(".")[0])


def new_classifier(method, draw):
    """Return the classifier of a method for a `pu_data.Draw`."""
    what = {"takes": [], "named": {}, "settings": {}} | METHODS[method]
    return resolve_name(what["class"])(
        *(VALUES[name](draw) for name in what["takes"]),
        **{name: VALUES[value](draw) for name, value in what["named"].items()},
        **what["settings"],
        random_state=draw.seed,
    )


def new_network(draw):
    """Return a network of the size of the default of `pusklearn.modules.MLP`."""
    torch.manual_seed(draw.seed)
    return nn.Sequential(
        *(nn.Linear(draw.X.shape[1], 300), nn.ReLU()),
        *(nn.Linear(300, 300), nn.ReLU()),
        nn.Linear(300, 1),
    )


def search_regression(draw):
    """Return a logistic regression whose C ranks held-out PU labels best."""
    search = GridSearchCV(
        LogisticRegression(max_iter=1000),
        {"C": [0.001, 0.01, 0.1, 1]},
        scoring=pu_scorer("roc_auc", prior=draw.prior, scheme=draw.scheme),
    )
    return search.fit(draw.X, draw.y_pu).best_estimator_


# What a method may take, from a draw.
VALUES = {
    "prior": lambda draw: draw.prior,
    "prior among the unlabeled": lambda draw: draw.unlabeled_prior,
    "scheme": lambda draw: draw.scheme,
    "number of labels": lambda draw: int(draw.y_pu.sum()),
    "logistic regression": lambda draw: LogisticRegression(max_iter=1000),
    "logistic regression with C searched": search_regression,
    "boosted trees": lambda draw: HistGradientBoostingClassifier(
        random_state=draw.seed
    ),
    "bagging of logistic regression": lambda draw: BaggingPUClassifier(
        LogisticRegression(max_iter=1000), random_state=draw.seed
    ),
    "tree": lambda draw: DecisionTreeClassifier(),
    "network": new_network,
}
