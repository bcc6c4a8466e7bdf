import errno
import os
import stat
import tempfile
import threading
from pathlib import Path

import pytest

from pusklearn.micrographs.io._draft_files import write_files


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_texts_are_written_with_plain_line_ends(tmp_path):
    files = {tmp_path / "a": "1\nü\n", tmp_path / "b": ""}
    write_files(files)
    assert {file: file.read_bytes() for file in files} == {
        file: text.encode() for file, text in files.items()
    }
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]


def test_bytes_are_written_as_they_are(tmp_path):
    write_files({tmp_path / "a": b"\r\n\x00\xff", tmp_path / "b": "1\n"})
    assert (tmp_path / "a").read_bytes() == b"\r\n\x00\xff"
    assert (tmp_path / "b").read_bytes() == b"1\n"


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_a_new_file_has_the_mode_of_an_ordinary_one(tmp_path, umask):
    before = os.umask(umask)
    try:
        write_files({tmp_path / "a": "1"})
        (tmp_path / "b").write_text("2")
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "a") == mode_of(tmp_path / "b")


@pytest.mark.parametrize("mode", [0o600, 0o664, 0o444])
def test_an_old_file_keeps_its_mode(tmp_path, mode):
    (tmp_path / "a").write_text("old")
    (tmp_path / "a").chmod(mode)
    write_files({tmp_path / "a": "new"})
    assert (tmp_path / "a").read_text() == "new"
    assert mode_of(tmp_path / "a") == mode


def test_a_link_is_replaced_and_not_followed(tmp_path):
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "a").symlink_to("victim")
    (tmp_path / "b").symlink_to("none")
    write_files({tmp_path / "a": "new", tmp_path / "b": "new"})
    assert (tmp_path / "victim").read_text() == "precious"
    assert (tmp_path / "a").read_text() == "new"
    assert not (tmp_path / "none").exists()


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no folder .*/none to write a to"):
        write_files({tmp_path / "none" / "a": "1"})


def test_folders_and_pipes_are_not_replaced(tmp_path):
    (tmp_path / "a").mkdir()
    os.mkfifo(tmp_path / "b")
    for name in ("a", "b"):
        with pytest.raises(ValueError, match=f"{name} is neither a file nor a link"):
            write_files({tmp_path / "c": "1", tmp_path / name: "1"})
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]


def test_a_failure_leaves_everything_as_it_was(tmp_path, monkeypatch):
    (tmp_path / "a").write_text("old")

    def fail(self, mode):
        raise OSError("disk full")

    monkeypatch.setattr(Path, "chmod", fail)
    with pytest.raises(OSError, match="disk full"):
        write_files({tmp_path / "b": "new", tmp_path / "a": "new"})
    monkeypatch.undo()
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"a": "old"}


def test_threads_leave_one_whole_file(tmp_path):
    path = tmp_path / "a"
    texts = [letter * 50_000 for letter in "abcd"]
    errors = []

    def work(text):
        try:
            for _ in range(5):
                write_files({path: text})
        except OSError as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=[text]) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert path.read_text() in texts
    assert os.listdir(tmp_path) == ["a"]


def test_an_error_of_a_full_disk_names_the_file(tmp_path, monkeypatch):
    def full(path, data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match=r"\[Errno 28\] .*picks\.csv"):
        write_files({tmp_path / "picks.csv": "1"})
    assert os.listdir(tmp_path) == []


def test_a_folder_that_cannot_be_written_to_is_told_by_the_file(tmp_path, monkeypatch):
    def refuse(prefix, dir):
        raise PermissionError(errno.EACCES, "Permission denied", f"{dir}/{prefix}x")

    monkeypatch.setattr(tempfile, "TemporaryDirectory", refuse)
    with pytest.raises(PermissionError, match=r"picks\.star'$"):
        write_files({tmp_path / "picks.star": "text"})
