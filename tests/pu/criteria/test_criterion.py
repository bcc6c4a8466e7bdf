"""What holds for every criterion."""

from itertools import product

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
    MeanPriorVPU,
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
    MeanPriorVPU(),
    MeanPriorVPU("non-negative"),
    MeanPriorVPU(None),
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
def test_value_and_gradient_are_finite(criterion, is_positive):
    for priors, level in product(PRIORS, (-100.0, 0.0, 100.0, -1e4, 1e4)):
        logits = [level] * len(is_positive)
        value, gradient = value_and_gradient(criterion, logits, is_positive, priors)
        case = (priors, level)
        assert value.shape == (), case
        assert torch.isfinite(value), case
        assert gradient.shape == (len(is_positive),), case
        assert torch.isfinite(gradient).all(), case


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


# The slope of DistPU is less than that of its value, by design; see its own tests.
@pytest.mark.parametrize(
    "criterion", [c for c in CRITERIA if not isinstance(c, DistPU)], ids=repr
)
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
        (MeanPriorVPU(), {"correction": "absolute"}),
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


def softplus(values):
    return np.logaddexp(0, values)


def logistic_of(margins):
    return softplus(-margins)


def sigmoid_of(margins):
    return 1 / (1 + np.exp(margins))


# Ten samples: three labelled positives, three known negatives, four unlabeled.
SCORES = np.random.default_rng(11).normal(0, 1.5, 10)
OF_P, OF_K, OF_U = SCORES[:3], SCORES[3:6], SCORES[6:]


@pytest.mark.parametrize(
    ("criterion", "loss"),
    [
        (UPU(), logistic_of),
        (UPU(loss="sigmoid"), sigmoid_of),
        (NNPU(beta=np.inf), logistic_of),
    ],
    ids=["UPU", "UPU, sigmoid", "NNPU"],
)
@pytest.mark.parametrize("labeled", [0.0, 0.1])
@pytest.mark.parametrize("counted", [0.2, 0.45])
def test_the_risk_with_known_negatives_is_that_of_its_formula(
    criterion, loss, labeled, counted
):
    prior, negative = 0.3, 0.2
    expected = (
        prior * loss(OF_P).mean()
        + counted * loss(-OF_K).mean()
        + (1 - labeled - negative) * loss(-OF_U).mean()
        - (prior - labeled) * loss(-OF_P).mean()
    )
    priors = Priors(prior, labeled).with_negatives(negative, counted)
    assert value_with_negatives(criterion, priors) == pytest.approx(expected, rel=1e-12)


def value_with_negatives(criterion, priors, **others):
    number = torch.arange(10)
    is_negative = (number >= 3) & (number < 6)
    logits = torch.from_numpy(SCORES)
    return criterion(
        logits, number < 3, priors, is_negative=is_negative, **others
    ).item()


def test_the_usual_cross_entropy_if_all_positives_are_labelled():
    priors = Priors(0.3, 0.3).with_negatives(0.3, 0.3)
    expected = (
        3 * logistic_of(OF_P).mean()
        + 3 * softplus(OF_K).mean()
        + 4 * softplus(OF_U).mean()
    ) / 10
    assert value_with_negatives(PN(), priors) == pytest.approx(expected)


def test_the_negative_part_is_corrected_without_the_known_negatives():
    """Their loss cannot be overfitted, so it never makes up for the other part."""
    priors = Priors(0.6, 0.1).with_negatives(0.2, 0.3)
    inner = (0.7 * logistic_of(-OF_U).mean() - 0.5 * logistic_of(-OF_P).mean()) / 0.8
    positive, known = 0.6 * logistic_of(OF_P).mean(), 0.3 * softplus(OF_K).mean()
    assert inner < 0
    assert value_with_negatives(NNPU(), priors) == pytest.approx(positive + known)
    assert value_with_negatives(AbsPU(), priors) == pytest.approx(
        positive + known + 0.8 * abs(inner)
    )


@pytest.mark.parametrize(
    ("criterion", "weight", "loss"),
    [
        (GEKL(), 1.0, logistic_of),
        (GEBinomial(), 1.0, logistic_of),
        (CountLoss(), 1.0, logistic_of),
        (VPU(), 1.0, logistic_of),
        (ImbalancedNNPU(0.3, loss="sigmoid"), 0.3, sigmoid_of),
        (DistPU(), (2 * 0.3 - 0.1) / 0.8, sigmoid_of),
        (MeanPriorVPU(), 0.3 / 0.8, sigmoid_of),
        (PN(), 0.3 / 0.8, logistic_of),
    ],
    ids=[
        *("GEKL", "GEBinomial", "CountLoss", "VPU", "ImbalancedNNPU", "DistPU"),
        *("MeanPriorVPU", "PN"),
    ],
)
def test_known_negatives_count_as_much_as_positives_of_their_share(
    criterion, weight, loss
):
    priors = Priors(0.3, 0.1).with_negatives(0.2, 0.15)
    others = torch.from_numpy(np.concatenate([OF_P, OF_U]))
    rest = criterion(others, torch.arange(7) < 3, Priors(0.3 / 0.8, 0.1 / 0.8)).item()
    expected = 0.8 * (rest + weight * 0.15 / 0.3 * loss(-OF_K).mean())
    assert value_with_negatives(criterion, priors) == pytest.approx(expected)


@each_criterion
def test_a_plain_prior_takes_known_negatives(criterion):
    """They count as much as all positives, and the unlabeled are the population."""
    expected = value_with_negatives(criterion, Priors(0.3).with_negatives(0.0, 0.3))
    assert value_with_negatives(criterion, 0.3) == expected
    # Above one half, there are fewer negatives than positives.
    expected = value_with_negatives(criterion, Priors(0.7).with_negatives(0.0, 1 - 0.7))
    assert value_with_negatives(criterion, Priors(0.7)) == expected


@each_criterion
def test_a_batch_without_known_negatives(criterion):
    logits, is_positive = torch.from_numpy(SCORES), torch.arange(10) < 3
    priors = Priors(0.3, 0.1).with_negatives(0.2, 0.3)
    rest = 0.8 * criterion(logits, is_positive, Priors(0.3 / 0.8, 0.1 / 0.8))
    for none in (None, torch.zeros(10)):
        value = criterion(logits, is_positive, priors, is_negative=none)
        torch.testing.assert_close(value, rest)


@pytest.mark.parametrize("criterion", WEIGHTED, ids=repr)
def test_a_known_negative_of_weight_2_is_two_samples(criterion):
    priors = Priors(0.3, 0.1).with_negatives(0.2, 0.3)
    weight = torch.ones(10)
    weight[4] = 2
    weighted = value_with_negatives(criterion, priors, sample_weight=weight)
    rows = torch.tensor([*range(5), 4, *range(5, 10)])
    is_negative = (rows >= 3) & (rows < 6)
    twice = criterion(
        torch.from_numpy(SCORES)[rows], rows < 3, priors, is_negative=is_negative
    )
    assert weighted == pytest.approx(twice.item())
    weight[3:6] = 0
    value = value_with_negatives(criterion, priors, sample_weight=weight)
    none = criterion(
        torch.from_numpy(np.concatenate([OF_P, OF_U])), torch.arange(7) < 3, priors
    )
    assert value == pytest.approx(none.item())


@each_criterion
@pytest.mark.parametrize("level", [-1e4, 0.0, 1e4])
@pytest.mark.parametrize("kinds", [[1, -1, 0], [-1], [1, -1], [-1, 0], []], ids=repr)
def test_value_and_gradient_with_negatives_are_finite(criterion, level, kinds):
    kind = torch.tensor(kinds)
    logits = torch.full((len(kinds),), level, requires_grad=True)
    value = criterion(logits, kind == 1, Priors(0.3), is_negative=kind == -1)
    value.backward()
    assert torch.isfinite(value)
    assert torch.isfinite(logits.grad).all()


def test_wrong_known_negatives_are_refused():
    logits, is_positive = torch.zeros(3), torch.tensor([True, False, False])
    with pytest.raises(ValueError, match=r"`is_negative` .* \(2,\) and \(3,\)"):
        PN()(logits, is_positive, 0.3, is_negative=torch.zeros(2))
    with pytest.raises(ValueError, match=r"both a labelled .* Got 1 that are both"):
        PN()(logits, is_positive, 0.3, is_negative=torch.tensor([1, 1, 0]))
    for negative, counted in ((0.7, 0.1), (-0.1, 0.1), (0.1, -0.1)):
        priors = Priors(0.3).with_negatives(negative, counted)
        with pytest.raises(ValueError, match="share of the known negatives must be"):
            PN()(logits, is_positive, priors, is_negative=~is_positive)


class Means:
    """The means of a batch in double precision, from their definitions."""

    def __init__(self, s, p, weight, priors):
        self.s, self.p, self.weight = s, p, weight
        self.pi, self.h = priors
        self.pi_u = (self.pi - self.h) / (1 - self.h)

    def over(self, mask, values):
        if not mask.any():
            return 0.0
        return np.average(values[mask], weights=self.weight[mask])

    def P(self, function):
        return self.over(self.p, function(self.s))

    def U(self, function):
        return self.over(~self.p, function(self.s))

    def M(self, function):
        return self.h * self.P(function) + (1 - self.h) * self.U(function)

    def negatives_risk(self, loss):
        return self.M(loss) - self.pi * self.P(loss)


def sigma(s):
    return sigmoid_of(-s)


def divergence(share, mean):
    rest = (1 - share) * np.log((1 - share) / (1 - mean))
    return rest + (share * np.log(share / mean) if share else 0)


def ge_kl(m):
    n = (~m.p).sum()
    return m.P(logistic_of) + 10 * divergence(m.pi_u or 0.5 / n, m.U(sigma))


def vpu(m):
    mean = m.M(sigma)
    return m.P(logistic_of) + np.log(mean) + 10 * divergence(m.pi, mean)


def imbalanced(m):
    negatives = 0.7 / (1 - m.pi) * m.negatives_risk(sigma)
    return 0.3 * m.P(sigmoid_of) + max(negatives, 0)


def dist_pu(m):
    missed = (2 * m.pi - m.h) * m.P(sigmoid_of)
    return missed + (1 - m.h) * abs(m.U(sigma) - m.pi_u)


FORMULAS = {
    PN(): lambda m: m.pi * m.P(logistic_of) + (1 - m.pi) * m.U(softplus),
    UPU(): lambda m: m.pi * m.P(logistic_of) + m.negatives_risk(softplus),
    UPU(loss="sigmoid"): lambda m: m.pi * m.P(sigmoid_of) + m.negatives_risk(sigma),
    NNPU(): lambda m: m.pi * m.P(logistic_of) + max(m.negatives_risk(softplus), 0),
    AbsPU(): lambda m: m.pi * m.P(logistic_of) + abs(m.negatives_risk(softplus)),
    ImbalancedNNPU(0.3, loss="sigmoid"): imbalanced,
    DistPU(): dist_pu,
    MeanPriorVPU(None): lambda m: m.pi * m.P(logistic_of) + m.M(sigma),
    GEKL(): ge_kl,
    VPU(): vpu,
}
NEED_BOTH_KINDS = (GEKL, VPU)


@pytest.mark.parametrize("criterion", FORMULAS, ids=repr)
@settings(max_examples=40, deadline=None)
@given(
    prior=st.sampled_from([0.003, 0.1, 0.5, 0.9, 0.99]),
    share=st.sampled_from([0.0, 0.1, 0.9, 1.0]),
    n_positive=st.integers(0, 6),
    n_unlabeled=st.integers(0, 12),
    centre=st.floats(-6, 6),
    seed=st.integers(0, 2**31),
    precision=st.sampled_from([torch.float32, torch.float64]),
)
def test_it_is_its_formula_for_any_prior_and_weights(
    criterion, prior, share, n_positive, n_unlabeled, centre, seed, precision
):
    """In single precision, too, and for batches that lack a kind of sample."""
    needed = isinstance(criterion, NEED_BOTH_KINDS)
    p = np.arange(max(n_positive + n_unlabeled, 2 * needed)) < max(n_positive, needed)
    if needed and p.all():
        p[-1] = False
    rng = np.random.default_rng(seed)
    s, weight = rng.normal(centre, 2, len(p)), rng.uniform(0.1, 4, len(p))
    priors = Priors(prior, labeled=share * prior)
    value = criterion(
        torch.tensor(s, dtype=precision),
        torch.from_numpy(p),
        priors,
        sample_weight=torch.tensor(weight, dtype=precision),
    )
    expected = FORMULAS[criterion](Means(s, p, weight, priors))
    close = 1e-9 if precision == torch.float64 else 2e-4
    assert value.item() == pytest.approx(expected, rel=close, abs=close * 1e-2)
