import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

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


def test_a_hot_pixel_keeps_its_value_and_leaves_the_others_theirs():
    image = micrograph()
    (clean,) = MicrographNormalizer().fit_transform([image])
    hot = image.copy()
    hot[60, 70] = 1e6
    (normal,) = MicrographNormalizer().fit_transform([hot])
    assert normal[60, 70] > 1e5
    normal[60, 70] = clean[60, 70]
    np.testing.assert_allclose(normal, clean, atol=0.2)


@pytest.mark.parametrize("method", ["mixture", "affine"])
@pytest.mark.parametrize(("name", "label"), [("grid7", "grid7"), (None, "no name")])
def test_a_constant_micrograph_is_refused_and_named(method, name, label):
    images = [micrograph(), Micrograph(np.full((5, 5), 0.1), name=name)]
    with pytest.raises(ValueError, match=f"deviation is 0.*{label}\\)? is 0.1"):
        MicrographNormalizer(method).fit_transform(images)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_pixels_that_are_not_finite_are_refused(value):
    image = micrograph()
    image[3, 5] = value
    with pytest.raises(ValueError, match=r"must be finite.*grid1.*x=5, y=3"):
        MicrographNormalizer().transform([image])


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
