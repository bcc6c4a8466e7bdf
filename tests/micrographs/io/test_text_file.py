import gzip
import os
import socket
import time

import pytest

from pusklearn.micrographs.io._text_file import (
    MOST_CHARACTERS,
    check_is_file,
    read_lines,
    read_text,
)


def write(path, raw):
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize(
    ("raw", "lines"),
    [
        (b"", []),
        (b"a", [(1, "a")]),
        (b"a\n\nb\n", [(1, "a"), (2, ""), (3, "b")]),
        (b"a\r\nb\r\n", [(1, "a"), (2, "b")]),
        (b"a\rb", [(1, "a"), (2, "b")]),
        (b"\xef\xbb\xbfa\n", [(1, "a")]),
        ("a\u2028b\x85c\td\n".encode(), [(1, "a\u2028b\x85c\td")]),
    ],
)
def test_lines_and_their_numbers(tmp_path, raw, lines):
    assert list(read_lines(write(tmp_path / "a.txt", raw))) == lines


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"IMODV1.2" + bytes(300), "a model of IMOD; .* model2point"),
        (gzip.compress(b"a 1 2", mtime=0), "compressed by gzip"),
        (b"BZh9", "compressed by bzip2"),
        (b"PK\x03\x04", "zip archive or a workbook"),
        (b"\x93NUMPY\x01", "NumPy array, as cryoSPARC"),
        (b"\x89HDF\r\n", "HDF5"),
        (b"II*\0", "TIFF image"),
        (bytes(208) + b"MAP ", "an MRC image"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS; `git lfs pull`"),
        ("a 1 2".encode("utf-16"), "UTF-16; save it as UTF-8"),
        (b"a\0b", "a binary file, not text"),
        (b"a 1\nb \x01 2\n", "line 2 has a byte that is no text in UTF-8, at char.* 3"),
        (
            b"a 1\nb\n\xe9 2\n",
            "line 3 has a byte that is no text in UTF-8, at char.* 1",
        ),
        (b"a\n" + b"1," * MOST_CHARACTERS, "line 2 has 1048576 characters or more"),
        (b"a\n" * 5000 + b"\0", "line 5001 has a byte that is no text"),
    ],
)
def test_what_is_no_text_is_named(tmp_path, raw, said):
    with pytest.raises(ValueError, match=said):
        list(read_lines(write(tmp_path / "a.txt", raw)))


def test_what_is_no_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    start = time.perf_counter()
    for path in (tmp_path / "pipe", tmp_path / "link"):
        with pytest.raises(ValueError, match="a named pipe, not a file"):
            list(read_lines(path))
    assert time.perf_counter() - start < 1
    with pytest.raises(ValueError, match="a folder, not a file"):
        check_is_file(tmp_path)
    with pytest.raises(ValueError, match="a device, not a file"):
        check_is_file("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(tmp_path / "socket"))
        with pytest.raises(ValueError, match="a socket, not a file"):
            check_is_file(tmp_path / "socket")
    with pytest.raises(FileNotFoundError):
        check_is_file(tmp_path / "none")


def test_a_whole_text_may_have_lines_of_any_length(tmp_path):
    text = "é" * MOST_CHARACTERS + "\n"
    path = write(tmp_path / "a.json", b"\xef\xbb\xbf" + text.encode())
    assert read_text(path) == text


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (gzip.compress(b"a 1 2", mtime=0), "compressed by gzip"),
        (b"a\xff", "no text in UTF-8, at byte 2"),
    ],
)
def test_a_whole_text_must_be_text(tmp_path, raw, said):
    with pytest.raises(ValueError, match=said):
        read_text(write(tmp_path / "a.json", raw))


def test_a_text_that_is_read_as_a_whole_has_a_greatest_length(tmp_path):
    with open(tmp_path / "a.json", "wb") as file:
        file.truncate(2**33)  # a file with a hole, which takes no space
    with pytest.raises(ValueError, match="it has 8589934592 bytes, more than 67108864"):
        read_text(tmp_path / "a.json")
