import numpy as np
import pandas as pd
import pytest

from pusklearn import Micrograph
from pusklearn.io import coordinates_for, read_coordinates, read_micrographs


def make_table(*rows):
    return pd.DataFrame(rows, columns=["micrograph", "x", "y"])


TABLE = make_table(("a", 10, 1), ("b", 20, 2), ("a", 30, 3), ("b", 5, 40))


def test_rows_go_to_their_micrographs_in_the_order_given():
    b, a = coordinates_for(TABLE, ["b", "a"])
    np.testing.assert_array_equal(a, [[10, 1], [30, 3]])
    np.testing.assert_array_equal(b, [[20, 2], [5, 40]])
    assert a.dtype == b.dtype == np.float64


def test_a_score_is_left_out():
    [a] = coordinates_for(TABLE.assign(score=0.5), ["a"])
    assert a.shape == (2, 2)


def test_micrographs_without_rows_get_an_empty_array():
    c, a = coordinates_for(TABLE, ["c", "a"])
    assert c.shape == (0, 2)
    assert len(a) == 2


def test_rows_of_other_micrographs_are_left_out():
    [b] = coordinates_for(TABLE, ["b"])
    np.testing.assert_array_equal(b, [[20, 2], [5, 40]])


def test_names_match_without_folders_and_extensions():
    table = make_table(("Movies/a.mrc", 1, 2), ("Movies/b.mrc", 3, 4))
    b, a = coordinates_for(table, ["b.mrc.gz", "elsewhere/a.tif"])
    np.testing.assert_array_equal(a, [[1, 2]])
    np.testing.assert_array_equal(b, [[3, 4]])


def test_dots_within_a_name_tell_micrographs_apart():
    table = make_table(("May08_03.05.02", 1, 2), ("May08_03.05.27", 3, 4))
    [first] = coordinates_for(table, ["May08_03.05.02.mrc"])
    np.testing.assert_array_equal(first, [[1, 2]])


def test_micrographs_are_known_by_their_names():
    micrograph = Micrograph(np.zeros((4, 31)), name="a")
    [a] = coordinates_for(TABLE, [micrograph])
    assert len(a) == 2


def test_a_micrograph_may_come_twice():
    first, second = coordinates_for(TABLE, ["a", "a"])
    np.testing.assert_array_equal(first, second)


def test_the_index_of_the_table_does_not_matter():
    [a] = coordinates_for(TABLE[::-1], ["a"])
    np.testing.assert_array_equal(a, [[30, 3], [10, 1]])


def test_an_empty_table_gives_empty_arrays():
    [a] = coordinates_for(TABLE[:0], ["a"])
    assert a.shape == (0, 2)


def test_no_match_at_all_shows_the_nearest_names():
    table = make_table(("grid1_000_aligned", 1, 2), ("zzz", 3, 4))
    with pytest.raises(ValueError) as raised:
        coordinates_for(table, ["grid1_000", "grid1_001"])
    message = str(raised.value)
    assert "Looked for 'grid1_000', 'grid1_001' (2 in all)" in message
    assert "has 'grid1_000_aligned' (2 in all)" in message


def test_no_match_without_near_names_shows_some():
    with pytest.raises(ValueError, match=r"has 'a', 'b' \(2 in all\)"):
        coordinates_for(TABLE, ["micrograph0001"])


def test_two_names_of_the_table_that_agree_are_refused():
    table = make_table(("a/m1.mrc", 1, 2), ("b/m1.mrc", 3, 4))
    with pytest.raises(ValueError, match=r"'a/m1.mrc' and 'b/m1.mrc' are both 'm1'"):
        coordinates_for(table, ["m1"])


def test_two_names_of_micrographs_that_agree_are_refused():
    with pytest.raises(ValueError, match=r"'x/a' and 'y/a' are both 'a'"):
        coordinates_for(TABLE, ["x/a", "y/a"])


def test_a_micrograph_without_a_name_is_refused():
    with pytest.raises(ValueError, match="number 0 is None"):
        coordinates_for(TABLE, [Micrograph(np.zeros((3, 4)))])


def test_a_table_without_the_columns_is_refused():
    with pytest.raises(ValueError, match=r"has no micrograph, y\. Its columns are"):
        coordinates_for(pd.DataFrame({"x": [1.0]}), ["a"])
    with pytest.raises(TypeError, match=r"must be a DataFrame. Got dict"):
        coordinates_for({"x": [1.0]}, ["a"])


@pytest.mark.parametrize(
    ("name", "n_particles", "n_labelled"),
    [
        ("empiar-10017", 7799, 12),
        ("empiar-10146", 1643, 10),
        ("empiar-10025", 283, 1),
    ],
)
def test_every_real_particle_lies_on_its_micrograph(
    data_dir, name, n_particles, n_labelled
):
    micrographs = read_micrographs(data_dir / name / "micrographs")
    table = read_coordinates(data_dir / name / "particles.txt")

    coordinates = coordinates_for(table, micrographs)

    assert sum(map(len, coordinates)) == n_particles
    assert sum(len(points) > 0 for points in coordinates) == n_labelled
    for micrograph, points in zip(micrographs, coordinates, strict=True):
        height, width = micrograph.shape
        assert ((points >= 0) & (points < [width, height])).all()


@pytest.mark.parametrize("column", ["micrograph", "x", "y"])
def test_gaps_are_refused_and_their_row_named(column):
    table = pd.DataFrame({"micrograph": ["a", "b"], "x": [1.0, 2.0], "y": [3.0, 4.0]})
    table.loc[1, column] = None
    with pytest.raises(ValueError, match=r"x and y\. Row 1 has"):
        coordinates_for(table, ["a"])


def make_micrograph(path=None, shape=(100, 200), name=None, **options):
    name = name or path.rsplit("/", 1)[-1].removesuffix(".mrc")
    return Micrograph(np.zeros(shape), name=name, path=path, **options)


def test_each_micrograph_gets_the_particles_of_its_own_folder():
    table = make_table(("grid2/s_1.mrc", 3, 4), ("grid1/s_1.mrc", 1, 2))
    micrographs = [make_micrograph(f"/data/grid{i}/s_1.mrc") for i in (1, 2)]
    first, second = coordinates_for(table, micrographs)
    assert (first.tolist(), second.tolist()) == ([[1, 2]], [[3, 4]])
    [second] = coordinates_for(table, micrographs[1:])
    assert second.tolist() == [[3, 4]]
    with pytest.raises(ValueError, match=r"/grid1/s_1.mrc' and '/data/grid2/s_1.mrc'"):
        coordinates_for(table.assign(micrograph="s_1"), micrographs)


def test_a_renamed_micrograph_is_known_by_its_name():
    micrograph = make_micrograph("/data/b.mrc", name="a")
    [a] = coordinates_for(TABLE, [micrograph])
    assert a.tolist() == [[10, 1], [30, 3]]


def test_a_uid_of_cryosparc_finds_its_rows():
    table = make_table(("J1/000000000000000000042_x.mrc", 1, 2), ("a", 3, 4))
    found, a = coordinates_for(table, [make_micrograph(name="y", uid=42), "a"])
    assert (found.tolist(), a.tolist()) == ([[1, 2]], [[3, 4]])


def test_rows_that_should_have_a_micrograph_bring_a_warning():
    table = make_table(*[("001_a_aligned.mrc", 1, 2)] * 40, ("b.mrc", 1, 2))
    with pytest.warns(UserWarning, match="40 of 41 rows.*with '001_' before") as caught:
        result = coordinates_for(table, ["a", "b", "c"])
    assert list(map(len, result)) == [0, 1, 0]
    assert caught[0].filename == __file__


OUTSIDE = make_table(("a", 5, 5), ("a", 200, 5), ("b", 5, -3), ("a", 199, 99))


def test_rows_outside_their_micrograph_are_refused():
    micrographs = [make_micrograph(name=name) for name in "ab"]
    said = (
        r"Micrograph a spans 200 x 100 .* 1 of its 3 .* x=200, y=5 \(2 particles of 2 "
        r".*`outside=\"warn\"` leaves"
    )
    with pytest.raises(ValueError, match=said):
        coordinates_for(OUTSIDE, micrographs)


def test_rows_outside_their_micrograph_may_be_left_out():
    micrographs = [make_micrograph(name=name) for name in "abc"]
    with pytest.warns(
        UserWarning, match="are left out. Micrograph a .*in all"
    ) as caught:
        a, b, c = coordinates_for(OUTSIDE, micrographs, outside="warn")
    assert a.tolist() == [[5, 5], [199, 99]]
    assert b.shape == c.shape == (0, 2)
    assert caught[0].filename == __file__


def test_what_stands_for_an_unreadable_micrograph_keeps_its_rows():
    absent = Micrograph(np.zeros((1, 1)), name="a", mask=np.ones((1, 1), dtype=bool))
    [a] = coordinates_for(OUTSIDE, [absent])
    assert len(a) == 3


def test_the_scale_of_a_micrograph_counts():
    [a, _] = coordinates_for(OUTSIDE, [make_micrograph(name="a", scale=2.0), "b"])
    assert len(a) == 3


def test_outside_is_one_of_two_words():
    with pytest.raises(ValueError, match="`outside` must be 'raise' or 'warn'"):
        coordinates_for(TABLE, ["a"], outside="ignore")


@pytest.mark.parametrize("bad", ["far", np.inf, "1_0"])
def test_coordinates_must_be_finite_numbers(bad):
    table = pd.DataFrame({"micrograph": ["a", "b"], "x": [1.0, bad], "y": [3.0, 4.0]})
    with pytest.raises(ValueError, match=r"finite numbers in x and y\. Row 1 has"):
        coordinates_for(table, ["a"])


def test_a_column_that_stands_twice_is_refused():
    table = pd.concat([TABLE, TABLE[["x"]]], axis=1)
    with pytest.raises(ValueError, match="It has two columns x"):
        coordinates_for(table, ["a"])
