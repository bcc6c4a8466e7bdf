import numpy as np
import pytest

from pusklearn import estimate_prior
from pusklearn.pu.priors._estimate_prior import estimate_from_repeats


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


def test_a_greater_confidence_widens_the_interval():
    positive, unlabeled = scores(0.3, n=200)
    _, (low, high) = estimate_prior(positive, unlabeled, confidence=0.5)
    share, (lower, higher) = estimate_prior(positive, unlabeled, confidence=0.95)
    assert lower < low < share < high < higher


def test_every_method_has_the_same_interval_widened_to_hold_its_share():
    positive, unlabeled = (1 / (1 + np.exp(-s)) for s in scores(0.3, n=200))
    _, (low, high) = estimate_prior(positive, unlabeled)
    for method in ("dedpul", "elkan-noto"):
        share, interval = estimate_prior(positive, unlabeled, method=method)
        assert interval == (min(low, share), max(high, share))


def test_repeats_give_the_mean_of_their_shares():
    drawn = [scores(0.3, seed, n=200) for seed in range(3)]
    positive, unlabeled = (np.array(part) for part in zip(*drawn, strict=True))
    share, (low, high) = estimate_from_repeats(positive, unlabeled)
    expected = np.mean([estimate_prior(*one)[0] for one in drawn])
    assert share == pytest.approx(expected)
    assert low < share < high


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
