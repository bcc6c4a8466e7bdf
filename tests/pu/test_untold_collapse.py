from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from pusklearn import (
    BaggingPUClassifier,
    CVIRClassifier,
    ElkanNotoClassifier,
    PriorEstimator,
    PUClassifier,
    PUThresholdClassifier,
)
from pusklearn.modules import MLP
from pusklearn.pu._untold_collapse import IS_TOLD, untold_collapse


def test_it_holds_inside_and_in_this_thread_alone():
    with untold_collapse(), ThreadPoolExecutor() as pool:
        with untold_collapse():
            assert not IS_TOLD.get()
        assert not IS_TOLD.get()
        assert pool.submit(IS_TOLD.get).result()
    assert IS_TOLD.get()


@pytest.mark.parametrize(
    "wrap",
    [
        lambda classifier: BaggingPUClassifier(classifier, n_estimators=2),
        lambda classifier: CVIRClassifier(classifier, prior=0.3, cv=2, n_rounds=1),
        lambda classifier: ElkanNotoClassifier(classifier, cv=2),
        lambda classifier: PriorEstimator(classifier, cv=2),
        lambda classifier: PUThresholdClassifier(
            classifier, prior=0.3, threshold="prior"
        ),
    ],
)
def test_wrappers_of_a_classifier_that_knows_no_prior_are_silent(wrap):
    rng = np.random.default_rng(0)
    truth = rng.random(400) < 0.3
    X = rng.normal(size=(400, 3)) + 2 * truth[:, None]
    y = (truth & (rng.random(400) < 0.3)).astype(int)
    quick = {"max_epochs": 1, "steps_per_epoch": 200, "batch_size": 64, "lr": 0.01}
    wrap(PUClassifier(MLP((8,)), "pn", random_state=0, **quick)).fit(X, y)
