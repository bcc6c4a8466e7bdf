import numpy as np
import pytest
import torch

from pusklearn.criteria import UPU, Priors


def expected_risk(s, p, pi, labeled, loss):
    """UPU written out in NumPy, float64."""
    as_negative = loss(-s[p]).mean()
    population = labeled * as_negative + (1 - labeled) * loss(-s[~p]).mean()
    return pi * loss(s[p]).mean() + population - pi * as_negative


LOSSES = {
    "logistic": lambda z: np.log1p(np.exp(-z)),
    "sigmoid": lambda z: 1 / (1 + np.exp(z)),
}


@pytest.mark.parametrize("loss", sorted(LOSSES))
@pytest.mark.parametrize("labeled", [0.0, 0.15])
def test_it_is_the_formula(loss, labeled):
    rng = np.random.default_rng(1)
    s, p = rng.normal(0, 2, 64), np.arange(64) < 20
    expected = expected_risk(s, p, 0.35, labeled, LOSSES[loss])
    value = UPU(loss=loss)(
        torch.from_numpy(s), torch.from_numpy(p), Priors(0.35, labeled)
    )
    assert value.item() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("scheme", ["case-control", "single"])
def test_it_is_unbiased_for_the_risk_on_true_labels(scheme):
    rng = np.random.default_rng(2)
    n, pi, c = 400_000, 0.3, 0.5
    y = rng.random(n) < pi
    s = rng.normal(np.where(y, 1.0, -1.0), 1.0)
    true_risk = LOSSES["logistic"](np.where(y, s, -s)).mean()
    flagged = y & (rng.random(n) < c)
    if scheme == "single":
        value = UPU()(
            torch.from_numpy(s),
            torch.from_numpy(flagged),
            Priors(pi, labeled=flagged.mean()),
        )
    else:
        scores = np.concatenate([s[flagged], s])
        is_positive = np.arange(len(scores)) < flagged.sum()
        value = UPU()(torch.from_numpy(scores), torch.from_numpy(is_positive), pi)
    assert value.item() == pytest.approx(true_risk, abs=0.003)


def test_the_term_of_the_wrong_scheme_is_biased():
    """Case-control risk on one sample whose positives are half labelled."""
    rng = np.random.default_rng(2)
    n, pi = 400_000, 0.3
    y = rng.random(n) < pi
    s = rng.normal(np.where(y, 1.0, -1.0), 1.0)
    true_risk = LOSSES["logistic"](np.where(y, s, -s)).mean()
    flagged = y & (rng.random(n) < 0.5)
    value = UPU()(torch.from_numpy(s), torch.from_numpy(flagged), pi)
    assert abs(value.item() - true_risk) > 0.05
