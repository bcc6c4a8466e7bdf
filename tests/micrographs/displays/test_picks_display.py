import mrcfile
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from pusklearn import Micrograph
from pusklearn.metrics import PicksDisplay


@pytest.fixture
def micrograph():
    image = np.random.default_rng(0).normal(size=(30, 40))
    return Micrograph(image, name="grid1", scale=2.0)


def test_picks_are_sorted_into_hits_false_ones_and_missed(micrograph):
    picks = [(10, 12, 5.0), (70, 20, 4.0), (40, 41, 3.0)]
    true = [(11, 12), (40, 40), (5, 55)]
    display = PicksDisplay.from_predictions(micrograph, picks, true, radius=4)
    np.testing.assert_array_equal(display.points["hit"], [(10, 12), (40, 41)])
    np.testing.assert_array_equal(display.points["false"], [(70, 20)])
    np.testing.assert_array_equal(display.points["missed"], [(5, 55)])


def test_the_image_and_the_circles_are_in_original_pixels(micrograph):
    display = PicksDisplay.from_predictions(micrograph, [(10, 12)], radius=4)
    (image,) = display.ax_.images
    assert image.get_extent() == [-1, 79, 59, -1]
    (circles,) = display.ax_.collections
    np.testing.assert_array_equal(circles.get_offsets(), [(10, 12)])
    np.testing.assert_array_equal(circles.get_widths(), [8])
    assert display.ax_.get_title() == "grid1"


def test_it_draws_where_told(micrograph):
    _, (first, second) = plt.subplots(1, 2)
    display = PicksDisplay.from_predictions(
        micrograph, np.empty((0, 3)), [(3, 4)], ax=first
    )
    assert display.ax_ is first
    assert display.figure_ is first.figure
    assert display.plot(ax=second).ax_ is second
    assert len(plt.get_fignums()) == 1


@pytest.mark.parametrize("true", [None, [(3, 4)]])
def test_the_image_is_smoothed_as_asked(micrograph, true):
    plain, smooth = (
        PicksDisplay.from_predictions(micrograph, [(10, 12)], true, sigma=sigma)
        for sigma in (0, 3)
    )
    np.testing.assert_allclose(plain.ax_.images[0].get_array(), micrograph, rtol=1e-6)
    assert np.std(smooth.ax_.images[0].get_array()) < 0.5 * np.std(micrograph)


@pytest.mark.parametrize(
    ("lengths", "interval"),
    [
        ({"radius": 0}, r"\(0, inf\)"),
        ({"diameter": np.nan}, r"\(0, inf\)"),
        ({"sigma": -1}, r"\[0, inf\)"),
    ],
)
def test_a_length_out_of_range_is_named(micrograph, lengths, interval):
    ((name, value),) = lengths.items()
    message = rf"`{name}` must be a number in {interval}.* Got {value}"
    with pytest.raises(ValueError, match=message):
        PicksDisplay.from_predictions(micrograph, [(1, 2)], **lengths)


def test_the_picks_of_several_micrographs_are_refused(micrograph):
    with pytest.raises(ValueError, match=r"must be numbers of shape \(k, 2\)"):
        PicksDisplay.from_predictions(micrograph, [[(1, 2)], [(3, 4), (5, 6)]])


def test_lengths_in_angstrom_are_those_in_pixels():
    image = Micrograph(np.zeros((30, 40)), pixel_size=3.0)
    drawn = [
        PicksDisplay.from_predictions(
            image, [(10, 10)], [(14, 10)], radius=radius, diameter=diameter
        )
        for radius, diameter in [(5, 8), ("15A", "24A"), ("5px", "8 px")]
    ]
    assert [len(display.points["hit"]) for display in drawn] == [1, 1, 1]
    assert [display.diameter for display in drawn] == [8, 8, 8]
    with pytest.raises(ValueError, match="needs its `pixel_size`"):
        PicksDisplay.from_predictions(np.zeros((30, 40)), [(1, 1)], radius="15A")


@pytest.mark.parametrize("by_mask", [False, True])
def test_missing_pixels_stay_blank_and_leave_the_others(micrograph, by_mask):
    image = np.array(micrograph, dtype=float)
    missing = np.zeros(image.shape, bool)
    missing[5:10, 20:30] = True
    image[missing] = 1e6 if by_mask else np.nan
    given = Micrograph(image, mask=missing) if by_mask else image
    display = PicksDisplay.from_predictions(given, [(1, 2)], sigma=2)
    drawn = display.ax_.images[0]
    np.testing.assert_array_equal(
        np.isnan(np.ma.filled(drawn.get_array(), np.nan)), missing
    )
    assert np.isfinite(drawn.get_clim()).all()


def test_hot_pixels_do_not_hide_the_others(micrograph):
    image = np.array(micrograph, dtype=float)
    image[3::8, 3::8] = 1e6
    display = PicksDisplay.from_predictions(image, [(1, 2)], sigma=2)
    low, high = display.ax_.images[0].get_clim()
    assert high - low < 4


def test_the_pixels_of_an_image_without_noise_are_drawn_as_they_are():
    image = np.zeros((20, 30))
    image[4, 5] = 7
    display = PicksDisplay.from_predictions(image, [(5, 4)], sigma=0)
    np.testing.assert_array_equal(display.ax_.images[0].get_array(), image)


PICKS = [(10, 12, 2.0), (70, 20, -1.0)]


def test_circles_may_tell_the_score(micrograph):
    display = PicksDisplay.from_predictions(
        micrograph, PICKS, [(11, 12), (5, 55)], radius=4, color_by="probability"
    )
    hit, false, missed = display.ax_.collections
    colors = [np.asarray(one.get_edgecolors()[0]) for one in (hit, false, missed)]
    assert not np.allclose(colors[0], colors[1])
    assert display.scores["hit"].tolist() == [2]
    bar = display.figure_.axes[-1]
    assert bar.get_ylabel() == "probability"
    assert bar.get_ylim() == (0, 1)


def test_scores_that_shall_colour_circles_must_be_there(micrograph):
    with pytest.raises(ValueError, match="color_by='score' needs picks with three"):
        PicksDisplay.from_predictions(micrograph, [(1, 2)], color_by="score")
    with pytest.raises(ValueError, match="`color_by` must be 'kind', 'score' or"):
        PicksDisplay.from_predictions(micrograph, PICKS, color_by="hue")


def test_it_is_drawn_again_with_its_own_smoothing(micrograph):
    display = PicksDisplay.from_predictions(micrograph, PICKS, sigma=3)
    first = display.ax_.images[0].get_array()
    np.testing.assert_array_equal(display.plot().ax_.images[0].get_array(), first)
    assert np.std(display.plot(sigma=0).ax_.images[0].get_array()) > np.std(first)


def test_a_picker_tells_radius_diameter_and_smoothing(maps, picker):
    display = PicksDisplay.from_picker(picker, maps[1], [(34, 20), (60, 51)])
    # The match radius of 9 pixels of the original, and the threshold of 1.
    assert {kind: len(some) for kind, some in display.points.items()} == {
        "hit": 1,
        "false": 0,
        "missed": 1,
    }
    assert display.diameter == 24
    assert display.color_by == "kind"
    again = PicksDisplay.from_predictions(maps[1], [(30, 20)], sigma=24 / 14 / 2)
    np.testing.assert_array_equal(
        display.ax_.images[0].get_array(), again.ax_.images[0].get_array()
    )
    picker["extract"].set_params(match_radius=None, radius="19.2A")
    given = PicksDisplay.from_picker(picker, maps[1], [(34, 20)], diameter="20A")
    assert given.diameter == 10
    assert len(given.points["hit"]) == 1


def test_a_calibrated_picker_shows_probabilities(maps, picker, calibrate):
    with pytest.raises(ValueError, match="needs calibrated scores"):
        PicksDisplay.from_picker(picker, maps[0], color_by="probability")
    calibrate(picker["extract"])
    assert PicksDisplay.from_picker(picker, maps[0]).color_by == "probability"
    with_truth = PicksDisplay.from_picker(picker, maps[0], [(30, 20)])
    assert with_truth.color_by == "kind"


@pytest.mark.parametrize("color_by", ["kind", "score"])
def test_several_micrographs_make_a_contact_sheet(maps, picker, color_by):
    display = PicksDisplay.from_picker(picker, maps, color_by=color_by)
    assert [ax.get_title() for ax in display.axes_] == ["first", "second"]
    assert display.ax_ is display.axes_[0]
    offsets = [ax.collections[0].get_offsets().tolist() for ax in display.axes_]
    assert offsets == [[[30, 20], [60, 40]], [[30, 20]]]
    (legend,) = display.figure_.legends
    assert [text.get_text() for text in legend.get_texts()] == ["pick (3)"]
    assert len(display.figure_.axes) == 2 + (color_by == "score")
    assert display.figure_.get_suptitle() == ""


def test_a_contact_sheet_needs_no_scores(maps):
    points = [{"pick": np.array([(30.0, 20)])}, {"pick": np.empty((0, 2))}]
    display = PicksDisplay(maps, points, [24.0, 24.0]).plot()
    assert [len(ax.collections[0].get_offsets()) for ax in display.axes_] == [1, 0]


def test_of_many_micrographs_some_are_drawn_and_the_title_says_so(maps, picker):
    _, ax = plt.subplots()
    display = PicksDisplay.from_picker(
        picker, [*maps, maps[0]], max_micrographs=2, n_columns=1, ax=ax
    )
    assert [ax.get_title() for ax in display.axes_] == ["first", "first"]
    assert ax.get_title() == "2 of 3 micrographs"
    assert ax.child_axes == display.axes_
    assert display.plot().figure_.get_suptitle() == "2 of 3 micrographs"


def test_a_folder_is_read_and_its_table_split(maps, picker, tmp_path):
    for image in maps:
        mrcfile.write(
            tmp_path / f"{image.name}.mrc",
            np.asarray(image, "float32"),
            voxel_size=2.0,
        )
    table = pd.DataFrame({"micrograph": ["first"], "x": [31.0], "y": [20.0]})
    display = PicksDisplay.from_picker(picker, tmp_path, table)
    assert [len(points["hit"]) for points in display.points] == [1, 0]


@pytest.mark.parametrize("name", ["max_micrographs", "n_columns"])
def test_numbers_of_micrographs_are_at_least_one(maps, picker, name):
    with pytest.raises(ValueError, match=f"`{name}` must be an integer"):
        PicksDisplay.from_picker(picker, maps, **{name: 0})
