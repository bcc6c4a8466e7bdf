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

from pusklearn import PUClassifier
from pusklearn.micrographs.images._lazy_rows import LazyRows
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.peaks._peak_extractor import PeakExtractor
from pusklearn.micrographs.preprocessing._fourier_downsampler import FourierDownsampler
from pusklearn.micrographs.preprocessing._micrograph_normalizer import (
    MicrographNormalizer,
)
from pusklearn.micrographs.references._reference_picker import ReferencePicker
from pusklearn.micrographs.regions._region_scorer import RegionScorer
from pusklearn.modules import ConvNet

TRANSFORMERS = [
    FourierDownsampler(),
    FourierDownsampler(2.5),
    FourierDownsampler(target_pixel_size=3.0),
    FourierDownsampler("auto", diameter=15, spans=(4, 6, 8)),
    MicrographNormalizer(),
    MicrographNormalizer("affine"),
]
NETWORK = PUClassifier(
    ConvNet(units=2), max_epochs=1, steps_per_epoch=2, batch_size=16, random_state=0
)
SCORERS = [
    RegionScorer(NETWORK, label_radius=2),
    RegionScorer(NETWORK, step=2, particles_per_micrograph=5),
    ReferencePicker(8, n_rotations=3, random_state=0),
    ReferencePicker(8, n_references=2, n_rotations=1, whiten=False, random_state=0),
]
EXTRACTORS = [
    PeakExtractor(4),
    PeakExtractor(4, threshold="prior", particles_per_micrograph=5, refine=True),
]
ESTIMATORS = [*TRANSFORMERS, *SCORERS, *EXTRACTORS]
STATELESS = (FourierDownsampler, MicrographNormalizer)


def each(name, estimators):
    ids = [f"{type(e).__name__}{number}" for number, e in enumerate(estimators)]
    return pytest.mark.parametrize(name, estimators, ids=ids)


every_estimator = each("estimator", ESTIMATORS)
every_transformer = each("transformer", [*TRANSFORMERS, *SCORERS])


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


def target(estimator, rows):
    """Two particles of every micrograph, if the estimator learns from particles."""
    if not get_tags(estimator).target_tags.required:
        return None
    return [[(12, 9 + row), (30, 20)] for row in range(len(rows))]


def fit(estimator, rows):
    return estimator.fit(rows, target(estimator, rows))


def fit_transform(estimator, rows):
    return estimator.fit_transform(rows, target(estimator, rows))


def values(estimator):
    """All parameters, those of nested estimators too, but not these themselves."""
    parameters = estimator.get_params()
    return {k: v for k, v in parameters.items() if not hasattr(v, "get_params")}


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
    fitted = fit(clone(estimator), micrographs())
    copied = clone(fitted)
    assert values(copied) == values(estimator)
    assert vars(copied) == copied.get_params(deep=False)


@every_estimator
def test_parameters_are_set_by_name_and_stored_unchanged(estimator):
    parameters = {name: object() for name in estimator.get_params(deep=False)}
    changed = clone(estimator).set_params(**parameters)
    assert vars(changed) == parameters


@every_estimator
def test_fit_returns_itself_and_leaves_the_parameters_alone(estimator):
    fitted = clone(estimator)
    before, nested = values(fitted), vars(fitted).copy()
    assert fit(fitted, micrographs()) is fitted
    assert values(fitted) == before
    assert all(vars(fitted)[name] is value for name, value in nested.items())


@every_estimator
def test_what_fit_learns_ends_in_an_underscore(estimator):
    fitted = fit(clone(estimator), micrographs())
    learned = set(vars(fitted)) - set(fitted.get_params())
    assert all(name.endswith("_") and name[0] != "_" for name in learned)


@every_estimator
def test_transform_is_repeatable_and_fit_transform_is_the_same(estimator):
    fitted = fit(clone(estimator), micrographs())
    first = fitted.transform(micrographs())
    assert_equal_rows(first, fitted.transform(micrographs()))
    assert_equal_rows(first, fit_transform(clone(estimator), micrographs()))


@every_estimator
def test_fitting_twice_is_fitting_once(estimator):
    fitted = fit(clone(estimator), micrographs(5))
    fit(fitted, micrographs())
    expected = fit(clone(estimator), micrographs()).transform(micrographs())
    assert_equal_rows(fitted.transform(micrographs()), expected)


@every_estimator
@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.float16, np.float32])
def test_the_input_is_not_changed(estimator, dtype):
    rows = micrographs(dtype=dtype)
    before = copy.deepcopy(rows)
    for row in rows:
        row.setflags(write=False)
    fit(clone(estimator), rows).transform(rows)
    assert_equal_rows(rows, before)
    for row, old in zip(rows, before, strict=True):
        assert (row.dtype, vars(row)) == (old.dtype, vars(old))


@every_estimator
def test_lists_object_arrays_and_stacks_give_the_same(estimator):
    rows = micrographs(ragged=False)
    if getattr(estimator, "target_pixel_size", None) is None:
        rows = np.stack([np.asarray(row) for row in rows])
    fitted = fit(clone(estimator), rows)
    expected = fitted.transform(list(rows))
    assert_equal_rows(fitted.transform(as_object_array(list(rows))), expected)
    assert_equal_rows(fitted.transform(rows), expected)


@every_estimator
def test_rows_of_different_shape_stay_rows_in_order(estimator):
    rows = micrographs(4)
    fitted = fit(clone(estimator), rows)
    together = fitted.transform(rows)
    assert len(together) == 4
    assert_equal_rows(together, [fitted.transform([row])[0] for row in rows])


@every_estimator
def test_a_pickled_copy_does_the_same(estimator):
    fitted = fit(clone(estimator), micrographs())
    restored = pickle.loads(pickle.dumps(fitted))
    expected = fitted.transform(micrographs())
    assert_equal_rows(restored.transform(micrographs()), expected)


@every_estimator
def test_it_works_as_a_step_of_a_pipeline(estimator):
    pipeline = make_pipeline(FourierDownsampler(), clone(estimator))
    particles = target(estimator, micrographs())
    transformed = pipeline.fit(micrographs(), particles).transform(micrographs())
    rows = [row.astype(np.float32) for row in micrographs()]
    assert_equal_rows(transformed, fit_transform(clone(estimator), rows))


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
    fitted = fit(clone(estimator), micrographs())
    arguments = (target(estimator, rows),) if method == "fit" else ()
    with pytest.raises(ValueError, match=message):
        getattr(fitted, method)(rows, *arguments)


@every_estimator
def test_tags_announce_that_rows_are_images(estimator):
    tags = get_tags(estimator)
    assert not tags.input_tags.two_d_array
    assert tags.input_tags.three_d_array
    assert tags.transformer_tags is not None
    assert tags.requires_fit == (type(estimator) not in STATELESS)
    learns_particles = isinstance(estimator, RegionScorer | ReferencePicker)
    assert tags.target_tags.required == learns_particles
    assert tags.target_tags.single_output == (type(estimator) in STATELESS)


@every_estimator
def test_the_not_fitted_error_comes_exactly_where_something_is_learned(estimator):
    unfitted = clone(estimator)
    if get_tags(unfitted).requires_fit:
        with pytest.raises(NotFittedError):
            unfitted.transform(micrographs())
        with pytest.raises(NotFittedError):
            check_is_fitted(unfitted)
    else:
        expected = fit_transform(clone(unfitted), micrographs())
        assert_equal_rows(unfitted.transform(micrographs()), expected)
        check_is_fitted(unfitted)


@every_estimator
def test_large_micrographs_give_the_same_rows_when_they_are_asked_for(
    estimator, monkeypatch
):
    expected = fit_transform(clone(estimator), micrographs())
    monkeypatch.setattr("pusklearn.micrographs.images._lazy_rows.MOST_PIXELS", 2000)
    rows = fit_transform(clone(estimator), micrographs())
    assert_equal_rows(rows, expected)
    if not isinstance(estimator, PeakExtractor):
        assert isinstance(rows, LazyRows)
        assert vars(rows[1]) == vars(expected[1])
    chained = make_pipeline(FourierDownsampler(), clone(estimator))
    rows = [row.astype(np.float32) for row in micrographs()]
    assert_equal_rows(
        chained.fit_transform(micrographs(), target(estimator, micrographs())),
        fit_transform(clone(estimator), rows),
    )


@every_transformer
@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.float16, np.float64])
def test_images_come_out_as_float32_micrographs_that_keep_their_name(
    transformer, dtype
):
    images = fit_transform(clone(transformer), micrographs(dtype=dtype))
    assert [image.name for image in images] == ["grid0", "grid1", "grid2"]
    for image in images:
        assert isinstance(image, Micrograph)
        assert image.dtype == np.float32
        assert image.pixel_size == pytest.approx(1.5 * image.scale)


@every_transformer
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_pixel_that_is_not_finite_is_masked_in_what_comes_out(transformer, value):
    rows = micrographs()
    rows[1][2, 7] = value
    whole, missing, last = fit_transform(clone(transformer), rows)
    for image in (whole, last):
        assert np.isfinite(image).all()
        assert image.mask is None
    x, y = 7 / missing.scale, 2 / missing.scale
    touched = np.argwhere(missing.mask) - [y, x]
    assert 1 <= len(touched) <= 4
    assert abs(touched).max() <= 1
    # Images hold the background there, score maps have no score.
    holes = np.isnan(missing)
    assert np.array_equal(holes, missing.mask) or not holes.any()
    assert np.isfinite(missing[~missing.mask]).all()


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
