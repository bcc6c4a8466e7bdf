import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pusklearn import PUClassifier
from pusklearn.datasets import make_pu
from pusklearn.modules import MLP
from pusklearn.pu._samples import as_samples
from pusklearn.pu.priors._estimate_prior import estimate_from_repeats
from pusklearn.pu.splits._default_scores import default_scores


@pytest.fixture(scope="module")
def digits():
    X, digit = load_digits(return_X_y=True)
    return np.float32(X / 16), np.int64(digit % 2 == 0)


def estimating(**params):
    return PUClassifier(MLP((50,)), prior="estimate", random_state=0, **params)


@pytest.mark.parametrize("scheme", ["single", "case-control"])
def test_it_finds_the_share_of_even_digits(digits, scheme, few_trees):
    X, y_pu, y = make_pu(*digits, n_labeled=300, scheme=scheme, random_state=0)
    classifier = estimating(scheme=scheme, steps_per_epoch=30).fit(X, y_pu)
    low, high = classifier.prior_interval_
    assert low < classifier.prior_ < high
    assert classifier.prior_ == pytest.approx(digits[1].mean(), abs=0.08)
    assert classifier.unlabeled_prior_ == pytest.approx(y[y_pu == 0].mean(), abs=0.08)
    assert classifier.score(X, y) > 0.85


@pytest.mark.filterwarnings("ignore:The classifier finds 0%")
def test_a_small_share_is_found_small(few_trees):
    X, digit = load_digits(return_X_y=True)
    X, y_pu, _ = make_pu(X / 16, digit == 0, label_frequency=0.5, random_state=0)
    classifier = estimating(max_epochs=1, steps_per_epoch=5).fit(X, y_pu)
    assert classifier.prior_ == pytest.approx(np.mean(digit == 0), abs=0.03)


def test_the_same_state_gives_the_same_prior(digits, few_trees):
    X, y_pu, _ = make_pu(*digits, n_labeled=100, random_state=0)
    quick = {"max_epochs": 1, "steps_per_epoch": 5}
    first, second = (estimating(**quick).fit(X, y_pu).prior_ for _ in range(2))
    assert first == second


def test_it_is_the_estimate_from_the_default_scores(digits, few_trees):
    X, y_pu, _ = make_pu(*digits, n_labeled=60, scheme="case-control", random_state=0)
    quick = {"max_epochs": 1, "steps_per_epoch": 20, "scheme": "case-control"}
    classifier = estimating(**quick).fit(X, y_pu)
    is_positive = y_pu == 1
    rows, scores = default_scores(
        as_samples(np.float32(X)), is_positive, np.random.RandomState(0)
    )
    assert len(rows) == len(X)
    share, interval = estimate_from_repeats(
        scores[:, is_positive], scores[:, ~is_positive]
    )
    assert classifier.prior_ == pytest.approx(share)
    assert classifier.prior_interval_ == pytest.approx(interval)


def test_known_negatives_are_left_out(digits, few_trees):
    X, y_pu, y = make_pu(*digits, n_labeled=100, random_state=0)
    quick = {"max_epochs": 1, "steps_per_epoch": 5}
    known = (y == 0) & (np.arange(len(y)) % 2 == 0)
    found = estimating(**quick).fit(X, y_pu, known_negative=known)
    rest = ~known
    expected = estimating(**quick).fit(X[rest], y_pu[rest])
    assert found.unlabeled_prior_ == pytest.approx(expected.unlabeled_prior_)


def test_classes_that_overlap_give_an_upper_bound(few_trees):
    rng = np.random.default_rng(0)
    y = np.arange(1000) < 200
    X = rng.normal(size=(1000, 5)) + np.eye(5)[0] * y[:, None]
    X, y_pu, _ = make_pu(X, y, n_labeled=50, random_state=0)
    quick = {"max_epochs": 1, "steps_per_epoch": 5}
    classifier = estimating(**quick).fit(X, y_pu)
    assert classifier.prior_is_upper_bound_
    low, high = classifier.prior_interval_
    assert low == pytest.approx(0.05)
    assert high >= 0.2
    assert not classifier.set_params(prior=0.2).fit(X, y_pu).prior_is_upper_bound_


def test_a_given_prior_has_no_interval(digits, few_trees):
    X, y_pu, _ = make_pu(*digits, n_labeled=100, random_state=0)
    quick = {"max_epochs": 1, "steps_per_epoch": 5}
    classifier = estimating(**quick).fit(X, y_pu)
    assert classifier.prior_interval_ is not None
    assert classifier.set_params(prior=0.5).fit(X, y_pu).prior_interval_ is None


def test_the_greater_label_need_not_be_the_positive_one(digits, few_trees):
    X, y_pu, _ = make_pu(*digits, n_labeled=100, random_state=0)
    quick = {"max_epochs": 1, "steps_per_epoch": 5}
    named = np.where(y_pu == 1, "A: even", "B: unknown")
    expected = estimating(**quick).fit(X, y_pu).prior_
    assert estimating(pos_label="A: even", **quick).fit(X, named).prior_ == expected


@pytest.mark.parametrize(("positive", "kind"), [(1, "labelled"), (9, "unlabeled")])
def test_one_sample_of_a_kind_gives_no_estimate(positive, kind):
    X = np.random.default_rng(0).normal(size=(10, 3))
    with pytest.raises(ValueError, match=rf"at least 2 {kind} .* Got 1"):
        estimating().fit(X, np.arange(10) < positive)


def test_another_word_than_estimate_is_refused(digits):
    with pytest.raises(ValueError, match=r"'estimate' or a number .* Got 'guess'"):
        PUClassifier(prior="guess").fit(*digits)


def test_it_works_in_a_pipeline(digits, few_trees):
    X, y_pu, y = make_pu(*digits, n_labeled=300, random_state=0)
    pipe = make_pipeline(
        StandardScaler(), estimating(max_epochs=3, steps_per_epoch=50)
    ).fit(X, y_pu)
    assert pipe.score(X, y) > 0.8
