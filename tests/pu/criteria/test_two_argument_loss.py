import pytest
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from pusklearn.criteria import PN, Priors
from pusklearn.pu.criteria._registry import as_criterion
from pusklearn.pu.criteria._two_argument_loss import TwoArgumentLoss, with_priors

LOGITS = torch.tensor([2.0, -1.0, 0.5, -3.0], requires_grad=True)
IS_POSITIVE = torch.tensor([True, True, False, False])


def plain_loss(logits, labels):
    return nn.functional.softplus(torch.where(labels > 0, -logits, logits))


@pytest.mark.parametrize(
    "loss",
    [
        nn.BCEWithLogitsLoss(),
        nn.BCEWithLogitsLoss(reduction="none"),
        binary_cross_entropy_with_logits,
        nn.SoftMarginLoss(),
        plain_loss,
    ],
)
@pytest.mark.parametrize("priors", [0.3, Priors(0.5, labeled=0.4)])
def test_the_logistic_loss_is_pn(loss, priors):
    if isinstance(loss, nn.SoftMarginLoss):

        def loss(logits, labels, _soft=loss):
            return _soft(logits, 2 * labels - 1)

    value = as_criterion(loss)(LOGITS, IS_POSITIVE, priors)
    assert value.item() == pytest.approx(PN()(LOGITS, IS_POSITIVE, priors).item())


@pytest.mark.parametrize("kind", [True, False])
def test_a_batch_of_one_kind_is_finite_and_has_a_gradient(kind):
    logits = torch.tensor([2.0, -1.0], requires_grad=True)
    loss = TwoArgumentLoss(nn.BCEWithLogitsLoss())
    loss(logits, torch.tensor([kind, kind]), 0.5).backward()
    assert torch.isfinite(logits.grad).all()


def with_default_priors(logits, is_positive, priors=0.5):
    return logits.mean()


def with_any(*arguments):
    return arguments[0].mean()


@pytest.mark.parametrize(
    "criterion",
    [PN(), with_default_priors, with_any, lambda logits, y, p: logits.mean()],
)
def test_criteria_stay_as_they_are(criterion):
    assert with_priors(criterion) is criterion


@pytest.mark.parametrize(
    "loss", [lambda logits: logits.mean(), lambda a, b, c, d: a.mean()]
)
def test_other_arguments_are_refused(loss):
    with pytest.raises(TypeError, match=r"\(logits, is_positive, priors\)"):
        as_criterion(loss)


@pytest.mark.parametrize(
    ("loss", "wanted"),
    [
        (nn.BCELoss(), "BCELoss takes probabilities"),
        (nn.functional.binary_cross_entropy, "takes probabilities"),
        (nn.CrossEntropyLoss(), "takes one output per class"),
        (nn.functional.nll_loss, "takes one output per class"),
        (nn.SoftMarginLoss(), "takes labels of 1 and -1"),
        (nn.TripletMarginLoss(), "takes three tensors"),
    ],
)
def test_a_loss_of_torch_that_takes_something_else_is_refused(loss, wanted):
    with pytest.raises(TypeError, match=f"{wanted}; give torch.nn.BCEWithLogitsLoss"):
        as_criterion(loss)


def test_a_loss_of_the_user_may_have_any_name():
    class BCELoss(nn.Module):
        def forward(self, logits, labels):
            return plain_loss(logits, labels).mean()

    assert isinstance(as_criterion(BCELoss()), TwoArgumentLoss)


def test_a_loss_that_returns_nothing_is_told_by_its_own_result():
    assert TwoArgumentLoss(lambda x, y: None)(LOGITS, IS_POSITIVE, 0.5) is None
