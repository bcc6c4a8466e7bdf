import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import binary_opening

from pusklearn.micrographs.preprocessing._shifted_areas import _opened, shifted_areas


def noise(shape=(300, 320), seed=0):
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize("shape", [(300, 320), (140, 500), (1500, 1100)])
@pytest.mark.parametrize("seed", range(3))
def test_noise_has_no_areas(shape, seed):
    assert shifted_areas(noise(shape, seed), None, 1.0) is None


@pytest.mark.parametrize("offset", [-9, -4, 4, 9])
@pytest.mark.parametrize(
    "place", [np.s_[100:150, 30:90], np.s_[:45, :45], np.s_[:50], np.s_[:, -40:]]
)
def test_an_area_is_found_with_little_around_it(place, offset):
    image = noise()
    image[place] += offset
    found = shifted_areas(image, None, 1.0)
    inside = np.zeros(image.shape, bool)
    inside[place] = True
    assert found[inside].all()
    # Not more than a block of 4 x 4 pixels and the rest of another is around it.
    assert found.sum() < inside.sum() + 8 * (inside ^ np.roll(inside, 1, 0)).sum() + (
        8 * (inside ^ np.roll(inside, 1, 1)).sum()
    )


def test_areas_of_a_large_micrograph_are_found_on_a_grid():
    image = noise((2048, 1536))
    image[500:900, 700:1000] += 5
    found = shifted_areas(image, None, 1.0)
    assert found[500:900, 700:1000].all()
    assert found.mean() < 0.08


def test_the_last_rows_belong_to_the_last_block():
    image = noise((303, 322))
    image[-60:, -60:] += 6
    assert shifted_areas(image, None, 1.0)[-60:, -60:].all()


@given(st.integers(0, 2**32 - 1), st.floats(3, 8))
@settings(max_examples=20, deadline=None)
def test_particles_are_no_areas(seed, contrast):
    # They are discs of 30 pixels, which cover about a quarter.
    rng = np.random.default_rng(seed)
    image = rng.normal(size=(300, 320))
    rows, columns = np.ogrid[:300, :320]
    for y in range(25, 300, 55):
        for x in range(25, 320, 55):
            y0, x0 = y + rng.uniform(-9, 9), x + rng.uniform(-9, 9)
            image -= contrast * ((rows - y0) ** 2 + (columns - x0) ** 2 < 15**2)
    assert shifted_areas(image, None, 1.0) is None


@pytest.mark.parametrize("gradient", [1, 4, 8])
def test_ice_that_grows_thicker_is_no_area_and_hides_none(gradient):
    image = noise()
    y, x = (np.linspace(0, 1, n) for n in image.shape)
    image += gradient * (y[:, None] + x**2)
    assert shifted_areas(image, None, 1.0) is None
    image[200:260, 30:100] -= 6
    found = shifted_areas(image, None, 1.0)
    assert found[200:260, 30:100].all()
    assert found.mean() < 0.1


def test_odd_pixels_do_not_count_but_may_be_part_of_an_area():
    image = noise()
    image[100:150, 30:90] += 6
    odd = np.zeros(image.shape, bool)
    odd[110:135, 50:70] = True
    image[odd] = 1e6
    found = shifted_areas(image, odd, 1.0)
    assert (found | odd)[100:150, 30:90].all()
    # An area that is odd as a whole is known already.
    assert shifted_areas(np.where(image > 4, 1e6, noise()), image > 2, 1.0) is None


def test_hardly_any_pixel_that_counts_is_too_few():
    odd = np.ones((300, 320), bool)
    odd[:8, :8] = False
    assert shifted_areas(noise(), odd, 1.0) is None


@pytest.mark.parametrize("shape", [(3, 3), (20, 300), (127, 300)])
def test_small_micrographs_have_no_areas(shape):
    image = noise(shape)
    image[:, : shape[1] // 4] += 9
    assert shifted_areas(image, None, 1.0) is None


def test_without_noise_there_are_no_areas():
    image = np.zeros((300, 300))
    image[:60, :60] = 1
    assert shifted_areas(image, None, 0.0) is None


@pytest.mark.parametrize("width", [1, 2, 4, 5, 8, 12])
@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_squares_of_marks_are_those_of_an_opening(width, share):
    marks = np.random.default_rng(width).random((40, 53)) < share
    opened = binary_opening(marks, np.ones((width, width), bool))
    np.testing.assert_array_equal(_opened(marks, width), opened)
