import pickle

import numpy as np
import pytest
from joblib import parallel_config
from sklearn.model_selection import KFold
from sklearn.utils import _safe_indexing

from pusklearn import FourierDownsampler, Micrograph, MicrographNormalizer
from pusklearn.micrographs.images._lazy_rows import (
    LazyRows,
    compute_in_parallel,
    in_memory_or_on_disk,
    is_large,
    map_now_or_lazily,
)


def negative(image):
    return -image


def images(n=5):
    rng = np.random.default_rng(0)
    return [Micrograph(rng.normal(size=(4, 3 + i)), name=f"m{i}") for i in range(n)]


class Counted:
    def __init__(self):
        self.calls = 0

    def __call__(self, image):
        self.calls += 1
        return -image


@pytest.mark.parametrize(
    ("function", "name"), [(negative, "negative"), (Counted(), "Counted")]
)
def test_its_text_is_short_and_computes_nothing(function, name):
    rows = LazyRows(function, LazyRows(Counted(), images(3)))
    assert repr(rows) == f"<LazyRows: 3 rows of {name}>"
    assert getattr(function, "calls", 0) == rows.rows.function.calls == 0


@pytest.mark.parametrize(
    "key", [slice(1, 4), slice(None, None, -2), [3, 0], np.arange(5) > 2]
)
def test_a_part_is_lazy_and_has_the_rows_of_a_list(key):
    source, function = images(), Counted()
    part = LazyRows(function, LazyRows(abs, source))[key]
    assert function.calls == 0
    rows = np.arange(5)[key]
    assert part.shape == (len(part),) == (len(rows),)
    for found, row in zip(part, rows, strict=True):
        np.testing.assert_array_equal(found, -abs(source[row]))


def test_rows_are_counted_from_the_end_too_and_end():
    rows = LazyRows(negative, images())
    np.testing.assert_array_equal(rows[-1], -images()[4])
    with pytest.raises(IndexError):
        rows[5]
    assert len(list(rows)) == 5


def test_kept_rows_are_computed_once_and_others_each_time():
    for keep, calls in ((True, 1), (False, 2)):
        function = Counted()
        rows = LazyRows(function, images(), keep)
        np.testing.assert_array_equal(rows[2], rows[-3])
        assert function.calls == calls


def test_an_index_error_of_the_function_is_no_end():
    rows = LazyRows({0: "a", 1: "b"}.__getitem__, [0, 1])
    assert list(rows) == ["a", "b"]
    with pytest.raises(IndexError, match="list index"):
        list(LazyRows([5, 6].__getitem__, [0, 1, 2]))


def test_a_split_by_scikit_learn_is_lazy():
    function = Counted()
    rows = LazyRows(function, images())
    for train, test in KFold(2).split(rows):
        part = _safe_indexing(rows, train)
        assert isinstance(part, LazyRows)
        assert (len(part), len(test)) in [(2, 3), (3, 2)]
    assert function.calls == 0


def test_a_pickled_copy_has_the_same_rows():
    rows = pickle.loads(pickle.dumps(LazyRows(negative, images())))
    np.testing.assert_array_equal(rows[1], -images()[1])
    assert rows[1].name == "m1"


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_in_parallel_the_rows_are_the_same_and_in_order(backend):
    rows = LazyRows(negative, images())
    with parallel_config(backend, n_jobs=2):
        found = compute_in_parallel(rows)
    assert [image.name for image in found] == [f"m{i}" for i in range(5)]
    for ours, expected in zip(found, rows, strict=True):
        np.testing.assert_array_equal(ours, expected)


def test_large_micrographs_and_lazy_ones_are_mapped_when_asked_for(monkeypatch):
    function = Counted()
    assert isinstance(map_now_or_lazily(function, images()), list)
    assert function.calls == 5
    assert isinstance(
        map_now_or_lazily(function, LazyRows(negative, images())), LazyRows
    )
    monkeypatch.setattr(
        "pusklearn.micrographs.images._lazy_rows.MOST_PIXELS",
        sum(4 * n for n in range(3, 8)),
    )
    assert not is_large(images())
    assert is_large([*images(), np.zeros((1, 1))])
    assert isinstance(map_now_or_lazily(function, images(6)), LazyRows)
    assert function.calls == 5


def test_lazy_rows_are_held_as_memory_maps_and_lists_as_they_are():
    source = images()
    assert in_memory_or_on_disk(source) is source
    function = Counted()
    held = in_memory_or_on_disk(LazyRows(function, source))
    assert function.calls == 5
    for ours, image in zip(held, source, strict=True):
        np.testing.assert_array_equal(ours, np.float32(-image))
        assert ours.name == image.name


@pytest.mark.parametrize(
    ("transformer", "other"),
    [
        (FourierDownsampler(1), {"factor": 2}),
        (MicrographNormalizer("affine"), {"method": "mixture"}),
    ],
)
def test_rows_asked_for_later_follow_the_parameters_of_before(transformer, other):
    source = [np.random.default_rng(0).exponential(size=(20, 20))]
    (expected,) = transformer.transform(source)
    rows = transformer.transform(LazyRows(Micrograph, source))
    transformer.set_params(**other)
    np.testing.assert_array_equal(rows[0], expected)


def test_the_outermost_bar_is_the_only_one(capsys):
    inner = LazyRows(abs, images(), bar="inside")
    for rows in (LazyRows(negative, inner, bar="outside"), LazyRows(negative, inner)):
        rows.rows[0]  # one row alone shows none
        assert not capsys.readouterr().err
        assert len(compute_in_parallel(rows[:4])) == 4
        shown = capsys.readouterr().err
        assert f"{rows.bar or 'inside'}: 100%" in shown
        assert "4/4" in shown
        assert not (rows.bar and "inside" in shown)


def inner_bar(image):
    compute_in_parallel(LazyRows(negative, [image], bar="inside"))
    return image


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_function_with_a_bar_of_its_own_shows_none_in_rows(capsys, n_jobs):
    with parallel_config("threading", n_jobs=n_jobs):
        compute_in_parallel(LazyRows(inner_bar, images(), bar="outside"))
    shown = capsys.readouterr().err
    assert "outside" in shown
    assert "inside" not in shown


def test_writing_to_a_file_shows_what_it_is_told(capsys):
    rows = in_memory_or_on_disk(
        LazyRows(negative, images(), bar="own"), bar="preparing"
    )
    assert len(rows) == 5
    assert "preparing: 100%" in capsys.readouterr().err
    assert map_now_or_lazily(negative, images(), bar="turning")
    assert "turning: 100%" in capsys.readouterr().err
