import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusklearn.pu.splits._held_out_rows import held_out_rows


@given(
    st.integers(2, 30),
    st.integers(2, 30),
    st.floats(0, 1, exclude_min=True, exclude_max=True),
    st.integers(0, 100),
)
def test_both_kinds_are_held_out_in_the_same_share(n_positive, n_unlabeled, f, seed):
    is_positive = np.random.default_rng(seed).permutation(
        np.arange(n_positive + n_unlabeled) < n_positive
    )
    X = np.arange(len(is_positive))
    held_out = held_out_rows(X, is_positive, f, np.random.RandomState(seed))
    for kind, n in ((is_positive, n_positive), (~is_positive, n_unlabeled)):
        assert held_out[kind].sum() == np.clip(round(f * n), 1, n - 1)


def test_copies_of_a_sample_are_held_out_together():
    values = np.random.default_rng(0).normal(size=(60, 2))
    X = np.concatenate([values, values[:40]])
    is_positive = np.arange(100) >= 60
    for seed in range(5):
        random_state = np.random.RandomState(seed)
        held_out = held_out_rows(X, is_positive, 0.3, random_state)
        np.testing.assert_array_equal(held_out[60:], held_out[:40])
        assert held_out[60:].sum() == 12


def test_copies_are_divided_if_a_part_would_lack_a_kind():
    """The only value without a label must not be held out with all others learnt."""
    X = np.array([[0.0], [1], [2], [0], [1], [2]])
    is_positive = np.arange(6) >= 3
    held_out = held_out_rows(X, is_positive, 0.5, np.random.RandomState(0))
    assert np.unique([is_positive, held_out], axis=1).shape[1] == 4


@pytest.mark.parametrize("kind", [0, 1])
def test_a_single_sample_is_never_held_out(kind):
    is_positive = np.array([kind, *[1 - kind] * 9], bool)
    held_out = held_out_rows(np.arange(10), is_positive, 0.5, np.random.RandomState(0))
    assert not held_out[0]


def test_known_negatives_are_a_kind_of_their_own():
    kind = np.repeat([1, 0, -1], [10, 30, 8])
    held_out = held_out_rows(np.arange(48), kind, 0.25, np.random.RandomState(0))
    assert [held_out[kind == value].sum() for value in (1, 0, -1)] == [2, 8, 2]


def test_a_copy_of_a_known_negative_goes_with_it():
    X = np.concatenate([np.arange(40), np.arange(20, 36)])
    kind = np.repeat([1, 0, -1], [10, 30, 16])
    held_out = held_out_rows(X, kind, 0.3, np.random.RandomState(0))
    np.testing.assert_array_equal(held_out[20:36], held_out[40:])
    assert 0 < held_out[40:].sum() < 16
