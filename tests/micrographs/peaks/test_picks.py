import pickle

import numpy as np
import pytest

from pusklearn import Micrograph, PeakExtractor
from pusklearn.micrographs.peaks._extracted_peaks import no_peaks, picks_above
from pusklearn.micrographs.peaks._pick_calibration import PickCalibration
from pusklearn.micrographs.peaks._picks import Picks


@pytest.fixture
def picks():
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=(k, 3)) for k in (3, 0, 5, 3)]
    return Picks(arrays, ["a", "b", None, "<d>"], True)


def plain(picks):
    """Return the same as an array of NumPy."""
    array = np.empty(len(picks), dtype=object)
    array[:] = list(picks)
    return array


def test_functions_give_what_they_give_for_an_ordinary_array(picks):
    ordinary = plain(picks)
    np.testing.assert_array_equal(np.concatenate(picks), np.concatenate(ordinary))
    np.testing.assert_array_equal(np.vstack(list(picks)), np.vstack(list(ordinary)))
    assert type(np.concatenate(picks)) is np.ndarray
    for function in (
        np.vectorize(len, otypes=[int]),
        np.frompyfunc(len, 1, 1),
        lambda p: p[[0, 2]] * 2,
        lambda p: p[[0, 3]].sum(),
        lambda p: p[[0, 3]].mean(axis=0),
    ):
        result, expected = function(picks), function(ordinary)
        assert type(result) is type(expected)
        for one, other in zip(result, expected, strict=True):
            np.testing.assert_array_equal(one, other)


def test_each_row_is_an_ordinary_array(picks):
    assert all(type(one) is np.ndarray for one in picks)
    assert type(picks[2]) is np.ndarray
    assert (picks.shape, picks.dtype) == ((4,), np.dtype(object))
    assert isinstance(picks, np.ndarray)


@pytest.mark.parametrize(
    "key",
    [
        slice(1, 3),
        slice(None, None, -1),
        [2, 0],
        np.array([True, False, False, True]),
        np.array([], dtype=int),
        Ellipsis,
    ],
    ids=["slice", "reversed", "list", "mask", "none", "all"],
)
def test_part_keeps_the_names_of_its_rows(picks, key):
    part = picks[key]
    rows = np.arange(4)[key]
    assert part.names == tuple(picks.names[row] for row in rows)
    assert all(one is picks[row] for one, row in zip(part, rows, strict=True))
    assert part.is_calibrated


def test_names_are_dropped_if_rows_may_have_moved(picks):
    for other in (picks.take([1, 0, 2, 3]), picks.copy(), picks[:, np.newaxis][:, 0]):
        assert other.names is None
    assert Picks(list(picks))[:2].names is None
    assert not Picks(list(picks)).is_calibrated


def test_pickle_keeps_the_names(picks):
    again = pickle.loads(pickle.dumps(picks))
    assert (again.names, again.is_calibrated) == (picks.names, True)
    for one, other in zip(again, picks, strict=True):
        np.testing.assert_array_equal(one, other)


def test_notebook_shows_names_escaped(picks):
    html = picks._repr_html_()
    assert "11 picks on 4 micrographs" in html
    assert "&lt;d&gt;" in html
    assert "<d>" not in html
    assert "are particles" in html
    assert "number 3" in picks.copy()._repr_html_()


def test_notebook_shows_text_for_what_are_no_picks(picks):
    assert picks[:, np.newaxis]._repr_html_() is None
    other = picks.copy()
    other[0] = "picks"
    assert other._repr_html_() is None
    other[0] = np.zeros((2, 2))
    assert other._repr_html_() is None


def test_extractor_names_its_picks():
    scores = np.zeros((20, 30), np.float32)
    scores[10, 12] = 1
    maps = [Micrograph(scores, name="first"), np.full((9, 9), np.nan), scores]
    extractor = PeakExtractor(radius=4).fit(maps[:1])
    picks = extractor.predict(maps)
    assert picks.names == ("first", None, None)
    assert [len(one) for one in picks] == [1, 0, 1]
    assert not picks.is_calibrated
    assert extractor.peaks(maps[:1]).names == ("first",)
    extractor.calibration_ = PickCalibration([0, 1], [-1, 1])
    assert extractor.predict(maps).is_calibrated


def test_micrograph_that_cannot_be_used_keeps_its_name():
    source = Micrograph(np.eye(9, dtype=np.float32), name="first")
    with pytest.warns(UserWarning, match="cut short"):
        gone = no_peaks(source, "micrograph 0 (first)", ValueError("cut short"))
    assert picks_above([gone]).names == ("first",)
