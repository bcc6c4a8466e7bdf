import numpy as np
import pytest
from report_tools import levels_of

from pusklearn import Micrograph
from pusklearn.micrographs.report._micrograph_view import (
    ReportRow,
    checked_peaks,
    view_micrograph,
)


def with_dot(x, y, size=400, **known):
    pixels = np.random.default_rng(0).normal(size=(size, size)) * 0.01
    pixels[y - 20 : y + 21, x - 20 : x + 21] = -9
    return Micrograph(pixels, "a", **known)


def test_a_pick_lies_on_its_particle_in_the_image():
    look = view_micrograph((with_dot(250, 130), [[250, 130, 1.0]]), 40, 0)
    image = levels_of(look.large)
    assert image.shape[::-1] == look.view.large_size
    y, x = np.argwhere(image == 0).mean(0)
    place = (np.array([250, 130]) + 0.5) / look.view.large_factor - 0.5
    np.testing.assert_allclose([x, y], place, atol=0.1)


@pytest.mark.parametrize(
    ("size", "diameter", "span"),
    [(400, 40, 25), (1000, 30, 15), (1000, 20, 13), (60, 8, 8)],
)
def test_a_particle_is_wide_enough_to_click_on(size, diameter, span):
    micrograph = Micrograph(np.random.default_rng(0).normal(size=(size, size)))
    view = view_micrograph((micrograph, np.empty((0, 3))), diameter, 0).view
    assert diameter / view.large_factor == pytest.approx(span)
    assert max(view.thumbnail_size) <= 84
    assert view.name == "number 0"


def test_pixels_of_the_original_are_told():
    micrograph = with_dot(100, 100, pixel_size=3.0, scale=2.0)
    view = view_micrograph((micrograph, [[200, 200, 1.0]], 15_000), "60A", 0).view
    assert (view.width, view.height, view.diameter) == (800, 800, 40)
    # A particle spans 20 pixels of this micrograph.
    assert view.large_factor == 1
    assert view.looks[0, 0] < -1
    assert view.defocus == 15_000


def test_peaks_come_by_descending_score():
    peaks = checked_peaks([[1, 2, 0.1], [3, 4, 0.9]], "a")
    assert peaks.tolist() == [[3, 4, 0.9], [1, 2, 0.1]]
    assert checked_peaks(np.empty((0, 2)), "a").shape == (0, 3)


def test_peaks_without_scores_get_zeros():
    assert checked_peaks([[1, 2]], "a", scored=False).tolist() == [[1, 2, 0]]


@pytest.mark.parametrize("peaks", [[[1, 2]], [[1, 2, np.nan]], [[1, 2, np.inf]]])
def test_a_score_that_is_missing_is_an_error(peaks):
    with pytest.raises(ValueError, match="micrograph grid_7"):
        checked_peaks(peaks, "grid_7")


def test_missing_pixels_are_black_and_counted():
    mask = np.zeros((400, 400), bool)
    mask[:, :100] = True
    look = view_micrograph((with_dot(250, 130, mask=mask), np.empty((0, 3))), 40, 0)
    assert look.view.statistics["missing"] == pytest.approx(0.25, abs=0.01)
    image = levels_of(look.large)
    assert not image[:, : int(95 / look.view.large_factor)].any()


def test_a_micrograph_that_is_masked_as_a_whole_says_so():
    micrograph = Micrograph(np.zeros((1, 1)), "a", mask=[[True]])
    row = ReportRow(micrograph, np.empty((0, 3)))
    assert view_micrograph(row, 40, 0).view.error == "it is masked as a whole"
    row = row._replace(error="the file is cut short")
    assert view_micrograph(row, 40, 0).view.error == "the file is cut short"


def test_a_diameter_in_angstrom_needs_a_pixel_size():
    with pytest.raises(ValueError, match="number 3"):
        view_micrograph((np.ones((9, 9)), np.empty((0, 3))), "60A", 3)


def test_picks_outside_are_warned_of():
    peaks = [[900, 130, 1.0], [250, 130, 2.0]]
    with pytest.warns(UserWarning, match=r"Micrograph a spans 400 x 400 .* 1 of its 2"):
        look = view_micrograph((with_dot(250, 130), peaks), 40, 0)
    assert len(look.view.peaks) == 2


def test_a_pick_at_the_edge_or_on_a_stand_in_is_none_outside():
    """A micrograph that cannot be read has a stand-in of one pixel."""
    edge = [[-0.5, 399.4, 1.0]]
    view_micrograph((with_dot(250, 130), edge), 40, 0)
    row = ReportRow(Micrograph(np.zeros((1, 1)), "a"), edge, error="it is gone")
    view_micrograph(row, 40, 0)
    masked = Micrograph(np.zeros((1, 1)), "a", mask=[[True]])
    view_micrograph((masked, edge), 40, 0)
