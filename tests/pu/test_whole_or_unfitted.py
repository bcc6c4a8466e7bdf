import inspect

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.validation import check_is_fitted

from pusklearn import (
    BaggingPUClassifier,
    CVIRClassifier,
    ElkanNotoClassifier,
    PeakExtractor,
    PriorEstimator,
    PUCalibratedClassifier,
    PUClassifier,
    PUThresholdClassifier,
    ReferencePicker,
    RegionScorer,
    SAREMClassifier,
    make_picker,
)
from pusklearn.datasets import make_micrographs
from pusklearn.modules import MLP, ConvNet
from pusklearn.pu._whole_or_unfitted import whole_or_unfitted

QUICK = {"max_epochs": 1, "steps_per_epoch": 1, "batch_size": 16, "random_state": 0}
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(120, 3)), np.arange(120) < 40
X[Y] += 1
MICROGRAPHS, PARTICLES = make_micrographs(2, size=64, random_state=0)
MAPS = [RNG.normal(size=(32, 32)) for _ in range(2)]

SMALL = PUClassifier(ConvNet(31, units=2), **QUICK)
ESTIMATORS = [
    (PUClassifier(MLP((4,)), prior="estimate", **QUICK), X, Y),
    (BaggingPUClassifier(DecisionTreeClassifier(), n_estimators=2), X, Y),
    (CVIRClassifier(LogisticRegression(), prior=0.6, cv=2), X, Y),
    (ElkanNotoClassifier(LogisticRegression(), cv=2), X, Y),
    (PriorEstimator(LogisticRegression(), cv=2), X, Y),
    (SAREMClassifier(LogisticRegression(), n_rounds=2), X, Y),
    (PUCalibratedClassifier(LogisticRegression(), prior=0.6, cv=2), X, Y),
    (
        PUThresholdClassifier(LogisticRegression(), threshold="prior", prior=0.6),
        X,
        Y,
    ),
    (RegionScorer(SMALL, label_radius=2), MICROGRAPHS, PARTICLES),
    (ReferencePicker(24, n_rotations=4), MICROGRAPHS, PARTICLES),
    (
        PeakExtractor(4, threshold="prior", particles_per_micrograph=2),
        MAPS,
        [[], []],
    ),
]


def interrupted_at(estimator, number):
    """Return an estimator of the same kind, interrupted as it sets an attribute."""

    class Interrupted(type(estimator)):
        n_set = 0

        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            if name.endswith("_") and not name.startswith("__"):
                type(self).n_set += 1
                if type(self).n_set == number:
                    raise KeyboardInterrupt

    fields = vars(estimator)
    # The constructor of the class is that of its base.
    names = inspect.signature(type(estimator)).parameters
    return Interrupted(**{name: fields[name] for name in names})


@pytest.mark.parametrize(
    ("estimator", "samples", "target"),
    ESTIMATORS,
    ids=lambda value: type(value).__name__ if isinstance(value, BaseEstimator) else "",
)
def test_an_interrupted_refit_leaves_the_estimator_unfitted(
    estimator, samples, target, few_trees
):
    fitted = vars(clone(estimator).fit(samples, target))
    n_attributes = sum(name.endswith("_") for name in fitted)
    assert n_attributes > 1
    for number in (1, 2, n_attributes // 2 + 1, n_attributes):
        interrupted = interrupted_at(clone(estimator), number)
        before = set(vars(interrupted))
        interrupted.__dict__.update(
            {name: None for name in fitted if name.endswith("_")}
        )
        with pytest.raises(KeyboardInterrupt):
            interrupted.fit(samples, target)
        assert set(vars(interrupted)) == before
        with pytest.raises(NotFittedError):
            check_is_fitted(interrupted)


def test_a_failed_refit_with_other_labels_predicts_nothing():
    classifier = PUClassifier(MLP(()), **QUICK).fit(X, Y)
    classifier.set_params(max_epochs=2, steps_per_epoch=4)
    with pytest.raises(ValueError, match="diverged"):
        classifier.set_params(lr=1e38, optimizer="sgd", criterion="upu").fit(
            X, np.where(Y, "unlabeled", "positive")
        )
    with pytest.raises(NotFittedError):
        classifier.predict(X)
    assert classifier.set_params(lr=0.01).fit(X, Y).predict(X).dtype == bool


def test_a_picker_whose_last_step_fails_does_not_pick():
    labels = [points[:3] for points in PARTICLES]
    picker = make_picker(
        24, classifier=SMALL, particles_per_micrograph=6, threshold="prior"
    )
    picker.fit(MICROGRAPHS, labels).predict(MICROGRAPHS)
    picker.set_params(extract__radius=-1)
    with pytest.raises(ValueError, match="`radius`"):
        picker.fit(MICROGRAPHS, labels)
    picker.set_params(extract__radius=9)
    with pytest.raises(NotFittedError):
        picker.predict(MICROGRAPHS)


def test_rows_that_cannot_be_computed_leave_the_scorer_unfitted():
    scorer = RegionScorer(SMALL, label_radius=2).fit(MICROGRAPHS, PARTICLES)
    with pytest.raises(ValueError, match="must have shape"):
        scorer.fit_transform([np.zeros(3)], PARTICLES[:1])
    with pytest.raises(NotFittedError):
        scorer.transform(MICROGRAPHS)


class Warm(BaseEstimator):
    def __init__(self, warm_start=True):
        self.warm_start = warm_start

    @whole_or_unfitted
    def fit(self, X, y=None):
        self.first_ = X
        self.second_ = 1 / X
        self.third_ = X
        return self


def test_with_warm_start_the_last_fit_is_kept():
    estimator = Warm().fit(2)
    with pytest.raises(ZeroDivisionError):
        estimator.fit(0)
    assert vars(estimator) == {
        "warm_start": True,
        "first_": 2,
        "second_": 0.5,
        "third_": 2,
    }
    with pytest.raises(ZeroDivisionError):
        estimator.set_params(warm_start=False).fit(0)
    assert vars(estimator) == {"warm_start": False}


def test_the_name_and_the_signature_stay():
    assert list(inspect.signature(Warm().fit).parameters) == ["X", "y"]
    assert Warm.fit.__name__ == "fit"
