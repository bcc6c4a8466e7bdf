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
