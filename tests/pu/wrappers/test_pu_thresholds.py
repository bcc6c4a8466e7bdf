import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, binom, binomtest, norm
from sklearn.metrics import f1_score

from pusklearn.criteria import Priors
from pusklearn.pu.wrappers._pu_thresholds import (
    HeldOut,
    f1_threshold,
    fdr_surplus,
    fdr_threshold,
    lower_limit,
    midway,
    operating_points,
    prior_threshold,
    recall_threshold,
    upper_limit,
)

SCHEMES = ["single", "case-control"]


def draw(rng, n, prior, scheme, label_frequency, distance):
    """Scores of standard normal negatives, and of positives that lie higher."""
    y = rng.random(n) < prior
    scores = rng.normal(size=n) + distance * y
    if scheme == "case-control":
        positives = rng.normal(distance, size=int(label_frequency * prior * n))
        return positives, scores, Priors(prior)
    labeled = y & (rng.random(n) < label_frequency)
    return scores[labeled], scores[~labeled], Priors(prior, labeled.mean())


def most_failures(n, confidence):
    """Failures that a procedure of this confidence stays within, but for 1 in 1000."""
    return binom.ppf(0.999, n, 1 - confidence)


# Recall


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 400),
    st.sampled_from([0.5, 0.8, 0.9, 0.95]),
    st.sampled_from([0.5, 0.9, 0.95]),
)
def test_recall_takes_the_highest_score_that_keeps_the_confidence(n, level, confidence):
    # A share of 1 - rank / n lies above the score of a rank; of the population, the
    # missed share is distributed as beta(rank, n + 1 - rank).
    kept = [beta.cdf(1 - level, k, n + 1 - k) >= confidence for k in range(1, n + 1)]
    scores = np.random.default_rng(0).permutation(n)
    if not any(kept):
        with pytest.raises(ValueError, match=f"is out of reach .* Got {n}"):
            recall_threshold(scores, level, confidence)
        return
    assert recall_threshold(scores, level, confidence) == sum(kept) - 1


@pytest.mark.parametrize(
    ("n", "level", "rank"), [(9, 0.9, 1), (18, 0.9, 1), (19, 0.9, 2), (19, 0.95, 1)]
)
def test_recall_without_confidence_takes_the_conformal_rank(n, level, rank):
    assert recall_threshold(np.arange(n) + 1, level, None) == rank


@pytest.mark.parametrize(("confidence", "n_needed"), [(None, 19), (0.9, 45)])
def test_recall_says_how_many_positives_it_needs(confidence, n_needed):
    message = (
        f"recall:0.95' is out of reach .* at least {n_needed} .* Got {n_needed - 1}"
    )
    with pytest.raises(ValueError, match=message):
        recall_threshold(np.arange(n_needed - 1), 0.95, confidence)
    assert recall_threshold(np.arange(n_needed), 0.95, confidence) == 0


def test_the_promised_recall_holds_with_the_confidence():
    rng = np.random.default_rng(0)
    recalls = norm.sf(
        [recall_threshold(rng.normal(size=150), 0.9, 0.9) for _ in range(500)]
    )
    assert np.sum(recalls < 0.9) <= most_failures(500, 0.9)
    assert np.sum(recalls < 0.9) > 10  # not by finding everything


def test_without_confidence_the_recall_holds_on_average():
    rng = np.random.default_rng(0)
    recalls = norm.sf(
        [recall_threshold(rng.normal(size=39), 0.9, None) for _ in range(2000)]
    )
    assert recalls.mean() == pytest.approx(0.9, abs=0.005)


def test_equal_scores_are_found_together():
    scores = np.repeat([1.0, 2.0], [30, 70])
    assert recall_threshold(scores, 0.8, 0.9) == 1


# False discovery rate


@settings(max_examples=25, deadline=None)
@given(
    st.floats(0.05, 0.9),
    st.floats(0, 0.99),
    st.floats(0.01, 1),
    st.floats(0.01, 1),
    st.floats(0.01, 0.99),
)
def test_the_surplus_is_positive_where_the_rate_is_within_the_level(
    prior, labeled_share, r, q_unlabeled, level
):
    priors = Priors(prior, labeled_share * prior)
    numbers = HeldOut(1000, 1000, 2000)
    surplus, _ = fdr_surplus(1000 * r, 1000 * q_unlabeled, priors, level, 0.9, numbers)
    q = priors.labeled * r + (1 - priors.labeled) * q_unlabeled
    assert surplus == pytest.approx(prior * r - (1 - level) * q, abs=1e-12)
    rate = 1 - prior * r / q
    assert (surplus > 1e-9) <= (rate < level)
    assert (surplus < -1e-9) <= (rate > level)


@pytest.mark.parametrize("n_hits", [0, 1, 7, 20])
def test_limits_are_those_of_clopper_and_pearson(n_hits):
    for limit, side in ((lower_limit, "greater"), (upper_limit, "less")):
        interval = binomtest(n_hits, 20, alternative=side).proportion_ci(0.9, "exact")
        expected = interval.low if side == "greater" else interval.high
        assert limit(n_hits, 20, 0.9) == pytest.approx(expected)


def test_the_limits_of_half_a_hit_lie_between_those_of_0_and_1():
    """The prior makes a share of the samples that is no whole number of them."""
    assert lower_limit(0.5, 20, 0.9) == pytest.approx(beta.ppf(0.1, 0.5, 20.5))
    assert upper_limit(19.5, 20, 0.9) == pytest.approx(beta.ppf(0.9, 20.5, 0.5))


def test_with_every_error_known_the_threshold_is_that_of_the_true_rate():
    rng = np.random.default_rng(0)
    positives, unlabeled, priors = draw(rng, 200_000, 0.3, "single", 0.5, 2.5)
    found = fdr_threshold(positives, unlabeled, priors, 0.1, 0.9, 200_000)
    grid = np.linspace(0, 3, 1000)
    rates = 1 / (1 + 0.3 * norm.sf(grid - 2.5) / (0.7 * norm.sf(grid)))
    best = grid[np.argmax(rates <= 0.1)]
    assert best < found < best + 0.1


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_promised_rate_holds_with_the_confidence(scheme):
    rng = np.random.default_rng(0)
    rates = []
    for _ in range(200):
        data = draw(rng, 4000, 0.4, scheme, 0.5, 3)
        try:
            threshold = fdr_threshold(*data, 0.1, 0.9, 4000)
        except ValueError:
            continue
        rates.append(
            1 / (1 + 0.4 * norm.sf(threshold - 3) / (0.6 * norm.sf(threshold)))
        )
    assert len(rates) > 150
    assert np.sum(np.array(rates) > 0.1) <= most_failures(200, 0.9)
    assert np.mean(rates) > 0.04  # the level is made use of


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_rate_that_no_threshold_has_is_seldom_promised(scheme):
    # Above 1, positives and 12 % of negatives are alike: the rate is 0.12 all over, so
    # the best of many thresholds would often look like 0.1.
    rng = np.random.default_rng(0)
    n, n_promised = 2000, 0
    for _ in range(200):
        y = rng.random(n) < 0.3
        alike = rng.random(n) < 0.3 / 0.7 * 0.12 / 0.88
        scores = rng.random(n) + (y | alike)
        labeled = y & (rng.random(n) < 0.5)
        data = scores[labeled], scores[~labeled], Priors(0.3, labeled.mean())
        if scheme == "case-control":
            data = 1 + rng.random(300), scores, Priors(0.3)
        try:
            fdr_threshold(*data, 0.1, 0.9, n)
        except ValueError:
            continue
        n_promised += 1
    assert n_promised <= most_failures(200, 0.9)


def test_a_rate_out_of_reach_is_an_error():
    rng = np.random.default_rng(0)
    same = rng.normal(size=500)
    with pytest.raises(ValueError, match=r"'fdr:0.1' is out of .*=0\.9: 500 positives"):
        fdr_threshold(same, same, Priors(0.3), 0.1, 0.9, 1000)
    with pytest.raises(ValueError, match="even by a classifier without errors"):
        fdr_threshold(same[:5] + 9, same, Priors(0.3), 0.01, 0.9, 1000)


def test_without_unlabeled_positives_every_unlabeled_sample_found_is_an_error():
    # 400 labelled above 600 unlabeled, of which those above 0.9 mix with them.
    unlabeled = np.linspace(0, 1, 600)
    positives = np.linspace(0.9, 2, 400)
    threshold = fdr_threshold(positives, unlabeled, Priors(0.4, 0.4), 0.1, 0.9, 1000)
    n_wrong = np.sum(unlabeled >= threshold)
    assert 0 < n_wrong < 0.1 * (n_wrong + np.sum(positives >= threshold))


# Prior and F1


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_predicted_share_is_the_prior(scheme):
    rng = np.random.default_rng(0)
    positives, unlabeled, priors = draw(rng, 1000, 0.3, scheme, 0.5, 1)
    threshold = prior_threshold(positives, unlabeled, priors)
    population = (
        unlabeled
        if scheme == "case-control"
        else np.concatenate([positives, unlabeled])
    )
    assert np.mean(population >= threshold) == pytest.approx(0.3, abs=1e-9)
    assert threshold not in population


def test_a_prior_out_of_reach_is_an_error():
    with pytest.raises(ValueError, match=r"all held-out scores are equal \(0.5\)"):
        prior_threshold(np.full(9, 0.5), np.full(99, 0.5), Priors(0.3))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_f1_is_greatest_among_all_thresholds(seed):
    # Where every positive is labelled, it is the F1 score of ordinary labels.
    rng = np.random.default_rng(seed)
    y = np.r_[np.ones(20, int), np.zeros(30, int)]
    scores = np.round(rng.normal(size=50) + y, 1)
    threshold = f1_threshold(scores[y == 1], scores[y == 0], Priors(0.4, 0.4))
    best = max(f1_score(y, scores >= t) for t in set(scores))
    assert f1_score(y, scores >= threshold) == pytest.approx(best)


def test_operating_points_count_equal_scores_once():
    points = operating_points(np.array([2.0, 3.0]), np.array([1, 2, 2, 0]), Priors(0.3))
    expected = [3, 2, 1, 0], [0.5, 1, 1, 1], [0, 0.5, 0.75, 1]
    for values, wanted in zip(points, expected, strict=True):
        np.testing.assert_allclose(values, wanted)


def test_neighbouring_numbers_and_infinity_have_no_middle():
    one = np.nextafter(1, 2)
    assert midway(np.array([3.0, 1.0]), 0) == 2
    assert midway(np.array([3.0, 1.0]), 1) == 1
    assert midway(np.array([one, 1.0]), 0) == one
    assert midway(np.array([3.0, -np.inf]), 0) == 3


@pytest.mark.parametrize("confidence", [None, 0.9])
def test_a_recall_of_1_is_out_of_reach(confidence):
    with pytest.raises(ValueError, match="no number of held-out positives"):
        recall_threshold(np.arange(1000.0), 1.0, confidence)


def test_a_false_discovery_rate_of_0_is_out_of_reach():
    positives, unlabeled = np.full(500, 3.0), np.full(5000, -3.0)
    with pytest.raises(ValueError, match=r"'fdr:0' is out of reach"):
        fdr_threshold(positives, unlabeled, Priors(0.5), 0.0, 0.9, 5500)


def slow_surplus(k_p, k_u, priors, level, confidence, numbers):
    """The surplus, and the margin from moving one share at a time to its limit."""
    prior, h = priors
    n_p, n_u, n_samples = numbers

    def lower(k, n):
        return beta.ppf(1 - confidence, k, n - k + 1) if k > 0 else 0.0

    def upper(k, n):
        return beta.ppf(confidence, k + 1, n - k) if k < n else 1.0

    def below_level(r, q, h):
        of_positives = h if prior == priors.labeled else prior
        return of_positives * r - (1 - level) * (h * r + (1 - h) * q)

    r, q = k_p / n_p, k_u / n_u
    surplus = below_level(r, q, h)
    worse = [below_level(lower(k_p, n_p), q, h), below_level(r, upper(k_u, n_u), h)]
    if h:
        ends = lower(h * n_samples, n_samples), upper(h * n_samples, n_samples)
        worse.append(min(below_level(r, q, end) for end in ends))
    return surplus, np.sqrt(sum((surplus - one) ** 2 for one in worse))


@pytest.mark.parametrize(
    "priors", [Priors(0.3), Priors(0.3, 0.1), Priors(0.3, 0.3), Priors(0.9, 0.6)]
)
@pytest.mark.parametrize(("n_found", "n_above"), [(0, 0), (30, 5), (12, 90), (40, 200)])
def test_the_margin_is_that_of_one_share_moved_after_the_other(
    priors, n_found, n_above
):
    numbers = HeldOut(40, 200, 600)
    surplus_and_margin = fdr_surplus(n_found, n_above, priors, 0.2, 0.7, numbers)
    expected = slow_surplus(n_found, n_above, priors, 0.2, 0.7, numbers)
    assert surplus_and_margin == pytest.approx(expected)


def slow_fdr_threshold(positives, unlabeled, priors, level, confidence, n_samples):
    """The search in plain Python; None if the level is out of reach."""
    n_p, n_u = len(positives), len(unlabeled)

    def margins(k_p, k_u):
        numbers = n_p, n_u, n_samples
        return slow_surplus(k_p, k_u, priors, level, confidence, numbers)

    flawless = [margins(k, priors.unlabeled * k / n_p * n_u) for k in range(1, n_p + 1)]
    ratios = [surplus / margin for surplus, margin in flawless]
    if max(ratios) < 1:
        return None
    start = next(i for i, x in enumerate(ratios) if x >= min(3, max(ratios) / 2))
    best = None
    for threshold in sorted(positives, reverse=True)[start:]:
        # The positive at the threshold itself is not counted.
        k_p = sum(score >= threshold for score in positives) - 1
        surplus, margin = margins(k_p, sum(score >= threshold for score in unlabeled))
        if surplus < margin:
            break
        best = threshold
    return best


@pytest.mark.parametrize("seed", range(40))
def test_the_false_discovery_rate_is_searched_as_a_slow_search_does(seed):
    rng = np.random.default_rng(seed)
    scheme = SCHEMES[seed % 2]
    prior, distance = rng.uniform(0.1, 0.6), rng.uniform(1, 4)
    positives, unlabeled, priors = draw(rng, 400, prior, scheme, 0.4, distance)
    if seed % 4 == 0:  # every positive is labelled
        priors = Priors(priors.labeled, priors.labeled)
    if seed % 4 == 1:
        priors = Priors(0.3)
    if seed % 5 == 0:  # with equal scores
        positives, unlabeled = np.round(positives, 1), np.round(unlabeled, 1)
    if seed % 3 == 0:  # negatives among the highest scores
        unlabeled[:4] += 5
    level, confidence = rng.uniform(0.05, 0.6), rng.choice([0.3, 0.6, 0.9])
    settings = priors, level, confidence, 400
    expected = slow_fdr_threshold(positives, unlabeled, *settings)
    if expected is None:
        with pytest.raises(ValueError, match="is out of reach"):
            fdr_threshold(positives, unlabeled, *settings)
    else:
        assert fdr_threshold(positives, unlabeled, *settings) == expected


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.15]))
def test_the_prior_and_f1_thresholds_are_the_best_of_all(seed, h):
    rng = np.random.default_rng(seed)
    n_positive, n_unlabeled = rng.integers(1, 12), rng.integers(1, 20)
    positives = rng.integers(0, 9, n_positive) + 1.0
    unlabeled = rng.integers(0, 9, n_unlabeled) + 0.0
    scores = sorted({*positives, *unlabeled})

    def share(threshold):
        of_positives, of_unlabeled = (
            sum(score >= threshold for score in part) / len(part)
            for part in (positives, unlabeled)
        )
        return of_positives, h * of_positives + (1 - h) * of_unlabeled

    def f1(threshold):
        recall, predicted = share(threshold)
        return 2 * 0.3 * recall / (0.3 + predicted)

    def distance(threshold):
        return abs(share(threshold)[1] - 0.3)

    chosen = f1_threshold(positives, unlabeled, Priors(0.3, h))
    assert f1(chosen) == pytest.approx(max(map(f1, scores)))
    if len(scores) > 1:
        chosen = prior_threshold(positives, unlabeled, Priors(0.3, h))
        assert distance(chosen) == pytest.approx(min(map(distance, scores)))
        below = [score for score in scores if score < chosen]
        above = [score for score in scores if score >= chosen]
        if below:
            assert chosen == (below[-1] + above[0]) / 2


@pytest.mark.parametrize(("level", "n_needed"), [(0.9, 9), (0.8, 4), (0.99, 99)])
def test_recall_without_confidence_needs_as_many_as_it_says(level, n_needed):
    with pytest.raises(ValueError, match=f"at least {n_needed} held-out positives"):
        recall_threshold(np.arange(n_needed - 1), level, None)
    assert recall_threshold(np.arange(n_needed), level, None) == 0
