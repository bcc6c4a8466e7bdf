import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from pusklearn import FourierDownsampler, Micrograph, MicrographNormalizer
from pusklearn.io import read_micrograph
from pusklearn.micrographs.preprocessing._whitening import (
    background_spectrum,
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
        for seed in range(2)
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
    image[120, 70] -= 500 * image.std()
    (after,) = MicrographNormalizer(whiten=True).fit_transform([image])
    assert np.unravel_index(after.argmin(), after.shape) == (120, 70)


@pytest.mark.parametrize("shape", [(2, 2), (3, 200), (40, 41)])
def test_small_micrographs_are_finite(shape):
    image = np.random.default_rng(0).normal(size=shape)
    (after,) = MicrographNormalizer("affine", whiten=True).fit_transform([image])
    assert np.isfinite(after).all()
