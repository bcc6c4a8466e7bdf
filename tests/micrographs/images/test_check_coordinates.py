import numpy as np
import pandas as pd
import pytest

from pusklearn.micrographs.images._check_coordinates import (
    by_name,
    check_coordinates,
    check_inside,
    lies_inside,
)


def test_each_micrograph_has_an_array_of_two_float_columns():
    given = [[[1, 2, 0.5], [3, 4, 0.7]], [], np.empty((0, 3)), np.array([[5, 6]])]
    checked = check_coordinates(given, 4)
    assert [points.tolist() for points in checked] == [
        [[1, 2], [3, 4]],
        [],
        [],
        [[5, 6]],
    ]
    assert {points.dtype for points in checked} == {np.dtype(float)}
    assert {points.shape[1] for points in checked} == {2}


def test_the_columns_of_a_table_are_found_by_their_names():
    table = pd.DataFrame({"score": [0.5], "y": [2.0], "x": [1.0]})
    [points] = check_coordinates([table], 1)
    assert points.tolist() == [[1, 2]]
    assert list(by_name(table, ("x", "y", "score"))) == ["x", "y", "score"]


def test_the_score_is_optional_and_an_empty_table_needs_no_columns():
    table = pd.DataFrame({"y": [2.0], "x": [1.0]})
    assert list(by_name(table, ("x", "y", "score"))) == ["x", "y"]
    [points] = check_coordinates([pd.DataFrame()], 1)
    assert points.shape == (0, 2)


def test_a_table_without_a_coordinate_is_refused():
    message = r"must have columns x, y\. Got \['x', 'z'\]"
    with pytest.raises(ValueError, match=message):
        check_coordinates([pd.DataFrame({"x": [1.0], "z": [2.0]})], 1)


@pytest.mark.parametrize(
    ("coordinates", "message"),
    [
        (None, r"one array per micrograph. Got none for 2 micrographs"),
        ([[[1, 2]]], r"one array per micrograph. Got 1 for 2 micrographs"),
        (pd.DataFrame({"x": [1], "y": [2]}), "coordinates_for.* splits it"),
        ([[], [["a", "b"]]], "must be numbers .* micrograph number 1 are not such"),
        ([[[1, 2]], None], r"number 1 are None\. .* empty array of shape \(0, 2\)"),
        ([[], [1, 2]], r"must have shape \(k, 2\).* number 1 have shape \(2,\)"),
        ([[[1]], []], r"must have shape \(k, 2\).* number 0 have shape \(1, 1\)"),
        ([[], [[1, 2], [3, np.nan]]], "finite.* number 1 are not: x=3, y=nan"),
        (
            [[], np.ma.masked_array([[1, 2], [3, 4]], [[0, 0], [0, 1]])],
            "micrograph number 1 .* masked array, in which 1 of 4 values are masked",
        ),
        ([[], [[-np.inf, 2]]], "finite.* number 1 are not: x=-inf, y=2"),
    ],
)
def test_what_are_no_coordinates_is_refused(coordinates, message):
    with pytest.raises(ValueError, match=message):
        check_coordinates(coordinates, 2)


def test_a_further_column_may_hold_anything():
    [points] = check_coordinates([[[1, 2, np.nan]]], 1)
    assert points.tolist() == [[1, 2]]


@pytest.mark.parametrize("scale", [0.25, 0.5, 1.0, 2.0, 3.5])
def test_the_pixels_of_the_original_lie_inside_at_any_scale(scale):
    """An original of 7 x 11 pixels, and its pixels at a scale."""
    height, width = (int((n - 1) // scale) + 1 for n in (7, 11))
    y, x = np.mgrid[:7, :11]
    points = np.stack([x.ravel(), y.ravel()], 1).astype(float)
    assert lies_inside(points, (height, width), scale).all()
    far = max(1, scale)
    outside = np.array([[-far, 2], [2, -far], [11 + far, 2], [2, 7 + far], [1e9, 1e9]])
    assert not lies_inside(outside, (height, width), scale).any()


EXTENTS = [(8, 10, 1.0), None, (8, 10, 2.0)]
POINTS = [
    np.array([[1.0, 1.0], [12.0, 1.0], [9.9, 7.9]]),
    np.array([[1e5, 1e5]]),
    np.array([[19.0, 15.0], [-3.0, 2.0]]),
]


def test_points_outside_are_refused_with_the_way_out():
    message = (
        r"Micrograph a spans 10 x 8 original pixels, and 1 of its 3 .* x=12, y=1 "
        r"\(2 particles of 2 micrographs in all; also number 2\).*exchanged.*flipped"
        r'.*binning.*`outside="warn"`'
    )
    with pytest.raises(ValueError, match=message):
        check_inside(POINTS, EXTENTS, ["a", "b", None])


def test_points_outside_are_left_out_with_one_warning():
    with pytest.warns(UserWarning, match=r"are left out.*[(]2 particles") as caught:
        inside = check_inside(POINTS, EXTENTS, ["a", "b", None], "warn")
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert [points.tolist() for points in inside] == [
        [[1, 1], [9.9, 7.9]],
        [[1e5, 1e5]],
        [[19, 15]],
    ]


def test_of_many_micrographs_ten_more_are_named():
    points = [np.array([[50.0, 50.0]])] * 14
    names = [f"m{row}." for row in range(14)]
    with pytest.raises(ValueError, match=r"also m1\..* m10\. and 3 more\)"):
        check_inside(points, [(8, 8, 1.0)] * 14, names)


def test_points_inside_are_returned_as_they_are():
    given = [POINTS[0][:1], np.empty((0, 2))]
    found = check_inside(given, [(8, 10, 1.0)] * 2, ["a", "b"])
    assert all(ours is theirs for ours, theirs in zip(found, given, strict=True))
