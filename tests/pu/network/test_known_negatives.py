import numpy as np
import pandas as pd
import pytest
import torch
from scipy.sparse import coo_array
from sklearn import config_context
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch.callbacks import EpochScoring

from pusklearn import PUClassifier, TiledRegions
from pusklearn.criteria import PN, Priors
from pusklearn.modules import MLP, ConvNet
from pusklearn.pu.network._known_negatives import find_negatives, rows_among

RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 4)).astype(np.float32)
X[:140, 0] += 3
TRUTH = np.arange(300) < 120
Y = (np.arange(300) < 60).astype(int)
# Hard negatives: only the second feature tells them from positives.
HARD = (np.arange(300) >= 120) & (np.arange(300) < 140)
X[HARD, 1] += 1


def new_classifier(**kwargs):
    settings = {
        "module": MLP((16,)),
        "lr": 0.02,
        "prior": 0.4,
        "max_epochs": 2,
        "steps_per_epoch": 20,
        "batch_size": 64,
    }
    return PUClassifier(**settings | kwargs, random_state=0)


def scores_with(mask, **kwargs):
    return new_classifier(**kwargs).fit(X, Y, known_negative=mask).decision_function(X)


def recorder(calls):
    """Return a criterion that notes what it is called with."""

    def criterion(logits, is_positive, priors, **others):
        calls.append((is_positive, priors, others))
        return PN()(logits, is_positive, 0.4)

    return criterion


@pytest.mark.parametrize("mask", [np.zeros(300, bool), [False] * 300])
def test_a_mask_of_no_sample_changes_no_bit(mask):
    np.testing.assert_array_equal(scores_with(mask), scores_with(None))
    calls = []
    scores_with(mask, criterion=recorder(calls))
    assert all(not others and type(p) is Priors for _, p, others in calls)


def test_a_criterion_gets_the_mask_by_its_name():
    calls = []
    scores_with(HARD, criterion=recorder(calls))
    assert len(calls) == 40
    for is_positive, priors, others in calls:
        assert list(others) == ["is_negative"]
        is_negative = others["is_negative"]
        assert is_negative.dtype == torch.bool
        # As many as positives, of 64.
        assert is_positive.sum() == is_negative.sum() == 4
        assert len(is_negative) == 64
        assert not (is_positive & is_negative).any()
        # 120 - 60 positives among 300 - 60 - 20 unlabeled samples.
        assert priors.unlabeled == pytest.approx(60 / 220)


def three_arguments(logits, is_positive, priors):
    return PN()(logits, is_positive, priors.population)


def test_a_criterion_of_three_arguments_is_valid_without_known_negatives():
    classifier = new_classifier(criterion=three_arguments).fit(X, Y)
    with pytest.raises(TypeError, match=r"with an argument `is_negative`.*has none"):
        classifier.fit(X, Y, known_negative=HARD)


def test_a_loss_of_torch_takes_known_negatives():
    loss = torch.nn.BCEWithLogitsLoss()
    classifier = new_classifier(criterion=loss).fit(X, Y, known_negative=HARD)
    assert np.isfinite(classifier.decision_function(X)).all()


@pytest.mark.parametrize("scheme", ["single", "case-control"])
def test_priors_of_a_fit(scheme):
    fitted = new_classifier(scheme=scheme).fit(X, Y, known_negative=HARD)
    n = {"single": 300, "case-control": 240}[scheme]
    n_labeled = {"single": 60, "case-control": 0}[scheme]
    assert fitted.prior_ == 0.4
    expected = (0.4 * n - n_labeled) / (300 - 60 - 20)
    assert fitted.unlabeled_prior_ == pytest.approx(expected)
    known = fitted.net_.criterion_.priors
    assert known.negative == pytest.approx(20 / n)
    # Beside 60 labels they would count as a third of the positives; and they count as
    # the geometric mean of this and of their share.
    assert known.counted == pytest.approx(np.sqrt(20 / n * 0.4 / 3))


@pytest.mark.parametrize(
    "criterion",
    [
        *("pn", "upu", "nnpu", "abs-pu", "imbalanced-nnpu"),
        *("ge-kl", "ge-binomial", "vpu", "dist-pu", "count-loss"),
    ],
)
def test_known_negatives_are_learnt_by_every_criterion(criterion):
    settings = {"criterion": criterion, "max_epochs": 3, "steps_per_epoch": 40}
    without, known = scores_with(None, **settings), scores_with(HARD, **settings)
    others = TRUTH & (Y == 0)
    gap = known[others].mean() - known[HARD].mean()
    assert gap > without[others].mean() - without[HARD].mean()


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (np.zeros(299, bool), r"shape \(300,\).* Got an array of shape \(299,\)"),
        (np.zeros((300, 1), bool), r"Got an array of shape \(300, 1\)"),
        (np.True_, r"Got an array of shape \(\)"),
        (np.arange(300) // 280, r"mask of bool.* type int64; .*`known_negative == 1`"),
        (np.zeros(300), r"mask of bool.* type float64"),
        ([None] * 300, r"mask of bool.* type object"),
        (np.arange(300) < 70, r"60 of 70 known negatives are labelled .* row 0"),
        (np.arange(300) >= 60, r"60 labelled positives and 240 known .* leave none"),
        (
            np.arange(300) >= 110,
            r"`prior` must be below .* Got 0.4 with 190 .* of 300 .* at most 0.36666",
        ),
    ],
)
def test_a_wrong_mask_is_refused(mask, message):
    with pytest.raises(ValueError, match=message):
        new_classifier().fit(X, Y, known_negative=mask)


@pytest.mark.parametrize(
    "form",
    [list, pd.Series, lambda mask: pd.array(mask, dtype="boolean")],
    ids=["list", "series", "nullable"],
)
def test_other_forms_of_a_mask(form):
    np.testing.assert_array_equal(scores_with(form(HARD)), scores_with(HARD))


def test_known_negatives_of_weight_0_are_not_there():
    weight = np.ones(300)
    weight[HARD], weight[::5] = 0, 0
    weighted = new_classifier().fit(X, Y, weight, known_negative=HARD)
    without = new_classifier().fit(X[weight > 0], Y[weight > 0])
    np.testing.assert_array_equal(
        weighted.decision_function(X), without.decision_function(X)
    )
    some = HARD.copy()
    some[np.flatnonzero(HARD)[:10]] = False
    weight[some] = 1
    weighted = new_classifier().fit(X, Y, weight, known_negative=HARD)
    kept = weight > 0
    without = new_classifier().fit(X[kept], Y[kept], known_negative=HARD[kept])
    np.testing.assert_array_equal(
        weighted.decision_function(X), without.decision_function(X)
    )


def test_weights_of_known_negatives_count():
    weight = np.where(HARD, 3.0, 1.0)
    fitted = new_classifier().fit(X, Y, weight, known_negative=HARD)
    known = fitted.net_.criterion_.priors
    assert known.negative == pytest.approx(60 / 340)
    assert known.counted == pytest.approx(np.sqrt(60 / 340 * 0.4))


@pytest.mark.parametrize("fraction", [0.2, 0.5])
@pytest.mark.parametrize("n_known", [1, 2, 20])
def test_known_negatives_are_held_out_in_the_same_share(fraction, n_known):
    mask = np.zeros(300, bool)
    mask[np.flatnonzero(HARD)[:n_known]] = True
    calls = []
    settings = {"criterion": recorder(calls), "validation_fraction": fraction}
    classifier = new_classifier(**settings).fit(X, Y, known_negative=mask)
    assert np.isfinite(classifier.net_.history[:, "valid_loss"]).all()
    n_learnt = n_known - (n_known > 1) * max(round(fraction * n_known), 1)
    counts = {int(others["is_negative"].sum()) for _, _, others in calls}
    n_held_out = n_known - n_learnt
    assert counts == {min(4, n_learnt), min(4, n_held_out)}


def test_a_scorer_takes_known_negatives_for_unlabeled():
    scoring = EpochScoring("roc_auc", lower_is_better=False, name="auc")
    classifier = new_classifier(callbacks=[scoring], validation_fraction=0.25)
    history = classifier.fit(X, Y, known_negative=HARD).net_.history
    assert history[-1, "auc"] > 0.5


def test_an_estimated_prior_does_not_count_them_as_unlabeled(few_trees):
    classifier = new_classifier(prior="estimate").fit(X, Y, known_negative=HARD)
    without = new_classifier(prior="estimate").fit(X[~HARD], Y[~HARD])
    expected = pytest.approx(without.unlabeled_prior_)
    assert classifier.unlabeled_prior_ == expected
    # 60 labels, and the share of the 220 that are neither.
    expected = (60 + 220 * without.unlabeled_prior_) / 300
    assert classifier.prior_ == pytest.approx(expected)
    low, high = classifier.prior_interval_
    assert low <= classifier.prior_ <= high


def test_known_negatives_in_all_other_settings():
    settings = {"reconstruction_weight": 0.1, "warm_start": True}
    classifier = new_classifier(**settings).fit(X, Y, known_negative=HARD)
    before = classifier.decision_function(X)
    classifier.fit(X, Y, known_negative=HARD)
    assert len(classifier.net_.history) == 4
    assert not np.array_equal(classifier.decision_function(X), before)
    # A fit without any goes on from it, too.
    classifier.fit(X, Y)
    started = new_classifier(initial=classifier).fit(X, Y, known_negative=HARD)
    assert np.isfinite(started.decision_function(X)).all()


@pytest.mark.parametrize("batch_size", [3, 4, 500])
def test_small_and_large_batches(batch_size):
    calls = []
    settings = {"batch_size": batch_size, "positive_share": 0.9}
    scores_with(HARD, criterion=recorder(calls), **settings)
    for is_positive, _, others in calls:
        n_negative = int(others["is_negative"].sum())
        assert n_negative >= 1
        assert is_positive.sum() >= 1
        assert len(is_positive) - is_positive.sum() - n_negative >= 1


def test_a_batch_needs_room_for_the_three_kinds():
    with pytest.raises(ValueError, match=r"`batch_size` must be at least 3, .* Got 2"):
        new_classifier(batch_size=2).fit(X, Y, known_negative=HARD)


def region_data():
    rng = np.random.default_rng(1)
    image = rng.normal(size=(24, 20)).astype(np.float32)
    image[3, 4] = np.nan
    regions = TiledRegions([image, rng.normal(size=(20, 20))], 31)
    positives = regions.labels([[(10, 8)], [(5, 5), (12, 12)]], 1)
    negatives = regions.labels([[(15, 20)], [(16, 3)]], 1)
    return regions, positives, negatives


@pytest.mark.parametrize("sparse", [False, True])
def test_known_negatives_of_regions(sparse):
    regions, positives, negatives = region_data()
    calls = []
    classifier = new_classifier(
        module=ConvNet(31, units=2), criterion=recorder(calls), prior=0.1
    )
    mask = negatives.astype(bool)
    if sparse:
        mask = coo_array(mask[:, None])
    classifier.fit(regions, positives, known_negative=mask)
    n = len(regions) - 1  # one is missing
    expected = (0.1 * n - 15) / (n - 15 - 10)
    assert classifier.unlabeled_prior_ == pytest.approx(expected)
    # A rejected pick counts as a click.
    assert classifier.net_.criterion_.priors.counted == pytest.approx(0.1 * 10 / 15)
    assert {int(others["is_negative"].sum()) for *_, others in calls} == {4}


def test_known_negatives_on_missing_regions_are_left_out():
    regions, positives, negatives = region_data()
    mask = negatives.astype(bool)
    classifier = new_classifier(module=ConvNet(31, units=2), prior=0.1)
    expected = classifier.fit(regions, positives, known_negative=mask)
    mask[3 * 20 + 4] = True
    with pytest.warns(UserWarning, match="1 of 11 known negatives are left out.* 64"):
        found = new_classifier(module=ConvNet(31, units=2), prior=0.1).fit(
            regions, positives, known_negative=mask
        )
    np.testing.assert_array_equal(
        found.score_map(regions.micrographs[1]),
        expected.score_map(regions.micrographs[1]),
    )


def test_all_known_negatives_in_one_held_out_micrograph():
    regions, positives, _ = region_data()
    classifier = new_classifier(
        module=ConvNet(31, units=2), prior=0.1, validation_fraction=0.5
    )
    first, second = (
        regions.labels(points, 1).astype(bool)
        for points in ([[(15, 20)], []], [[], [(16, 3)]])
    )
    classifier.fit(regions, positives, known_negative=first)
    with pytest.raises(ValueError, match="holds out all known negatives"):
        classifier.fit(regions, positives, known_negative=second)


def test_a_search_slices_the_mask():
    calls = []
    classifier = new_classifier(
        criterion=recorder(calls), max_epochs=1, steps_per_epoch=1
    )
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    scores = cross_val_score(
        classifier, X, Y, cv=folds, params={"known_negative": HARD}
    )
    assert np.isfinite(scores).all()
    for (learnt, _), (_, priors, _) in zip(folds.split(X, Y), calls, strict=True):
        assert priors.negative == pytest.approx(HARD[learnt].mean())
    search = GridSearchCV(classifier, {"lr": [1e-3, 1e-2]}, cv=folds)
    assert search.fit(X, Y, known_negative=HARD).best_score_ > 0


def test_metadata_routing():
    calls = []
    with config_context(enable_metadata_routing=True):
        classifier = new_classifier(criterion=recorder(calls))
        pipeline = make_pipeline(
            StandardScaler(), classifier.set_fit_request(known_negative=True)
        )
        pipeline.fit(X, Y, known_negative=HARD)
    assert all("is_negative" in others for *_, others in calls)


def test_a_pipeline_takes_the_mask_by_the_name_of_its_step():
    pipeline = make_pipeline(StandardScaler(), new_classifier())
    pipeline.fit(X, Y, puclassifier__known_negative=HARD)
    assert pipeline[-1].unlabeled_prior_ == pytest.approx(60 / 220)


def test_rows_are_counted_among_those_that_are_kept():
    kept = np.array([False, True, True, False, True])
    assert rows_among(np.array([1, 3, 4]), kept).tolist() == [0, 2]
    assert rows_among(np.array([], int), kept).tolist() == []


def test_a_value_that_is_masked_is_none():
    mask = np.ma.array([True, False, False], mask=[False, False, True])
    with pytest.raises(ValueError, match=r"1 of 3 are masked.*filled\(False\)"):
        find_negatives(mask, 3)
    assert find_negatives(mask.filled(False), 3).tolist() == [0]
    assert find_negatives(np.ma.array([True, False]), 2).tolist() == [0]
