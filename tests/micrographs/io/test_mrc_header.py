import struct

import mrcfile
import numpy as np
import pytest

from pusklearn.io import read_micrograph

STAMP = 1146047817
BYTES = np.arange(256, dtype=np.uint8).reshape(16, 16)


def patch(path, **fields):
    """Write numbers into a header: ``at152=7``; floats into ``at10=2.0``."""
    data = bytearray(path.read_bytes())
    for key, value in fields.items():
        place, order = int(key[2:]), ">" if data[212] == 0x11 else "<"
        kind = "f" if isinstance(value, float) else "i"
        data[place : place + 4] = struct.pack(order + kind, value)
    path.write_bytes(data)
    return path


def write(path, pixels, **fields):
    mrcfile.write(path, pixels, overwrite=True)
    return patch(path, **fields)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("flags", [0, 2, 1, 3])
def test_flags_of_imod_tell_whether_bytes_have_a_sign(tmp_path, order, flags):
    mrcfile.write(tmp_path / "a.mrc", np.zeros((16, 16), f"{order}i2"))
    data = (tmp_path / "a.mrc").read_bytes()[:1024] + BYTES.tobytes()
    (tmp_path / "a.mrc").write_bytes(data)
    path = patch(tmp_path / "a.mrc", at12=0, at152=STAMP, at156=flags)
    expected = BYTES.view(np.int8) if flags & 1 else BYTES
    micrograph = read_micrograph(path)
    assert micrograph.dtype == expected.dtype
    np.testing.assert_array_equal(micrograph, expected)


def test_flags_without_the_stamp_of_imod_do_not_count(tmp_path):
    path = write(tmp_path / "a.mrc", BYTES.view(np.int8), at152=STAMP + 1, at156=0)
    assert read_micrograph(path).dtype == np.int8


def test_two_pixels_in_a_byte_are_refused(tmp_path):
    path = write(tmp_path / "a.mrc", BYTES.view(np.int8), at152=STAMP, at156=16)
    with pytest.raises(ValueError, match="4 bit in each byte"):
        read_micrograph(path)


def test_the_byte_order_that_fits_the_file_is_taken(tmp_path):
    pixels = np.arange(12, dtype=np.int8).reshape(3, 4)
    path = write(tmp_path / "a.mrc", pixels)
    data = bytearray(path.read_bytes())
    data[212:214] = b"\x11\x11"
    path.write_bytes(data)
    with pytest.warns(UserWarning, match="tells the wrong byte order"):
        np.testing.assert_array_equal(read_micrograph(path), pixels)


@pytest.mark.parametrize("axes", [(2, 1, 3), (1, 3, 2), (7, 0, -1)])
def test_other_axes_are_told(tmp_path, axes):
    fields = dict(zip(("at64", "at68", "at72"), axes, strict=True))
    path = write(tmp_path / "a.mrc", np.eye(5, 7, dtype=np.float32), **fields)
    with pytest.warns(UserWarning, match=r"a.mrc .* the axes \(.* in place of"):
        micrograph = read_micrograph(path)
    np.testing.assert_array_equal(micrograph, np.eye(5, 7))


def test_axes_that_are_not_set_are_no_fault(tmp_path):
    path = write(tmp_path / "a.mrc", np.eye(5, dtype="f4"), at64=0, at68=0, at72=0)
    read_micrograph(path)


def test_pixels_that_are_not_square_are_told(tmp_path):
    mrcfile.write(tmp_path / "a.mrc", np.eye(5, dtype="f4"), voxel_size=(1.5, 1.6, 1.5))
    with pytest.warns(UserWarning, match=r"not square: 1.5 angstrom along x and 1.6"):
        assert read_micrograph(tmp_path / "a.mrc").pixel_size is None


@pytest.mark.parametrize(("axis", "sizes"), [("x", (1.5, 0, 0)), ("y", (0, 1.5, 1))])
def test_a_pixel_size_along_one_axis_is_doubted(tmp_path, axis, sizes):
    mrcfile.write(tmp_path / "a.mrc", np.eye(5, dtype="f4"), voxel_size=sizes)
    with pytest.warns(UserWarning, match=f"a pixel size along {axis} only, 1.5 angs"):
        assert read_micrograph(tmp_path / "a.mrc").pixel_size == 1.5


def test_rounded_pixel_sizes_are_square(tmp_path):
    mrcfile.write(tmp_path / "a.mrc", np.eye(5, dtype="f4"), voxel_size=(1.5, 1.501, 9))
    assert read_micrograph(tmp_path / "a.mrc").pixel_size == 1.5


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"at8": 0}, "an image without pixels"),
        ({"at0": -5}, "an image without pixels"),
        ({"at8": 7}, "7 sections, such as a movie"),
        ({"at12": 4}, "a Fourier transform"),
        ({"at12": 16}, "an image in colour"),
        ({"at92": -1}, "extended header of at least 0 bytes"),
        ({"at92": 10**9}, "cut short"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path, fields, said):
    path = write(tmp_path / "a.mrc", np.eye(5, dtype="f4"), **fields)
    with pytest.raises(ValueError, match=rf"a.mrc .*{said}"):
        read_micrograph(path)


def test_a_stack_of_one_image_is_read(tmp_path):
    mrcfile.write(tmp_path / "a.mrcs", np.eye(5, 6, dtype="f4")[None])
    assert read_micrograph(tmp_path / "a.mrcs").name == "a"
    mrcfile.write(tmp_path / "b.mrcs", np.zeros((3, 5, 6), "f4"))
    with pytest.raises(ValueError, match="a stack of particles"):
        read_micrograph(tmp_path / "b.mrcs")
