import os
from array import array

import pytest

from pusklearn.commands._pick_journal import JOURNAL, Entry, PickJournal, stamp_of
from pusklearn.micrographs.io._listed_file import ListedFile

A = Entry(
    "../a.mrc",
    [12, 34, None, None, None],
    "a",
    "Movies/a.mrc",
    7,
    [30, 40],
    1.2,
    array("d", [1.0, 2.0, 0.1, 3.0, 1 / 3, -5.5]),
    ["odd"],
    -1.5,
)
B = Entry("../b.mrc", [], "b", error="cut short")


def test_what_is_written_is_read_again_to_the_bit(tmp_path):
    with PickJournal(tmp_path) as journal:
        journal.add(A)
        journal.add(B)
    with PickJournal(tmp_path) as journal:
        assert journal.read() == {A.file: A, B.file: B}


def test_the_last_entry_of_a_file_counts(tmp_path):
    with PickJournal(tmp_path) as journal:
        journal.add(B)
        journal.add(B._replace(error=None))
        assert journal.read() == {B.file: B._replace(error=None)}


def test_a_line_that_was_cut_off_anywhere_is_left_out(tmp_path):
    with PickJournal(tmp_path) as journal:
        journal.add(A)
        length = (tmp_path / JOURNAL).stat().st_size
        journal.add(A._replace(file="c"))
    whole = (tmp_path / JOURNAL).read_bytes()
    for end in range(length, len(whole)):
        (tmp_path / JOURNAL).write_bytes(whole[:end])
        with PickJournal(tmp_path) as journal:
            assert journal.read() == {A.file: A}
            journal.add(B)
        with PickJournal(tmp_path) as journal:
            assert journal.read() == {A.file: A, B.file: B}


@pytest.mark.parametrize("line", [b"{}\n", b"[1]\n", b"\x00\xff\n", b'{"file": 1}\n'])
def test_nothing_is_believed_from_a_damaged_line_on(tmp_path, line):
    with PickJournal(tmp_path) as journal:
        journal.add(A)
    with open(tmp_path / JOURNAL, "ab") as file:
        file.write(line)
    with PickJournal(tmp_path) as journal:
        journal.add(B)
        assert journal.read() == {A.file: A}


def test_it_can_be_cleared(tmp_path):
    with PickJournal(tmp_path) as journal:
        journal.add(A)
        journal.clear()
        assert journal.read() == {}


def test_two_runs_cannot_write_to_one_folder(tmp_path):
    pytest.importorskip("fcntl")
    with PickJournal(tmp_path) as journal:
        with pytest.raises(ValueError, match="Another run is writing"):
            PickJournal(tmp_path).__enter__()
        journal.add(A)
    with PickJournal(tmp_path) as journal:
        assert journal.read() == {A.file: A}


def test_file_systems_without_locks_work(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")

    def no_locks(*arguments):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with PickJournal(tmp_path) as journal:
        journal.add(A)
        assert journal.read() == {A.file: A}


def test_systems_without_locks_work(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "fcntl", None)
    with PickJournal(tmp_path) as journal:
        journal.add(A)
        assert journal.read() == {A.file: A}


def test_a_stamp_tells_whether_anything_has_changed(tmp_path):
    path, mask = tmp_path / "a.mrc", tmp_path / "a_mask.mrc"
    path.write_bytes(b"1")
    mask.write_bytes(b"2")
    listed = ListedFile(path, "a.mrc", pixel_size=1.2)
    before = stamp_of(listed, mask)
    assert stamp_of(listed, mask) == before
    assert stamp_of(listed, None) != before
    assert stamp_of(path, mask) != before
    os.utime(mask, ns=(0, 5))
    assert stamp_of(listed, mask) != before
    before = stamp_of(listed, mask)
    path.write_bytes(b"12")
    assert stamp_of(listed, mask) != before


def test_a_missing_file_has_a_stamp_too(tmp_path):
    assert stamp_of(tmp_path / "a.mrc", None) == [None] * 5


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device is always full")
def test_an_error_of_a_full_disk_names_the_journal(tmp_path):
    with PickJournal(tmp_path) as journal:
        real = journal.file
        with open("/dev/full", "wb") as journal.file:
            with pytest.raises(OSError, match=r"\[Errno 28\].*picks\.jsonl"):
                journal.add(A)
            journal.file.raw.close()
        journal.file = real
        journal.add(B)
        assert journal.read() == {B.file: B}
