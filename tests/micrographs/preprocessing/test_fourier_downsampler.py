import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import binary_dilation, gaussian_filter
from scipy.signal import resample
from sklearn.exceptions import NotFittedError

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.preprocessing._fourier_downsampler import FourierDownsampler


def spot(shape, x, y, width=6.0):
    row, column = np.mgrid[: shape[0], : shape[1]]
    return np.exp(-((column - x) ** 2 + (row - y) ** 2) / (2 * width**2))


def centroid(image):
    image = np.asarray(image, dtype=float)
    row, column = np.mgrid[: image.shape[0], : image.shape[1]]
    return (image * column).sum() / image.sum(), (image * row).sum() / image.sum()


def waves(n, length, step, seed):
    """Sum of waves of period `length`, none of 8 or more turns, at every `step`."""
    rng = np.random.default_rng(seed)
    position = np.arange(n) * step
    turns = 2 * np.pi * np.outer(position, np.arange(8)) / length
    return np.cos(turns) @ rng.normal(size=8) + np.sin(turns) @ rng.normal(size=8)


def low_pass(n, factor):
    """Matrix that takes `n` samples to those at each `factor`-th, without aliasing."""
    n_kept = round(n / factor)
    lag = factor * np.arange(n_kept)[:, None] - np.arange(n)
    turns = np.arange(1, n_kept // 2 + 1)
    return (1 + 2 * np.cos(2 * np.pi * lag[..., None] * turns / n).sum(axis=-1)) / n


@pytest.mark.parametrize("shape", [(131, 200), (128, 201), (133, 151), (160, 120)])
@pytest.mark.parametrize("factor", [2, 3, 2.5, 4, 7 / 3, 1.0625])
def test_a_spot_lands_at_its_place_divided_by_the_factor(shape, factor):
    x, y = 0.37 * shape[1], 0.68 * shape[0]
    (small,) = FourierDownsampler(factor).fit_transform([spot(shape, x, y)])
    assert small.scale == pytest.approx(factor)
    u, v = centroid(small)
    assert u == pytest.approx(x / factor, abs=0.02)
    assert v == pytest.approx(y / factor, abs=0.02)


@pytest.mark.parametrize("shape", [(131, 200), (128, 201)])
def test_a_spot_keeps_its_height(shape):
    (small,) = FourierDownsampler(4).fit_transform([spot(shape, 100, 60)])
    assert small[15, 25] == pytest.approx(1, abs=1e-4)
    np.testing.assert_allclose(
        small, spot(small.shape, 25, 15, width=1.5), rtol=0, atol=1e-4
    )


@given(
    st.sampled_from([(2, 1), (3, 1), (5, 2), (7, 3), (17, 16)]),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=25, deadline=None)
def test_a_band_limited_image_equals_its_analytic_resampling(ratio, seed):
    # Sides are multiples of p, with 16 coefficients or more left after cropping.
    factor, (p, _) = ratio[0] / ratio[1], ratio
    height, width = p * (60 // p), p * (75 // p)
    # A sum, as a product has pixels so far out that they are outliers.
    image = np.add.outer(
        waves(height, height, 1, seed), waves(width, width, 1, seed + 1)
    )
    (small,) = FourierDownsampler(factor).fit_transform([image])
    rows, columns = round(height / factor), round(width / factor)
    expected = np.add.outer(
        waves(rows, height, factor, seed), waves(columns, width, factor, seed + 1)
    )
    assert small.shape == (rows, columns)
    np.testing.assert_allclose(small, expected, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize(("shape", "factor"), [((99, 135), 3), ((75, 105), 5)])
def test_divisible_odd_sides_equal_resampling_in_float64(shape, factor):
    image = np.random.default_rng(0).normal(10, 2, shape)
    expected = resample(image, shape[0] // factor, axis=0)
    expected = resample(expected, shape[1] // factor, axis=1)
    (small,) = FourierDownsampler(factor).fit_transform([image])
    np.testing.assert_allclose(small, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("shape", "factor"), [((24, 36), 2), ((30, 45), 3), ((35, 50), 2.5)]
)
def test_noise_equals_the_low_pass_written_out_in_cosines(shape, factor):
    image = np.random.default_rng(1).normal(size=shape)
    rows, columns = (low_pass(side, factor) for side in shape)
    (small,) = FourierDownsampler(factor).fit_transform([image])
    np.testing.assert_allclose(small, rows @ image @ columns.T, atol=1e-6)


def test_the_highest_frequency_keeps_its_value_on_even_sides():
    column = np.cos(np.pi * np.arange(48) / 3)
    image = np.ones((36, 1)) * column
    (small,) = FourierDownsampler(3).fit_transform([image])
    np.testing.assert_allclose(small, np.ones((12, 1)) * column[::3], atol=1e-6)
    (small,) = FourierDownsampler(3).fit_transform([image.T])
    np.testing.assert_allclose(small, (np.ones((12, 1)) * column[::3]).T, atol=1e-6)


@given(st.integers(1, 60), st.integers(1, 60), st.floats(1, 9))
@settings(max_examples=25, deadline=None)
def test_every_pixel_lies_within_the_original_and_no_other_would(height, width, factor):
    (small,) = FourierDownsampler(factor).fit_transform([np.zeros((height, width))])
    assert small.scale == pytest.approx(factor, abs=1 / 32)
    for n, original in zip(small.shape, (height, width), strict=True):
        assert (n - 1) * small.scale <= original - 1 + 1e-9
        assert n * small.scale > original - 1 + 1e-9


@pytest.mark.parametrize("factor", [2, 2.5, 3])
def test_a_constant_stays_constant(factor):
    (small,) = FourierDownsampler(factor).fit_transform([np.full((31, 40), 1234.5)])
    np.testing.assert_allclose(small, 1234.5, rtol=1e-6)


def test_a_great_mean_leaves_the_contrast_its_digits():
    image = np.random.default_rng(2).normal(0, 5, (63, 81))
    (plain,) = FourierDownsampler(3).fit_transform([image])
    (raised,) = FourierDownsampler(3).fit_transform([image + 30000])
    np.testing.assert_allclose(raised - 30000, plain, atol=0.004)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.uint16, np.float16])
def test_every_real_dtype_equals_float64(dtype):
    image = np.random.default_rng(3).integers(0, 100, (45, 50)).astype(dtype)
    (small,) = FourierDownsampler(2.5).fit_transform([image])
    (expected,) = FourierDownsampler(2.5).fit_transform([image.astype(float)])
    assert small.dtype == np.float32
    np.testing.assert_allclose(small, expected, atol=1e-4)


def test_factor_one_only_changes_the_type():
    image = np.arange(30, dtype=np.int16).reshape(5, 6)
    micrograph = Micrograph(image, name="a", pixel_size=1.5, scale=2.0)
    (same,) = FourierDownsampler().fit_transform([micrograph])
    np.testing.assert_array_equal(same, image)
    assert same.dtype == np.float32
    assert (same.name, same.pixel_size, same.scale) == ("a", 1.5, 2.0)


def test_attributes_follow_the_factor_that_was_achieved():
    micrograph = Micrograph(np.zeros((40, 50)), name="a", pixel_size=1.2, scale=2.0)
    (small,) = FourierDownsampler(2.501).fit_transform([micrograph])
    assert (small.name, small.scale) == ("a", 5.0)
    assert small.pixel_size == pytest.approx(3.0)


def test_an_unknown_pixel_size_stays_unknown():
    (small,) = FourierDownsampler(2).fit_transform([np.zeros((9, 9))])
    assert small.pixel_size is None


def test_target_pixel_size_asks_each_micrograph_for_its_own_factor():
    micrographs = [
        Micrograph(np.zeros((60, 60)), pixel_size=pixel_size)
        for pixel_size in (1.0, 1.5, 3.0, float(np.float32(2.9999999)))
    ]
    small = FourierDownsampler(target_pixel_size=3.0).fit_transform(micrographs)
    assert [m.scale for m in small] == [3.0, 2.0, 1.0, 1.0]
    assert [m.pixel_size for m in small] == pytest.approx([3, 3, 3, 3])


def test_a_pixel_size_equal_to_the_target_up_to_float32_is_not_finer():
    pixel_size = float(np.nextafter(np.float32(7.08), np.float32(8)))
    assert pixel_size > 7.08
    micrograph = Micrograph(np.zeros((6, 6)), pixel_size=pixel_size)
    (same,) = FourierDownsampler(target_pixel_size=7.08).fit_transform([micrograph])
    assert same.scale == 1


def test_a_target_that_is_no_number_is_refused():
    micrograph = Micrograph(np.zeros((6, 6)), pixel_size=2)
    with pytest.raises(TypeError, match="target_pixel_size"):
        FourierDownsampler(target_pixel_size="3").fit_transform([micrograph])


@pytest.mark.parametrize("factor", [0.5, 0, -2, np.nan, np.inf])
def test_factors_below_one_are_refused(factor):
    with pytest.raises(
        ValueError, match=r"`factor` must be 'auto' or a number in \[1, inf\)\. Got"
    ):
        FourierDownsampler(factor).fit([np.zeros((4, 4))])


def test_factor_and_target_exclude_each_other():
    with pytest.raises(ValueError, match="Only one of `factor` and `target_pixel_size"):
        FourierDownsampler(2, target_pixel_size=3).fit([np.zeros((4, 4))])


def test_a_target_needs_pixel_sizes():
    with pytest.raises(ValueError, match=r"needs the pixel size of micrograph grid7"):
        FourierDownsampler(target_pixel_size=3).fit(
            [Micrograph(np.zeros((4, 4)), name="grid7")]
        )


@pytest.mark.parametrize("target", [1.0, 1.2 * (1 - 2e-6), 1e-300])
def test_a_target_finer_than_the_pixels_is_refused(target):
    micrograph = Micrograph(np.zeros((4, 4)), name="grid7", pixel_size=1.2)
    with pytest.raises(ValueError, match=r"no finer than the pixel size.*grid7"):
        FourierDownsampler(target_pixel_size=target).fit([micrograph])


def test_a_target_of_so_many_pixels_that_none_can_be_counted_is_refused():
    micrograph = Micrograph(np.zeros((4, 4)), name="grid7", pixel_size=1e-300)
    with pytest.raises(ValueError, match=r"no finer than the pixel size.*grid7"):
        FourierDownsampler(target_pixel_size=1e300).fit([micrograph])


@pytest.mark.parametrize("target", [0, -3, np.nan, np.inf])
def test_a_target_outside_its_interval_is_refused(target):
    micrograph = Micrograph(np.zeros((4, 4)), name="grid7", pixel_size=1.2)
    message = r"`target_pixel_size` must be a number in \(0, inf\)\. Got"
    with pytest.raises(ValueError, match=message):
        FourierDownsampler(target_pixel_size=target).fit([micrograph])


@pytest.mark.parametrize(
    ("factor", "fraction"),
    [
        (1 + 1 / 64, 65 / 64),
        (2 + 1 / 63, 2 + 1 / 63),
        (1 + 1 / 65, 1 + 1 / 64),
        (2.501, 2.5),
        (np.pi, 201 / 64),
    ],
)
def test_a_factor_is_the_nearest_fraction_with_a_denominator_up_to_64(factor, fraction):
    (small,) = FourierDownsampler(factor).fit_transform([np.zeros((9, 9))])
    assert small.scale == pytest.approx(fraction, abs=1e-12)
    parts = [round(factor * q) / q for q in range(1, 65)]
    assert small.scale == pytest.approx(min(parts, key=lambda p: abs(p - factor)))


# Missing pixels and outliers


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.floats(1.05, 6),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=40, deadline=None)
def test_the_mask_marks_the_pixels_that_a_missing_one_touches(
    height, width, factor, seed
):
    rng = np.random.default_rng(seed)
    mask = rng.random((height, width)) < 0.03
    mask[0, 0] = False
    image = Micrograph(rng.normal(size=(height, width)), mask=mask)
    try:
        (small,) = FourierDownsampler(factor).fit_transform([image])
    except ValueError as error:
        assert "touch them all" in str(error)  # noqa: PT017
        return
    f = small.scale
    expected = np.zeros(small.shape, bool)
    for y, x in np.argwhere(mask):
        rows, columns = (
            # The squares overlap; what lies beyond the last one belongs to it.
            (np.abs(f * np.arange(n) - at) < f / 2 + 0.5 - 1e-6)
            | ((np.arange(n) == n - 1) & (at > f * (n - 1)))
            for n, at in zip(small.shape, (y, x), strict=True)
        )
        expected |= np.outer(rows, columns)
    if not mask.any():
        assert small.mask is None
    else:
        np.testing.assert_array_equal(small.mask, expected)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_missing_pixels_leave_all_others_as_they_were(value):
    clean = gaussian_filter(np.random.default_rng(0).normal(size=(200, 240)), 1) + 9
    image = clean.copy()
    image[50:60, 70:90] = value
    before, after = FourierDownsampler(2).fit_transform([clean, image])
    assert np.isfinite(after).all()
    assert after.mask[25:30, 35:45].all()
    assert after.mask.sum() < 170
    far = ~binary_dilation(after.mask, iterations=8)
    np.testing.assert_allclose(after[far], before[far], atol=0.03)
    assert np.abs(after[after.mask] - 9).max() < 1.2


def test_a_hot_pixel_rings_nowhere():
    clean = gaussian_filter(np.random.default_rng(0).normal(size=(200, 240)), 1) + 9
    image = clean.copy()
    image[50, 70] = 1e9
    before, after = FourierDownsampler(2).fit_transform([clean, image])
    assert after.mask is None
    assert np.abs(after - before).max() < 1


def test_factor_one_leaves_missing_pixels_and_masks_them():
    image = np.ones((8, 8), np.float32)
    image[3, 5] = np.nan
    image[0, 0] = 2
    (same,) = FourierDownsampler().fit_transform([Micrograph(image)])
    np.testing.assert_array_equal(same, image)
    np.testing.assert_array_equal(same.mask, np.isnan(image))


def test_pixels_beyond_float32_become_infinite_without_a_warning():
    (same,) = FourierDownsampler().fit_transform([np.array([[1.0, 1e300]])])
    np.testing.assert_array_equal(same, [[1, np.inf]])


@pytest.mark.parametrize("factor", [1, 2.5])
def test_a_micrograph_that_is_left_out_stays_so(factor):
    image = Micrograph(
        np.full((10, 20), np.nan), "a", path="b/a", mask=np.ones((10, 20))
    )
    (small,) = FourierDownsampler(factor).fit_transform([image])
    assert (small.name, small.path, small.scale) == ("a", "b/a", factor)
    assert small.mask.all()
    assert small.shape == ((10, 20) if factor == 1 else (4, 8))


def test_a_micrograph_of_which_nothing_is_left_is_named():
    image = np.ones((12, 12))
    image[::2, ::2] = np.nan
    with pytest.raises(ValueError, match="Missing pixels of micrograph grid7 touch"):
        FourierDownsampler(3).transform([Micrograph(image, "grid7")])
    with pytest.raises(ValueError, match="Micrograph grid7 has none"):
        FourierDownsampler(3).transform([Micrograph(image * np.nan, "grid7")])


def test_real_micrographs_keep_their_mean(data_dir):
    mrcfile = pytest.importorskip("mrcfile")
    path = sorted((data_dir / "empiar-10025" / "micrographs").glob("*.mrc"))[0]
    with mrcfile.open(path, permissive=True) as file:
        micrograph = Micrograph(file.data, pixel_size=float(file.voxel_size.x))
    (small,) = FourierDownsampler(target_pixel_size=16.0).fit_transform([micrograph])
    assert small.pixel_size == pytest.approx(16, rel=0.02)
    assert np.asarray(small).mean() == pytest.approx(
        np.asarray(micrograph, dtype=float).mean(), abs=0.01
    )


# One pixel size


def spots(size, name):
    """Return a noisy micrograph of a pixel size, with two spots of 12 angstrom."""
    n = round(180 / size)
    y, x = np.mgrid[:n, : n + 9] * size
    image = np.random.default_rng(0).normal(0, 0.3, y.shape)
    for a, b in CENTRES:
        image += 1.5 * np.exp(-((x - a) ** 2 + (y - b) ** 2) / 72)
    return Micrograph(image.astype(np.float32), name, pixel_size=size)


CENTRES = [(60, 90), (120, 30)]  # x, y in angstrom


@pytest.mark.parametrize("factor", [1, 1.5])
def test_micrographs_of_several_pixel_sizes_are_brought_to_the_coarsest(factor):
    micrographs = [spots(size, f"m{size}") for size in (1.0, 2.0, 1.25)]
    downsampler = FourierDownsampler(factor, target_pixel_size="coarsest")
    results = downsampler.fit_transform(micrographs)
    assert downsampler.target_pixel_size_ == 2.0 * factor
    for result, micrograph in zip(results, micrographs, strict=True):
        assert result.pixel_size == pytest.approx(2.0 * factor)
        assert result.scale == pytest.approx(2.0 * factor / micrograph.pixel_size)
        for x, y in CENTRES:
            row, column = round(y / result.pixel_size), round(x / result.pixel_size)
            assert result[row, column] > 0.7


def test_a_coarser_micrograph_than_in_the_fit_is_interpolated():
    fine, coarse = spots(1.0, "fine"), spots(2.0, "coarse")
    downsampler = FourierDownsampler(target_pixel_size="coarsest").fit([fine])
    (result,) = downsampler.transform([coarse])
    assert (result.pixel_size, result.scale) == (1.0, 0.5)
    assert result.shape == tuple(2 * (n - 1) + 1 for n in coarse.shape)
    # The pixels that were there keep their values, and those between lie between.
    np.testing.assert_allclose(result[::2, ::2], coarse, atol=1e-5)
    for x, y in CENTRES:
        assert result[y - 2 : y + 3, x - 2 : x + 3].mean() > 0.9


def test_one_pixel_size_leaves_the_pixels_as_they_are():
    micrographs = [spots(size, "m") for size in (1.05, 1.05, 1.06)]
    for factor in (1, 2):
        ours = FourierDownsampler(factor, target_pixel_size="coarsest")
        plain = FourierDownsampler(factor).fit_transform(micrographs)
        for one, other in zip(ours.fit_transform(micrographs), plain, strict=True):
            np.testing.assert_array_equal(one, other)
            assert (one.scale, one.pixel_size) == (other.scale, other.pixel_size)


def test_the_coarsest_pixel_size_must_be_fitted_and_known():
    downsampler = FourierDownsampler(target_pixel_size="coarsest")
    assert downsampler.__sklearn_tags__().requires_fit
    with pytest.raises(NotFittedError):
        downsampler.transform([spots(1.0, "m")])
    unknown = Micrograph(np.ones((4, 4)))
    with pytest.raises(ValueError, match=r"Micrograph number 1 \(no name\) has none"):
        downsampler.fit([spots(1.0, "m"), unknown])
    downsampler.fit([spots(1.0, "m")])
    with pytest.raises(ValueError, match=r"Micrograph number 0 \(no name\) has none"):
        downsampler.transform([unknown])


def test_what_cannot_be_used_is_left_out_and_named():
    good, coarse = spots(1.0, "good"), spots(9.0, "coarse")
    nan = Micrograph(np.full((5, 7), np.nan), "nan", 1.0, 2.0)
    downsampler = FourierDownsampler(target_pixel_size=2, on_error="warn")
    downsampler.fit([good, coarse, nan])
    with pytest.warns(UserWarning, match="cannot be used") as caught:
        results = downsampler.transform([good, coarse, nan])
    texts = sorted(str(w.message) for w in caught)
    assert [text.split()[1] for text in texts] == ["coarse", "nan"]
    assert "finer" in texts[0]
    assert [is_left_out(result) for result in results] == [False, True, True]
    assert [result.name for result in results] == ["good", "coarse", "nan"]
    alone = FourierDownsampler(target_pixel_size=2).transform([good])[0]
    np.testing.assert_array_equal(results[0], alone)
    # What another step has left out passes in silence.
    again = downsampler.transform([results[1], Micrograph(results[2], "x")])
    assert all(is_left_out(result) for result in again)


def test_a_word_that_is_unknown_is_refused():
    with pytest.raises(ValueError, match="`on_error` must be 'raise' or 'warn'"):
        FourierDownsampler(on_error="ignore").fit([spots(1.0, "m")])
    with pytest.raises(TypeError, match="`target_pixel_size` must be a number"):
        FourierDownsampler(target_pixel_size="finest").fit([spots(1.0, "m")])


SPANS = (13, 18, 27)


@pytest.mark.parametrize(
    ("pixel_size", "scale", "factor"),
    [(1.0, 1.0, 10), (2.5, 1.0, 4), (2.0, 2.0, 5), (10.0, 1.0, 1), (12.0, 1.0, 1)],
)
def test_auto_brings_a_particle_in_angstrom_to_its_span(pixel_size, scale, factor):
    micrograph = Micrograph(noise(), pixel_size=pixel_size, scale=scale)
    downsampler = FourierDownsampler("auto", diameter="180A", spans=SPANS)
    (small,) = downsampler.fit_transform([micrograph])
    assert small.scale == scale * factor
    assert small.pixel_size == pixel_size * factor
    (same,) = FourierDownsampler(factor).transform([micrograph])
    np.testing.assert_array_equal(small, same)


@pytest.mark.parametrize(
    ("diameter", "scale", "factor"),
    [(45, 1.0, 2.5), ("90px", 2.0, 2.5), (15, 1.0, 1)],
)
def test_auto_brings_a_particle_in_original_pixels_to_its_span(diameter, scale, factor):
    downsampler = FourierDownsampler("auto", diameter=diameter, spans=SPANS)
    (small,) = downsampler.transform([Micrograph(noise(), scale=scale)])
    assert small.scale == scale * factor


def test_auto_gives_micrographs_of_several_pixel_sizes_one_pixel_size():
    rng = np.random.default_rng(0)
    micrographs = [
        Micrograph(rng.normal(size=(80, 70)), pixel_size=size)
        for size in (0.885, 1.77, 4.0)
    ]
    downsampler = FourierDownsampler("auto", diameter="180A", spans=SPANS)
    sizes = [small.pixel_size for small in downsampler.transform(micrographs)]
    assert sizes == pytest.approx([10, 10, 10], rel=2e-3)


@pytest.mark.parametrize("factor", ["auto", 1])
@pytest.mark.parametrize("method", ["fit", "transform"])
def test_a_particle_that_spans_too_few_pixels_is_refused(factor, method):
    downsampler = FourierDownsampler(factor, diameter="180A", spans=SPANS)
    micrograph = Micrograph(noise(), name="grid1", pixel_size=15.0)
    with pytest.raises(ValueError, match=r"spans 12 pixels of micrograph grid1 \(15"):
        getattr(downsampler, method)([micrograph])


def test_a_particle_that_spans_too_few_pixels_may_leave_its_micrograph_out():
    fine, coarse = (
        Micrograph(noise(), name=f"size{size}", pixel_size=size) for size in (5, 15)
    )
    downsampler = FourierDownsampler(
        "auto", diameter="180A", spans=SPANS, on_error="warn"
    )
    with pytest.warns(UserWarning, match="size15 cannot be used.* spans 12 pixels"):
        small, left_out = downsampler.fit([fine, coarse]).transform([fine, coarse])
    assert small.pixel_size == 10
    assert is_left_out(left_out)
    (again,) = FourierDownsampler("auto", diameter="180A", spans=SPANS).transform(
        [left_out]
    )
    assert is_left_out(again)


@pytest.mark.parametrize(("factor", "span"), [(1, 90), (8, 11.25)])
def test_a_factor_that_does_not_fit_the_particle_is_refused(factor, span):
    downsampler = FourierDownsampler(factor, diameter=90, spans=SPANS)
    with pytest.raises(ValueError, match=f"and {span} after downsampling {factor} t"):
        downsampler.transform([Micrograph(noise())])


def test_a_particle_in_angstrom_needs_a_pixel_size():
    downsampler = FourierDownsampler("auto", diameter="180A", spans=SPANS)
    with pytest.raises(ValueError, match=r"Micrograph number 0 .*has none"):
        downsampler.transform([Micrograph(noise())])


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"factor": "auto"}, "factor='auto' needs `diameter` and `spans`"),
        ({"diameter": 45}, "`diameter` and `spans` must both be given"),
        ({"spans": SPANS}, "`diameter` and `spans` must both be given"),
        ({"diameter": 45, "spans": (18, 13, 27)}, "in ascending order"),
        ({"diameter": 0, "spans": SPANS}, "`diameter` must be a number"),
        (
            {
                "factor": "auto",
                "diameter": 45,
                "spans": SPANS,
                "target_pixel_size": "coarsest",
            },
            "takes the place of `target_pixel_size`",
        ),
        ({"factor": "auto", "target_pixel_size": 3.0}, "Only one of"),
    ],
    ids=["alone", "no spans", "no diameter", "order", "zero", "coarsest", "target"],
)
def test_parameters_of_the_particle_that_exclude_each_other(parameters, message):
    with pytest.raises(ValueError, match=message):
        FourierDownsampler(**parameters).transform([Micrograph(noise(), pixel_size=1)])


def noise():
    return np.random.default_rng(0).normal(size=(60, 90))
