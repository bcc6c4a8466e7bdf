import numpy as np

from pusklearn.micrographs.simulation._contaminant_table import contaminant_table


def test_discs_become_rows_if_they_reach_into_the_image():
    discs = [
        ("ice", np.array([[3.0, 4.0, 2.0]])),
        ("carbon", np.array([[-3.0, 5.0, 2.0], [-3.0, 5.0, 2.6], [20.0, 10.0, 1.0]])),
        ("gold", np.array([[33.0, 23.0, 4.0], [33.0, 23.0, 5.0]])),
    ]
    table = contaminant_table(discs, (20, 30))
    assert table.columns.tolist() == ["x", "y", "radius", "kind"]
    assert table.index.tolist() == [0, 1, 2, 3]
    assert table["kind"].tolist() == ["ice", "carbon", "carbon", "gold"]
    assert table["radius"].tolist() == [2.0, 2.6, 1.0, 5.0]
    assert table["x"].tolist() == [3.0, -3.0, 20.0, 33.0]


def test_no_contaminants_give_an_empty_table_with_the_same_columns():
    for discs in ([], [("ice", np.empty((0, 3)))]):
        table = contaminant_table(discs, (20, 30))
        assert table.shape == (0, 4)
        assert table.dtypes[["x", "y", "radius"]].eq(float).all()


def test_discs_are_told_in_binned_pixels():
    table = contaminant_table([("bead", np.array([[1.0, 9.0, 6.0]]))], (20, 30), 3)
    np.testing.assert_allclose(table[["x", "y", "radius"]], [[0, 8 / 3, 2]])
