import numpy as np
import pytest
import torch

from pusklearn.criteria import GEKL, Priors


def expected_value(s, p, share, slack):
    """GE-KL written out in NumPy, float64."""
    mean = (1 / (1 + np.exp(-s[~p]))).mean()
    divergence = share * np.log(share / mean)
    divergence += (1 - share) * np.log((1 - share) / (1 - mean))
    return np.log1p(np.exp(-s[p])).mean() + slack * divergence


@pytest.mark.parametrize("labeled", [0.0, 0.1])
def test_it_is_the_formula(labeled):
    rng = np.random.default_rng(0)
    s, p = rng.normal(-1, 2, 80), np.arange(80) < 10
    priors = Priors(0.25, labeled)
    value = GEKL(slack=3.0)(torch.from_numpy(s), torch.from_numpy(p), priors)
    expected = expected_value(s, p, (0.25 - labeled) / (1 - labeled), 3.0)
    assert value.item() == pytest.approx(expected, rel=1e-10)


def test_the_penalty_vanishes_where_the_mean_is_the_prior():
    logits = torch.full((9,), np.log(0.2 / 0.8), dtype=torch.double)
    value = GEKL()(logits, torch.zeros(9, dtype=torch.bool), 0.2)
    assert value.item() == pytest.approx(0, abs=1e-12)


def test_a_prior_of_zero_counts_half_a_sample():
    rng = np.random.default_rng(0)
    s, p = rng.normal(-1, 2, 60), np.arange(60) < 10
    value = GEKL()(torch.from_numpy(s), torch.from_numpy(p), Priors(0.1, 0.1))
    assert value.item() == pytest.approx(expected_value(s, p, 0.5 / 50, 10.0))


@pytest.mark.parametrize("n_unlabeled", [1, 2])
def test_one_unlabeled_sample_is_enough(n_unlabeled):
    s, p = np.array([2.0, -1.0, 0.5])[: 1 + n_unlabeled], np.arange(3) < 1
    p = p[: 1 + n_unlabeled]
    value = GEKL(slack=3.0)(torch.from_numpy(s), torch.from_numpy(p), 0.3)
    assert value.item() == pytest.approx(expected_value(s, p, 0.3, 3.0))
