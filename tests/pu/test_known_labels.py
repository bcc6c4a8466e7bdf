import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from pusklearn import CVIRClassifier, PriorEstimator, PUClassifier
from pusklearn.datasets import make_pu
from pusklearn.metrics import pu_f1_score
from pusklearn.modules import MLP
from pusklearn.pu._known_labels import known_labels

X = np.random.default_rng(0).normal(size=(60, 3))
IS_LABELED = np.arange(60) % 3 == 0
OBJECTS = np.where(IS_LABELED, 1, None)
MISSING = {
    "None": OBJECTS,
    "list": OBJECTS.tolist(),
    "NaN": np.where(IS_LABELED, 1.0, np.nan),
    "NaN beside text": np.where(IS_LABELED, np.array("yes", object), np.nan),
    "NaT": np.where(IS_LABELED, pd.Timestamp(0), pd.NaT),
    "NA": np.where(IS_LABELED, 1, pd.NA),
    "Int64": pd.Series(OBJECTS, dtype="Int64"),
    "boolean": pd.Series(np.where(IS_LABELED, True, None), dtype="boolean"),
    "string": pd.Series(np.where(IS_LABELED, "yes", None), dtype="string"),
    "category": pd.Series(np.where(IS_LABELED, "yes", None), dtype="category"),
    "masked": np.ma.masked_array(np.ones(60, int), ~IS_LABELED),
}
each_missing = pytest.mark.parametrize("y", MISSING.values(), ids=MISSING)
MESSAGE = r"Input y contains .* for 40 of 60 .* missing; mark unlabeled samples by 0"


@each_missing
def test_a_missing_label_brings_an_error_that_says_how_to_mark_it(y):
    with pytest.raises(ValueError, match=MESSAGE):
        known_labels(y)


@pytest.mark.parametrize(
    "use",
    [
        PUClassifier(MLP((2,))).fit,
        CVIRClassifier(LogisticRegression()).fit,
        PriorEstimator(LogisticRegression()).fit,
        make_pu,
        lambda X, y: pu_f1_score(y, X[:, 0] > 0, prior=0.5),
    ],
    ids=["PUClassifier", "wrapper", "PriorEstimator", "make_pu", "metric"],
)
@pytest.mark.parametrize("kind", ["None", "masked", "string"])
def test_all_that_take_labels_say_so(use, kind):
    with pytest.raises(ValueError, match=MESSAGE):
        use(X, MISSING[kind])


@pytest.mark.parametrize(
    "y",
    [
        None,
        [1, 0, 1],
        np.array(["yes", "no"]),
        np.array(["yes", "no"], object),
        pd.Series(["yes", "no"], dtype="category"),
        sparse.csr_array([[1], [0]]),
        [[1, 2], [3]],
        np.array([[1], [2, 3]], object),
    ],
    ids=str,
)
def test_other_labels_are_left_as_they_are(y):
    assert known_labels(y) is y


@pytest.mark.parametrize("labels", [[1, 0, 1], [True, False, True], [1.0, -1.0, 1.0]])
def test_objects_that_are_numbers_become_numbers(labels):
    found = known_labels(np.array(labels, object))
    assert found.dtype == np.array(labels).dtype
    assert found.tolist() == labels
    masked = np.ma.masked_array(labels, [False] * 3)
    assert known_labels(masked) is masked


def test_text_beside_numbers_is_refused():
    with pytest.raises(ValueError, match=r"one type\. Got the text 'yes' and .* 0;"):
        known_labels(np.array(["yes", 0], object))
