import numpy as np
import pytest
from scipy.stats import beta

from pusklearn.pu.priors._bbe import bbe_share
from pusklearn.pu.priors._overlap_interval import (
    FIRST_POWERS,
    LAST_POWERS,
    SHARES,
    is_upper_bound,
    log_likelihoods,
    overlap_interval,
)


def draw(share, distance, n_positive=60, n_unlabeled=600, seed=0):
    """Scores of labelled positives and of a pool, and its share of positives."""
    rng = np.random.default_rng(seed)
    truth = rng.random(n_unlabeled) < share
    positive = rng.normal(distance, size=n_positive)
    return positive, rng.normal(distance * truth), truth.mean()


def estimate(positive, unlabeled, **params):
    share = bbe_share(positive, unlabeled)
    return share, overlap_interval(share, positive, unlabeled, **params)


@pytest.mark.parametrize(
    ("share", "distance", "n_positive"),
    [(0.02, 4, 60), (0.1, 1, 30), (0.2, 2, 100), (0.5, 1.5, 40), (0.8, 3, 100)],
)
def test_it_holds_the_truth_as_often_as_promised(share, distance, n_positive):
    held = []
    for seed in range(20):
        positive, unlabeled, truth = draw(share, distance, n_positive, seed=seed)
        _, (low, high) = estimate(positive, unlabeled)
        held.append(low <= truth <= high)
    assert np.mean(held) >= 0.85


def test_classes_apart_are_told_from_classes_that_overlap():
    share, interval = estimate(*draw(0.3, 5)[:2])
    assert interval[0] > 0.15
    assert not is_upper_bound(share, interval)
    share, interval = estimate(*draw(0.3, 0.7)[:2])
    assert interval[0] == 0
    assert is_upper_bound(share, interval)


@pytest.mark.parametrize("n_positive", [30, 100, 300])
def test_scores_that_say_nothing_give_an_upper_bound(n_positive):
    """A large share fits them for any density of the negatives, a small one for one."""
    held = []
    for seed in range(20):
        positive, unlabeled, truth = draw(0.1, 0, n_positive, 1000, seed)
        _, (low, high) = estimate(positive, unlabeled)
        held.append(low <= truth <= high)
    assert np.mean(held) >= 0.85


def test_a_share_of_zero_is_no_upper_bound():
    assert not is_upper_bound(0.0, (0.0, 0.1))


@pytest.mark.parametrize("n_positive", [12, 25])
def test_the_likelihood_is_that_of_who_is_labelled_in_each_bin(n_positive):
    positive, unlabeled, _ = draw(0.4, 2, n_positive, 100)
    found = log_likelihoods(positive, unlabeled)
    assert found.shape == (len(SHARES), len(FIRST_POWERS), len(LAST_POWERS))
    # Fewer labels than bins: each bin ends at a label.
    thresholds = np.sort(positive)[::-1]
    places = np.r_[0, (np.arange(n_positive - 1) + 0.5) / n_positive, 1]
    edges = np.r_[np.inf, thresholds[:-1], -np.inf]
    i, j, k = 30, 5, 7
    expected = 0.0
    for upper, lower, start, end in zip(
        edges[:-1], edges[1:], places[:-1], places[1:], strict=True
    ):
        labeled = np.sum((positive >= lower) & (positive < upper))
        other = np.sum((unlabeled >= lower) & (unlabeled < upper))
        negative = beta(FIRST_POWERS[j], LAST_POWERS[k])
        mass = (negative.cdf(end) - negative.cdf(start)) / (end - start)
        density = SHARES[i] + (1 - SHARES[i]) * mass
        chance = n_positive / (n_positive + 100 * density)
        expected += labeled * np.log(chance) + other * np.log(1 - chance)
    assert found[i, j, k] == pytest.approx(expected)


def test_a_monotone_map_of_the_scores_changes_nothing():
    positive, unlabeled, _ = draw(0.3, 2)
    mapped = overlap_interval(0.3, np.exp(positive), np.exp(unlabeled))
    assert mapped == overlap_interval(0.3, positive, unlabeled)


def test_repeats_of_the_same_scores_tell_no_more_than_one():
    positive, unlabeled, _ = draw(0.3, 2)
    once = overlap_interval(0.3, positive, unlabeled)
    twice = overlap_interval(0.3, [positive, positive], [unlabeled, unlabeled])
    assert twice == pytest.approx(once)


@pytest.mark.parametrize("share", [0.0, 0.9])
def test_it_holds_the_share(share):
    positive, unlabeled, _ = draw(0.3, 4)
    low, high = overlap_interval(share, positive, unlabeled)
    assert low <= share <= high


def test_equal_scores_tell_next_to_nothing():
    low, high = overlap_interval(1.0, np.ones(30), np.ones(90))
    assert low == 0
    assert high == 1


def test_from_few_labels_it_begins_at_zero():
    positive, unlabeled, _ = draw(0.3, 4, n_positive=9)
    low, high = overlap_interval(0.3, [positive, positive], [unlabeled, unlabeled])
    assert low == 0
    assert high > 0.3
