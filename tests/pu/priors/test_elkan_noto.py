import numpy as np
import pytest

from pusklearn.pu.priors._elkan_noto import elkan_noto


def test_probabilities_of_classes_apart_give_the_true_share():
    # 9,000 of 30,000 unlabeled are positive, and 20,000 of 29,000 positives labelled.
    labelled = 20 / 29
    unlabeled = np.r_[np.full(9000, labelled), np.zeros(21_000)]
    share = elkan_noto(np.full(20_000, labelled), unlabeled)
    assert share == pytest.approx(0.3)


def test_where_classes_overlap_the_share_is_too_large():
    """Two normal classes, whose posterior is known."""
    rng = np.random.default_rng(0)
    positive = rng.normal(1, size=20_000)
    unlabeled = np.r_[rng.normal(1, size=9000), rng.normal(-1, size=21_000)]
    odds = np.exp(2 * np.r_[positive, unlabeled]) / 21_000
    labelled = 20_000 * odds / (1 + 29_000 * odds)
    assert elkan_noto(labelled[:20_000], labelled[20_000:]) > 0.35


def test_the_share_makes_up_for_what_the_mean_leaves():
    # Half of the positives are labelled: 4 of 8, so 4 of the 10 unlabeled.
    share = elkan_noto(np.full(4, 0.5), np.zeros(10))
    assert share == pytest.approx(0.4)


def test_positives_that_look_unlabeled_leave_every_share_possible():
    assert elkan_noto(np.zeros(3), np.zeros(9)) == 1


@pytest.mark.parametrize("bad", [-0.1, 1.5])
def test_other_than_probabilities_are_refused(bad):
    with pytest.raises(ValueError, match=r"scores in \[0, 1\]. Got scores from"):
        elkan_noto(np.array([0.5, bad]), np.array([0.5]))
    with pytest.raises(ValueError, match=r"scores in \[0, 1\]. Got scores from"):
        elkan_noto(np.array([0.5]), np.array([bad, 0.5]))


def test_probabilities_of_0_and_1_are_probabilities():
    assert elkan_noto(np.array([1.0, 1.0]), np.array([0.0, 1.0])) == 0


def test_a_share_above_1_is_taken_as_1():
    # By the formula there were 4 * 0.9 / 0.1 = 36 positives among the 10.
    assert elkan_noto(np.full(4, 0.1), np.zeros(10)) == 1
