"""What every estimator whose rows are micrographs must do."""

import copy
import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from pusklearn.micrographs.images._lazy_rows import LazyRows
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.peaks._peak_extractor import PeakExtractor
from pusklearn.micrographs.preprocessing._fourier_downsampler import FourierDownsampler
from pusklearn.micrographs.preprocessing._micrograph_normalizer import (
    MicrographNormalizer,
)

TRANSFORMERS = [
    FourierDownsampler(),
    FourierDownsampler(2.5),
    FourierDownsampler(target_pixel_size=3.0),
    MicrographNormalizer(),
    MicrographNormalizer("affine"),
]
ESTIMATORS = [
    *TRANSFORMERS,
    PeakExtractor(4),
    PeakExtractor(4, threshold="prior", particles_per_micrograph=5, refine=True),
]
every_estimator = pytest.mark.parametrize("estimator", ESTIMATORS, ids=repr)
every_transformer = pytest.mark.parametrize("transformer", TRANSFORMERS, ids=repr)


def micrographs(n=3, *, ragged=True, dtype=np.float64):
    rng = np.random.default_rng(0)
    return [
        Micrograph(
            rng.normal(20, 5, (30 + 4 * row * ragged, 41)).astype(dtype),
            name=f"grid{row}",
            pixel_size=1.5,
        )
        for row in range(n)
    ]


def as_object_array(rows):
    array = np.empty(len(rows), dtype=object)
    array[:] = rows
    return array


def assert_equal_rows(left, right):
    assert len(left) == len(right)
    for a, b in zip(left, right, strict=True):
        np.testing.assert_array_equal(a, b)


@every_estimator
def test_a_clone_has_the_same_parameters_and_no_state(estimator):
    fitted = clone(estimator).fit(micrographs())
    copied = clone(fitted)
    assert copied.get_params() == estimator.get_params()
    assert vars(copied) == copied.get_params()


@every_estimator
def test_parameters_are_set_by_name_and_stored_unchanged(estimator):
    parameters = {name: object() for name in estimator.get_params()}
    changed = clone(estimator).set_params(**parameters)
    assert vars(changed) == parameters


@every_estimator
def test_fit_returns_itself_and_leaves_the_parameters_alone(estimator):
    fitted = clone(estimator)
    before = copy.deepcopy(fitted.get_params())
    assert fitted.fit(micrographs()) is fitted
    assert fitted.get_params() == before


@every_estimator
def test_what_fit_learns_ends_in_an_underscore(estimator):
    fitted = clone(estimator).fit(micrographs())
    learned = set(vars(fitted)) - set(fitted.get_params())
    assert all(name.endswith("_") and name[0] != "_" for name in learned)


@every_estimator
def test_transform_is_repeatable_and_fit_transform_is_the_same(estimator):
    fitted = clone(estimator).fit(micrographs())
    first = fitted.transform(micrographs())
    assert_equal_rows(first, fitted.transform(micrographs()))
    assert_equal_rows(first, clone(estimator).fit_transform(micrographs()))


@every_estimator
def test_fitting_twice_is_fitting_once(estimator):
    fitted = clone(estimator).fit(micrographs(5))
    fitted.fit(micrographs())
    expected = clone(estimator).fit(micrographs()).transform(micrographs())
    assert_equal_rows(fitted.transform(micrographs()), expected)


@every_estimator
@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.float16, np.float32])
def test_the_input_is_not_changed(estimator, dtype):
    rows = micrographs(dtype=dtype)
    before = copy.deepcopy(rows)
    for row in rows:
        row.setflags(write=False)
    clone(estimator).fit(rows).transform(rows)
    assert_equal_rows(rows, before)
    for row, old in zip(rows, before, strict=True):
        assert (row.dtype, vars(row)) == (old.dtype, vars(old))


@every_estimator
def test_lists_object_arrays_and_stacks_give_the_same(estimator):
    rows = micrographs(ragged=False)
    if getattr(estimator, "target_pixel_size", None) is None:
        rows = np.stack([np.asarray(row) for row in rows])
    fitted = clone(estimator).fit(rows)
    expected = fitted.transform(list(rows))
    assert_equal_rows(fitted.transform(as_object_array(list(rows))), expected)
    assert_equal_rows(fitted.transform(rows), expected)


@every_estimator
def test_rows_of_different_shape_stay_rows_in_order(estimator):
    rows = micrographs(4)
    fitted = clone(estimator).fit(rows)
    together = fitted.transform(rows)
    assert len(together) == 4
    assert_equal_rows(together, [fitted.transform([row])[0] for row in rows])


@every_estimator
def test_a_pickled_copy_does_the_same(estimator):
    fitted = clone(estimator).fit(micrographs())
    restored = pickle.loads(pickle.dumps(fitted))
    expected = fitted.transform(micrographs())
    assert_equal_rows(restored.transform(micrographs()), expected)


@every_estimator
def test_it_works_as_a_step_of_a_pipeline(estimator):
    pipeline = make_pipeline(FourierDownsampler(), clone(estimator))
    transformed = pipeline.fit(micrographs()).transform(micrographs())
    rows = [row.astype(np.float32) for row in micrographs()]
    assert_equal_rows(transformed, clone(estimator).fit_transform(rows))


@every_estimator
@pytest.mark.parametrize("method", ["fit", "transform"])
@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (np.zeros((5, 5)), "Put a single micrograph in a list"),
        ([], "At least 1 micrograph is needed"),
        ([np.zeros(5)], r"must have shape \(height, width\)"),
        ([np.zeros((2, 3, 4))], r"must have shape \(height, width\)"),
        ([np.zeros((3, 3), dtype=complex)], "must hold real numbers"),
    ],
)
def test_what_is_not_a_sequence_of_micrographs_is_refused(
    estimator, method, rows, message
):
    fitted = clone(estimator).fit(micrographs())
    with pytest.raises(ValueError, match=message):
        getattr(fitted, method)(rows)


@every_estimator
def test_tags_announce_that_rows_are_images(estimator):
    tags = get_tags(estimator)
    assert not tags.input_tags.two_d_array
    assert tags.input_tags.three_d_array
    assert tags.transformer_tags is not None


@every_estimator
def test_the_not_fitted_error_comes_exactly_where_something_is_learned(estimator):
    unfitted = clone(estimator)
    if get_tags(unfitted).requires_fit:
        with pytest.raises(NotFittedError):
            unfitted.transform(micrographs())
        with pytest.raises(NotFittedError):
            check_is_fitted(unfitted)
    else:
        expected = clone(unfitted).fit_transform(micrographs())
        assert_equal_rows(unfitted.transform(micrographs()), expected)
        check_is_fitted(unfitted)


@every_estimator
def test_large_micrographs_give_the_same_rows_when_they_are_asked_for(
    estimator, monkeypatch
):
    expected = clone(estimator).fit_transform(micrographs())
    monkeypatch.setattr("pusklearn.micrographs.images._lazy_rows.MOST_PIXELS", 2000)
    found = clone(estimator).fit_transform(micrographs())
    assert_equal_rows(found, expected)
    if not isinstance(estimator, PeakExtractor):
        assert isinstance(found, LazyRows)
        assert vars(found[1]) == vars(expected[1])
    chained = make_pipeline(FourierDownsampler(), clone(estimator))
    rows = [row.astype(np.float32) for row in micrographs()]
    assert_equal_rows(
        chained.fit_transform(micrographs()), clone(estimator).fit_transform(rows)
    )


@every_transformer
@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.float16, np.float64])
def test_images_come_out_as_float32_micrographs_that_keep_their_name(
    transformer, dtype
):
    images = clone(transformer).fit_transform(micrographs(dtype=dtype))
    assert [image.name for image in images] == ["grid0", "grid1", "grid2"]
    for image in images:
        assert isinstance(image, Micrograph)
        assert image.dtype == np.float32
        assert image.pixel_size == pytest.approx(1.5 * image.scale)


@every_transformer
def test_images_come_out_finite_or_the_pixel_is_named(transformer):
    rows = micrographs()
    rows[1][2, 7] = np.nan
    with pytest.raises(ValueError, match=r"must be finite.*grid1.*x=7, y=2"):
        clone(transformer).fit(rows).transform(rows)


def test_a_chain_brings_picks_back_to_pixels_of_the_original():
    image = np.random.default_rng(1).normal(0, 0.02, (121, 150))
    y, x = np.indices(image.shape)
    centres = np.array([[35.0, 20.0], [110.0, 90.0]])
    for u, v in centres:
        image += np.exp(-((x - u) ** 2 + (y - v) ** 2) / 72)
    chain = make_pipeline(
        FourierDownsampler(2.5),
        MicrographNormalizer("affine"),
        PeakExtractor(20, threshold=3.0, refine=True),
    )
    (picks,) = chain.fit([image]).predict([image])
    order = np.argsort(picks[:, 0])
    np.testing.assert_allclose(picks[order, :2], centres, atol=0.3)
