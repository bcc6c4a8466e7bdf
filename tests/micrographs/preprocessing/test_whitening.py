import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from pusklearn import FourierDownsampler, Micrograph, MicrographNormalizer
from pusklearn.io import read_micrograph
from pusklearn.micrographs.preprocessing._whitening import (
    background_spectrum,
    far_out,
    frequencies,
    is_blank,
    powers_of_patches,
    standardized,
    starts,
    whitened,
)


def coloured(shape=(200, 300), seed=0):
    """Noise with far more power at low frequencies."""
    noise = np.random.default_rng(seed).normal(size=shape)
    smooth = np.cumsum(np.cumsum(noise, 0), 1)
    return smooth - np.roll(smooth, 9, (0, 1))


def spread(micrograph):
    """Greatest power over the least, the outermost rings left out."""
    power = background_spectrum([micrograph])[4:-4]
    return power.max() / power.min()


def test_whitening_leaves_noise_without_a_colour():
    micrograph = Micrograph(coloured())
    spectrum = background_spectrum([micrograph])
    assert spectrum[1:].max() / spectrum[1:].min() > 1e3
    assert spread(Micrograph(whitened(micrograph, spectrum))) < 10


@pytest.mark.parametrize("scale", [1e-40, 1e-25, 1e19, 1e30])
def test_pixels_whose_squares_float32_cannot_hold_are_whitened_alike(scale):
    image = coloured((90, 120))
    expected = MicrographNormalizer(whiten=True).fit_transform([image])[0]
    found = MicrographNormalizer(whiten=True).fit_transform([image * scale])[0]
    np.testing.assert_allclose(found, expected, atol=1e-2 if scale < 1e-37 else 1e-4)


def test_a_few_aggregates_leave_the_spectrum_of_the_background_alone():
    clean = np.random.default_rng(0).normal(size=(512, 512))
    image = clean.copy()
    rows, columns = np.ogrid[:512, :512]
    for row, column in [(60, 60), (90, 420), (300, 200)]:
        image -= 20 * np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / 400)
    expected, found = (
        background_spectrum([part]) * part.var() for part in (clean, image)
    )
    np.testing.assert_allclose(found[4:], expected[4:], rtol=0.25)
    assert found[1] < 3 * expected[1]
    assert np.square(np.abs(np.fft.fft2(image))[2, 2]) > 100 * 512**2


@pytest.mark.parametrize("factor", [1, 2])
@pytest.mark.parametrize("level", [0, -30])
def test_a_border_of_one_grey_does_not_count(level, factor):
    noise = np.random.default_rng(0).normal(size=(factor * 900, factor * 900))
    noise = gaussian_filter(noise, factor) + 0.1 * noise / factor
    image = noise.copy()
    image[:, : factor * 400] = level * noise.std()
    expected, found = (
        background_spectrum(FourierDownsampler(factor).fit_transform([part]))
        for part in (noise[:, factor * 400 :], image)
    )
    ratio = (found / found.mean() / (expected / expected.mean()))[4:-4]
    assert expected.max() / expected.min() > 10
    np.testing.assert_allclose(ratio, 1, rtol=0.3)


def test_what_is_quantisation_does_not_depend_on_one_hot_pixel():
    clean = coloured((512, 512))
    image = clean.copy()
    image[5, 5] += 1e4 * clean.std()
    expected, found = (background_spectrum([part]) for part in (clean, image))
    np.testing.assert_allclose(
        found / found.sum(), expected / expected.sum(), rtol=0.1, atol=1e-4
    )


def test_every_patch_lies_within_and_together_they_cover_all():
    for length in (1, 127, 128, 129, 300, 976):
        size = min(128, length)
        first = starts(length, size)
        covered = np.concatenate([np.arange(size) + start for start in first])
        assert covered.min() == 0
        assert covered.max() == length - 1
        assert len(np.unique(covered)) == length


def test_the_normalizer_whitens_each_micrograph_and_keeps_what_is_known_of_it():
    micrographs = [
        Micrograph(coloured(seed=seed), name=f"m{seed}", pixel_size=2.0, scale=3.0)
        for seed in (0, 2)  # In that of seed 1, the crests of waves are outliers.
    ]
    found = MicrographNormalizer("affine", whiten=True).fit_transform(micrographs)
    for before, after in zip(micrographs, found, strict=True):
        assert spread(after) < 10 < 1e3 < spread(before)
        assert (after.name, after.pixel_size, after.scale) == (before.name, 2.0, 3.0)
        assert after.dtype == np.float32
        assert float(after.mean()) == pytest.approx(0, abs=1e-5)
        assert float(after.std()) == pytest.approx(1, rel=1e-5)


def background(micrograph):
    """Deviation of what changes slowly: 0.5 % is what white noise alone has."""
    return gaussian_filter(np.asarray(micrograph), 60).std()


@pytest.mark.parametrize("shape", [(640, 620), (300, 310)])
def test_ice_that_grows_thicker_leaves_no_trace(shape):
    noise = np.random.default_rng(0).normal(size=shape)
    rows, columns = np.indices(shape) / max(shape)
    image = noise - 3 * rows - 4 * columns**2
    clean, found = MicrographNormalizer("affine", whiten=True).fit_transform(
        [noise, image]
    )
    assert background(image) > 1
    assert background(found) < 0.01
    # Where the ramp ends at the edges, something of it stays.
    inner = (slice(10, -10), slice(10, -10))
    assert np.std(found[inner] - clean[inner]) < 0.05


@pytest.mark.parametrize("longest", [128, 200])
def test_waves_up_to_the_longest_stay(longest):
    noise = np.random.default_rng(0).normal(size=(600, 1000))
    for length, kept in [(40, 1), (longest - 12, 1), (2 * longest, 1 / 4)]:
        wave = 0.3 * np.cos(2 * np.pi / length * np.arange(1000)) * np.ones((600, 1))
        image = noise + wave
        after = whitened(image, np.ones(65), longest) * image.std()
        left = np.linalg.lstsq(
            wave[:, 300:-300].reshape(-1, 1), after[:, 300:-300].ravel()
        )[0]
        assert left[0] == pytest.approx(kept, rel=0.1)


@pytest.mark.parametrize("width", [10, 40, 300])
def test_a_blank_border_throws_no_halo(width):
    image = np.random.default_rng(0).normal(size=(512, 1024))
    image[:, :width] = -30
    (after,) = MicrographNormalizer(whiten=True).fit_transform([image])
    assert after[:, width + 60 :].mean() == pytest.approx(0, abs=0.1)
    for near, far in [(20, 40), (40, 80)]:
        assert abs(after[:, width + near : width + far].mean()) < 1


def test_a_border_wider_than_the_ice_leaves_the_ice_as_it_was():
    image = np.random.default_rng(0).normal(size=(512, 1024))
    image[:, :600] = -30
    after = whitened(image, np.ones(65))
    np.testing.assert_allclose(after, (image - image.mean()) / image.std(), atol=1e-4)


@pytest.mark.parametrize("name", ["empiar-10017", "empiar-10146", "empiar-10025"])
def test_real_ice_is_as_dark_everywhere(data_dir, name):
    paths = sorted((data_dir / name / "micrographs").glob("*.mrc"))[:3]
    assert len(paths) == 3
    for path in paths:
        before, after = (
            MicrographNormalizer(whiten=whiten).fit_transform([read_micrograph(path)])
            for whiten in (False, True)
        )
        assert background(before[0]) > 0.05
        assert background(after[0]) < 0.01


def test_a_particle_stays_where_it_is():
    image = coloured()
    # Small enough to be the darkest of all, and smooth: a single pixel is an outlier.
    rows, columns = np.ogrid[:200, :300]
    spot = np.exp(-((rows - 120) ** 2 + (columns - 70) ** 2) / 8)
    (after,) = MicrographNormalizer(whiten=True).fit_transform(
        [image - 9 * image.std() * spot]
    )
    assert np.unravel_index(after.argmin(), after.shape) == (120, 70)


@pytest.mark.parametrize("shape", [(2, 2), (3, 3), (3, 200), (40, 41)])
def test_small_micrographs_are_finite(shape):
    image = np.random.default_rng(0).normal(size=shape)
    (after,) = MicrographNormalizer("affine", whiten=True).fit_transform([image])
    assert np.isfinite(after).all()
    assert after.shape == shape


# Each function against its formula


def power_of_rings(patch):
    """Power in rings 0 to 64 by the definition of the Fourier transform, in float64."""
    height, width = patch.shape
    bell = [np.sin(np.pi * np.arange(1, n + 1) / (n + 1)) ** 2 for n in patch.shape]
    window = bell[0][:, None] * bell[1]
    image = (patch - patch.mean()) * window
    y, x = (np.arange(n) for n in patch.shape)
    ky, kx = np.arange(height), np.arange(width // 2 + 1)
    waves = [
        np.exp(-2j * np.pi * np.outer(k, n) / len(n)) for k, n in ((ky, y), (kx, x))
    ]
    power = np.abs(waves[0] @ image @ waves[1].T) ** 2 / (window**2).sum()
    fy = np.minimum(ky, height - ky) / height
    ring = np.rint(128 * np.hypot(fy[:, None], kx / width)).clip(0, 64)
    return [power[ring == r].mean() if (ring == r).any() else 0 for r in range(65)]


def test_frequencies_are_those_of_rfft2_in_units_of_one_128th():
    found = frequencies((5, 6))
    assert found.shape == (5, 4)
    for row, fy in enumerate([0, 1, 2, -2, -1]):
        for column in range(4):
            expected = 128 * np.hypot(fy / 5, column / 6)
            assert found[row, column] == pytest.approx(expected)
    assert frequencies((128, 128))[0, 64] == frequencies((128, 128))[64, 0] == 64


def test_standardized_pixels_have_mean_0_and_variance_1():
    image = np.random.default_rng(0).exponential(size=(50, 40)) * 7 + 30_000
    np.testing.assert_allclose(
        standardized(image), (image - image.mean()) / image.std(), atol=1e-5
    )
    np.testing.assert_array_equal(standardized(np.full((3, 4), 7)), np.zeros((3, 4)))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "uint16"])
def test_standardized_pixels_are_exact_whatever_their_type_was(dtype):
    image = np.random.default_rng(0).normal(1000.3, 3, size=(60, 50)).astype(dtype)
    result = standardized(image)
    exact = image.astype(np.float64)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, (exact - exact.mean()) / exact.std(), atol=2e-6)


@pytest.mark.parametrize("shape", [(128, 128), (40, 51), (128, 77), (2, 3), (3, 3)])
def test_the_power_of_a_patch_is_that_of_the_definition(shape):
    patch = np.random.default_rng(0).normal(size=shape) + 3
    patch += 5 * np.cos(np.arange(shape[1]) / 9)
    power, count = powers_of_patches(patch.astype(np.float32))
    assert power.shape == (1, 65)
    np.testing.assert_allclose(power[0], power_of_rings(patch), rtol=1e-3, atol=1e-6)
    assert count.sum() == shape[0] * (shape[1] // 2 + 1)


def test_patches_come_row_by_row_and_overlap_evenly():
    image = np.random.default_rng(0).normal(size=(128 + 60, 256 + 44))
    power, _ = powers_of_patches(image.astype(np.float32))
    places = [(y, x) for y in (0, 60) for x in (0, 86, 172)]
    assert len(power) == 6
    for found, (y, x) in zip(power, places, strict=True):
        expected = power_of_rings(image[y : y + 128, x : x + 128])
        np.testing.assert_allclose(found, expected, rtol=1e-3)


def test_white_noise_of_variance_1_has_a_power_of_1():
    image = np.random.default_rng(0).normal(size=(128 * 8, 128 * 8))
    power, _ = powers_of_patches(image.astype(np.float32))
    np.testing.assert_allclose(power.mean(axis=0)[16:], 1, atol=0.05)


@pytest.mark.parametrize(
    ("deviations", "quartile"),
    [([1, 2, 3, 4], 1 + 0.75 * 3), ([4, 1, 2, 3, 5], 4), ([1, 1, 9, 9, 9], 1)],
)
def test_the_spectrum_is_the_lower_quartile_over_patches(deviations, quartile):
    # The patches are the same noise, so that their powers differ by a factor alone.
    patch = np.random.default_rng(0).normal(size=(128, 128))
    patch -= patch.mean()
    image = np.hstack([deviation * patch for deviation in deviations])
    power = np.array(power_of_rings(patch)) / image.var()
    _, count = powers_of_patches(patch.astype(np.float32))
    expected = quartile * power
    expected[0] = expected[1]  # The mean, which has no power, is left out.
    least = 3e-4 * (expected * count)[1:].sum() / count[1:].sum()
    np.testing.assert_allclose(
        background_spectrum([image]), expected + least, rtol=1e-3
    )


def test_micrographs_count_by_their_coefficients_and_empty_rings_are_interpolated():
    rng = np.random.default_rng(0)
    small, large = rng.normal(size=(10, 12)), 3 * rng.normal(size=(128, 100))
    spectra, counts = [], []
    for image in (small, large):
        spectra.append(np.array(power_of_rings((image - image.mean()) / image.std())))
        counts.append(powers_of_patches(image.astype(np.float32))[1])
    assert (counts[0][1:] == 0).any()
    for images, s, c in [
        ([small], spectra[:1], counts[:1]),
        ([small, large], spectra, counts),
    ]:
        total, count = np.multiply(s, c).sum(0)[1:], np.sum(c, 0)[1:]
        known = np.flatnonzero(count)
        expected = np.interp(range(-1, 64), known, total[known] / count[known])
        expected += 3e-4 * total.sum() / count.sum()
        np.testing.assert_allclose(background_spectrum(images), expected, rtol=2e-3)


def test_a_constant_micrograph_has_a_flat_spectrum():
    np.testing.assert_array_equal(
        background_spectrum([np.ones((90, 200))]), np.ones(65)
    )


def test_frequencies_without_power_are_not_amplified_without_limit():
    wave = np.cos(2 * np.pi * np.arange(128) / 16)
    image = wave[:, None] * wave
    spectrum = background_spectrum([image])
    power = np.array(power_of_rings(standardized(image)))
    _, count = powers_of_patches(image.astype(np.float32))
    least = 3e-4 * (power * count)[1:].sum() / count[1:].sum()
    np.testing.assert_allclose(spectrum[40:], least, rtol=0.01)


def test_a_blank_patch_has_next_to_no_power_in_most_rings():
    power = np.ones((8, 65))
    power[0] = 2.9e-4
    power[1] = 3.1e-4
    power[2, :32] = 1e-9  # Fewer than half of the rings.
    power[3, :33] = 1e-9
    power[4] = 0
    power[4, -10:] = 1  # ripples beside an edge
    power[5] = 1e6  # One bright patch does not make the others blank.
    expected = [True, False, False, True, True, False, False, False]
    np.testing.assert_array_equal(is_blank(power), expected)


def test_patches_are_compared_with_the_upper_quartile():
    power = np.full((9, 65), 1e-6)
    power[:3] = 1  # One third has noise: the upper quartile is theirs.
    np.testing.assert_array_equal(is_blank(power), [False] * 3 + [True] * 6)
    power[1:3] = 1e-6  # One ninth has: the others are taken for what is normal.
    assert not is_blank(power).any()


def test_a_wave_is_divided_by_the_root_of_the_power_at_its_frequency():
    spectrum = np.ones(65)
    spectrum[20:41] = 4
    spectrum[41:] = np.linspace(4, 9, 24)
    x = np.arange(256)
    ratios = []
    for ring in (10, 32, 64):
        waves = np.cos(2 * np.pi * 8 / 128 * x) * np.ones((256, 1))
        waves = waves + (np.cos(2 * np.pi * ring / 128 * x) * np.ones((256, 1))).T
        transform = np.abs(np.fft.fft2(whitened(waves, spectrum)))
        ratios.append(transform[2 * ring, 0] / transform[0, 16])
    # A wave of the highest frequency has half the coefficients, of twice the height.
    np.testing.assert_allclose(ratios, [1, 1 / 2, 2 / 3], rtol=0.03)


def test_a_wave_longer_than_the_longest_loses_the_square_of_its_length():
    x = np.arange(1024)
    short = np.cos(2 * np.pi / 32 * x) * np.ones((1024, 1))
    for length, kept in [(128, 1), (256, 1 / 4), (512, 1 / 16)]:
        long = np.cos(2 * np.pi / length * x) * np.ones((1024, 1))
        transform = np.abs(np.fft.fft2(whitened(short + long.T, np.ones(65))))
        ratio = transform[1024 // length, 0] / transform[0, 32]
        assert ratio == pytest.approx(kept, rel=0.05, abs=0.01)


def test_only_pixels_beyond_ten_deviations_lie_far_out():
    # Every fourth row and column alternates between 2 and 4: the median is 3 and the
    # median absolute deviation 1, that of a Gaussian of deviation 1 / 0.67449.
    image = np.full((40, 40), 3, np.float32)
    image[::4, ::4] = 3 + np.resize([-1, 1], (10, 10))
    limit = 10 / 0.67449
    for place, offset in [((1, 1), 0.999), ((1, 2), 1.001), ((2, 3), -1.001)]:
        image[place] = 3 + offset * limit
    image[5, 7] = 3 - 0.999 * limit
    expected = np.zeros((40, 40))
    expected[1, 2], expected[2, 3] = 1.001 * limit, -1.001 * limit
    np.testing.assert_allclose(far_out(image), expected, rtol=1e-5)


def test_without_outliers_nothing_lies_far_out():
    image = np.random.default_rng(0).normal(size=(40, 40)).astype(np.float32)
    assert far_out(image) is None
    image[3, 5] = -11
    assert far_out(image)[3, 5] == pytest.approx(-11, abs=0.2)


def test_pixels_at_exactly_ten_deviations_do_not_lie_far_out():
    image = np.zeros((40, 40), np.float32)
    image[::4, ::4] = np.resize([-1, 1], (10, 10))
    image[1, 1] = np.float32(1.4826) * np.float32(10)
    image[1, 2] = np.nextafter(image[1, 1], np.float32(20))
    found = far_out(image)
    assert (found[1, 1], found[1, 2]) == (0, image[1, 2])


def test_what_lies_far_out_keeps_its_long_waves_and_is_whitened():
    rng = np.random.default_rng(0)
    image = rng.normal(size=(200, 180))
    image[:, :20] = -40
    spectrum = np.linspace(1, 5, 65)
    pixels = np.pad((image - image.mean()) / image.std(), 64, mode="symmetric")
    fy, fx = (np.fft.fftfreq(n) for n in pixels.shape)
    ring = 128 * np.hypot(fy[:, None], fx)
    root = np.sqrt(1 + ring.clip(0, 64) / 16)
    middle = np.median(pixels[::4, ::4])
    deviation = np.median(np.abs(pixels[::4, ::4] - middle)) / 0.6744898
    outliers = (pixels - middle) * (np.abs(pixels - middle) > 10 * deviation)
    assert outliers.any()
    kept = ring.clip(0, 1) ** 2
    transform = np.fft.fft2(pixels - outliers) * kept + np.fft.fft2(outliers)
    expected = np.fft.ifft2(transform / root).real[64:-64, 64:-64]
    expected = (expected - expected.mean()) / expected.std()
    np.testing.assert_allclose(whitened(image, spectrum), expected, atol=1e-4)
