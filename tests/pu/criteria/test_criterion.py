"""What holds for every criterion."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from pusklearn.criteria import (
    GEKL,
    NNPU,
    PN,
    UPU,
    VPU,
    AbsPU,
    CountLoss,
    Criterion,
    DistPU,
    GEBinomial,
    ImbalancedNNPU,
    Priors,
)
from pusklearn.pu.criteria._criterion import unlabeled_prior

CRITERIA = [
    PN(),
    UPU(),
    UPU(loss="sigmoid"),
    NNPU(),
    NNPU(loss="sigmoid"),
    NNPU(beta=0.01, gamma=0.5),
    GEKL(),
    GEBinomial(),
    GEBinomial(slack=1.0),
    AbsPU(),
    AbsPU(loss="sigmoid"),
    ImbalancedNNPU(),
    ImbalancedNNPU(positive_weight=0.3, loss="sigmoid"),
    VPU(),
    VPU(slack=0.0),
    DistPU(),
    CountLoss(),
    CountLoss(slack=1.0),
]
PRIORS = [Priors(0.3), Priors(0.3, labeled=0.1), Priors(0.1, labeled=0.1)]

each_criterion = pytest.mark.parametrize("criterion", CRITERIA, ids=repr)
each_priors = pytest.mark.parametrize("priors", PRIORS, ids=repr)


def value_and_gradient(criterion, logits, is_positive, priors):
    logits = torch.tensor(logits, dtype=torch.float32, requires_grad=True)
    value = criterion(logits, torch.tensor(is_positive), priors)
    value.backward()
    return value, logits.grad


@each_criterion
@each_priors
@pytest.mark.parametrize("level", [-100.0, 0.0, 100.0, -1e4, 1e4])
@pytest.mark.parametrize(
    "is_positive",
    [[True] * 4, [False] * 4, [True, False, False, False], [True], [False], []],
    ids=[
        "no unlabeled",
        "no positive",
        "both",
        "one positive",
        "one unlabeled",
        "none",
    ],
)
def test_value_and_gradient_are_finite(criterion, priors, level, is_positive):
    logits = [level] * len(is_positive)
    value, gradient = value_and_gradient(criterion, logits, is_positive, priors)
    assert value.shape == ()
    assert torch.isfinite(value)
    assert gradient.shape == (len(is_positive),)
    assert torch.isfinite(gradient).all()


@each_criterion
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), n=st.integers(2, 40))
def test_the_order_of_a_batch_does_not_matter(criterion, seed, n):
    rng = np.random.default_rng(seed)
    logits = torch.from_numpy(rng.normal(0, 3, n))
    is_positive = torch.from_numpy(rng.random(n) < 0.4)
    order = torch.from_numpy(rng.permutation(n))
    value = criterion(logits, is_positive, 0.4)
    shuffled = criterion(logits[order], is_positive[order], 0.4)
    torch.testing.assert_close(value, shuffled)


@each_criterion
@each_priors
def test_gradient_agrees_with_finite_differences(criterion, priors):
    rng = np.random.default_rng(3)
    logits = torch.tensor(rng.normal(0, 1, 12), requires_grad=True)
    is_positive = torch.arange(12) < 4
    risk = criterion(logits, is_positive, priors)
    if isinstance(criterion, NNPU):
        # Below zero the gradient is not that of the value, by design.
        risk_rest = UPU(loss=criterion.loss)(logits, is_positive, priors)
        assert risk.item() == pytest.approx(risk_rest.item())
    (gradient,) = torch.autograd.grad(risk, logits)
    step = 1e-5
    for i in range(12):
        shift = torch.zeros(12, dtype=torch.double)
        shift[i] = step
        with torch.no_grad():
            up = criterion(logits + shift, is_positive, priors)
            down = criterion(logits - shift, is_positive, priors)
        assert gradient[i].item() == pytest.approx(
            (up - down).item() / 2 / step, 1e-3, 1e-7
        )


@each_criterion
def test_raising_a_positives_score_lowers_the_objective(criterion):
    is_positive = torch.tensor([True, False, False, False])
    low = criterion(torch.tensor([0.0, -1, -2, 0]), is_positive, 0.3)
    high = criterion(torch.tensor([1.0, -1, -2, 0]), is_positive, 0.3)
    assert high < low


@each_criterion
def test_clone_keeps_the_parameters(criterion):
    assert clone(criterion).get_params() == criterion.get_params()


@each_criterion
def test_half_precision_logits_are_taken_to_single_precision(criterion):
    logits = torch.tensor([1.0, -0.5, 0.25])
    is_positive = torch.tensor([True, False, False])
    value = criterion(logits.bfloat16(), is_positive, 0.3)
    assert value.dtype == torch.float32
    torch.testing.assert_close(value, criterion(logits, is_positive, 0.3))


@pytest.mark.parametrize("criterion", [UPU, NNPU, AbsPU, ImbalancedNNPU])
def test_an_unknown_margin_loss_is_named(criterion):
    with pytest.raises(
        ValueError, match=r"`loss` must be 'logistic' or 'sigmoid'. Got 'h"
    ):
        criterion(loss="hinge")(torch.zeros(2), torch.tensor([True, False]), 0.3)


def test_without_positives_among_the_unlabeled_the_pu_risk_is_that_of_pn():
    rng = np.random.default_rng(0)
    logits = torch.from_numpy(rng.normal(0, 2, 30))
    is_positive = torch.arange(30) < 10
    priors = Priors(0.2, labeled=0.2)
    pn = PN()(logits, is_positive, priors)
    torch.testing.assert_close(UPU()(logits, is_positive, priors), pn)
    torch.testing.assert_close(NNPU()(logits, is_positive, priors), pn)
    torch.testing.assert_close(AbsPU()(logits, is_positive, priors), pn)


@each_criterion
@pytest.mark.parametrize("shape", [(4, 1), (1, 4), ()])
def test_logits_of_another_shape_are_refused(criterion, shape):
    is_positive = torch.ones(shape[:1] or (1,), dtype=torch.bool)
    with pytest.raises(ValueError, match=r"must both have shape \(n,\)"):
        criterion(torch.zeros(shape), is_positive, 0.3)


@each_criterion
def test_labels_of_one_and_minus_one_or_zero_are_read_by_their_sign(criterion):
    logits = torch.tensor([1.0, -0.5, 0.25])
    expected = criterion(logits, torch.tensor([True, False, False]), 0.3)
    for unlabeled in (0, -1, -1.0):
        labels = torch.tensor([1, unlabeled, unlabeled])
        torch.testing.assert_close(criterion(logits, labels, 0.3), expected)


@pytest.mark.parametrize("priors", [0, 1, 1.5, Priors(0.1, labeled=0.5), Priors(1.2)])
def test_shares_out_of_their_range_are_refused(priors):
    with pytest.raises(ValueError, match=r"must be in \(0, 1\)"):
        PN()(torch.zeros(2), torch.tensor([True, False]), priors)


@pytest.mark.parametrize(
    ("criterion", "error"),
    [
        (GEBinomial(slack=-1), ValueError),
        (GEKL(slack=-0.1), ValueError),
        (GEKL(slack="a"), TypeError),
        (GEKL(slack=np.inf), ValueError),
        (VPU(slack=None), TypeError),
        (NNPU(beta=-1), ValueError),
        (NNPU(gamma=-0.1), ValueError),
        (NNPU(gamma=2), ValueError),
        (ImbalancedNNPU(positive_weight=-0.1), ValueError),
        (ImbalancedNNPU(gamma=-0.1), ValueError),
    ],
    ids=repr,
)
def test_hyper_parameters_out_of_their_range_are_refused(criterion, error):
    with pytest.raises(error, match=r"must be .*a number in .* Got "):
        criterion(torch.zeros(2), torch.tensor([True, False]), 0.3)


@pytest.mark.parametrize(
    "criterion",
    [
        GEBinomial(slack=0),
        GEKL(slack=0),
        VPU(slack=0),
        CountLoss(slack=0),
        NNPU(beta=0, gamma=0),
        NNPU(gamma=1),
        ImbalancedNNPU(positive_weight=0),
        ImbalancedNNPU(positive_weight=1, gamma=0),
    ],
    ids=repr,
)
def test_hyper_parameters_at_the_ends_of_their_range_pass(criterion):
    value = criterion(torch.zeros(2), torch.tensor([True, False]), 0.3)
    assert torch.isfinite(value)


def test_an_endless_tolerance_leaves_the_unbiased_risk():
    logits, is_positive = torch.tensor([3.0, -4.0]), torch.tensor([True, False])
    unbiased = UPU()(logits, is_positive, 0.5)
    torch.testing.assert_close(NNPU(np.inf)(logits, is_positive, 0.5), unbiased)


@pytest.mark.parametrize(
    ("criterion", "parameters"),
    [
        (UPU(), {"loss": "logistic"}),
        (AbsPU(), {"loss": "logistic"}),
        (NNPU(), {"beta": 0.0, "gamma": 1.0, "loss": "logistic"}),
        (
            ImbalancedNNPU(),
            {"positive_weight": 0.5, "beta": 0.0, "gamma": 1.0, "loss": "logistic"},
        ),
        (GEKL(), {"slack": 10.0}),
        (VPU(), {"slack": 10.0}),
        (GEBinomial(), {"slack": "auto"}),
        (CountLoss(), {"slack": "auto"}),
    ],
    ids=repr,
)
def test_the_defaults_are_those_of_the_docstrings(criterion, parameters):
    assert criterion.get_params() == parameters


def test_a_subclass_without_its_method_says_which_one():
    class Nothing(Criterion):
        pass

    with pytest.raises(NotImplementedError, match=r"Nothing must have .* compute\("):
        Nothing()(torch.zeros(2), torch.tensor([True, False]), 0.3)


def test_one_unlabeled_sample_is_half_a_positive_if_the_prior_leaves_none():
    n = torch.tensor(1)
    assert unlabeled_prior(Priors(0.5, labeled=0.5), n).item() == 0.5
    assert unlabeled_prior(Priors(0.5, labeled=0.5), 4 * n).item() == 0.125
    assert unlabeled_prior(Priors(0.5), n).item() == 0.5
    assert unlabeled_prior(Priors(0.2), 9 * n).item() == 0.2


@pytest.mark.parametrize("criterion", [GEKL(slack=3.0), GEBinomial(), CountLoss()])
def test_without_an_unlabeled_sample_the_positives_risk_alone_is_left(criterion):
    s = np.array([-2.0, 0.5, 1.0])
    value = criterion(torch.from_numpy(s), torch.ones(3, dtype=torch.bool), 0.3)
    assert value.item() == pytest.approx(np.log1p(np.exp(-s)).mean(), rel=1e-12)


def test_logits_and_labels_of_two_axes_are_refused_even_if_they_agree():
    with pytest.raises(ValueError):
        NNPU()(torch.zeros(3, 1), torch.ones(3, 1, dtype=torch.bool), 0.3)


WEIGHTED = [c for c in CRITERIA if not isinstance(c, CountLoss)]


@pytest.mark.parametrize("criterion", WEIGHTED, ids=repr)
@pytest.mark.parametrize("priors", [0.3, Priors(0.5, labeled=0.3)])
def test_a_sample_of_weight_2_counts_as_two(criterion, priors):
    """The mean of the weights is 1, since criteria know the number of samples."""
    logits = torch.tensor([1.5, -0.5, 0.3, -2.0, -1.0, 0.9, -0.2], dtype=torch.double)
    is_positive = torch.tensor([True, True, True, False, False, False, False])
    weight = torch.tensor([2.0, 0.0, 1.0, 2.0, 1.0, 0.0, 1.0])
    copies = torch.tensor([0, 0, 2, 3, 3, 4, 6])
    weighted = criterion(logits, is_positive, priors, sample_weight=weight)
    expected = criterion(logits[copies], is_positive[copies], priors)
    assert weighted.item() == pytest.approx(expected.item(), rel=1e-6)


@pytest.mark.parametrize("criterion", WEIGHTED, ids=repr)
def test_equal_weights_of_any_size_change_nothing(criterion):
    logits = torch.tensor([1.5, -0.5, 0.3, -2.0])
    is_positive = torch.tensor([True, False, True, False])
    for size in (1e-3, 7.0):
        weighted = criterion(
            logits, is_positive, 0.4, sample_weight=torch.full((4,), size)
        )
        plain = criterion(logits, is_positive, 0.4)
        assert weighted.item() == pytest.approx(plain.item(), rel=1e-5)


@pytest.mark.parametrize("criterion", WEIGHTED, ids=repr)
def test_weights_of_0_leave_value_and_gradient_finite(criterion):
    logits = torch.tensor([1.5, -0.5, 0.3, -2.0], requires_grad=True)
    is_positive = torch.tensor([True, False, True, False])
    value = criterion(logits, is_positive, 0.4, sample_weight=torch.zeros(4))
    value.backward()
    assert torch.isfinite(value)
    assert torch.isfinite(logits.grad).all()


def test_a_criterion_without_weights_refuses_them():
    class Plain(Criterion):
        def compute(self, logits, is_positive, priors):
            return logits.mean()

    for criterion in (CountLoss(), Plain()):
        with pytest.raises(TypeError, match="`sample_weight` needs a criterion"):
            criterion(
                torch.zeros(2),
                torch.tensor([True, False]),
                0.5,
                sample_weight=torch.ones(2),
            )
