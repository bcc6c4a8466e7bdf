import numpy as np
import pandas as pd
import pytest

from pusklearn.micrographs.io._defocus import cs_defocus, star_defocus
from pusklearn.micrographs.io._list_files import list_files

# The columns of RELION's CtfFind, in angstrom.
LIST = """
data_micrographs

loop_
_rlnMicrographName #1
_rlnDefocusU #2
_rlnDefocusV #3
_rlnDefocusAngle #4
a.mrc 10882.445312 10425.554688 77.8
b.mrc     0.000000     0.000000 0.0
c.mrc       -inf  10000.0 0.0
"""


def test_a_list_of_relion_tells_the_mean_along_both_axes(tmp_path):
    (tmp_path / "micrographs_ctf.star").write_text(LIST)
    for name in "abc":
        (tmp_path / f"{name}.mrc").touch()
    files = list_files(tmp_path / "micrographs_ctf.star", "micrograph", "raise")
    assert [file.defocus for file in files] == [10654.0, None, None]


def test_exposures_of_cryosparc_tell_the_mean_along_both_axes():
    rows = np.array(
        [(11000.0, 10000.0), (np.nan, 1.0)],
        dtype=[("ctf/df1_A", "<f4"), ("ctf/df2_A", "<f4")],
    )
    assert cs_defocus(rows) == [10500.0, None]


@pytest.mark.parametrize("kind", ["S4", "<f4", "(2,)<f4"])
def test_other_columns_tell_nothing(kind):
    rows = np.zeros(2, dtype=[("ctf/df1_A", kind), ("uid", "<u8")])
    assert cs_defocus(rows) == [None, None]


def test_a_table_without_the_columns_tells_nothing():
    assert star_defocus(pd.DataFrame({"rlnDefocusU": ["1"]})) == [None]
