import numpy as np
import pytest

from pusklearn.io import read_coordinates

A = b"J2/motioncorrected/008578565574161745010_a_patch_aligned_doseweighted.mrc"
B = b">J2/motioncorrected/013864605955862944880_b_patch_aligned_doseweighted.mrc"
# The columns of a file of picks, as cryosparc-tools documents them; the micrographs
# are 4000 rows high and 6000 columns wide.
LOCATION = [
    ("location/micrograph_uid", "<u8"),
    ("location/exp_group_id", "<u4"),
    ("location/micrograph_path", "S90"),
    ("location/micrograph_shape", "<u4", (2,)),
    ("location/center_x_frac", "<f4"),
    ("location/center_y_frac", "<f4"),
    ("location/min_dist_A", "<f4"),
    ("location/micrograph_psize_A", "<f4"),
]
STATS = [
    ("pick_stats/ncc_score", "<f4"),
    ("pick_stats/power", "<f4"),
    ("pick_stats/template_idx", "<u4"),
    ("pick_stats/angle_rad", "<f4"),
]
UIDS = [8578565574161745010, 8578565574161745010, 13864605955862944880]


def make(dtype=(("uid", "<u8"), *LOCATION, *STATS), n=3):
    rows = np.zeros(n, dtype=list(dtype))
    names = rows.dtype.names
    rows["uid"] = [2**64 - 1, 7, 5][:n]
    values = {
        "location/micrograph_uid": UIDS[:n],
        "location/micrograph_path": [A, A, B][:n],
        "location/micrograph_shape": (4000, 6000),
        "location/center_x_frac": [0.25, 0.5, 0.75][:n],
        "location/center_y_frac": [0.1, 0.75, 0.001][:n],
        "pick_stats/ncc_score": [0.5, 0.25, -1][:n],
        "pick_stats/power": [30, 20, 10][:n],
    }
    for name in values.keys() & set(names):
        rows[name] = values[name]
    return rows


def save(path, rows):
    with open(path, "wb") as file:
        np.save(file, rows)
    return path


def read(folder, rows):
    return read_coordinates(save(folder / "picked_particles.cs", rows))


def test_fractions_become_pixels_of_width_and_height(tmp_path):
    table = read(tmp_path, make())
    assert list(table) == ["micrograph", "x", "y", "score", "uid"]
    np.testing.assert_allclose(
        table[["x", "y"]], [[1500, 400], [3000, 3000], [4500, 4]], atol=0.001
    )
    assert table["micrograph"].tolist() == [A.decode(), A.decode(), B.decode()[1:]]
    assert table["score"].tolist() == [0.5, 0.25, -1]
    assert table["uid"].tolist() == UIDS
    assert table["uid"].dtype == "UInt64"
    assert table.index.tolist() == [0, 1, 2]


def test_the_name_of_a_table_does_not_matter(tmp_path):
    for name in ("picked.npy", "picks.txt", "J7_passthrough_particles.cs"):
        assert len(read_coordinates(save(tmp_path / name, make()))) == 3


@pytest.mark.parametrize(
    ("columns", "scores"),
    [
        (STATS[1:], [30, 20, 10]),
        (STATS[2:], None),
        ([], None),
    ],
)
def test_the_power_of_a_pick_stands_for_a_score_that_is_missing(
    tmp_path, columns, scores
):
    table = read(tmp_path, make([("uid", "<u8"), *LOCATION, *columns]))
    assert (table["score"].tolist() if "score" in table else None) == scores


def test_a_score_may_be_missing_in_some_rows_or_all(tmp_path):
    rows = make()
    rows["pick_stats/ncc_score"][1] = np.nan
    np.testing.assert_array_equal(read(tmp_path, rows)["score"], [0.5, np.nan, -1])
    rows["pick_stats/ncc_score"] = np.nan
    assert read(tmp_path, rows)["score"].tolist() == [30, 20, 10]
    rows["pick_stats/power"] = np.nan
    assert "score" not in read(tmp_path, rows)


@pytest.mark.parametrize("n", [0, 1])
def test_there_may_be_few_particles(tmp_path, n):
    table = read(tmp_path, make(n=n))
    assert len(table) == n
    assert list(table) == ["micrograph", "x", "y", "score", "uid"]


def test_the_number_of_a_micrograph_may_not_be_known(tmp_path):
    rows = make()
    rows["location/micrograph_uid"] = 0
    assert "uid" not in read(tmp_path, rows)
    assert "uid" not in read(tmp_path, make([("uid", "<u8"), *LOCATION[1:]]))


def test_tables_of_several_formats_are_joined(tmp_path):
    save(tmp_path / "picked.cs", make())
    (tmp_path / "m.box").write_text("0 0 4 2\n")
    table = read_coordinates([tmp_path / "m.box", tmp_path / "picked.cs"])
    assert table["uid"].isna().tolist() == [True, False, False, False]
    assert table["uid"].tolist()[1:] == UIDS


def test_particles_a_little_outside_are_read(tmp_path):
    rows = make()
    rows["location/center_x_frac"][0] = -0.01
    assert read(tmp_path, rows)["x"][0] == pytest.approx(-60)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("location/center_x_frac", 3, r"x_frac must hold fractions .* Row 1 has 3"),
        (
            "location/center_y_frac",
            np.nan,
            "y_frac must hold fractions .* Row 1 has nan",
        ),
        ("location/micrograph_path", b"", "micrograph_path must have a text .* Row 1"),
        ("location/micrograph_path", b"J2/c.mrc", "must agree .* Rows 1 and 2 do not"),
        ("location/micrograph_path", B, "must agree in its path, shape and uid"),
        (
            "location/micrograph_shape",
            (4000, 6001),
            "must agree .* Rows 1 and 2 do not",
        ),
        ("location/micrograph_uid", 7, "must agree .* Rows 1 and 2 do not"),
        ("pick_stats/ncc_score", np.inf, "ncc_score must hold finite numbers"),
    ],
)
def test_a_value_that_cannot_be_is_named(tmp_path, name, value, said):
    rows = make()
    rows[name][0] = value
    with pytest.raises(ValueError, match=rf"picked_particles.cs cannot be .*{said}"):
        read(tmp_path, rows)


def test_a_shape_that_cannot_be_is_named(tmp_path):
    rows = make()
    rows["location/micrograph_shape"][2] = (0, 5)
    with pytest.raises(ValueError, match=r"height and width in pixels. Got 0 x 5"):
        read(tmp_path, rows)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ([("micrograph_blob/path", "S9")], "it lists exposures, .* `read_micrographs`"),
        ([("movie_blob/path", "S9")], "it lists exposures, that is micrographs"),
        (LOCATION[:5], "it has no column location/center_y_frac. Its columns are"),
        ([("blob/path", "S9")], r"no locations .* beside do not .*particles, passthr"),
    ],
)
def test_what_holds_no_locations_is_named(tmp_path, columns, said):
    with pytest.raises(ValueError, match=said):
        read(tmp_path, make([("uid", "<u8"), *columns]))


def test_a_table_of_something_else_is_named(tmp_path):
    with pytest.raises(
        ValueError, match=r"it holds no particles. Its columns are \['map"
    ):
        read(tmp_path, np.zeros(2, [("map/path", "S9")]))
    with pytest.raises(ValueError, match="it lists exposures"):
        read(tmp_path, np.zeros(0, [("uid", "<u8"), ("micrograph_blob/path", "S9")]))


def test_a_misspelt_column_is_not_left_out_in_silence(tmp_path):
    columns = [("uid", "<u8"), *LOCATION, ("pick_stats/ncc_scorf", "<f4"), STATS[1]]
    with pytest.raises(ValueError, match="a misspelt 'pick_stats/ncc_score'"):
        read(tmp_path, make(columns))
