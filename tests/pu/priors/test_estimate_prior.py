import numpy as np
import pytest

from pusklearn import estimate_prior


def scores(share, seed=0, n=4000):
    """Scores of positives around 2, and of a mixture with negatives around -2."""
    rng = np.random.default_rng(seed)
    is_positive = rng.random(n) < share
    return rng.normal(2, 1, n), rng.normal(np.where(is_positive, 2, -2), 1)


@pytest.mark.parametrize("method", ["bbe", "dedpul", "elkan-noto"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_the_share_of_a_clear_mixture_is_found(method, share):
    positive, unlabeled = scores(share)
    if method == "elkan-noto":
        # It takes probabilities, here of "labelled" by Bayes' rule.
        ratio = share + (1 - share) * np.exp(-4 * unlabeled)
        p_unlabeled = 1 / (1 + ratio)
        p_positive = 1 / (1 + share + (1 - share) * np.exp(-4 * positive))
        positive, unlabeled = p_positive, p_unlabeled
    estimate, (low, high) = estimate_prior(positive, unlabeled, method=method)
    assert low <= estimate <= high
    assert estimate == pytest.approx(share, abs=0.06)


def test_bbe_is_the_same_for_any_increasing_function_of_the_scores():
    positive, unlabeled = scores(0.4)
    expected, _ = estimate_prior(positive, unlabeled)
    assert estimate_prior(np.exp(positive), np.exp(unlabeled))[0] == expected


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match="method"):
        estimate_prior([1.0], [0.0], method="guess")
