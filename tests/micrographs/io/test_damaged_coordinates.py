"""Damaged files of coordinates: none may crash, hang, or be misread without a word."""

import io
import struct
import time
import warnings
from collections import Counter

import numpy as np
import pytest

from pusklearn.io import read_coordinates

N_ROWS = 20
EXTREMES = [0, 1, -1, 2, 255, 2**15, 2**16, 10**6, 2**31 - 1, -(2**31), 2**28]


def make_cs(xy, scores):
    rows = np.zeros(
        N_ROWS,
        dtype=[
            ("uid", "<u8"),
            ("location/micrograph_uid", "<u8"),
            ("location/exp_group_id", "<u4"),
            ("location/micrograph_path", "S40"),
            ("location/micrograph_shape", "<u4", (2,)),
            ("location/micrograph_psize_A", "<f4"),
            ("location/center_x_frac", "<f4"),
            ("location/center_y_frac", "<f4"),
            ("pick_stats/ncc_score", "<f4"),
            ("pick_stats/power", "<f4"),
            ("alignments2D/shift", "<f4", (2,)),
        ],
    )
    rows["uid"] = np.arange(N_ROWS, dtype=np.uint64) + 2**63
    owners = np.arange(N_ROWS) // 6
    rows["location/micrograph_uid"] = owners.astype(np.uint64) + 8578565574161745010
    rows["location/micrograph_path"] = [f"J2/motion/{o:021d}_m.mrc" for o in owners]
    rows["location/micrograph_shape"] = (4092, 5760)
    rows["location/micrograph_psize_A"] = 1.06
    rows["location/center_x_frac"] = xy[:, 0] / 5760
    rows["location/center_y_frac"] = xy[:, 1] / 4092
    rows["pick_stats/ncc_score"] = scores
    rows["pick_stats/power"] = 100 * scores
    file = io.BytesIO()
    np.save(file, rows)
    return file.getvalue()


def make_mod(xy, _):
    """Return a model as 3dmod writes it, with scattered points in two contours."""
    header = b"IMODV1.2" + b"picks".ljust(128, b"\0")
    header += struct.pack(">9i", 5760, 4092, 1, 1, 0xF000, 1, 1, 0, 255)
    header += struct.pack(">6f5ifii3f", 0, 0, 0, 1, 1, 1, *[0] * 5, 1.06, -10, *[0] * 4)
    content = header + b"OBJT" + bytes(128)
    content += struct.pack(">iIii3fi8Bii", 2, 1 << 9, 0, 1, 0, 1, 0, 2, *[1] * 8, 0, 0)
    for part in np.split(xy + 0.5, [7]):
        points = np.column_stack([part, np.zeros(len(part))]).astype(">f4")
        content += b"CONT" + struct.pack(">iIii", len(part), 0, 0, 0) + points.tobytes()
    content += b"IMAT" + struct.pack(">i", 16) + bytes(16)
    values = [1, 1, 1, *[0] * 6, 1.06, 1.06, 1.06, *[0] * 6]
    return content + b"MINX" + struct.pack(">i18f", 72, *values) + b"IEOF"


def make_cbox(xy, scores):
    head = (
        "\ndata_global\n\n_cbox_format_version 1.0 \n\ndata_cryolo\n\nloop_\n"
        "_CoordinateX #1\n_CoordinateY #2\n_CoordinateZ #3\n_Width #4\n_Height #5\n"
        "_Depth #6\n_EstWidth #7\n_EstHeight #8\n_Confidence #9\n_NumBoxes #10\n"
        "_Angle #11\n"
    )
    lines = [
        f"{x:.4f} {y:.4f} <NA> 180.0 180.0 <NA> 176.25 177.5 {score:.6f} <NA> <NA>\n"
        for (x, y), score in zip(xy, scores, strict=True)
    ]
    tail = "\n\ndata_cryolo_include\n\nloop_\n_slice_index #1\n<NA>\n"
    return (head + "".join(lines) + tail).encode()


def make_old_cbox(xy, scores):
    lines = [
        f"{x:.4f}\t{y:.4f}\t180\t180\t{score:.6f}\t176\t177\n"
        for (x, y), score in zip(xy, scores, strict=True)
    ]
    return "".join(lines).encode()


KINDS = {
    "a.cs": make_cs,
    "m.mod": make_mod,
    "m.cbox": make_cbox,
    "old.cbox": make_old_cbox,
}
WAYS = ["bit", "byte", "number", "cut", "more", "less", "zeros", "doubled"]


def damage(content, way, rng):
    data = bytearray(content)
    # Half of the damage hits the first bytes, which say how to take the others.
    end = len(data) if rng.integers(2) else min(len(data), 700)
    place = int(rng.integers(end))
    if way == "bit":
        data[place] ^= 1 << int(rng.integers(8))
    elif way == "byte":
        data[place] = rng.integers(256)
    elif way == "number":
        place = min(place // 4 * 4, len(data) - 4)
        order = str(rng.choice(["<i", ">i"]))
        data[place : place + 4] = struct.pack(order, int(rng.choice(EXTREMES)))
    elif way == "cut":
        del data[place:]
    elif way == "more":
        data[place:place] = rng.bytes(int(rng.integers(1, 40)))
    elif way == "less":
        del data[place : place + int(rng.integers(1, 40))]
    elif way == "zeros":
        length = int(rng.integers(1, 300))
        data[place : place + length] = bytes(len(data[place : place + length]))
    else:
        data *= 2
    return bytes(data)


def rows_of(path):
    table = read_coordinates(path).round(2)
    return Counter(map(str, table.itertuples(index=False)))


def is_right(way, name, lost, new):
    """Whether damage that nobody can notice did no more than it must."""
    if way in ("bit", "byte", "number"):
        # A number may have a digit or a byte of both its neighbours.
        return lost == new <= (2 if way == "number" else 1)
    if way == "cut":
        return new <= 1 and name.endswith("cbox")
    if way in ("more", "less"):
        # Bytes that belong to no number may come and go, and digits in a text.
        return new <= 2 and lost <= 4 and (name.endswith("cbox") or lost == new)
    return lost == new <= (24 if name == "m.mod" else 2)


def check(tmp_path, n_times, seed):
    rng = np.random.default_rng(seed)
    xy = rng.uniform(10, 4000, (N_ROWS, 2)).round(4)
    scores = rng.uniform(0.1, 0.9, N_ROWS).round(6)
    contents = {name: make(xy, scores) for name, make in KINDS.items()}
    intact = {}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        intact[name] = rows_of(tmp_path / name)
        assert intact[name].total() == N_ROWS
    n_refused = 0
    for number in range(n_times):
        name, way = str(rng.choice(list(KINDS))), str(rng.choice(WAYS))
        (tmp_path / name).write_bytes(damage(contents[name], way, rng))
        start = time.perf_counter()
        with warnings.catch_warnings():
            # Bytes of zeros that become others are shifts.
            warnings.filterwarnings("ignore", "Coordinates are read without the shifts")
            warnings.filterwarnings("error", "Rows stand twice")
            try:
                found = rows_of(tmp_path / name)
            except (ValueError, UserWarning) as error:
                assert name in str(error)  # noqa: PT017 - not every damage is an error
                n_refused += 1
                continue
            finally:
                assert time.perf_counter() - start < 2
        lost, new = intact[name] - found, found - intact[name]
        said = (number, name, way, lost, new)
        assert is_right(way, name, lost.total(), new.total()), said
    assert n_refused > n_times / 3


def test_no_damage_is_read_as_other_particles_without_a_word(tmp_path):
    check(tmp_path, 100, 0)


@pytest.mark.slow
def test_no_damage_of_very_many_is_read_as_other_particles(tmp_path):
    check(tmp_path, 2000, 1)
