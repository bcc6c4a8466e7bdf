import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt
from sklearn.pipeline import Pipeline

from pusklearn import Micrograph, PeakExtractor

matplotlib.use("agg")


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


class Calibration:
    """Doubles raw scores, as a calibration of log-odds might."""

    def __call__(self, scores):
        return 2 * np.asarray(scores)

    def inverse(self, log_odds):
        return np.asarray(log_odds) / 2


@pytest.fixture
def maps():
    """Two micrographs that are their own score maps, the second of half the size."""
    first, second = np.zeros((60, 80)), np.zeros((30, 40))
    first[20, 30], first[40, 60], first[10, 70] = 3, 2, 0.2
    second[10, 15], second[20, 30] = 2.5, 0.5
    return [
        Micrograph(first, name="first", pixel_size=2.0),
        Micrograph(second, name="second", pixel_size=4.0, scale=2.0),
    ]


@pytest.fixture
def picker(maps):
    """A picker of particles of 24 pixels whose scores are those of the micrographs."""
    extract = PeakExtractor(radius=9.6, match_radius=9.0, threshold=1.0)
    steps = [("score", "passthrough"), ("extract", extract)]
    return Pipeline(steps).fit(maps)


@pytest.fixture
def calibrate():
    """Give an extractor a calibration, and what it says of its quality."""

    def calibrate(extract, quality=None):
        extract.calibration_ = Calibration()
        extract.expected_quality = lambda rule, picks: quality

    return calibrate
