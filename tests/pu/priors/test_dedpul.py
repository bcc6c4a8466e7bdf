import numpy as np
import pytest
from scipy.stats import norm, rankdata
from sklearn.isotonic import isotonic_regression

from pusklearn.pu.priors._dedpul import dedpul, density_ratio, normal_scores


def draws(share, n=1500, distance=4, seed=0):
    rng = np.random.default_rng(seed)
    k = round(n * share)
    unlabeled = np.r_[rng.normal(distance, size=k), rng.normal(0, size=n - k)]
    return rng.normal(distance, size=500), unlabeled


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.8])
def test_it_finds_the_share_of_a_mixture(share):
    assert dedpul(*draws(share)) == pytest.approx(share, abs=0.04)


def test_overlapping_classes_are_told_apart_too():
    found = [dedpul(*draws(0.4, 4000, distance=2.5, seed=s)) for s in range(5)]
    assert np.mean(found) == pytest.approx(0.4, abs=0.06)


def test_a_monotone_map_of_the_scores_changes_nothing():
    positive, unlabeled = draws(0.3)
    mapped = dedpul(np.exp(positive), np.exp(unlabeled))
    assert mapped == dedpul(positive, unlabeled)


def test_normal_scores_of_equal_weights_are_those_of_the_ranks():
    scores = np.array([3.0, 1.0, 2.0, 2.0])
    expected = norm.ppf((rankdata(scores) - 0.5) / 4)
    np.testing.assert_allclose(normal_scores(scores, np.full(4, 0.25)), expected)


def test_normal_scores_end_at_three_and_a_half_deviations():
    expected = norm.ppf((np.arange(10_000) + 0.5) / 10_000)
    assert expected.max() > 3.8
    np.testing.assert_allclose(
        normal_scores(np.arange(10_000), np.full(10_000, 1e-4)),
        expected.clip(-3.5, 3.5),
        atol=1e-9,
    )


def test_the_ratio_of_densities_does_not_fall():
    ratio, mass = density_ratio(*draws(0.3))
    assert (np.diff(ratio) >= 0).all()
    assert mass.sum() == pytest.approx(1)
    # Among the scores of the positives, one in 0.3 times as many is a positive.
    high = ratio > 1
    found = np.average(ratio[high], weights=mass[high])
    assert found == pytest.approx(1 / 0.3, rel=0.15)


def test_a_share_of_next_to_nothing_is_found():
    assert dedpul(*draws(0.005, 4000)) == pytest.approx(0.005, abs=0.005)


def test_scores_that_tell_nothing_leave_every_sample_positive():
    assert dedpul(np.ones(30), np.ones(50)) == 1


def test_one_score_of_either_kind_is_enough():
    assert 0 <= dedpul(np.array([0.5]), np.array([0.3])) <= 1


def smooth(weights, width):
    """Convolve with a Gaussian cut off at 4 widths, mirrored at both ends."""
    reach = int(4 * width + 0.5)
    kernel = norm.pdf(np.arange(-reach, reach + 1) / width)
    padded = np.pad(weights, reach, mode="symmetric")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")


def slow_estimate(positive, unlabeled):
    """The estimate, step by step from its description."""
    parts = positive, unlabeled
    weights = [np.full(len(part), 0.5 / len(part)) for part in parts]
    pooled, weights = np.concatenate(parts), np.concatenate(weights)
    ranks = [
        weights[pooled < one].sum() + weights[pooled == one].sum() / 2 for one in pooled
    ]
    z = np.clip(norm.ppf(ranks), -3.5, 3.5)
    parts = z[: len(positive)], z[len(positive) :]
    width = max(0.53 * min(1, part.std()) / len(part) ** 0.2 for part in parts)
    width = max(width, 0.01)
    densities = []
    for part in parts:
        cells = np.rint((part + 3.5) * 100).astype(int)
        counts = np.bincount(cells, minlength=701) / len(part)
        densities.append(smooth(counts, width * 100))
    above, below = densities
    tiny = np.finfo(float).tiny
    ratio = isotonic_regression(
        above / np.maximum(below, tiny), sample_weight=below + tiny
    )

    def difference(share):
        if share < 0:
            return 0.0
        if share > 1:
            return difference(1.0) + share - 1
        return share - np.sum(np.minimum(share * ratio, 1) * below)

    grid = np.arange(-10, 511) / 500
    curve = [difference(share) for share in grid]
    bends = [
        curve[i + 10] - 2 * curve[i] + curve[i - 10] for i in range(10, len(grid) - 10)
    ]
    return np.argmax(bends) / 500


@pytest.mark.parametrize("seed", range(12))
def test_the_estimate_is_that_of_its_description(seed):
    rng = np.random.default_rng(seed)
    share, distance = rng.uniform(0.02, 0.95), rng.uniform(1, 5)
    positive, unlabeled = draws(share, rng.integers(30, 400), distance, seed)
    positive = positive[: rng.integers(20, 200)]
    if seed % 3 == 0:  # with equal scores
        positive, unlabeled = np.round(positive, 1), np.round(unlabeled, 1)
    assert dedpul(positive, unlabeled) == pytest.approx(
        slow_estimate(positive, unlabeled)
    )
