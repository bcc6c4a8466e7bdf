import pickle

import pytest
import torch
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from torch import nn

from pusklearn import PUClassifier
from pusklearn.metrics import pu_scorer
from pusklearn.pu.network._with_parameters import WithParameters


class Sized(nn.Module):
    def __init__(self, hidden=8, *, activation=nn.ReLU):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(3, hidden), activation(), nn.Linear(hidden, 1)
        )

    def forward(self, X):
        return self.layers(X)


def new_classifier(**kwargs):
    settings = {"prior": 0.5, "max_epochs": 1, "steps_per_epoch": 3, "random_state": 0}
    return PUClassifier(Sized, **settings | kwargs)


@pytest.fixture
def data():
    X = torch.randn(60, 3, generator=torch.Generator().manual_seed(0)).numpy()
    return X, X[:, 0] > 0.8


def test_parameters_reach_the_class_and_can_be_changed_again(data):
    classifier = new_classifier().set_params(module__hidden=5)
    assert classifier.get_params()["module__hidden"] == 5
    classifier.set_params(module__hidden=6, module__activation=nn.Tanh)
    classifier = clone(classifier).fit(*data)
    network = classifier.net_.module_.network
    assert network.layers[0].out_features == 6
    assert isinstance(network.layers[1], nn.Tanh)


def test_a_grid_reaches_the_class(data):
    X, y = data
    search = GridSearchCV(
        new_classifier(),
        {"module__hidden": [2, 4]},
        scoring=pu_scorer("roc_auc", prior=0.5),
        cv=2,
    ).fit(X, y)
    assert {p["module__hidden"] for p in search.cv_results_["params"]} == {2, 4}


@pytest.mark.parametrize("optimizer", ["adam", torch.optim.Adam])
def test_parameters_reach_the_optimizer(data, optimizer):
    classifier = new_classifier(optimizer=optimizer, lr=0.01)
    classifier.set_params(optimizer__betas=(0.5, 0.6)).fit(*data)
    group = classifier.net_.optimizer_.param_groups[0]
    assert group["betas"] == (0.5, 0.6)
    clone(classifier).fit(*data)


def test_a_new_class_takes_its_parameters_in_the_same_call():
    classifier = new_classifier().set_params(module=nn.Linear, module__in_features=3)
    assert repr(classifier.module) == "Linear(in_features=3)"


@pytest.mark.parametrize("name", ["module__hiden", "optimizer__beta"])
def test_a_parameter_that_is_not_there_is_named(name):
    with pytest.raises(TypeError, match=f"no parameter '{name.split('__')[1]}'"):
        new_classifier().set_params(**{name: 1})


@pytest.mark.parametrize("name", ["lr", "weight_decay"])
def test_parameters_of_the_classifier_are_not_set_in_the_optimizer(name):
    with pytest.raises(ValueError, match=f"`{name}` is a parameter of the classifier"):
        new_classifier().set_params(**{f"optimizer__{name}": 0.1})
    classifier = new_classifier().set_params(optimizer__betas=(0.5, 0.6))
    with pytest.raises(ValueError, match=f"`{name}` is a parameter of the classifier"):
        classifier.set_params(**{f"optimizer__{name}": 0.1})


def test_parameters_do_not_leak_into_a_clone_or_a_pickle():
    one = WithParameters(dict, a=1)
    other = clone(one).set_params(a=2)
    assert (one(), other(), pickle.loads(pickle.dumps(one))(b=3)) == (
        {"a": 1},
        {"a": 2},
        {"a": 1, "b": 3},
    )
