"""Models are made by hand after IMOD's description of its binary format."""

import re
import struct
import sys
import time

import imodmodel
import numpy as np
import pandas as pd
import pytest

from pusklearn.io import read_coordinates

HAS_ORIGIN = 1 << 14


def part(name, content):
    return name + struct.pack(">i", len(content)) + content


def header(n_objects=1, flags=0, size=(6000, 4000, 1), scale=(1, 1, 1), name=b"picks"):
    return (
        b"IMODV1.2"
        + name.ljust(128, b"\0")
        + struct.pack(">4iI", *size, n_objects, flags)
        + struct.pack(">4i", 1, 1, 0, 255)
        + struct.pack(">3f3f", 0, 0, 0, *scale)
        + struct.pack(">5ifii3f", 0, 0, 0, 3, 128, 1.06, -10, 0, 0, 0, 0)
    )


def contour(*points, time=0):
    flat = [value for point in points for value in point]
    sizes = struct.pack(">iIii", len(points), 0, time, 0)
    return b"CONT" + sizes + struct.pack(f">{len(flat)}f", *flat)


def item(*contours, name=b"particles", n_meshes=0):
    start = name.ljust(64, b"\0") + bytes(64)
    start += struct.pack(">iIii3fi", len(contours), 1 << 9, 0, 1, 0, 1, 0, 2)
    start += bytes([1, 3, 1, 1, 0, 0, 0, 0]) + struct.pack(">ii", n_meshes, 0)
    return b"OBJT" + start + b"".join(contours) + part(b"IMAT", bytes(12))


def minx(now=(0, 0, 0), origin=(0, 0, 0), scale=(1.06, 1.06, 1.06)):
    values = [(1, 1, 1), origin, (0, 0, 0), scale, now, (0, 0, 0)]
    return part(b"MINX", struct.pack(">18f", *np.ravel(values)))


def model(*parts, **options):
    return header(**options) + b"".join(parts) + b"IEOF"


# The centre of the pixel in column 1500 and row 400, and one in column 3, row 3999.
POINTS = (1500.5, 400.5, 0), (3.5, 3999.5, 0)


def read(path, content):
    path.write_bytes(content)
    return read_coordinates(path)


def rows(table):
    return table.to_dict("split")["data"]


EXPECTED = [["m.1", 1500, 400], ["m.1", 3, 3999]]


@pytest.mark.parametrize("name", ["m.1.mod", "m.1.mrc.mod", "m.1.txt"])
def test_points_are_pixels_counted_from_the_first_row(tmp_path, name):
    table = read(tmp_path / name, model(item(contour(*POINTS)), minx()))
    assert rows(table) == EXPECTED


def test_points_of_all_contours_and_objects_are_read(tmp_path):
    mesh = b"MESH" + struct.pack(">iiIhh", 2, 1, 0, 0, 0) + bytes(24) + bytes(4)
    content = model(
        item(contour(POINTS[0]), contour(), name=b"\xff\xfe"),
        item(contour(POINTS[1], time=1) + part(b"SIZE", bytes(4)), n_meshes=1) + mesh,
        item(),
        part(b"VIEW", bytes(4)),
        part(b"SLAN", bytes(60)),
        n_objects=3,
        name="Äpfel".encode("latin-1"),
    )
    assert rows(read(tmp_path / "m.1.mod", content)) == EXPECTED


def test_a_model_may_have_no_points(tmp_path):
    assert len(read(tmp_path / "a.mod", model(n_objects=0))) == 0
    assert len(read(tmp_path / "a.mod", model(item(contour())))) == 0


def test_the_place_of_a_part_of_an_image_is_added(tmp_path):
    # 3dmod loaded columns from 1000 and rows from 200 on, of an image whose own origin
    # is (53, 106) angstrom: it keeps the origin, and that less the start of the part.
    points = [
        (x - 1000, y - 200, z) for x, y, z in [(1500.5, 400.5, 0), (1003.5, 999.5, 0)]
    ]
    scale = np.float32(1.25)
    content = model(
        item(contour(*points)),
        minx((53 - 1250, 106 - 250, 0), (53, 106, 0), (scale, scale, scale)),
        flags=HAS_ORIGIN,
    )
    assert rows(read(tmp_path / "m.1.mod", content)) == [
        ["m.1", 1500, 400],
        ["m.1", 1003, 999],
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (model(item(contour((1, 2, 0), (1, 2, 7))), size=(60, 40, 9)), "which has 9"),
        (model(item(contour((1, 2, 3)))), "sections of a stack"),
        (model(item(contour(*POINTS)), size=(60, 40, 2)), "which has 2"),
        (model(item(contour(*POINTS)), flags=1 << 16), "in a turned view"),
        (
            model(item(contour(*POINTS)), scale=(2, 1, 1)),
            "scale 1 in x and y. It has 2",
        ),
        (
            model(item(contour(POINTS[0], time=1), contour(POINTS[1], time=2))),
            "of 2 of the images that were open together",
        ),
        (model(item(contour(*POINTS)), minx((5, 0, 0))), "made on a part of an image"),
        (
            model(item(contour(*POINTS)), minx(scale=(0, 1, 1)), flags=HAS_ORIGIN),
            "its pixels have no size",
        ),
        (
            model(item(contour(*POINTS)), minx((1e20, 0, 0)), flags=HAS_ORIGIN),
            "and not at a pixel of an image",
        ),
        (
            model(item(contour(*POINTS)), minx((-0.5, 0, 0)), flags=HAS_ORIGIN),
            r"begins at x = 0\.47\d+, y = 0, and not at a pixel",
        ),
        (model(item(contour((np.nan, 2, 0)))), "a point beyond any image"),
        (model(item(contour((1e7, 2, 0)))), "a point beyond any image"),
        (model(item(contour(*POINTS)), n_objects=2), r"are \[1, 1\], .* \[2, 1\]"),
        (model(contour(*POINTS)), "damaged model of IMOD"),
        (b"IMODV1.1" + bytes(300), "a version other than 1.2"),
        (b"IMODV1.2", "damaged, cut short"),
        (b"IMODV1.2" + bytes(300), r"damaged model of IMOD: it has a part b'\\x00"),
        (header() + b"CONT" + struct.pack(">i", -1) + bytes(20), "has a length < 0"),
        (
            header() + b"CONT" + struct.pack(">i", 2**31 - 1) + bytes(20),
            "cut short or d",
        ),
        (header() + b"MESH" + bytes(3), "goes beyond the end"),
        (header() + part(b"MINX", bytes(71)), "its MINX has 71 bytes"),
        (header() + b"IMAT\xff\xff\xff\xff", "part b'IMAT' has a length < 0"),
        (model(item(contour(*POINTS))) + b"1", "something behind its end"),
    ],
)
def test_what_is_no_model_of_one_micrograph_is_named(tmp_path, content, said):
    with pytest.raises(ValueError, match=rf"(?s)a.mod cannot be read .*{said}"):
        read(tmp_path / "a.mod", content)


def test_a_model_that_is_cut_short_is_refused_at_once(tmp_path):
    content = model(item(contour(*POINTS)), minx())
    for length in range(5, len(content) - 1, 7):
        start = time.perf_counter()
        with pytest.raises(ValueError, match="IMOD"):
            read(tmp_path / "a.mod", content[:length])
        assert time.perf_counter() - start < 1


def test_the_way_out_is_named_if_imodmodel_is_not_installed(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "imodmodel.parsers", None)
    said = re.escape("pip install pusklearn[imod]") + ".*model2point"
    with pytest.raises(ImportError, match=rf"a.mod is a model of IMOD, .*{said}"):
        read(tmp_path / "a.mod", model(item(contour(*POINTS))))


# Its writer calls methods of pydantic that will be removed.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_models_that_imodmodel_writes_are_read(tmp_path):
    table = pd.DataFrame({"x": [1500.5, 3.5], "y": [400.5, 3999.5], "z": 0.0})
    imodmodel.write(table, tmp_path / "m.1.mod")
    assert rows(read_coordinates(tmp_path / "m.1.mod")) == EXPECTED
