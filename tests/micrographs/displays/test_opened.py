import mrcfile
import numpy as np
import pandas as pd
import pytest

from pusklearn.micrographs.displays._opened import open_micrographs, spread_rows

IMAGE = np.random.default_rng(0).normal(size=(20, 30)).astype("float32")
POINTS = [(1.0, 2.0), (3.0, 4.0)]


def test_one_micrograph_is_single():
    images, coordinates, is_single = open_micrographs(IMAGE, POINTS)
    assert is_single
    np.testing.assert_array_equal(images[0], IMAGE)
    np.testing.assert_array_equal(coordinates[0], POINTS)
    assert open_micrographs(IMAGE).coordinates is None


@pytest.mark.parametrize("stack", [[IMAGE, IMAGE], np.array([IMAGE, IMAGE])])
def test_several_have_coordinates_each(stack):
    images, coordinates, is_single = open_micrographs(stack, [POINTS, []])
    assert not is_single
    assert len(images) == 2
    assert [len(points) for points in coordinates] == [2, 0]


def test_folders_and_files_are_read_and_tables_split(tmp_path):
    for name in "ab":
        mrcfile.write(tmp_path / f"{name}.mrc", IMAGE, voxel_size=2.0)
    table = pd.DataFrame({"micrograph": ["b"], "x": [3.0], "y": [4.0]})
    for paths in (tmp_path, str(tmp_path), [tmp_path / "a.mrc", tmp_path / "b.mrc"]):
        images, coordinates, is_single = open_micrographs(paths, table)
        assert [image.name for image in images] == ["a", "b"]
        assert [len(points) for points in coordinates] == [0, 1]
        assert not is_single


def test_a_table_of_one_micrograph_has_no_names():
    table = pd.DataFrame({"y": [4.0], "x": [3.0]})
    _, coordinates, _ = open_micrographs(IMAGE, table)
    np.testing.assert_array_equal(coordinates[0], [(3, 4)])


@pytest.mark.parametrize(
    ("micrographs", "coordinates", "message"),
    [([], None, "At least 1 micrograph"), ([IMAGE], [POINTS, POINTS], "Got 2 for 1")],
)
def test_what_does_not_fit_is_refused(micrographs, coordinates, message):
    with pytest.raises(ValueError, match=message):
        open_micrographs(micrographs, coordinates)


@pytest.mark.parametrize(
    ("n_rows", "most", "expected"),
    [(1, 5, [0]), (5, 5, [0, 1, 2, 3, 4]), (9, 3, [0, 4, 8]), (9, 1, [0])],
)
def test_rows_are_spread_from_the_first_to_the_last(n_rows, most, expected):
    assert spread_rows(n_rows, most) == expected
