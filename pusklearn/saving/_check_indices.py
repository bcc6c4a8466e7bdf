"""Checks of indices that compiled code of scikit-learn follows without looking.

A file that is made up could otherwise lead it outside the memory of an array.
"""

from typing import Any

import numpy as np

from pusklearn.saving._allowed import bases_of

LEAF = -1
DECISION_TREE = "sklearn.tree._classes.BaseDecisionTree"


def check_indices(value: Any) -> None:
    """Raise a ValueError if an estimator holds indices that lead nowhere."""
    bases = bases_of(type(value))
    # In this order, since later checks rely on earlier ones.
    for name, check in CHECKS.items():
        if name in bases:
            check(value)
    vocabulary = getattr(value, "vocabulary_", None)
    if isinstance(vocabulary, dict):
        columns = sorted(vocabulary.values())
        _require(columns == list(range(len(columns))), "a vocabulary")


def check_tree(
    state: dict[str, Any], n_features: int, n_classes: np.ndarray, n_outputs: int
) -> None:
    """Raise a ValueError if the nodes of a decision tree lead nowhere, or in a circle.

    A node that splits leads to later nodes.
    """
    nodes = state["nodes"]
    values = state["values"]
    _require(nodes.ndim == 1 and state["node_count"] == len(nodes) > 0, "a tree")
    _require(type(n_outputs) is int and n_classes.shape == (n_outputs,), "a tree")
    _require(n_outputs > 0 and n_classes.dtype.kind == "i", "a tree")
    shape = (len(nodes), n_outputs, n_classes.max())
    _require(n_classes.min() > 0 and values.shape == shape, "the values of a tree")
    splits = nodes[nodes["left_child"] != LEAF]
    places = np.flatnonzero(nodes["left_child"] != LEAF)
    for child in ("left_child", "right_child"):
        _check_children(splits[child], places, len(nodes))
    _check_range(splits["feature"], n_features)


def check_decision_tree(tree: Any) -> None:
    """Raise a ValueError if a fitted decision tree sees other features than its own."""
    if hasattr(tree, "tree_"):
        _require(tree.tree_.n_features == tree.n_features_in_, "the features of a tree")


def check_ensemble(ensemble: Any) -> None:
    """Raise a ValueError if trees of an ensemble see other features than it gives."""
    trees = np.ravel(getattr(ensemble, "estimators_", []))
    features = getattr(ensemble, "estimators_features_", None)
    for i, tree in enumerate(trees):
        if DECISION_TREE in bases_of(type(tree)):
            seen = ensemble.n_features_in_ if features is None else len(features[i])
            _require(tree.n_features_in_ == seen, "the features of an ensemble")


def check_stages(boosting: Any) -> None:
    """Raise a ValueError if stages of boosting write where no column is."""
    if not hasattr(boosting, "estimators_"):
        return
    stages = boosting.estimators_
    sample = np.zeros((1, boosting.n_features_in_), np.float32)
    width = boosting._raw_predict_init(sample).shape
    _require(width == (1, *stages.shape[1:]), "the stages of boosting")


def check_neighbours(model: Any) -> None:
    """Raise a ValueError if the samples of a model of neighbours do not fit."""
    if not hasattr(model, "_fit_X"):
        return
    samples, labels = model._fit_X, getattr(model, "_y", None)
    _require(samples.shape[1] == model.n_features_in_, "the features of neighbours")
    if labels is not None:
        _require(len(labels) == samples.shape[0], "the labels of neighbours")


def check_centers(clusters: Any) -> None:
    """Raise a ValueError if the centers of clusters have other features."""
    if hasattr(clusters, "cluster_centers_"):
        n_features = clusters.cluster_centers_.shape[1]
        _require(n_features == clusters.n_features_in_, "the features of clusters")


def check_predictor(predictor: Any) -> None:
    """Raise a ValueError if the nodes of a boosted tree lead nowhere."""
    nodes = predictor.nodes
    _require(nodes.ndim == 1 and len(nodes) > 0, "a boosted tree")
    for bits in (predictor.binned_left_cat_bitsets, predictor.raw_left_cat_bitsets):
        _require(bits.dtype == np.uint32 and bits.ndim == 2, "a boosted tree")
        _require(bits.shape[1] == 8, "a boosted tree")
        categorical = nodes[(nodes["is_leaf"] == 0) & (nodes["is_categorical"] != 0)]
        _check_range(categorical["bitset_idx"], len(bits))
    places = np.flatnonzero(nodes["is_leaf"] == 0)
    for child in ("left", "right"):
        _check_children(nodes[child][places], places, len(nodes))


def check_boosting(boosting: Any) -> None:
    """Raise a ValueError if boosted trees see features that are not there."""
    if not hasattr(boosting, "_predictors"):
        return
    is_categorical = np.asarray(boosting._bin_mapper.is_categorical_, bool)
    _require(len(is_categorical) == boosting.n_features_in_, "the features of boosting")
    for predictor in (p for row in boosting._predictors for p in row):
        splits = predictor.nodes[predictor.nodes["is_leaf"] == 0]
        _check_range(splits["feature_idx"], len(is_categorical))
        by_category = splits["is_categorical"] != 0
        known = is_categorical[splits["feature_idx"][by_category]]
        _require(known.all(), "a split by category")


def check_support_vectors(machine: Any) -> None:
    """Raise a ValueError if the parts of a support vector machine do not fit."""
    if not hasattr(machine, "support_vectors_"):
        return
    counts, n_vectors = machine._n_support, len(machine.support_)
    pairs = machine._intercept_.shape[0]
    n_classes = len(counts)
    is_classifier = machine._impl in ("c_svc", "nu_svc")
    wanted = n_classes * (n_classes - 1) // 2 if is_classifier else 1
    rows = n_classes - 1 if is_classifier else 1
    _require(pairs == wanted and machine._probA.shape in ((0,), (pairs,)), "an SVM")
    _require(machine._probB.shape in ((0,), machine._probA.shape), "an SVM")
    _require(counts.min() >= 0 and machine.support_.ndim == 1, "an SVM")
    weights = machine._dual_coef_
    _require(weights.shape == (rows, n_vectors), "an SVM")
    # The numbers of a sparse array are taken as if none were left out.
    _require(getattr(weights, "nnz", rows * n_vectors) == rows * n_vectors, "an SVM")
    if machine.kernel == "precomputed":
        _check_range(machine.support_, machine.n_features_in_)
    else:
        shape = (n_vectors, machine.n_features_in_)
        _require(machine.support_vectors_.shape == shape, "the vectors of an SVM")
    if is_classifier:
        _require(counts.sum() == n_vectors, "an SVM")


def _check_children(children: np.ndarray, places: np.ndarray, n_nodes: int) -> None:
    children = children.astype(np.int64)
    _require(((children > places) & (children < n_nodes)).all(), "the nodes of a tree")


def _check_range(indices: np.ndarray, length: int) -> None:
    indices = indices.astype(np.int64)
    _require(((indices >= 0) & (indices < length)).all(), "the indices of a tree")


def _require(is_right: Any, what: str) -> None:
    if not is_right:
        raise ValueError(f"The numbers of {what} do not fit together.")


BOOSTING = "sklearn.ensemble._hist_gradient_boosting"
CHECKS = {
    DECISION_TREE: check_decision_tree,
    "sklearn.cluster._kmeans._BaseKMeans": check_centers,
    "sklearn.ensemble._base.BaseEnsemble": check_ensemble,
    "sklearn.ensemble._gb.BaseGradientBoosting": check_stages,
    f"{BOOSTING}.predictor.TreePredictor": check_predictor,
    f"{BOOSTING}.gradient_boosting.BaseHistGradientBoosting": check_boosting,
    "sklearn.neighbors._base.NeighborsBase": check_neighbours,
    "sklearn.svm._base.BaseLibSVM": check_support_vectors,
}
