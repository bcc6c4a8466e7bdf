import numpy as np
import pytest
import torch
from scipy.special import softmax
from scipy.stats import binom

from pusklearn.criteria import GEBinomial, Priors
from pusklearn.pu.criteria._ge_binomial import (
    automatic_slack,
    count_cross_entropy,
    log_binomial,
)


def normal_penalty(p, share):
    """Penalty of the normal approximation in NumPy and SciPy, float64."""
    k = np.arange(len(p) + 1)
    mean, variance = p.sum(), (p * (1 - p)).sum()
    q = softmax(-((mean - k) ** 2) / (2 * (variance + 1e-10)))
    return -(q * binom.logpmf(k, len(p), share)).sum()


def exact_penalty(p, share):
    """Penalty of the Poisson-binomial posterior, by dynamic programming."""
    q = np.ones(1)
    for probability in p:
        q = np.append(q * (1 - probability), 0) + np.append(0, q * probability)
    return -(q * binom.logpmf(np.arange(len(p) + 1), len(p), share)).sum()


def penalty(p, share):
    logits = torch.from_numpy(np.log(p) - np.log1p(-p))
    unlabeled = torch.ones(len(p), dtype=torch.bool)
    return count_cross_entropy(logits, unlabeled, Priors(share)).item()


@pytest.mark.parametrize("labeled", [0.0, 0.02])
@pytest.mark.parametrize("slack", [1.0, 0.3])
def test_it_is_the_formula(labeled, slack):
    rng = np.random.default_rng(0)
    s, is_positive = rng.normal(-2, 2, 256), np.arange(256) % 16 == 0
    priors = Priors(0.05, labeled)
    value = GEBinomial(slack=slack)(
        torch.from_numpy(s), torch.from_numpy(is_positive), priors
    )
    p = 1 / (1 + np.exp(-s[~is_positive]))
    expected = np.log1p(np.exp(-s[is_positive])).mean()
    expected += slack * normal_penalty(p, (0.05 - labeled) / (1 - labeled))
    assert value.item() == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        (np.full(240, 0.5), 252.3),
        (np.full(240, 0.0325), 2.43),
        (np.r_[np.full(8, 1 - 1e-9), np.full(232, 1e-9)], 1.955),
        (np.full(240, 1e-9), 7.93),
        (np.r_[np.full(40, 1 - 1e-9), np.full(200, 1e-9)], 38.2),
    ],
    ids=["half", "prior", "right count", "none", "too many"],
)
def test_values_at_240_unlabeled_and_a_prior_of_325_in_10000(p, expected):
    assert penalty(p, 0.0325) == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("mean", [0.03, 0.1, 0.5])
@pytest.mark.parametrize("n", [20, 240])
def test_the_normal_is_close_to_the_poisson_binomial(mean, n):
    rng = np.random.default_rng(0)
    p = rng.beta(2 * mean, 2 * (1 - mean), n).clip(1e-9, 1 - 1e-9)
    variance = (p * (1 - p)).sum()
    difference = abs(penalty(p, mean) - exact_penalty(p, mean))
    # The posterior's shape differs by its skewness, of order 1 / sqrt(variance).
    assert difference < 0.35 * max(1, variance**-0.5)


def test_the_normal_parts_from_the_poisson_binomial_below_a_variance_of_one():
    """One sample of probability 0.3 among certain ones: the normal leaves it out."""
    certain = np.r_[np.full(8, 1 - 1e-12), np.full(231, 1e-12)]
    p = np.append(certain, 0.3)
    weight = binom.logpmf([8, 9], 240, 0.0325)
    exact = -(0.7 * weight[0] + 0.3 * weight[1])
    assert exact_penalty(p, 0.0325) == pytest.approx(exact, rel=1e-6)
    q_of_9 = 1 / (1 + np.exp((0.7**2 - 0.3**2) / (2 * 0.21)))
    normal = penalty(p, 0.0325)
    assert normal == pytest.approx(normal_penalty(p, 0.0325), rel=1e-9)
    assert q_of_9 == pytest.approx(0.278, abs=1e-3)
    assert normal != pytest.approx(exact, abs=1e-4)
    sharper = np.append(certain, 0.02)
    assert normal_penalty(sharper, 0.0325) == pytest.approx(-weight[0], abs=1e-6)
    assert exact_penalty(sharper, 0.0325) - -weight[0] > 1e-3


def test_the_constant_at_the_prior_loses_to_a_confident_right_count():
    right = np.r_[np.full(8, 1 - 1e-9), np.full(232, 1e-9)]
    assert penalty(right, 0.0325) < penalty(np.full(240, 0.0325), 0.0325)


@pytest.mark.parametrize("n", [1, 7, 240, 5000])
@pytest.mark.parametrize("share", [1e-4, 0.03, 0.9])
def test_log_binomial_is_that_of_scipy(n, share):
    k = np.arange(n + 1)
    ours = log_binomial(
        torch.from_numpy(k), torch.tensor(n), torch.tensor(share).double()
    )
    share = float(torch.tensor(share).double())
    np.testing.assert_allclose(ours, binom.logpmf(k, n, share), rtol=1e-9, atol=1e-8)


def test_a_prior_of_zero_counts_half_a_sample():
    rng = np.random.default_rng(0)
    s, is_positive = rng.normal(-1, 2, 60), np.arange(60) < 10
    value = GEBinomial(slack=1.0)(
        torch.from_numpy(s), torch.from_numpy(is_positive), Priors(0.1, labeled=0.1)
    )
    expected = np.log1p(np.exp(-s[is_positive])).mean()
    expected += normal_penalty(1 / (1 + np.exp(-s[~is_positive])), 0.5 / 50)
    assert value.item() == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("share", [0.002, 0.5])
@pytest.mark.parametrize("labeled", [0.0, 0.1])
def test_the_automatic_slack_is_one_over_the_deviation_of_the_count(share, labeled):
    rng = np.random.default_rng(0)
    logits = torch.from_numpy(rng.normal(-1, 2, 256))
    is_positive = torch.arange(256) % 16 == 0
    priors = Priors(share, labeled / 100)
    expected = min(0.15, 1 / binom(240, priors.unlabeled).std())
    automatic = GEBinomial()(logits, is_positive, priors)
    given = GEBinomial(slack=expected)(logits, is_positive, priors)
    assert automatic.item() == pytest.approx(given.item(), rel=1e-6)


def test_an_unknown_slack_is_refused():
    with pytest.raises(ValueError, match=r"`slack` must be .* Got 'strong'"):
        GEBinomial(slack="strong")(torch.zeros(2), torch.tensor([True, False]), 0.3)


def test_where_every_positive_is_labelled_both_kinds_count_by_their_shares():
    """The pull of one more unlabeled positive against that of a positive lost."""
    is_positive = torch.arange(40) < 8
    slack = automatic_slack(~is_positive, Priors(0.5, labeled=0.5))
    assert slack.item() == pytest.approx(1 / (32 * np.log(2)))
    # So do they where nearly every one is.
    nearly = automatic_slack(~is_positive, Priors(0.5, labeled=0.49))
    assert nearly.item() == pytest.approx(0.51 / 0.49 / (32 * np.log(2)))
    rare = automatic_slack(~is_positive, Priors(0.001, labeled=0.001))
    assert rare.item() == pytest.approx(0.15)


def test_one_unlabeled_sample_counts_by_its_share():
    is_unlabeled = torch.arange(20) < 1
    slack = automatic_slack(is_unlabeled, Priors(0.96, labeled=0.95))
    assert slack.item() == pytest.approx(0.05 / 0.95 / np.log(2))


@pytest.mark.parametrize("n_positive", [0, 3])
def test_no_count_above_the_number_of_unlabeled_samples_is_possible(n_positive):
    """Most are predicted positive, so the bell is cut off at the last count."""
    s = np.random.default_rng(0).normal(1.5, 1, 8)
    is_unlabeled = np.arange(8) >= n_positive
    value = count_cross_entropy(
        torch.from_numpy(s), torch.from_numpy(is_unlabeled), Priors(0.6)
    )
    expected = normal_penalty(1 / (1 + np.exp(-s[is_unlabeled])), 0.6)
    assert value.item() == pytest.approx(expected, rel=1e-10)


def test_what_was_first_seen_without_gradients_can_be_learnt_from():
    is_positive = torch.arange(17) < 2
    logits = torch.linspace(-2, 2, 17, requires_grad=True)
    with torch.inference_mode():
        value = GEBinomial()(logits.detach().clone(), is_positive, 0.371)
    again = GEBinomial()(logits, is_positive, 0.371)
    again.backward()
    assert again.item() == value.item()
    assert torch.isfinite(logits.grad).all()
