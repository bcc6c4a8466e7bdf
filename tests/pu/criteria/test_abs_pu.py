import numpy as np
import pytest
import torch

from pusklearn.criteria import UPU, AbsPU, Priors

LOSSES = {
    "logistic": lambda z: np.log1p(np.exp(-z)),
    "sigmoid": lambda z: 1 / (1 + np.exp(z)),
}


@pytest.mark.parametrize("shift", [0.0, -6.0], ids=["above zero", "below zero"])
@pytest.mark.parametrize("labeled", [0.0, 0.15])
@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_it_is_the_formula(loss, labeled, shift):
    rng = np.random.default_rng(0)
    s, p = rng.normal(1, 2, 64), np.arange(64) < 20
    s[~p] += shift
    as_negative = LOSSES[loss](-s[p]).mean()
    rest = labeled * as_negative + (1 - labeled) * LOSSES[loss](-s[~p]).mean()
    rest -= 0.35 * as_negative
    assert np.sign(rest) == (1 if shift == 0 else -1)
    value = AbsPU(loss=loss)(
        torch.from_numpy(s), torch.from_numpy(p), Priors(0.35, labeled)
    )
    expected = 0.35 * LOSSES[loss](s[p]).mean() + abs(rest)
    assert value.item() == pytest.approx(expected, rel=1e-12)


def test_above_zero_it_is_the_unbiased_risk():
    logits, is_positive = torch.tensor([0.5, 1.0]), torch.tensor([True, False])
    value = AbsPU()(logits, is_positive, 0.5)
    torch.testing.assert_close(value, UPU()(logits, is_positive, 0.5))


def test_below_zero_the_positives_part_still_has_its_gradient():
    logits = torch.tensor([3.0, -4.0], dtype=torch.double, requires_grad=True)
    AbsPU()(logits, torch.tensor([True, False]), 0.5).backward()
    up, down = 1 / (1 + np.exp(-3.0)), 1 / (1 + np.exp(4.0))
    # Of 0.5 softplus(-3), of 0.5 softplus(3), and of -softplus(-4).
    expected = [-0.5 * (1 - up) + 0.5 * up, -down]
    np.testing.assert_allclose(logits.grad, expected, rtol=1e-12)
