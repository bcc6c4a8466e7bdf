import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression

from pusklearn import PriorEstimator, PUClassifier, estimate_prior
from pusklearn.modules import MLP
from pusklearn.pu.priors._estimate_prior import METHODS
from pusklearn.pu.priors._few_labels import interval_of_few

each_method = pytest.mark.parametrize("method", METHODS)


def draw(share, n_labels, shift, n=300, *, seed):
    """Return scores of labelled positives and unlabeled samples, and their share."""
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < share
    logits = [rng.normal(shift, size=n_labels), rng.normal(shift * truth)]
    positive, unlabeled = (1 / (1 + np.exp(-values)) for values in logits)
    return positive, unlabeled, truth.mean()


@pytest.mark.filterwarnings("ignore:The share of positives was:UserWarning")
@each_method
@pytest.mark.parametrize("n_labels", [1, 3, 9])
@pytest.mark.parametrize(
    ("share", "shift"), [(0.05, 2), (0.3, 3), (0.3, 0.3), (0.8, 2)]
)
def test_the_interval_holds_the_share_as_often_as_it_promises(
    method, n_labels, share, shift
):
    held = []
    for seed in range(60):
        positive, unlabeled, truth = draw(share, n_labels, shift, seed=seed)
        estimate, (low, high) = estimate_prior(positive, unlabeled, method=method)
        assert 0 == low <= estimate <= high <= 1
        held.append(truth <= high)
    assert np.mean(held) >= 0.85


def test_the_upper_end_is_that_of_clopper_and_pearson_over_the_root():
    unlabeled = np.arange(50.0)
    found = interval_of_few(0.1, np.array([48.0, 45.0]), unlabeled, 0.9)
    # 5 of 50 score at least 45; an error of 0.02 is theirs, 0.08 that of the labels.
    end = binomtest(5, 50).proportion_ci(0.96, method="exact").high
    assert found == pytest.approx((0, end / np.sqrt(0.08)), rel=1e-9)


def test_an_estimate_above_the_upper_end_is_held():
    assert interval_of_few(0.9, np.ones(9), np.zeros(1000), 0.9) == (0, 0.9)


def test_nothing_is_known_if_all_unlabeled_samples_score_higher():
    assert interval_of_few(0.2, np.zeros(9), np.ones(10), 0.9) == (0, 1)


@each_method
def test_few_labels_bring_a_warning_and_ten_do_not(method):
    positive, unlabeled, _ = draw(0.3, 10, 2, seed=0)
    estimate_prior(positive, unlabeled, method=method)
    with pytest.warns(UserWarning, match="from only 9 labelled positives"):
        estimate_prior(positive[:9], unlabeled, method=method)


@pytest.mark.parametrize(
    "estimator",
    [
        PriorEstimator(LogisticRegression()),
        PUClassifier(
            MLP((4,)), prior="estimate", max_epochs=1, steps_per_epoch=5, random_state=0
        ),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_an_estimator_warns_once_and_its_interval_begins_at_the_labels(estimator):
    rng = np.random.default_rng(0)
    truth = rng.random(300) < 0.3
    X = rng.normal(size=(300, 3)) + 1.5 * truth[:, None]
    y = np.zeros(300, int)
    y[np.flatnonzero(truth)[:3]] = 1
    with pytest.warns(UserWarning, match="only 3 labelled") as warned:
        estimator.fit(X, y)
    assert len(warned) == 1
    low, high = estimator.prior_interval_
    assert low == pytest.approx(0.01)
    assert truth.mean() <= high
