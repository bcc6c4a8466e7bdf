"""Ice, contrast, binning, smoothing and hot pixels of simulated micrographs."""

import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial import KDTree

from pusklearn.datasets import make_micrographs

# Particles alone: no noise, no contaminants, level ice.
CLEAN = {"snr": np.inf, "contamination": 0, "ice_gradient": 0}
ALL_KINDS = (
    *("carbon", "gold", "hole", "ice", "aggregate"),
    *("crystal", "bead", "filament", "fragment"),
)


def distance_to_nearest(shape, points):
    y, x = np.indices(shape)
    pixels = np.stack([x, y], axis=-1)
    return KDTree(points).query(pixels)[0]


def radial_power(images, n_bins=64):
    """Mean power in rings of spatial frequency, from 0 to 0.5 cycles a pixel."""
    power = np.mean([np.abs(np.fft.fft2(np.asarray(m, float))) ** 2 for m in images], 0)
    ky, kx = (np.fft.fftfreq(side) for side in power.shape)
    ring = (np.hypot(ky[:, None], kx) * 2 * n_bins).astype(int)
    return ndimage.mean(power / power.size, ring, np.arange(n_bins))


def test_the_richest_micrographs_stay_when_more_are_made():
    options = {
        "size": 96,
        "diameter": 10,
        "n_particles": 70,
        "spacing": 1.0,
        "ice_thickness": (0.5, 3),
        "contamination": 0.5,
        "contaminants": ALL_KINDS,
        "binning": 2,
        "smoothing": 1.0,
        "hot_pixels": 0.01,
        "return_contaminants": True,
        "random_state": 0,
    }
    few, few_points, few_tables = make_micrographs(1, **options)
    more, more_points, more_tables = make_micrographs(3, **options)
    np.testing.assert_array_equal(few[0], more[0])
    np.testing.assert_array_equal(few_points[0], more_points[0])
    assert few_tables[0].equals(more_tables[0])
    assert len({m.tobytes() for m in more}) == 3


def test_a_binned_micrograph_is_the_mean_of_blocks_of_a_fine_one():
    options = {"n_particles": 9, "random_state": 4, **CLEAN}
    [binned], [points] = make_micrographs(
        1, size=(60, 72), diameter=12, binning=2, pixel_size=6, **options
    )
    [fine], [fine_points] = make_micrographs(
        1, size=(120, 144), diameter=24, pixel_size=3, **options
    )
    assert (binned.shape, binned.pixel_size, binned.scale) == ((60, 72), 6, 1)
    np.testing.assert_allclose(2 * points + 0.5, fine_points)
    means = np.asarray(fine).reshape(60, 2, 72, 2).mean(axis=(1, 3))
    # The scale alone differs: the signal has unit variance after binning.
    scale = np.sum(binned * means) / np.sum(means**2)
    assert 1 < scale < 1.2
    np.testing.assert_allclose(binned, scale * means, atol=1e-4)


@pytest.mark.parametrize("ice_noise", [0, 1])
def test_noise_has_the_stated_variance_after_binning(ice_noise):
    options = {"size": 200, "n_particles": 0, "contamination": 0, "ice_gradient": 0}
    [image], _ = make_micrographs(
        1, binning=2, snr=0.25, ice_noise=ice_noise, random_state=0, **options
    )
    assert np.var(image) == pytest.approx(4, rel=0.05)


def test_smoothing_is_a_gaussian_of_the_noisy_micrograph():
    [raw], _ = make_micrographs(1, size=96, random_state=0)
    [smooth], _ = make_micrographs(1, size=96, smoothing=1.5, random_state=0)
    assert smooth.dtype == np.float32
    expected = ndimage.gaussian_filter(np.asarray(raw, float), 1.5)
    np.testing.assert_allclose(smooth, expected, atol=1e-5)


def test_hot_pixels_are_a_share_of_outliers_and_the_rest_stays():
    [raw], _ = make_micrographs(1, size=100, smoothing=1, random_state=0)
    [hot], _ = make_micrographs(
        1, size=100, smoothing=1, hot_pixels=0.003, random_state=0
    )
    changed = np.asarray(hot != raw)
    assert changed.sum() == 30
    assert np.abs(hot[changed] - raw.mean()).min() > 9.9 * raw.std()


def test_the_noise_rises_with_the_thickness_of_the_ice():
    options = {"size": 200, "n_particles": 0, "contamination": 0, "ice_gradient": 0}
    [image], _ = make_micrographs(
        1, snr=0.5, ice_thickness=(3, 3), random_state=0, **options
    )
    assert np.var(image) == pytest.approx(3 / 0.5, rel=0.05)
    assert image.mean() == pytest.approx(-2, abs=0.1)


def test_ice_differs_between_micrographs_and_across_one():
    images, _ = make_micrographs(
        12,
        size=160,
        n_particles=0,
        ice_thickness=(0.5, 4),
        contamination=0,
        ice_gradient=0,
        random_state=0,
    )
    stds = np.array(
        [
            np.asarray(image).reshape(2, 80, 2, 80).std(axis=(1, 3)).ravel()
            for image in images
        ]
    )
    assert np.std(stds.mean(axis=1)) > 0.3
    assert np.mean(np.ptp(stds, axis=1)) > 0.3
    assert np.sqrt(0.5 / 0.2) * 0.95 < stds.min()
    assert stds.max() < np.sqrt(4 / 0.2) * 1.05 + 1


def test_particles_are_blurred_in_thick_ice():
    options = {"size": 96, "random_state": 0, **CLEAN}
    [sharp], _ = make_micrographs(1, ice_thickness=(1, 1), **options)
    [blurred], _ = make_micrographs(1, ice_thickness=(4, 4), **options)
    fine = [radial_power([m - m.mean()], 8)[4:].sum() for m in (sharp, blurred)]
    assert fine[1] < 0.6 * fine[0]


@pytest.mark.parametrize(
    ("contrast", "sign"), [("defocus", -1), ("phase-plate", -1), ("negative-stain", 1)]
)
def test_protein_is_dark_but_light_in_negative_stain(contrast, sign):
    [image], [points] = make_micrographs(
        1, n_particles=15, contrast=contrast, random_state=0, **CLEAN
    )
    distance = distance_to_nearest(image.shape, points)
    near, around, far = (
        image[(low <= distance) & (distance < high)].mean()
        for low, high in [(0, 8), (14, 17), (30, 100)]
    )
    assert sign * (near - far) > 0.3
    if contrast == "negative-stain":
        assert around < far - 0.05


def test_the_defocus_of_a_contrast_can_be_given():
    for contrast, usual in [("defocus", (15e3, 30e3)), ("phase-plate", (3e3, 8e3))]:
        options = {"size": 64, "contrast": contrast, "random_state": 0}
        [default], _ = make_micrographs(1, **options)
        [same], _ = make_micrographs(1, defocus=usual, **options)
        [other], _ = make_micrographs(1, defocus=(1e4, 1e4), **options)
        np.testing.assert_array_equal(default, same)
        assert not np.array_equal(default, other)
