import mmap

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression

from pusklearn import PUClassifier, PUThresholdClassifier
from pusklearn.pu import _row_view
from pusklearn.pu._row_view import RowView, in_chunks, is_large, rows_for


@pytest.fixture(params=["memory", "C", "F"])
def table(request, tmp_path, monkeypatch):
    """Return an array in memory, or in a map whose pages are given back."""
    values = np.random.default_rng(0).normal(size=(300, 4))
    if request.param == "memory":
        return values
    monkeypatch.setattr(_row_view, "MAPPED_BYTES", 100)
    return mapped(tmp_path, values, order=request.param)


def mapped(folder, values, mode="r", order="C"):
    """Return a memory map of a new file with these values."""
    file, options = folder / "table.dat", {"shape": values.shape, "order": order}
    np.memmap(file, values.dtype, "w+", **options)[:] = values
    return np.memmap(file, values.dtype, mode, **options)


KEYS = st.one_of(
    st.lists(st.integers(-300, 299)),
    st.builds(slice, *[st.none() | st.integers(-310, 310)] * 2, st.integers(1, 9)),
    st.binary(min_size=300, max_size=300).map(
        lambda bits: np.frombuffer(bits, np.uint8) > 128
    ),
)


@given(keys=st.lists(KEYS, max_size=1), last=st.data())
def test_views_of_views_are_the_rows_of_the_array(keys, last):
    X = np.random.default_rng(0).normal(size=(300, 2, 3))
    view, expected = RowView(X), X.astype(np.float32)
    for key in keys:
        key = np.array(key, int) if isinstance(key, list) else key
        view, expected = view[key], expected[key]
    assert view.shape == expected.shape
    assert view.ndim == 3
    np.testing.assert_array_equal(np.asarray(view), expected, strict=True)
    if len(view):
        row = last.draw(st.integers(-len(view), len(view) - 1))
        np.testing.assert_array_equal(view[row], expected[row], strict=True)


def test_a_list_of_rows_is_a_view(table):
    view = RowView(table)[[5, 5, 0]]
    np.testing.assert_array_equal(view, table[[5, 5, 0]].astype(np.float32))
    np.testing.assert_array_equal(
        np.asarray(view, dtype=np.float64), table[[5, 5, 0]].astype(np.float32)
    )


def test_rows_are_taken_in_any_order(table):
    rows = np.random.default_rng(1).integers(300, size=200)
    values = RowView(table).take(rows)
    np.testing.assert_array_equal(values, table[rows].astype(np.float32), strict=True)
    assert values.flags.c_contiguous
    assert values.flags.writeable


@pytest.mark.parametrize("multiple", [1, 7, 1000])
@pytest.mark.parametrize("order", [None, "backwards"])
def test_chunks_are_all_rows(table, monkeypatch, multiple, order):
    monkeypatch.setattr(_row_view, "CHUNK_BYTES", 160)  # 10 rows of float32
    view = RowView(table) if order is None else RowView(table)[::-1]
    *chunks, last = view.chunks(multiple)
    assert {len(chunk) for chunk in chunks} <= {10 // multiple * multiple or multiple}
    together = np.concatenate([*chunks, last])
    expected = np.asarray(table)[:: 1 if order is None else -1].astype(np.float32)
    np.testing.assert_array_equal(together, expected, strict=True)
    assert last.flags.c_contiguous
    assert last.flags.writeable


def test_a_value_that_is_too_large_becomes_infinite_without_a_word():
    assert np.isinf(RowView(np.array([[1e300]])).take(np.array([0]))).all()


def test_a_view_can_keep_the_type_of_the_array():
    X = np.arange(6).reshape(3, 2)
    view = RowView(X, dtype=X.dtype)[1:]
    np.testing.assert_array_equal(np.asarray(view), X[1:], strict=True)


def test_pages_are_given_back_unless_the_map_is_private(tmp_path, monkeypatch):
    values = np.arange(8.0).reshape(4, 2)
    monkeypatch.setattr(_row_view, "MAPPED_BYTES", 10)
    given_back = []
    monkeypatch.setattr(_row_view, "release", given_back.append)
    private = mapped(tmp_path, values, "c")
    private[0] = -1
    np.testing.assert_array_equal(RowView(private).take(np.array([0])), [[-1, -1]])
    assert not given_back
    # An array keeps the map that it is made of.
    shared = np.asarray(mapped(tmp_path, values))[1:]
    np.testing.assert_array_equal(RowView(shared).take(np.array([0])), [[2, 3]])
    assert isinstance(given_back[0], mmap.mmap)


def test_changes_of_a_shared_map_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(_row_view, "MAPPED_BYTES", 10)
    X = mapped(tmp_path, np.zeros((4, 2)), "r+")
    X[1] = 5
    RowView(X).take(np.array([0, 1]))
    assert X[1].tolist() == [5, 5]


def test_maps_and_arrays_of_many_values_are_large(tmp_path, monkeypatch):
    small = np.zeros((4, 5))
    assert is_large(mapped(tmp_path, small))
    assert not is_large(mapped(tmp_path, small)[0])
    assert not is_large(mapped(tmp_path, small)[:0])
    assert not is_large(small)
    monkeypatch.setattr(_row_view, "MANY_VALUES", 19)
    assert is_large(small)
    assert is_large(small.astype(bool))
    for other in (small.astype(complex), small.astype(str), small.tolist()):
        assert not is_large(other)
    for kind in (csr_array, pd.DataFrame):
        assert not is_large(kind(small))


class Copies:
    """An estimator that says what it is given."""

    def score_rows(self, X):
        assert type(X) is np.ndarray
        return X.sum(axis=1)


@pytest.mark.parametrize("few", [1e9, 10])
def test_an_estimator_that_copies_gets_parts_of_a_large_array(monkeypatch, few):
    X = np.arange(60.0).reshape(30, 2)
    monkeypatch.setattr(_row_view, "MANY_VALUES", few)
    monkeypatch.setattr(_row_view, "CHUNK_BYTES", 160)
    result = in_chunks(Copies(), "score_rows", X)
    np.testing.assert_array_equal(result, X.sum(axis=1))
    rows = np.array([20, 3])
    assert type(rows_for(Copies(), X, rows)) is np.ndarray
    result = in_chunks(Copies(), "score_rows", RowView(X, dtype=float)[rows])
    np.testing.assert_array_equal(result, X[rows].sum(axis=1))


@pytest.mark.parametrize(
    ("estimator", "kind"),
    [
        (PUClassifier(), RowView),
        (PUThresholdClassifier(PUClassifier()), RowView),
        (PUThresholdClassifier(LogisticRegression()), np.ndarray),
    ],
    ids=["network", "wrapped network", "other"],
)
def test_networks_and_wrappers_of_networks_get_views(monkeypatch, estimator, kind):
    monkeypatch.setattr(_row_view, "MANY_VALUES", 10)
    X, rows = np.arange(60.0).reshape(30, 2), np.array([20, 3])
    part = rows_for(estimator, X, rows)
    assert type(part) is kind
    np.testing.assert_array_equal(np.asarray(part), X[rows])
