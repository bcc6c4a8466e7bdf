from functools import singledispatch

import pytest
from sklearn.pipeline import make_pipeline

from pusklearn import PUClassifier, metrics
from pusklearn.modules import MLP
from pusklearn.pu._warn_caller import INSIDE, warn_caller

X, Y = [[0.0], [1.0]] * 4, ["a", "b"] * 4
dispatched = singledispatch(metrics.pu_recall_score)
QUICK = {"max_epochs": 1, "steps_per_epoch": 1, "random_state": 0}


@pytest.mark.parametrize(
    "call",
    [
        lambda: PUClassifier(MLP(()), **QUICK).fit(X, Y),
        lambda: make_pipeline(PUClassifier(MLP(()), **QUICK)).fit(X, Y),
        lambda: metrics.pu_recall_score(Y, Y),
        lambda: dispatched(Y, Y),
    ],
    ids=["fit", "pipeline", "metric", "dispatch"],
)
def test_a_warning_points_to_the_line_of_the_user(call):
    with pytest.warns(UserWarning, match="The labels are") as warned:
        call()
    assert [w.filename for w in warned] == [__file__]


def test_a_file_beside_the_package_is_the_users():
    beside = f"{INSIDE[0]}_analysis.py"
    code = compile("warn_caller('no')", beside, "exec")
    with pytest.warns(UserWarning, match="no") as warned:
        exec(code, {"warn_caller": warn_caller})
    assert warned[0].filename == beside
