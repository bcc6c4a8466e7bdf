import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusklearn.micrographs.io._json_text import is_finite_number, parse_json, shown

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(VALUES)
def test_values_come_back(value):
    assert parse_json(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": {"b": 1, "b": 2}}', r"a key twice. Its keys are \['b', 'b'\]"),
        ("[" * 200_000, "nested too deeply"),
        ("[1, 2", "line 1 column 6"),
        ("", "line 1 column 1"),
    ],
)
def test_what_is_no_such_text_is_refused(text, said):
    with pytest.raises(ValueError, match=said):
        parse_json(text)


@pytest.mark.parametrize("value", [0, -1.5, 10**308])
def test_finite_numbers(value):
    assert is_finite_number(value)


@pytest.mark.parametrize(
    "value", [True, "1", None, [1], float("nan"), float("inf"), 10**400]
)
def test_what_is_no_finite_number(value):
    assert not is_finite_number(value)


def test_long_values_are_shown_shortened():
    assert shown([1, 2]) == "[1, 2]"
    assert shown("a" * 100, most=5) == "'aaaa..."
