import pickle
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from sklearn import config_context, metrics
from sklearn.datasets import make_classification
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    StratifiedKFold,
    cross_val_score,
    cross_validate,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from pusklearn import PUClassifier
from pusklearn.metrics import pu_f1_score, pu_lee_liu_score, pu_scorer
from pusklearn.pu.metrics._pu_scorer import METRICS

# Balanced, as a plain one finds next to nothing where half the positives hide.
BALANCED = partial(LogisticRegression, class_weight="balanced")
GRID = {"C": [1e-6, 1e-2, 1.0]}
ON_TRUE_LABELS = {
    "accuracy": "accuracy",
    "average_precision": "average_precision",
    "balanced_accuracy": "balanced_accuracy",
    "f1": "f1",
    "matthews_corrcoef": "matthews_corrcoef",
    "neg_brier_score": "neg_brier_score",
    "neg_log_loss": "neg_log_loss",
    "neg_risk": "neg_log_loss",  # the logistic risk of log-odds
    "precision": "precision",
    "recall": "recall",
    "roc_auc": "roc_auc",
}


@pytest.fixture(scope="module")
def data():
    """Samples, true labels, and labels of half the positives."""
    X, y = make_classification(
        2000, n_informative=4, class_sep=0.7, weights=[0.6], flip_y=0, random_state=0
    )
    y_pu = y & (np.random.default_rng(0).random(len(y)) < 0.5)
    return X, y, y_pu


def search(scorer, **settings):
    """Return a search over the regularisation."""
    return GridSearchCV(
        BALANCED(),
        GRID,
        scoring=scorer,
        error_score="raise",
        **settings,
    )


@pytest.mark.parametrize("name", sorted(ON_TRUE_LABELS))
def test_each_agrees_with_that_of_scikit_learn_on_true_labels(name, data):
    X, y, y_pu = data
    model = LogisticRegression().fit(X, y)
    found = pu_scorer(name, prior=y.mean())(model, X, y_pu)
    expected = metrics.get_scorer(ON_TRUE_LABELS[name])(model, X, y)
    assert found == pytest.approx(expected, abs=0.05)


def test_that_of_lee_and_liu_is_its_metric(data):
    X, y, y_pu = data
    model = LogisticRegression().fit(X, y)
    found = pu_scorer("lee_liu", scheme="case-control")(model, X, y_pu)
    expected = pu_lee_liu_score(y_pu, model.predict(X), scheme="case-control")
    assert found == expected


@pytest.mark.parametrize("scheme", ["single", "case-control"])
def test_the_proxy_area_is_that_of_labels_as_if_they_were_true(scheme, data):
    X, _, y_pu = data
    model = LogisticRegression().fit(X, y_pu)
    expected = metrics.roc_auc_score(y_pu, model.decision_function(X))
    for settings in ({}, {"prior": 0.4}):
        scorer = pu_scorer("proxy_roc_auc", scheme=scheme, **settings)
        assert scorer(model, X, y_pu) == pytest.approx(expected, rel=1e-12)


def test_the_proxy_area_ranks_candidates_as_the_area_does_for_any_prior(data):
    X, _, y_pu = data
    names = ("proxy_roc_auc", "roc_auc")
    for prior in (0.3, 0.6):
        scorers = {name: pu_scorer(name, prior=prior) for name in names}
        found = search(scorers, cv=3, refit="roc_auc").fit(X, y_pu).cv_results_
        ranks = [found[f"rank_test_{name}"] for name in names]
        np.testing.assert_array_equal(*ranks)


@pytest.mark.parametrize("scheme", ["single", "case-control"])
@pytest.mark.parametrize("name", sorted(METRICS))
def test_every_scorer_finds_a_best_candidate(name, scheme, data):
    X, _, y_pu = data
    found = search(pu_scorer(name, prior=0.4, scheme=scheme), cv=3).fit(X, y_pu)
    assert np.isfinite(found.cv_results_["mean_test_score"]).all()


def test_the_labelled_share_is_that_of_each_fold(data):
    X, _, y_pu = data
    folds = StratifiedKFold(3)
    scores = cross_val_score(
        BALANCED(), X, y_pu, scoring=pu_scorer("f1", prior=0.4), cv=folds
    )
    for (train, test), score in zip(folds.split(X, y_pu), scores, strict=True):
        model = BALANCED().fit(X[train], y_pu[train])
        assert score == pu_f1_score(y_pu[test], model.predict(X[test]), prior=0.4)


def test_all_candidates_are_judged_with_the_same_prior(data):
    X, _, y_pu = data
    grid = {"prior": [0.3, 0.4, 0.9]}
    classifier = PUClassifier(max_epochs=1, steps_per_epoch=10, random_state=0)
    scorer = pu_scorer("f1", prior=0.4)
    found = GridSearchCV(classifier, grid, scoring=scorer, cv=2).fit(X, y_pu)
    scores = found.cv_results_["split0_test_score"]
    for prior, score in zip(grid["prior"], scores, strict=True):
        _, test = next(StratifiedKFold(2).split(X, y_pu))
        train = np.setdiff1d(np.arange(len(X)), test)
        model = classifier.set_params(prior=prior).fit(X[train], y_pu[train])
        assert score == scorer(model, X[test], y_pu[test])


def test_the_prior_comes_by_metadata_routing(data):
    X, _, y_pu = data
    expected = search(pu_scorer("f1", prior=0.4)).fit(X, y_pu)
    with config_context(enable_metadata_routing=True):
        routed = search(pu_scorer("f1")).fit(X, y_pu, prior=0.4)
        asked = search(pu_scorer("f1").set_score_request(prior=True))
        asked.fit(X, y_pu, prior=0.4)
        fixed = search(pu_scorer("f1", prior=0.4)).fit(X, y_pu)
    for other in (routed, asked, fixed):
        np.testing.assert_array_equal(
            other.cv_results_["mean_test_score"],
            expected.cv_results_["mean_test_score"],
        )


def test_a_routed_prior_makes_a_difference(data):
    X, _, y_pu = data
    model = make_pipeline(StandardScaler(), BALANCED())
    with config_context(enable_metadata_routing=True):
        scores = [
            cross_val_score(
                model, X, y_pu, scoring=pu_scorer("f1"), params={"prior": prior}
            ).mean()
            for prior in (0.3, 0.4, 0.6)
        ]
    assert all(lower != higher for lower, higher in pairwise(scores))


@pytest.mark.parametrize("routing", [False, True])
def test_scorers_travel_to_other_processes(routing, data):
    X, _, y_pu = data
    with config_context(enable_metadata_routing=routing):
        scorer = pu_scorer("f1") if routing else pu_scorer("f1", prior=0.4)
        params = {"prior": 0.4} if routing else {}
        alone = search(scorer, cv=2).fit(X, y_pu, **params)
        both = search(scorer, cv=2, n_jobs=2).fit(X, y_pu, **params)
    np.testing.assert_array_equal(
        both.cv_results_["mean_test_score"], alone.cv_results_["mean_test_score"]
    )


@pytest.mark.parametrize("name", sorted(METRICS))
def test_scorers_are_picklable(name, data):
    X, _, y_pu = data
    model = BALANCED().fit(X, y_pu)
    scorer = pu_scorer(name, prior=0.4)
    assert pickle.loads(pickle.dumps(scorer))(model, X, y_pu) == scorer(model, X, y_pu)


def test_several_are_worked_out_at_once(data):
    X, _, y_pu = data
    scorers = {name: pu_scorer(name, prior=0.4) for name in METRICS}
    found = cross_validate(BALANCED(), X, y_pu, scoring=scorers, cv=2)
    assert all(np.isfinite(found[f"test_{name}"]).all() for name in METRICS)


@pytest.mark.parametrize("name", ["roc_auc", "average_precision", "proxy_roc_auc"])
@pytest.mark.parametrize("model", [GaussianNB(), LinearSVC()], ids=["proba", "scores"])
def test_rankings_take_probabilities_or_scores(name, model, data):
    X, _, y_pu = data
    model = model.fit(X, y_pu)
    assert 0.5 < pu_scorer(name, prior=0.4)(model, X, y_pu) < 1


@pytest.mark.parametrize(
    ("name", "model", "missing"),
    [
        ("neg_brier_score", LinearSVC(), "predict_proba"),
        ("neg_log_loss", LinearSVC(), "predict_proba"),
        ("neg_risk", GaussianNB(), "decision_function"),
    ],
)
def test_an_estimator_without_the_method_is_refused(name, model, missing, data):
    X, _, y_pu = data
    model = model.fit(X, y_pu)
    with pytest.raises(AttributeError, match=missing):
        pu_scorer(name, prior=0.4)(model, X, y_pu)


# DummyClassifier has no decision_function, so no log-odds.
@pytest.mark.parametrize("name", sorted(METRICS.keys() - {"neg_risk"}))
def test_a_model_that_finds_nothing_has_a_finite_score(name, data):
    X, _, y_pu = data
    model = DummyClassifier(strategy="most_frequent").fit(X, y_pu)
    assert np.isfinite(pu_scorer(name, prior=0.4)(model, X, y_pu))


@pytest.mark.parametrize("name", ["f1", "roc_auc", "neg_brier_score"])
def test_the_label_of_the_positives_can_be_the_lesser(name, data):
    X, _, y_pu = data
    expected = pu_scorer(name, prior=0.4)(BALANCED().fit(X, y_pu), X, y_pu)
    y_named = np.array(["unlabeled", "particle"])[y_pu]
    model = BALANCED().fit(X, y_named)
    scorer = pu_scorer(name, prior=0.4, pos_label="particle")
    assert scorer(model, X, y_named) == pytest.approx(expected, rel=1e-4)


@pytest.fixture(scope="module")
def named(data):
    """A classifier whose positives have the lesser label, beside one of 0 and 1."""
    X, _, y_pu = data
    y_named = np.array(["unlabeled", "particle"])[y_pu]
    settings = {"max_epochs": 1, "steps_per_epoch": 20, "random_state": 0}
    plain = PUClassifier(prior=0.4, **settings).fit(X, y_pu)
    other = PUClassifier(prior=0.4, pos_label="particle", **settings).fit(X, y_named)
    return plain, other, y_named


@pytest.mark.parametrize("name", sorted(METRICS))
def test_the_label_of_the_positives_is_that_of_the_classifier(name, data, named):
    X, _, y_pu = data
    plain, other, y_named = named
    scorer = pu_scorer(name, prior=0.4)
    assert scorer(other, X, y_named) == pytest.approx(scorer(plain, X, y_pu), rel=1e-5)


def test_the_classifier_may_be_in_a_pipeline_in_a_search(data):
    X, _, y_pu = data
    y_named = np.array(["unlabeled", "particle"])[y_pu]
    scores = []
    for labels, pos_label in ((y_pu, None), (y_named, "particle")):
        classifier = PUClassifier(
            prior=0.4,
            pos_label=pos_label,
            max_epochs=1,
            steps_per_epoch=20,
            random_state=0,
        )
        found = GridSearchCV(
            make_pipeline(StandardScaler(), classifier),
            {"puclassifier__lr": [1e-4, 3e-3]},
            scoring={name: pu_scorer(name, prior=0.4) for name in ("f1", "roc_auc")},
            refit="f1",
            cv=2,
            error_score="raise",
        ).fit(X, labels)
        scores.append([found.cv_results_["mean_test_roc_auc"], found.score(X, labels)])
    np.testing.assert_allclose(scores[1][0], scores[0][0])
    assert scores[1][1] == pytest.approx(scores[0][1])


def test_a_label_given_to_the_scorer_comes_before_that_of_the_classifier(data, named):
    X, _, _ = data
    _, other, y_named = named
    found = pu_scorer("recall", prior=0.9, pos_label="unlabeled")(other, X, y_named)
    expected = np.mean(other.predict(X)[y_named == "unlabeled"] == "unlabeled")
    assert found == pytest.approx(expected)


@pytest.mark.parametrize("name", sorted(METRICS))
def test_of_two_labels_that_are_text_the_greater_is_the_positives(name, data):
    X, _, y_pu = data
    scorer = pu_scorer(name, prior=0.4)
    expected = scorer(BALANCED().fit(X, y_pu), X, y_pu)
    y_named = np.array(["other", "particle"])[y_pu]
    assert scorer(BALANCED().fit(X, y_named), X, y_named) == pytest.approx(expected)


def test_an_unknown_name_lists_those_there_are():
    with pytest.raises(
        ValueError, match=r"must be 'accuracy', .* or 'roc_auc'\..*'mse'"
    ):
        pu_scorer("mse", prior=0.4)


@pytest.mark.parametrize("prior", [0, 1.2, "estimate"])
def test_a_prior_that_cannot_be_is_refused_at_once(prior):
    with pytest.raises(ValueError, match=r"`prior` must be None or a number in \(0, 1"):
        pu_scorer("f1", prior=prior)


def test_an_unknown_scheme_is_refused_at_once():
    with pytest.raises(ValueError, match="`scheme` must be 'single' or 'case-control'"):
        pu_scorer("f1", prior=0.4, scheme="both")


def test_a_prior_that_no_one_can_give_is_missed_at_once():
    with pytest.raises(
        ValueError, match=r"'f1' needs a prior.*enable metadata routing"
    ):
        pu_scorer("f1")


@pytest.mark.parametrize("name", ["recall", "lee_liu", "proxy_roc_auc"])
def test_some_need_no_prior(name, data):
    X, _, y_pu = data
    model = BALANCED().fit(X, y_pu)
    assert pu_scorer(name)(model, X, y_pu) > 0


def test_a_prior_below_the_labelled_share_of_the_fold_names_both(data):
    X, _, y_pu = data
    model = BALANCED().fit(X, y_pu)
    with pytest.raises(ValueError, match=r"Got 0\.1 with a labelled share of 0\.19"):
        pu_scorer("f1", prior=0.1)(model, X, y_pu)
