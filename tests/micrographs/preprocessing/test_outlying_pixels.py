import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from pusklearn import Micrograph
from pusklearn.datasets import make_micrographs
from pusklearn.io import read_micrograph
from pusklearn.micrographs.preprocessing._outlying_pixels import sort_pixels


def noise(shape=(200, 220), seed=0):
    return np.random.default_rng(seed).normal(1000, 30, shape)


def disc(shape, y, x, radius):
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    return (rows - y) ** 2 + (columns - x) ** 2 < radius**2


def assert_like_noise(filled):
    assert abs(filled.mean() - 1000) < 10
    assert np.abs(filled - 1000).max() < 5 * 30


def is_untouched(image):
    found = sort_pixels(Micrograph(image))
    assert np.shares_memory(found.pixels, image)
    return (found.missing, found.odd, found.blank_share) == (None, None, 0)


@pytest.mark.parametrize("dtype", ["u1", "i2", "f2", "f4", "f8"])
@pytest.mark.parametrize("seed", range(3))
def test_clean_pixels_are_the_same_and_not_copied(dtype, seed):
    image = np.random.default_rng(seed).normal(120, 12, (300, 280)).astype(dtype)
    assert is_untouched(image)


@pytest.mark.parametrize("snr", [0.05, 0.3, 1.0])
def test_simulated_micrographs_with_contaminants_have_no_outliers(snr):
    for image in make_micrographs(4, snr=snr, contamination=0.5, random_state=3)[0]:
        assert is_untouched(image)


@pytest.mark.parametrize("name", ["empiar-10017", "empiar-10146", "empiar-10025"])
def test_real_micrographs_have_no_outliers(data_dir, name):
    paths = sorted((data_dir / name / "micrographs").glob("*.mrc"))
    assert paths
    for path in paths[:4]:
        assert is_untouched(read_micrograph(path))


def test_particles_of_a_strong_contrast_are_no_outliers():
    # Noise hardly counts: its deviation is an eighth of the contrast.
    image = noise()
    for y in range(20, 200, 40):
        for x in range(20, 220, 40):
            image -= 8 * 30 * disc(image.shape, y, x, 10)
    assert is_untouched(image)


def test_thick_ice_that_has_no_edge_is_no_outlier():
    image = noise()
    rows, columns = np.ogrid[:200, :220]
    image -= 450 * np.exp(-((rows - 90) ** 2 + (columns - 70) ** 2) / 400)
    found = sort_pixels(Micrograph(image))
    assert found.missing is None
    assert found.odd is None or found.odd.sum() < 20


@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([-1e6, -100, -30, 15, 50, 1e3, 1e28]),
    st.sampled_from([(1, 1), (1, 2), (2, 2), (1, 7)]),
)
@settings(max_examples=30, deadline=None)
def test_specks_are_filled_but_not_missing(seed, offset, size):
    rng = np.random.default_rng(seed)
    image = rng.normal(1000, 30, (200, 220)).astype(np.float32)
    specks = np.zeros(image.shape, bool)
    for y, x in rng.integers(0, [200, 220], (20, 2)):
        specks[y : y + size[0], x : x + size[1]] = True
    image[specks] += np.float32(30 * offset)
    found = sort_pixels(Micrograph(image))
    assert found.missing is None
    # Specks that touch may look like an area, which is rare.
    filled = specks & (np.abs(found.pixels - 1000) < 60)
    assert filled.sum() >= 0.8 * specks.sum()
    np.testing.assert_array_equal(found.pixels[~specks], image[~specks])
    assert (found.odd == specks).mean() > 0.999


def test_the_darkest_pixels_of_dark_protein_are_no_specks():
    image = noise()
    image -= 9.5 * 30 * disc(image.shape, 100, 100, 9)
    image[100, 100] = 1000 - 10.5 * 30
    assert is_untouched(image)


@pytest.mark.parametrize("offset", [-100, -30, 25, 50])
@pytest.mark.parametrize("spread", [0, 1, 3])
def test_holes_are_missing_and_filled(offset, spread):
    clean = noise()
    hole = disc(clean.shape, 60, 70, 20)
    own_noise = spread * (noise(seed=1) - 1000)
    image = np.where(hole, 1000 + 30 * offset + own_noise, clean)
    found = sort_pixels(Micrograph(image))
    assert found.missing[hole].all()
    # The rim is 4 pixels wide.
    assert found.missing.sum() < 1.6 * hole.sum()
    assert_like_noise(found.pixels[found.missing])
    np.testing.assert_array_equal(
        found.pixels[~found.missing], np.float32(clean)[~found.missing]
    )


@pytest.mark.parametrize("offset", [-13, 14])
def test_areas_not_too_far_out_are_kept_but_do_not_count(offset):
    image = noise()
    area = disc(image.shape, 60, 70, 20)
    image[area] += 30 * offset
    found = sort_pixels(Micrograph(image))
    assert found.missing is None
    assert found.odd[area].mean() > 0.95
    assert not found.odd[~area].any()
    np.testing.assert_array_equal(found.pixels, np.float32(image))


@pytest.mark.parametrize("offset", [-14, 14, 90])
@pytest.mark.parametrize("place", [np.s_[:6], np.s_[-4:], np.s_[:, 50:55]])
def test_bars_are_missing(offset, place):
    image = noise()
    image[place] += 30 * offset
    found = sort_pixels(Micrograph(image))
    assert found.missing[place].mean() > 0.99
    assert found.missing.mean() < 0.06


@pytest.mark.parametrize("grey", [0, 990, 1e5])
def test_blank_areas_are_missing_at_any_grey(grey):
    image = noise()
    image[:, :30] = grey
    found = sort_pixels(Micrograph(image))
    assert found.missing[:, :30].all()
    assert not found.missing[:, 35:].any()
    assert found.blank_share == pytest.approx(30 / 220)
    assert_like_noise(found.pixels[:, :30])


def test_most_of_a_micrograph_may_be_blank_if_the_rest_has_its_own_background():
    image = noise()
    image[:, 90:] = 0
    found = sort_pixels(Micrograph(image))
    assert found.missing[:, 93:].all()
    assert found.blank_share == 0.5
    image[:, 90:] = 1000
    found = sort_pixels(Micrograph(image))
    assert found.missing is None
    assert found.blank_share == pytest.approx(130 / 220)


def test_missing_pixels_are_filled_and_masked():
    image = noise().astype(np.float32)
    image[50:70, 60:90] = np.nan
    image[0, 0] = np.inf
    mask = np.zeros(image.shape, bool)
    mask[-20:] = True
    expected = mask | ~np.isfinite(image)
    found = sort_pixels(Micrograph(image, mask=mask))
    np.testing.assert_array_equal(found.missing, expected)
    np.testing.assert_array_equal(found.odd, expected)
    assert_like_noise(found.pixels[expected])
    np.testing.assert_array_equal(found.pixels[~expected], image[~expected])


def test_what_is_there_of_a_blank_micrograph_stays():
    image = np.full((40, 50), 3.0)
    image[:10] = np.nan
    found = sort_pixels(Micrograph(image))
    np.testing.assert_array_equal(found.missing, np.isnan(image))
    np.testing.assert_array_equal(found.pixels, np.full((40, 50), 3))


def test_drawings_without_noise_are_left_alone():
    image = np.zeros((200, 220))
    image[40:80, 50:70] = 1
    found = sort_pixels(Micrograph(image))
    assert found.missing is None
    smooth = gaussian_filter(image, 4)
    assert sort_pixels(Micrograph(smooth)).odd is None
