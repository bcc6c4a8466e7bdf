import numpy as np
import pandas as pd
import pytest

from pusklearn.micrographs.io._optics import find_pixel_sizes


def frame(**columns):
    table = pd.DataFrame(columns, dtype=object)
    table.index = pd.Index(range(20, 20 + len(table)), name="line")
    return table


OPTICS = frame(
    rlnOpticsGroupName=["grid1", "grid2"],
    rlnOpticsGroup=["1", "3"],
    rlnMicrographOriginalPixelSize=["0.53", "0.400"],
    rlnMicrographPixelSize=["1.06", "0.800"],
)


def sizes(table, *others):
    return find_pixel_sizes(table, [*others, table])


def test_each_row_has_the_pixel_size_of_its_optics_group():
    table = frame(rlnMicrographName=list("abc"), rlnOpticsGroup=["3", "1", "3.0"])
    found = sizes(table, OPTICS)
    assert found["micrograph"].tolist() == [0.8, 1.06, 0.8]
    assert found["movie"].tolist() == [0.4, 0.53, 0.4]
    assert found[["image", "detector"]].isna().all(axis=None)
    assert list(found.index) == [20, 21, 22]


def test_rows_without_a_group_are_of_the_only_one():
    table = frame(rlnMicrographName=list("ab"))
    assert sizes(table, OPTICS[:1])["micrograph"].tolist() == [1.06, 1.06]
    assert sizes(table, OPTICS)["micrograph"].isna().all()


def test_a_size_of_the_row_itself_counts_first():
    table = frame(rlnOpticsGroup=["1", "1"], rlnMicrographPixelSize=["2.5", "null"])
    assert sizes(table, OPTICS)["micrograph"].tolist() == [2.5, 1.06]


def test_before_optics_groups_there_was_the_detector():
    table = frame(rlnDetectorPixelSize=["14", "5"], rlnMagnification=["132075", "0"])
    np.testing.assert_allclose(sizes(table)["detector"], [1.06, np.nan], rtol=1e-5)


@pytest.mark.parametrize("value", ["0", "-1", "0.000", "nan", "inf", "none", ""])
def test_what_is_no_length_is_unknown(value):
    assert sizes(frame(rlnImagePixelSize=[value]))["image"].isna().all()


def test_a_row_of_an_unknown_group_is_an_error():
    with pytest.raises(ValueError, match=r"'2' of line 21 .* describes: 1, 3"):
        sizes(frame(rlnOpticsGroup=["1", "2"]), OPTICS)
    with pytest.raises(ValueError, match=r"'' of line 20"):
        sizes(frame(rlnOpticsGroup=[""]), OPTICS)


def test_a_group_that_is_described_twice_must_have_one_pixel_size():
    table = frame(rlnOpticsGroup=["3"])
    twice = pd.concat([OPTICS, OPTICS[1:].assign(rlnOpticsGroupName="again")])
    assert sizes(table, twice)["micrograph"].tolist() == [0.8]
    twice = pd.concat([OPTICS, OPTICS[1:].assign(rlnMicrographPixelSize="0.9")])
    with pytest.raises(ValueError, match="group 3 is described twice"):
        sizes(table, twice)


def test_other_tables_describe_no_optics_groups():
    micrographs = OPTICS.assign(rlnMicrographName="a.mrc", rlnOpticsGroup="1")
    particles = micrographs.rename(columns={"rlnMicrographName": "rlnCoordinateX"})
    table = frame(rlnOpticsGroup=["3"])
    found = sizes(table, micrographs, particles, OPTICS[[]], OPTICS)
    assert found["micrograph"].tolist() == [0.8]
