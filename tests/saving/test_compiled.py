import json

import numpy as np
import pytest
from sklearn.neighbors import BallTree, KDTree, KernelDensity, KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from pusklearn.saving._codec import pack, unpack

POINTS = np.random.default_rng(0).normal(size=(90, 3))


def round_trip(value):
    document, tensors = pack(value)
    return unpack(json.loads(json.dumps(document)), tensors)


@pytest.mark.parametrize("cls", [KDTree, BallTree])
@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "chebyshev"])
def test_trees_of_neighbours_are_made_anew(cls, metric):
    tree = cls(POINTS, leaf_size=7, metric=metric)
    other = round_trip(tree)
    assert type(other) is cls
    for values, others in zip(
        tree.query(POINTS, 4), other.query(POINTS, 4), strict=True
    ):
        assert np.array_equal(values, others)


def test_other_distances_and_weights_are_refused():
    haversine = BallTree(POINTS[:, :2], metric="haversine")
    with pytest.raises(TypeError, match=r"cannot carry BallTree, .*Haversine"):
        pack(haversine)
    weighted = KernelDensity().fit(POINTS, sample_weight=np.ones(90))
    with pytest.raises(TypeError, match=r"cannot carry KernelDensity\.tree_"):
        pack(weighted)


def changed(value, **changes):
    document, tensors = pack(value)
    document["estimator"].update(changes)
    return unpack(document, tensors)


def test_wrong_nodes_are_refused():
    tree = KDTree(POINTS)
    for changes in (
        {"distance": "haversine"},
        {"class": "os.system"},
        {"leaf_size": -1},
        {"leaf_size": "40"},
        {"data": 1},
    ):
        with pytest.raises(ValueError):
            changed(tree, **changes)
    model = DecisionTreeClassifier(max_depth=1).fit(POINTS, POINTS[:, 0] > 0).tree_
    for changes in ({"n_features": 1.0}, {"state": []}, {"n_classes": [2]}):
        with pytest.raises(ValueError):
            changed(model, **changes)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("os.system", []),
        ("sklearn._loss._loss.CyLossFunctionX", []),
        ("sklearn._loss._loss.CyPinballLoss", ["text"]),
        ("sklearn._loss._loss.CyPinballLoss", [True]),
        ("sklearn.linear_model._sgd_fast.Regression.fit", []),
    ],
)
def test_wrong_losses_are_refused(name, arguments):
    node = {"kind": "loss", "class": name, "arguments": arguments}
    with pytest.raises(ValueError, match=r"is not allowed|are numbers"):
        unpack({"estimator": node}, {})


def test_neighbours_of_a_classifier_that_is_loaded():
    y = POINTS[:, 0] > 0
    model = KNeighborsClassifier(3, algorithm="kd_tree").fit(POINTS, y)
    other = round_trip(model)
    assert np.array_equal(other.predict_proba(POINTS), model.predict_proba(POINTS))
