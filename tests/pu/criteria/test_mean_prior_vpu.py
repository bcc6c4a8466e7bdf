import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from pusklearn.criteria import VPU, MeanPriorVPU, Priors


def sigmoid(s):
    return 1 / (1 + np.exp(-s))


def formula(s, p, prior, labeled, correction, weight=None):
    """Compute the objective in double precision, from the docstring alone."""
    weight = np.ones(len(s)) if weight is None else weight
    of_p = np.average(sigmoid(s[p]), weights=weight[p])
    of_u = np.average(sigmoid(s[~p]), weights=weight[~p])
    r = labeled * of_p + (1 - labeled) * of_u - prior * of_p
    loss = np.average(np.log1p(np.exp(-s[p])) + sigmoid(s[p]), weights=weight[p])
    corrected = {None: r, "absolute": abs(r), "non-negative": max(r, 0)}
    return prior * loss + corrected[correction], r


@pytest.mark.parametrize("shift", [0.0, -6.0], ids=["above zero", "below zero"])
@pytest.mark.parametrize("correction", ["absolute", "non-negative", None])
@pytest.mark.parametrize(("prior", "labeled"), [(0.35, 0.0), (0.35, 0.15), (0.9, 0.05)])
def test_it_is_the_formula(prior, labeled, correction, shift):
    rng = np.random.default_rng(0)
    s, p = rng.normal(5 * (prior > 0.5), 2, 64), np.arange(64) < 20
    s[p] = rng.normal(0, 1, 20) if shift == 0 else rng.normal(4, 1, 20)
    s[~p] += shift
    weight = rng.uniform(0.2, 3, 64)
    for weights in (None, weight):
        value = MeanPriorVPU(correction)(
            torch.from_numpy(s),
            torch.from_numpy(p),
            Priors(prior, labeled),
            sample_weight=None if weights is None else torch.from_numpy(weights),
        )
        expected, r = formula(s, p, prior, labeled, correction, weights)
        assert np.sign(r) == (1 if shift == 0 else -1)
        assert value.item() == pytest.approx(expected, rel=1e-12)


@given(
    prior=st.floats(0.003, 0.9),
    share=st.floats(0, 0.95),
    seed=st.integers(0, 2**31),
    n_positive=st.integers(1, 20),
    n_unlabeled=st.integers(1, 50),
    correction=st.sampled_from(["absolute", "non-negative", None]),
)
def test_it_is_the_formula_for_any_prior(
    prior, share, seed, n_positive, n_unlabeled, correction
):
    rng = np.random.default_rng(seed)
    n = n_positive + n_unlabeled
    s, p = rng.normal(rng.normal(0, 3), 3, n), np.arange(n) < n_positive
    labeled = share * prior
    value = MeanPriorVPU(correction)(
        torch.from_numpy(s), torch.from_numpy(p), Priors(prior, labeled)
    )
    expected, _ = formula(s, p, prior, labeled, correction)
    assert value.item() == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("correction", ["absolute", "non-negative", None])
@pytest.mark.parametrize(
    "priors", [Priors(0.3), Priors(0.3, 0.15), Priors(0.003), Priors(0.9)], ids=repr
)
def test_the_true_probabilities_are_its_minimum(priors, correction):
    """On three kinds of samples, whose shares are given as weights."""
    positive, negative = np.array([0.7, 0.2, 0.1]), np.array([0.1, 0.3, 0.6])
    prior, share = priors.population, priors.unlabeled
    truth = prior * positive / (prior * positive + (1 - prior) * negative)
    weight = torch.from_numpy(
        np.concatenate([positive, share * positive + (1 - share) * negative])
    )
    is_positive = torch.tensor([True] * 3 + [False] * 3)

    def objective(scores):
        logits = torch.tensor(scores, requires_grad=True)
        value = MeanPriorVPU(correction)(
            logits.repeat(2), is_positive, priors, sample_weight=weight
        )
        value.backward()
        return value.item() / prior, logits.grad.numpy() / prior

    found = minimize(objective, np.zeros(3), jac=True, method="BFGS", tol=1e-10).x
    np.testing.assert_allclose(sigmoid(found), truth, rtol=1e-4)


@given(
    prior=st.floats(0.003, 0.9),
    scale=st.floats(0.05, 20),
    seed=st.integers(0, 2**31),
)
def test_the_variational_objective_lies_below_it(prior, scale, seed):
    """It touches it where the mean over the population is the prior."""
    rng = np.random.default_rng(seed)
    s, p = torch.from_numpy(rng.normal(0, scale, 40)), torch.arange(40) < 8
    plain = MeanPriorVPU(None)(s, p, prior) / prior - 1 + np.log(prior)
    bare = VPU(slack=0.0)(s, p, prior)
    mean = s[~p].sigmoid().mean().item()
    gap = mean / prior - 1 - np.log(mean / prior)
    assert (plain - bare).item() == pytest.approx(gap, rel=1e-9, abs=1e-9)
    assert gap >= 0


def test_below_zero_the_unlabeled_scores_are_raised():
    """The memory of a network: all positives at the top, all others at the bottom."""
    is_positive = torch.tensor([True, False, False])
    for correction, sign in (("absolute", -1), ("non-negative", -1), (None, 1)):
        logits = torch.tensor([6.0, -6.0, -6.0], requires_grad=True)
        MeanPriorVPU(correction)(logits, is_positive, 0.4).backward()
        assert (logits.grad[1:].sign() == sign).all()


def test_known_negatives_take_their_part_of_the_mean():
    """With their own share, they count as any negative of the population does."""
    s = np.array([1.0, 2.0, -1.0, 0.5, -2.0, 0.3])
    kind = torch.tensor([1, 1, -1, -1, 0, 0])
    priors = Priors(0.3, 0.1).with_negatives(0.2, 0.2)
    value = MeanPriorVPU(None)(
        torch.from_numpy(s), kind == 1, priors, is_negative=kind == -1
    )
    phi = sigmoid(s)
    expected = -0.3 * np.log(phi[:2]).mean()
    expected += 0.1 * phi[:2].mean() + 0.2 * phi[2:4].mean() + 0.7 * phi[4:].mean()
    assert value.item() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("correction", ["none", "abs", 0, True])
def test_another_correction_is_refused(correction):
    with pytest.raises(
        ValueError, match="`correction` must be 'absolute', 'non-negative' or None"
    ):
        MeanPriorVPU(correction)(torch.zeros(2), torch.tensor([True, False]), 0.3)
