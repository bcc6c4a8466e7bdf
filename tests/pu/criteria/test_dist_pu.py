import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pusklearn.criteria import DistPU, Priors


def sigmoid(s):
    return 1 / (1 + np.exp(-s))


@pytest.mark.parametrize("level", [-2.0, 2.0], ids=["too few", "too many"])
def test_case_control_is_the_formula_of_the_paper(level):
    rng = np.random.default_rng(0)
    s, p = rng.normal(level, 1, 80), np.arange(80) < 16
    value = DistPU()(torch.from_numpy(s), torch.from_numpy(p), 0.4)
    expected = 2 * 0.4 * abs(sigmoid(s[p]).mean() - 1)
    expected += abs(sigmoid(s[~p]).mean() - 0.4)
    assert value.item() == pytest.approx(expected, rel=1e-12)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), pi=st.floats(0.05, 0.95), share=st.floats(0.0, 0.99))
def test_one_sample_bounds_the_expected_error(seed, pi, share):
    """Of a population whose positives have the scores of the labelled ones."""
    rng = np.random.default_rng(seed)
    labeled = share * pi
    priors = Priors(pi, labeled)
    positive, negative = sigmoid(rng.normal(0, 3, 2)).clip(1e-6, 1 - 1e-6)
    unlabeled = priors.unlabeled * positive + (1 - priors.unlabeled) * negative
    p = torch.tensor([positive, unlabeled], dtype=torch.double)
    value = DistPU()(p.logit(), torch.tensor([True, False]), priors).item()
    error = pi * (1 - positive) + (1 - pi) * negative
    assert value >= error - 1e-9
    excess = unlabeled - priors.unlabeled
    expected = (2 * pi - labeled) * (1 - positive) + (1 - labeled) * abs(excess)
    assert value == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_without_positives_among_the_unlabeled_it_is_the_expected_error():
    rng = np.random.default_rng(1)
    s, p = rng.normal(0, 2, 50), np.arange(50) < 10
    value = DistPU()(torch.from_numpy(s), torch.from_numpy(p), Priors(0.2, 0.2))
    expected = np.where(p, 1 - sigmoid(s), sigmoid(s)).mean()
    assert value.item() == pytest.approx(expected, rel=1e-12)


def test_the_right_classes_have_the_least_value():
    is_positive = torch.arange(50) < 10
    right = torch.where(torch.arange(50) < 20, 50.0, -50.0)
    value = DistPU()(right, is_positive, 0.25)
    assert value.item() == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize("level", [-9.0, -4.0, 0.0])
@pytest.mark.parametrize("pi", [0.01, 0.3])
def test_the_slope_of_the_excess_is_bounded_by_the_deviation_of_a_batch(level, pi):
    rng = np.random.default_rng(0)
    s = torch.from_numpy(rng.normal(level, 1, 250)).requires_grad_()
    is_positive = torch.arange(250) < 10
    DistPU()(s, is_positive, pi).backward()
    p = sigmoid(s.detach().numpy())
    excess = p[10:].mean() - pi
    pull = np.clip(excess / np.sqrt(pi * (1 - pi) / 240), -1, 1)
    slope = p * (1 - p)
    expected = np.where(np.arange(250) < 10, -2 * pi / 10, pull / 240) * slope
    np.testing.assert_allclose(s.grad.numpy(), expected, rtol=1e-9)


def test_without_positives_among_the_unlabeled_the_slope_is_one():
    s = torch.zeros(40, dtype=torch.double, requires_grad=True)
    DistPU()(s, torch.arange(40) < 10, Priors(0.25, 0.25)).backward()
    np.testing.assert_allclose(s.grad[10:].numpy(), 0.75 / 30 / 4)
