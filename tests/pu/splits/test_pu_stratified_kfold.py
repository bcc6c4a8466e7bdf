import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score

from pusklearn import PUStratifiedKFold
from pusklearn.metrics import pu_scorer


def rows(folds, y):
    """Return the rows of each fold."""
    return [test.tolist() for _, test in folds.split(np.zeros(len(y)), y)]


@given(st.integers(2, 6), st.integers(1, 40), st.integers(1, 40), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_folds_are_stratified_wherever_they_can_be_scored(n, positives, others, seed):
    y = np.random.default_rng(seed).permutation(np.repeat([1, 0], [positives, others]))
    if min(positives, others) < n:
        with pytest.raises(ValueError, match=f"Each of the {n} folds must hold"):
            PUStratifiedKFold(n).split(y, y)
        return
    shuffled = {"shuffle": True, "random_state": seed}
    folds = rows(PUStratifiedKFold(n, **shuffled), y)
    assert folds == rows(StratifiedKFold(n, **shuffled), y)
    counts = [y[fold].sum() for fold in folds]
    assert max(counts) - min(counts) <= 1
    assert min(counts) >= 1


@pytest.mark.parametrize("labels", [(-1, 1), (False, True), (1, 2), ("no", "yes")])
@pytest.mark.filterwarnings("ignore:The labels are:UserWarning")
def test_the_greater_of_any_two_labels_is_the_positive(labels):
    y = np.array(labels)[np.repeat([1, 0], [3, 20])]
    with pytest.raises(ValueError, match=r"1 labelled positive\. Got 3, .* 3 folds"):
        PUStratifiedKFold(5).split(y, y)
    assert len(rows(PUStratifiedKFold(3), y)) == 3


def test_the_lesser_of_two_labels_can_be_the_positive():
    y = np.repeat(["particle", "unlabeled"], [4, 20])
    folds = PUStratifiedKFold(4, pos_label="particle", min_positives=2)
    with pytest.raises(ValueError, match=r"2 labelled positives\. Got 4, .* 2 folds"):
        folds.split(y, y)


def test_as_many_positives_as_asked_for_are_in_each_fold():
    y = np.repeat([1, 0], [11, 30])
    folds = rows(PUStratifiedKFold(5, min_positives=2), y)
    assert sorted(y[fold].sum() for fold in folds) == [2, 2, 2, 2, 3]
    with pytest.raises(ValueError, match=r"at least 3 labelled positives\. Got 11"):
        PUStratifiedKFold(5, min_positives=3).split(y, y)


def test_three_labels_and_one_are_refused():
    with pytest.raises(ValueError, match="Only binary classification is supported"):
        PUStratifiedKFold(2).split([0] * 6, [0, 1, 2] * 2)
    with pytest.raises(ValueError, match=r"two labels.*Got \[0\] in 6 samples"):
        PUStratifiedKFold(2).split([0] * 6, [0] * 6)


@pytest.mark.parametrize("least", [0, -1])
def test_the_least_number_of_positives_is_checked(least):
    with pytest.raises(ValueError, match="min_positives"):
        PUStratifiedKFold(2, min_positives=least).split([0] * 4, [0, 1, 0, 1])


def test_a_search_takes_it():
    X, y = make_classification(300, weights=[0.6], random_state=0)
    y_pu = y & (np.random.default_rng(0).random(300) < 0.5)
    folds = PUStratifiedKFold(3, shuffle=True, random_state=0, min_positives=2)
    scorer = pu_scorer("average_precision", prior=y.mean())
    search = GridSearchCV(
        LogisticRegression(), {"C": [0.1, 1.0]}, scoring=scorer, cv=folds
    ).fit(X, y_pu)
    assert search.n_splits_ == folds.get_n_splits() == 3
    scores = cross_val_score(LogisticRegression(), X, y_pu, scoring=scorer, cv=folds)
    assert np.isfinite(scores).all()


def test_its_settings_are_shown():
    shown = repr(PUStratifiedKFold(3, min_positives=2))
    assert shown.startswith("PUStratifiedKFold(min_positives=2, n_splits=3")
