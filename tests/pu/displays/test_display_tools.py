import subprocess
import sys

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

from pusklearn import PUClassifier
from pusklearn.metrics import (
    LabelsAtRandomDisplay,
    ParticleMontage,
    PickingCurveDisplay,
    PicksDisplay,
    PredictedShareDisplay,
    PriorSensitivityDisplay,
    ReliabilityDisplay,
    ScoreMapDisplay,
    TrainingCurveDisplay,
)
from pusklearn.pu.displays._display_tools import adopt_settings

X, Y = np.arange(8.0)[:, np.newaxis], [0, 0, 0, 0, 0, 0, 1, 1]
CLASSIFIER = LogisticRegression().fit(X, Y)
CALLS = {
    "LabelsAtRandomDisplay": [
        lambda: LabelsAtRandomDisplay.from_estimator(CLASSIFIER, X, Y, prior=0.4),
        lambda: LabelsAtRandomDisplay.from_predictions(Y, X[:, 0], prior=0.4),
        lambda: LabelsAtRandomDisplay({}, (), 0.3, {}).plot(),
    ],
    "ParticleMontage": [
        lambda: ParticleMontage.from_picks([np.eye(8)], [[(1, 2, 3)]], diameter=3),
        lambda: ParticleMontage.from_picker(None, [np.eye(8)]),
        lambda: ParticleMontage(np.ones((1, 2, 2)), [1], {"best": [0]}).plot(),
    ],
    "PicksDisplay": [
        lambda: PicksDisplay.from_predictions(np.eye(8), [(1, 2)]),
        lambda: PicksDisplay.from_picker(None, np.eye(8)),
        lambda: PicksDisplay(np.eye(8), {}, 2).plot(),
        lambda: PicksDisplay([np.eye(8)], [{}], [2]).plot(),
    ],
    "PickingCurveDisplay": [
        lambda: PickingCurveDisplay.from_picks([[(1, 2)]], [[(1, 2, 3)]], 1),
        lambda: PickingCurveDisplay.from_picker(None, [np.eye(8)], [[]]),
        lambda: PickingCurveDisplay([1], [1], [0]).plot(),
    ],
    "PredictedShareDisplay": [
        lambda: PredictedShareDisplay.from_estimator(CLASSIFIER, X, Y, prior=0.4),
        lambda: PredictedShareDisplay.from_predictions(Y, X[:, 0], prior=0.4),
        lambda: PredictedShareDisplay([1], [0], 0, 0.5, 0.4, 0.5, (0, 1)).plot(),
    ],
    "PriorSensitivityDisplay": [
        lambda: PriorSensitivityDisplay.from_estimator(CLASSIFIER, X, Y, prior=0.4),
        lambda: PriorSensitivityDisplay.from_predictions(Y, Y, prior=0.4),
        lambda: PriorSensitivityDisplay([0.5], {}).plot(),
    ],
    "ReliabilityDisplay": [
        lambda: ReliabilityDisplay.from_estimator(CLASSIFIER, X, Y),
        lambda: ReliabilityDisplay.from_predictions(Y, X[:, 0] / 8),
        lambda: ReliabilityDisplay.from_pu_labels(Y, X[:, 0] / 8, prior=0.4),
        lambda: ReliabilityDisplay.from_picks([[(1, 2)]], [[(1, 2, 3)]], 1),
        lambda: ReliabilityDisplay.from_picker(None, [np.eye(8)], [[]]),
        lambda: ReliabilityDisplay(
            [0.5], [0, 1], [1], [(0, 1)], true_precision=1, n_true=1
        ).plot(),
    ],
    "ScoreMapDisplay": [
        lambda: ScoreMapDisplay.from_map(np.eye(8)),
        lambda: ScoreMapDisplay.from_picker(None, np.eye(8)),
        lambda: ScoreMapDisplay(np.eye(8)).plot(),
        lambda: ScoreMapDisplay(np.eye(8), np.eye(8)).plot(),
    ],
    "TrainingCurveDisplay": [
        lambda: TrainingCurveDisplay.from_estimator(CLASSIFIER),
        lambda: TrainingCurveDisplay([1], [[1]], {}).plot(),
    ],
}


@pytest.mark.parametrize(
    ("name", "call"), [(name, call) for name in CALLS for call in CALLS[name]]
)
def test_without_matplotlib_the_error_says_who_needs_it(monkeypatch, name, call):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=rf"{name} needs matplotlib\..*pip install"):
        call()


def test_the_package_can_be_imported_without_matplotlib():
    code = "import sys; sys.modules['matplotlib'] = None; import pusklearn.metrics"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_settings_are_those_inside_a_search_that_is_not_fitted():
    search = GridSearchCV(PUClassifier(scheme="case-control", pos_label=0), {})
    settings = adopt_settings(search, Y, 0.3, None, None)
    assert settings == {"prior": 0.3, "scheme": "case-control", "pos_label": 0}
