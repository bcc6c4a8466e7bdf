import pytest
import torch

from pusklearn.criteria import NNPU, UPU, Priors
from pusklearn.pu.criteria._criterion import logistic, mean_over, risk_terms

# The unlabeled sample scores far below the positive one: the rest is negative.
LOGITS = [3.0, -4.0]
IS_POSITIVE = torch.tensor([True, False])


def parts(logits):
    return risk_terms(logits, IS_POSITIVE, Priors(0.5), logistic)


def test_above_zero_it_is_the_unbiased_risk():
    logits = torch.tensor([0.5, 1.0])
    _, rest = parts(logits)
    assert rest > 0
    value = NNPU()(logits, IS_POSITIVE, 0.5)
    torch.testing.assert_close(value, UPU()(logits, IS_POSITIVE, 0.5))


@pytest.mark.parametrize(("beta", "gamma"), [(0.0, 1.0), (0.1, 1.0), (0.0, 0.3)])
def test_below_zero_the_step_undoes_the_negative_part(beta, gamma):
    logits = torch.tensor(LOGITS, requires_grad=True)
    value = NNPU(beta=beta, gamma=gamma)(logits, IS_POSITIVE, 0.5)
    (gradient,) = torch.autograd.grad(value, logits)
    again = torch.tensor(LOGITS, requires_grad=True)
    positive, rest = parts(again)
    assert rest < -beta
    (expected,) = torch.autograd.grad(-gamma * rest, again)
    torch.testing.assert_close(gradient, expected)
    assert value.item() == pytest.approx(positive.item() - beta)


def test_within_the_tolerance_it_is_left_alone():
    logits = torch.tensor(LOGITS)
    _, rest = parts(logits)
    value = NNPU(beta=-rest.item() + 0.01)(logits, IS_POSITIVE, 0.5)
    torch.testing.assert_close(value, UPU()(logits, IS_POSITIVE, 0.5))


def test_the_share_of_labelled_samples_is_that_of_the_data_not_of_the_batch():
    logits = torch.tensor([0.2, 0.4, -0.1, 1.5], dtype=torch.double)
    few = torch.tensor([True, False, False, False])
    priors = Priors(0.5, labeled=0.2)
    as_negative = mean_over(logistic(-logits), few)
    unlabeled = mean_over(logistic(-logits), ~few)
    expected = 0.2 * as_negative + 0.8 * unlabeled - 0.5 * as_negative
    _, rest = risk_terms(logits, few, priors, logistic)
    torch.testing.assert_close(rest, expected)


def test_at_the_tolerance_itself_it_is_the_unbiased_risk():
    """With the sigmoid loss, the negative part is 0.5 - 0.5 * 1."""
    logits = torch.tensor([100.0, 0.0], requires_grad=True)
    value = NNPU(loss="sigmoid")(logits, IS_POSITIVE, 0.5)
    assert value.item() == pytest.approx(0, abs=1e-12)
    value.backward()
    assert logits.grad.tolist() == pytest.approx([0, 0.25])


def test_by_default_beta_is_0_and_gamma_is_1():
    # The rest is negative, and less than 1 below 0.
    logits = torch.tensor([1.0, -1.0])
    assert -1 < parts(logits)[1] < 0
    gradients = []
    for risk in (lambda s: NNPU()(s, IS_POSITIVE, 0.5), lambda s: -parts(s)[1]):
        s = logits.clone().requires_grad_()
        risk(s).backward()
        gradients.append(s.grad)
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize(("name", "bad"), [("beta", -1), ("gamma", 2)])
def test_a_message_names_the_parameter(name, bad):
    with pytest.raises(ValueError, match=f"^`{name}` must be"):
        NNPU(**{name: bad})(torch.tensor(LOGITS), IS_POSITIVE, 0.5)
    NNPU(beta=float("inf"))(torch.tensor(LOGITS), IS_POSITIVE, 0.5)
