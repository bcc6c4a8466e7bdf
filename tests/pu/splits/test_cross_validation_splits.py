import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.model_selection import GroupKFold, ShuffleSplit, StratifiedKFold

from pusklearn import TiledRegions
from pusklearn.pu.splits._cross_validation_splits import (
    check_splits,
    cross_validation_partition,
    cross_validation_splits,
)

X, y = make_classification(90, random_state=0)
Y = y == 1


def test_a_splitter_is_taken_as_it_is():
    splitter = StratifiedKFold(3)
    for found, expected in zip(
        cross_validation_partition(splitter, X, Y, Y, {}, 0),
        splitter.split(X, Y),
        strict=True,
    ):
        np.testing.assert_array_equal(found[1], expected[1])


def test_fewer_positives_than_folds_will_do():
    y = np.arange(20) < 3
    folds = cross_validation_partition(5, X[:20], y, y, {}, 0)
    assert sorted(np.concatenate([test for _, test in folds])) == list(range(20))
    assert all(y[train].any() for train, _ in folds)


def test_one_positive_cannot_be_held_out():
    with pytest.raises(ValueError, match=r"At least 2 labelled .* the label True\."):
        cross_validation_partition(
            5, X[:20], np.arange(20) < 1, np.arange(20) < 1, {}, 0
        )


@pytest.mark.parametrize("cv", [1, 0])
def test_one_fold_holds_nothing_out(cv):
    with pytest.raises(
        ValueError, match=rf"`cv` must be an integer in \[2, inf\)\. Got {cv}"
    ):
        cross_validation_partition(cv, X, Y, Y, {}, 0)


def test_a_splitter_that_leaves_samples_out_is_refused():
    with pytest.raises(ValueError, match=r"hold out every sample once.*ShuffleSplit"):
        cross_validation_partition(ShuffleSplit(2, random_state=0), X, Y, Y, {}, 0)


def test_groups_may_be_given_as_folds():
    splits = list(GroupKFold(3).split(X, Y, np.arange(90) % 3))
    folds = cross_validation_partition(splits, X, Y, Y, {}, 0)
    assert all(len(set(test % 3)) == 1 for _, test in folds)


def test_copies_of_a_sample_are_held_out_together():
    twice = np.concatenate([X, X])
    is_positive = np.repeat([True, False], 90)
    for train, test in cross_validation_partition(
        4, twice, is_positive, is_positive, {}, 0
    ):
        assert not set(train % 90) & set(test % 90)


def test_regions_of_a_micrograph_are_held_out_together():
    rng = np.random.default_rng(0)
    regions = TiledRegions(list(rng.normal(size=(3, 8, 8)).astype("f4")), 5)
    is_positive = regions.labels([[[3, 3]], [[4, 4]], [[2, 2]]], 1) > 0
    for train, test in cross_validation_partition(
        5, regions, is_positive, is_positive, {}, 0
    ):
        assert not set(regions.groups[train]) & set(regions.groups[test])


def test_a_share_is_held_out_at_one_time():
    ((train, test),) = cross_validation_splits(0.2, X, Y, Y == 1, {}, 0)
    assert len(test) == 18
    assert sorted([*train, *test]) == list(range(90))


def test_labels_may_be_strings():
    folds = cross_validation_splits(3, X, np.where(Y, "yes", "no"), Y == 1, {}, 0)
    assert len(folds) == 3


def test_a_part_without_positives_is_refused():
    with pytest.raises(ValueError, match=r"Got 0 .* among the 2 samples held out"):
        check_splits([([0, 1], [2, 3])], np.array([True, False, False, False]))


def test_copies_stay_together_whichever_label_is_that_of_the_positives():
    twice = np.concatenate([X[:6], X])
    is_positive = np.arange(96) < 6
    labels = np.where(is_positive, "P", "U")  # P sorts first
    for seed in range(5):
        for train, test in cross_validation_partition(
            3, twice, labels, is_positive, {}, seed
        ):
            copies = (test[test < 6] + 6).tolist()
            assert not set(copies) & set(train)
