import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.io import read_coordinates, write_coordinates

UIDS = [8578565574161745010, 13864605955862944880]
PATHS = ["J2/motioncorrected/a.mrc", "J2/motioncorrected/längerer.mrc"]
# The columns and their types in files of cryoSPARC.
LOCATION = [
    ("uid", "<u8"),
    ("location/micrograph_uid", "<u8"),
    ("location/exp_group_id", "<u4"),
    ("location/micrograph_path", "|S32"),
    ("location/micrograph_shape", "<u4", (2,)),
    ("location/micrograph_psize_A", "<f4"),
    ("location/center_x_frac", "<f4"),
    ("location/center_y_frac", "<f4"),
]
STATS = [
    ("pick_stats/ncc_score", "<f4"),
    ("pick_stats/power", "<f4"),
    ("pick_stats/template_idx", "<u4"),
    ("pick_stats/angle_rad", "<f4"),
]
PICKS = [[[15, 8, 0.75], [59.5, 0, -2]], [[0, 39, 0.5]]]


def make(row, shape=(40, 60), **options):
    """Return a micrograph of 40 rows and 60 columns that takes no memory."""
    options = {
        "name": PATHS[row][19:-4],
        "path": PATHS[row],
        "uid": UIDS[row],
        "pixel_size": 1.25,
    } | options
    return Micrograph(np.broadcast_to(np.float32(0), shape), **options)


def write(folder, picks=PICKS, micrographs=None, format="auto"):
    path = folder / "picks.cs"
    micrographs = [make(0), make(1)] if micrographs is None else micrographs
    write_coordinates(path, picks, micrographs, format)
    return np.load(path)


def test_columns_and_types_are_those_of_cryosparc(tmp_path):
    rows = write(tmp_path)
    assert rows.dtype.descr == [*LOCATION, *STATS]
    assert rows["location/micrograph_uid"].tolist() == [UIDS[0], UIDS[0], UIDS[1]]
    paths = [path.decode() for path in rows["location/micrograph_path"]]
    assert paths == [PATHS[0], PATHS[0], PATHS[1]]
    assert rows["location/micrograph_shape"].tolist() == [[40, 60]] * 3
    np.testing.assert_allclose(rows["location/center_x_frac"], [0.25, 59.5 / 60, 0])
    np.testing.assert_allclose(rows["location/center_y_frac"], [0.2, 0, 0.975])
    assert rows["location/micrograph_psize_A"].tolist() == [1.25] * 3
    assert rows["pick_stats/ncc_score"].tolist() == [0.75, -2, 0.5]
    for name in ("location/exp_group_id", "pick_stats/power", "pick_stats/angle_rad"):
        assert not rows[name].any()


def test_each_particle_has_a_number_that_follows_from_the_picks(tmp_path):
    many = np.ones((20_000, 3))
    uids = write(tmp_path, [many, many])["uid"]
    assert len(np.unique(uids)) == 40_000
    assert uids.max() > 2**63 > uids.min() > 0
    np.testing.assert_array_equal(write(tmp_path, [many, many])["uid"], uids)
    many[7] = 2
    assert np.isin(write(tmp_path, [many, many])["uid"], uids).mean() < 0.001


def test_files_are_read_again_to_a_hundredth_of_a_pixel(tmp_path):
    rng = np.random.default_rng(0)
    micrographs = [make(0, (4092, 5760)), make(1, (11520, 8184))]
    picks = [
        np.column_stack(
            [rng.uniform(0, 5759, 50), rng.uniform(0, 4091, 50), [1.5] * 50]
        ),
        np.column_stack(
            [rng.uniform(0, 8183, 50), rng.uniform(0, 11519, 50), [2] * 50]
        ),
    ]
    write(tmp_path, picks, micrographs)
    table = read_coordinates(tmp_path / "picks.cs")
    np.testing.assert_allclose(
        table[["x", "y", "score"]], np.concatenate(picks), atol=0.01
    )
    assert table["uid"].unique().tolist() == UIDS


def test_without_scores_there_are_no_statistics_of_picks(tmp_path):
    rows = write(tmp_path, [[[1, 2]], [[3, 4]]], format="cs")
    assert rows.dtype.descr == LOCATION
    assert list(read_coordinates(tmp_path / "picks.cs")) == [
        "micrograph",
        "x",
        "y",
        "uid",
    ]


def test_a_pixel_size_that_is_not_known_is_left_out(tmp_path):
    rows = write(tmp_path, micrographs=[make(0), make(1, pixel_size=None)])
    assert "location/micrograph_psize_A" not in rows.dtype.names


def test_smaller_micrographs_tell_of_the_original(tmp_path):
    small = make(0, (10, 15), scale=4, pixel_size=5)
    rows = write(tmp_path, PICKS[:1], [small])
    assert rows["location/micrograph_shape"].tolist() == [[40, 60]] * 2
    assert rows["location/micrograph_psize_A"].tolist() == [1.25] * 2
    small = make(0, (10, 15), scale=4.01)
    with pytest.raises(
        ValueError, match=r"a.mrc was made smaller by 4.01 .* as they were"
    ):
        write(tmp_path, PICKS[:1], [small])


def test_a_micrograph_without_path_is_called_by_its_name(tmp_path):
    rows = write(tmp_path, PICKS[:1], [make(0, path=None)])
    assert set(rows["location/micrograph_path"]) == {b"a"}


def test_there_may_be_no_picks(tmp_path):
    rows = write(tmp_path, [np.zeros((0, 3)), np.zeros((0, 3))], ["a", "b"])
    assert len(rows) == 0
    assert len(read_coordinates(tmp_path / "picks.cs")) == 0


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (make(1, uid=None), r"Those without are .*rer\.mrc \(1 in all\)\. Read the"),
        ("b", r"needs micrographs with a uid, .* Those without are b \(1 in all\)"),
        (make(1, uid=UIDS[0]), rf"a\.mrc and .*rer\.mrc both have {UIDS[0]}"),
    ],
)
def test_micrographs_with_picks_need_a_uid_of_their_own(tmp_path, second, said):
    with pytest.raises(ValueError, match=said):
        write(tmp_path, micrographs=[make(0), second])
    assert len(write(tmp_path, [PICKS[0], np.zeros((0, 3))], [make(0), second])) == 2
    assert [file.name for file in tmp_path.iterdir()] == ["picks.cs"]


@pytest.mark.parametrize("xy", [(-0.6, 1), (1, -0.6), (59.6, 1), (1, 39.6)])
def test_picks_outside_are_refused(tmp_path, xy):
    with pytest.raises(ValueError, match=r"That at x = .* in a, .* are 60 x 40 pixels"):
        write(tmp_path, [[[*xy, 1]], PICKS[1]])


def test_a_folder_is_no_place_for_it(tmp_path):
    with pytest.raises(ValueError, match="'cs' is a single file"):
        write_coordinates(tmp_path, PICKS, [make(0), make(1)], "cs")
