import warnings

import numpy as np
import pytest
from scipy.sparse import issparse
from scipy.special import expit
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from pusklearn import (
    Micrograph,
    PUClassifier,
    PUThresholdClassifier,
    RegionScorer,
    make_picker,
)
from pusklearn.micrographs.images import _lazy_rows
from pusklearn.modules import ConvNet

POINTS = [[(10, 12), (30, 20)], [(15, 8)]]
REJECTED = [[(20, 5)], [(5, 20), (25, 15)]]


class Recorder(ClassifierMixin, BaseEstimator):
    """Keeps what it was fitted with, and scores a region by its mean."""

    def fit(self, X, y, known_negative=None):
        self.X_, self.y_, self.known_negative_ = X, y, known_negative
        self.classes_ = np.array([0, 1])
        return self

    def decision_function(self, X):
        return np.asarray(X).mean((1, 2))

    def predict_proba(self, X):
        p = expit(self.decision_function(X))
        return np.column_stack([1 - p, p])


class Plain(Recorder):
    """A classifier that knows nothing of known negatives."""

    def fit(self, X, y):
        return super().fit(X, y)


@pytest.fixture
def micrographs():
    rng = np.random.default_rng(0)
    return [
        Micrograph(rng.normal(size=(33, 40)).astype(np.float32), "a", 2.0),
        Micrograph(rng.normal(size=(28, 31)).astype(np.float32), "b", 2.0),
    ]


def near(shape, points, radius, scale=1.0):
    """Tell for each pixel whether a point, rounded to a pixel, is within a radius."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    is_near = np.zeros(shape, bool)
    for px, py in points:
        px, py = round(px / scale), round(py / scale)
        is_near |= (y - py) ** 2 + (x - px) ** 2 <= (radius / scale) ** 2
    return is_near


def expected(micrographs, points, rejected, radius, scale=1.0):
    """Return which pixels are known negatives, and not labelled."""
    masks = [
        near(m.shape, no, radius, scale) & ~near(m.shape, yes, radius, scale)
        for m, yes, no in zip(micrographs, points, rejected, strict=True)
    ]
    return np.concatenate([mask.ravel() for mask in masks])


def recorded(micrographs, points=POINTS, rejected=REJECTED, **kwargs):
    scorer = RegionScorer(Recorder(), region_size=3, **kwargs)
    return scorer.fit(micrographs, points, rejected).classifier_


@pytest.mark.parametrize("radius", [0, 3, 3.5, "4A"])
def test_regions_within_the_label_radius_are_known_negatives(micrographs, radius):
    fitted = recorded(micrographs, label_radius=radius)
    in_pixels = 2 if radius == "4A" else radius
    mask = expected(micrographs, POINTS, REJECTED, in_pixels)
    np.testing.assert_array_equal(fitted.known_negative_, mask)
    assert fitted.known_negative_.dtype == bool
    assert not (fitted.y_[mask]).any()


def test_regions_of_both_discs_stay_positives(micrographs):
    rejected = [[(14, 12)], []]  # 4 pixels beside a label, with a radius of 3
    fitted = recorded(micrographs, rejected=rejected)
    without = recorded(micrographs, rejected=None)
    np.testing.assert_array_equal(fitted.y_, without.y_)
    mask = expected(micrographs, POINTS, rejected, 3)
    assert 0 < mask.sum() < 29
    np.testing.assert_array_equal(fitted.known_negative_, mask)


@pytest.mark.parametrize("rejected", [None, [[], []], [np.empty((0, 2))] * 2])
def test_without_rejected_picks_nothing_changes(micrographs, rejected):
    assert recorded(micrographs, rejected=rejected).known_negative_ is None
    scorer = RegionScorer(Plain(), region_size=3).fit(micrographs, POINTS, rejected)
    np.testing.assert_array_equal(
        scorer.transform(micrographs)[0],
        RegionScorer(Plain(), region_size=3)
        .fit(micrographs, POINTS)
        .transform(micrographs)[0],
    )


def test_original_pixels_of_a_binned_micrograph(micrographs):
    binned = [Micrograph(m, m.name, 8.0, scale=4.0) for m in micrographs]
    points, rejected = ([4 * np.array(p) for p in each] for each in (POINTS, REJECTED))
    fitted = recorded(binned, points, rejected, label_radius=12)
    mask = expected(micrographs, POINTS, REJECTED, 3)
    np.testing.assert_array_equal(fitted.known_negative_, mask)


@pytest.mark.parametrize(
    ("radius", "click", "distance"),
    [
        (3, (12, 13), "3"),
        ("6A", (10, 12), "6 angstrom"),
        (0, (10, 12), "0"),
        (0.2, (10.4, 12), "0.2"),
    ],
)
def test_a_pick_that_is_labelled_and_rejected(micrographs, radius, click, distance):
    message = (
        r"In micrograph a, 1 of 2 rejected picks are nearer .* label radius of "
        rf"{distance}.*, such as that at x={click[0]:g}, y={click[1]:g}, to the "
        r"particle at x=10, y=12"
    )
    with pytest.raises(ValueError, match=message):
        recorded(micrographs, rejected=[[(20, 5), click], []], label_radius=radius)


def test_a_rejected_pick_at_the_label_radius_is_another_place(micrographs):
    fitted = recorded(micrographs, rejected=[[(13, 12)], []])
    assert 0 < fitted.known_negative_.sum() < 29


def test_rejected_picks_outside_their_micrograph(micrographs):
    outside = [[(20, 5), (40, 5)], [(5, 20)]]
    message = r"Micrograph a spans 40 x 33 .* 1 of its 2 rejected picks lie outside"
    with pytest.raises(ValueError, match=message):
        recorded(micrographs, rejected=outside)
    with pytest.warns(UserWarning, match=message):
        fitted = recorded(micrographs, rejected=outside, outside="warn")
    mask = expected(micrographs, POINTS, [[(20, 5)], [(5, 20)]], 3)
    np.testing.assert_array_equal(fitted.known_negative_, mask)


def test_rejected_picks_on_missing_pixels(micrographs):
    mask = np.zeros((28, 31), bool)
    mask[:, 22:] = True
    micrographs[1] = Micrograph(micrographs[1], "b", 2.0, mask=mask)
    message = r"1 of 3 rejected picks lie on missing .* micrograph b .*x=25, y=15"
    with pytest.warns(UserWarning, match=message):
        fitted = recorded(micrographs)
    is_there = np.concatenate([np.ones(33 * 40, bool), ~mask.ravel()])
    known = expected(micrographs, POINTS, [REJECTED[0], REJECTED[1][:1]], 3)
    np.testing.assert_array_equal(fitted.known_negative_, known[is_there])
    # There need not be any that is left.
    with pytest.warns(UserWarning, match="1 of 1 rejected picks lie on missing"):
        fitted = recorded(micrographs, rejected=[[], [(25, 15)]])
    assert not fitted.known_negative_.any()


def test_a_micrograph_that_cannot_be_used_is_left_out_with_its_picks(micrographs):
    broken = [micrographs[0], np.full((9, 9), np.nan), micrographs[1]]
    points, rejected = ([each[0], [(3, 3)], each[1]] for each in (POINTS, REJECTED))
    with pytest.warns(UserWarning, match="number 1 cannot be used"):
        fitted = recorded(broken, points, rejected, on_error="warn")
    mask = expected(micrographs, POINTS, REJECTED, 3)
    np.testing.assert_array_equal(fitted.known_negative_, mask)


@pytest.mark.parametrize(
    ("rejected", "message"),
    [
        ([[(3, 3)]], "`rejected` is not as it must be.* Got 1 for 2 micrographs"),
        ([[(3, 3)], None], "`rejected` is not.* micrograph number 1 are None"),
        ([[3, 3], []], r"`rejected` is not.* number 0 have shape \(2,\)"),
        ([[(3, np.nan)], []], "`rejected` is not.* must be finite"),
    ],
)
def test_wrong_rejected_picks(micrographs, rejected, message):
    with pytest.raises(ValueError, match=message):
        recorded(micrographs, rejected=rejected)


def test_a_classifier_that_takes_no_known_negatives(micrographs):
    scorer = RegionScorer(Plain(), region_size=3)
    with pytest.raises(TypeError, match=r"fit takes `known_negative`.* Got Plain\(\)"):
        scorer.fit(micrographs, POINTS, REJECTED)


def quick(**kwargs):
    settings = {"max_epochs": 1, "steps_per_epoch": 3, "batch_size": 16}
    return PUClassifier(ConvNet(units=2), **settings | kwargs, random_state=0)


def test_many_regions_have_a_sparse_mask(micrographs, monkeypatch):
    masks = []

    def fit(self, X, y, sample_weight=None, known_negative=None):
        masks.append(known_negative)
        return usual(self, X, y, sample_weight, known_negative)

    usual = PUClassifier.fit
    monkeypatch.setattr(PUClassifier, "fit", fit)
    scorer = RegionScorer(quick(), label_radius=2)
    small = scorer.fit(micrographs, POINTS, REJECTED).transform(micrographs)
    monkeypatch.setattr(_lazy_rows, "MOST_PIXELS", 100)
    large = scorer.fit(micrographs, POINTS, REJECTED)
    assert not issparse(masks[0])
    assert issparse(masks[1])
    np.testing.assert_array_equal(masks[1].toarray()[:, 0], masks[0])
    np.testing.assert_array_equal(large.transform(micrographs)[0], small[0])


def test_wrappers_of_a_classifier_hand_the_mask_on(micrographs):
    wrapped = PUThresholdClassifier(Recorder(), threshold=0.5)
    pipeline = make_pipeline(FunctionTransformer(), wrapped)
    scorer = RegionScorer(pipeline, region_size=3)
    fitted = scorer.fit(micrographs, POINTS, REJECTED).classifier_
    mask = expected(micrographs, POINTS, REJECTED, 3)
    np.testing.assert_array_equal(fitted[-1].estimator_.known_negative_, mask)


def test_an_estimated_prior_leaves_them_out(micrographs):
    priors = []
    for rejected in (None, REJECTED):
        scorer = RegionScorer(quick(prior="estimate"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of few labels
            fitted = scorer.fit(micrographs, POINTS, rejected).classifier_
        priors.append(fitted.net_.criterion_.priors)
    assert priors[1].negative == pytest.approx(3 * 29 / (33 * 40 + 28 * 31), abs=0.01)
    assert 0 <= priors[1].unlabeled < 1


def test_a_picker_learns_from_rejected_picks(micrographs):
    picker = make_picker(
        20, classifier=quick(), particles_per_micrograph=3, calibrate=False
    )
    points = [[(40, 48), (120, 80)], [(60, 32)]]
    rejected = [[(80, 20)], [(20, 80), (100, 60)]]
    large = [Micrograph(np.kron(m, np.ones((4, 4))), m.name, 2.0) for m in micrographs]
    picker.set_params(downsample__factor=4, score__label_radius=8)
    picker.fit(large, points, score__rejected=rejected)
    priors = picker["score"].classifier_.net_.criterion_.priors
    n_known = expected(micrographs, points, rejected, 8, scale=4.0).sum()
    assert priors.negative == pytest.approx(n_known / (33 * 40 + 28 * 31))
    # Two of three clicks are rejected: three beside three labels count as much.
    assert priors.counted == pytest.approx(priors.population)


def test_searches_hand_each_fold_its_own_rejected_picks(micrographs):
    micrographs = [*micrographs, *micrographs]
    points, rejected = 2 * POINTS, [*REJECTED, [], []]
    picker = make_picker(
        10, classifier=quick(), particles_per_micrograph=4, calibrate=False
    )
    folds = KFold(2)
    scores = cross_val_score(
        picker, micrographs, points, cv=folds, params={"score__rejected": rejected}
    )
    assert np.isfinite(scores).all()
    grid = {"score__label_radius": [2, 3]}
    search = GridSearchCV(picker, grid, cv=folds)
    search.fit(micrographs, points, score__rejected=rejected)
    priors = search.best_estimator_["score"].classifier_.net_.criterion_.priors
    assert priors.negative > 0


def test_metadata_routing(micrographs):
    with config_context(enable_metadata_routing=True):
        scorer = RegionScorer(Recorder(), region_size=3)
        pipeline = make_pipeline(
            FunctionTransformer(), scorer.set_fit_request(rejected=True)
        )
        pipeline.fit(micrographs, POINTS, rejected=REJECTED)
    mask = expected(micrographs, POINTS, REJECTED, 3)
    np.testing.assert_array_equal(pipeline[-1].classifier_.known_negative_, mask)


def test_clones_that_hold_out_micrographs_learn_the_other_known_negatives(micrographs):
    class Noted(Recorder):
        def fit(self, X, y, known_negative=None):
            noted.append(known_negative)
            return super().fit(X, y, known_negative)

    noted = []
    scorer = RegionScorer(Noted(), region_size=3, calibrate=True)
    scorer.fit(micrographs, POINTS, [REJECTED[0], []])
    mask = expected(micrographs, POINTS, [REJECTED[0], []], 3)
    # Two folds, a micrograph each, and the training itself. The second has none.
    *folds, whole = noted
    np.testing.assert_array_equal(whole, mask)
    first, second = sorted(folds, key=lambda known: known is None)
    np.testing.assert_array_equal(first, mask[: 33 * 40])
    assert second is None


def test_a_micrograph_that_is_given_twice_keeps_the_picks_of_both_rows(micrographs):
    twice, points = [micrographs[0]] * 2, [POINTS[0]] * 2
    rejected = [[(20, 5)], [(5, 20)]]
    classifier = recorded(twice, points, rejected)
    mask = expected(twice, points, rejected, 3)
    np.testing.assert_array_equal(classifier.known_negative_, mask)
