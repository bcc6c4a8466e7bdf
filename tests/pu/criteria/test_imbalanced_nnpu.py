import numpy as np
import pytest
import torch

from pusklearn.criteria import NNPU, ImbalancedNNPU, Priors
from pusklearn.pu.criteria._criterion import logistic, risk_terms

LOSSES = {
    "logistic": lambda z: np.log1p(np.exp(-z)),
    "sigmoid": lambda z: 1 / (1 + np.exp(z)),
}
IS_POSITIVE = torch.tensor([True, False])


@pytest.mark.parametrize("labeled", [0.0, 0.05])
@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_it_is_the_formula(loss, labeled):
    rng = np.random.default_rng(0)
    s, p = rng.normal(0, 2, 64), np.arange(64) < 20
    as_negative = LOSSES[loss](-s[p]).mean()
    rest = labeled * as_negative + (1 - labeled) * LOSSES[loss](-s[~p]).mean()
    rest -= 0.1 * as_negative
    assert rest > 0
    value = ImbalancedNNPU(positive_weight=0.4, loss=loss)(
        torch.from_numpy(s), torch.from_numpy(p), Priors(0.1, labeled)
    )
    expected = 0.4 * LOSSES[loss](s[p]).mean() + 0.6 / 0.9 * rest
    assert value.item() == pytest.approx(expected, rel=1e-12)


def test_it_is_unbiased_for_the_risk_with_balanced_classes():
    rng = np.random.default_rng(2)
    n, pi = 400_000, 0.1
    y = rng.random(n) < pi
    s = rng.normal(np.where(y, 1.0, -1.0), 1.0)
    loss = LOSSES["logistic"](np.where(y, s, -s))
    flagged = y & (rng.random(n) < 0.5)
    priors = Priors(pi, labeled=flagged.mean())
    value = ImbalancedNNPU()(torch.from_numpy(s), torch.from_numpy(flagged), priors)
    expected = (loss[y].mean() + loss[~y].mean()) / 2
    assert value.item() == pytest.approx(expected, abs=0.005)


def test_with_the_prior_for_a_weight_it_is_nnpu():
    logits = torch.tensor([1.0, -0.5, 0.3, -2.0])
    is_positive = torch.tensor([True, True, False, False])
    value = ImbalancedNNPU(positive_weight=0.3)(logits, is_positive, 0.3)
    torch.testing.assert_close(value, NNPU()(logits, is_positive, 0.3))


@pytest.mark.parametrize(("beta", "gamma"), [(0.0, 1.0), (0.1, 0.3)])
def test_below_zero_the_step_undoes_the_negative_part(beta, gamma):
    logits = torch.tensor([3.0, -4.0], requires_grad=True)
    value = ImbalancedNNPU(beta=beta, gamma=gamma)(logits, IS_POSITIVE, 0.2)
    (gradient,) = torch.autograd.grad(value, logits)
    again = torch.tensor([3.0, -4.0], requires_grad=True)
    positive, rest = risk_terms(again, IS_POSITIVE, Priors(0.2), logistic)
    positive, rest = 0.5 / 0.2 * positive, 0.5 / 0.8 * rest
    assert rest < -beta
    (expected,) = torch.autograd.grad(-gamma * rest, again)
    torch.testing.assert_close(gradient, expected)
    assert value.item() == pytest.approx(positive.item() - beta)


@pytest.mark.parametrize(
    "criterion",
    [
        ImbalancedNNPU(positive_weight=1.2),
        ImbalancedNNPU(beta=-0.1),
        ImbalancedNNPU(gamma=2),
        ImbalancedNNPU(loss="hinge"),
    ],
    ids=repr,
)
def test_a_parameter_out_of_its_range_is_refused(criterion):
    with pytest.raises(ValueError, match=r"must be .* Got"):
        criterion(torch.zeros(2), IS_POSITIVE, 0.3)


@pytest.mark.parametrize(
    ("name", "bad"), [("positive_weight", 2), ("beta", -1), ("gamma", 2)]
)
def test_a_message_names_the_parameter(name, bad):
    logits = torch.tensor([1.0, -1.0])
    with pytest.raises(ValueError, match=f"^`{name}` must be"):
        ImbalancedNNPU(**{name: bad})(logits, IS_POSITIVE, 0.5)
    ImbalancedNNPU(beta=float("inf"))(logits, IS_POSITIVE, 0.5)


def test_by_default_beta_is_0():
    """The rest is negative here, and less than 1 below 0."""
    gradients = []
    for criterion in (ImbalancedNNPU(), ImbalancedNNPU(beta=0.0)):
        logits = torch.tensor([1.0, -1.0], requires_grad=True)
        _, rest = risk_terms(logits, IS_POSITIVE, Priors(0.5), logistic)
        assert -1 < rest < 0
        criterion(logits, IS_POSITIVE, 0.5).backward()
        gradients.append(logits.grad)
    torch.testing.assert_close(*gradients)
