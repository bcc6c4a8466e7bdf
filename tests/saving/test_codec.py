import json
import string

import numpy as np
import pytest
import scipy.sparse
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from sklearn.model_selection import RepeatedStratifiedKFold, StratifiedKFold
from sklearn.utils import Bunch

from pusklearn import PUStratifiedKFold
from pusklearn.criteria import Priors
from pusklearn.saving._codec import pack, unpack

QUICK = settings(max_examples=80, deadline=None)


def round_trip(value):
    """Return what a value becomes on its way through JSON."""
    document, tensors = pack(value)
    text = json.dumps(document, allow_nan=False)
    return unpack(json.loads(text), tensors)


def check_arrays(value, other):
    assert type(other) is type(value)
    assert other.dtype == value.dtype
    assert other.shape == value.shape
    assert other.tobytes() == value.tobytes()
    for order in ("c_contiguous", "f_contiguous"):
        if getattr(value.flags, order):
            assert getattr(other.flags, order)
    assert other.flags.writeable
    assert other.flags.aligned


dtypes = st.one_of(
    npst.scalar_dtypes(),
    npst.unicode_string_dtypes(max_len=5),
    npst.byte_string_dtypes(max_len=5),
).filter(lambda dtype: dtype.char not in "gG")


@QUICK
@given(npst.arrays(dtypes, npst.array_shapes(min_dims=0, min_side=0, max_side=4)))
def test_arrays_of_every_type(value):
    check_arrays(value, round_trip(value))


@QUICK
@given(
    npst.arrays(np.float32, npst.array_shapes(min_dims=2, max_side=4)),
    st.sampled_from(["T", "every other", "backwards", "part"]),
)
def test_arrays_in_any_order(value, change):
    value = {
        "T": value.T,
        "every other": value[::2],
        "backwards": value[:, ::-1],
        "part": value[1:],
    }[change]
    check_arrays(value, round_trip(value))


def test_records():
    dtype = np.dtype(
        {
            "names": ["a", "b"],
            "formats": ["<i4", "|u1"],
            "offsets": [0, 8],
            "itemsize": 16,
        }
    )
    value = np.array([(1, 2), (3, 4)], dtype)
    other = round_trip(value)
    assert other.dtype == dtype
    assert other.tolist() == value.tolist()
    nested = np.zeros(2, [("a", [("b", "<f8")])])
    with pytest.raises(TypeError, match=r"cannot carry ndarray, a .* of type"):
        pack(nested)
    objects = np.zeros(2, [("a", object)])
    with pytest.raises(TypeError, match="cannot carry ndarray"):
        pack(objects)


def test_memory_maps_become_arrays(tmp_path):
    value = np.memmap(tmp_path / "a", np.float32, "w+", shape=(2, 3))
    value[:] = 1
    assert round_trip(value).tolist() == value.tolist()


def test_other_arrays_are_refused():
    for value in (np.zeros((2, 2)).view(np.matrix), np.zeros(2).view(np.recarray)):
        with pytest.raises(TypeError, match="cannot carry"):
            pack(value)


def test_arrays_of_objects():
    value = np.array(["a", None, 1.5, np.float32(2)], object).reshape(2, 2)
    other = round_trip(value)
    assert other.dtype == object
    assert other.shape == (2, 2)
    assert list(map(type, other.flat)) == list(map(type, value.flat))
    assert other.tolist() == value.tolist()
    assert round_trip(np.array("a", object)).shape == ()


def test_masked_arrays():
    value = np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0], fill_value=-1.0)
    other = round_trip(value)
    assert other.tolist() == value.tolist() == [1.0, None, 3.0]
    assert other.fill_value == -1.0
    assert round_trip(np.ma.array(["a"], object, mask=True)).tolist() == [None]


@pytest.mark.parametrize("name", ["csr_array", "csr_matrix", "csc_array", "csc_matrix"])
def test_sparse_arrays(name):
    value = getattr(scipy.sparse, name)(np.array([[0, 1.5, 0], [2, 0, 3]]))
    other = round_trip(value)
    assert type(other) is type(value)
    assert other.toarray().tolist() == value.toarray().tolist()
    document, tensors = pack(value)
    indices = document["estimator"]["parts"]["indices"]["tensor"]
    for wrong in (100, -100):
        with pytest.raises(ValueError, match="indices"):
            unpack(document, {**tensors, indices: tensors[indices] + wrong})
    with pytest.raises(TypeError, match="cannot carry"):
        pack(scipy.sparse.dok_array((2, 2)))


plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.builds(np.float64, st.floats()),
    st.builds(np.int8, st.integers(-128, 127)),
    st.builds(np.bool_, st.booleans()),
    st.builds(np.str_, st.text(string.printable, max_size=3)),
)
keys = st.one_of(st.text(max_size=3), st.integers(), st.tuples(st.integers()))
values = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(keys, inner, max_size=3),
        st.dictionaries(st.sampled_from(["kind", "items", "values"]), inner),
        st.builds(slice, inner, inner),
    ),
    max_leaves=8,
)


def texts(value):
    """Return a text that tells types and NaN."""
    if isinstance(value, dict):
        return [(texts(k), texts(v)) for k, v in value.items()]
    if isinstance(value, list | tuple):
        return [type(value).__name__, *map(texts, value)]
    return repr(value)


@QUICK
@given(values)
def test_plain_values(value):
    assert texts(round_trip(value)) == texts(value)


@pytest.mark.parametrize(
    "value",
    [
        {1, 2},
        frozenset({"b", "a"}),
        Bunch(a=1, b=[2]),
        Priors(0.3, labeled=0.1),
        float,
        object,
        np.float32,
        np.int64,
        np.dtype("<f4"),
        np.dtype("<U5"),
        np.log1p,
        np.mean,
        torch.device("cuda:1"),
        torch.optim.Adam,
        torch.optim.lr_scheduler.StepLR,
        StratifiedKFold,
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_values(value):
    other = round_trip(value)
    assert type(other) is type(value)
    assert other == value


def test_sets_are_written_in_one_order():
    names = [f"name {i}" for i in range(50)]
    backwards = reversed(names)
    assert pack(set(names))[0] == pack(set(backwards))[0]


def test_folds_with_all_that_they_hold():
    for folds in (
        PUStratifiedKFold(3),
        RepeatedStratifiedKFold(n_splits=2, n_repeats=2),
    ):
        assert vars(round_trip(folds)) == vars(folds)


def test_tensors():
    value = {"a": torch.arange(4.0).reshape(2, 2).mT}
    assert torch.equal(round_trip(value)["a"], value["a"])


def test_the_name_of_a_tensor_tells_its_place():
    _, tensors = pack({"a": [np.zeros(3)], "b": (torch.zeros(2),)})
    assert list(tensors) == ["0['a'][0]", "1['b'][0]"]
