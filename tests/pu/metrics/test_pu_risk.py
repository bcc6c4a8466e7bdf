import numpy as np
import pytest

from pusklearn.metrics import pu_risk

Y = np.array([1, 1, 0, 0, 0, 0])
LOGITS = np.array([2.0, 0.5, 3.0, -1.0, -2.0, 0.2])


def logistic(margins):
    return np.log1p(np.exp(-margins))


@pytest.mark.parametrize("scheme", ["single", "case-control"])
def test_it_is_the_formula_of_the_scheme(scheme):
    population = LOGITS if scheme == "single" else LOGITS[2:]
    labelled = logistic(LOGITS[:2]) - logistic(-LOGITS[:2])
    expected = 0.4 * labelled.mean() + logistic(-population).mean()
    found = pu_risk(Y, LOGITS, prior=0.4, scheme=scheme)
    assert found == pytest.approx(expected)


def test_where_every_positive_is_labelled_it_is_the_mean_loss():
    expected = logistic(np.where(Y == 1, LOGITS, -LOGITS)).mean()
    assert pu_risk(Y, LOGITS, prior=None) == pytest.approx(expected)


def test_the_part_of_the_negatives_is_not_let_below_zero():
    scores = np.where(Y == 1, 3.0, -3.0)
    positive = 0.8 * logistic(3.0)
    rest = 2 / 6 * logistic(-3.0) + 4 / 6 * logistic(3.0) - 0.8 * logistic(-3.0)
    assert rest < 0
    assert pu_risk(Y, scores, prior=0.8) == pytest.approx(positive)
    unbiased = pu_risk(Y, scores, prior=0.8, non_negative=False)
    assert unbiased == pytest.approx(positive + rest)


def test_the_sigmoid_loss_of_sure_scores_is_the_share_of_errors():
    scores = np.array([50.0, 50, 50, -50, -50, -50])
    found = pu_risk(Y, scores, prior=0.5, loss="sigmoid")
    assert found == pytest.approx(1 - (1 - 0.5 - 0.5 + 2 * 0.5))


def test_an_unknown_loss_is_refused():
    with pytest.raises(ValueError, match=r"`loss` must be 'logistic' or .*Got 'hinge'"):
        pu_risk(Y, LOGITS, prior=0.5, loss="hinge")
