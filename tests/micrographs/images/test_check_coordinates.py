import numpy as np
import pandas as pd
import pytest

from pusklearn.micrographs.images._check_coordinates import by_name, check_coordinates


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
        ([[], [1, 2]], r"must have shape \(k, 2\).* number 1 have shape \(2,\)"),
        ([[[1]], []], r"must have shape \(k, 2\).* number 0 have shape \(1, 1\)"),
        ([[], [[1, 2], [3, np.nan]]], "finite.* number 1 are not: x=3, y=nan"),
        ([[], [[-np.inf, 2]]], "finite.* number 1 are not: x=-inf, y=2"),
    ],
)
def test_what_are_no_coordinates_is_refused(coordinates, message):
    with pytest.raises(ValueError, match=message):
        check_coordinates(coordinates, 2)


def test_a_further_column_may_hold_anything():
    [points] = check_coordinates([[[1, 2, np.nan]]], 1)
    assert points.tolist() == [[1, 2]]
