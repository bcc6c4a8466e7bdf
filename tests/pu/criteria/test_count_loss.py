import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pusklearn.criteria import CountLoss, Priors
from pusklearn.pu.criteria._count_loss import log_count_probability


def count_distribution(p):
    """The Poisson-binomial distribution in NumPy, one sample after the other."""
    q = np.ones(1)
    for probability in p:
        q = np.append(q * (1 - probability), 0) + np.append(0, q * probability)
    return q


# The expected counts are 72, 53.3 and 69.6 of 240.
@pytest.mark.parametrize(
    ("prior", "labeled", "count"), [(0.3, 0.0, 72), (0.3, 0.1, 53), (0.29, 0.0, 70)]
)
@pytest.mark.parametrize("slack", [1.0, 0.3])
def test_it_is_the_formula(prior, labeled, count, slack):
    rng = np.random.default_rng(0)
    s, is_positive = rng.normal(-1, 2, 256), np.arange(256) % 16 == 0
    value = CountLoss(slack=slack)(
        torch.from_numpy(s), torch.from_numpy(is_positive), Priors(prior, labeled)
    )
    probability = count_distribution(1 / (1 + np.exp(-s[~is_positive])))
    expected = np.log1p(np.exp(-s[is_positive])).mean()
    expected -= slack * np.log(probability[count])
    assert value.item() == pytest.approx(expected, rel=1e-10)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), n=st.integers(1, 40), scale=st.floats(0.1, 30))
def test_the_probabilities_of_all_counts_are_exact(seed, n, scale):
    rng = np.random.default_rng(seed)
    s, mask = rng.normal(0, scale, n), rng.random(n) < 0.7
    expected = count_distribution(1 / (1 + np.exp(-s[mask])))
    found = [
        log_count_probability(
            torch.from_numpy(s), torch.from_numpy(mask), torch.tensor(count)
        ).exp()
        for count in range(n + 1)
    ]
    expected = np.append(expected, np.zeros(n + 1 - len(expected)))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-14)


def test_what_is_all_but_impossible_keeps_its_logarithm():
    """Three of ten, each with odds of exp(-500)."""
    logits = torch.full((10,), -500.0, requires_grad=True)
    value = log_count_probability(
        logits, torch.ones(10, dtype=torch.bool), torch.tensor(3)
    )
    assert value.item() == pytest.approx(-1500 + np.log(120), rel=1e-12)
    value.backward()
    # Each sample is one of the three with a chance of 0.3.
    np.testing.assert_allclose(logits.grad, np.full(10, 0.3), rtol=1e-6)


def test_the_gradient_is_the_chance_given_the_count_less_the_probability():
    rng = np.random.default_rng(0)
    s = rng.normal(0, 1, 12)
    p = 1 / (1 + np.exp(-s))
    logits = torch.tensor(s, requires_grad=True)
    log_count_probability(
        logits, torch.ones(12, dtype=torch.bool), torch.tensor(5)
    ).backward()
    given_the_count = [
        p[i] * count_distribution(np.delete(p, i))[4] / count_distribution(p)[5]
        for i in range(12)
    ]
    np.testing.assert_allclose(logits.grad, given_the_count - p, rtol=1e-9)


def test_less_than_half_a_positive_counts_as_none():
    s, is_positive = torch.tensor([1.0, 0.5, -1.0]).double(), torch.arange(3) < 1
    value = CountLoss(slack=1.0)(s, is_positive, 0.2)
    expected = torch.nn.functional.softplus(torch.tensor([-1.0, 0.5, -1.0]).double())
    torch.testing.assert_close(value, expected.sum())


@pytest.mark.parametrize("share", [0.02, 0.5])
def test_the_automatic_slack_is_that_of_ge_binomial(share):
    s = torch.linspace(-2, 2, 110, dtype=torch.double)
    is_positive = torch.arange(110) < 10
    first = CountLoss(slack=0.0)(s, is_positive, share)
    whole = CountLoss(slack=1.0)(s, is_positive, share)
    slack = min(0.15, 1 / np.sqrt(100 * share * (1 - share)))
    expected = first + slack * (whole - first)
    torch.testing.assert_close(CountLoss()(s, is_positive, share), expected)


@pytest.mark.parametrize("slack", [-1, "Auto", "large", None, float("nan")])
def test_a_slack_out_of_its_range_is_refused(slack):
    with pytest.raises(ValueError, match=r"`slack` must be 'auto' or a number in \[0"):
        CountLoss(slack=slack)(torch.zeros(2), torch.tensor([True, False]), 0.3)


def test_the_automatic_slack_is_that_of_the_unlabeled_samples():
    s = torch.linspace(-2, 2, 404, dtype=torch.double)
    is_positive = torch.arange(404) < 4
    first, whole, value = (
        CountLoss(slack=slack)(s, is_positive, 0.5) for slack in (0.0, 1.0, "auto")
    )
    # 400 samples with a share of one half have a deviation of 10.
    torch.testing.assert_close(value, first + 0.1 * (whole - first), rtol=1e-6, atol=0)
