import pickle
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

from pusklearn import Micrograph
from pusklearn.micrographs.images._check_micrographs import check_micrographs
from pusklearn.micrographs.images._micrograph import length_in_pixels


@pytest.fixture
def micrograph():
    return Micrograph(np.arange(6.0).reshape(2, 3), name="a", pixel_size=1.5, scale=2.0)


def knows(image):
    return image.name, image.pixel_size, image.scale


def test_attributes_outlive_arithmetic_slices_and_casts(micrograph):
    for image in (micrograph + 1, micrograph[:1], micrograph.astype("f4"), -micrograph):
        assert isinstance(image, Micrograph)
        assert knows(image) == ("a", 1.5, 2.0)


def test_attributes_outlive_pickling(micrograph):
    restored = pickle.loads(pickle.dumps(micrograph))
    assert knows(restored) == ("a", 1.5, 2.0)
    np.testing.assert_array_equal(restored, micrograph)


def test_attributes_outlive_copies(micrograph):
    for image in (micrograph.copy(), clone(micrograph, safe=False)):
        assert knows(image) == ("a", 1.5, 2.0)


# Its file, its number and its missing pixels


MASK = np.array([[True, False, False], [False, False, True]])


@pytest.fixture
def masked():
    return Micrograph(
        np.arange(6.0).reshape(2, 3), "a", path="raw/a.mrc", uid=17, mask=MASK
    )


def has_mask(image, mask):
    return image.mask is not None and np.array_equal(image.mask, mask)


def test_a_micrograph_knows_no_file_number_or_mask_unless_told(micrograph):
    assert (micrograph.path, micrograph.uid, micrograph.mask) == (None, None, None)


def test_the_file_and_the_number_outlive_all_that_the_name_does(masked):
    for image in (masked + 1, masked[:1], masked.astype("f4"), Micrograph(masked, "b")):
        assert (image.path, image.uid) == ("raw/a.mrc", 17)
    assert Micrograph(np.ones((2, 2)), path=Path("raw") / "a.mrc").path == "raw/a.mrc"
    assert type(Micrograph(np.ones((2, 2)), uid=np.uint64(2**64 - 1)).uid) is int


def test_arithmetic_and_casts_keep_the_mask(masked):
    images = [masked + 1, 1 - masked, -masked, masked.astype("f4"), masked > 3]
    images += [masked.copy(), np.sqrt(masked), masked + np.ones(3), masked.round()]
    images += [Micrograph(masked), Micrograph(masked, "b"), masked.clip(1, 2)]
    images += list(np.modf(masked)) + list(divmod(masked, 2))
    for image in images:
        assert has_mask(image, MASK)
    masked *= 2
    assert has_mask(masked, MASK)


def test_two_micrographs_together_miss_what_either_misses(masked):
    other = Micrograph(np.ones((2, 3)), mask=~MASK & [True, True, False])
    for image in (masked - other, other * masked):
        assert has_mask(image, MASK | other.mask)
    for image in (masked - np.ones((2, 3)), Micrograph(np.ones((2, 3))) - masked):
        assert has_mask(image, MASK)
    other += masked
    assert has_mask(other, MASK | [True, True, False])
    assert has_mask(masked, MASK)


@pytest.mark.parametrize(
    "move",
    [
        lambda image: image[:, ::2],
        lambda image: image[::-1],
        lambda image: image[1:, 1:],
        lambda image: image[[1, 0]],
        lambda image: image[np.array([[False, True, True], [True, True, False]])],
        lambda image: image[None, ..., 0],
        lambda image: image.T,
        lambda image: image[:2, :2].T,
        lambda image: image[:2, :2].mT,
        lambda image: image.transpose(1, 0),
        lambda image: np.transpose(image),
        lambda image: image.swapaxes(0, 1),
        lambda image: image.reshape(3, 2),
        lambda image: image.reshape((6,), order="F"),
        lambda image: np.flip(image),
        lambda image: np.fliplr(image),
        lambda image: np.rot90(image),
        lambda image: np.roll(image, 1, axis=1),
        lambda image: np.roll(image, 2),
        lambda image: np.take(image, [2, 0, 1], axis=1),
    ],
)
def test_the_mask_moves_with_the_pixels(masked, move):
    image = move(masked)
    assert isinstance(image, Micrograph)
    assert has_mask(image, move(MASK))
    assert move(Micrograph(np.ones((2, 3)))).mask is None


def test_a_pixel_is_a_number_whether_there_is_a_mask_or_not(masked):
    for number in (masked[0, 0], masked.sum(), masked.take(3), np.mean(masked)):
        assert not isinstance(number, np.ndarray)


def test_a_mask_that_is_lost_is_not_lost_in_silence(masked):
    rows = masked.mean(axis=0)
    blocks = masked.reshape(2, 1, 3, 1).mean(axis=(0, 1))
    for image in (rows, rows[1:], rows + 1, rows.take([0]), blocks, blocks.T):
        with pytest.raises(ValueError, match=r"Micrograph a has shape .*of shape"):
            image.mask  # noqa: B018
    assert has_mask(masked - rows, MASK)
    assert has_mask(Micrograph(blocks, mask=np.zeros((3, 1))), np.zeros((3, 1), bool))


def test_pickling_keeps_all(masked):
    restored = pickle.loads(pickle.dumps(masked))
    assert (restored.path, restored.uid) == ("raw/a.mrc", 17)
    assert has_mask(restored, MASK)
    assert has_mask(clone(masked, safe=False), MASK)


def test_a_pickle_of_before_masks_loads(micrograph):
    rebuild, arguments, state = micrograph.__reduce__()
    old = rebuild(*arguments)
    old.__setstate__(state[:4])
    assert (*knows(old), old.path, old.uid, old.mask) == ("a", 1.5, 2, None, None, None)
    np.testing.assert_array_equal(old, micrograph)


def test_a_pickle_of_before_expected_particles_loads(masked):
    rebuild, arguments, state = masked.__reduce__()
    old = rebuild(*arguments)
    old.__setstate__(state[:7])
    assert (old.name, old.path, old.uid) == ("a", "raw/a.mrc", 17)
    assert has_mask(old, MASK)
    assert old.n_expected is None


def test_only_the_map_itself_knows_how_many_particles_are_expected(micrograph):
    assert micrograph.n_expected is None
    micrograph._n_expected = 7.5
    assert pickle.loads(pickle.dumps(micrograph)).n_expected == 7.5
    for other in (micrograph + 1, micrograph[:1], micrograph.T, micrograph.copy()):
        assert other.n_expected is None
    assert micrograph.n_expected == 7.5


def test_a_mask_of_bool_is_not_copied_and_others_hold_zero_and_one():
    assert Micrograph(np.ones((2, 3)), mask=MASK).mask is MASK
    for mask in (MASK.astype(np.uint8), MASK.astype(float), MASK.tolist()):
        assert has_mask(Micrograph(np.ones((2, 3)), mask=mask), MASK)


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (np.ones((3, 2), bool), r"micrograph a has shape \(3, 2\)"),
        (np.full((2, 3), 2), "other values, such as 2"),
        (np.full((2, 3), np.nan), "other values, such as nan"),
        (np.full((2, 3), "no"), "other values, such as no"),
        (np.ma.masked_array(MASK, MASK), r"No value of a mask .* \d of 6 values are"),
    ],
)
def test_what_is_no_mask_is_refused(mask, message):
    with pytest.raises(ValueError, match=message):
        Micrograph(np.ones((2, 3)), "a", mask=mask)


@pytest.mark.parametrize("name", [None, "a"])
def test_masked_pixels_of_numpys_masked_arrays_are_missing(name):
    pixels = np.arange(6.0).reshape(2, 3)
    hidden = np.ma.masked_array(pixels, pixels > 3)
    assert has_mask(Micrograph(hidden, name), pixels > 3)
    assert has_mask(Micrograph(hidden, name, mask=pixels < 1), abs(pixels - 2) > 1)
    assert Micrograph(np.ma.masked_array(pixels)).mask is None
    [checked] = check_micrographs([hidden])
    assert has_mask(checked, pixels > 3)
    stack = np.ma.masked_array(np.stack([pixels] * 2), [pixels > 3, pixels < 0])
    first, second = check_micrographs(stack)
    assert has_mask(first, pixels > 3)
    assert second.mask is None


def test_what_is_no_number_or_path_is_refused():
    with pytest.raises(TypeError, match="`uid` must be an integer"):
        Micrograph(np.ones((2, 3)), uid="17")
    with pytest.raises(ValueError, match="`uid` must be an integer in"):
        Micrograph(np.ones((2, 3)), uid=-1)
    with pytest.raises(TypeError, match="PathLike"):
        Micrograph(np.ones((2, 3)), path=17)


def test_a_micrograph_of_a_micrograph_keeps_what_it_is_not_told(micrograph):
    assert knows(Micrograph(micrograph)) == ("a", 1.5, 2.0)
    assert knows(Micrograph(micrograph, name="b", scale=1)) == ("b", 1.5, 1)


def test_a_sum_is_a_number(micrograph):
    assert not isinstance(micrograph.sum(), np.ndarray)
    assert micrograph.mean() == 2.5


def test_the_pixels_are_not_copied():
    pixels = np.zeros((2, 2))
    Micrograph(pixels)[0, 0] = 3
    assert pixels[0, 0] == 3


@pytest.mark.parametrize("shape", [(3,), (2, 3, 4)])
def test_other_than_two_dimensions_is_refused(shape):
    with pytest.raises(ValueError, match=f"Got {len(shape)}"):
        Micrograph(np.zeros(shape))


@pytest.mark.parametrize("kind", [float, np.float32, np.float64])
def test_a_length_that_is_a_number_of_pixels_is_not_below_it(kind):
    for scale in np.arange(1, 8, 0.05):
        micrograph = Micrograph(np.zeros((2, 2)), scale=scale)
        for n in range(1, 9):
            length = kind(n * scale)
            exact = kind is not np.float32 or float(length) >= n * scale
            assert not exact or length_in_pixels(length, micrograph) >= n


@pytest.mark.parametrize("name", ["pixel_size", "scale"])
@pytest.mark.parametrize("value", [0, -1.5, np.inf, np.nan])
def test_a_length_that_cannot_be_is_refused(name, value):
    with pytest.raises(
        ValueError, match=rf"`{name}` must be a number in \(0, inf\). Got"
    ):
        Micrograph(np.zeros((3, 4)), **{name: value})


@pytest.mark.parametrize("name", ["pixel_size", "scale"])
@pytest.mark.parametrize("value", ["1.5", True, [2.0]])
def test_what_is_not_a_number_is_no_length(name, value):
    with pytest.raises(TypeError, match=f"`{name}` must be a number"):
        Micrograph(np.zeros((3, 4)), **{name: value})


@pytest.mark.parametrize("kind", [int, np.float16, np.float32, np.int64])
def test_any_real_number_is_a_length(kind):
    micrograph = Micrograph(np.zeros((3, 4)), scale=kind(2), pixel_size=kind(3))
    assert (micrograph.scale, micrograph.pixel_size) == (2, 3)


@pytest.mark.parametrize("mask", [None, np.eye(3, dtype=bool)])
def test_numpy_does_not_take_it_for_one_of_its_masked_arrays(mask):
    micrograph = Micrograph(np.arange(9.0).reshape(3, 3) % 4, mask=mask)
    assert not np.ma.is_masked(micrograph)
    assert np.unique(micrograph).tolist() == [0, 1, 2, 3]
