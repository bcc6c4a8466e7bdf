import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from pusklearn import PUClassifier
from pusklearn.modules import MLP
from pusklearn.pu._samples import as_samples
from pusklearn.pu.criteria._criterion import Priors
from pusklearn.pu.network._collapse import (
    Look,
    find_collapse,
    is_upside_down,
    look_at,
    predicted_interval,
    ranking,
)

RNG = np.random.default_rng(0)


def looked_at(positive, unlabeled):
    """Return logits as a look at samples that all differ."""
    n = len(positive) + len(unlabeled)
    X = np.arange(n, dtype=np.float32)[:, None]
    return Look(X, np.float32(positive), np.float32(unlabeled))


def logits(n, share, distance=4.0):
    """Return logits of which a share is above 0, and all of which differ."""
    above = np.arange(n) < round(share * n)
    return np.where(above, distance, -distance) + np.linspace(-1, 1, n)


@pytest.mark.parametrize(
    ("found", "predicted", "prior", "message"),
    [
        (0.9, 0.25, 0.3, None),
        (0.5, 0.1, 0.3, None),
        (1.0, 0.5, 0.3, None),
        (0.0, 0.0, 0.3, "finds 0% of the labelled .* the prior is 0.3"),
        (0.06, 0.01, 0.05, "finds 6%"),
        (1.0, 1.0, 0.3, "predicts all samples positive; the prior is 0.3"),
        (1.0, 1.0, 0.9, None),
        (1.0, 0.9, 0.1, "predicts between .* the prior is 0.1"),
        (0.9, 0.02, 0.5, "predicts between .* the prior is 0.5"),
        (0.9, 0.0, 0.003, None),
    ],
)
@pytest.mark.parametrize("labeled", [0.0, 0.001])
def test_a_share_far_from_the_prior_is_told(found, predicted, prior, message, labeled):
    look = looked_at(logits(100, found), logits(400, predicted))
    told = find_collapse(look, Priors(prior, labeled))
    if message is None:
        assert told is None
    else:
        assert message.split(" .* ")[0] in told
        assert message.split(" .* ")[-1] in told


def test_an_order_that_is_upside_down_is_told():
    look = looked_at(RNG.normal(size=50), RNG.normal(1, size=300))
    assert "below the unlabeled" in find_collapse(look, Priors(0.3))
    assert not is_upside_down(RNG.normal(size=5), RNG.normal(0.5, size=300))


def test_a_constant_output_is_told_unless_the_samples_are_equal():
    look = looked_at(np.full(20, 3.0), np.full(50, 3.0))
    assert "the same output, 3, for all samples" in find_collapse(look, Priors(0.3))
    assert find_collapse(look._replace(X=np.ones((70, 2))), Priors(0.3)) is None


def test_outputs_that_are_not_finite_tell_nothing():
    look = looked_at(np.full(20, np.nan), np.zeros(50))
    assert find_collapse(look, Priors(0.3)) is None


def test_the_ranking_is_the_area_under_the_curve():
    positive, unlabeled = RNG.integers(0, 9, 40), RNG.integers(0, 7, 90)
    area, error = ranking(positive, unlabeled)
    y = np.arange(130) < 40
    assert area == pytest.approx(roc_auc_score(y, np.r_[positive, unlabeled]))
    draws = [
        ranking(values[:40], values[40:])[0]
        for values in (RNG.permutation(130) for _ in range(2000))
    ]
    assert error == pytest.approx(np.std(draws), rel=0.1)


def test_the_interval_counts_labelled_positives_in_the_single_scheme_only():
    look = looked_at(logits(10, 1.0), logits(100, 0.0))
    apart = predicted_interval(look, Priors(0.3))
    assert apart == pytest.approx((0, 1 - 0.005**0.01))
    low, high = predicted_interval(look, Priors(0.3, labeled=0.1))
    assert (low, high) == pytest.approx((0.1, 0.1 + 0.9 * apart[1]))


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((3,), (200, 800)), ((5, 5), (50, 200)), ((2001,), (50, 200))],
)
def test_a_look_holds_some_samples_of_each_kind_with_their_logits(shape, expected):
    X = RNG.normal(size=(1500, *shape)).astype(np.float32)
    y = np.arange(1500) % 5 == 0
    quick = {"max_epochs": 1, "steps_per_epoch": 1, "random_state": 0}
    classifier = PUClassifier(MLP((4,)), **quick).fit(X, y)
    samples, _ = as_samples(X).check_fit(classifier, y)
    look = look_at(classifier, samples, np.flatnonzero(y))
    assert (len(look.positive), len(look.unlabeled)) == expected
    values = classifier.decision_function(look.X)
    found = np.concatenate([look.positive, look.unlabeled])
    np.testing.assert_allclose(found, values, rtol=1e-4, atol=1e-5)
    rows = {row.tobytes(): number for number, row in enumerate(X)}
    numbers = np.array([rows[row.tobytes()] for row in look.X])
    assert y[numbers].tolist() == [True] * expected[0] + [False] * expected[1]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    ("prior", "n"), [(1.0, 800), (0.02, 2000), (0.01, 2800)], ids=str
)
def test_more_samples_are_looked_at_if_positives_are_rare(prior, n):
    X = RNG.normal(size=(3000, 2)).astype(np.float32)
    y = np.arange(3000) < 200
    quick = {"max_epochs": 1, "steps_per_epoch": 1, "random_state": 0}
    classifier = PUClassifier(MLP((4,)), **quick).fit(X, y)
    samples, _ = as_samples(X).check_fit(classifier, y)
    look = look_at(classifier, samples, np.flatnonzero(y), prior=prior)
    assert (len(look.positive), len(look.unlabeled)) == (200, n)


def test_weights_count_in_what_is_found_and_predicted():
    look = looked_at(logits(100, 0.5), logits(400, 0.5))
    priors = Priors(0.5, 0.2)
    assert find_collapse(look, priors) is None
    on_low = look._replace(
        positive_weight=np.where(look.positive > 0, 0.01, 1.0),
        unlabeled_weight=np.where(look.unlabeled > 0, 0.01, 1.0),
    )
    assert "finds 1% of the labelled" in find_collapse(on_low, priors)
    low, high = predicted_interval(on_low, priors)
    assert low < 0.01 < high < 0.05
