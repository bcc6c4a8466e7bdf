import datetime

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from pusklearn import (
    BaggingPUClassifier,
    CVIRClassifier,
    ElkanNotoClassifier,
    PriorEstimator,
    PUCalibratedClassifier,
    PUClassifier,
    PUThresholdClassifier,
)
from pusklearn.modules import MLP
from pusklearn.pu._columns import (
    advice_on_words,
    check_numbers_only,
    kind_by_name,
    naming_columns,
)

N = 90
RNG = np.random.default_rng(0)
Y = np.arange(N) % 3 == 0
AGE = RNG.normal(40, 9, N)
NOTE = ["a few words that tell a story", "the other words of a longer note"] * (N // 2)
TABLE = pd.DataFrame({"age": AGE, "job": list("abc") * (N // 3), "note": NOTE})
NETWORK = PUClassifier(
    MLP((4,)), prior=0.5, max_epochs=1, steps_per_epoch=2, random_state=0
)
LOGISTIC = LogisticRegression()
WRAPPERS = [
    ElkanNotoClassifier(LOGISTIC),
    ElkanNotoClassifier(LOGISTIC, prior=0.5, weighted=True),
    CVIRClassifier(LOGISTIC),
    PUThresholdClassifier(LOGISTIC),
    PUThresholdClassifier(LOGISTIC, prior=0.5, threshold="prior"),
    PUCalibratedClassifier(LOGISTIC, prior=0.5),
    BaggingPUClassifier(LOGISTIC, n_estimators=2),
    PriorEstimator(LOGISTIC),
]


def with_column(values):
    return pd.DataFrame({"age": AGE, "other": values})


def nullable(values, dtype):
    return pd.array(values * (N // len(values)), dtype=dtype)


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (nullable([1, 2], "Int64"), [1, 2]),
        (nullable([0.5, 2], "Float32"), [0.5, 2]),
        (nullable([True, False], "boolean"), [1, 0]),
        (pd.Categorical([3, 5] * (N // 2)), [3, 5]),
        (pd.Series([1, 2.5] * (N // 2), dtype=object), [1, 2.5]),
        (pd.arrays.SparseArray([0, 1] * (N // 2)), [0, 1]),
        (np.array([True, False] * (N // 2)), [1, 0]),
        (np.array([0, 200] * (N // 2), np.uint8), [0, 200]),
        (np.array([-3, 7] * (N // 2), np.int8), [-3, 7]),
        (np.array([2**40, 7] * (N // 2), np.int64), [2**40, 7]),
        (np.array([0.5, 7] * (N // 2), np.float16), [0.5, 7]),
        (np.array([0.5, 7] * (N // 2), np.longdouble), [0.5, 7]),
    ],
    ids=[
        *("Int64", "Float32", "boolean", "category of numbers", "objects", "sparse"),
        *("bool", "uint8", "int8", "int64", "float16", "longdouble"),
    ],
)
@pytest.mark.filterwarnings("ignore:pandas.DataFrame with sparse columns")
def test_columns_of_numbers_are_learnt_as_numbers(values, numbers):
    table = with_column(values)
    plain = np.column_stack([AGE, numbers * (N // 2)])
    fitted, expected = clone(NETWORK).fit(table, Y), clone(NETWORK).fit(plain, Y)
    np.testing.assert_array_equal(
        fitted.decision_function(table), expected.decision_function(plain)
    )
    assert list(fitted.feature_names_in_) == ["age", "other"]
    if isinstance(values, np.ndarray):
        array = np.column_stack([values, values])
        fitted, expected = (clone(NETWORK).fit(x, Y) for x in (array, array.tolist()))
        np.testing.assert_array_equal(
            fitted.predict_proba(array), expected.predict_proba(array)
        )


def test_a_table_of_sparse_columns_is_learnt_as_a_sparse_array():
    values = RNG.poisson(0.3, (N, 4)).astype(float)
    table = pd.DataFrame(values, columns=list("abcd")).astype(pd.SparseDtype(float, 0))
    fitted = clone(NETWORK).fit(table, Y)
    expected = clone(NETWORK).fit(csr_array(values), Y)
    np.testing.assert_array_equal(
        fitted.predict_proba(table), expected.predict_proba(values)
    )
    assert list(fitted.feature_names_in_) == list("abcd")


ONE_HOT = r"\(OneHotEncoder\(handle_unknown='ignore'\), \['other'\]\)"
DAYS = [datetime.date(2020, 1, 1 + i % 2) for i in range(N)]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (list("ab") * (N // 2), rf"text or categories .* 'other' \(str\).*{ONE_HOT}"),
        (pd.Categorical(list("ab") * (N // 2)), rf"'other' \(category\).*{ONE_HOT}"),
        (
            pd.Series(["a", 2] * (N // 2), dtype=object),
            rf"'other' \(object\).*{ONE_HOT}",
        ),
        (pd.Series([b"a", None] * (N // 2), dtype=object), ONE_HOT),
        (nullable(["1.5", pd.NA], "string"), rf"'other' \(string\).*{ONE_HOT}"),
        (NOTE, r"text in the column 'other'.*\(TfidfVectorizer\(\), 'other'\)"),
        (
            pd.date_range("2020-01-01", periods=N),
            r"times in the column 'other' \(datetime64.*pd.Timestamp\('2000-01-01'\)",
        ),
        (pd.to_timedelta(np.arange(N), unit="D"), "times in the column 'other'"),
        (pd.Series(DAYS, dtype=object), "times in the column 'other'"),
    ],
    ids=[
        *("text", "category", "text and numbers", "bytes", "string", "long text"),
        *("datetime", "timedelta", "dates"),
    ],
)
def test_columns_of_anything_else_are_named_with_a_recipe(values, message):
    table = with_column(values)
    with pytest.raises(ValueError, match=r"`X` must hold numbers\. Got .*" + message):
        clone(NETWORK).fit(table, Y)
    fitted = clone(NETWORK).fit(
        table[["age", "age"]].set_axis(["age", "other"], axis=1), Y
    )
    with pytest.raises(ValueError, match="must hold numbers"):
        fitted.predict(table)


@pytest.mark.parametrize("estimator", WRAPPERS, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize(
    ("table", "message"),
    [
        (TABLE, r"'job' \(str\).*'note' \(str\).*LogisticRegression\(\.\.\.\)\)"),
        (TABLE[["age"]].mask(TABLE.age < 30), r"NaN.* column 'age' \(\d+\).*Imputer"),
        (with_column(pd.date_range("2020-01-01", periods=N)), "times in the column"),
        (TABLE.to_numpy(dtype=object), "text or categories in the column 1"),
    ],
    ids=["text", "missing", "times", "objects"],
)
def test_wrappers_name_columns_too(estimator, table, message):
    with pytest.raises((ValueError, TypeError), match=message):
        clone(estimator).fit(table, Y)


def test_texts_alone_are_told_apart_from_columns():
    with pytest.raises(ValueError, match=r"Got text, such as 'a few words.*Tfidf"):
        clone(NETWORK).fit(NOTE, Y)
    with pytest.raises(ValueError, match=r"such as 'aaaaaaaaaaaaaaaaaaa.*\.\.\.'"):
        check_numbers_only(["a" * 50])
    with pytest.raises(ValueError, match="such as b'ab'"):
        check_numbers_only([b"ab"])


def test_many_columns_are_cut_short():
    words = pd.DataFrame({f"c{i}": ["x", "y"] for i in range(8)})
    advice = advice_on_words(words, "SVC")
    assert "'c4' (str) and 3 more" in advice
    assert "['c0', 'c1', 'c2', 'c3', 'c4', ...]" in advice
    assert "remainder" not in advice
    gaps = np.where(np.arange(8)[None] > 0, np.nan, np.ones((3, 8)))
    with (
        pytest.raises(ValueError, match=r"column 5 \(3\), \.\.\.\. Fill"),
        naming_columns(gaps, "SVC"),
    ):
        raise ValueError("Input X contains NaN.\nMore of it")


def test_two_columns_of_one_name_are_both_looked_at():
    table = pd.DataFrame([[1.0, "a"]] * 4, columns=["same", "same"])
    assert "OneHotEncoder" in advice_on_words(table, "SVC")


@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
def test_infinite_values_are_named():
    with pytest.raises(ValueError, match=r"infinity.*column 'other' \(90\)\. Replace"):
        clone(NETWORK).fit(with_column(np.inf), Y)
    with pytest.raises(ValueError, match=r"too large.*column 'other' \(90\)\. Replace"):
        clone(NETWORK).fit(with_column(1e300), Y)


@pytest.mark.parametrize(
    ("error", "X"),
    [
        (ValueError("Input X contains NaN."), csr_array(np.eye(3) * np.nan)),
        (ValueError("Input X contains NaN."), np.full((3, 2, 2), np.nan)),
        (ValueError("Input X contains NaN."), np.eye(3)),
        (ValueError("could not convert string to float"), np.eye(3)),
        (ValueError("`X` must be numbers. could not convert"), TABLE),
        (ValueError("Another reason"), TABLE),
        (RuntimeError("could not convert string to float"), TABLE),
        (ValueError("could not convert string to float"), [[1], [1, 2]]),
    ],
    ids=[
        *(
            "sparse",
            "images",
            "finite",
            "numbers",
            "advised",
            "reason",
            "kind",
            "ragged",
        )
    ],
)
def test_other_errors_stay_as_they_are(error, X):
    with pytest.raises(type(error)) as raised, naming_columns(X, "SVC"):
        raise error
    assert raised.value is error or str(raised.value) == str(error)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *(("Int8", "f"), ("UInt64", "f"), ("Float32", "f"), ("Boolean", "f")),
        *(("Decimal(precision=38)", "f"), ("Date", "M"), ("Datetime('us')", "M")),
        *(("Duration('us')", "M"), ("Time", "M"), ("String", "O"), ("Enum", "O")),
    ],
)
def test_dtypes_of_another_library_are_known_by_their_names(name, kind):
    assert kind_by_name(name) == kind


def test_columns_that_nobody_knows_are_left_to_scikit_learn():
    odd = pd.DataFrame({"a": pd.Series([{}, {}], dtype=object), "b": [1, 2]})
    assert advice_on_words(odd, "SVC") is None
    empty = pd.DataFrame({"a": pd.Series([None, None], dtype=object)})
    assert advice_on_words(empty, "SVC") is None
    assert advice_on_words(np.ones((2, 2), complex), "SVC") is None


def test_the_recipes_run():
    categories = make_pipeline(
        make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore"), ["job"]),
            (TfidfVectorizer(), "note"),
            remainder=StandardScaler(),
        ),
        clone(NETWORK),
    )
    assert categories.fit(TABLE, Y).predict(TABLE).shape == (N,)
    filled = make_pipeline(
        SimpleImputer(add_indicator=True), StandardScaler(), clone(NETWORK)
    )
    gaps = TABLE[["age"]].mask(TABLE.age < 30)
    assert filled.fit(gaps, Y).predict(gaps).shape == (N,)
    texts = make_pipeline(TfidfVectorizer(), clone(NETWORK))
    assert texts.fit(NOTE, Y).predict(NOTE).shape == (N,)


@pytest.mark.parametrize("shape", [(20, 3), (20, 12, 12)])
def test_masked_values_are_missing(shape):
    X = np.random.default_rng(0).normal(size=shape)
    y = np.arange(20) < 5
    masked = np.ma.masked_array(X, X > 1.5)
    n = int((X > 1.5).reshape(20, -1).any(axis=1).sum())
    message = rf"Got masked values in {n} of 20 samples. Give X.filled\(np.nan\)"
    quick = PUClassifier(max_epochs=1, steps_per_epoch=1)
    with pytest.raises(ValueError, match=message):
        quick.fit(masked, y)
    quick.fit(np.ma.masked_array(X), y)
    with pytest.raises(ValueError, match=message):
        quick.predict(masked)
