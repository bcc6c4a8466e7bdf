import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pusklearn import Micrograph
from pusklearn.micrographs.images import _lazy_rows
from pusklearn.micrographs.images._lazy_rows import LazyRows
from pusklearn.micrographs.io._masks import add_masks, as_mask, enlarged

MASK = np.array([[0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 0]], bool)


def micrographs(*names, shape=(3, 4)):
    return [Micrograph(np.full(shape, i, "f4"), name) for i, name in enumerate(names)]


def masks(*names):
    """Masks that miss one pixel more each."""
    return [
        Micrograph(np.arange(12).reshape(3, 4) < number, name)
        for number, name in enumerate(names, start=1)
    ]


@pytest.mark.parametrize(
    "image",
    [
        MASK,
        MASK * 255.0,
        MASK.astype("f2") / 3,
        -MASK.astype("i1"),
        MASK * np.arange(4, dtype="u2"),  # numbers of objects
    ],
)
def test_every_value_but_zero_is_not_there(image):
    mask = as_mask(image)
    assert mask.dtype == bool
    np.testing.assert_array_equal(mask, MASK)
    np.testing.assert_array_equal(as_mask(image, invert=True), ~MASK)


def test_probabilities_need_a_threshold():
    image = Micrograph(np.float32([[0.0, 0.2, 0.5], [0.7, 1.0, 0.3]]), "p")
    with pytest.raises(ValueError, match=r"Mask p has values from 0 to 1.*threshold"):
        as_mask(image)
    mask = as_mask(image, threshold=0.5)
    assert mask.tolist() == [[False, False, False], [True, True, False]]
    assert mask.name == "p"
    assert as_mask(image, threshold=0.5, invert=True).sum() == 4


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.ones(3), r"2-D array .* Mask \(no name\) has shape \(3,\)"),
        (np.full((2, 2), "x"), "dtype <U1"),
        (np.array([[0, np.nan]]), "must not be NaN anywhere"),
    ],
)
def test_what_is_no_mask_is_refused(image, message):
    with pytest.raises(ValueError, match=message):
        as_mask(image)


@given(
    arrays(bool, st.tuples(st.integers(1, 5), st.integers(1, 5))),
    st.integers(1, 4),
    st.integers(0, 3),
    st.integers(-3, 3),
)
def test_a_smaller_mask_is_enlarged_by_a_whole_factor(mask, factor, down, right):
    """Whether the rest of a side was cut off or kept when the mask was made smaller."""
    height, width = (
        n * factor + max(min(rest, factor - 1), 1 - factor)
        for n, rest in zip(mask.shape, (down, right), strict=True)
    )
    image = Micrograph(np.zeros((height, width)), "m")
    y, x = np.indices(image.shape) // factor
    expected = mask[y.clip(max=len(mask) - 1), x.clip(max=mask.shape[1] - 1)]
    large = enlarged(mask, image)
    assert large.shape == image.shape
    fits = {
        n
        for n in range(1, 9)
        if all(
            m in (side // n, -(-side // n))
            for m, side in zip(mask.shape, image.shape, strict=True)
        )
    }
    if fits == {factor}:  # Small masks may fit in several ways.
        np.testing.assert_array_equal(large, expected)


@pytest.mark.parametrize("shape", [(4, 3), (6, 9), (2, 4), (3, 4, 1), (4,), (0, 4)])
def test_a_shape_that_does_not_fit_names_the_micrograph(shape):
    with pytest.raises(
        ValueError, match=r"Micrograph grid has shape \(3, 4\), and its"
    ):
        add_masks(micrographs("grid"), [np.zeros(shape, bool)])


def test_masks_with_names_are_matched_by_name():
    found = add_masks(
        micrographs("a", "b", "c"), masks("raw/c.mrc", "x", "b_mask", "a")
    )
    assert [m.mask.sum() for m in found] == [4, 3, 1]
    assert [(m.name, m[0, 0]) for m in found] == [("a", 0), ("b", 1), ("c", 2)]


def test_masks_without_names_come_in_order():
    arrays = [None, MASK.tolist(), MASK.astype(int)]
    found = add_masks(micrographs("a", "b", "c"), arrays)
    assert found[0].mask is None
    for micrograph in found[1:]:
        np.testing.assert_array_equal(micrograph.mask, MASK)
    for wrong in ([MASK], []):
        with pytest.raises(ValueError, match=rf"None for a .* Got {len(wrong)} for 3"):
            add_masks(micrographs("a", "b", "c"), wrong)


def test_micrographs_without_a_mask_are_named():
    with pytest.warns(UserWarning, match="2 of 3 micrographs have no mask.* 'a'"):
        found = add_masks(micrographs("a", "b", "c"), masks("b"))
    assert [m.mask is None for m in found] == [True, False, True]
    with pytest.raises(
        ValueError, match=r"No mask has, .* mask 'x' for micrograph 'a'"
    ):
        add_masks(micrographs("a"), masks("x"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        add_masks(micrographs("a"), masks("a", "b", "c"))


def test_two_masks_of_one_micrograph_are_refused():
    with pytest.raises(ValueError, match="'a' and 'a_mask' both belong to 'a'"):
        add_masks(micrographs("a"), masks("a", "a_mask"))


@pytest.mark.parametrize("lazy", [False, True])
def test_masks_of_large_micrographs_are_read_when_they_are_asked_for(monkeypatch, lazy):
    monkeypatch.setattr(_lazy_rows, "MOST_PIXELS", 10)
    sources = micrographs("a", "b"), masks("b", "a")
    if lazy:
        sources = [LazyRows(np.asanyarray, source) for source in sources]
    found = add_masks(*sources)
    assert isinstance(found, LazyRows)
    assert [m.mask.sum() for m in found[::-1]] == [1, 2]
