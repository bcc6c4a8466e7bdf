import mrcfile
import numpy as np
import pytest

from pusklearn.io import read_micrograph
from pusklearn.topaz._image_lists import (
    image_list_text,
    in_own_pixels,
    list_images,
)


@pytest.fixture
def folder(tmp_path):
    for name in ("b.mrc", "a.mrc", "c.tif", "d.png", ".e.mrc", "notes.txt"):
        (tmp_path / name).touch()
    return tmp_path


def names(path, *arguments):
    return [image.name for image in list_images(path, *arguments)]


def test_a_folder_holds_mrc_and_tiff_files(folder):
    assert names(folder) == ["a", "b", "c"]
    assert names(folder, ".mrc") == ["a", "b"]
    assert names(f"{folder}/", "tif") == ["c"]


@pytest.mark.parametrize("separator", ["\t", " ", "   "])
def test_a_list_has_two_columns_in_any_order(folder, separator):
    for columns in (["image_name", "path"], ["path", "source", "image_name"]):
        values = {"image_name": "000012", "path": str(folder / "b.mrc"), "source": "0"}
        lines = [separator.join(columns), separator.join(values[c] for c in columns)]
        (folder / "l.txt").write_text("\n".join(lines) + "\n\n")
        assert list_images(folder / "l.txt") == [("000012", folder / "b.mrc")]


def test_a_path_may_start_at_the_folder_of_the_list(folder):
    (folder / "l.txt").write_text("image_name\tpath\nx.mrc\ta.mrc\n")
    assert list_images(folder / "l.txt") == [("x", folder / "a.mrc")]


def test_a_path_with_blanks_is_one_value(folder):
    (folder / "a b.mrc").touch()
    (folder / "l.txt").write_text(f"image_name\tpath\nx y\t{folder}/a b.mrc\n")
    assert list_images(folder / "l.txt") == [("x y", folder / "a b.mrc")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "needs a first line"),
        ("image_name\tx_coord\n", "needs a first line"),
        ("image_name\tpath\n", "at least 1"),
        ("image_name\tpath\nx\n", "needs 2 values"),
        ("image_name\tpath\nx\ta.mrc\nx\tb.mrc\n", "'x' twice"),
    ],
)
def test_a_wrong_list_is_an_error(folder, text, words):
    (folder / "l.txt").write_text(text)
    with pytest.raises(ValueError, match=words):
        list_images(folder / "l.txt")


def test_what_is_missing_is_an_error(folder):
    (folder / "l.txt").write_text("image_name\tpath\nx\tno.mrc\n")
    with pytest.raises(FileNotFoundError, match=r"no\.mrc"):
        list_images(folder / "l.txt")
    with pytest.raises(ValueError, match="at least 1"):
        list_images(folder, ".eer")
    with pytest.raises(FileNotFoundError):
        list_images(folder / "no.txt")


def test_an_image_is_no_list(folder):
    mrcfile.write(folder / "a.mrc", np.full((4, 4), -1.5, np.float32), overwrite=True)
    with pytest.raises(ValueError, match=r"must be a text or a folder\. .*a\.mrc is n"):
        list_images(folder / "a.mrc")


def test_a_written_list_is_read_again(folder):
    listed = list_images(folder)
    (folder / "l.txt").write_text(image_list_text(listed))
    assert list_images(folder / "l.txt") == listed


def test_pixel_sizes_are_left_out(tmp_path):
    mrcfile.write(tmp_path / "a.mrc", np.eye(3, dtype=np.float32), voxel_size=1.5)
    image = in_own_pixels(read_micrograph(tmp_path / "a.mrc"), "000001")
    assert (image.name, image.pixel_size, image.scale) == ("000001", None, 1.0)
    assert image.path is None
