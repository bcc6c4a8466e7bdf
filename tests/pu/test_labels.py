import numpy as np
import pytest
from scipy import sparse

from pusklearn.pu._labels import (
    check_labels,
    find_positives,
    labeled_positives,
    probability_columns,
    toward_second_class,
    true_labels,
)


@pytest.mark.filterwarnings("ignore:The labels are:UserWarning")
@pytest.mark.parametrize(
    ("pos_label", "positive"), [(None, "b"), ("b", "b"), ("a",) * 2]
)
def test_the_greater_of_two_labels_is_the_positives_unless_named(pos_label, positive):
    y = np.array(["b", "a", "b"])
    assert check_labels(y, pos_label)[1] == positive
    classes, label, rows = find_positives(y, pos_label)
    assert classes.tolist() == ["a", "b"]
    assert label == positive
    assert rows.tolist() == np.flatnonzero(y == positive).tolist()
    mask, _, _ = labeled_positives(y, pos_label)
    assert mask.tolist() == (y == positive).tolist()


def test_sparse_labels_give_the_rows_of_their_ones():
    y = sparse.csr_array(np.array([[0], [1], [0], [1]]))
    classes, label, rows = find_positives(y, None)
    assert (classes.tolist(), label, rows.tolist()) == ([0, 1], 1, [1, 3])


@pytest.mark.parametrize(
    ("y", "pos_label", "message"),
    [
        ([0, 1, 2], None, "Only binary classification is supported"),
        ([1, 1], None, "needs 2 classes"),
        ([0, 1], 7, r"`pos_label` must be one of the labels \[0, 1\]. Got 7"),
    ],
)
def test_other_labels_are_refused(y, pos_label, message):
    with pytest.raises(ValueError, match=message):
        check_labels(np.array(y), pos_label)


def test_true_labels_are_1_for_the_greater():
    assert true_labels(["no", "yes", "no"]).tolist() == [0, 1, 0]
    with pytest.raises(ValueError, match=r"must hold 2 true labels\. Got 1"):
        true_labels([3, 3])


@pytest.mark.parametrize(("pos_label", "sign"), [(5, 1), (2, -1)])
def test_results_are_given_in_the_order_of_the_classes(pos_label, sign):
    classes, p = np.array([2, 5]), np.array([0.1, 0.8])
    assert toward_second_class(p, classes, pos_label).tolist() == (sign * p).tolist()
    columns = probability_columns(p, classes, pos_label)
    assert columns[:, classes.tolist().index(pos_label)].tolist() == p.tolist()
    np.testing.assert_allclose(columns.sum(axis=1), 1)
