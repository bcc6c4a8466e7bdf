import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt

from pusklearn import Micrograph
from pusklearn.metrics import PicksDisplay

matplotlib.use("agg")


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


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
