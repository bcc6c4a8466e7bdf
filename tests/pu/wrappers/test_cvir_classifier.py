import numpy as np
import pytest
from scipy.special import logit
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import (
    estimator_checks_generator,
    parametrize_with_checks,
)

from pusklearn import CVIRClassifier
from pusklearn.datasets import make_pu
from pusklearn.pu.wrappers._cvir_classifier import without_highest

SCHEMES = ("single", "case-control")
each_scheme = pytest.mark.parametrize("scheme", SCHEMES)
CHECKED = [
    CVIRClassifier(LogisticRegression(), random_state=0),
    CVIRClassifier(LogisticRegression(), scheme="case-control", cv=None),
]


# One check has the labels 1 and 2, of which neither is plainly positive.
@pytest.mark.filterwarnings("ignore:The labels are:UserWarning")
@parametrize_with_checks(CHECKED)
def test_scikit_learn_check(estimator, check):
    check(estimator)


@pytest.mark.parametrize("classifier", CHECKED, ids=["folds", "no folds"])
def test_scikit_learn_has_many_checks_for_it(classifier):
    assert len(list(estimator_checks_generator(classifier))) >= 50


def blobs(distance=2.5, n=600, seed=0):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.4).astype(int)
    return rng.normal(distance * y[:, None], 1, (n, 3)), y


@each_scheme
def test_the_share_of_positives_is_dropped_from_the_unlabeled(scheme):
    X, y = blobs()
    X, y_pu, _ = make_pu(X, y, scheme=scheme, random_state=0)
    classifier = CVIRClassifier(
        LogisticRegression(), prior=0.4, scheme=scheme, random_state=0
    ).fit(X, y_pu)
    h = y_pu.mean() if scheme == "single" else 0
    share = (0.4 - h) / (1 - h)
    assert classifier.unlabeled_prior_ == pytest.approx(share)
    assert classifier.kept_[y_pu == 1].all()
    assert np.sum(~classifier.kept_) == round(share * np.sum(y_pu == 0))


def test_where_classes_are_apart_the_positives_are_dropped():
    X, y = blobs(distance=6)
    X, y_pu, y = make_pu(X, y, random_state=0)
    classifier = CVIRClassifier(
        LogisticRegression(), prior=y.mean(), random_state=0
    ).fit(X, y_pu)
    np.testing.assert_array_equal(classifier.kept_, (y == 0) | (y_pu == 1))
    assert classifier.score(X, y) == 1
    # The second round dropped the same.
    assert classifier.n_rounds_ == 2


@pytest.mark.parametrize("n_rounds", [1, 3])
def test_it_is_the_procedure_with_folds(n_rounds):
    """The rounds written out with scikit-learn's own parts."""
    X, y = blobs(distance=1)
    X, y_pu, _ = make_pu(X, y, random_state=0)
    splits = list(StratifiedKFold(4).split(X, y_pu))
    n_dropped = round((0.4 - y_pu.mean()) / (1 - y_pu.mean()) * np.sum(y_pu == 0))
    kept = np.ones(len(y_pu), bool)
    for _ in range(n_rounds):
        scores = np.zeros(len(y_pu))
        for train, test in splits:
            rows = [row for row in train if kept[row]]
            inner = LogisticRegression().fit(X[rows], y_pu[rows])
            scores[test] = inner.predict_proba(X[test])[:, 1]
        scores[y_pu == 1] = -1
        kept = ~np.isin(np.arange(len(y_pu)), np.argsort(scores)[-n_dropped:])
    classifier = CVIRClassifier(
        LogisticRegression(), prior=0.4, cv=splits, n_rounds=n_rounds
    ).fit(X, y_pu)
    np.testing.assert_array_equal(classifier.kept_, kept)
    inner = LogisticRegression().fit(X[kept], y_pu[kept])
    np.testing.assert_allclose(classifier.estimator_.coef_, inner.coef_)


def test_it_is_the_procedure_without_folds():
    X, y = blobs(distance=1)
    X, y_pu, _ = make_pu(X, y, random_state=0)
    n_dropped = round((0.4 - y_pu.mean()) / (1 - y_pu.mean()) * np.sum(y_pu == 0))
    kept = np.ones(len(y_pu), bool)
    for _ in range(3):
        inner = LogisticRegression().fit(X[kept], y_pu[kept])
        scores = np.where(y_pu == 1, -1, inner.predict_proba(X)[:, 1])
        kept = ~np.isin(np.arange(len(y_pu)), np.argsort(scores)[-n_dropped:])
    classifier = CVIRClassifier(LogisticRegression(), prior=0.4, cv=None).fit(X, y_pu)
    np.testing.assert_array_equal(classifier.kept_, kept)


@each_scheme
def test_the_odds_are_taken_to_those_of_the_population(scheme):
    X, y = blobs(distance=1)
    X, y_pu, _ = make_pu(X, y, label_frequency=0.2, scheme=scheme, random_state=0)
    classifier = CVIRClassifier(
        LogisticRegression(), prior=0.4, scheme=scheme, random_state=0
    ).fit(X, y_pu)
    trained_on = y_pu.sum() / np.sum(classifier.kept_ & (y_pu == 0))
    inner = classifier.estimator_.predict_proba(X)[:, 1]
    odds = np.exp(logit(inner)) / trained_on * (0.4 / 0.6)
    found = classifier.predict_proba(X)[:, 1]
    np.testing.assert_allclose(found, odds / (1 + odds))
    np.testing.assert_allclose(classifier.decision_function(X), np.log(odds))


@each_scheme
@pytest.mark.parametrize("cv", [5, None])
def test_without_a_prior_it_is_the_classifier_alone(scheme, cv):
    X, y = blobs(distance=1)
    X, y_pu, _ = make_pu(X, y, random_state=0)
    classifier = CVIRClassifier(LogisticRegression(), scheme=scheme, cv=cv)
    classifier.fit(X, y_pu)
    assert classifier.kept_.all()
    assert classifier.n_rounds_ == 1
    assert classifier.shift_ == pytest.approx(0)
    np.testing.assert_allclose(
        classifier.predict_proba(X),
        LogisticRegression().fit(X, y_pu).predict_proba(X),
    )


@each_scheme
def test_the_prior_can_be_estimated(scheme):
    X, y = blobs(distance=4, n=3000)
    X, y_pu, _ = make_pu(X, y, scheme=scheme, random_state=0)
    classifier = CVIRClassifier(
        LogisticRegression(), prior="estimate", scheme=scheme, random_state=0
    ).fit(X, y_pu)
    assert classifier.prior_ == pytest.approx(y.mean(), abs=0.03)
    low, high = classifier.prior_interval_
    assert low <= y.mean() <= high
    classifier.set_params(prior=0.5).fit(X, y_pu)
    assert not hasattr(classifier, "prior_interval_")


def test_trees_learn_the_true_classes_of_digits():
    X, digit = load_digits(return_X_y=True)
    X, y_pu, y = make_pu(X, digit % 2 == 0, label_frequency=0.3, random_state=0)
    trees = ExtraTreesClassifier(30, random_state=0)
    classifier = CVIRClassifier(trees, prior=y.mean(), random_state=0)
    score = classifier.fit(X[::2], y_pu[::2]).score(X[1::2], y[1::2])
    alone = clone(trees).fit(X[::2], y_pu[::2]).score(X[1::2], y[1::2])
    classifier.set_params(cv=None)
    by_heart = classifier.fit(X[::2], y_pu[::2]).score(X[1::2], y[1::2])
    assert alone < 0.7
    assert score > 0.9
    assert score > by_heart


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.0, [1, 1, 1, 1, 1]), (0.5, [1, 0, 1, 0, 1]), (0.99, [1, 0, 0, 0, 1])],
)
def test_the_highest_are_dropped_and_one_is_always_left(share, expected):
    scores = np.array([0.9, 0.8, 0.3, 0.7, 0.1])
    kept = without_highest(scores, np.array([1, 2, 3, 4]), share)
    np.testing.assert_array_equal(kept, np.array(expected, bool))


def test_equal_scores_are_not_dropped_in_the_order_of_the_rows():
    X = np.zeros((200, 1))
    y_pu = (np.arange(200) < 20).astype(int)
    classifier = CVIRClassifier(LogisticRegression(), prior=0.55, cv=None)
    first, other = (
        clone(classifier).set_params(random_state=seed).fit(X, y_pu).kept_
        for seed in (0, 1)
    )
    assert not np.array_equal(first, other)
    assert 30 < first[20:110].sum() < 60


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"prior": 0.1}, r"must exceed the labelled share .* Got 0.1 with"),
        ({"prior": 1.2}, "`prior` must be .* Got 1.2"),
        ({"prior": "estimate", "cv": None}, 'prior="estimate" needs .* Got cv=None'),
        ({"scheme": "both"}, "`scheme` must be 'single' or .* Got 'both'"),
        ({"n_rounds": 0}, r"`n_rounds` must be an integer in \[1, inf\)\. Got 0"),
        ({"cv": 1}, r"`cv` must be an integer in \[2, inf\)\. Got 1"),
        ({"prior": 0.9999}, "Each fold needs an unlabeled sample .* Got 1 of"),
    ],
)
def test_a_parameter_out_of_its_range_is_named(parameters, message):
    X, y = blobs(n=100)
    y_pu = make_pu(X, y, random_state=0)[1]
    classifier = CVIRClassifier(LogisticRegression(), random_state=0)
    with pytest.raises(ValueError, match=message):
        classifier.set_params(**parameters).fit(X, y_pu)


def test_weights_of_the_last_step_of_a_pipeline_count_as_those_of_a_classifier():
    X, y = blobs()
    X, y_pu, _ = make_pu(X, y, random_state=0)
    weights = 1 + 4 * y_pu
    plain = CVIRClassifier(LogisticRegression(), prior=0.4, random_state=0)
    piped = clone(plain).set_params(estimator=make_pipeline(LogisticRegression()))
    plain.fit(X, y_pu, sample_weight=weights)
    piped.fit(X, y_pu, logisticregression__sample_weight=weights)
    assert piped.shift_ == plain.shift_
    np.testing.assert_array_equal(piped.predict_proba(X), plain.predict_proba(X))


def test_weights_reach_through_a_search():
    X, y = blobs()
    X, y_pu, _ = make_pu(X, y, random_state=0)
    pipeline = make_pipeline(LogisticRegression())
    weights = {"logisticregression__sample_weight": 1 + 4 * y_pu}
    shifts = [
        CVIRClassifier(inner, prior=0.4, cv=None).fit(X, y_pu, **weights).shift_
        for inner in (pipeline, GridSearchCV(pipeline, {"verbose": [False]}))
    ]
    assert shifts[0] == shifts[1]
