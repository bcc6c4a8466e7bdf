import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import distance_transform_edt, gaussian_filter
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import get_tags

from pusklearn.metrics import match_coordinates, picking_average_precision
from pusklearn.micrographs.images._lazy_rows import LazyRows
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.peaks._peak_extractor import PeakExtractor


def score_maps(n_maps=4, *, scale=1.0, seed=0):
    """Noisy maps with a bump at each of 12 particles, and the particles."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:70, :90]
    grid = np.stack(np.meshgrid(np.arange(10, 90, 22), np.arange(10, 70, 22)), -1)
    maps, coordinates = [], []
    for row in range(n_maps):
        centres = grid.reshape(-1, 2) + rng.uniform(-4, 4, (12, 2))
        scores = rng.normal(0, 0.15, y.shape)
        for u, v in centres:
            scores += np.exp(-((x - u) ** 2 + (y - v) ** 2) / 18)
        maps.append(Micrograph(scores, name=f"map{row}", scale=scale))
        coordinates.append(centres * scale)
    return maps, coordinates


def n_picks(picks):
    return sum(len(p) for p in picks)


def test_picks_are_an_object_array_of_sorted_x_y_score():
    maps, _ = score_maps()
    picks = PeakExtractor(8).fit(maps).predict(maps)
    assert picks.shape == (4,)
    assert picks.dtype == object
    for scores, found in zip(maps, picks, strict=True):
        assert found.dtype == np.float64
        x, y = found[:, :2].astype(int).T
        np.testing.assert_array_equal(found[:, 2], np.asarray(scores)[y, x])
        assert (np.diff(found[:, 2]) <= 0).all()


def test_equal_numbers_of_picks_still_give_an_object_array():
    scores = np.zeros((9, 9))
    scores[4, 4] = 1.0
    picks = PeakExtractor(3).fit([scores]).predict([scores, scores])
    assert picks.shape == (2,)


def test_transform_equals_predict():
    maps, _ = score_maps(2)
    extractor = PeakExtractor(8).fit(maps)
    for a, b in zip(extractor.transform(maps), extractor.predict(maps), strict=True):
        np.testing.assert_array_equal(a, b)


def test_picks_lie_on_the_particles_and_refinement_brings_them_nearer():
    maps, coordinates = score_maps()
    mean_distance = []
    for refine in (False, True):
        extractor = PeakExtractor(8, threshold=0.6, refine=refine).fit(maps)
        hits = [
            match_coordinates(true, found, 3)
            for true, found in zip(coordinates, extractor.predict(maps), strict=True)
        ]
        assert all(hit.all() and hit.sum() == 12 for hit, _ in hits)
        mean_distance.append(np.mean([distance for _, distance in hits]))
    assert mean_distance[1] < mean_distance[0]


@pytest.mark.parametrize("scale", [2.0, 2.5])
def test_every_length_is_in_pixels_of_the_original(scale):
    maps, coordinates = score_maps()
    scaled = [Micrograph(np.asarray(m), scale=scale) for m in maps]
    parameters = {"threshold": 0.6, "refine": True}
    here = PeakExtractor(8, margin=12, match_radius=4, **parameters)
    original = PeakExtractor(
        8 * scale, margin=12 * scale, match_radius=4 * scale, **parameters
    )
    here.fit(maps)
    original.fit(scaled)
    for a, b in zip(here.predict(maps), original.predict(scaled), strict=True):
        assert 0 < len(a) < 12
        np.testing.assert_allclose(a * [scale, scale, 1], b, rtol=1e-12)
    assert original.score(scaled, [c * scale for c in coordinates]) == pytest.approx(
        here.score(maps, coordinates)
    )


def test_maps_of_different_scale_may_be_mixed():
    maps, coordinates = score_maps(2)
    mixed = [maps[0], Micrograph(np.asarray(maps[1]), scale=3.0)]
    picks = PeakExtractor(24, threshold=0.6).fit(mixed).predict(mixed)
    assert match_coordinates(coordinates[1] * 3, picks[1], 9)[0].sum() == 12
    assert n_picks(picks[:1]) < 12


def test_no_threshold_keeps_every_peak():
    maps, _ = score_maps()
    extractor = PeakExtractor(8).fit(maps)
    assert extractor.threshold_ == -np.inf
    assert n_picks(extractor.predict(maps)) > 48


def test_a_number_is_the_threshold():
    maps, _ = score_maps()
    extractor = PeakExtractor(8, threshold=0.9).fit(maps)
    assert extractor.threshold_ == 0.9
    assert all((found[:, 2] > 0.9).all() for found in extractor.predict(maps))


RULES = [None, 0.9, "prior", "recall:0.5", "recall:1", "fdr:0", "fdr:0.05", "fdr:0.3"]


@pytest.mark.parametrize("fitted_rule", [None, -0.5, "prior", "recall:0.8", "fdr:0.1"])
def test_every_rule_may_be_set_later_and_gives_the_threshold_of_a_fit(fitted_rule):
    maps, points = score_maps()
    labels = [xy[::2] for xy in points]
    extractor = PeakExtractor(
        8, match_radius=3, particles_per_micrograph=9.5, threshold=fitted_rule
    ).fit(maps, labels)
    before = extractor.threshold_
    for later in (extractor, pickle.loads(pickle.dumps(extractor))):
        for rule in RULES:
            expected = clone(extractor).set_params(threshold=rule).fit(maps, labels)
            assert later.find_threshold(rule or -np.inf) == expected.threshold_
            picks = later.set_params(threshold=rule).predict(maps)
            assert later.find_threshold() == expected.threshold_
            for one, other in zip(picks, expected.predict(maps), strict=True):
                np.testing.assert_array_equal(one, other)
        assert later.threshold_ == before
        assert later.rule_ == fitted_rule


def test_a_rule_that_is_set_later_warns_and_fails_as_a_fit_does():
    maps, points = score_maps(2)
    points[0] = points[0] + 1000
    extractor = PeakExtractor(8, match_radius=3, particles_per_micrograph=1e5)
    extractor.fit(maps, points)
    with pytest.warns(UserWarning, match="find 12 of 24 labelled particles"):
        assert extractor.find_threshold("recall:0.9") == -np.inf
    with pytest.warns(UserWarning, match="should keep 200000 picks"):
        extractor.set_params(threshold="prior").predict(maps)
    extractor.set_params(particles_per_micrograph=1, threshold="fdr:0")
    with pytest.raises(ValueError, match="threshold='fdr:0' is out of reach"):
        extractor.predict(maps)
    with pytest.raises(ValueError, match="`threshold` must be None, a number"):
        extractor.find_threshold("half")
    with pytest.raises(NotFittedError):
        clone(extractor).find_threshold("prior")


def test_a_warning_of_the_fit_is_not_repeated():
    maps, _ = score_maps(2)
    extractor = PeakExtractor(8, threshold="prior", particles_per_micrograph=1e5)
    with pytest.warns(UserWarning, match="should keep 200000 picks"):
        extractor.fit(maps)
    assert extractor.find_threshold() == -np.inf
    assert n_picks(extractor.predict(maps)) == len(extractor.peak_scores_)


def test_another_number_of_particles_may_be_set_later():
    maps, _ = score_maps()
    extractor = PeakExtractor(8, threshold="prior", particles_per_micrograph=9.5)
    extractor.fit(maps).set_params(particles_per_micrograph=5)
    assert n_picks(extractor.predict(maps)) == 20
    assert n_picks(extractor.set_params(margin=12).predict(maps)) < 20


@pytest.mark.parametrize(
    ("changed", "rules"),
    [
        ({"radius": 9}, ["prior", "recall:0.5", "fdr:0.1"]),
        ({"smoothing": "1px"}, ["prior", "recall:0.5", "fdr:0.1"]),
        ({"match_radius": 4}, ["recall:0.5", "fdr:0.1"]),
        ({"match_radius": None}, ["recall:0.5", "fdr:0.1"]),
        ({"refine": True}, ["recall:0.5", "fdr:0.1"]),
    ],
)
def test_rules_refuse_the_peaks_of_other_parameters(changed, rules):
    maps, points = score_maps(2)
    extractor = PeakExtractor(8, match_radius=3, particles_per_micrograph=9)
    extractor.fit(maps, points).set_params(**changed)
    (name,) = changed
    for rule in RULES:
        extractor.set_params(threshold=rule)
        if rule in rules:
            named = rf"`{name}` was set to .* after it\. Fit the PeakExtractor again"
            with pytest.raises(ValueError, match=named):
                extractor.predict(maps)
        elif rule in (None, "prior", 0.9):
            assert n_picks(extractor.predict(maps)) > 0


def test_one_length_written_otherwise_is_the_same():
    maps, points = score_maps(2)
    extractor = PeakExtractor(8, threshold="recall:0.5").fit(maps, points)
    extractor.set_params(radius="8.0 px", match_radius=8, smoothing=0)
    assert extractor.find_threshold() == extractor.threshold_


def test_a_fit_keeps_what_it_counted():
    maps, points = score_maps(3)
    maps[1] = np.full((20, 30), np.nan)
    extractor = PeakExtractor(8, match_radius=3).fit(maps, points)
    picks = extractor.predict(maps)
    expected = np.sort(np.concatenate(picks)[:, 2])[::-1]
    np.testing.assert_array_equal(extractor.peak_scores_, expected)
    assert extractor.peak_scores_.dtype == extractor.match_scores_.dtype == np.float64
    assert (extractor.n_labels_, extractor.n_micrographs_) == (24, 2)
    assert (len(extractor.match_scores_), extractor.n_expected_) == (24, None)
    extractor.fit(maps)
    assert (extractor.match_scores_, extractor.n_labels_) == (None, None)


def test_maps_tell_how_many_particles_are_expected():
    maps, points = score_maps()
    for row, scores in enumerate(maps):
        scores._n_expected = 8.5 + row
    extractor = PeakExtractor(8, match_radius=3, threshold="prior").fit(maps, points)
    assert extractor.n_expected_ == 40
    assert n_picks(extractor.predict(maps)) == 40
    told = clone(extractor).set_params(particles_per_micrograph=10)
    for rule in ("prior", "fdr:0.2", "fdr:0.4"):
        told.set_params(threshold=rule).fit(maps, points)
        assert extractor.find_threshold(rule) == told.threshold_
    told.set_params(particles_per_micrograph=3, threshold="prior").fit(maps)
    assert n_picks(told.predict(maps)) == 12
    gone = Micrograph(np.full((20, 30), np.nan))
    assert extractor.fit([*maps, gone], [*points, []]).n_expected_ == 40
    with pytest.raises(ValueError, match="needs `particles_per_micrograph`"):
        extractor.fit([*maps, maps[0] + 1])


@pytest.mark.parametrize("threshold", ["prior", "fdr:0.1"])
def test_a_missing_number_of_particles_is_named_at_the_end(threshold):
    maps, coordinates = score_maps(2)
    extractor = PeakExtractor(8).fit(maps, coordinates).set_params(threshold=threshold)
    with pytest.raises(ValueError, match=r"needs `particles_per_micrograph`\. Got"):
        extractor.predict(maps)
    extractor.set_params(particles_per_micrograph=12).predict(maps)


@pytest.mark.parametrize("threshold", ["recall:0.9", "fdr:0.1"])
def test_labels_that_the_fit_did_not_get_are_named(threshold):
    maps, _ = score_maps(2)
    extractor = PeakExtractor(8, particles_per_micrograph=12).fit(maps)
    with pytest.raises(ValueError, match=r"needs labelled particles `y`\. Got None"):
        extractor.set_params(threshold=threshold).predict(maps)
    extractor.set_params(threshold=None).fit(maps, [[], []])
    with pytest.raises(ValueError, match="at least 1 labelled particle"):
        extractor.find_threshold(threshold)


def test_prior_keeps_as_many_picks_as_are_expected_and_needs_no_labels():
    maps, _ = score_maps()
    extractor = PeakExtractor(8, threshold="prior", particles_per_micrograph=9.5)
    assert n_picks(extractor.fit(maps).predict(maps)) == 38


def test_recall_is_reached_and_one_pick_less_would_miss_it():
    maps, coordinates = score_maps()
    extractor = PeakExtractor(8, threshold="recall:0.75", match_radius=3)
    picks = extractor.fit(maps, coordinates).predict(maps)
    pairs = list(zip(coordinates, picks, strict=True))
    assert sum(match_coordinates(*pair, 3)[0].sum() for pair in pairs) == 36
    lowest = min(found[:, 2].min() for found in picks)
    fewer = [(true, found[found[:, 2] > lowest]) for true, found in pairs]
    assert sum(match_coordinates(*pair, 3)[0].sum() for pair in fewer) == 35


def test_fdr_from_a_third_of_the_labels_stops_where_particles_end():
    maps, coordinates = score_maps(8)
    labels = [true[::3] for true in coordinates]
    extractor = PeakExtractor(
        8, threshold="fdr:0.05", match_radius=3, particles_per_micrograph=12
    )
    n = n_picks(extractor.fit(maps, labels).predict(maps))
    assert 96 <= n <= 96 / 0.95


@pytest.mark.parametrize("threshold", ["prior", "fdr:0.1"])
def test_a_missing_number_of_particles_is_named(threshold):
    maps, coordinates = score_maps(2)
    with pytest.raises(ValueError, match=r"needs `particles_per_micrograph`\. Got"):
        PeakExtractor(8, threshold=threshold).fit(maps, coordinates)


@pytest.mark.parametrize("threshold", ["recall:0.9", "fdr:0.1"])
def test_missing_labels_are_named(threshold):
    maps, _ = score_maps(2)
    extractor = PeakExtractor(8, threshold=threshold, particles_per_micrograph=12)
    with pytest.raises(ValueError, match=r"needs labelled particles `y`\. Got None"):
        extractor.fit(maps)


def test_a_recall_out_of_reach_is_told():
    maps, coordinates = score_maps(2)
    coordinates[0] = coordinates[0] + 1000
    with pytest.warns(UserWarning, match="find 12 of 24 labelled particles"):
        PeakExtractor(8, threshold="recall:0.9").fit(maps, coordinates)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"radius": 0}, r"`radius` must be a number in \(0, inf\)\. Got 0"),
        ({"radius": np.nan}, r"`radius` must be a number in \(0, inf\)"),
        ({"match_radius": -1}, r"`match_radius` must be a number in \(0, inf\)"),
        (
            {"particles_per_micrograph": 0},
            r"`particles_per_micrograph` must be a number in \(0, inf\)",
        ),
        ({"margin": -0.5}, r"`margin` must be a number in \[0, inf\)\. Got -0\.5"),
        ({"threshold": "half"}, "`threshold` must be None, a number"),
    ],
)
def test_parameters_out_of_range_are_refused_by_fit(parameters, message):
    maps, _ = score_maps(1)
    with pytest.raises(ValueError, match=message):
        PeakExtractor(**parameters).fit(maps)


def test_coordinates_of_another_number_of_micrographs_are_refused():
    maps, coordinates = score_maps(3)
    with pytest.raises(ValueError, match="Got 2 for 3 micrographs"):
        PeakExtractor(8).fit(maps, coordinates[:2])


def test_score_is_the_average_precision_of_all_peaks_whatever_the_threshold():
    maps, coordinates = score_maps()
    everything = PeakExtractor(8, match_radius=3).fit(maps)
    expected = picking_average_precision(coordinates, everything.predict(maps), 3)
    strict = PeakExtractor(8, match_radius=3, threshold=1e9).fit(maps)
    assert n_picks(strict.predict(maps)) == 0
    assert strict.score(maps, coordinates) == expected > 0.9


def test_score_takes_the_radius_where_no_match_radius_is_given():
    maps, coordinates = score_maps()
    scores = [
        PeakExtractor(2.0, match_radius=match).fit(maps).score(maps, coordinates)
        for match in (None, 2.0, 0.7)
    ]
    assert scores[0] == scores[1] > scores[2]


def test_score_refuses_weights():
    maps, coordinates = score_maps(2)
    extractor = PeakExtractor(8).fit(maps)
    assert extractor.score(maps, coordinates, sample_weight=None) > 0
    with pytest.raises(ValueError, match="weights are not supported"):
        extractor.score(maps, coordinates, sample_weight=[1, 2])


@pytest.mark.parametrize("method", ["predict", "transform", "peaks", "score"])
def test_nothing_works_before_fit(method):
    maps, coordinates = score_maps(1)
    arguments = (maps, coordinates) if method == "score" else (maps,)
    with pytest.raises(NotFittedError):
        getattr(PeakExtractor(8), method)(*arguments)


def test_masked_pixels_are_never_picked():
    maps, _ = score_maps(2)
    masked = [m.copy() for m in maps]
    for m in masked:
        m[:, :45] = np.nan
    picks = PeakExtractor(8, refine=True).fit(masked).predict(masked)
    assert all((found[:, 0] > 44).all() and len(found) > 5 for found in picks)


def test_it_ends_a_pipeline_and_survives_pickling():
    maps, coordinates = score_maps()
    picker = make_pipeline(
        FunctionTransformer(unchanged), PeakExtractor(8, threshold=0.6)
    )
    picks = picker.fit(maps, coordinates).predict(maps)
    assert picker.score(maps, coordinates) > 0.9
    copy = pickle.loads(pickle.dumps(picker))
    for a, b in zip(picks, copy.predict(maps), strict=True):
        np.testing.assert_array_equal(a, b)


def unchanged(maps):
    return maps


def test_a_grid_search_over_the_radius_finds_the_separation():
    maps, coordinates = score_maps(6)
    search = GridSearchCV(
        PeakExtractor(match_radius=3), {"radius": [1, 8, 60]}, cv=3, error_score="raise"
    )
    search.fit(maps, coordinates)
    assert search.best_params_ == {"radius": 8}


def test_cross_validated_picks_keep_the_rows():
    maps, coordinates = score_maps()
    picks = cross_val_predict(PeakExtractor(8), maps, coordinates, cv=2)
    assert picks.shape == (4,)
    x, y = picks[3][0, :2].astype(int)
    assert maps[3][y, x] == picks[3][0, 2]


def test_tags_say_rows_are_maps_and_nan_is_allowed():
    tags = get_tags(PeakExtractor())
    assert not tags.input_tags.two_d_array
    assert tags.input_tags.three_d_array
    assert tags.input_tags.allow_nan
    assert tags.requires_fit


def test_smoothing_in_original_pixels_makes_the_score_a_mean_of_its_surroundings():
    scores = Micrograph(np.random.default_rng(0).normal(size=(40, 50)), scale=2.0)
    extractor = PeakExtractor(radius=8, smoothing=3.0).fit([scores])
    smoothed = Micrograph(gaussian_filter(np.asarray(scores), 1.5), scale=2.0)
    expected = PeakExtractor(radius=8).fit([smoothed]).predict([smoothed])[0]
    np.testing.assert_allclose(extractor.predict([scores])[0], expected)


def test_smoothing_below_zero_is_refused():
    with pytest.raises(ValueError, match=r"`smoothing` must be a number in \[0, inf\)"):
        PeakExtractor(smoothing=-1.0).fit([np.eye(4)])


@pytest.mark.parametrize("smoothing", [0, 1.5])
def test_infinite_scores_are_missing_as_nan_is(smoothing):
    maps, _ = score_maps(1)
    infinite, nan = maps[0].copy(), maps[0].copy()
    infinite[30:34, 40:60], infinite[50, 50] = np.inf, -np.inf
    nan[30:34, 40:60] = nan[50, 50] = np.nan
    extractor = PeakExtractor(8, smoothing=smoothing).fit([infinite])
    found, expected = extractor.predict([infinite, nan])
    np.testing.assert_array_equal(found, expected)
    assert np.isfinite(found).all()


def test_a_mask_does_what_nan_does():
    maps, points = score_maps(2)
    mask = np.zeros(maps[0].shape, bool)
    mask[:, :45] = True
    nan = [np.where(mask, np.nan, m) for m in maps]
    masked = [Micrograph(m, mask=mask) for m in maps]
    extractor = PeakExtractor(
        8, smoothing=1, refine=True, particles_per_micrograph=4, threshold="prior"
    )
    expected = clone(extractor).fit(nan, points)
    extractor.fit(masked, points)
    assert extractor.threshold_ == expected.threshold_
    assert extractor.score(masked, points) == expected.score(nan, points)
    for a, b in zip(extractor.peaks(masked), expected.peaks(nan), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("lazy", [False, True])
def test_a_map_that_is_missing_as_a_whole_has_no_picks_and_does_not_count(lazy):
    maps, points = score_maps(3)
    gone = np.full((20, 30), np.nan)
    rows, labels = [maps[0], gone, *maps[1:]], [points[0], [(5, 5)] * 9, *points[1:]]
    masked = Micrograph(np.ones((20, 30)), mask=np.ones((20, 30), bool))
    if lazy:
        rows = LazyRows(unchanged, [Micrograph(row) for row in rows])
    for rule in ("prior", "recall:0.9", "fdr:0.1"):
        extractor = PeakExtractor(8, threshold=rule, particles_per_micrograph=12)
        expected = clone(extractor).fit(maps, points)
        extractor.fit(rows, labels)
        assert extractor.threshold_ == expected.threshold_
        assert extractor.score(rows, labels) == expected.score(maps, points)
    picks = extractor.predict([*rows, masked])
    assert [len(found) > 0 for found in picks] == [1, 0, 1, 1, 0]
    assert picks[1].shape == picks[4].shape == (0, 3)
    assert picks[1].dtype == picks[4].dtype == float


def test_particles_on_missing_pixels_do_not_count():
    maps, points = score_maps(2)
    mask = np.zeros(maps[0].shape, bool)
    mask[:, :45] = True
    masked = [Micrograph(m, mask=mask) for m in maps]
    there = [p[p[:, 0] >= 44.5] for p in map(np.asarray, points)]
    assert 0 < sum(map(len, there)) < sum(map(len, points))
    for rule in ("recall:1", "fdr:0.2"):
        extractor = PeakExtractor(8, threshold=rule, particles_per_micrograph=6)
        expected = clone(extractor).fit(masked, there).threshold_
        assert extractor.fit(masked, points).threshold_ == expected > -np.inf
    assert extractor.score(masked, points) == extractor.score(masked, there)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**16), st.sampled_from([0.0, 1.0, 2.0]), st.booleans())
def test_a_mask_changes_picks_only_near_it(seed, smoothing, refine):
    rng = np.random.default_rng(seed)
    scores = gaussian_filter(rng.normal(size=(48, 60)), 1.5)
    mask = np.zeros(scores.shape, bool)
    y, x = rng.integers(0, [30, 40])
    mask[y : y + 12, x : x + 15] = True
    # Suppression by a pick far away may hand on a change, so every peak is taken.
    extractor = PeakExtractor(0.5, smoothing=smoothing, refine=refine).fit([scores])
    whole, masked = extractor.predict([scores, Micrograph(scores, mask=mask)])
    assert np.isfinite(masked).all()
    pixels = masked[:, 1::-1].round().astype(int)
    assert not mask[tuple(pixels.T)].any()
    far = distance_transform_edt(~mask) > np.sqrt(2) * (2 + 4 * smoothing)
    unchanged_ones = [
        picks[far[tuple(picks[:, 1::-1].round().astype(int).T)]]
        for picks in (whole, masked)
    ]
    np.testing.assert_allclose(*unchanged_ones, rtol=1e-5, atol=1e-6)


def test_a_slope_toward_a_mask_has_its_maximum_beside_it():
    scores = np.tile(np.arange(20.0), (15, 1))
    scores -= 0.01 * (np.arange(15)[:, None] - 7) ** 2
    scores[:, 12:] = np.nan
    for smoothing in (0, 1):
        extractor = PeakExtractor(4, smoothing=smoothing, refine=True).fit([scores])
        best = extractor.predict([scores])[0][0]
        assert best[:2].tolist() == [11, 7]
        assert best[2] <= 11


@pytest.mark.parametrize(
    "parameters",
    [
        {"radius": "a"},
        {"radius": True},
        {"match_radius": True},
        {"smoothing": "wide"},
        {"margin": False},
        {"refine": "no"},
        {"refine": 1},
        {"particles_per_micrograph": "many"},
    ],
)
def test_a_parameter_of_another_type_is_named(parameters):
    ((name, value),) = parameters.items()
    with pytest.raises(TypeError, match=rf"`{name}` must be .* Got {value!r}"):
        PeakExtractor(**parameters).fit([np.zeros((9, 9))])


def test_a_length_that_is_set_after_the_fit_is_checked_too():
    extractor = PeakExtractor().fit([np.zeros((9, 9))]).set_params(radius=np.nan)
    with pytest.raises(ValueError, match=r"`radius` must be a number in \(0, inf\)"):
        extractor.predict([np.zeros((9, 9))])


@pytest.mark.parametrize("scale", [1.1, 1.05, 1.7])
def test_a_peak_suppresses_those_just_at_the_radius_at_any_scale(scale):
    scores = Micrograph(np.zeros((9, 20)), scale=scale)
    scores[4, [5, 8, 12]] = 3, 2, 1
    picks = PeakExtractor(3 * scale).fit([scores]).predict([scores])[0]
    assert picks[:, 2].tolist() == [3, 1]


# Lengths in angstrom, labels that were clicked twice, maps that cannot be used

LENGTHS = {"match_radius": 6, "smoothing": 1.5, "margin": 3, "radius": 8}


def in_angstrom(size, names=LENGTHS):
    return {name: f"{size * LENGTHS[name]}A" for name in names}


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("rule", ["prior", "recall:0.8", "fdr:0.2"])
def test_angstrom_are_pixels_times_the_pixel_size(scale, rule):
    maps, points = score_maps(2, scale=scale)
    sized = [Micrograph(m, pixel_size=1.5 * scale) for m in maps]
    settings = {"threshold": rule, "particles_per_micrograph": 12}
    plain = PeakExtractor(**LENGTHS, **settings).fit(maps, points)
    ours = PeakExtractor(**in_angstrom(1.5), **settings).fit(sized, points)
    assert ours.threshold_ == plain.threshold_
    assert ours.score(sized, points) == plain.score(maps, points)
    for one, other in zip(ours.predict(sized), plain.predict(maps), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("rule", ["recall:0.8", "fdr:0.2"])
def test_micrographs_of_several_pixel_sizes_have_their_own_radius(rule):
    """The same map at 1 and, for the second, at 2 angstrom per original pixel."""
    maps, points = score_maps(2)
    sized = [
        Micrograph(maps[0], pixel_size=2.0, scale=2.0),
        Micrograph(maps[1], pixel_size=2.0, scale=1.0),
    ]
    coordinates = [2 * points[0], points[1]]
    settings = {"threshold": rule, "particles_per_micrograph": 12}
    plain = PeakExtractor(**LENGTHS, **settings).fit(maps, points)
    ours = PeakExtractor(**in_angstrom(2.0), **settings).fit(sized, coordinates)
    assert ours.threshold_ == plain.threshold_
    assert ours.score(sized, coordinates) == pytest.approx(plain.score(maps, points))
    picks, expected = ours.predict(sized), plain.predict(maps)
    np.testing.assert_array_equal(picks[0], expected[0] * [2, 2, 1])
    np.testing.assert_array_equal(picks[1], expected[1])


def test_angstrom_without_a_pixel_size_name_the_micrograph():
    maps, _ = score_maps(2)
    sized = [Micrograph(m, pixel_size=1.0) for m in maps]
    extractor = PeakExtractor("8A").fit(sized)
    for method in (extractor.predict, clone(extractor).fit):
        with pytest.raises(ValueError, match=r"radius='8A' .* Micrograph map0 has no"):
            method(maps)
    extractor.set_params(radius="8px")
    plain = PeakExtractor(8).fit(maps).predict(maps)
    for one, other in zip(extractor.predict(maps), plain, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", sorted(LENGTHS))
def test_a_word_that_is_no_length_is_refused(name):
    with pytest.raises(TypeError, match=f"`{name}` must be a number .* Got '8nm'"):
        PeakExtractor(**{name: "8nm"}).fit([np.eye(4)])


@pytest.mark.parametrize("rule", ["recall:0.9", "fdr:0.1"])
def test_particles_that_were_clicked_three_times_count_once(rule):
    maps, points = score_maps(3)
    thrice = [np.r_[xy, xy + 0.4, xy - 0.3] for xy in points]
    extractor = PeakExtractor(
        8, match_radius=6, threshold=rule, particles_per_micrograph=12
    )
    expected = clone(extractor).fit(maps, points)
    extractor.fit(maps, thrice)
    assert extractor.threshold_ == expected.threshold_
    assert extractor.score(maps, thrice) == expected.score(maps, points)


def refuse_map1(image):
    if image.name == "map1":
        raise ValueError("Micrograph map1 is no longer there.")
    return image


@pytest.mark.parametrize("rule", ["prior", "recall:0.9", "fdr:0.1"])
def test_a_map_that_cannot_be_computed_has_no_picks(rule):
    maps, points = score_maps(3)
    extractor = PeakExtractor(
        8, threshold=rule, particles_per_micrograph=12, on_error="warn"
    )
    expected = clone(extractor).fit(maps[::2], points[::2])
    rows = LazyRows(refuse_map1, maps)
    message = r"^Micrograph map1 cannot be used and is left out: .* no longer there\.$"
    with pytest.warns(UserWarning, match=message):
        extractor.fit(rows, points)
    with pytest.warns(UserWarning, match=message) as caught:
        picks = extractor.predict(rows)
    assert len(caught) == 1
    with pytest.warns(UserWarning, match=message):
        score = extractor.score(rows, points)
    assert extractor.threshold_ == expected.threshold_
    assert score == expected.score(maps[::2], points[::2])
    assert picks[1].shape == (0, 3)
    for one, other in zip(picks[::2], expected.predict(maps[::2]), strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(ValueError, match="no longer there"):
        extractor.set_params(on_error="raise").predict(rows)
    with pytest.raises(ValueError, match="`on_error` must be"):
        extractor.set_params(on_error=True).predict(rows)
