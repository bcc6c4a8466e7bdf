import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from pusklearn import (
    FourierDownsampler,
    Micrograph,
    PeakExtractor,
    general_picker,
    suggest_picks,
)
from pusklearn.micrographs.images._lazy_rows import LazyRows, unchanged
from pusklearn.micrographs.peaks._pick_calibration import PickCalibration
from pusklearn.micrographs.suggestions._suggest_picks import even_score

# Score maps stand for micrographs: the peaks are known, and so is what they look like.
POINTS = [(20, 20), (20, 60), (60, 20), (60, 60)]


# Scores are log-odds already.
UNCHANGED = PickCalibration([0.0, 1.0], [0.0, 1.0])


class AsScores(TransformerMixin, BaseEstimator):
    """Take the grey values of micrographs for scores."""

    def fit(self, X, y=None):
        self.is_fitted_ = True
        return self

    def transform(self, X):
        return X


def scene(scores, name=None, mask=None):
    """Return a map with a peak of each score."""
    image = np.full((80, 80), -50.0)
    for (x, y), score in zip(POINTS, scores, strict=False):
        image[y, x] = score
    return Micrograph(image, name, mask=mask)


def new_picker(*steps, calibration=True, maps=None, labels=None, **options):
    extractor = PeakExtractor(radius=10, **options)
    picker = Pipeline([*steps, ("score", AsScores()), ("extract", extractor)])
    picker.fit([scene([1.0])] if maps is None else maps, labels)
    extractor.calibration_ = UNCHANGED if calibration else None
    return picker


def peaks_of(picks):
    """Return the micrograph and the score of each pick."""
    return [
        (row, round(score, 9)) for row, some in enumerate(picks) for score in some[:, 2]
    ]


def test_the_most_doubtful_peaks_are_suggested():
    maps = [scene([5.0, 0.5, -9.0, 0.1]), scene([-0.2, 7.0])]
    picks = suggest_picks(new_picker(), maps, 1)
    assert peaks_of(picks) == [(0, 0.1)]
    assert picks[0][:, :2].tolist() == [[60, 60]]
    assert picks[1].shape == (0, 3)


def test_each_micrograph_gives_one_before_any_gives_two():
    maps = [scene([0.1, 0.2, 0.3]), scene([3.0]), scene([-2.0, 0.4])]
    assert {row for row, _ in peaks_of(suggest_picks(new_picker(), maps, 3))} == {
        0,
        1,
        2,
    }
    picks = suggest_picks(new_picker(), maps, 5)
    assert [score for _, score in peaks_of([picks[2]])] == [0.4, -2.0]


def test_peaks_that_look_alike_are_not_suggested_together():
    maps = scene([0.1, 0.11, 0.12, 0.13])
    # Another shade around the last one.
    maps[56:66, 56:66] += 30.0
    maps[60, 60] = 0.13
    picks = suggest_picks(new_picker(), [maps], 2)
    assert peaks_of(picks) == [(0, 0.13), (0, 0.1)]


def test_what_is_known_is_not_suggested():
    maps = [scene([0.1, 0.2, 0.3]), scene([0.4])]
    known = [[[21, 21]], np.empty((0, 2))]
    picks = suggest_picks(new_picker(), maps, 1, known=known)
    assert peaks_of(picks) == [(0, 0.2)]
    known = [[[20, 29.9], [20, 50.1]], [[60, 60]]]
    picks = suggest_picks(new_picker(), maps, 1, known=known)
    assert peaks_of(picks) == [(0, 0.3)]


def test_a_peak_that_the_edge_cuts_off_is_not_suggested():
    maps = scene([1.0])
    maps[40, 12], maps[40, 66] = 0.2, 0.3  # a particle has a radius of 12.5
    maps[68, 40] = 0.4
    picks = suggest_picks(new_picker(), [maps], 10)
    assert peaks_of(picks) == [(0, 1.0), (0, 0.3)]


def test_there_are_fewer_if_there_are_no_more_peaks():
    masked = scene([], mask=np.ones((80, 80), bool))
    picks = suggest_picks(new_picker(), [scene([1.0, 2.0]), masked], 10)
    assert [len(some) for some in picks] == [2, 0]
    picks = suggest_picks(new_picker(), [masked], 10)
    assert picks[0].shape == (0, 3)


def test_coordinates_are_those_of_the_original():
    rng = np.random.default_rng(0)
    maps = [rng.normal(size=(120, 160)), rng.normal(size=(120, 160))]
    halved = new_picker(("downsample", FourierDownsampler(2)), maps=maps)
    picks = suggest_picks(halved, maps, 4)
    for some, all_picks in zip(picks, halved.predict(maps), strict=True):
        assert len(some) == 2
        assert {tuple(pick) for pick in some} <= {tuple(pick) for pick in all_picks}


def test_a_picker_of_the_library_and_the_same_choice_again(small_scene):
    micrographs, picker = small_scene
    first = suggest_picks(picker, micrographs, 5)
    second = suggest_picks(picker, micrographs, np.int64(5))
    assert sum(map(len, first)) == 5
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


def test_micrographs_may_be_opened_one_after_the_other(small_scene):
    micrographs, picker = small_scene
    lazy = suggest_picks(picker, LazyRows(unchanged, micrographs), 5)
    for one, other in zip(lazy, suggest_picks(picker, micrographs, 5), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.fixture(scope="module")
def small_scene():
    rng = np.random.default_rng(0)
    micrographs = [Micrograph(rng.normal(size=(96, 96)), f"m{i}") for i in range(2)]
    return micrographs, general_picker(24)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"calibration": True, "threshold": 3.0}, 0.0),
        ({"threshold": 3.0}, 3.0),
        ({"threshold": None}, 0.0),
        ({"threshold": "recall:0.5"}, np.nextafter(4.0, -np.inf)),
    ],
)
def test_the_score_of_an_even_chance(options, expected):
    options = {"calibration": False, "labels": [[POINTS[0]]]} | options
    picker = new_picker(maps=[scene([4.0, 2.0])], **options)
    assert even_score(picker[-1]) == pytest.approx(expected)


def test_the_expected_number_of_particles_stands_for_an_even_chance():
    maps = [scene([4.0, 2.0, 1.0])]
    picker = new_picker(maps=maps, calibration=False, particles_per_micrograph=2)
    assert 1 <= even_score(picker[-1]) < 2


def test_the_general_picker_without_calibration():
    extractor = general_picker(24, threshold=-1.5)[-1]
    extractor.calibration_ = None
    assert even_score(extractor) == -1.5
    extractor = general_picker(24, threshold="prior", particles_per_micrograph=9)[-1]
    extractor.calibration_ = None
    assert even_score(extractor) == 0


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"n_picks": 0}, ValueError, "`n_picks` must be"),
        ({"n_picks": 1.5}, TypeError, "`n_picks` must be"),
        ({"known": [[]] * 3}, ValueError, "Got 3 for 1 micrographs"),
        ({"picker": AsScores()}, ValueError, "`picker` must be .* Got AsScores"),
        (
            {"picker": make_pipeline(FunctionTransformer())},
            ValueError,
            "Got Pipeline that ends with FunctionTransformer",
        ),
        (
            {"picker": make_pipeline(AsScores(), PeakExtractor())},
            ValueError,
            "not fitted",
        ),
    ],
)
def test_what_cannot_be_used_is_refused(changes, error, said):
    options = {"picker": new_picker(), "n_picks": 3} | changes
    picker = options.pop("picker")
    with pytest.raises(error, match=said):
        suggest_picks(picker, [scene([1.0])], **options)
