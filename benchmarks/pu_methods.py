"""The methods of the benchmark of PU learning, ours and those of other libraries.

``pu_methods.toml`` says what each method other than the criteria is.
"""

import tomllib
from importlib.util import find_spec
from pathlib import Path
from pkgutil import resolve_name

import torch
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
from torch import nn

DEFAULT = "ge-binomial"
ESTIMATED = "ge-binomial, prior estimated"
CEILING = "pn on the true labels"
# In the order in which they are run.
CRITERIA = (
    *(DEFAULT, "abs-pu", "count-loss", "dist-pu", "ge-kl"),
    *("imbalanced-nnpu", "nnpu", "pn", "upu", "vpu"),
)
METHODS = {
    name: {
        "class": "pusklearn:PUClassifier",
        "named": {"prior": "prior", "scheme": "scheme"},
        "settings": {"criterion": name},
    }
    for name in CRITERIA
} | tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
PEERS = [name for name in METHODS if name.startswith(("pulearn:", "PU-Toolbox:"))]
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


# What a method may take, from a draw.
VALUES = {
    "prior": lambda draw: draw.prior,
    "prior among the unlabeled": lambda draw: draw.unlabeled_prior,
    "scheme": lambda draw: draw.scheme,
    "number of labels": lambda draw: int(draw.y_pu.sum()),
    "logistic regression": lambda draw: LogisticRegression(max_iter=1000),
    "boosted trees": lambda draw: HistGradientBoostingClassifier(
        random_state=draw.seed
    ),
    "tree": lambda draw: DecisionTreeClassifier(),
    "network": new_network,
}
