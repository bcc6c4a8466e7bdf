import mrcfile
import numpy as np
import pytest
from matplotlib import pyplot as plt
from scipy.special import expit

from pusklearn import Micrograph
from pusklearn.metrics import ScoreMapDisplay
from pusklearn.micrographs.displays._seen_map import seen_map

PICKS = [(60, 50, 1.0), (24, 30, 0.5)]


@pytest.fixture
def scores():
    scores = Micrograph(
        np.random.default_rng(0).normal(size=(30, 40)), name="one", scale=2.0
    )
    scores[3:6, 8:20] = np.nan
    return scores


@pytest.fixture
def micrograph():
    return Micrograph(np.random.default_rng(1).normal(size=(60, 80)), name="one")


def test_the_map_alone_is_in_original_pixels_and_blank_where_it_is_missing(scores):
    display = ScoreMapDisplay.from_map(scores)
    (image,) = display.ax_.images
    assert image.get_extent() == [-1, 79, 59, -1]
    drawn = np.ma.filled(image.get_array(), np.nan)
    np.testing.assert_array_equal(drawn, scores)
    np.testing.assert_allclose(image.get_clim(), np.nanquantile(scores, [0.01, 0.999]))
    assert display.axes_ == [display.ax_]
    assert display.colorbar_.ax.get_ylabel() == "score"


def test_the_micrograph_is_beside_the_map(scores, micrograph):
    display = ScoreMapDisplay.from_map(scores, micrograph, PICKS, diameter=14)
    first, second = display.axes_
    assert first.get_title() == "one"
    assert second.get_title() == "score map"
    assert second is display.ax_
    assert first.images[0].get_extent() == [-0.5, 79.5, 59.5, -0.5]
    for ax in (first, second):
        (circles,) = ax.collections
        np.testing.assert_array_equal(circles.get_offsets(), [(60, 50), (24, 30)])
        np.testing.assert_array_equal(circles.get_widths(), [14, 14])


def test_over_the_micrograph_low_scores_are_transparent(scores, micrograph):
    display = ScoreMapDisplay.from_map(scores, micrograph, layout="over")
    assert len(display.axes_) == 1
    grey, over = display.ax_.images
    np.testing.assert_array_equal(grey.get_cmap()(0.0)[:3], (0, 0, 0))
    alpha = over.get_alpha()
    low, high = over.get_clim()
    assert (alpha[np.isnan(scores)] == 0).all()
    assert (alpha[np.asarray(scores) <= low] == 0).all()
    np.testing.assert_allclose(alpha[np.asarray(scores) >= high], 0.75)


def test_log_odds_may_be_drawn_as_probabilities(scores):
    display = ScoreMapDisplay.from_map(scores, calibrated=True, values="probability")
    (image,) = display.ax_.images
    np.testing.assert_allclose(np.ma.filled(image.get_array(), np.nan), expit(scores))
    assert image.get_clim() == (0, 1)
    assert display.colorbar_.ax.get_ylabel() == "probability of a particle"
    again = display.plot()
    assert again.colorbar_.ax.get_ylabel() == "log-odds of a particle"


def test_picks_without_a_diameter_are_crosses(scores, micrograph):
    display = ScoreMapDisplay.from_map(scores, micrograph, PICKS)
    (crosses,) = display.ax_.lines
    assert crosses.get_xydata().tolist() == [[60, 50], [24, 30]]
    none = ScoreMapDisplay.from_map(scores, picks=[])
    assert len(none.ax_.lines[0].get_xdata()) == 0


@pytest.mark.parametrize(
    ("settings", "same_as"),
    [({}, 1), ({"diameter": 28}, 2), ({"diameter": 28, "sigma": 3}, 3)],
)
def test_the_micrograph_is_smoothed_as_its_particles_need(
    scores, micrograph, settings, same_as
):
    drawn = [
        ScoreMapDisplay.from_map(scores, micrograph, **one).axes_[0].images[0]
        for one in (settings, {"sigma": same_as})
    ]
    np.testing.assert_array_equal(*[image.get_array() for image in drawn])


def test_a_length_may_be_in_angstrom(scores):
    scores.pixel_size = 6.0
    display = ScoreMapDisplay.from_map(scores, picks=PICKS, diameter="42A")
    assert display.diameter == 14


def test_it_draws_where_told(scores, micrograph):
    _, (first, second) = plt.subplots(1, 2)
    display = ScoreMapDisplay.from_map(scores, micrograph, ax=first)
    assert first.child_axes == display.axes_
    assert display.plot(second, layout="over").ax_ is second
    assert display.figure_ is second.figure
    assert len(plt.get_fignums()) == 1


def test_a_map_without_any_score_can_be_drawn():
    display = ScoreMapDisplay.from_map(np.full((4, 5), np.nan))
    assert display.ax_.images[0].get_clim() == (0, 1)


def test_a_picker_gives_map_picks_and_diameter(maps, picker):
    display = ScoreMapDisplay.from_picker(picker, maps[0])
    np.testing.assert_array_equal(
        display.score_map, seen_map(picker["extract"], maps[0])
    )
    assert np.asarray(display.picks).tolist() == [[30, 20], [60, 40]]
    assert display.diameter == 24
    assert not display.calibrated
    assert display.colorbar_.ax.get_ylabel() == "score"
    assert ScoreMapDisplay.from_picker(picker, maps[1], diameter="20A").diameter == 10


def test_a_calibrated_picker_shows_probabilities(maps, picker, calibrate):
    calibrate(picker["extract"])
    display = ScoreMapDisplay.from_picker(picker, maps[0])
    assert display.calibrated
    (image,) = display.ax_.images
    assert image.get_array()[20, 30] == expit(6)
    score = ScoreMapDisplay.from_picker(picker, maps[0], values="score")
    assert score.ax_.images[0].get_array()[20, 30] == 6


def test_a_file_is_read(maps, picker, tmp_path):
    mrcfile.write(tmp_path / "a.mrc", np.asarray(maps[0], "float32"), voxel_size=2.0)
    display = ScoreMapDisplay.from_picker(picker, tmp_path / "a.mrc")
    assert display.micrograph.name == "a"
    with pytest.raises(ValueError, match=r"drawn of 1 micrograph\. Got 2"):
        ScoreMapDisplay.from_picker(picker, maps)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"values": "probability"}, ValueError, "needs calibrated scores"),
        ({"values": "odds"}, ValueError, "`values` must be 'score' or 'probability'"),
        ({"layout": "below"}, ValueError, "`layout` must be 'beside' or 'over'"),
        ({"sigma": -1}, ValueError, "`sigma` must be"),
        ({"diameter": 0}, ValueError, "`diameter` must be"),
        ({"diameter": "9A"}, ValueError, "needs its `pixel_size`"),
        ({"calibrated": 1}, TypeError, "`calibrated` must be True or False"),
    ],
)
def test_wrong_input_is_refused(scores, settings, error, message):
    with pytest.raises(error, match=message):
        ScoreMapDisplay.from_map(scores, **settings)
