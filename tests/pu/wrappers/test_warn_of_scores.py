import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits, make_classification
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from pusklearn import (
    BaggingPUClassifier,
    CVIRClassifier,
    ElkanNotoClassifier,
    PUCalibratedClassifier,
    PUThresholdClassifier,
    SAREMClassifier,
)
from pusklearn.criteria import Priors
from pusklearn.datasets import make_pu
from pusklearn.metrics import PUCollapseWarning
from pusklearn.pu._untold_collapse import untold_collapse
from pusklearn.pu.wrappers._warn_of_scores import (
    at_prior,
    measure,
    poor_cut,
    poor_order,
    warn_of_all_positive,
    warn_of_scores,
)

LOGISTIC = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
TREES = ExtraTreesClassifier(15, min_samples_leaf=3, random_state=0)
SETTINGS = {"random_state": 0}
WITH_PRIOR = (ElkanNotoClassifier, CVIRClassifier, PUCalibratedClassifier)


def told(classifier, X, y):
    """Return what the warnings of a collapse say, and fail if there are others."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        classifier.fit(X, y)
    assert all(w.category is PUCollapseWarning for w in caught)
    return " ".join(str(w.message) for w in caught)


def squashed(prior=0.1, n=2000, seed=0):
    """Return samples on which strong regularisation keeps the log-odds together."""
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < prior
    X = rng.normal(size=(n, 5)) + 2.5 * truth[:, None]
    y = truth & (rng.random(n) < 0.3)
    return X, y.astype(int), truth.astype(int)


REGULARISED = LogisticRegression(C=1e-4)


# Right data


@pytest.mark.parametrize("load", [load_breast_cancer, load_digits])
@pytest.mark.parametrize("frequency", [0.15, 0.5])
@pytest.mark.parametrize("inner", [LOGISTIC, TREES], ids=["logistic", "trees"])
def test_measured_data_bring_no_warning(load, frequency, inner):
    X, y = load(return_X_y=True)
    y = y % 2 if load is load_digits else 1 - y
    X, y_pu, truth = make_pu(X, y, label_frequency=frequency, random_state=0)
    given = {"prior": truth.mean(), **SETTINGS}
    wrappers = [
        CVIRClassifier(inner, **given),
        ElkanNotoClassifier(inner, **given),
        PUCalibratedClassifier(inner, **given),
        PUThresholdClassifier(inner, threshold="prior", **given),
        BaggingPUClassifier(DecisionTreeClassifier(), n_estimators=20, **SETTINGS),
    ]
    assert [told(wrapper, X, y_pu) for wrapper in wrappers] == [""] * len(wrappers)


@pytest.mark.parametrize("wrapper", WITH_PRIOR)
def test_labels_that_are_no_use_are_ordinary_without_a_prior(wrapper):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(400, 4)), (rng.random(400) < 0.2).astype(int)
    assert told(wrapper(LogisticRegression(), prior=None, **SETTINGS), X, y) == ""


# Cuts that are far off, each with the cure


def test_labels_that_are_lost_without_a_prior_are_told():
    X, y, _ = squashed(0.3)
    y[np.flatnonzero(y)[::2]] = 0
    text = told(CVIRClassifier(REGULARISED, **SETTINGS), X, y)
    assert "CVIRClassifier finds 0% of the labelled positives" in text
    assert "as in ordinary classification" in text
    estimated = CVIRClassifier(LogisticRegression(), prior="estimate", **SETTINGS)
    assert not told(estimated, X, y)
    all_known = (X[:, 0] > 2).astype(int)
    assert not told(CVIRClassifier(LogisticRegression(), **SETTINGS), X, all_known)


@pytest.mark.parametrize("wrapper", [ElkanNotoClassifier, CVIRClassifier])
def test_a_squashed_classifier_is_told_and_both_cures_work(wrapper):
    X, y, truth = squashed()
    classifier = wrapper(REGULARISED, prior=truth.mean(), **SETTINGS)
    text = told(classifier, X, y)
    assert f"{wrapper.__name__} predicts 0 of the population positive" in text
    assert "finds 0% of the labelled positives that were held out" in text
    assert "PUThresholdClassifier" in text
    assert "C=100" in text
    assert roc_auc_score(truth, classifier.decision_function(X)) > 0.95
    assert f1_score(truth, classifier.predict(X)) == 0
    cut = PUThresholdClassifier(
        clone(classifier), threshold="prior", prior=truth.mean(), **SETTINGS
    )
    assert told(cut, X, y) == ""
    assert f1_score(truth, cut.predict(X)) > 0.9
    weaker = clone(classifier).set_params(estimator__C=100)
    assert told(weaker, X, y) == ""
    assert f1_score(truth, weaker.predict(X)) > 0.75


def test_calibrated_probabilities_below_a_half_are_told():
    X, y, truth = squashed(prior=0.02, n=3000)
    noisy = X / 8 + np.random.default_rng(1).normal(size=X.shape)
    classifier = PUCalibratedClassifier(
        LogisticRegression(), prior=truth.mean(), method="sigmoid", **SETTINGS
    )
    assert "finds 0% of the labelled positives" in told(classifier, noisy, y)


def test_trees_with_a_known_prior_are_judged_by_samples_held_out():
    X, y, truth = squashed(prior=0.02, n=3000)
    classifier = ElkanNotoClassifier(
        ExtraTreesClassifier(20, min_samples_leaf=20, random_state=0),
        prior=truth.mean(),
        **SETTINGS,
    )
    text = told(classifier, X, y)
    assert "of the labelled positives that were held out" in text
    assert told(classifier.set_params(estimator=LogisticRegression(C=100)), X, y) == ""


# Orders


@pytest.mark.parametrize(
    "wrapper",
    [*WITH_PRIOR, PUThresholdClassifier],
    ids=["elkan-noto", "cvir", "calibrated", "threshold"],
)
def test_too_few_labels_at_a_high_prior_are_told(wrapper):
    rng = np.random.default_rng(0)
    truth = rng.random(1000) < 0.9
    X = rng.normal(size=(1000, 20)) + 0.3 * truth[:, None]
    y = np.zeros(1000, int)
    y[np.flatnonzero(truth)[:20]] = 1
    settings = {"prior": 0.9, **SETTINGS}
    if wrapper is PUThresholdClassifier:
        settings["threshold"] = "prior"
    text = told(wrapper(LogisticRegression(), **settings), X, y)
    assert "20 labelled positives are too few if 0.898 of the unlabeled" in text
    assert "known_negative" in text


@pytest.mark.parametrize("prior", [0.3, None])
def test_an_order_by_chance_is_told(prior):
    rng = np.random.default_rng(3)
    is_positive = np.arange(600) < 60
    draws = rng.normal(size=(40, 600))
    priors = None if prior is None else Priors(prior)
    texts = [poor_order(s[is_positive], s[~is_positive], priors) for s in draws]
    told = sum("as it would by chance" in text for text in texts if text)
    assert told >= (38 if prior is None else 15)


def test_a_classifier_without_a_prior_tells_that_it_ranks_by_chance():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(400, 10)), (np.arange(400) < 40).astype(int)
    bagging = BaggingPUClassifier(DecisionTreeClassifier(), n_estimators=20, **SETTINGS)
    assert "as it would by chance" in told(bagging, X, y)


def test_an_order_upside_down_is_told_without_a_prior():
    positive, unlabeled = np.arange(30.0), np.arange(200.0)
    assert "upside down" in poor_order(positive, unlabeled, Priors(0.1, 0.1))
    assert poor_order(positive + 80, unlabeled, Priors(0.1, 0.1)) is None


def test_few_samples_equal_scores_and_inner_fits_bring_no_warning(recwarn):
    scores, is_positive = np.arange(300.0), np.arange(300) < 50
    priors = Priors(0.3)
    with pytest.warns(PUCollapseWarning):
        warn_of_scores(None, scores, is_positive, priors)
    recwarn.clear()
    with untold_collapse():
        warn_of_scores(None, scores, is_positive, priors)
    warn_of_scores(None, scores[:100], is_positive[:100], priors)
    warn_of_scores(None, scores, np.arange(300) < 4, priors)
    warn_of_scores(None, scores, np.arange(300) < 9)
    warn_of_scores(None, np.zeros(300), is_positive, priors)
    assert not recwarn.list


@pytest.mark.parametrize("n_labels", [5, 9])
def test_a_few_labels_are_enough_to_tell_a_collapse(n_labels):
    X, _, truth = squashed()
    y = np.zeros(len(truth), int)
    y[np.flatnonzero(truth)[:n_labels]] = 1
    classifier = CVIRClassifier(REGULARISED, prior=0.1, **SETTINGS)
    assert "of the population positive and finds 0%" in told(classifier, X, y)
    y[np.flatnonzero(y)[4:]] = 0
    assert not told(classifier, X, y)


def test_a_few_labels_may_be_missed_by_chance():
    scores, is_positive = np.arange(300.0), np.arange(300) % 50 == 20
    priors, label = Priors(0.2), np.flatnonzero(is_positive)
    assert poor_order(scores[is_positive] - 10, scores[~is_positive], priors) is None
    assert "upside down" in poor_order(
        scores[is_positive] - 90, scores[~is_positive], priors
    )
    predicted = scores > 240
    predicted[label] = False
    assert poor_cut(None, -scores, is_positive, priors, predicted) is None
    predicted = scores > 295
    predicted[label] = False
    assert "finds 0%" in poor_cut(None, -scores, is_positive, priors, predicted)


@pytest.mark.parametrize("n_labels", [5, 7, 9])
def test_a_few_labels_of_right_data_bring_no_warning(n_labels):
    X, benign = load_breast_cancer(return_X_y=True)
    for seed in range(3):
        X_pu, y, truth = make_pu(X, 1 - benign, n_labeled=n_labels, random_state=seed)
        finder = PUThresholdClassifier(
            LOGISTIC, threshold="prior", prior=truth.mean(), cv=5, random_state=seed
        )
        assert not told(finder, X_pu, y)


@pytest.mark.parametrize("prior", [0.37, None])
def test_a_recall_that_takes_everything_is_told(prior):
    X, benign = load_breast_cancer(return_X_y=True)
    X, y, _ = make_pu(X, 1 - benign, label_frequency=0.5, random_state=0)
    settings = {"threshold": "recall:0.9", "prior": prior, **SETTINGS}
    tree = DecisionTreeClassifier(random_state=0)
    text = told(PUThresholdClassifier(tree, **settings), X, y)
    assert "'recall:0.9' predicts 1 of the population positive" in text
    assert "have the lowest score of all, as from trees that memorise" in text
    assert not told(PUThresholdClassifier(TREES, **settings), X, y)


def test_a_recall_of_untold_positives_is_told_without_a_tie():
    scores, is_positive = np.arange(300.0), np.arange(300) % 30 == 1
    with pytest.warns(PUCollapseWarning, match="does not tell some of"):
        warn_of_all_positive(scores, is_positive, Priors(0.3), 1, "recall:0.9")


def test_a_recall_that_takes_everything_is_right_if_nearly_all_are_positive(recwarn):
    scores, is_positive = np.arange(300.0), np.arange(300) % 30 == 1
    warn_of_all_positive(scores, is_positive, Priors(0.9), 1, "recall:0.9")
    warn_of_all_positive(scores, is_positive, Priors(0.3), 10, "recall:0.9")
    with untold_collapse():
        warn_of_all_positive(scores, is_positive, Priors(0.3), 1, "recall:0.9")
    assert not recwarn.list


def test_all_samples_positive_are_told():
    is_positive = np.arange(300) < 50
    scores = np.where(np.arange(300) < 120, 1.0, 0.5)
    everything = np.ones(300, bool)
    text = poor_cut(None, scores, is_positive, Priors(0.4, 1 / 6), everything)
    assert "predicts 1 of the population positive" in text
    assert poor_cut(None, scores, is_positive, Priors(0.9, 1 / 6), everything) is None
    none_hidden = Priors(1 / 6, 1 / 6)
    assert poor_cut(None, scores, is_positive, none_hidden, everything) is None


@pytest.mark.parametrize("labeled", [0.0, 0.1])
def test_the_cut_at_the_prior_predicts_so_many(labeled):
    rng = np.random.default_rng(0)
    is_positive = np.arange(1000) < 100
    scores, priors = rng.normal(size=1000) + is_positive, Priors(0.3, labeled)
    cut = measure(at_prior(scores, is_positive, priors), is_positive, priors)
    assert cut.share == pytest.approx(0.3, abs=0.002)
    assert cut.f1 == pytest.approx(2 * 0.3 * cut.recall / (0.3 + cut.share))


def test_a_search_over_overlapping_classes_brings_no_warning():
    X, y = make_classification(2000, class_sep=0.7, weights=[0.7], random_state=0)
    X, y_pu, truth = make_pu(X, y, label_frequency=0.3, random_state=0)
    for wrapper in WITH_PRIOR:
        classifier = wrapper(LogisticRegression(), prior=truth.mean(), **SETTINGS)
        assert told(classifier, X, y_pu) == ""


# Labels that are not random


@pytest.mark.parametrize(
    "trees",
    [DecisionTreeClassifier(random_state=0), ExtraTreesClassifier(30, random_state=0)],
)
def test_expectations_that_are_memorised_are_told(trees):
    X, y, truth = overlapping()
    classifier = SAREMClassifier(trees, prior=0.3, n_rounds=5)
    assert "memorise" in told(classifier, X[::2], y[::2])
    probability = classifier.predict_proba(X[1::2])[:, 1]
    assert roc_auc_score(truth[1::2], probability) < 0.5


def test_no_word_of_expectations_that_hold():
    X, y, _ = overlapping()
    for prior in (0.3, "estimate"):
        assert not told(SAREMClassifier(LOGISTIC, prior=prior), X, y)


def overlapping(n=1600, seed=0):
    """Return samples of classes that overlap, with few labels."""
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < 0.3
    X = rng.normal(size=(n, 8))
    X[:, :3] += 1.3 * truth[:, None]
    return X, (truth & (rng.random(n) < 0.25)).astype(int), truth.astype(int)
