"""In repeated samples each PU metric is in the mean that of the true labels."""

from functools import partial
from typing import NamedTuple

import numpy as np
import pytest
from sklearn import metrics
from sklearn.calibration import calibration_curve

from pusklearn.metrics import (
    pu_accuracy_score,
    pu_average_precision_score,
    pu_balanced_accuracy_score,
    pu_brier_score_loss,
    pu_calibration_curve,
    pu_f1_score,
    pu_lee_liu_score,
    pu_log_loss,
    pu_matthews_corrcoef,
    pu_precision_score,
    pu_recall_score,
    pu_risk,
    pu_roc_auc_score,
)

SETTINGS = pytest.mark.parametrize(
    ("scheme", "prior"),
    [(scheme, p) for scheme in ("single", "case-control") for p in (0.05, 0.3, 0.7)],
)
BINS = {"n_bins": 3, "strategy": "quantile"}


class Sample(NamedTuple):
    y: np.ndarray
    scores: np.ndarray
    prior: float

    @property
    def predictions(self):
        return (self.scores > 0.5 * np.log(1 / self.prior - 1)).astype(int)

    @property
    def logits(self):
        """Not quite the true ones, which would be 1.8 times the scores."""
        return 1.4 * self.scores + np.log(self.prior / (1 - self.prior))

    @property
    def probabilities(self):
        return 1 / (1 + np.exp(-self.logits))


def draw(rng, n, prior, scheme):
    """Return one sample with true labels, and one with PU labels."""
    truth = rng.random(n) < prior
    scores = rng.normal(1.8 * truth - 0.9)
    if scheme == "single":
        y = truth & (rng.random(n) < 0.6)
    else:
        y = np.repeat([True, False], [n // 8, n])
        scores = np.concatenate([rng.normal(0.9, size=n // 8), scores])
    true = Sample(truth.astype(int), scores[-n:], prior)
    return true, Sample(y.astype(int), scores, prior)


def from_true_labels(sample):
    y, found = sample.y, sample.predictions
    return {
        "recall": metrics.recall_score(y, found),
        "precision": metrics.precision_score(y, found),
        "f1": metrics.f1_score(y, found),
        "accuracy": metrics.accuracy_score(y, found),
        "balanced accuracy": metrics.balanced_accuracy_score(y, found),
        "mcc": metrics.matthews_corrcoef(y, found),
        # It runs up to 1 / prior; times the prior it is on the scale of the others.
        "lee-liu": sample.prior * metrics.recall_score(y, found) ** 2 / found.mean(),
        "roc auc": metrics.roc_auc_score(y, sample.scores),
        "average precision": metrics.average_precision_score(y, sample.scores),
        "brier": metrics.brier_score_loss(y, sample.probabilities),
        "log loss": metrics.log_loss(y, sample.probabilities),
        "risk": np.logaddexp(0, np.where(y, -1, 1) * sample.logits).mean(),
        **curve(calibration_curve(y, sample.probabilities, **BINS)),
    }


def from_pu_labels(sample, scheme):
    y, prior, found = sample.y, sample.prior, sample.predictions
    given = {"prior": prior, "scheme": scheme}
    reliability = pu_calibration_curve(y, sample.probabilities, **BINS, **given)
    return {
        "recall": pu_recall_score(y, found, **given),
        "precision": pu_precision_score(y, found, **given),
        "f1": pu_f1_score(y, found, **given),
        "accuracy": pu_accuracy_score(y, found, **given),
        "balanced accuracy": pu_balanced_accuracy_score(y, found, **given),
        "mcc": pu_matthews_corrcoef(y, found, **given),
        "lee-liu": prior * pu_lee_liu_score(y, found, **given),
        "roc auc": pu_roc_auc_score(y, sample.scores, **given),
        "average precision": pu_average_precision_score(y, sample.scores, **given),
        "brier": pu_brier_score_loss(y, sample.probabilities, **given),
        "log loss": pu_log_loss(y, sample.probabilities, **given),
        "risk": pu_risk(y, sample.logits, **given),
        **curve(reliability),
    }


def curve(reliability):
    return {f"share in bin {row}": share for row, share in enumerate(reliability[0])}


def differences(n, n_draws, prior, scheme, told=None):
    """Return mean and standard error of the difference, of each metric."""
    rng = np.random.default_rng(0)
    rows = []
    for _ in range(n_draws):
        true, labelled = draw(rng, n, prior, scheme)
        expected = from_true_labels(true)
        found = from_pu_labels(labelled, told or scheme)
        rows.append([found[name] - expected[name] for name in expected])
    means, spread = np.mean(rows, axis=0), np.std(rows, axis=0)
    errors = dict(zip(expected, spread / np.sqrt(n_draws), strict=True))
    return dict(zip(expected, means, strict=True)), errors


@SETTINGS
def test_the_mean_of_few_draws_is_that_of_the_true_labels(scheme, prior):
    means, errors = differences(2000, 40, prior, scheme)
    off = {
        name: mean
        for name, mean in means.items()
        if abs(mean) > 0.005 + 3 * errors[name]
    }
    assert not off


@pytest.mark.slow
@SETTINGS
def test_the_mean_of_200_draws_is_within_0_005(scheme, prior):
    means, _ = differences(20_000, 200, prior, scheme)
    assert max(map(abs, means.values())) < 0.005


@pytest.mark.parametrize(
    ("scheme", "told"), [("single", "case-control"), ("case-control", "single")]
)
def test_the_wrong_scheme_is_far_off(scheme, told):
    means, _ = differences(2000, 20, 0.3, scheme, told)
    for name in ("precision", "f1", "accuracy", "mcc", "roc auc", "average precision"):
        assert abs(means[name]) > 0.02


def test_true_labels_are_not_what_the_metrics_are_given():
    true, labelled = draw(np.random.default_rng(0), 2000, 0.3, "single")
    assert true.y.sum() > 1.3 * labelled.y.sum()
    as_negatives = partial(metrics.precision_score, y_pred=labelled.predictions)
    assert as_negatives(labelled.y) < as_negatives(true.y) - 0.1
