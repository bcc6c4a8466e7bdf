import numpy as np
import pytest
import torch

from pusklearn.criteria import GEKL, VPU, Priors


def sigmoid(s):
    return 1 / (1 + np.exp(-s))


@pytest.mark.parametrize("labeled", [0.0, 0.1])
@pytest.mark.parametrize("slack", [0.0, 3.0])
def test_it_is_the_formula(labeled, slack):
    rng = np.random.default_rng(0)
    s, p = rng.normal(-1, 2, 80), np.arange(80) < 10
    priors = Priors(0.25, labeled)
    value = VPU(slack=slack)(torch.from_numpy(s), torch.from_numpy(p), priors)
    phi = sigmoid(s)
    mean = labeled * phi[p].mean() + (1 - labeled) * phi[~p].mean()
    divergence = 0.25 * np.log(0.25 / mean) + 0.75 * np.log(0.75 / (1 - mean))
    expected = np.log(mean) + slack * divergence - np.log(phi[p]).mean()
    assert value.item() == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("priors", [Priors(0.3), Priors(0.3, labeled=0.15)], ids=repr)
def test_the_true_probabilities_are_its_minimum(priors):
    """On three kinds of samples, whose probabilities are found by descent."""
    positive = torch.tensor([0.7, 0.2, 0.1], dtype=torch.double)
    negative = torch.tensor([0.1, 0.3, 0.6], dtype=torch.double)
    truth = 0.3 * positive / (0.3 * positive + 0.7 * negative)
    share = priors.unlabeled
    counts = (1000 * positive, 1000 * (share * positive + (1 - share) * negative))
    which = torch.cat([torch.arange(3).repeat_interleave(n.long()) for n in counts])
    is_positive = torch.arange(len(which)) < 1000
    logits = torch.zeros(3, dtype=torch.double, requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [logits], max_iter=500, tolerance_grad=1e-9, line_search_fn="strong_wolfe"
    )

    def step():
        optimizer.zero_grad()
        loss = VPU()(logits[which], is_positive, priors)
        loss.backward()
        return loss

    optimizer.step(step)
    torch.testing.assert_close(logits.detach().sigmoid(), truth, atol=5e-3, rtol=0)


def test_the_bare_objective_does_not_change_with_a_factor():
    phi = torch.tensor([0.9, 0.3, 0.1, 0.05], dtype=torch.double)
    is_positive = torch.tensor([True, False, True, False])
    for priors in (Priors(0.3), Priors(0.3, labeled=0.1)):
        value = VPU(slack=0.0)(phi.logit(), is_positive, priors)
        halved = VPU(slack=0.0)((phi / 2).logit(), is_positive, priors)
        torch.testing.assert_close(halved, value)


def test_case_control_it_is_ge_kl_and_the_log_of_the_mean():
    rng = np.random.default_rng(1)
    s, p = torch.from_numpy(rng.normal(0, 2, 40)), torch.arange(40) < 8
    expected = GEKL(slack=10.0)(s, p, 0.4) + s[~p].sigmoid().mean().log()
    torch.testing.assert_close(VPU()(s, p, 0.4), expected)


def test_a_negative_slack_is_refused():
    with pytest.raises(ValueError, match="`slack` must be a number in"):
        VPU(slack=-1)(torch.zeros(2), torch.tensor([True, False]), 0.3)


def test_a_batch_without_the_population_leaves_what_needs_none():
    s = np.array([-1.0, 0.5, 2.0])
    value = VPU(slack=2.0)(torch.from_numpy(s), torch.ones(3, dtype=torch.bool), 0.3)
    expected = np.log1p(np.exp(-s)).mean()
    expected += 2 * (0.3 * np.log(0.3) + 0.7 * np.log(0.7))
    assert value.item() == pytest.approx(expected, rel=1e-12)


def test_one_sample_of_a_kind_has_the_weight_of_its_kind():
    s, p = np.array([2.0, -1.0]), np.array([True, False])
    value = VPU(slack=3.0)(torch.from_numpy(s), torch.from_numpy(p), Priors(0.3, 0.1))
    mean = 0.1 * sigmoid(2.0) + 0.9 * sigmoid(-1.0)
    divergence = 0.3 * np.log(0.3 / mean) + 0.7 * np.log(0.7 / (1 - mean))
    expected = np.log(mean) + 3 * divergence - np.log(sigmoid(2.0))
    assert value.item() == pytest.approx(expected, rel=1e-10)
