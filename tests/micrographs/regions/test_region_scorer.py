import pickle
import re

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.exceptions import NotFittedError

from pusklearn import (
    Micrograph,
    PUClassifier,
    PUThresholdClassifier,
    RegionScorer,
    TiledRegions,
)
from pusklearn.micrographs.images._lazy_rows import LazyRows, unchanged
from pusklearn.modules import MLP, ConvNet

POINTS = [[(10, 12), (30, 20)], [(15, 8)]]


class MeanOfRegion(ClassifierMixin, BaseEstimator):
    """Scores a region by its mean, and remembers what it was fitted with."""

    def __init__(self, prior=None):
        self.prior = prior

    def fit(self, X, y):
        self.shape_, self.n_positive_ = X.shape, int(y.sum())
        self.classes_ = np.array([0, 1])
        return self

    def decision_function(self, X):
        return np.asarray(X).mean((1, 2))


@pytest.fixture
def micrographs():
    rng = np.random.default_rng(0)
    return [
        Micrograph(rng.normal(size=(33, 40)).astype(np.float32), "a", 1.5, scale=1.0),
        Micrograph(rng.normal(size=(28, 31)).astype(np.float32), "b", 1.5, scale=1.0),
    ]


def quick(**kwargs):
    return PUClassifier(
        ConvNet(units=2),
        max_epochs=1,
        steps_per_epoch=3,
        batch_size=16,
        random_state=0,
        **kwargs,
    )


def test_maps_are_the_classifiers_scores_around_every_pixel(micrographs):
    scorer = RegionScorer(MeanOfRegion(), region_size=3).fit(micrographs, POINTS)
    assert scorer.classifier_.shape_ == (33 * 40 + 28 * 31, 3, 3)
    maps = scorer.transform(micrographs)
    padded = np.pad(micrographs[0], 1)
    expected = sum(padded[y : y + 33, x : x + 40] for y in range(3) for x in range(3))
    np.testing.assert_allclose(maps[0], expected / 9, atol=1e-6)
    assert [(m.name, m.pixel_size, m.scale) for m in maps] == [
        ("a", 1.5, 1.0),
        ("b", 1.5, 1.0),
    ]


def test_the_regions_within_the_label_radius_are_the_positives(micrographs):
    scorer = RegionScorer(MeanOfRegion(), label_radius=2, region_size=3)
    assert scorer.fit(micrographs, POINTS).classifier_.n_positive_ == 3 * 13


def test_the_label_radius_is_in_original_pixels():
    half = [Micrograph(np.ones((40, 40)), scale=2.0)]
    scorer = RegionScorer(MeanOfRegion(), label_radius=4, region_size=3)
    assert scorer.fit(half, [[(60, 31)]]).classifier_.n_positive_ == 13


def test_the_number_of_particles_sets_the_prior(micrographs):
    scorer = RegionScorer(
        MeanOfRegion(), label_radius=3, region_size=3, particles_per_micrograph=20
    ).fit(micrographs, POINTS)
    expected = 20 * 2 * 29 / (33 * 40 + 28 * 31)
    assert scorer.prior_ == pytest.approx(expected)
    assert scorer.classifier_.prior == scorer.prior_
    assert scorer.classifier.prior is None


def test_without_a_number_the_prior_of_the_classifier_stays(micrographs):
    scorer = RegionScorer(MeanOfRegion(prior=0.2), region_size=3)
    assert scorer.fit(micrographs, POINTS).classifier_.prior == 0.2


def test_maps_know_how_many_particles_the_prior_expects(micrographs, monkeypatch):
    scorer = RegionScorer(quick(prior=0.1), label_radius=2)
    expected = [0.1 * 33 * 40 / 13, 0.1 * 28 * 31 / 13]
    maps = scorer.fit_transform(micrographs, POINTS)
    assert [m.n_expected for m in maps] == pytest.approx(expected)
    assert [m.n_expected for m in scorer.transform(micrographs)] == [
        m.n_expected for m in maps
    ]
    assert scorer.particles_per_micrograph_ == pytest.approx(np.mean(expected))
    assert scorer.particles_per_micrograph_interval_ is None
    # The radius of the fit counts.
    scorer.set_params(label_radius=5)
    monkeypatch.setattr("pusklearn.micrographs.images._lazy_rows.MOST_PIXELS", 1)
    lazy = scorer.transform(micrographs)
    assert isinstance(lazy, LazyRows)
    assert [m.n_expected for m in lazy] == [m.n_expected for m in maps]


def test_without_a_prior_no_number_of_particles_is_known(micrographs):
    for classifier in (MeanOfRegion(), quick()):
        scorer = RegionScorer(classifier, region_size=31).fit(micrographs, POINTS)
        assert scorer.particles_per_micrograph_ is None
        assert scorer.transform(micrographs)[0].n_expected is None


def test_the_number_that_was_given_is_the_one_expected(micrographs):
    scorer = RegionScorer(quick(), particles_per_micrograph=17).fit(micrographs, POINTS)
    assert scorer.particles_per_micrograph_ == 17
    total = sum(m.n_expected for m in scorer.transform(micrographs))
    assert total == pytest.approx(2 * 17)


@pytest.mark.filterwarnings("ignore:The share of positives was estimated from only")
def test_an_estimate_gives_the_number_an_interval(micrographs):
    scorer = RegionScorer(quick(prior="estimate"), label_radius=1)
    scorer.fit(micrographs, POINTS)
    places = (33 * 40 + 28 * 31) / 5 / 2
    prior, interval = scorer.classifier_.prior_, scorer.classifier_.prior_interval_
    assert scorer.particles_per_micrograph_ == pytest.approx(prior * places)
    assert scorer.particles_per_micrograph_interval_ == pytest.approx(
        np.multiply(interval, places)
    )


@pytest.mark.parametrize("count", [1.5, 1])
def test_fewer_particles_than_labels_are_refused(micrographs, count):
    scorer = RegionScorer(MeanOfRegion(), region_size=3, particles_per_micrograph=count)
    with pytest.raises(ValueError, match=rf"Got {count} with 1.5 labelled"):
        scorer.fit(micrographs, POINTS)


def test_with_a_step_the_map_is_nearly_the_exact_one(micrographs):
    exact = RegionScorer(quick(precision="float32")).fit(micrographs, POINTS)
    fast = RegionScorer(quick(precision="float32"), step=2).fit(micrographs, POINTS)
    for ours, expected in zip(
        fast.transform(micrographs), exact.transform(micrographs), strict=True
    ):
        assert (ours.name, ours.shape) == (expected.name, expected.shape)
        np.testing.assert_allclose(ours[::2, ::2], expected[::2, ::2], atol=1e-5)
        assert np.abs(ours - expected).mean() < expected.std()


def test_low_rank_scores_are_nearly_those_of_the_step(micrographs):
    classifier = quick(precision="float32").set_params(module=ConvNet(units=32))
    whole = RegionScorer(classifier, step=2).fit(micrographs, POINTS)
    assert whole.subspaces_ == []
    scorer = RegionScorer(classifier, step=2, low_rank=True).fit(micrographs, POINTS)
    (_, (_, last)) = scorer.subspaces_
    assert last[2].shape[1] < last[2].shape[0] == 128
    ours, expected = (s.transform(micrographs)[0] for s in (scorer, whole))
    assert 0 < np.std(ours - expected) < expected.std() / 8
    scorer.set_params(low_rank=False)
    np.testing.assert_array_equal(scorer.transform(micrographs)[0], expected)
    scorer.set_params(low_rank=True)
    (turned,) = scorer.set_params(turns=4).transform(micrographs[:1])
    (averaged,) = whole.set_params(turns=4).transform(micrographs[:1])
    assert 0 < np.std(turned - averaged) < averaged.std() / 8
    scorer.set_params(turns=1, step=1)
    (exact,) = scorer.transform(micrographs[:1])
    (expected,) = whole.set_params(turns=1, step=1).transform(micrographs[:1])
    np.testing.assert_array_equal(exact, expected)


@pytest.mark.parametrize(
    ("classifier", "changes"),
    [
        (quick(), {"step": 2}),  # a narrow network
        (quick().set_params(module__units=32), {"step": 1}),
        (MeanOfRegion(), {"step": 2, "region_size": 3}),
    ],
    ids=["narrow", "exact", "other classifier"],
)
def test_what_cannot_be_of_low_rank_is_left_as_it_is(micrographs, classifier, changes):
    scorer = RegionScorer(classifier, low_rank=True, **changes)
    assert scorer.fit(micrographs, POINTS).subspaces_ == []


def test_a_scorer_of_an_earlier_version_still_scores(micrographs):
    scorer = RegionScorer(quick(), step=2).fit(micrographs, POINTS)
    (expected, _) = scorer.transform(micrographs)
    del scorer.subspaces_
    np.testing.assert_array_equal(scorer.transform(micrographs)[0], expected)
    scorer.set_params(low_rank=True)
    np.testing.assert_array_equal(scorer.transform(micrographs)[0], expected)


def test_a_classifier_that_takes_the_background_for_positive_is_refused(micrographs):
    scorer = RegionScorer(quick(pos_label=0))
    with pytest.raises(ValueError, match=r"`pos_label` must be 1 or None\. Got 0"):
        scorer.fit(micrographs, POINTS)


@pytest.mark.parametrize("step", [3, 8])
def test_a_step_that_the_network_cannot_take_is_named(micrographs, step):
    scorer = RegionScorer(quick(), step=step)
    with pytest.raises(ValueError, match=f"stride of the network, 4. Got {step}"):
        scorer.fit(micrographs, POINTS)
    scorer.set_params(classifier__module="auto")
    with pytest.raises(ValueError, match=f"stride of the network, 4. Got {step}"):
        scorer.fit(micrographs, POINTS)


def test_scores_in_bfloat16_are_near_those_in_float32(micrographs):
    scorer = RegionScorer(quick(precision="float32"), step=2).fit(micrographs, POINTS)
    (single, _) = scorer.transform(micrographs)
    scorer.classifier_.set_params(precision="bfloat16")
    (half, _) = scorer.transform(micrographs)
    np.testing.assert_allclose(half, single, atol=0.1 * single.std())
    assert not np.array_equal(half, single)


def test_the_region_is_what_the_network_sees(micrographs):
    scorer = RegionScorer(quick()).fit(micrographs, POINTS)
    assert scorer.region_size_ == 31
    expected = scorer.classifier_.decision_function(TiledRegions(micrographs, 31))
    maps = scorer.transform(micrographs)
    np.testing.assert_allclose(
        np.concatenate([m.ravel() for m in maps]), expected, atol=1e-5
    )


def test_a_network_that_sees_any_size_needs_one(micrographs):
    scorer = RegionScorer(PUClassifier(MLP()))
    with pytest.raises(ValueError, match="`region_size` must be given"):
        scorer.fit(micrographs, POINTS)


def test_regions_are_never_smaller_than_the_network_sees(micrographs):
    scorer = RegionScorer(quick(), region_size=20).fit(micrographs, POINTS)
    assert scorer.region_size_ == 31


def test_more_particles_than_the_pixels_hold_are_refused(micrographs):
    scorer = RegionScorer(MeanOfRegion(), region_size=3, particles_per_micrograph=500)
    with pytest.raises(ValueError, match="500 particles per micrograph, with discs"):
        scorer.fit(micrographs, POINTS)


def test_a_prior_beside_a_number_of_particles_is_refused(micrographs):
    scorer = RegionScorer(
        MeanOfRegion(prior=0.1), region_size=3, particles_per_micrograph=20
    )
    with pytest.raises(ValueError, match="`prior` must be left at its default"):
        scorer.fit(micrographs, POINTS)


def test_probabilities_become_log_odds(micrographs):
    class Probabilities(MeanOfRegion):
        decision_function = property()

        def predict_proba(self, X):
            p = 1 / (1 + np.exp(-np.asarray(X).mean((1, 2))))
            return np.stack([1 - p, p], 1)

    maps = RegionScorer(Probabilities(), region_size=3).fit(micrographs, POINTS)
    expected = RegionScorer(MeanOfRegion(), region_size=3).fit(micrographs, POINTS)
    np.testing.assert_allclose(
        maps.transform(micrographs)[1], expected.transform(micrographs)[1], atol=1e-6
    )


def test_the_score_of_a_pixel_that_is_not_finite_is_nan(micrographs):
    scorer = RegionScorer(MeanOfRegion(), region_size=3).fit(micrographs, POINTS)
    broken = micrographs[1].copy()
    broken[7, 3], broken[20, 30] = np.nan, np.inf
    (scores,) = scorer.transform([broken])
    assert np.argwhere(np.isnan(scores)).tolist() == [[7, 3], [20, 30]]
    # Their neighbours see the median in their place.
    whole = np.where(
        np.isfinite(broken), broken, np.median(broken[np.isfinite(broken)])
    )
    np.testing.assert_allclose(scores[8, 4], whole[7:10, 3:6].mean(), atol=1e-6)


def test_where_a_classifier_is_certain_maps_stay_finite(micrographs):
    class Certain(MeanOfRegion):
        decision_function = property()

        def predict_proba(self, X):
            p = (np.asarray(X).mean((1, 2)) > 0).astype(float)
            return np.stack([1 - p, p], 1)

    scorer = RegionScorer(Certain(), region_size=3).fit(micrographs, POINTS)
    scores = np.unique(scorer.transform(micrographs)[0])
    np.testing.assert_allclose(scores, [-15.94, 15.94], atol=0.01)


def test_the_network_that_is_chosen_for_images_needs_no_region_size(micrographs):
    classifier = PUClassifier(max_epochs=1, steps_per_epoch=1)
    scorer = RegionScorer(classifier).fit(micrographs, POINTS)
    assert scorer.region_size_ == 31
    assert scorer.transform(micrographs)[0].shape == micrographs[0].shape


@pytest.mark.parametrize(("scale", "radius"), [(1.1, 3.3), (1.05, 7.35)])
def test_regions_just_at_the_label_radius_are_positives_at_any_scale(scale, radius):
    micrograph = Micrograph(np.zeros((40, 40), np.float32), scale=scale)
    scorer = RegionScorer(MeanOfRegion(), label_radius=radius, region_size=3)
    scorer.fit([micrograph], [[(20 * scale, 20 * scale)]])
    reach = round(radius / scale)
    y, x = np.mgrid[-20:20, -20:20]
    assert scorer.classifier_.n_positive_ == (x**2 + y**2 <= reach**2).sum()


@pytest.mark.parametrize(
    "parameters",
    [
        {"label_radius": "a"},
        {"label_radius": True},
        {"step": 1.5},
        {"step": True},
        {"region_size": 31.0},
        {"region_size": True},
    ],
)
def test_a_parameter_of_another_type_is_named(micrographs, parameters):
    ((name, value),) = parameters.items()
    with pytest.raises(TypeError, match=rf"`{name}` must be .* Got {value!r}"):
        RegionScorer(quick(), **parameters).fit(micrographs, POINTS)


@pytest.mark.parametrize(
    ("parameters", "interval"),
    [
        ({"label_radius": -1}, "a number in [0, inf)"),
        ({"label_radius": np.nan}, "a number in [0, inf)"),
        ({"step": 0}, "an integer in [1, inf)"),
        ({"region_size": 0}, "an integer in [1, inf)"),
        ({"particles_per_micrograph": 0}, "'estimate' or a number in (0, inf)"),
        ({"particles_per_micrograph": np.nan}, "'estimate' or a number in (0, inf)"),
        ({"particles_per_micrograph": "many"}, "'estimate' or a number in (0, inf)"),
    ],
)
def test_a_parameter_out_of_range_is_named(micrographs, parameters, interval):
    ((name, value),) = parameters.items()
    message = re.escape(f"`{name}` must be {interval}. Got {value!r}.")
    with pytest.raises(ValueError, match=message):
        RegionScorer(quick(), **parameters).fit(micrographs, POINTS)


def test_it_needs_labelled_particles(micrographs):
    with pytest.raises(ValueError, match="requires y to be passed"):
        RegionScorer(quick()).fit(micrographs, None)


def test_it_clones_and_pickles(micrographs):
    scorer = clone(RegionScorer(quick(), label_radius=2)).fit(micrographs, POINTS)
    restored = pickle.loads(pickle.dumps(scorer))
    for ours, theirs in zip(
        scorer.transform(micrographs), restored.transform(micrographs), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_no_label_at_all_is_refused(micrographs):
    with pytest.raises(ValueError, match="At least 1 particle must be labelled"):
        RegionScorer(quick()).fit(micrographs, [[], []])


def test_micrographs_without_a_label_are_taken(micrographs):
    RegionScorer(MeanOfRegion(), region_size=3).fit(micrographs, [POINTS[0], []])


def test_use_before_fit_is_refused(micrographs):
    with pytest.raises(NotFittedError):
        RegionScorer(quick()).transform(micrographs)


def test_fitting_computes_no_map_before_it_is_asked_for(micrographs):
    scorer = RegionScorer(quick())
    maps = scorer.fit_transform(micrographs, POINTS)
    assert len(maps) == 2
    assert not maps.kept
    for ours, expected in zip(maps, scorer.transform(micrographs), strict=True):
        np.testing.assert_array_equal(ours, expected)
    assert maps[0] is maps[-2]
    again = scorer.fit_transform(micrographs, POINTS)
    scorer.set_params(classifier__random_state=3).fit(micrographs, POINTS)
    np.testing.assert_array_equal(again[0], maps[0])
    assert [m.name for m in maps[1:]] == ["b"]


def test_a_classifier_that_takes_no_sparse_labels_learns_from_large_micrographs(
    micrographs, monkeypatch
):
    monkeypatch.setattr("pusklearn.micrographs.images._lazy_rows.MOST_PIXELS", 1000)
    classifier = PUThresholdClassifier(quick())
    scorer = RegionScorer(classifier, region_size=31).fit(micrographs, POINTS)
    assert scorer.transform(micrographs)[1].shape == micrographs[1].shape


def test_maps_asked_for_later_are_those_of_the_fit_before(micrographs, monkeypatch):
    scorer = RegionScorer(quick()).fit(micrographs, POINTS)
    expected = scorer.transform(micrographs)
    monkeypatch.setattr("pusklearn.micrographs.images._lazy_rows.MOST_PIXELS", 1000)
    maps = scorer.transform(micrographs)
    scorer.set_params(classifier__random_state=3).fit(micrographs, POINTS)
    np.testing.assert_array_equal(maps[0], expected[0])


def half_masked(micrographs, fill=0.0):
    """The first micrograph with its right part masked, and the part that is there."""
    first = micrographs[0].copy()
    first[:, 25:] = fill
    mask = np.zeros(first.shape, bool)
    mask[:, 25:] = True
    return Micrograph(first, mask=mask), micrographs[0][:, :25]


@pytest.mark.filterwarnings("ignore:The share of positives was estimated from only")
@pytest.mark.parametrize("step", [1, 2])
@pytest.mark.parametrize("prior", [None, 2.5, "estimate"])
def test_a_masked_part_is_as_if_the_micrograph_ended_there(micrographs, step, prior):
    masked, cut = half_masked(micrographs)
    points = [[(10, 12), (18, 28)], POINTS[1]]
    scorer = RegionScorer(quick(), label_radius=2, step=step)
    if prior == "estimate":
        scorer.set_params(classifier__prior=prior)
    else:
        scorer.set_params(particles_per_micrograph=prior)
    expected = clone(scorer).fit([cut, micrographs[1]], points)
    scorer.fit([masked, micrographs[1]], points)
    assert scorer.prior_ == expected.prior_
    assert scorer.classifier_.prior_ == expected.classifier_.prior_
    scores, other = scorer.transform([masked, micrographs[1]])
    exact, same = expected.transform([cut, micrographs[1]])
    # A step of 2 interpolates at the end of a micrograph in another way.
    near = np.s_[:, :23] if step == 2 else np.s_[:, :25]
    np.testing.assert_allclose(scores[:, :25][near], exact[near], atol=1e-4)
    np.testing.assert_array_equal(other, same)
    np.testing.assert_array_equal(np.isnan(scores), masked.mask)
    np.testing.assert_array_equal(scores.mask, masked.mask)


@pytest.mark.parametrize("fill", [np.nan, -300.0])
def test_dense_scores_beside_a_mask_are_those_of_single_regions(micrographs, fill):
    masked, _ = half_masked(micrographs, fill)
    masked[3, 4] = np.nan
    scorer = RegionScorer(quick()).fit(micrographs, POINTS)
    (scores,) = scorer.transform([masked])
    regions = TiledRegions([masked], scorer.region_size_)
    one_by_one = scorer.classifier_.decision_function(np.asarray(regions))
    np.testing.assert_allclose(regions.maps(one_by_one)[0], scores, atol=1e-4)
    dense = scorer.classifier_.decision_function(regions)
    np.testing.assert_allclose(regions.maps(dense)[0], scores, atol=1e-4)


def test_a_micrograph_that_is_missing_as_a_whole_changes_nothing(micrographs):
    gone = Micrograph(np.zeros((1, 1)), "gone", scale=7.0, mask=np.ones((1, 1), bool))
    scorer = RegionScorer(quick(), label_radius=2, particles_per_micrograph=3)
    expected = clone(scorer).fit(micrographs, POINTS).transform(micrographs)
    rows = [micrographs[0], gone, micrographs[1]]
    with pytest.warns(UserWarning, match="1 of 4 labelled particles .* gone"):
        scorer.fit(rows, [POINTS[0], [(500, 500)], POINTS[1]])
    first, empty, second = scorer.transform(rows)
    np.testing.assert_array_equal(first, expected[0])
    np.testing.assert_array_equal(second, expected[1])
    assert (empty.shape, empty.name) == ((1, 1), "gone")
    assert np.isnan(empty).all()


def test_labels_on_missing_pixels_are_left_out_once(micrographs):
    masked, _ = half_masked(micrographs)
    rows = [masked, micrographs[1]]
    with pytest.warns(UserWarning, match="1 of 3 labelled particles") as caught:
        scorer = RegionScorer(quick()).fit(rows, POINTS)
    (message,) = [str(w.message) for w in caught]
    assert "micrograph a (such as x=30, y=20)" in message
    expected = RegionScorer(quick()).fit(rows, [POINTS[0][:1], POINTS[1]])
    np.testing.assert_array_equal(
        scorer.transform(rows)[1], expected.transform(rows)[1]
    )
    with pytest.raises(ValueError, match=r"1 of 1 labelled .*No label is left"):
        RegionScorer(quick()).fit(rows, [POINTS[0][1:], []])


@pytest.mark.parametrize("wrapped", [False, True])
def test_other_classifiers_are_given_the_regions_that_are_there(micrographs, wrapped):
    masked, cut = half_masked(micrographs)
    classifier = MeanOfRegion()
    if wrapped:
        classifier = PUThresholdClassifier(quick(prior=0.2), cv=2)
    points = [[(10, 12), (18, 28)], POINTS[1]]
    scorer = RegionScorer(classifier, label_radius=1, region_size=3)
    expected = clone(scorer).fit([cut, micrographs[1]], points)
    scorer.fit([masked, micrographs[1]], points)
    assert getattr(scorer.classifier_, "n_positive_", 0) == getattr(
        expected.classifier_, "n_positive_", 0
    )
    (scores,), (exact,) = scorer.transform([masked]), expected.transform([cut])
    np.testing.assert_allclose(scores[:, :25], exact, atol=1e-4)
    assert np.isnan(scores[:, 25:]).all()


def test_the_classifier_itself_leaves_missing_regions_out(micrographs):
    masked, cut = half_masked(micrographs)
    labels = np.zeros(masked.shape, int)
    labels[10:13, 10:13] = 1
    regions = TiledRegions([masked], 31)
    expected = quick(prior=0.1).fit(TiledRegions([cut], 31), labels[:, :25].ravel())
    classifier = quick(prior=0.1).fit(regions, labels.ravel())
    assert classifier.label_frequency_ == expected.label_frequency_
    np.testing.assert_allclose(
        regions.maps(classifier.decision_function(regions))[0][:, :25],
        expected.decision_function(TiledRegions([cut], 31)).reshape(33, 25),
        atol=1e-4,
    )
    labels[:, 39] = 1
    with pytest.warns(UserWarning, match="33 of 42 labelled positives are left out"):
        classifier = quick(prior=0.1).fit(regions, labels.ravel())
    assert classifier.label_frequency_ == expected.label_frequency_


# Lengths in angstrom, labels that do not fit, micrographs that cannot be used


def test_lengths_may_be_in_angstrom(micrographs):
    given = {"particles_per_micrograph": 20}
    ours = RegionScorer(MeanOfRegion(), label_radius="4.5A", region_size="60A", **given)
    plain = RegionScorer(MeanOfRegion(), label_radius=3, region_size=63, **given)
    ours.fit(micrographs, POINTS)
    plain.fit(micrographs, POINTS)
    assert ours.region_size_ == plain.region_size_ == 63
    assert ours.prior_ == plain.prior_
    assert ours.classifier_.n_positive_ == plain.classifier_.n_positive_
    assert ours.pixel_sizes_ == (1.5, 1.5)


def test_the_network_grows_with_the_particle(micrographs):
    classifier = PUClassifier(max_epochs=1, steps_per_epoch=1, batch_size=8)
    for size, field in (("40A", 31), ("60A", 63)):
        scorer = RegionScorer(classifier, region_size=size).fit(micrographs, POINTS)
        assert scorer.classifier_.module_.receptive_field == field


def test_more_particles_than_pixels_name_the_radius_as_it_was_given(micrographs):
    scorer = RegionScorer(
        MeanOfRegion(), label_radius="9A", region_size=3, particles_per_micrograph=99
    )
    with pytest.raises(ValueError, match="discs of radius 9 angstrom, are more"):
        scorer.fit(micrographs, POINTS)


def test_a_length_without_pixel_size_names_the_micrograph(micrographs):
    bare = [micrographs[0], Micrograph(np.asarray(micrographs[1]))]
    scorer = RegionScorer(MeanOfRegion(), label_radius="4A", region_size=3)
    with pytest.raises(ValueError, match=r"label_radius='4A' .* number 1 has none"):
        scorer.fit(bare, POINTS)


def test_clicks_on_one_particle_count_once(micrographs):
    twice = [[(10, 12), (30, 20), (10.4, 12.3)], [(15, 8), (15, 8)]]
    scorer = RegionScorer(
        MeanOfRegion(), label_radius=2, region_size=3, particles_per_micrograph=2
    )
    assert scorer.fit(micrographs, twice).classifier_.n_positive_ == 3 * 13
    with pytest.raises(ValueError, match=r"Got 1\.5 with 1\.5 labelled"):
        scorer.set_params(particles_per_micrograph=1.5).fit(micrographs, twice)


@pytest.mark.parametrize("point", [(-3, 5), (40, 5), (5, 90)])
def test_a_particle_outside_is_an_error_or_left_out(micrographs, point):
    points = [[*POINTS[0], point], POINTS[1]]
    scorer = RegionScorer(MeanOfRegion(), label_radius=2, region_size=3)
    with pytest.raises(ValueError, match=r'a spans 40 x 33 .*`outside="warn"`'):
        scorer.fit(micrographs, points)
    with pytest.warns(UserWarning, match=r"left out.* \(1 particles of 1") as caught:
        scorer.set_params(outside="warn").fit(micrographs, points)
    assert caught[0].filename == __file__
    assert scorer.classifier_.n_positive_ == 3 * 13
    with pytest.raises(ValueError, match="`outside` must be 'raise' or 'warn'"):
        scorer.set_params(outside="clip").fit(micrographs, points)


def test_several_pixel_sizes_bring_a_warning(micrographs, monkeypatch):
    a, b = micrographs
    coarse = Micrograph(b, "coarse", 3.0)
    scorer = RegionScorer(MeanOfRegion(), region_size=3)
    with pytest.warns(UserWarning, match="several pixel sizes") as caught:
        scorer.fit([a, coarse], POINTS)
    assert len(caught) == 1
    scorer.fit([a, b], POINTS)
    with pytest.warns(UserWarning, match=r"3 angstrom \(coarse, coarse\)") as caught:
        scorer.transform([a, coarse, b, coarse])
    assert len(caught) == 1
    monkeypatch.setattr("pusklearn.micrographs.images._lazy_rows.MOST_PIXELS", 10)
    rows = LazyRows(unchanged, [a, coarse, b, coarse])
    with pytest.warns(UserWarning, match=r"3 angstrom \(coarse\)") as caught:
        list(scorer.transform(rows))
    assert len(caught) == 1


@pytest.mark.parametrize("lazy", [False, True])
def test_a_micrograph_that_cannot_be_used_is_as_if_it_were_not_given(
    micrographs, monkeypatch, lazy
):
    if lazy:
        monkeypatch.setattr("pusklearn.micrographs.images._lazy_rows.MOST_PIXELS", 10)
    nan = Micrograph(np.full((9, 12), np.nan), "nan")
    rows = [micrographs[0], nan, micrographs[1]]
    labels = [POINTS[0], [(500, 3)], POINTS[1]]
    scorer = RegionScorer(quick(), particles_per_micrograph=20, on_error="warn")
    expected = RegionScorer(quick(), particles_per_micrograph=20)
    expected.fit(micrographs, POINTS)
    with pytest.warns(UserWarning, match=r"Micrograph nan cannot be used") as caught:
        maps = list(scorer.fit_transform(rows, labels))
    assert len(caught) == 1
    assert scorer.prior_ == expected.prior_
    with pytest.warns(UserWarning, match=r"Micrograph nan cannot be used"):
        again = list(scorer.transform(rows))
    for found in (maps, again):
        assert np.isnan(found[1]).all()
        assert (found[1].shape, found[1].name) == ((9, 12), "nan")
        for ours, theirs in zip(
            found[::2], expected.transform(micrographs), strict=True
        ):
            np.testing.assert_array_equal(ours, theirs)
    with pytest.raises(ValueError, match=r"At least 1 micrograph must be usable"):
        scorer.fit([found[1]], [[(1, 1)]])
