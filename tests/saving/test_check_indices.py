"""Numbers of compiled code that are made up are refused before they are used."""

import copy

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.cluster import KMeans
from sklearn.datasets import make_classification
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
)
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.svm import SVC, SVR, NuSVC, OneClassSVM
from sklearn.tree import DecisionTreeClassifier

from pusklearn.saving._check_indices import check_indices
from pusklearn.saving._codec import pack, unpack

X, Y = make_classification(80, 5, random_state=0)
CATEGORIES = np.column_stack([X[:, :3], np.digitize(X[:, 3:], [-0.5, 0.5])])
WRONG = "do not fit together"


def tampered(estimator, name, change):
    """Return an estimator whose array of that name was changed in its file."""
    document, tensors = pack(estimator)
    nodes = []

    def walk(node, place):
        if isinstance(node, dict) and node.get("kind") == "array":
            nodes.append((place, node))
        children = node.items() if isinstance(node, dict) else enumerate(node)
        for key, child in children:
            if isinstance(child, dict | list):
                walk(child, key)

    walk(document, "")
    [node, *_] = [node for place, node in nodes if place == name]
    values = unpack({"estimator": node}, tensors)
    changed, more = pack(change(values.copy()))
    node.update(changed["estimator"], tensor="other")
    return unpack(document, {**tensors, "other": next(iter(more.values()))})


def setting(field, value, place=0):
    def change(nodes):
        nodes[field][place] = value
        return nodes

    return change


@pytest.mark.parametrize("field", ["left_child", "right_child"])
@pytest.mark.parametrize("child", [0, -2, 10**6, -(2**40)])
def test_nodes_of_a_tree_lead_to_later_nodes(field, child):
    tree = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, Y)
    if field == "left_child" and child == -1:
        return
    with pytest.raises(ValueError, match=WRONG):
        tampered(tree, "nodes", setting(field, child))


@pytest.mark.parametrize("feature", [-1, 5, 2**40])
def test_features_of_a_tree_are_there(feature):
    tree = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, Y)
    with pytest.raises(ValueError, match=WRONG):
        tampered(tree, "nodes", setting("feature", feature))


def test_the_parts_of_a_tree_fit():
    tree = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, Y)
    for name, change in (
        ("nodes", lambda nodes: nodes[:-1]),
        ("nodes", lambda nodes: nodes[:0]),
        ("nodes", lambda nodes: nodes[None]),
        ("values", lambda values: values[:-1]),
        ("values", lambda values: values[:, :, :1]),
        ("n_classes", lambda n: n * 1000),
        ("n_classes", lambda n: n * 0),
        ("n_classes", lambda n: np.append(n, n)),
        ("n_classes", lambda n: n.astype(float)),
    ):
        with pytest.raises(ValueError, match=WRONG):
            tampered(tree, name, change)
    document, tensors = pack(tree)
    for name, value in (("n_features", 4), ("n_features", 9), ("n_outputs", 2)):
        wrong = copy.deepcopy(document)
        wrong["estimator"]["state"]["tree_"][name] = value
        with pytest.raises(ValueError, match=WRONG):
            unpack(wrong, tensors)


@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestClassifier(2, max_depth=2, random_state=0),
        GradientBoostingClassifier(n_estimators=2, random_state=0),
        IsolationForest(n_estimators=2, max_features=0.5, random_state=0),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_trees_of_an_ensemble_see_its_features(estimator):
    estimator.fit(X, Y)
    check_indices(estimator)
    estimator.n_features_in_ = 4
    if hasattr(estimator, "estimators_features_"):
        estimator.estimators_features_[0] = estimator.estimators_features_[0][:1]
    with pytest.raises(ValueError, match="the features of an ensemble"):
        check_indices(estimator)


def test_stages_of_boosting_have_their_columns():
    model = GradientBoostingClassifier(n_estimators=2, random_state=0).fit(X, Y)
    check_indices(model)
    model.estimators_ = np.repeat(model.estimators_, 3, axis=1)
    with pytest.raises(ValueError, match="the stages of boosting"):
        check_indices(model)
    zero = GradientBoostingClassifier(n_estimators=2, init="zero").fit(X, Y)
    check_indices(zero)
    zero.n_trees_per_iteration_ = 2
    with pytest.raises(ValueError, match="the stages of boosting"):
        pack(zero)


def test_the_samples_of_neighbours_fit():
    model = KNeighborsClassifier(algorithm="brute").fit(X, Y)
    for name, change in (("_fit_X", lambda v: v[:, :2]), ("_y", lambda v: v[:9])):
        with pytest.raises(ValueError, match=WRONG):
            tampered(model, name, change)
    neighbours = NearestNeighbors().fit(X)
    assert np.array_equal(
        unpack(*pack(neighbours)).kneighbors(X)[1], neighbours.kneighbors(X)[1]
    )


def test_the_centers_of_clusters_fit():
    model = KMeans(2, n_init=1, random_state=0).fit(X)
    with pytest.raises(ValueError, match=WRONG):
        tampered(model, "cluster_centers_", lambda v: v[:, :2])


def boosted():
    model = HistGradientBoostingClassifier(
        max_iter=2, categorical_features=[3, 4], random_state=0, min_samples_leaf=5
    )
    return model.fit(CATEGORIES, Y)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("left", 0),
        ("left", 10**6),
        ("right", 0),
        ("right", 2**32 - 1),
        ("feature_idx", -1),
        ("feature_idx", 5),
        ("feature_idx", 2**40),
    ],
)
def test_nodes_of_boosted_trees(field, value):
    with pytest.raises(ValueError, match=WRONG):
        tampered(boosted(), "nodes", setting(field, value))


def test_splits_by_category_are_there():
    model = boosted()
    nodes = [p.nodes for row in model._predictors for p in row]
    assert any((n["is_categorical"] & (n["is_leaf"] == 0)).any() for n in nodes)

    # Inside, the categories come first.
    assert model._bin_mapper.is_categorical_.tolist() == [1, 1, 0, 0, 0]

    def by_category(values):
        values["is_categorical"][0] = 1
        values["feature_idx"][0] = 4
        values["bitset_idx"][0] = 0
        return values

    def without_bits(values):
        values["is_categorical"][0] = 1
        values["feature_idx"][0] = 0
        values["bitset_idx"][0] = 2**32 - 1
        return values

    for change in (by_category, without_bits):
        with pytest.raises(ValueError, match=WRONG):
            tampered(model, "nodes", change)
    for change in (lambda n: n[:0], lambda n: n[None]):
        with pytest.raises(ValueError, match=WRONG):
            tampered(model, "nodes", change)
    for name in ("binned_left_cat_bitsets", "raw_left_cat_bitsets"):
        for change in (
            lambda bits: bits.astype(np.int64),
            lambda bits: np.zeros((9, 4), np.uint32),
            lambda bits: np.zeros(9, np.uint32),
        ):
            with pytest.raises(ValueError, match=WRONG):
                tampered(model, name, change)


def test_the_features_of_boosting():
    model = boosted()
    model.n_features_in_ = 4
    with pytest.raises(ValueError, match="the features of boosting"):
        check_indices(model)


@pytest.mark.parametrize(
    "machine",
    [SVC(), SVC(kernel="linear"), NuSVC(), SVR(), OneClassSVM()],
    ids=["SVC", "linear", "NuSVC", "SVR", "OneClassSVM"],
)
def test_the_parts_of_support_vector_machines_fit(machine):
    machine.fit(X, Y)
    check_indices(machine)
    for name, change in (
        ("support_vectors_", lambda v: v[:-1]),
        ("support_vectors_", lambda v: v[:, :-1]),
        ("_dual_coef_", lambda v: v[:, :-1]),
        ("_dual_coef_", lambda v: v[:0]),
        ("_intercept_", lambda v: v[:0]),
        ("support_", lambda v: v[:-1]),
        ("_n_support", lambda v: -v),
        ("_probA", lambda v: np.zeros(3)),
        ("_probB", lambda v: np.zeros(3)),
    ):
        with pytest.raises(ValueError, match=WRONG):
            tampered(machine, name, change)


def test_sparse_weights_of_support_vectors_are_all_there():
    sparse = csr_matrix(X)
    machine = SVC().fit(sparse, Y)
    assert np.array_equal(
        unpack(*pack(machine)).predict(sparse), machine.predict(sparse)
    )
    machine._dual_coef_ = csr_matrix(machine._dual_coef_.shape)
    with pytest.raises(ValueError, match="an SVM"):
        check_indices(machine)


def test_what_is_not_fitted_has_nothing_to_check():
    for estimator in (
        SVC(),
        HistGradientBoostingClassifier(),
        RandomForestClassifier(),
        GradientBoostingClassifier(),
        KNeighborsClassifier(),
        KMeans(),
    ):
        check_indices(estimator)
        assert str(unpack(*pack(estimator))) == str(estimator)


def test_support_vectors_given_by_their_number():
    kernel = X @ X.T
    machine = SVC(kernel="precomputed").fit(kernel, Y)
    document, tensors = pack(machine)
    other = unpack(document, tensors)
    assert np.array_equal(other.predict(kernel), machine.predict(kernel))
    for wrong in (-1, len(X)):
        with pytest.raises(ValueError, match=WRONG):
            tampered(machine, "support_", lambda v, wrong=wrong: v * 0 + wrong)


@pytest.mark.parametrize("column", [-1, 9, 10**9, 0.5])
def test_words_have_columns_that_are_there(column):
    words = CountVectorizer().fit(["a black cat", "a white dog"])
    document, tensors = pack(words)
    document["estimator"]["state"]["vocabulary_"]["values"]["cat"] = column
    with pytest.raises(ValueError, match="a vocabulary"):
        unpack(document, tensors)
