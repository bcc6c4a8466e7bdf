import numpy as np
import pytest

from pusklearn.io import read_coordinates

ROWS = [f"{x:.3f}" for x in np.linspace(3.123, 901.777, 40)]
NAMES = [f"Movies/m{i}.mrc" for i in range(40)]
HEAD = "data_\n\nloop_\n_rlnCoordinateX #1\n_rlnCoordinateY #2\n"


def write(path, head, lines, end=""):
    path.write_text(head + "\n".join(lines) + end)
    return path


@pytest.mark.parametrize("last", ["901.77", "901.", "901"])
@pytest.mark.parametrize(
    ("name", "head", "separator"),
    [("a.star", HEAD, " "), ("a.csv", "x,y\n", ","), ("a.txt", "x y\n", " ")],
)
def test_a_number_that_lost_decimals_at_the_end_is_told(
    tmp_path, name, head, separator, last
):
    lines = [f"{value}{separator}{value}" for value in ROWS]
    whole = write(tmp_path / name, head, lines)
    assert len(read_coordinates(whole)) == 40
    lines[-1] = f"{ROWS[-1]}{separator}{last}"
    assert len(read_coordinates(write(whole, head, lines, "\n"))) == 40
    said = rf"cut off: .* its last value, '{last}', lacks the decimals .* \(.*{name}"
    with pytest.warns(UserWarning, match=said):
        read_coordinates(write(whole, head, lines))


def test_a_name_that_lost_its_ending_is_told(tmp_path):
    head = f"{HEAD}_rlnMicrographName #3\n"
    lines = [f"1 {i} {name}" for i, name in enumerate(NAMES)]
    path = write(tmp_path / "a.star", head, lines)
    assert len(read_coordinates(path)) == 40
    lines[-1] = lines[-1][:-3]
    with pytest.warns(UserWarning, match=r"'Movies/m39\.', lacks the ending that all"):
        read_coordinates(write(path, head, lines))


@pytest.mark.parametrize(
    "values",
    [
        [*ROWS[:20], "901"],  # few rows may agree by chance
        [*[f"{i}.5" for i in range(40)], "13"],  # so may one decimal
        [*range(40), "1"],
        [*[str(value / 7) for value in range(1, 41)], "2.5"],
        [*ROWS, "1.2e-05"],
    ],
)
def test_numbers_of_no_fixed_decimals_tell_nothing(tmp_path, values):
    path = write(
        tmp_path / "a.csv", "x,y\n", [f"{i},{v}" for i, v in enumerate(values)]
    )
    assert len(read_coordinates(path)) == len(values)


def test_a_last_column_that_is_not_read_tells_nothing(tmp_path):
    head = f"{HEAD}_rlnAnglePsi #3\n"
    lines = [f"1 {i} {value}" for i, value in enumerate(ROWS)]
    lines[-1] = lines[-1][:-2]
    assert len(read_coordinates(write(tmp_path / "a.star", head, lines))) == 40


def test_a_name_of_another_kind_at_the_end_tells_nothing(tmp_path):
    head = f"{HEAD}_rlnMicrographName #3\n"
    lines = [f"1 {i} {name}" for i, name in enumerate([*NAMES[:-1], "Movies/m.tif"])]
    assert len(read_coordinates(write(tmp_path / "a.star", head, lines))) == 40
