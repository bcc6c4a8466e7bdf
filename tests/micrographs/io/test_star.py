import numpy as np
import pandas as pd
import pytest

from pusklearn.micrographs.io._star import find_in_project, read_tables

TEXT = """
data_optics

_rlnOpticsGroup 1
_rlnVoltage 300.0

data_particles

loop_
_rlnMicrographName #1
_rlnCoordinateX #2
007 1.5
a 2
"""


def test_every_block_is_a_table_of_rows_numbered_from_1(tmp_path):
    path = tmp_path / "a.star"
    path.write_text(TEXT)
    optics, particles = read_tables(path, ["rlnMicrographName"])
    expected = {"rlnOpticsGroup": [1], "rlnVoltage": [300.0]}
    assert optics.to_dict("list") == expected
    assert particles["rlnMicrographName"].tolist() == ["007", "a"]
    assert particles["rlnCoordinateX"].dtype == np.float64
    for table, n in ((optics, 1), (particles, 2)):
        assert isinstance(table, pd.DataFrame)
        assert table.index.tolist() == list(range(1, n + 1))
        assert table.index.name == "row"


def test_a_listed_path_starts_at_the_nearest_folder_that_has_the_file(tmp_path):
    index = tmp_path / "project" / "job" / "index.star"
    for folder in (tmp_path, tmp_path / "project"):
        (folder / "Movies").mkdir(parents=True)
        (folder / "Movies" / "a.mrc").touch()
    found = find_in_project("Movies/a.mrc", index)
    assert found == tmp_path / "project" / "Movies" / "a.mrc"
    found.unlink()
    assert find_in_project("Movies/a.mrc", index) == tmp_path / "Movies" / "a.mrc"
    absolute = tmp_path / "Movies" / "a.mrc"
    assert find_in_project(absolute, index) == absolute


def test_a_listed_file_that_is_nowhere_is_named(tmp_path):
    (tmp_path / "Movies").mkdir()
    for listed in ("Movies/a.mrc", "Movies"):
        with pytest.raises(FileNotFoundError, match=rf"i.star lists {listed}, which"):
            find_in_project(listed, tmp_path / "job" / "i.star")
