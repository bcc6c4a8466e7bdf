import re

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_digits, make_classification
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pusklearn import PUThresholdClassifier
from pusklearn.datasets import make_pu

LINEAR = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))


def few_labels(name, n_labeled, seed):
    """Samples, PU labels and the prior."""
    if name == "breast cancer":
        X, y = load_breast_cancer(return_X_y=True)
        y = 1 - y
    elif name == "digits":
        X, digit = load_digits(return_X_y=True)
        X, y = X[:900], digit[:900] % 2
    else:
        share = {"rare": 0.06, "common": 0.7}[name]
        X, y = make_classification(
            1500, 10, weights=[1 - share], class_sep=1.5, flip_y=0, random_state=seed
        )
    X, y_pu, y = make_pu(X, y, n_labeled=n_labeled, random_state=seed)
    return X, y_pu, float(y.mean())


def error_of(threshold, X, y, **params):
    """Return the message, or None if the threshold is within reach."""
    params = {"estimator": LINEAR, "random_state": 0} | params
    try:
        PUThresholdClassifier(threshold=threshold, **params).fit(X, y)
    except ValueError as error:
        assert "is out of reach" in str(error)  # noqa: PT017
        return str(error)
    return None


def rates_in(message):
    """The least rate within reach, and that with cv=5; 1 or None where not told."""
    now = re.search(r"within reach is ([\d.]+\d)", message)
    folds = re.search(r"With cv=5, .*? rate is ([\d.]+\d)", message)
    return float(now[1]) if now else 1.0, float(folds[1]) if folds else None


CELLS = [
    ("breast cancer", 8, 0.01, 0),
    ("breast cancer", 30, 0.1, 1),
    ("breast cancer", 30, 0.3, 2),
    ("digits", 8, 0.01, 0),
    ("digits", 90, 0.2, 3),
    ("rare", 8, 0.01, 0),
    ("rare", 30, 0.1, 1),
    ("common", 8, 0.01, 0),
    ("common", 30, 0.3, 2),
]
# Of these, folds do not help the first; they bring the second within reach.
NO_CURE, ENOUGH = CELLS[3], CELLS[4]


@pytest.mark.parametrize(("name", "n_labeled", "level", "seed"), CELLS)
def test_the_rate_and_the_cure_that_are_named_are_true(name, n_labeled, level, seed):
    X, y, prior = few_labels(name, n_labeled, seed)
    message = error_of(f"fdr:{level}", X, y, prior=prior)
    now, folds = rates_in(message)
    if now < 1:
        assert error_of(f"fdr:{now}", X, y, prior=prior) is None
    with_folds = error_of(f"fdr:{level}", X, y, prior=prior, cv=5)
    if "With cv=5" not in message:
        assert (name, n_labeled, level, seed) == NO_CURE
        assert rates_in(with_folds)[0] >= now
    elif folds is None:
        assert "in turn, and it is within reach" in message
        assert with_folds is None
    else:
        assert level < folds < now
        assert rates_in(with_folds) == (folds, None)
        assert error_of(f"fdr:{folds}", X, y, prior=prior, cv=5) is None


def test_a_precision_is_told_where_a_precision_was_asked_for():
    X, y, prior = few_labels("breast cancer", 30, 1)
    now, folds = rates_in(error_of("fdr:0.1", X, y, prior=prior))
    message = error_of("precision:0.9", X, y, prior=prior)
    assert "rate" not in message
    found = re.findall(r"greatest precision (?:within reach )?is ([\d.]+\d)", message)
    assert found == [f"{1 - now:.6g}", f"{1 - folds:.6g}"]
    assert "ask for a lower precision or less `confidence`" in message
    for precision, cv in zip(found, (None, 5), strict=True):
        found = error_of(f"precision:{precision}", X, y, prior=prior, cv=cv)
        assert found is None


def test_without_a_rate_within_reach_that_of_all_samples_is_named():
    X, y, prior = few_labels("rare", 8, 0)
    message = error_of("fdr:0.01", X, y, prior=prior)
    least = f"{1 - prior:.3g}"
    assert f"No false discovery rate below {least}, that of a positive" in message
    message = error_of("precision:0.99", X, y, prior=prior)
    assert f"No precision above {prior:.3g}, that of a positive" in message


def test_what_more_is_needed_is_told():
    X, y, prior = few_labels("breast cancer", 8, 0)
    message = error_of("fdr:0.2", X, y, prior=prior)
    needed = re.search(
        r"without errors needs about (\d+) held-out positives\.", message
    )
    assert 4 < int(needed[1]) < 100
    assert "Label more positives; or" in message
    message = error_of("fdr:0.001", X, y, prior=prior)
    assert "Give more samples, since labels alone cannot show it; or" in message


def test_without_a_prior_it_is_asked_for():
    X, y, _ = few_labels("breast cancer", 30, 1)
    assert "No prior is known, so every unlabeled" in error_of("fdr:0.1", X, y)
    X, y, prior = few_labels("breast cancer", 30, 1)
    assert "give `prior`" not in error_of("fdr:0.1", X, y, prior=prior)


def test_another_draw_of_folds_is_promised_only_about_the_same():
    X, y, prior = few_labels("breast cancer", 30, 1)
    draws = np.random.RandomState(0)
    message = error_of("fdr:0.01", X, y, prior=prior, random_state=draws)
    assert "the least false discovery rate is about 0." in message


@pytest.mark.parametrize("cv", [2, 5, [(np.arange(300), np.arange(300, 569))]])
@pytest.mark.parametrize("threshold", ["fdr:0.01", "recall:0.99"])
def test_folds_are_advised_only_where_a_share_was_held_out(threshold, cv):
    X, y, prior = few_labels("breast cancer", 30, 1)
    message = error_of(threshold, X, y, prior=prior, cv=cv)
    assert "cv=5" not in message
    assert "within reach" in message
    assert "abel more" in message or "Give more samples" in message


def test_a_frozen_classifier_has_all_samples_held_out_already():
    X, y, prior = few_labels("breast cancer", 30, 1)
    frozen = FrozenEstimator(LINEAR.fit(X, y))
    for threshold in ("fdr:0.01", "recall:0.99"):
        message = error_of(threshold, X, y, prior=prior, estimator=frozen)
        assert "cv=5" not in message


def test_folds_that_cannot_be_made_are_not_advised():
    X, y, prior = few_labels("breast cancer", 30, 1)
    # Two groups hold the labelled positives. The draw trains on one of them.
    groups = np.where(y == 1, np.cumsum(y) % 2, 2 + np.arange(len(y)) % 9)
    threshold = PUThresholdClassifier(
        LINEAR, threshold="fdr:0.01", prior=prior, random_state=0
    )
    with pytest.raises(ValueError, match="is out of reach") as error:
        threshold.fit(X, y, groups=groups)
    assert "cv=5" not in str(error.value)


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95, 0.99])
@pytest.mark.parametrize("confidence", [None, 0.9])
def test_the_recall_and_the_cure_that_are_named_are_true(level, confidence):
    X, y, prior = few_labels("breast cancer", 30, 1)

    def error(level, **params):
        params = {"prior": prior, "confidence": confidence} | params
        return error_of(f"recall:{level}", X, y, **params)

    message = error(level)
    if message is None:
        assert level == 0.8 or (level, confidence) == (0.9, None)
        return
    (now,) = re.findall(r"recall within reach is ([\d.]+\d)", message)
    assert error(now) is None
    assert error(float(now) + 0.001) is not None
    folds = re.findall(r"With cv=5, all 30 .* recall is ([\d.]+\d)", message)
    if folds:
        assert error(folds[0], cv=5) is None
        assert error(level, cv=5) is not None
    else:
        assert "With cv=5, all 30 labelled positives are held out in turn" in message
        assert error(level, cv=5) is None
