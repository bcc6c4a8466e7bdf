import numpy as np
import pytest
from scipy.ndimage import binary_dilation, distance_transform_edt, gaussian_filter

from pusklearn.datasets import make_micrographs
from pusklearn.io import coordinates_for, read_coordinates, read_micrograph
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.preprocessing._gaussian_mixture import fit_bright_gaussian
from pusklearn.micrographs.preprocessing._micrograph_normalizer import (
    MicrographNormalizer,
)


def micrograph(seed=0, *, mean=50.0, std=4.0, name="grid1"):
    """Bright background; a quarter of the pixels is 3 standard deviations darker."""
    image = np.random.default_rng(seed).normal(mean, std, (80, 100))
    image[:20] -= 3 * std
    return Micrograph(image, name=name, pixel_size=2.0, scale=1.5)


def test_the_background_has_mean_zero_and_deviation_one():
    (normal,) = MicrographNormalizer(alpha=1).fit_transform([micrograph()])
    assert np.asarray(normal)[20:].mean() == pytest.approx(0, abs=0.05)
    assert np.asarray(normal)[20:].std() == pytest.approx(1, abs=0.05)
    assert np.asarray(normal)[:20].mean() == pytest.approx(-3, abs=0.1)


def test_mixture_subtracts_the_brighter_mean_and_divides_by_the_deviation():
    image = micrograph()
    mean, std, _ = fit_bright_gaussian(image, alpha=300, beta=2)
    (normal,) = MicrographNormalizer(alpha=300, beta=2).fit_transform([image])
    np.testing.assert_allclose(normal, (image - mean) / std, rtol=1e-6, atol=1e-6)


def test_affine_gives_mean_zero_and_deviation_one():
    (normal,) = MicrographNormalizer("affine").fit_transform([micrograph(mean=3e4)])
    values = np.asarray(normal, dtype=float)
    assert values.mean() == pytest.approx(0, abs=1e-6)
    assert values.std() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("method", ["mixture", "affine"])
def test_each_micrograph_is_normalised_for_itself(method):
    images = [micrograph(0), micrograph(1, mean=-900, std=30)]
    together = MicrographNormalizer(method).fit_transform(images)
    for image, normal in zip(images, together, strict=True):
        (alone,) = MicrographNormalizer(method).fit_transform([image])
        np.testing.assert_array_equal(normal, alone)


@pytest.mark.parametrize("method", ["mixture", "affine"])
def test_dose_and_offset_cancel_out(method):
    image = micrograph()
    (normal,) = MicrographNormalizer(method).fit_transform([image])
    (moved,) = MicrographNormalizer(method).fit_transform([image * 7 - 300])
    np.testing.assert_allclose(normal, moved, atol=1e-3)


@pytest.mark.parametrize("method", ["mixture", "affine"])
def test_attributes_are_kept(method):
    (normal,) = MicrographNormalizer(method).fit_transform([micrograph()])
    assert isinstance(normal, Micrograph)
    assert normal.dtype == np.float32
    assert (normal.name, normal.pixel_size, normal.scale) == ("grid1", 2.0, 1.5)


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int16, np.float16])
@pytest.mark.parametrize("method", ["mixture", "affine"])
def test_every_real_dtype_equals_float64(method, dtype):
    image = np.asarray(micrograph()).astype(dtype)
    (normal,) = MicrographNormalizer(method).fit_transform([image])
    (expected,) = MicrographNormalizer(method).fit_transform([image.astype(float)])
    np.testing.assert_array_equal(normal, expected)


@pytest.mark.parametrize("method", ["mixture", "affine"])
@pytest.mark.parametrize("whiten", [False, True])
@pytest.mark.parametrize("value", [-1e30, 1e6, 1e30])
def test_a_hot_pixel_becomes_background_and_leaves_the_others_theirs(
    value, whiten, method
):
    image = micrograph()
    normalizer = MicrographNormalizer(method, whiten=whiten)
    (clean,) = normalizer.fit_transform([image])
    hot = image.copy()
    hot[60, 70] = value
    (normal,) = normalizer.fit_transform([hot])
    assert abs(normal[60, 70]) < 2
    assert normal.mask is None
    normal[60, 70] = clean[60, 70]
    np.testing.assert_allclose(normal, clean, atol=0.2)


@pytest.mark.parametrize("method", ["mixture", "affine"])
@pytest.mark.parametrize(("name", "label"), [("grid7", "grid7"), (None, "no name")])
def test_a_constant_micrograph_is_refused_and_named(method, name, label):
    images = [micrograph(), Micrograph(np.full((5, 5), 0.1), name=name)]
    with pytest.raises(ValueError, match=f"deviation is 0.*{label}\\)? is 0.1"):
        MicrographNormalizer(method).fit_transform(images)


def ice(seed, kind):
    rng = np.random.default_rng(seed)
    image = rng.normal(size=(256, 280))
    if kind == "coloured":
        image = gaussian_filter(image, 1.5) * 3 + 0.5 * image
    image = 100 + 7 * image / image.std()
    return -image if kind == "inverted" else image


def faulty(image, fault, rng):
    """Return the image with a fault, and which pixels it has changed."""
    level, deviation = np.median(image), image.std()
    bad, image = np.zeros(image.shape, bool), image.copy()
    if fault == "hot pixels":
        bad.flat[rng.choice(bad.size, bad.size // 1000, replace=False)] = True
        image[bad] = level + deviation * rng.choice([-100, 30, 50, 1e6], bad.sum())
    elif fault == "bar":
        bad[: rng.integers(1, 13)] = True
        image[bad] += deviation * rng.choice([-100, -12, 5, 50])
    elif fault == "blank border":
        bad[:, -rng.integers(3, 28) :] = True
        image[bad] = rng.choice([0, level, 3 * level])
    else:
        for _ in range(rng.integers(1, 4)):
            y, x = rng.integers(0, [256 - 46, 280 - 46])
            hole = np.zeros(bad.shape, bool)
            hole[y : y + 46, x : x + 46] = True
            offset = deviation * rng.choice([-40, -15, -9, -5, 3, 7, 12, 30])
            noise = deviation * rng.normal(size=bad.shape) * (fault == "holes")
            image[hole] = (level + offset + noise)[hole]
            bad |= hole
    return image, bad


@pytest.mark.parametrize("whiten", [False, True])
@pytest.mark.parametrize("kind", ["white", "coloured", "inverted"])
@pytest.mark.parametrize(
    "fault", ["hot pixels", "bar", "blank border", "holes", "constant holes"]
)
def test_faults_leave_the_ice_as_it_was(fault, kind, whiten):
    for seed in range(3):
        clean = ice(seed, kind)
        image, bad = faulty(clean, fault, np.random.default_rng(seed))
        (normal,) = MicrographNormalizer(whiten=whiten).fit_transform([image])
        assert np.isfinite(normal).all()
        rest = np.asarray(normal)[~binary_dilation(bad, iterations=25)]
        if not len(rest):  # Hot pixels are everywhere.
            rest = np.asarray(normal)[~bad]
        middle = np.median(rest)
        assert abs(middle) < 0.2
        assert 0.8 < rest.std() < 1.25
        assert 0.8 < 1.4826 * np.median(np.abs(rest - middle)) < 1.25


def overlapping(image, kind):
    """Return an image of deviation 1 with areas that touch, and where they are."""
    height, width = image.shape
    y, x = np.mgrid[:height, :width]
    disc = (y - 30) ** 2 + (x - 90) ** 2 < 20**2
    other = (y - 50) ** 2 + (x - 110) ** 2 < 20**2
    band = np.broadcast_to(y < 6, image.shape)
    ramp = np.broadcast_to((x - 70) / 60, image.shape)
    soft = np.minimum((20 - np.hypot(y - 30, x - 90)) / 8, 1)
    parts = {
        "a disc over a band": [(band, 50), (disc & (y < 20), -300)],
        "discs at two levels": [(disc, 45), (other, 11)],
        "a bright and a dark disc": [(disc, 45), (other, -90)],
        "discs very far and less far out": [(disc, 1e6), (other, 30)],
        "a soft disc very far out": [(disc, -1e6 * soft)],
        "a ramp over powers of ten": [(disc | other, 1e4 * ramp + 30)],
        "faint and far bands": [(band, 50), (y > height - 5, 4)],
        "a faint narrow area": [((y > 100) & (y < 112) & (x < 80), -6)],
    }[kind]
    bad, image = np.zeros(image.shape, bool), image.copy()
    for area, offset in parts:
        image += area * offset
        bad |= area
    return image, bad


@pytest.mark.parametrize("whiten", [False, True])
@pytest.mark.parametrize("smoothing", [0, 2])
@pytest.mark.parametrize(
    "kind",
    [
        "a disc over a band",
        "discs at two levels",
        "a bright and a dark disc",
        "discs very far and less far out",
        "a soft disc very far out",
        "a ramp over powers of ten",
        "faint and far bands",
        "a faint narrow area",
    ],
)
def test_areas_that_touch_leave_the_ice_as_it_was(kind, smoothing, whiten):
    for seed in range(2):
        clean = np.random.default_rng(seed).normal(size=(256, 280))
        clean = gaussian_filter(clean, smoothing) if smoothing else clean
        clean /= clean.std()
        image, bad = overlapping(clean, kind)
        (normal,) = MicrographNormalizer(whiten=whiten).fit_transform([image])
        rest = np.asarray(normal)[~binary_dilation(bad, iterations=25)]
        assert abs(np.median(rest)) < 0.2
        assert 0.8 < rest.std() < 1.25


@pytest.mark.parametrize("dtype", ["u1", "i2", "f2"])
def test_faults_in_small_types_leave_the_ice_as_it_was(dtype):
    image = np.random.default_rng(0).normal(90, 5, (256, 280))
    image[40:100, 50:110] = 120
    image[200] = 0
    image[5:7, 8] = 127
    for whiten in (False, True):
        (normal,) = MicrographNormalizer(whiten=whiten).fit_transform(
            [image.astype(dtype)]
        )
        rest = np.asarray(normal)[130:190]
        assert abs(np.median(rest)) < 0.2
        assert 0.9 < rest.std() < 1.1


@pytest.mark.parametrize("whiten", [False, True])
@pytest.mark.parametrize("method", ["mixture", "affine"])
@pytest.mark.parametrize("offset", [-9, 6])
def test_an_area_of_another_grey_takes_no_part_in_statistics(offset, method, whiten):
    image = ice(0, "white")
    image[30:110, 40:120] += offset * image.std()
    (normal,) = MicrographNormalizer(method, whiten=whiten).fit_transform([image])
    rest = np.asarray(normal)[140:]
    assert abs(np.median(rest)) < 0.15
    assert 0.85 < rest.std() < 1.15


@pytest.mark.parametrize("whiten", [False, True])
@pytest.mark.parametrize("method", ["mixture", "affine"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_missing_pixels_become_background_and_are_masked(value, method, whiten):
    image = ice(0, "white")
    missing = np.zeros(image.shape, bool)
    missing[40:70, 100:160] = missing[0, :3] = True
    image[missing] = value
    mask = np.zeros(image.shape, bool)
    mask[200:] = True
    image[mask] *= 50
    normalizer = MicrographNormalizer(method, whiten=whiten)
    (normal,) = normalizer.fit_transform([Micrograph(image, "a", uid=4, mask=mask)])
    np.testing.assert_array_equal(normal.mask, missing | mask)
    assert (normal[normal.mask] == 0).all()
    assert (normal.name, normal.uid) == ("a", 4)
    rest = np.asarray(normal)[~normal.mask]
    assert (rest.mean(), rest.std()) == pytest.approx((0, 1), abs=0.03)


def test_what_is_under_the_mask_does_not_matter():
    image = ice(0, "coloured")
    mask = np.zeros(image.shape, bool)
    mask[100:150, 50:200] = True
    results = []
    for value in (0, 1e9, np.nan):
        image[mask] = value
        (normal,) = MicrographNormalizer(whiten=True).fit_transform(
            [Micrograph(image, mask=mask)]
        )
        results.append(np.asarray(normal))
    np.testing.assert_array_equal(results[0], results[1])
    np.testing.assert_array_equal(results[0], results[2])


def test_blank_borders_and_holes_are_masked():
    image = ice(0, "white")
    image[:, :20] = 0
    image[100:140, 100:140] += 300
    (normal,) = MicrographNormalizer(whiten=True).fit_transform([image])
    assert normal.mask[:, :20].all()
    assert normal.mask[100:140, 100:140].all()
    assert normal.mask.mean() < 0.12
    assert (normal[normal.mask] == 0).all()


def test_a_micrograph_that_is_left_out_stays_so():
    image = Micrograph(np.full((30, 40), np.nan), "a", mask=np.ones((30, 40)))
    (normal,) = MicrographNormalizer().fit_transform([image])
    assert normal.mask.all()
    np.testing.assert_array_equal(normal, np.zeros((30, 40)))


def test_a_micrograph_without_a_pixel_is_named():
    with pytest.raises(ValueError, match="Micrograph a has none"):
        MicrographNormalizer().fit_transform([Micrograph(np.full((3, 3), np.nan), "a")])


def test_a_background_in_doubt_is_told():
    image = ice(0, "white")
    image[:128] -= 8 * 7
    with pytest.warns(UserWarning, match="background of micrograph a is in doubt: its"):
        MicrographNormalizer().fit_transform([Micrograph(image, "a")])
    image = ice(0, "white")
    image[:, 100:] = 100
    with pytest.warns(UserWarning, match="64% of its pixels have one grey value"):
        MicrographNormalizer().fit_transform([Micrograph(image, "a")])


@pytest.mark.parametrize("whiten", [False, True])
@pytest.mark.parametrize("settings", [{}, {"snr": 1.0}, {"contamination": 1.0}])
def test_simulated_micrographs_bring_no_warning(settings, whiten):
    micrographs, _ = make_micrographs(4, random_state=1, **settings)
    for image in MicrographNormalizer(whiten=whiten).fit_transform(micrographs):
        assert image.mask is None


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"method": "z"}, "`method` must be 'mixture' or 'affine'. Got 'z'."),
        ({"alpha": 0.5}, r"`alpha` must be a number in \[1, inf\)\. Got 0\.5"),
        ({"beta": np.nan}, r"`beta` must be a number in \[1, inf\)"),
    ],
)
def test_parameters_out_of_range_are_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        MicrographNormalizer(**parameters).fit([micrograph()])
    with pytest.raises(ValueError, match=message):
        MicrographNormalizer(**parameters).transform([micrograph()])


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"alpha": "900"}, r"`alpha` must be a number in \[1, inf\)\. Got '900'"),
        ({"beta": True}, r"`beta` must be a number in \[1, inf\)\. Got True"),
        ({"whiten": "yes"}, r"`whiten` must be True or False\. Got 'yes'"),
    ],
)
def test_parameters_of_another_type_are_refused(parameters, message):
    with pytest.raises(TypeError, match=message):
        MicrographNormalizer(**parameters).fit([micrograph()])


@pytest.mark.parametrize("method", ["mixture", "affine"])
@pytest.mark.parametrize("name", ["empiar-10017", "empiar-10146", "empiar-10025"])
def test_real_micrographs_become_finite_and_of_unit_order(data_dir, name, method):
    path = sorted((data_dir / name / "micrographs").glob("*.mrc"))[0]
    (normal,) = MicrographNormalizer(method).fit_transform([read_micrograph(path)])
    assert np.isfinite(normal).all()
    assert abs(np.median(normal)) < 0.3
    assert 0.9 < np.asarray(normal).std() < 1.5


@pytest.mark.parametrize(
    ("name", "radius"), [("empiar-10017", 13), ("empiar-10146", 20)]
)
def test_protein_in_real_micrographs_is_darker_than_zero(data_dir, name, radius):
    table = read_coordinates(data_dir / name / "particles.txt")
    path = sorted((data_dir / name / "micrographs").glob("*.mrc"))[0]
    (normal,) = MicrographNormalizer().fit_transform([read_micrograph(path)])
    (points,) = coordinates_for(table, [normal])
    elsewhere = np.ones(normal.shape, dtype=bool)
    x, y = points.round().astype(int).T
    elsewhere[y.clip(0, len(normal) - 1), x.clip(0, normal.shape[1] - 1)] = False
    protein = distance_transform_edt(elsewhere) < radius
    assert normal[protein].mean() < -0.1
    assert normal[protein].mean() < normal[~protein].mean()


def test_a_micrograph_that_cannot_be_used_is_left_out_and_named():
    good, blank = micrograph(), Micrograph(np.full((5, 6), 3.0), "blank", 1.5, 2.0)
    normalizer = MicrographNormalizer(on_error="warn").fit([good, blank, None])
    with pytest.warns(UserWarning, match="cannot be used") as caught:
        results = normalizer.transform([good, blank, None])
    texts = sorted(str(w.message) for w in caught)
    assert "Micrograph blank cannot be used and is left out: " in texts[0]
    assert "must not be constant" in texts[0]
    assert "Micrograph number 2 cannot" in texts[1]
    assert [is_left_out(result) for result in results] == [False, True, True]
    assert (results[1].name, results[1].pixel_size, results[1].scale) == (
        "blank",
        1.5,
        2.0,
    )
    np.testing.assert_array_equal(
        results[0], MicrographNormalizer().transform([good])[0]
    )
    # What has been left out passes in silence.
    assert all(map(is_left_out, MicrographNormalizer().transform(results[1:])))


@pytest.mark.parametrize("whiten", [False, True])
def test_grey_values_whose_sums_overflow_are_refused_by_the_number(whiten):
    image = np.random.default_rng(0).normal(size=(64, 64))
    normalizer = MicrographNormalizer(whiten=whiten)
    message = r"at most 1e\+32, .* micrograph number 1 \(no name\) are about"
    with pytest.raises(ValueError, match=message):
        normalizer.fit_transform([image, image * 1e37])
    usual, great = normalizer.fit_transform([image, image * 1e31])
    np.testing.assert_allclose(great, usual, atol=1e-3)


def test_a_doubt_names_the_number_of_a_micrograph_without_a_name():
    image = np.random.default_rng(0).normal(size=(192, 192))
    half_blank = np.where(np.arange(192) < 110, 0, image)
    with pytest.warns(UserWarning, match=r"micrograph number 1 \(no name\)") as caught:
        MicrographNormalizer().fit_transform([image, half_blank])
    assert [warning.filename for warning in caught] == [__file__]
