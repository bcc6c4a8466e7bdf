import numpy as np
import pytest

from pusklearn.pu._log_odds import SINGLE, log_odds


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_they_are_finite_and_never_fall(dtype):
    p = np.array([0, 1e-30, 0.25, 0.5, 1 - 1e-6, 1], dtype=dtype)
    scores = log_odds(p)
    assert np.isfinite(scores).all()
    assert (np.diff(scores) > 0).all()
    assert scores[2] == pytest.approx(np.log(1 / 3))
    assert scores[3] == 0


def test_certain_ones_are_as_far_from_zero_as_asked():
    assert log_odds([0, 1], least=0.1) == pytest.approx([-np.log(9), np.log(9)])
    assert np.abs(log_odds([0, 1], least=SINGLE)).max() < 16
