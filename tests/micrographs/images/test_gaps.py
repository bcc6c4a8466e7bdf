import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pusklearn import Micrograph
from pusklearn.micrographs.images import _gaps
from pusklearn.micrographs.images._gaps import (
    filled,
    find_gaps,
    with_gaps,
    without_gaps,
)

masks = st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(
    lambda shape: arrays(bool, shape)
)


def micrograph(mask, seed=0, **known):
    pixels = np.random.default_rng(seed).normal(5, 1, mask.shape)
    return Micrograph(pixels, "m", mask=mask, **known)


@given(masks, st.floats(0.3, 4), st.data())
def test_points_are_held_if_their_nearest_pixel_is_missing(mask, scale, data):
    gaps = find_gaps(micrograph(mask, scale=scale))
    assert (gaps.n_missing, gaps.n_there) == (mask.sum(), (~mask).sum())
    np.testing.assert_array_equal(gaps.as_mask(), mask)
    y, x = data.draw(st.sampled_from(list(np.ndindex(mask.shape))))
    dy, dx = data.draw(st.tuples(*[st.floats(-0.49, 0.49)] * 2))
    points = np.array([[x + dx, y + dy]]) * scale
    assert gaps.hold(points).tolist() == [mask[y, x]]


def test_a_point_nearly_a_coarse_pixel_beyond_the_last_belongs_to_it():
    mask = np.zeros((3, 4), bool)
    mask[2, 3] = True
    gaps = find_gaps(micrograph(mask, scale=4))
    assert gaps.hold(np.array([[15.0, 11.0], [12, 5], [40, 8]])).tolist() == [1, 0, 0]


def test_only_a_micrograph_that_is_missing_as_a_whole_holds_points_beyond_it():
    far = np.array([[900.0, -7.0]])
    assert find_gaps(micrograph(np.ones((1, 1), bool))).hold(far).all()
    assert not find_gaps(micrograph(np.zeros((3, 4), bool))).hold(far).any()


def test_missing_pixels_hold_the_median_of_the_others():
    pixels = np.array([[1, 2, 3], [np.nan, 9, np.inf]])
    mask = np.array([[0, 0, 0], [0, 1, 0]], bool)
    gaps = find_gaps(image := Micrograph(pixels, mask=mask))
    assert gaps.level == 2
    expected = np.float32([[1, 2, 3], [2, 2, 2]])
    np.testing.assert_array_equal(filled(image, gaps), expected)
    # A part is filled with the level of the whole.
    np.testing.assert_array_equal(filled(image[:, 1:], gaps), expected[:, 1:])
    np.testing.assert_array_equal(without_gaps(image), expected)
    np.testing.assert_array_equal(image, pixels)


def test_pixels_that_are_set_to_the_background_stay():
    image = micrograph(np.eye(3, dtype=bool))
    image[image.mask] = 0
    assert find_gaps(image).level == 0
    np.testing.assert_array_equal(without_gaps(image), image.astype(np.float32))


def test_what_is_whole_is_not_copied():
    image = Micrograph(np.ones((3, 4), np.float32))
    assert np.shares_memory(filled(image, find_gaps(image)), image)
    assert without_gaps(image) is image
    assert find_gaps(micrograph(np.ones((2, 2), bool))).level == 0


def test_the_level_of_a_large_micrograph_is_that_of_a_part_of_its_pixels(monkeypatch):
    monkeypatch.setattr(_gaps, "ENOUGH_PIXELS", 500)
    image = micrograph(np.arange(10000).reshape(100, 100) % 7 == 0)
    assert abs(find_gaps(image).level - 5) < 0.2


@given(masks)
def test_a_score_map_is_nan_and_masked_where_pixels_are_missing(mask):
    image = micrograph(mask, scale=2.0)
    scores = np.arange(mask.size, dtype=np.float32).reshape(mask.shape)
    result = with_gaps(scores, image, find_gaps(image))
    assert (result.name, result.scale, result.dtype) == ("m", 2.0, np.float32)
    np.testing.assert_array_equal(result, np.where(mask, np.nan, scores))
    np.testing.assert_array_equal(result.mask, mask)
    assert not np.isnan(scores).any()
