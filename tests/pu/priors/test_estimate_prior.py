import numpy as np
import pytest
from scipy.stats import ttest_1samp

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
    with pytest.raises(ValueError, match=r"^`method` must"):
        estimate_prior([1.0], [0.0], method="guess")


def test_the_interval_has_the_confidence_that_is_asked_for():
    positive = np.random.default_rng(0).uniform(0.3, 0.9, 50)
    _, interval = estimate_prior(
        positive, np.zeros(100), method="elkan-noto", confidence=0.8
    )
    mean = ttest_1samp(positive, 0).confidence_interval(0.8)
    expected = [0.5 * (1 - end) / end for end in (mean.high, mean.low)]
    assert interval == pytest.approx(expected)


def test_numbers_in_an_array_of_objects_are_scores():
    positive, unlabeled = scores(0.4, n=100)
    expected = estimate_prior(positive, unlabeled)
    assert estimate_prior(positive.astype(object), unlabeled.tolist()) == expected


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ([[1.0, 2.0]], r"must be 1-D\. Got shape \(1, 2\)"),
        ([], r"must hold at least 1 score\. Got 0"),
        (
            [0.0, np.nan, 1.0, np.inf],
            r"must be finite\. Got nan at position 1, and 2 ",
        ),
    ],
)
def test_a_message_names_the_scores_that_are_wrong(bad, message):
    with pytest.raises(ValueError, match=f"^`scores_positive` {message}"):
        estimate_prior(bad, [0.0])
    with pytest.raises(ValueError, match=f"^`scores_unlabeled` {message}"):
        estimate_prior([0.0], bad)


@pytest.mark.parametrize("confidence", [0, 1, 90])
def test_a_confidence_outside_0_to_1_is_refused(confidence):
    with pytest.raises(ValueError, match=f"^`confidence` must .* Got {confidence}"):
        estimate_prior([1.0], [0.0], confidence=confidence)
