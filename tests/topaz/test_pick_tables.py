import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from pusklearn.topaz._pick_tables import number_text, pick_table, write_output


def test_coordinates_are_whole_and_scores_keep_their_digits():
    picks = [
        ("a", np.array([[1.5, 2.49, 0.1], [0.0, 7.0, -3.25]])),
        ("b", np.empty((0, 3))),
    ]
    assert pick_table(picks) == (
        "image_name\tx_coord\ty_coord\tscore\na\t2\t2\t0.1\na\t0\t7\t-3.25\n"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (-2, "-2"),
        (0.5, "0.5"),
        (float("nan"), ""),
        (np.float64(1.25), "1.25"),
    ],
)
def test_a_whole_number_has_no_point(value, text):
    assert number_text(value) == text


def test_the_folder_of_an_output_is_made(tmp_path, capsys):
    write_output(str(tmp_path / "new" / "a.txt"), "text\n")
    assert (tmp_path / "new" / "a.txt").read_text() == "text\n"
    write_output(None, "out\n")
    assert capsys.readouterr().out == "out\n"


def test_a_folder_is_no_output(tmp_path):
    with pytest.raises(ValueError, match="is a folder"):
        write_output(str(tmp_path), "text\n")


def test_a_folder_without_rights_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(PermissionError, match=r"a\.txt cannot be written: you may not"):
        write_output(str(tmp_path / "a.txt"), "text\n")
    assert not list(tmp_path.iterdir())


def test_a_pipe_stays_one(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write_output(str(pipe), "text\n")
    reader.join(10)
    assert read == ["text\n"]
    assert pipe.is_fifo()


# Not those in /dev, which a test that fails would replace.
def test_the_streams_of_the_process_stay_what_they_are(tmp_path):
    program = (
        "from pusklearn.topaz._pick_tables import write_output; "
        "write_output('/proc/self/fd/1', 'text')"
    )
    with open(tmp_path / "out", "w") as out:
        out.write("before\n")
        out.flush()
        subprocess.run([sys.executable, "-c", program], stdout=out, check=True)
    assert (tmp_path / "out").read_text() == "before\ntext"
