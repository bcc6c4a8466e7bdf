import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import GroupKFold
from sklearn.utils import _safe_indexing

from pusklearn import FourierDownsampler, Micrograph, TiledRegions
from pusklearn.micrographs.images._lazy_rows import LazyRows


def images(*shapes):
    rng = np.random.default_rng(0)
    return [Micrograph(rng.normal(size=s), name=f"m{i}") for i, s in enumerate(shapes)]


def crops_by_hand(micrographs, size):
    """Every region, by padding and slicing."""
    crops = []
    for image in micrographs:
        padded = np.pad(np.asarray(image), size)
        for y in range(image.shape[0]):
            for x in range(image.shape[1]):
                top, left = y + size - size // 2, x + size - size // 2
                crops.append(padded[top : top + size, left : left + size])
    return np.array(crops, np.float32)


@pytest.mark.parametrize("size", [1, 3, 4, 9])
def test_regions_are_the_zero_padded_surroundings_of_every_pixel(size):
    micrographs = images((5, 7), (6, 4))
    regions = TiledRegions(micrographs, size)
    expected = crops_by_hand(micrographs, size)
    assert regions.shape == expected.shape
    np.testing.assert_array_equal(np.asarray(regions), expected)
    np.testing.assert_array_equal(regions[41], expected[41])
    np.testing.assert_array_equal(regions[-1], expected[-1])


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_indexing_is_that_of_an_array(data):
    regions = TiledRegions(images((4, 5), (3, 3)), 3)
    expected = np.asarray(regions)
    for _ in range(2):
        n = len(expected)
        key = data.draw(
            st.one_of(
                st.slices(n),
                st.lists(st.integers(-n, n - 1), max_size=6).map(
                    lambda rows: np.array(rows, int)
                ),
                st.lists(st.booleans(), min_size=n, max_size=n).map(np.array),
            )
        )
        regions, expected = regions[key], expected[key]
        assert isinstance(regions, TiledRegions)
        np.testing.assert_array_equal(np.asarray(regions), expected)
        if not len(expected):
            break


def test_a_view_copies_no_pixel():
    micrographs = images((4, 5))
    regions = TiledRegions(micrographs, 3)
    assert regions[2:9].micrographs[0] is micrographs[0]
    micrographs[0][0, 0] = 77.0
    assert regions[0][1, 1] == 77.0


def test_scikit_learn_indexes_it():
    regions = TiledRegions(images((4, 5)), 3)
    rows = np.array([3, 8])
    np.testing.assert_array_equal(
        _safe_indexing(regions, rows), np.asarray(regions)[rows]
    )


def test_indices_of_any_integer_type_and_an_ellipsis_are_taken():
    regions = TiledRegions(images((40, 50)), 3)
    expected = np.asarray(regions)
    for key in (np.array([0, -1], np.int8), np.array([200], np.uint8), ..., (7,)):
        np.testing.assert_array_equal(np.asarray(regions[key]), expected[key])


@pytest.mark.parametrize("key", [20, -21, [0, 20]])
def test_an_index_out_of_bounds_is_refused(key):
    with pytest.raises(IndexError, match="out of bounds for 20 regions"):
        TiledRegions(images((4, 5)), 3)[key]


@pytest.mark.parametrize(
    "key", [np.ones(3, bool), [0.5], (1, 2), np.zeros((2, 2), int)]
)
def test_an_index_of_another_kind_is_refused(key):
    with pytest.raises(IndexError):
        TiledRegions(images((4, 5)), 3)[key]


def test_groups_are_the_micrographs_and_folds_do_not_share_one():
    regions = TiledRegions(images((2, 3), (4, 2), (3, 3)), 3)
    np.testing.assert_array_equal(regions.groups, np.repeat([0, 1, 2], [6, 8, 9]))
    for train, test in GroupKFold(3).split(regions, groups=regions.groups):
        assert not set(regions[train].groups) & set(regions[test].groups)


@pytest.mark.parametrize(
    ("radius", "n"), [(0, 1), (1, 5), (2, 13), (3, 29), (4, 49), (5, 81), (8, 197)]
)
def test_a_disc_has_the_pixels_within_its_radius(radius, n):
    regions = TiledRegions(images((40, 40)), 3)
    assert regions.labels([[(20, 19)]], radius).sum() == n


def test_labels_are_placed_by_column_and_row_in_original_pixels():
    micrograph = Micrograph(np.zeros((6, 9)), scale=3)
    labels = TiledRegions([micrograph], 3).labels([[(21.4, 6.2)]], radius=3)
    expected = np.zeros((6, 9), int)
    expected[2, 6:9] = expected[1:4, 7] = 1
    np.testing.assert_array_equal(labels.reshape(6, 9), expected)


def test_overlapping_discs_and_discs_over_the_edge_are_counted_once():
    labels = TiledRegions([np.zeros((5, 5))], 3).labels([[(0, 0), (1, 0)]], 1)
    expected = np.zeros((5, 5), int)
    expected[0, :3] = expected[1, :2] = 1
    np.testing.assert_array_equal(labels.reshape(5, 5), expected)


def test_labels_of_a_view_are_those_of_its_regions():
    regions = TiledRegions([np.zeros((5, 5)), np.zeros((4, 3))], 3)
    coordinates = [[(2, 2)], [(1, 3)]]
    every = regions.labels(coordinates, 1)
    rows = np.array([12, 3, 30, 12])
    np.testing.assert_array_equal(regions[rows].labels(coordinates, 1), every[rows])


@pytest.mark.parametrize("rows", [slice(None), [12, 3, 30, 12], [40]])
def test_sparse_labels_are_the_same(rows):
    regions = TiledRegions([np.zeros((5, 5)), np.zeros((4, 5))], 3)[rows]
    coordinates = [[(2, 2), (3, 2)], [(1, 3)]]
    sparse = regions.labels(coordinates, 1, sparse_output=True)
    assert sparse.shape == (len(regions), 1)
    assert sparse.nnz == regions.labels(coordinates, 1).sum()
    np.testing.assert_array_equal(
        sparse.toarray()[:, 0], regions.labels(coordinates, 1)
    )


def test_lazy_micrographs_are_computed_once():
    calls = []
    rows = LazyRows(lambda image: calls.append(1) or 2 * image, images((4, 5), (3, 3)))
    regions = TiledRegions(rows, 3)
    expected = TiledRegions([2 * image for image in images((4, 5), (3, 3))], 3)
    np.testing.assert_array_equal(np.asarray(regions), np.asarray(expected))
    assert len(calls) == 2


@pytest.mark.parametrize("factor", [1, 2, 3, 4, 16])
@pytest.mark.parametrize("size", [128, 129, 131])
def test_a_particle_on_the_last_original_pixel_is_inside(factor, size):
    micrograph = Micrograph(np.random.default_rng(0).normal(size=(size, size)))
    (small,) = FourierDownsampler(factor).fit_transform([micrograph])
    labels = TiledRegions([small], 3).labels([[(size - 1, size - 1)]], 0)
    assert labels[-1] == labels.sum() == 1


@pytest.mark.parametrize("point", [(5, 1), (1, 4), (-1, 1), (2, -0.6)])
def test_a_particle_outside_its_micrograph_is_named(point):
    micrograph = Micrograph(np.zeros((4, 5)), name="grid7")
    with pytest.raises(ValueError, match=rf"grid7 spans 5 x 4 .* x={point[0]}"):
        TiledRegions([micrograph], 3).labels([[point]], 1)


def test_coordinates_for_other_than_every_micrograph_are_refused():
    with pytest.raises(ValueError, match="Got 1 for 2 micrographs"):
        TiledRegions(images((4, 5), (4, 5)), 3).labels([[(1, 1)]], 1)


def test_maps_lay_values_out_and_keep_what_the_micrographs_know():
    micrographs = [
        Micrograph(np.zeros((2, 3)), "a", 1.5, 2.0),
        Micrograph(np.zeros((1, 4)), "b"),
    ]
    first, second = TiledRegions(micrographs, 3).maps(np.arange(10))
    np.testing.assert_array_equal(first, [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(second, [[6, 7, 8, 9]])
    assert (first.name, first.pixel_size, first.scale) == ("a", 1.5, 2.0)
    assert second.name == "b"


def test_maps_of_a_view_leave_the_other_pixels_nan():
    regions = TiledRegions([np.zeros((2, 2))], 1)
    (image,) = regions[[3, 0]].maps([5.0, 7.0])
    np.testing.assert_array_equal(image, [[7, np.nan], [np.nan, 5]])


def test_values_of_another_length_are_refused():
    with pytest.raises(ValueError, match=r"shape \(4,\), one per region"):
        TiledRegions([np.zeros((2, 2))], 1).maps(np.zeros(3))


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.float16, np.float64])
def test_any_real_pixels_are_taken(dtype):
    regions = TiledRegions([np.arange(12, dtype=dtype).reshape(3, 4)], 3)
    assert regions[5].dtype == np.float32
    assert regions[5][1, 1] == 5


@pytest.mark.parametrize(
    ("micrographs", "message"),
    [
        ([], "At least 1 micrograph"),
        (np.zeros((4, 4)), "Put a single micrograph in a list"),
        ([np.zeros(4)], r"number 0 has shape \(4,\)"),
        ([np.zeros((0, 4))], r"number 0 has shape \(0, 4\)"),
        ([np.zeros((2, 2), complex)], "real numbers"),
        ([np.array([["a"]])], "real numbers"),
    ],
)
def test_other_than_micrographs_is_refused(micrographs, message):
    with pytest.raises(ValueError, match=message):
        TiledRegions(micrographs, 3)


@pytest.mark.parametrize("size", [0, -3])
def test_a_region_has_at_least_one_pixel(size):
    with pytest.raises(ValueError, match="size"):
        TiledRegions([np.zeros((4, 4))], size)


@pytest.mark.parametrize("size", [5.0, True, "5"])
def test_a_size_that_is_no_integer_is_refused(size):
    with pytest.raises(TypeError, match=f"`size` must be an integer .* Got {size!r}"):
        TiledRegions([np.zeros((4, 5))], size)


def test_sparse_output_is_true_or_false():
    regions = TiledRegions([np.zeros((4, 5))], 3)
    with pytest.raises(TypeError, match="`sparse_output` must be True or False"):
        regions.labels([[(1, 1)]], 1, sparse_output="no")


def test_a_stack_is_taken_as_micrographs():
    assert TiledRegions(np.zeros((3, 4, 5)), 3).shape == (60, 3, 3)


def with_holes(n=2, share=0.3):
    """Micrographs in which some pixels are masked, and one each NaN and infinite."""
    rng = np.random.default_rng(1)
    micrographs = []
    for number in range(n):
        pixels = rng.normal(5, 1, (9 - number, 8)).astype(np.float32)
        pixels[2, 3], pixels[4, 0] = np.nan, -np.inf
        mask = rng.random(pixels.shape) < share
        micrographs.append(Micrograph(pixels, f"m{number}", mask=mask))
    return micrographs


def test_regions_hold_the_background_where_pixels_are_missing():
    micrographs = with_holes()
    whole = []
    for m in micrographs:
        missing = m.mask | ~np.isfinite(m)
        whole.append(np.where(missing, np.median(m[~missing]), m))
    regions, expected = TiledRegions(micrographs, 4), crops_by_hand(whole, 4)
    assert regions.shape == expected.shape
    np.testing.assert_array_equal(np.asarray(regions), expected)
    np.testing.assert_array_equal(regions[37], expected[37])
    np.testing.assert_array_equal(np.asarray(regions[80:90]), expected[80:90])
    np.testing.assert_array_equal(regions.pixels(1), np.float32(whole[1]))


def test_a_plain_array_with_nan_is_filled_too():
    image = np.arange(12.0).reshape(3, 4)
    image[0, 0] = np.nan
    regions = TiledRegions([image], 3)
    np.testing.assert_array_equal(regions[0], [[0, 0, 0], [0, 6, 1], [0, 4, 5]])
    assert regions.missing.tolist() == [True] + 11 * [False]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_regions_whose_centre_is_missing_are_told_in_views_too(data):
    micrographs = with_holes(share=data.draw(st.sampled_from([0, 0.3])))
    expected = np.concatenate([(m.mask | ~np.isfinite(m)).ravel() for m in micrographs])
    regions = TiledRegions(micrographs, 3)
    np.testing.assert_array_equal(regions.missing, expected)
    rows = data.draw(st.lists(st.integers(0, len(regions) - 1), max_size=30))
    view = regions[np.array(rows, int)]
    np.testing.assert_array_equal(view.missing, expected[rows])
    np.testing.assert_array_equal(view[::2].missing, expected[rows][::2])


@pytest.mark.parametrize("sparse", [False, True])
def test_missing_regions_are_not_labelled(sparse):
    mask = np.zeros((9, 8), bool)
    mask[:, 4:] = True
    micrographs = [Micrograph(np.ones((9, 8)), "half", mask=mask)]
    points = [[(3, 4), (6, 4)]]
    regions = TiledRegions(micrographs, 3)
    with pytest.warns(UserWarning, match=r"1 of 2 .* half \(such as x=6, y=4\)"):
        labels = regions.labels(points, 2, sparse_output=sparse)
    labels = labels.toarray()[:, 0] if sparse else labels
    expected = TiledRegions([np.ones((9, 8))], 3).labels([[(3, 4)]], 2).reshape(9, 8)
    expected[:, 4:] = 0
    np.testing.assert_array_equal(labels.reshape(9, 8), expected)


@pytest.mark.parametrize("dtype", [np.int8, np.float64])
def test_maps_are_nan_and_masked_at_missing_pixels(dtype):
    micrographs = with_holes()
    regions = TiledRegions(micrographs, 3)
    values = np.arange(len(regions)).astype(dtype)
    for image, m in zip(regions.maps(values), micrographs, strict=True):
        missing = m.mask | ~np.isfinite(m)
        np.testing.assert_array_equal(np.isnan(image), missing)
        np.testing.assert_array_equal(image.mask, missing)
    there = ~regions.missing
    partly = regions[there].maps(values[there])
    for image, same in zip(regions.maps(values), partly, strict=True):
        np.testing.assert_array_equal(image, same)
