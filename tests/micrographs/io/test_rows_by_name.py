import pandas as pd
import pytest

from pusklearn.micrographs.io._match_names import Named
from pusklearn.micrographs.io._rows_by_name import rows_by_name


def rows_of(names, uids=None):
    table = pd.DataFrame({"micrograph": names})
    if uids is not None:
        table["uid"] = pd.array(uids, dtype="UInt64")
    return {named: rows.tolist() for named, rows in rows_by_name(table).items()}


def test_names_keep_the_order_in_which_they_appear():
    found = rows_of(["b", "a", "b"])
    assert list(found.items()) == [(Named("b"), [0, 2]), (Named("a"), [1])]
    assert rows_of([]) == {}


def test_rows_without_a_number_join_those_of_their_name():
    assert rows_of(["a", "a", "b"], [7, None, None]) == {
        Named("a", 7): [0, 1],
        Named("b"): [2],
    }


def test_two_numbers_are_two_micrographs_of_one_name():
    big = 2**63 + 1
    found = rows_of(["a", "a", "a"], [7, big, 7])
    assert found == {Named("a", 7): [0, 2], Named("a", big): [1]}


def test_a_row_that_may_be_of_either_is_an_error():
    with pytest.raises(ValueError, match="the uids 7 and 8"):
        rows_of(["a", "a", "a"], [7, 8, None])
