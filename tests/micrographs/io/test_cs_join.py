"""A job of cryoSPARC writes particles in parts, whose rows have the same uid."""

import numpy as np
import pytest

from pusklearn.io import read_coordinates

UIDS = [11, 2**64 - 1, 7]
LOCATION = [
    ("location/micrograph_path", "S9"),
    ("location/micrograph_shape", "<u4", (2,)),
    ("location/center_x_frac", "<f4"),
    ("location/center_y_frac", "<f4"),
]
BLOB = [("blob/path", "S9"), ("blob/idx", "<u4")]
SCORE = [("pick_stats/ncc_score", "<f4")]


def save(path, columns, places=(0, 1, 2)):
    """Write columns of some of three particles in a micrograph of 40 rows."""
    rows = np.zeros(len(places), dtype=[("uid", "<u8"), *columns])
    values = {
        "uid": UIDS,
        "location/micrograph_path": [b"J1/a.mrc"] * 3,
        "location/micrograph_shape": [(40, 80)] * 3,
        "location/center_x_frac": [0.25, 0.5, 0.75],
        "location/center_y_frac": [0.125, 0.25, 0],
        "pick_stats/ncc_score": [3, 2, 1],
        "alignments2D/shift": [(1, 2), (0, 0), (0, 0)],
    }
    for name in rows.dtype.names:
        if name in values and places:
            rows[name] = [values[name][place] for place in places]
    with open(path, "wb") as file:
        np.save(file, rows)
    return path


def points(path):
    return read_coordinates(path)[["x", "y"]].to_numpy().tolist()


ALL = [[20, 5], [40, 10], [60, 0]]


@pytest.fixture
def parts(tmp_path):
    """Return a file of images of two particles, and one of locations of three."""
    return (
        save(tmp_path / "particles_selected.cs", BLOB, (2, 0)),
        save(tmp_path / "J9_passthrough_particles.cs", LOCATION, (1, 0, 2)),
    )


def test_locations_are_found_in_the_passthrough_file_beside(parts):
    particles, passthrough = parts
    save(passthrough.parent / "J9_passthrough_particles_excluded.cs", LOCATION, (1,))
    save(passthrough.parent / "J9_passthrough_exposures.cs", [("ctf/cs_mm", "<f4")])
    assert points(particles) == [ALL[2], ALL[0]]
    assert points(passthrough) == [ALL[1], ALL[0], ALL[2]]


def test_parts_are_joined_in_whichever_order_they_are_given(parts, tmp_path):
    particles, passthrough = parts
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    moved = passthrough.rename(elsewhere / "other.cs")
    assert points([particles, moved]) == [ALL[2], ALL[0]]
    assert points([moved, particles]) == [ALL[2], ALL[0]]
    with pytest.raises(ValueError, match=r"selected.cs .* no locations of particles"):
        points(particles)


def test_files_of_a_pattern_are_joined(parts):
    assert points(f"{parts[0].parent}/*particles*.cs") == [ALL[2], ALL[0]]


def test_scores_may_lie_in_another_part(tmp_path):
    picks = save(tmp_path / "a.cs", LOCATION)
    scores = save(tmp_path / "b.cs", SCORE, (1, 2, 0))
    assert read_coordinates([scores, picks])["score"].tolist() == [2, 1, 3]
    assert "score" not in read_coordinates(picks)
    scores.rename(tmp_path / "J3_passthrough_particles.cs")
    assert read_coordinates(picks)["score"].tolist() == [3, 2, 1]


def test_both_parts_may_have_locations(tmp_path):
    files = [save(tmp_path / "a.cs", LOCATION, (1,)), save(tmp_path / "b.cs", LOCATION)]
    assert points(files) == points(files[::-1]) == [ALL[1]]


def test_other_particles_are_no_parts(tmp_path):
    files = [
        save(tmp_path / "a.cs", LOCATION, (1,)),
        save(tmp_path / "b.cs", LOCATION, (0, 2)),
        save(tmp_path / "c.cs", LOCATION, ()),
    ]
    assert points(files) == [ALL[1], ALL[0], ALL[2]]


def test_parts_that_share_some_particles_are_refused(tmp_path):
    files = [
        save(tmp_path / "a.cs", LOCATION, (0, 1)),
        save(tmp_path / "b.cs", BLOB, (1, 2)),
    ]
    with pytest.raises(
        ValueError, match=r"a.cs and .*b.cs have 1 of 2 and 2 in common"
    ):
        points(files)


def test_a_part_without_the_locations_of_all_is_not_enough(tmp_path):
    particles = save(tmp_path / "a.cs", BLOB)
    other = save(tmp_path / "J1_passthrough_particles.cs", LOCATION, (0, 1))
    said = r"a.cs .* beside do not have them for all of its particles"
    with pytest.raises(ValueError, match=said):
        points(particles)
    other.unlink()
    save(tmp_path / "b.cs", SCORE)
    with pytest.raises(ValueError, match=r"the files given with it do not have"):
        points([particles, tmp_path / "b.cs"])


def test_files_beside_that_differ_are_named(tmp_path):
    particles = save(tmp_path / "a.cs", BLOB)
    first = save(tmp_path / "J1_passthrough_particles.cs", LOCATION)
    second = save(tmp_path / "J2_passthrough_particles.cs", LOCATION)
    assert points(particles) == ALL
    rows = np.load(second)
    rows["location/center_y_frac"] += 0.125
    with open(second, "wb") as file:
        np.save(file, rows)
    with pytest.raises(ValueError, match=r"J1_.* and .*J2_.* differ in what they say"):
        points(particles)
    assert points([particles, first]) == ALL


def test_a_part_that_has_a_particle_twice_is_refused(tmp_path):
    particles = save(tmp_path / "a.cs", BLOB)
    save(tmp_path / "J1_passthrough_particles.cs", LOCATION, (0, 1, 2, 2))
    with pytest.raises(ValueError, match=r"J1_.*cs must have each particle once"):
        points(particles)


def test_what_is_no_table_of_particles_is_named_by_its_reader(tmp_path):
    good = save(tmp_path / "a.cs", LOCATION)
    bad = tmp_path / "b.cs"
    bad.write_bytes(b"no array")
    with pytest.raises(
        ValueError, match=r"b.cs cannot be read .* must be a NumPy array"
    ):
        read_coordinates([good, bad])
    with open(bad, "wb") as file:
        np.save(file, np.zeros(2, [("blob/path", "S9")]))
    with pytest.raises(
        ValueError, match=r"b.cs cannot be read .* it holds no particles"
    ):
        read_coordinates([good, bad])
