import numpy as np
import pytest
import torch
from sklearn.metrics import log_loss

from pusklearn.criteria import PN


def test_with_the_labelled_share_it_is_the_log_loss():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, 50)
    y = np.arange(50) < 15
    expected = log_loss(y, 1 / (1 + np.exp(-logits)))
    value = PN()(torch.from_numpy(logits), torch.from_numpy(y), 0.3)
    assert value.item() == pytest.approx(expected, rel=1e-12)


def test_the_prior_weighs_the_classes():
    logits = torch.tensor([0.0, 1.0, 2.0], dtype=torch.double)
    value = PN()(logits, torch.tensor([True, False, False]), 0.25)
    expected = 0.25 * np.log(2) + 0.75 * np.log1p(np.exp([1.0, 2.0])).mean()
    assert value.item() == pytest.approx(expected, rel=1e-12)
