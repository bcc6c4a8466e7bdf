import numpy as np

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
