from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from pusklearn.pu._checks import (
    check_choice,
    check_flag,
    check_integer,
    check_is_estimator,
    check_none_masked,
    check_number,
    check_share,
)

INSIDE = {
    "(0, 1)": lambda v: 0 < v < 1,
    "[0, 1)": lambda v: 0 <= v < 1,
    "(0, 1]": lambda v: 0 < v <= 1,
    "[0, 1]": lambda v: 0 <= v <= 1,
    "[1, inf)": lambda v: 1 <= v < np.inf,
    "(-inf, inf)": lambda v: -np.inf < v < np.inf,
}
VALUES = st.one_of(
    st.floats(), st.integers(-2, 3), st.sampled_from([0.0, -0.0, 1.0, np.float32(0.5)])
)


@given(value=VALUES, interval=st.sampled_from(list(INSIDE)))
def test_a_number_passes_inside_the_interval_alone(value, interval):
    if INSIDE[interval](value):
        assert check_number(value, "lr", interval) is value
    else:
        with pytest.raises(ValueError, match=r"`lr` must be a number in .* Got "):
            check_number(value, "lr", interval)


@pytest.mark.parametrize("value", ["0.5", None, [0.5], True, np.True_, 1j])
def test_what_is_no_number_is_another_error(value):
    with pytest.raises(TypeError, match=r"`cv` must be a number in \(0, 1\). Got "):
        check_share(value, "cv")


@pytest.mark.parametrize("value", [0.5, 1e-300, np.float32(0.1), Fraction(1, 3)])
def test_a_share_passes(value):
    assert check_share(value, "confidence") is value


@pytest.mark.parametrize("value", [0, 1, 0.0, 1.0, -1, 2, np.nan, np.inf])
def test_other_numbers_are_no_share(value):
    with pytest.raises(ValueError, match=r"`cv` must be a number in \(0, 1\). Got "):
        check_share(value, "cv")


@pytest.mark.parametrize("value", [1, 7, np.int8(3)])
def test_an_integer_passes(value):
    assert check_integer(value, "n") is value


@pytest.mark.parametrize(
    ("value", "error"), [(0, ValueError), (1.0, TypeError), (True, TypeError)]
)
def test_what_is_no_positive_integer_does_not(value, error):
    with pytest.raises(error, match=r"`n` must be an integer in \[1, inf\). Got "):
        check_integer(value, "n")


@pytest.mark.parametrize("value", [True, np.False_])
def test_a_flag_passes_as_a_truth_value(value):
    assert check_flag(value, "refine") is bool(value)


@pytest.mark.parametrize("value", [1, 0, "no", None])
def test_nothing_else_is_a_flag(value):
    with pytest.raises(TypeError, match=r"`refine` must be True or False. Got "):
        check_flag(value, "refine")


@pytest.mark.parametrize("value", ["auto", True])
def test_a_choice_passes(value):
    assert check_choice(value, "augment", ("auto", True, False)) is value


@pytest.mark.parametrize("value", [1, 0, "no", None, [1], np.arange(3)])
def test_nothing_else_is_a_choice(value):
    message = "`augment` must be 'auto', True or False. Got "
    with pytest.raises(ValueError, match=message):
        check_choice(value, "augment", ("auto", True, False))


@pytest.mark.parametrize("value", [np.str_("auto"), np.True_])
def test_a_choice_may_be_one_of_numpys(value):
    assert check_choice(value, "augment", ("auto", True, False)) is value


@pytest.mark.parametrize("value", ["auto", 0, 2.5, np.float32(1)])
def test_a_word_may_stand_for_a_number(value):
    assert check_number(value, "slack", words=["auto"]) is value


@pytest.mark.parametrize(
    "value", ["Auto", "1", -1, np.nan, np.inf, None, True, ["auto"]]
)
def test_other_words_and_numbers_are_refused(value):
    message = r"`slack` must be 'auto' or a number in \[0, inf\)\. Got "
    with pytest.raises(ValueError, match=message):
        check_number(value, "slack", words=["auto"])


def test_masked_values_are_counted_and_arrays_without_any_pass():
    values = np.arange(6.0).reshape(2, 3)
    for whole in (values, np.ma.masked_array(values), values.tolist(), None, 3):
        check_none_masked(whole, "`weight`")
    with pytest.raises(ValueError, match=r"No value of `weight` .* 2 of 6 values"):
        check_none_masked(np.ma.masked_array(values, values > 3), "`weight`")


def test_an_estimator_passes_and_its_class_is_told_to_be_called():
    estimator = LogisticRegression()
    assert check_is_estimator(estimator, "classifier") is estimator
    with pytest.raises(TypeError, match=r"give LogisticRegression\(\), an object"):
        check_is_estimator(LogisticRegression, "classifier")
    with pytest.raises(TypeError, match=r"`classifier` must be an estimator .* 3"):
        check_is_estimator(3, "classifier")
