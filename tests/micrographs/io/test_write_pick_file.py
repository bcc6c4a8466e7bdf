import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.io import write_coordinates
from pusklearn.micrographs.io._pick_files import pick_files
from pusklearn.micrographs.io._write_pick_file import write_pick_file

PICKS = [[[100.25, 20.5, 0.75], [30, 4, -1.5]], [[7.5, 888.0, 1e-9]]]
MICROGRAPHS = [
    Micrograph(np.zeros((9, 20)), name="a", path=f"Movies/grid{i}/a.mrc", pixel_size=i)
    for i in (1, 2)
]


@pytest.mark.parametrize("format", ["relion", "star", "box", "cbox", "eman2"])
def test_one_by_one_they_are_as_all_together(tmp_path, format):
    alone, together = tmp_path / "1" / "job012", tmp_path / "2" / "job012"
    files = pick_files(alone, MICROGRAPHS, format)
    for file, points, micrograph in zip(files, PICKS, MICROGRAPHS, strict=True):
        write_pick_file(file, points, micrograph, format, box_size="40A")
    write_coordinates(f"{together}/", PICKS, MICROGRAPHS, format, box_size="40A")
    for file in files:
        other = together / file.relative_to(alone)
        assert file.read_bytes() == other.read_bytes()


def test_boxes_in_angstrom_have_the_pixels_of_each_micrograph(tmp_path):
    for micrograph, size in zip(MICROGRAPHS, ("40", "20"), strict=True):
        write_pick_file(
            tmp_path / "a.box", [[50, 60]], micrograph, "box", box_size="40A"
        )
        assert (tmp_path / "a.box").read_text().split()[2:] == [size] * 2


def test_relion_has_no_file_of_a_micrograph_without_picks(tmp_path):
    file = tmp_path / "a_autopick.star"
    write_pick_file(file, np.empty((0, 3)), "a", "relion")
    write_pick_file(file, [[1, 2, 3]], "a", "relion")
    assert file.is_file()
    write_pick_file(file, np.empty((0, 3)), "a", "relion")
    assert not file.exists()


def test_boxes_need_a_size(tmp_path):
    with pytest.raises(ValueError, match="must be given for format 'cbox'"):
        write_pick_file(tmp_path / "a.cbox", [[1, 2]], "a", "cbox")
    with pytest.raises(ValueError, match="`format` must be"):
        write_pick_file(tmp_path / "a.csv", [[1, 2]], "a", "csv")
