import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.io import read_coordinates, write_coordinates
from pusklearn.micrographs.io._box_sizes import box_sizes


def of_sizes(*sizes):
    return [
        Micrograph(np.zeros((2, 2)), f"m{row}", size) for row, size in enumerate(sizes)
    ]


@pytest.mark.parametrize("size", [40, "40px"])
def test_pixels_need_no_micrographs(size):
    assert (
        box_sizes(size, ["a", "b"], "cbox")
        == box_sizes(size, of_sizes(1, None), "cbox")
        == [40, 40]
    )


def test_angstrom_are_pixels_of_each_micrograph():
    assert box_sizes("80A", of_sizes(1.0, 2.0), "cbox") == [80, 40]


@pytest.mark.parametrize(
    ("size", "micrographs", "message"),
    [
        ("80A", ["a"], r"'80A' is in angstrom, .* not names\. Got 'a'"),
        ("80A", of_sizes(1.0, None), r"box_size='80A' .* Micrograph m1 has none"),
        (None, ["a"], r"`box_size` must be given .* Got None"),
        ("0A", ["a"], r"`box_size` must be a number in \(0, inf\).* Got '0A'"),
        ("wide", ["a"], r"`box_size` must be a number .* Got 'wide'"),
    ],
)
def test_what_gives_no_box_is_refused(size, micrographs, message):
    with pytest.raises(ValueError, match=message):
        box_sizes(size, micrographs, "cbox")


def test_boxes_in_angstrom_are_written_around_the_picks(tmp_path):
    micrographs, picks = of_sizes(1.0, 2.0), [[[100, 30, 1.0]], [[50, 20, 1.0]]]
    write_coordinates(f"{tmp_path}/", picks, micrographs, "box", box_size="20A")
    assert (tmp_path / "m0.box").read_text() == "90\t20\t20\t20\n"
    assert (tmp_path / "m1.box").read_text() == "45\t15\t10\t10\n"
    assert read_coordinates(tmp_path)[["x", "y"]].to_numpy().tolist() == [
        [100, 30],
        [50, 20],
    ]
