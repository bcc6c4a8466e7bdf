import pytest

from pusklearn.io import read_micrograph


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.eer", b"II+\0" + bytes(4000), "Correct its motion"),
        ("a.eer", b"\x01\x02\x03" * 500, "EER movie"),
        ("a.mrc", b"", "an empty file"),
        ("a.mrc", bytes(5000), "begins with zeros"),
        ("a.mrc", b"version https://git-lfs.github.com/spec/v1\noid", "git lfs pull"),
        ("a.mrc", b"/annex/objects/SHA256E-s1--1.mrc\n", "git annex get"),
        ("a.mrc", b"\n<!DOCTYPE html><html>404", "a web page.*Download it again"),
        ("a.mrc", b"<html>", "a web page"),
        ("a.mod", b"IMODV1.2" + bytes(2000), "an IMOD model"),
        ("a.mod", b"\x01\x02\x03" * 500, "an IMOD model"),
        ("a.mrc", b"\0\0\0\x03\0\0\x10\0\0\0\0\x01" + bytes(2000), "DigitalMicrograph"),
        ("a.dm4", b"\0\0\0\x04" + b"\0" * 6 + b"\x10\0\0\0\0\x01" + bytes(9), "dm2mrc"),
        ("a.mrc", b"\x89PNG\r\n\x1a\n" + bytes(2000), "a PNG image"),
        ("a.jpg", b"\xff\xd8\xff\xe0" + bytes(2000), "a JPEG image"),
        ("a.mrc", b"\x89HDF\r\n\x1a\n" + bytes(2000), "an HDF5 file"),
        ("a.npy", b"\x93NUMPY" + bytes(2000), "numpy.load"),
        ("a.mrc.zip", b"PK\x03\x04" + bytes(2000), "an archive.*Unpack it first"),
        ("a.mrc.xz", b"\xfd7zXZ\0" + bytes(2000), "a compressed file.*Unpack it"),
        ("a.star", b"\ndata_\n\nloop_\n_rlnMicrographName", "a STAR file"),
        ("a.mrc", b"hello, world\n", "a text that begins with 'hello, world'"),
        ("a.mrc", b"\x01\x02\x03\x04" * 500, "known mode. Got 1024 bytes with mode"),
        ("a.mrc", b"\x01\x02\x03", "Got 3 bytes"),
    ],
)
def test_a_file_of_another_kind_is_called_by_its_name(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(
        ValueError,
        match=rf"(?s){name} is (not an MRC file|an EER movie, the raw).*{said}",
    ):
        read_micrograph(tmp_path / name)
